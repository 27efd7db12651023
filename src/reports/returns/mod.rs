//! Returns (统计报表): what an office reports for a period, counted and never typed, approved level by level.
//!
//! Read `life.rs` first: [`State::step`] is the whole life of a return; `lattice.rs` says what the returns above and below
//! allow beside it. What is counted, and how, stands in the pack (`figures.csv`, `periods.csv`, `return_checks.csv`).
//! A table is computed while it is prepared, kept as it was once it is submitted, and revised only beside what was kept.
//! Clauses: S-2b, S-4d.

mod about;
mod bundle;
mod cells;
mod checks;
mod count;
mod docx;
mod export;
mod facts;
mod forms;
mod late;
mod lattice;
mod life;
mod matrix;
mod model;
mod pages;
mod periods;
mod sheet;
mod store;
mod summary;
mod table;
mod web;

pub use about::{Waiting, to_accept, to_submit};
pub use checks::Finding;
pub use facts::{Counted, Span, sums, sums_by_enterprise};
pub use late::{Late, Missing, late, silent};
pub use lattice::{Below, permit};
pub use life::{Hand, State, Verb};
pub use matrix::{Line, Matrix, Slot, matrix};
pub use model::{Act, Adjustment, Gap, New, Return};
pub use periods::{Period, period, periods};
pub use sheet::{Cell, Cut, Difference, How, Part, Sheet, Shown};
pub use store::{Edition, Filter, ORDERS, adjustments_query, find, offices_query, query};
pub use table::{current, edition, findings, records};
pub use web::routes;

use crate::{
    accounts,
    campaigns::{self, Campaign, Pack},
    kernel::{
        CampaignId, Error, Lang, NOT_A_CHOICE, OfficeId, Refusal, Result, ReturnId,
        db::Tx,
        ensure,
        list::{Ask, Listed},
        on_taken, text,
    },
    people::{By, Office, Role, store as offices},
    record,
};
use std::sync::Arc;

refusals! {
    NOT_NOW "returns.not_now" "该报表目前为“{state_zh}”，不能办理“{verb_zh}”。" "This return is “{state_en}” now; “{verb_en}” is not possible.";
    OTHER_CONTENT "returns.other_content" "同一编号已用于其他报表，请核对。" "This id was used for another return; please compare.";
    ONCE "returns.once" "本单位已有该期报表。" "Your office has a return for this period already.";
    NOT_A_REPORTER "returns.not_a_reporter" "该期报表由{level_zh}及以上机构填报。" "This period is reported by {level_en} offices and higher ones.";
    TOO_EARLY "returns.too_early" "该期尚未开始，{begins}起可以填报。" "This period has not begun; it can be prepared from {begins} on.";
    NOT_OVER "returns.not_over" "该期截至{ends}，届时方可报送。" "This period runs until {ends}; submit it then.";
    NOT_NIL "returns.not_nil" "本期“{zh}”有记录，不能作零报告。" "There are records for “{en}” in this period; it is not nothing.";
    ONLY_NIL "returns.only_nil" "本期没有任何记录，请以“零报告”报送。" "Nothing was recorded in this period; report nothing, explicitly.";
    NOTHING_NEW "returns.nothing_new" "与已报送的数据一致，无须修订。" "Nothing differs from what was submitted.";
    STOCK "returns.stock" "“{zh}”为期末数，由系统按截止时点计算，不能调整。" "“{en}” is what stands at the cut-off; it is not adjusted.";
    NO_AMOUNT "returns.no_amount" "调整数不能为零。" "An adjustment of nothing is none.";
    LATER "returns.later" "报送日期不能晚于今天。" "It cannot have been delivered later than today.";
    NOT_BELOW "returns.not_below" "该机构不是本单位的直接下级填报单位。" "That office does not report to yours directly.";
    HAS_REPORTED "returns.has_reported" "该机构的报表已审核通过，无须说明。" "The return of that office is accepted; nothing is missing.";
}

/// Every refusal and finding of returns.
pub fn refusals() -> impl Iterator<Item = Refusal> {
    [REFUSALS, lattice::REFUSALS, checks::REFUSALS].into_iter().flatten().cloned()
}

/// Who prepares a return, for the own office.
pub const REPORTERS: &[Role] = &[Role::Coordinator, Role::Supervisor];
/// Who sees returns of the own scope.
pub const READERS: &[Role] = &[Role::Coordinator, Role::Supervisor, Role::Auditor];
/// Longest reason and note, in characters.
const LONGEST: usize = 2000;

/// The return `id`, for who may see it.
pub fn get(tx: &mut Tx, by: &By, id: ReturnId) -> Result<Return> {
    by.actor.must_be(READERS).map_err(|_| Error::NotFound)?;
    let found = store::find(tx, id)?.ok_or(Error::NotFound)?;
    by.scope().over_offices().check(&record::Thing::place(&found), None)?;
    Ok(found)
}

