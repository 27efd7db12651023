//! The pages of campaigns: the list, a new one, and one with everything its pack says. No rule lives here.

use super::{
    Act, Campaign, Checklist, New, Pack, PackVersion, ProductRegime, Severity, Side, Standard, State, Verb, Weight,
    act, create, find, list,
    milestones::{self, MilestoneStanding},
    pack, store,
    web::Filter,
};
use crate::{
    files,
    kernel::{
        App, CampaignId, Error, Filled, Lang, Page, Result, Sent, flash,
        forms::{ActForm, Field, Input},
        http::{Form, Params, Typed},
        links,
        list::Ask,
        page::html,
    },
    people::{Visitor, store as offices},
    record::{Event, store as events},
};
use askama::Template;
use axum::{
    extract::{Multipart, Path, State as From},
    response::{Html, IntoResponse, Response},
};
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "campaigns/index.html")]
struct Index {
    p: Page,
    sent: Sent,
    /// Each with the name of the office that runs it.
    items: Vec<(Campaign, String)>,
    next: String,
    states: Vec<(&'static str, &'static str)>,
    may_create: bool,
}

pub(super) async fn index(
    From(app): From<App>,
    visitor: Visitor,
    Params(ask): Params<Ask>,
    Params(filter): Params<Filter>,
    Typed(sent): Typed,
) -> Result<Html<String>> {
    let (actor, lang) = (visitor.actor().clone(), visitor.lang);
    let work = move |tx: &mut crate::kernel::db::Tx| {
        let listed = list(tx, &actor, filter.state, &ask)?;
        let with_office = |c: Campaign| Ok((offices::office(tx, c.office)?.label(lang).to_owned(), c));
        let items = listed.items.into_iter().map(with_office).collect::<Result<Vec<_>>>()?;
        Ok((items.into_iter().map(|(office, c)| (c, office)).collect(), listed.next))
    };
    let (items, next): (Vec<_>, Option<String>) = app.db.read(work).await?;
    html(&Index {
        p: visitor.page("campaigns", visitor.say("专项行动", "Campaigns")),
        next: links::next("/campaigns", &sent, next.as_deref()),
        items,
        states: State::ALL.iter().map(|s| (s.code(), s.label(lang))).collect(),
        may_create: visitor.actor().must_be(super::MAKERS).is_ok(),
        sent,
    })
}

#[derive(Template)]
#[template(path = "campaigns/new.html")]
struct Blank {
    p: Page,
    f: Filled,
    packs: Vec<(String, String)>,
}

/// What the form of a new campaign sends.
#[derive(Deserialize)]
struct Asked {
    id: CampaignId,
    code: String,
    zh: String,
    en: String,
    /// Code and version: `key-industrial-products-2023@1`.
    pack: String,
    starts: Date,
    ends: Date,
}

pub(super) async fn blank(From(app): From<App>, visitor: Visitor) -> Result<Html<String>> {
    visitor.actor().must_be(super::MAKERS)?;
    draw_blank(&app, &visitor, Sent::default()).await
}

async fn draw_blank(app: &App, visitor: &Visitor, sent: Sent) -> Result<Html<String>> {
    // The id stands in the form: sent twice, it is one campaign.
    let sent = sent.or("id", CampaignId::new(visitor.by.at).to_string());
    let lang = visitor.lang;
    let choice = |v: PackVersion| (format!("{}@{}", v.code, v.version), versioned(&v, lang));
    let packs = app.db.read(store::pack_versions).await?.into_iter().map(choice).collect();
    let f = sent.filled(lang, &["code", "zh", "en", "pack", "starts", "ends"]);
    html(&Blank { p: visitor.page("campaigns", visitor.say("新建专项行动", "New campaign")), f, packs })
}

/// A version of a pack by its name.
pub(super) fn versioned(v: &PackVersion, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}（第{}版）", v.zh, v.version),
        Lang::En => format!("{} (version {})", v.en, v.version),
    }
}

