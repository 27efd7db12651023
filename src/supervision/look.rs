//! The daily look at the ladder of each campaign: who is behind by the rules of the pack, and what is proposed.

use super::{
    Reminder, Rung, State,
    measure::{Laggard, items, laggards},
    model::Tick,
    store, tick,
};
use crate::{
    accounts,
    campaigns::{self, Campaign, LadderRule},
    kernel::{App, CampaignId, Error, OfficeId, ReminderId, Result, db::Tx},
    people::{By, Office, store as offices},
    record,
};
use jiff::{ToSpan, civil::Date};

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
        let found = app.db.read(move |tx| behind(tx, &system, &campaign)).await?;
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
fn behind(tx: &mut Tx, by: &By, campaign: &Campaign) -> Result<Vec<(LadderRule, Vec<Laggard>)>> {
    let (_, pack) = campaigns::of(tx, campaign.id)?;
    let mut found = Vec::new();
    for rule in &pack.ladder {
        found.push((rule.clone(), laggards(tx, by, campaign, rule)?));
    }
    Ok(found)
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
    let above = offices::office(tx, above)?;
    let (campaign, _) = campaigns::of(tx, campaign)?;
    let id = ReminderId::new(by.at);
    match propose(tx, by, id, (&campaign, rule), (laggard, &office, &above), (rung, last)) {
        // another process has looked at the same time
        Err(Error::Taken(_)) => Err(Error::Again),
        done => done.map(|_| 1),
    }
}

/// Puts a step on the desk of the office above, with the facts it rests on; the lower one that it follows has climbed.
pub(super) fn propose(
    tx: &mut Tx,
    by: &By,
    id: ReminderId,
    (campaign, rule): (&Campaign, &LadderRule),
    (laggard, office, above): (&Laggard, &Office, &Office),
    (rung, last): (Rung, Option<Reminder>),
) -> Result<Reminder> {
    let mut previous = None;
    if let Some(last) = last.filter(|l| climbs(l.state) && l.rung < rung) {
        let system = accounts::system_in(tx, by.at)?;
        previous = Some(tick(tx, &system, &last, Tick::Climb)?.id);
    }
    let items = items(tx, by, campaign, rule, office)?.join(" ");
    let step = proposal(by, campaign.id, rule, (rung, previous), (laggard, above)).at(above.place());
    let step = Reminder { id, items, ..step };
    store::add(tx, &step)?;
    record::began(tx, by, &step, super::Verb::Propose.code(), None)?;
    Ok(step)
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

pub(super) fn proposal(
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