/// The returns within the actor's scope.
pub fn list(tx: &mut Tx, by: &By, filter: &Filter, ask: &Ask) -> Result<Listed<Return>> {
    by.actor.must_be(READERS)?;
    store::list(tx, by.scope(), filter, ask)
}

/// Begins the return of the actor's office for a period. The same request again answers as the first time.
pub fn create(tx: &mut Tx, by: &By, id: ReturnId, new: &New) -> Result<Return> {
    by.actor.must_be(REPORTERS)?;
    let office = by.actor.office.id;
    if let Some(known) = store::find(tx, id)? {
        let same = (known.campaign, known.period.as_str(), known.office) == (new.campaign, new.period.as_str(), office);
        return if same { Ok(known) } else { Err(Error::Conflict(OTHER_CONTENT)) };
    }
    let (campaign, pack) = campaign_for(tx, by, new.campaign)?;
    let Some(period) = period(&pack, &campaign, &new.period) else {
        return NOT_A_CHOICE.with("value", &new.period).at("period");
    };
    let made = begin(by, id, &campaign, period)?;
    on_taken(store::add(tx, &made), "returns_campaign_office_period", "period", ONCE)?;
    record::began(tx, by, &made, "create", None)?;
    Ok(made)
}

/// A campaign that reaches the actor's office, and its pack.
fn campaign_for(tx: &mut Tx, by: &By, id: CampaignId) -> Result<(Campaign, Arc<Pack>)> {
    let campaign = campaigns::find(tx, &by.actor, id)?;
    let reached = campaign.state != campaigns::State::Draft && campaign.reaches(&by.actor.office.place());
    ensure(reached, NOT_A_CHOICE.with("value", id))?;
    campaigns::of(tx, id)
}

/// The campaigns for which the actor's office reports, the latest first; those that have ended, too: their last returns
/// are due afterwards.
pub fn reported(tx: &mut Tx, by: &By) -> Result<Vec<Campaign>> {
    let place = by.actor.office.place();
    let mut all = campaigns::list(tx, &by.actor, None, &Ask { limit: Some(200), ..Ask::default() })?.items;
    all.retain(|c| matches!(c.state, campaigns::State::Open | campaigns::State::Closed) && c.reaches(&place));
    Ok(all)
}

fn begin(by: &By, id: ReturnId, campaign: &Campaign, period: Period) -> Result<Return> {
    let office = &by.actor.office;
    if office.level > period.level {
        let said = NOT_A_REPORTER.with("level_zh", period.level.label(Lang::Zh));
        return said.with("level_en", period.level.label(Lang::En)).refuse();
    }
    ensure(period.begins <= by.at.date(), TOO_EARLY.with("begins", period.begins))?;
    Ok(Return {
        id,
        campaign: campaign.id,
        office: office.id,
        office_zh: office.name.clone(),
        office_en: office.name_en.clone(),
        period: period.code,
        period_zh: period.zh,
        period_en: period.en,
        begins: period.begins,
        ends: period.ends,
        due: period.due,
        level: period.level,
        state: State::Draft,
        nil: false,
        note: None,
        prepared_by: by.actor.account,
        submitted_by: None,
        submitted_at: None,
        accepted_by: None,
        accepted_at: None,
        edition: 0,
        digest: None,
        receipt: None,
        delivered_on: None,
        gaps: "[]".to_owned(),
        province: office.province,
        city: office.city,
        county: office.county,
        station: office.station,
        version: 1,
    })
}

/// Does `act` to the return `id`: permitted, applied, saved and recorded together, or not at all.
pub fn act(tx: &mut Tx, by: &By, id: ReturnId, act: &Act) -> Result<Return> {
    let before = get(tx, by, id)?;
    let verb = act.verb();
    let (to, who) = before.state.step(verb).ok_or_else(|| Error::Refused(not_now(&before, verb)))?;
    by.actor.must_be(who)?;
    let around = Around::of(tx, &before)?;
    if !before.is_in_hand_of(&by.actor, verb, around.above_office) {
        return Err(Error::Forbidden);
    }
    around.hold(tx, &before)?;
    let named = around.below.iter().map(|(below, office)| (*below, (office.name.as_str(), office.name_en.as_str())));
    permit(verb, around.above.as_ref().map(|r| r.state), named)?;
    if act.wants_reason() {
        text::said("why", act.why().unwrap_or_default(), LONGEST)?;
    }
    let after = apply(tx, by, Return { state: to, ..before.clone() }, act, &around)?;
    store::save(tx, &after)?;
    record::changed(tx, by, &before, &after, (verb.code(), act.why()))?;
    settle(tx, by, &around, Return { version: after.version + 1, ..after })
}

/// What stands around a return.
struct Around {
    /// The office to which it is submitted; none at the top of the campaign.
    above_office: Option<OfficeId>,
    above: Option<Return>,
    /// The offices directly below that report.
    below: Vec<(Below, Office)>,
    /// Their returns.
    returns: Vec<Return>,
}