pub(super) async fn submit_new(From(app): From<App>, visitor: Visitor, Form(sent): Form) -> Result<Response> {
    match make(&app, &visitor, &sent).await {
        Ok(campaign) => Ok(flash::well(&campaign.href(), visitor.say("专项行动已建立", "The campaign has been made"))),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw_blank(&app, &visitor, sent.blame(error)?).await?).into_response())
        }
    }
}

async fn make(app: &App, visitor: &Visitor, sent: &Sent) -> Result<Campaign> {
    let asked: Asked = sent.read()?;
    let (pack_code, version) = asked.pack.rsplit_once('@').unwrap_or((&asked.pack, ""));
    let new = New {
        code: asked.code,
        zh: asked.zh,
        en: asked.en,
        pack_code: pack_code.to_owned(),
        pack_version: version.parse().unwrap_or_default(),
        starts: asked.starts,
        ends: asked.ends,
    };
    app.act(&visitor.by, move |tx, by| create(tx, by, asked.id, &new)).await
}

/// The parts of a campaign's page.
const PARTS: &[(&str, &str, &str)] = &[
    ("about", "概况", "About"),
    ("products", "重点产品", "Products"),
    ("problems", "重点问题", "Problems"),
    ("checklists", "检查表", "Checklists"),
    ("rules", "等级与时限", "Severities and clocks"),
    ("sources", "条款与依据", "Clauses and sources"),
];

/// Which part of the page is shown, and which checklist.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Look {
    part: String,
    list: String,
}

#[derive(Template)]
#[template(path = "campaigns/show.html")]
struct Show {
    p: Page,
    campaign: Campaign,
    office: String,
    pack: Arc<Pack>,
    look: Look,
    milestones: Vec<MilestoneStanding>,
    tabs: Vec<(String, &'static str, String, bool)>,
    today: Date,
    acts: Vec<ActForm>,
    sent: Sent,
    events: Vec<(String, Event)>,
}

impl Show {
    /// The checklist that is looked at.
    fn chosen(&self) -> Option<&Checklist> {
        self.pack.checklist(&self.look.list)
    }

    fn regimes(&self, product: &str) -> Vec<&ProductRegime> {
        self.pack.regimes_of(product, self.today)
    }

    fn standards(&self, product: &str) -> Vec<&Standard> {
        self.pack.standards_of(product, self.today)
    }

    fn cite(&self, source: &str) -> String {
        self.pack.cite(source, self.p.lang)
    }

