//! The daily look at the ladder of each campaign: who is behind by the rules of the pack, and what is proposed.

use super::{Reminder, Rung, State, model::Tick, store, tick};
use crate::{
    campaigns::{self, Campaign, LadderRule, Measure},
    hazards::{self, Wait},
    inspections,
    kernel::{App, CampaignId, Error, OfficeId, ReminderId, Result, db::Tx},
    people::{By, Office, Scope, store as offices},
    record::{self, Figure},
    reports::{self, Wanted},
};
use jiff::{ToSpan, civil::Date};

/// How many of what was measured a proposal names.
const NAMED: i64 = 50;
/// A share says nothing of an office that has found less.
const FEW: i64 = 10;

/// An office that is behind by a rule.
#[derive(Debug, Clone)]
struct Laggard {
    office: OfficeId,
    amount: i64,
}

/// Looks at the ladders of all campaigns under way that nobody has looked at today; says how many steps were proposed.
/// What is read is read beside the work of others; what is proposed is written office by office, and once only, whoever
/// looks at the same time.
pub async fn look_at_ladders(app: &App, by: &By) -> Result<u64> {
    let today = by.at.date();
    let due = app
        .db
        .read(move |tx| {
            let campaigns = campaigns::under_way(tx, today)?;
            store::to_look_at(tx, campaigns, today)
        })
        .await?;
    let mut proposed = 0;
    for campaign in due {
        let (system, id) = (by.clone(), campaign.id);
        let found = app.db.read(move |tx| laggards(tx, &system, &campaign)).await?;
        for (rule, laggards) in found {
            let behind: Vec<OfficeId> = laggards.iter().map(|l| l.office).collect();
            let code = rule.code.clone();
            app.act(by, move |tx, by| vanish(tx, by, id, &code, &behind)).await?;
            for laggard in laggards {
                let rule = rule.clone();
                proposed += app.act(by, move |tx, by| climb(tx, by, id, &rule, &laggard)).await?;
            }
        }
        app.act(by, move |tx, _| store::looked(tx, id, today)).await?;
    }
    Ok(proposed)
}

/// Who is behind, by each rule of the pack.
fn laggards(tx: &mut Tx, by: &By, campaign: &Campaign) -> Result<Vec<(LadderRule, Vec<Laggard>)>> {
    let (_, pack) = campaigns::of(tx, campaign.id)?;
    let mut found = Vec::new();
    for rule in &pack.ladder {
        let behind =
            if rule.measure.is_share() { by_share(tx, by, campaign, rule)? } else { by_count(tx, by, campaign, rule)? };
        found.push((rule.clone(), behind));
    }
    Ok(found)
}

/// The day before which whatever has waited since has waited too long.
fn before(by: &By, rule: &LadderRule) -> Date {
    by.at.date().saturating_sub(rule.days.days())
}

const fn wait(measure: Measure) -> Wait {
    match measure {
        Measure::Undecided => Wait::Undecided,
        Measure::LookBack => Wait::LookBack,
        _ => Wait::Overdue,
    }
}

fn by_count(tx: &mut Tx, by: &By, campaign: &Campaign, rule: &LadderRule) -> Result<Vec<Laggard>> {
    let day = before(by, rule);
    let counted = match rule.measure {
        Measure::Visits => inspections::laggards(tx, campaign.id, rule.level, day)?,
        measure => hazards::laggards(tx, wait(measure), campaign.id, rule.level, day)?,
    };
    let behind = counted.into_iter().filter(|(_, amount)| *amount >= rule.amount);
    Ok(behind.map(|(office, amount)| Laggard { office, amount }).collect())
}

/// The share of what was found that is closed out, office by office: sums of facts, as on the board.
fn by_share(tx: &mut Tx, by: &By, campaign: &Campaign, rule: &LadderRule) -> Result<Vec<Laggard>> {
    if campaign.starts >= before(by, rule) {
        return Ok(Vec::new());
    }
    let mut behind = Vec::new();
    for office in offices::of_level(tx, rule.level)?.into_iter().filter(|o| campaign.reaches(&o.place())) {
        let wanted = Wanted { campaign: Some(campaign.id), office: Some(office.id), ..Wanted::default() };
        let found = reports::figure(tx, by, &wanted, Figure::Found)?;
        let closed = reports::figure(tx, by, &wanted, Figure::Closed)?;
        let percent = closed * 100 / found.max(1);
        if found >= FEW && percent < rule.amount {
            behind.push(Laggard { office: office.id, amount: percent });
        }
    }
    Ok(behind)
}