impl Around {
    fn of(tx: &mut Tx, own: &Return) -> Result<Self> {
        let above_office = above(tx, own)?;
        let above = match above_office {
            Some(office) => store::of_office(tx, own.campaign, office, &own.period)?,
            None => None,
        };
        let reporters = reporters_below(tx, own.office, own)?;
        let ids: Vec<OfficeId> = reporters.iter().map(|o| o.id).collect();
        let mut returns = store::of_offices(tx, own.campaign, &ids)?;
        returns.retain(|r| r.period == own.period);
        let gaps = own.gaps();
        let below = |office: Office| {
            let state = returns.iter().find(|r| r.office == office.id).map(|r| r.state);
            (Below { state, excused: gaps.iter().any(|g| g.office == office.id) }, office)
        };
        Ok(Self { above_office, above, below: reporters.into_iter().map(below).collect(), returns })
    }

    /// Lets acts on this return and on the one above it come one after the other: each looks at the other.
    fn hold(&self, tx: &mut Tx, own: &Return) -> Result<()> {
        if let Some(above) = self.above_office {
            offices::hold_office(tx, above)?;
        }
        offices::hold_office(tx, own.office)
    }
}

/// The office to which a return is submitted: the one above, unless the campaign is run by the office itself.
pub fn above(tx: &mut Tx, own: &Return) -> Result<Option<OfficeId>> {
    let (campaign, _) = campaigns::of(tx, own.campaign)?;
    Ok(if campaign.office == own.office { None } else { offices::office(tx, own.office)?.parent })
}

/// The offices directly below `office` that report in the period of `own`.
fn reporters_below(tx: &mut Tx, office: OfficeId, own: &Return) -> Result<Vec<Office>> {
    let mut below = offices::offices_below(tx, office)?;
    below.retain(|o| o.active && o.level <= own.level);
    Ok(below)
}

fn apply(tx: &mut Tx, by: &By, mut own: Return, act: &Act, around: &Around) -> Result<Return> {
    match act {
        Act::Adjust { .. } => table::adjust(tx, by, &own, act)?,
        Act::Excuse { office, why } => own = own.with_gap(gap(around, *office, why)?)?,
        Act::Submit { note } | Act::ReportNil { note } => {
            own.nil = act.verb() == Verb::ReportNil;
            own.note = note.as_deref().map(|n| text::said("note", n, LONGEST)).transpose()?;
            (own.submitted_by, own.submitted_at) = (Some(by.actor.account), Some(by.at));
            table::submit(tx, by, &mut own)?;
        }
        Act::Revise { why } => table::revise(tx, by, &mut own, why)?,
        Act::Accept { .. } => (own.accepted_by, own.accepted_at) = (Some(by.actor.account), Some(by.at)),
        Act::Deliver { receipt, on } => {
            ensure(*on <= by.at.date(), LATER)?;
            (own.receipt, own.delivered_on) = (Some(text::said("receipt", receipt, 100)?), Some(*on));
        }
        Act::Reopen { .. } => (own.accepted_by, own.accepted_at) = (None, None),
        Act::Recall { .. } | Act::Return { .. } | Act::Lock | Act::Unlock => {}
    }
    Ok(own)
}

fn gap(around: &Around, office: OfficeId, why: &str) -> Result<Gap> {
    let below = around.below.iter().find(|(_, o)| o.id == office);
    let (below, office) = below.ok_or_else(|| Error::invalid("office", NOT_BELOW))?;
    if below.state.is_some_and(State::is_approved) {
        return HAS_REPORTED.at("office");
    }
    Ok(Gap {
        office: office.id,
        zh: office.name.clone(),
        en: office.name_en.clone(),
        why: text::said("why", why, LONGEST)?,
    })
}

/// What follows for this return and for those below from where it stands now.
fn settle(tx: &mut Tx, by: &By, around: &Around, own: Return) -> Result<Return> {
    let own = follow(tx, by, own, around.above.as_ref().map(|r| r.state))?;
    for below in &around.returns {
        follow(tx, by, below.clone(), Some(own.state))?;
    }
    Ok(own)
}

fn follow(tx: &mut Tx, by: &By, before: Return, above: Option<State>) -> Result<Return> {
    let Some(verb) = lattice::follows(before.state, above) else { return Ok(before) };
    let Some((to, _)) = before.state.step(verb) else { return Ok(before) };
    let after = Return { state: to, ..before.clone() };
    store::save(tx, &after)?;
    let system = accounts::system_in(tx, by.at)?;
    record::changed(tx, &system, &before, &after, (verb.code(), None))?;
    Ok(Return { version: after.version + 1, ..after })
}

fn not_now(own: &Return, verb: Verb) -> Refusal {
    NOT_NOW
        .with("state_zh", own.state.label(Lang::Zh))
        .with("state_en", own.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En))
}