    /// The names of products, or that it is for all.
    fn names(&self, products: &[String]) -> String {
        let names: Vec<_> = products.iter().map(|p| self.pack.product_label(p, self.p.lang)).collect();
        if names.is_empty() { self.p.say("全部", "all").to_owned() } else { names.join(self.p.say("、", ", ")) }
    }
}

pub(super) async fn show(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Params(look): Params<Look>,
) -> Result<Html<String>> {
    draw(&app, &visitor, CampaignId::in_path(&id)?, (look, Sent::default())).await
}

/// A button of the page was pressed. What is refused comes back with everything typed and the reason beside the field.
pub(super) async fn submit(
    From(app): From<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Multipart,
) -> Result<Response> {
    let id = CampaignId::in_path(&id)?;
    let (sent, problem) = files::read_form(&app, &visitor.by, form).await?;
    match press(&app, &visitor, id, &sent, problem).await {
        Ok(verb) => Ok(flash::done(&format!("/campaigns/{id}"), verb.label(visitor.lang), visitor.lang)),
        Err(error) => {
            let status = error.status_code();
            Ok((status, draw(&app, &visitor, id, (Look::default(), sent.blame(error)?)).await?).into_response())
        }
    }
}

async fn press(app: &App, visitor: &Visitor, id: CampaignId, sent: &Sent, problem: Option<Error>) -> Result<Verb> {
    problem.map_or(Ok(()), Err)?;
    let wanted: Act = sent.read()?;
    let verb = wanted.verb();
    app.act(&visitor.by, move |tx, by| act(tx, by, id, &wanted)).await?;
    Ok(verb)
}

async fn draw(app: &App, visitor: &Visitor, id: CampaignId, (look, sent): (Look, Sent)) -> Result<Html<String>> {
    let (by, lang, page) = (visitor.by.clone(), visitor.lang, visitor.page("campaigns", ""));
    let show = app.db.read(move |tx| {
        let campaign = find(tx, &by.actor, id)?;
        let pack = pack(tx, &campaign.pack_code, campaign.pack_version)?;
        let mut versions = store::pack_versions(tx)?;
        versions.retain(|v| v.code == campaign.pack_code && v.version != campaign.pack_version);
        let acts = campaign.open_to(&by.actor).into_iter().filter_map(|v| form(&campaign, v, &versions, lang));
        let part = PARTS.iter().map(|(code, ..)| *code).find(|code| *code == look.part).unwrap_or("about");
        let mine = by.scope().holds(&campaign.stands_at(), None);
        let events = if mine { events::timeline(tx, &id.to_string())? } else { Vec::new() };
        Ok(Show {
            p: Page { title: campaign.label(lang).to_owned(), ..page },
            office: offices::office(tx, campaign.office)?.label(lang).to_owned(),
            milestones: milestones::standing(tx, &by, &campaign, &pack, lang)?,
            tabs: tabs(&campaign, part, &pack, lang),
            look: Look { part: part.to_owned(), ..look },
            today: by.at.date(),
            acts: acts.collect(),
            events: events.into_iter().map(|e| (did(&e, lang), e)).collect(),
            sent,
            pack,
            campaign,
        })
    });
    html(&show.await?)
}

fn tabs(campaign: &Campaign, part: &str, pack: &Pack, lang: Lang) -> Vec<(String, &'static str, String, bool)> {
    let count = |code: &str| match code {
        "products" => pack.categories().count().to_string(),
        "problems" => pack.problems.len().to_string(),
        "checklists" => pack.checklists.len().to_string(),
        _ => String::new(),
    };
    let tab = |(code, zh, en): &(&str, &'static str, &'static str)| {
        let href = format!("{}?part={code}", campaign.href());
        (href, lang.say(zh, en), count(code), *code == part)
    };
    PARTS.iter().map(tab).collect()
}

/// What a person must give for `verb`; none where there is nothing to choose.
fn form(campaign: &Campaign, verb: Verb, versions: &[PackVersion], lang: Lang) -> Option<ActForm> {
    let say = |zh, en| lang.say(zh, en);
    let why = || Field::new("why", say("理由", "Reason"), Input::Lines);
    let fields = match verb {
        Verb::Amend => vec![
            Field::new("zh", say("中文名称", "Name in Chinese"), Input::Line).holding(&campaign.zh),
            Field::new("en", say("英文名称", "Name in English"), Input::Line).holding(&campaign.en),
            Field::new("starts", say("开始日期", "Starts"), Input::Date).holding(campaign.starts),
            Field::new("ends", say("结束日期", "Ends"), Input::Date).holding(campaign.ends),
            Field::new("version", "", Input::Hidden).holding(campaign.version),
        ],
        Verb::Adopt if versions.is_empty() => return None,
        Verb::Adopt => {
            let choices = versions.iter().map(|v| (v.version.to_string(), versioned(v, lang))).collect();
            vec![Field::new("pack_version", say("任务包版本", "Version of the pack"), Input::Choice(choices)), why()]
        }
        Verb::Close => vec![why().optional()],
        Verb::Reopen => vec![why()],
        Verb::Open | Verb::Archive => Vec::new(),
    };
    let kind = match verb {
        Verb::Open => "primary",
        Verb::Reopen => "danger",
        _ => "",
    };
    Some(ActForm { verb: verb.code(), label: verb.label(lang).to_owned(), kind, open: false, fields })
}

/// What an event did, in the reader's language.
fn did(event: &Event, lang: Lang) -> String {
    let verb = Verb::from_code(&event.verb).map(|v| v.label(lang));
    let other = match event.verb.as_str() {
        "decompose" => lang.say("逐级分解任务", "Decomposed the targets"),
        "hand_over" => lang.say("机构调整任务交接", "Handed targets over between offices"),
        _ => lang.say("建立", "Made"),
    };
    verb.unwrap_or(other).to_owned()
}
