//! Assessment (质量工作考核): a scoring sheet of each office from the same facts as everything else, each score with its reason.
//!
//! What is scored, and with which weight, stands in the pack (`assessment.csv`); `measure.rs` counts. Until a sheet is
//! fixed it shows what is; the office above fixes it as of a day, and from then on it is the same bytes whenever it is
//! looked at. The office that is judged may object to a line, the one above decides: a correction stands beside what was
//! fixed, with its reason, and never instead of it. Read `life.rs` for who does what. Clause: S-1c.

mod forms;
mod life;
mod measure;
mod model;
mod pages;
mod sheet;
mod store;
mod table;
mod web;

pub use life::{JUDGES, State, Verb};
pub use model::{Act, Assessment, New, Remark};
pub use sheet::{Line, Sheet};
pub use store::{Filter, ORDERS, query};
pub use web::routes;

use super::returns;
use crate::{
    campaigns::{self, Campaign},
    kernel::{
        AssessmentId, CampaignId, Error, Lang, NOT_A_CHOICE, OfficeId, Refusal, Result,
        db::Tx,
        ensure,
        list::{Ask, Listed},
        on_taken, text,
    },
    people::{By, Office, Role, store as offices},
    record,
    reference::Calendar,
};
use jiff::civil::Date;
use measure::Look;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

refusals! {
    NOT_NOW "assessments.not_now" "该评分表目前为“{state_zh}”，不能办理“{verb_zh}”。" "This sheet is “{state_en}” now; “{verb_en}” is not possible.";
    NOT_YOURS "assessments.not_yours" "该事项由{office_zh}办理。" "This is for {office_en} to do.";
    NOT_BELOW "assessments.not_below" "只能评定直接下级机构。" "Only offices directly below are judged.";
    NOT_REACHED "assessments.not_reached" "该机构不在本次专项行动范围内。" "The campaign does not reach that office.";
    OTHER_CONTENT "assessments.other_content" "同一编号已用于其他评分表，请核对。" "This id was used for another sheet; please compare.";
    ONCE "assessments.once" "该机构该日的评分表已核定，请先撤回。" "The sheet of that office of that day is fixed already; withdraw it first.";
    LATER "assessments.later" "截止日期不能晚于今天，也不能早于行动开始。" "The day lies within the campaign, and not later than today.";
    DUE_PAST "assessments.due_past" "提出异议的期限应晚于今天。" "The day for objections must be later than today.";
    NOTHING "assessments.nothing" "没有可评定的下级机构。" "There is no office below to judge.";
    TOO_LATE "assessments.too_late" "提出异议的期限（{due}）已过。" "Objections were possible until {due}.";
    TOO_EARLY "assessments.too_early" "{due}前该机构可以提出异议；其确认无异议或者期限届满后方可定分。" "The office may object until {due}; make it final when it has agreed, or then.";
    OBJECTED "assessments.objected" "该项已提出过异议，每项只能提出一次。" "This line was objected to before; each can be once.";
    NOT_OBJECTED "assessments.not_objected" "该项没有待处理的异议。" "There is no objection to this line to decide on.";
    TOO_MANY "assessments.too_many" "该项最高{most}分。" "This line has {most} points at the most.";
}

/// Every refusal of this capability, for the generated list of error codes.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    REFUSALS.iter().cloned()
}

/// Who sees scoring sheets of the own office and of those below; nobody sees those of a neighbour.
pub const READERS: &[Role] = &[Role::Coordinator, Role::Supervisor, Role::Auditor];
/// Longest reason, in characters.
const LONGEST: usize = 2000;
/// Working days in which an office may object when nobody says otherwise.
const DAYS: i64 = 5;

/// Whose sheets are wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Id of the campaign; the one under way when left out.
    pub campaign: Option<CampaignId>,
    /// Id of the office, itself and those directly below it; the reader's own when left out.
    pub office: Option<OfficeId>,
    /// The last day that counts; today when left out.
    pub as_of: Option<String>,
    /// `total`, `office`, or the code of a line; `-` before it for the highest first. `-total` when left out.
    pub sort: Option<String>,
}

