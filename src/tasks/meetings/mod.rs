//! Dispatch meetings (调度会议): what was reported and decided, and the tasks that decisions become. Clauses: S-1a, S-2b.

mod model;
mod pages;
pub mod store;
mod web;

pub use model::{Act, Decision, Meeting, New, State, Verb};
pub use store::{ORDERS, list, query};
pub(super) use web::routes;

use super::{HEADS, Kind, Task, drafted, open_campaign, store as tasks};
use crate::{
    accounts, campaigns,
    documents::{self, Form},
    kernel::{Error, Lang, MeetingId, Result, TaskId, db::Tx, secret, text},
    people::{By, store as offices},
    record,
};

/// Longest title or name, and longest text, in characters.
const NAME: usize = 120;
const LONGEST: usize = 20_000;

refusals! {
    NOT_NOW "meetings.not_now" "该会议目前为“{state_zh}”，不能办理“{verb_zh}”。" "This meeting is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "meetings.other_content" "同一编号已用于另一次会议。" "This id was used for another meeting.";
    NOT_HELD_YET "meetings.not_held_yet" "会议时间不得晚于现在：请在会后登记。" "A meeting is put on record once it was held.";
    NOT_YOUR_MEETING "meetings.not_yours" "会议由召开机构或者其上级登记和印发。" "The office that held the meeting, or one above it, keeps its record.";
}

/// Puts a meeting on record; each decision becomes a task. The same id with the same content answers as the first time.
pub fn hold(tx: &mut Tx, by: &By, id: MeetingId, new: &New) -> Result<Meeting> {
    by.actor.must_be(HEADS)?;
    let digest = secret::sha256(serde_json::to_string(new).map_err(Error::broken)?.as_bytes());
    if let Some(known) = store::find(tx, id)? {
        by.scope().check(&known.place(), None)?;
        return if known.digest == digest { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    if new.at > by.at {
        return NOT_HELD_YET.at("at");
    }
    let campaign = open_campaign(tx, by, new.campaign)?;
    let office = &by.actor.office;
    for name in &new.participants.0 {
        text::said("participants", name, NAME)?;
    }
    let meeting = Meeting {
        id,
        digest,
        campaign,
        office: office.id,
        title: text::said("title", &new.title, NAME)?,
        held_at: new.at,
        venue: text::said("place", &new.place, NAME)?,
        presiding: text::said("presiding", &new.presiding, NAME)?,
        participants: new.participants.clone(),
        discussed: text::said("discussed", &new.discussed, LONGEST)?,
        decisions: new.decisions.len() as i64,
        state: State::Recorded,
        minutes: None,
        made_at: by.at,
        made_by: by.actor.account,
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        version: 1,
    };
    store::add(tx, &meeting)?;
    record::began(tx, by, &meeting, "hold", None)?;
    for decision in &new.decisions {
        decide(tx, by, &meeting, decision)?;
    }
    Ok(meeting)
}

/// A decision becomes a task.
fn decide(tx: &mut Tx, by: &By, meeting: &Meeting, decision: &Decision) -> Result<Task> {
    let new = super::New {
        campaign: meeting.campaign,
        title: decision.title.clone(),
        what: decision.what.clone(),
        office: decision.office,
        owner: decision.owner,
        due: decision.due,
    };
    let task = drafted(tx, by, TaskId::new(by.at), &new)?;
    let task = Task { kind: Kind::Decision, meeting: Some(meeting.id), ..task };
    tasks::add(tx, &task)?;
    record::began(tx, by, &task, "make", None)?;
    Ok(task)
}

/// Does `act` to the meeting `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: MeetingId, act: &Act) -> Result<Meeting> {
    let before = store::get(tx, by.scope(), id)?;
    let (to, who) = before.state.step(act.verb()).ok_or_else(|| not_now(&before, act.verb()))?;
    by.actor.must_be(who)?;
    let office = offices::office(tx, before.office)?;
    if !by.scope().holds(&office.place(), None) {
        return NOT_YOUR_MEETING.refuse();
    }
    let mut after = Meeting { state: to, ..before.clone() };
    let note = match act {
        Act::Decide { decision } => {
            let task = decide(tx, by, &before, decision)?;
            after.decisions += 1;
            task.title
        }
        Act::Issue => {
            let number = issue(tx, by, &before)?;
            after.minutes = Some(number.clone());
            number
        }
    };
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (act.verb().code(), Some(&note)))?;
    Ok(Meeting { version: after.version + 1, ..after })
}

/// Issues the minutes as a document; its number.
fn issue(tx: &mut Tx, by: &By, meeting: &Meeting) -> Result<String> {
    let (campaign, _) = campaigns::of(tx, meeting.campaign)?;
    let mut decisions = Vec::new();
    for task in tasks::of_meeting(tx, meeting.id)? {
        let office = offices::office(tx, task.office)?.name;
        let responsible = match task.owner {
            Some(owner) => format!("{office} {}", accounts::name_of(tx, Some(owner))?),
            None => office,
        };
        let what = task.what.map_or_else(|| task.title.clone(), |what| format!("{}：{what}", task.title));
        decisions.push(paper::Decision { what, responsible, due: Some(task.due) });
    }
    let new = documents::New::about(Form::MeetingMinutes, meeting, meeting.title.clone());
    let minutes = |header| {
        paper::Document::MeetingMinutes(paper::MeetingMinutes {
            header,
            subject: meeting.title.clone(),
            campaign: campaign.zh.clone(),
            at: Some(meeting.held_at.civil()),
            place: meeting.venue.clone(),
            presiding: meeting.presiding.clone(),
            recorder: by.actor.name.clone(),
            participants: meeting.participants.0.clone(),
            discussed: meeting.discussed.clone(),
            decisions,
        })
    };
    Ok(documents::issue(tx, by, new, minutes)?.number)
}

/// The meeting that a task comes from, as (address, title), for who may see it.
pub(super) fn link(tx: &mut Tx, by: &By, id: Option<MeetingId>) -> Result<Option<(String, String)>> {
    let Some(id) = id else { return Ok(None) };
    let meeting = store::find(tx, id)?.filter(|m| by.scope().holds(&m.place(), None));
    Ok(meeting.map(|m| (m.href(), m.title)))
}

fn not_now(meeting: &Meeting, verb: Verb) -> Error {
    let refusal = NOT_NOW
        .with("state_zh", meeting.state.label(Lang::Zh))
        .with("state_en", meeting.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En));
    Error::Refused(refusal)
}