/// Takes back what was proposed to offices that are behind no longer.
fn vanish(tx: &mut Tx, by: &By, campaign: CampaignId, rule: &str, behind: &[OfficeId]) -> Result<()> {
    for proposed in store::proposed(tx, campaign, rule)? {
        if !behind.contains(&proposed.office) {
            tick(tx, by, &proposed, Tick::Vanish)?;
        }
    }
    Ok(())
}

/// Proposes the step that is due to an office that is behind; says whether one was.
fn climb(tx: &mut Tx, by: &By, campaign: CampaignId, rule: &LadderRule, laggard: &Laggard) -> Result<u64> {
    let last = store::last(tx, campaign, laggard.office, &rule.code)?;
    let Some(rung) = next(last.as_ref(), by.at.date(), rule.again_days) else { return Ok(0) };
    let office = offices::office(tx, laggard.office)?;
    let Some(above) = office.parent.filter(|_| office.active) else { return Ok(0) };
    let mut previous = None;
    if let Some(last) = last.filter(|l| climbs(l.state) && l.rung < rung) {
        previous = Some(tick(tx, by, &last, Tick::Climb)?.id);
    }
    let above = offices::office(tx, above)?;
    let items = items(tx, by, campaign, rule, &office)?;
    let step = proposal(by, campaign, rule, (rung, previous), (laggard, &above)).at(above.place());
    let step = Reminder { items: items.join(" "), ..step };
    match store::add(tx, &step) {
        // another process has looked at the same time
        Err(Error::Taken(_)) => return Err(Error::Again),
        done => done?,
    }
    record::began(tx, by, &step, super::Verb::Propose.code(), None)?;
    Ok(1)
}

/// Whether the next rung follows from where the last one stands.
const fn climbs(state: State) -> bool {
    matches!(state, State::Unanswered | State::Rejected | State::Ended)
}

/// The rung that is due to an office that is behind, after what came last; nothing while that is still under way, or
/// while an accepted answer or a dismissal has its time. Clause: T3-3e.
pub(super) fn next(last: Option<&Reminder>, today: Date, again_days: i64) -> Option<Rung> {
    let Some(last) = last else { return Some(Rung::Reminder) };
    let decided = last.decided_at.unwrap_or(last.proposed_at).date();
    let again = decided.saturating_add(again_days.days()) <= today;
    match last.state {
        State::Unanswered | State::Rejected => last.rung.above(),
        // it was accepted, and did not help
        State::Ended if again => Some(last.rung.above().unwrap_or(last.rung)),
        State::Dismissed if again => Some(last.rung),
        State::Lifted if again => Some(Rung::Reminder),
        State::Vanished => Some(Rung::Reminder),
        _ => None,
    }
}

fn items(tx: &mut Tx, by: &By, campaign: CampaignId, rule: &LadderRule, office: &Office) -> Result<Vec<String>> {
    let (day, scope): (Date, Scope) = (before(by, rule), office.scope());
    Ok(match rule.measure {
        Measure::Closing => Vec::new(),
        Measure::Visits => {
            let visits = inspections::waiting_since(tx, day, campaign, scope, NAMED)?;
            visits.iter().map(|v| v.id.to_string()).collect()
        }
        measure => {
            let waiting = hazards::waiting_since(tx, (wait(measure), day), campaign, scope, NAMED)?;
            waiting.iter().map(|h| h.id.to_string()).collect()
        }
    })
}

fn proposal(
    by: &By,
    campaign: CampaignId,
    rule: &LadderRule,
    (rung, previous): (Rung, Option<ReminderId>),
    (laggard, above): (&Laggard, &Office),
) -> Reminder {
    Reminder {
        id: ReminderId::new(by.at),
        campaign,
        office: laggard.office,
        above: above.id,
        rule: rule.code.clone(),
        measure: rule.measure,
        rung,
        state: State::Proposed,
        amount: laggard.amount,
        limit_amount: rule.amount,
        limit_days: rule.days,
        ground_zh: rule.zh.clone(),
        ground_en: rule.en.clone(),
        items: String::new(),
        previous,
        proposed_at: by.at,
        demand: None,
        talk_at: None,
        talk_place: None,
        due: None,
        issued_at: None,
        issued_by: None,
        answer: None,
        participants: None,
        answered_at: None,
        answered_by: None,
        why: None,
        decided_at: None,
        decided_by: None,
        province: None,
        city: None,
        county: None,
        station: None,
        version: 1,
    }
}