/// The scoring sheets of an office and of those directly below it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Assessed {
    pub own: Sheet,
    pub below: Vec<Sheet>,
}

/// A fixed sheet with what was said about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fixed {
    #[serde(flatten)]
    pub assessment: Assessment,
    pub sheet: Sheet,
    pub remarks: Vec<Remark>,
}

/// The sheets of an office and of those directly below it, as of a day.
pub fn assessed(tx: &mut Tx, by: &By, wanted: &Wanted) -> Result<Assessed> {
    by.actor.must_be(READERS)?;
    let office = offices::office(tx, wanted.office.unwrap_or(by.actor.office.id))?;
    by.scope().over_offices().check(&office.place(), None)?;
    let campaign = campaign(tx, by, wanted.campaign)?;
    let day = day(by, wanted.as_of.as_deref(), &campaign)?;
    let below = judged(tx, &office, &campaign)?;
    let own = counted(tx, by, &campaign, &office, day)?;
    let below = below.iter().map(|o| counted(tx, by, &campaign, o, day)).collect::<Result<Vec<_>>>()?;
    let mut assessed = Assessed { own, below };
    sort(&mut assessed, wanted.sort.as_deref().filter(|s| !s.is_empty()).unwrap_or("-total"))?;
    Ok(assessed)
}

/// The campaign asked for, else the latest for which the reader's office reports.
fn campaign(tx: &mut Tx, by: &By, wanted: Option<CampaignId>) -> Result<Campaign> {
    match wanted {
        Some(id) => campaigns::find(tx, &by.actor, id),
        None => returns::reported(tx, by)?.into_iter().next().ok_or(Error::NotFound),
    }
}

fn day(by: &By, asked: Option<&str>, campaign: &Campaign) -> Result<Date> {
    let today = by.at.date();
    let Some(asked) = asked.filter(|text| !text.is_empty()) else { return Ok(today) };
    let day: Date =
        asked.parse().map_err(|_| Error::invalid("as_of", crate::kernel::NOT_A_DATE.with("value", asked)))?;
    if day > today || day < campaign.starts { LATER.at("as_of") } else { Ok(day) }
}

/// The offices directly below that the campaign reaches.
fn judged(tx: &mut Tx, office: &Office, campaign: &Campaign) -> Result<Vec<Office>> {
    let mut below = offices::offices_below(tx, office.id)?;
    below.retain(|o| o.active && campaign.reaches(&o.place()));
    Ok(below)
}

fn counted(tx: &mut Tx, by: &By, campaign: &Campaign, office: &Office, day: Date) -> Result<Sheet> {
    let (campaign, pack) = campaigns::of(tx, campaign.id)?;
    let until = measure::until(day, by.at);
    measure::sheet(tx, by, &Look { office, campaign: &campaign, pack: &pack, day, until })
}

fn sort(assessed: &mut Assessed, order: &str) -> Result<()> {
    let (name, down) = order.strip_prefix('-').map_or((order, false), |name| (name, true));
    let below = &mut assessed.below;
    below.sort_by(|a, b| a.code.cmp(&b.code));
    match name {
        "office" => {}
        "total" => below.sort_by_key(|sheet| sheet.total.unwrap_or(-1)),
        code if assessed.own.line(code).is_some() => {
            below.sort_by_key(|sheet| sheet.line(code).and_then(|line| line.mark).unwrap_or(-1));
        }
        wrong => return Err(Error::invalid("sort", NOT_A_CHOICE.with("value", wrong))),
    }
    if down {
        below.reverse();
    }
    Ok(())
}

/// The fixed sheet `id`, for who may see it.
pub fn get(tx: &mut Tx, by: &By, id: AssessmentId) -> Result<Fixed> {
    let assessment = find(tx, by, id)?;
    let (content, digest) = store::content(tx, id)?;
    Ok(Fixed { sheet: Sheet::thawed(&content, &digest)?, remarks: store::remarks(tx, id)?, assessment })
}

