//! A step that a person proposes, from the board or for a program, and the page on which it is proposed and issued at
//! once. The rungs follow each other as ever; only the waiting for the daily look, and for the rule's limit, falls away.

use super::{
    Act, DECIDERS, NOT_BELOW, NOT_OPEN, NOTHING_BEHIND, New, OTHER_CONTENT, Reminder, Rung, UNDER_WAY, act, forms,
    look::{self, next, proposal},
    measure::{Laggard, of_office},
    store,
};
use crate::{
    campaigns::{self, Campaign, LadderRule},
    kernel::{
        App, CampaignId, Error, NOT_A_CHOICE, OfficeId, Page, ReminderId, Result, Sent,
        db::Tx,
        ensure, flash,
        forms::Field,
        http::{Form, Typed},
        on_taken,
        page::html,
    },
    people::{By, Office, Visitor, store as offices},
};
use askama::Template;
use axum::{
    extract::State as From,
    response::{Html, IntoResponse, Response},
    routing::get as page,
};
use utoipa_axum::router::OpenApiRouter;

/// Proposes the step that follows for an office just below on a ground of the pack. The same request again answers as the
/// first time. Clause: T3-3e.
pub fn propose(tx: &mut Tx, by: &By, id: ReminderId, new: &New) -> Result<Reminder> {
    by.actor.must_be(DECIDERS)?;
    if let Some(known) = store::find(tx, id)? {
        let same = (known.campaign, known.office, known.rule.as_str()) == (new.campaign, new.office, new.rule.as_str());
        ensure(known.above == by.actor.office.id, NOT_BELOW)?;
        return if same { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let (campaign, office, rules) = around(tx, by, new.campaign, new.office)?;
    let Some(rule) = rules.into_iter().find(|rule| rule.code == new.rule) else {
        return NOT_A_CHOICE.with("value", &new.rule).at("rule");
    };
    let last = store::last(tx, campaign.id, office.id, &rule.code)?;
    // a promise has its days before the system comes back; a person need not wait
    let Some(rung) = next(last.as_ref(), by.at.date(), 0) else { return UNDER_WAY.at("rule") };
    let Some(laggard) = of_office(tx, by, &campaign, &rule, &office)? else { return NOTHING_BEHIND.at("rule") };
    let above = by.actor.office.clone();
    let made = look::propose(tx, by, id, (&campaign, &rule), (&laggard, &office, &above), (rung, last));
    on_taken(made, "reminders_campaign_office_rule", "rule", UNDER_WAY)
}

/// A campaign under way, an office just below the actor's, and the rules of the pack for offices of its level.
fn around(tx: &mut Tx, by: &By, campaign: CampaignId, office: OfficeId) -> Result<(Campaign, Office, Vec<LadderRule>)> {
    let office = offices::office_within(tx, by.scope().over_offices(), office)?;
    ensure(office.parent == Some(by.actor.office.id) && office.active, NOT_BELOW)?;
    campaigns::find(tx, &by.actor, campaign)?;
    let (campaign, pack) = campaigns::of(tx, campaign)?;
    ensure(campaign.state == campaigns::State::Open && campaign.reaches(&office.place()), NOT_OPEN)?;
    let rules = pack.ladder.iter().filter(|rule| rule.level == office.level).cloned().collect();
    Ok((campaign, office, rules))
}

/// How an office stands by a rule, as the page offers it.
#[derive(Debug)]
struct Ground {
    rule: LadderRule,
    /// The step that would be proposed; none while another is under way.
    step: Option<Reminder>,
    /// The step that is under way.
    under_way: Option<Reminder>,
}

/// The grounds on which an office just below can be reminded now, and those on which a step is under way.
fn grounds(tx: &mut Tx, by: &By, campaign: CampaignId, office: OfficeId) -> Result<Vec<Ground>> {
    by.actor.must_be(DECIDERS)?;
    let (campaign, office, rules) = around(tx, by, campaign, office)?;
    let mut grounds = Vec::new();
    for rule in rules {
        let last = store::last(tx, campaign.id, office.id, &rule.code)?;
        let rung = next(last.as_ref(), by.at.date(), 0);
        let measured = of_office(tx, by, &campaign, &rule, &office)?;
        let step = rung.zip(measured).map(|(rung, laggard)| proposed(by, &campaign, &rule, rung, &laggard));
        let under_way = last.filter(|last| last.state.is_open());
        if step.is_some() || under_way.is_some() {
            grounds.push(Ground { rule, step, under_way });
        }
    }
    Ok(grounds)
}

fn proposed(by: &By, campaign: &Campaign, rule: &LadderRule, rung: Rung, laggard: &Laggard) -> Reminder {
    proposal(by, campaign.id, rule, (rung, None), (laggard, &by.actor.office))
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/reminders/new", page(new).post(submit))
}

#[derive(Template)]
#[template(path = "supervision/new.html")]
struct Asked {
    p: Page,
    sent: Sent,
    errors: Vec<String>,
    office: String,
    board: String,
    /// Each ground with what is measured now, and whether the form is for it.
    choices: Vec<(String, String, bool)>,
    /// The ground that is chosen: what would be proposed, and what issuing it takes.
    chosen: Option<(Reminder, Vec<Field>)>,
    under_way: Vec<Reminder>,
}

async fn new(From(app): From<App>, visitor: Visitor, Typed(sent): Typed) -> Result<Html<String>> {
    draw(&app, &visitor, sent).await
}

async fn submit(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    match issued(&app, &visitor, &sent).await {
        Ok(step) => Ok(flash::well(&step.href(), visitor.say("督促措施已发出", "It is issued"))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

/// Proposes and issues, or neither.
async fn issued(app: &App, visitor: &Visitor, sent: &Sent) -> Result<Reminder> {
    let id = ReminderId::parse(sent.value("id"))?;
    let part = |names: &[&str]| {
        let kept = sent.pairs().filter(|(name, _)| names.contains(name));
        Sent::new(kept.map(|(n, v)| (n.to_owned(), v.to_owned())).collect())
    };
    let new: New = part(&["campaign", "office", "rule"]).read()?;
    let issue: Act = part(&["verb", "demand", "due", "talk_at", "talk_place"]).read()?;
    app.act(&visitor.by, move |tx, by| {
        propose(tx, by, id, &new)?;
        act(tx, by, id, &issue)
    })
    .await
}

async fn draw(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    let (visitor, p) =
        (visitor.clone(), visitor.page("reminders", visitor.say("督促下级机构", "Remind an office below")));
    let page = app.db.read(move |tx| {
        let (by, lang) = (&visitor.by, visitor.lang);
        let mut sent = sent.or("id", ReminderId::new(by.at).to_string());
        let (campaign, office) = (CampaignId::parse(sent.value("campaign"))?, OfficeId::parse(sent.value("office"))?);
        let grounds = grounds(tx, by, campaign, office)?;
        let choice = chosen(&grounds, sent.value("rule"));
        let chosen = match choice.and_then(|ground| ground.step.clone()) {
            Some(step) => {
                let due = super::usual_due(tx, by, &step)?;
                let fields = forms::fields(&step, super::Verb::Issue, due, lang);
                Some((step, fields))
            }
            None => None,
        };
        for field in chosen.iter().flat_map(|(_, fields)| fields) {
            sent = sent.or(field.name, &field.value);
        }
        let is_chosen = |code: &str| chosen.as_ref().is_some_and(|(step, _)| step.rule == code);
        let name = |step: &Reminder| format!("{} · {}", step.ground(lang), step.measured(lang));
        let offered = grounds.iter().filter_map(|g| g.step.as_ref());
        let choices = offered.map(|s| (s.rule.clone(), name(s), is_chosen(&s.rule))).collect();
        let known = ["rule", "demand", "due", "talk_at", "talk_place"];
        Ok(Asked {
            p,
            errors: Some(sent.wrong_otherwise(&known, lang)).filter(|e| !e.is_empty()).into_iter().collect(),
            office: offices::office(tx, office)?.label(lang).to_owned(),
            board: format!("/board?campaign={campaign}&office={office}"),
            choices,
            chosen,
            under_way: grounds.into_iter().filter_map(|g| g.under_way).collect(),
            sent,
        })
    });
    html(&page.await?)
}

/// The ground that is asked for; else the first on which the office is behind by the rule, else the first.
fn chosen<'g>(grounds: &'g [Ground], asked: &str) -> Option<&'g Ground> {
    let open = || grounds.iter().filter(|ground| ground.step.is_some());
    open()
        .find(|ground| ground.rule.code == asked)
        .or_else(|| open().find(|ground| ground.is_over_limit()))
        .or_else(|| open().next())
}

impl Ground {
    fn is_over_limit(&self) -> bool {
        let is_over = |amount: i64| {
            if self.rule.measure.is_share() { amount < self.rule.amount } else { amount >= self.rule.amount }
        };
        self.step.as_ref().is_some_and(|step| is_over(step.amount))
    }
}