fn find(tx: &mut Tx, by: &By, id: AssessmentId) -> Result<Assessment> {
    by.actor.must_be(READERS).map_err(|_| Error::NotFound)?;
    let found = store::find(tx, id)?.ok_or(Error::NotFound)?;
    by.scope().over_offices().check(&record::Thing::place(&found), None)?;
    Ok(found)
}

/// The sheet as it was fixed: the same bytes whenever it is asked for.
pub fn content(tx: &mut Tx, by: &By, id: AssessmentId) -> Result<String> {
    find(tx, by, id)?;
    store::content(tx, id).map(|(content, _)| content)
}

/// The fixed sheets within the actor's scope.
pub fn list(tx: &mut Tx, by: &By, filter: &Filter, ask: &Ask) -> Result<Listed<Assessment>> {
    by.actor.must_be(READERS)?;
    store::list(tx, by.scope(), filter, ask)
}

/// The fixed sheets that wait for the actor's office, to answer or to decide.
pub fn waiting(tx: &mut Tx, by: &By, judges: bool, most: i64) -> Result<Vec<Assessment>> {
    store::waiting(tx, by.actor.office.id, judges, by.at.date(), most)
}

/// Fixes the sheet of an office directly below as of a day. The same request again answers as the first time.
pub fn fix(tx: &mut Tx, by: &By, id: AssessmentId, new: &New) -> Result<Assessment> {
    by.actor.must_be(JUDGES)?;
    let day = new.day.unwrap_or(by.at.date());
    if let Some(known) = store::find(tx, id)? {
        let same = (known.campaign, known.office, known.day) == (new.campaign, new.office, day);
        return if same && known.above == by.actor.office.id { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let campaign = campaigns::find(tx, &by.actor, new.campaign)?;
    let office = offices::office_within(tx, by.scope(), new.office)?;
    if office.parent != Some(by.actor.office.id) {
        return NOT_BELOW.at("office");
    }
    if !campaign.reaches(&office.place()) {
        return NOT_REACHED.at("office");
    }
    if day > by.at.date() || day < campaign.starts {
        return LATER.at("day");
    }
    let due = new.due.unwrap_or_else(|| Calendar::official().add_working_days(by.at.date(), DAYS).value);
    if due <= by.at.date() {
        return DUE_PAST.at("due");
    }
    let sheet = counted(tx, by, &campaign, &office, day)?;
    let (content, digest) = sheet.frozen()?;
    let made = made(by, (id, due, digest), &sheet, &office);
    on_taken(store::add(tx, &made, &content), "assessments_campaign_office_day", "day", ONCE)?;
    record::began(tx, by, &made, "fix", None)?;
    Ok(made)
}

fn made(by: &By, (id, due, digest): (AssessmentId, Date, String), sheet: &Sheet, office: &Office) -> Assessment {
    Assessment {
        id,
        campaign: sheet.campaign,
        office: office.id,
        office_zh: office.name.clone(),
        office_en: office.name_en.clone(),
        above: by.actor.office.id,
        day: sheet.day,
        due,
        state: State::Published,
        scored: sheet.total,
        total: sheet.total,
        digest,
        fixed_by: by.actor.account,
        fixed_at: by.at,
        confirmed_by: None,
        confirmed_at: None,
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        version: 1,
    }
}

/// Fixes the sheets of all offices directly below that have none of that day; says of how many.
pub fn fix_all(tx: &mut Tx, by: &By, campaign: CampaignId, day: Date, due: Option<Date>) -> Result<usize> {
    by.actor.must_be(JUDGES)?;
    let campaign = campaigns::find(tx, &by.actor, campaign)?;
    let below = judged(tx, &by.actor.office, &campaign)?;
    ensure(!below.is_empty(), NOTHING)?;
    let mut fixed = 0;
    for office in below {
        if store::of_day(tx, campaign.id, office.id, day)?.is_none() {
            let new = New { campaign: campaign.id, office: office.id, day: Some(day), due };
            fix(tx, by, AssessmentId::new(by.at), &new)?;
            fixed += 1;
        }
    }
    Ok(fixed)
}

/// Does `act` to the fixed sheet `id`: permitted, applied, saved and recorded together, or not at all. Clause: S-1c.
pub fn act(tx: &mut Tx, by: &By, id: AssessmentId, act: &Act) -> Result<Assessment> {
    let Fixed { assessment: before, sheet, mut remarks } = get(tx, by, id)?;
    let verb = act.verb();
    let (to, who) = before.state.step(verb).ok_or_else(|| Error::Refused(not_now(&before, verb)))?;
    by.actor.must_be(who)?;
    if !before.concerns(&by.actor, verb) {
        let office = offices::office(tx, if verb.is_for_judged() { before.office } else { before.above })?;
        return NOT_YOURS.with("office_zh", office.name).with("office_en", office.name_en).refuse();
    }
    permit(&before, &sheet, &remarks, act, by.at.date())?;
    let why = act.why().map(|why| text::said("why", why, LONGEST)).transpose()?;
    if let (Some(line), Some(why)) = (act.line(), &why) {
        let remark = remark(by, &remarks, act, (line, why));
        store::add_remark(tx, id, &remark)?;
        remarks.push(remark);
    }
    // one of several objections has been decided
    let state = if to == State::Published && !model::open(&remarks).is_empty() { State::Objected } else { to };
    let mut after = Assessment { state, total: model::total(&sheet, &remarks), ..before.clone() };
    if verb == Verb::Confirm {
        (after.confirmed_by, after.confirmed_at) = (Some(by.actor.account), Some(by.at));
    }
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (verb.code(), why.as_deref()))?;
    Ok(Assessment { version: after.version + 1, ..after })
}

/// What must be so beside the state.
fn permit(before: &Assessment, sheet: &Sheet, remarks: &[Remark], act: &Act, today: Date) -> Result<()> {
    let line = match act.line() {
        Some(code) => Some(sheet.line(code).ok_or_else(|| Error::invalid("line", NOT_A_CHOICE.with("value", code)))?),
        None => None,
    };
    let of = |verb| remarks.iter().any(|r| r.verb == verb && Some(r.line.as_str()) == act.line());
    match (act, line) {
        (Act::Object { .. } | Act::Agree {}, _) if before.is_past_due(today) => {
            TOO_LATE.with("due", before.due).refuse()
        }
        (Act::Object { .. }, _) if of(Verb::Object) => OBJECTED.at("line"),
        (Act::Reject { line, .. }, _) if !model::open(remarks).contains(&line.as_str()) => NOT_OBJECTED.at("line"),
        (Act::Correct { points, .. }, Some(line)) if *points > line.rule.weight * 100 => {
            TOO_MANY.with("most", line.rule.weight).at("points")
        }
        (Act::Confirm {}, _) if before.state == State::Published && !before.is_past_due(today) => {
            TOO_EARLY.with("due", before.due).refuse()
        }
        _ => Ok(()),
    }
}

fn remark(by: &By, remarks: &[Remark], act: &Act, (line, why): (&str, &str)) -> Remark {
    Remark {
        number: remarks.len() as i64 + 1,
        line: line.to_owned(),
        verb: act.verb(),
        mark: if let Act::Correct { points, .. } = act { Some(*points) } else { None },
        why: why.to_owned(),
        by_name: format!("{} {}", by.actor.office.name, by.actor.name),
        said_at: by.at,
    }
}

fn not_now(assessment: &Assessment, verb: Verb) -> Refusal {
    NOT_NOW
        .with("state_zh", assessment.state.label(Lang::Zh))
        .with("state_en", assessment.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En))
}
