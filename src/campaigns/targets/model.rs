//! What a target is. No database, no HTTP, no clock.

use super::{
    State, Verb,
    life::Side,
    tree::{Fault, Node, Rule},
};
use crate::{
    campaigns::model::whole,
    kernel::{CampaignId, Error, Lang, Moment, OfficeId, Refusal, TargetId},
    people::{Actor, Level, Place},
    record::{Kind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What is asked for.
    #[schema(as = TargetMeasure)]
    pub enum Measure {
        Inspect "inspect" "检查企业数" "Enterprises to inspect",
        Sample "sample" "抽查批次数" "Batches to sample",
        LookBack "look_back" "回头看比例" "Share to look back at",
    }
    /// What becomes of what a change adds.
    #[schema(as = TargetSpread)]
    pub enum Spread {
        Wait "wait" "留在本级待分解" "Waits to be divided",
        Below "below" "按比例分摊到下级" "Spread over the offices below, in proportion",
    }
}

refusals! {
    NOT_NOW "targets.not_now" "该任务目前为“{state_zh}”，不能办理“{verb_zh}”。" "This target is “{state_en}” now; “{verb_en}” is not possible.";
    NOT_YOURS "targets.not_yours" "该事项由{office_zh}办理。" "This is for {office_en} to do.";
    NOT_RUN_HERE "targets.not_run_here" "本级任务由部署该行动的机构下达。" "Targets are set by the office that runs the campaign.";
    CAMPAIGN_OVER "targets.campaign_over" "专项行动{state_zh}，任务不再变动。" "The campaign is “{state_en}”; its targets change no more.";
    ALREADY_SET "targets.already_set" "该产品、重点对象的这项任务已经下达，请在原任务上调整。" "This target is set already; change that one.";
    OTHER_CONTENT "targets.other_content" "相同编号的任务已经存在，内容不同。" "A target with this id exists already with other content.";
    TOO_MUCH "targets.too_much" "最多为 {most}。" "At most {most}.";
    NOTHING "targets.nothing" "数量应大于 0。" "The number must be above 0.";
    OVER "targets.over" "合计 {sum}，超过本级任务 {total}，多出 {over}。" "The sum is {sum}, {over} more than the {total} there are.";
    NOT_ENOUGH "targets.not_enough" "上级尚未分解的只有余量，最多可调整为 {left}。" "The office above has not that much left to divide; at most {left}.";
    BELOW_LEAST "targets.below_least" "不得低于上级确定的最低比例 {least}%。" "Not below the {least}% that the office above has laid down.";
    NOT_BELOW "targets.not_below" "“{name}”不是直接下级机构。" "“{en}” is not an office just below.";
    ONE_LINE "targets.one_line" "上下级之间不能划转，请用分解或者调整办理。" "Nothing is moved between an office and one above it; divide or change instead.";
    NO_PARTS "targets.no_parts" "比例不能划转。" "A share in percent has no parts to move.";
    NOBODY_ABOVE "targets.nobody_above" "接收机构的上级没有这项任务，请先下达。" "No office above the receiver has this target; assign it first.";
    DUE_OUTSIDE "targets.due_outside" "完成期限应在专项行动期间（{starts}至{ends}）。" "It must be due within the campaign, {starts} to {ends}.";
}

row! {
    /// A target (目标任务) of an office: its share of what the campaign wants done.
    ///
    /// What is divided over the offices below and what is not yet always make up the total.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    #[schema(as = OfficeTarget)]
    pub struct Target {
        pub id: TargetId,
        pub campaign: CampaignId,
        pub measure: Measure,
        /// Code of the product in the pack; empty for all.
        pub product: String,
        /// Code of the kind of targets (重点对象) in the pack; empty for all.
        pub focus: String,
        /// What people call it.
        pub name: String,
        pub office: OfficeId,
        /// The level of the office.
        pub level: Level,
        /// The share of which it is a part; none at the office that runs the campaign.
        pub parent: Option<TargetId>,
        /// Enterprises, batches, or a share in percent.
        pub total: i64,
        /// What has not been divided over the offices below.
        pub undivided: i64,
        pub state: State,
        /// Why it was sent back.
        pub reason: Option<String>,
        #[schema(value_type = String, format = Date)]
        pub due: Date,
        #[schema(value_type = String)]
        pub made_at: Moment,
        /// Since when it stands so: since its last step, or its last change of total.
        #[schema(value_type = String)]
        pub since: Moment,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// A target to be set for the whole campaign, at the office that runs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTarget)]
pub struct New {
    pub campaign: CampaignId,
    pub measure: Measure,
    /// Code of a product of the pack, or of a class of products; all when left out.
    #[serde(default)]
    pub product: String,
    /// Code of a kind of targets (重点对象) of the pack; all when left out.
    #[serde(default)]
    pub focus: String,
    /// Enterprises, batches, or a share in percent.
    #[serde(deserialize_with = "whole")]
    pub total: i64,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
}

/// What an office below gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub office: OfficeId,
    #[serde(deserialize_with = "whole")]
    pub total: i64,
}

/// One thing done to a target, with what it takes to do it. `version` is the one that was looked at: of two people who
/// divide at once, the second is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = TargetAct)]
pub enum Act {
    Accept {},
    /// To the office above.
    Return {
        why: String,
    },
    /// Over the offices just below, all of them at once: who is not named gets nothing. What is left stays undivided.
    Divide {
        shares: Vec<Share>,
        #[serde(deserialize_with = "whole")]
        version: i64,
    },
    /// Another total. What is taken goes off the undivided part first, then off all offices below in proportion.
    Change {
        #[serde(deserialize_with = "whole")]
        total: i64,
        /// What becomes of what is added; it waits when left out.
        spread: Option<Spread>,
        why: String,
        #[serde(deserialize_with = "whole")]
        version: i64,
    },
    /// It was sent back, and stays as it is.
    Uphold {
        why: String,
    },
    /// A part of it goes to another office, as when offices are split or merged; every office above the two up to the
    /// common one changes with them.
    Move {
        office: OfficeId,
        #[serde(deserialize_with = "whole")]
        amount: i64,
        why: String,
        #[serde(deserialize_with = "whole")]
        version: i64,
    },
    /// Back to the undivided part of the office above, with all that stands below.
    Withdraw {
        why: String,
    },
    Comment {
        why: String,
    },
}

impl Act {
    /// Its verb.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Accept {} => Verb::Accept,
            Self::Return { .. } => Verb::Return,
            Self::Divide { .. } => Verb::Divide,
            Self::Change { .. } => Verb::Change,
            Self::Uphold { .. } => Verb::Uphold,
            Self::Move { .. } => Verb::Move,
            Self::Withdraw { .. } => Verb::Withdraw,
            Self::Comment { .. } => Verb::Comment,
        }
    }

    /// The reason given, in the actor's words.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Return { why }
            | Self::Change { why, .. }
            | Self::Uphold { why }
            | Self::Move { why, .. }
            | Self::Withdraw { why }
            | Self::Comment { why } => Some(why),
            Self::Accept {} | Self::Divide { .. } => None,
        }
    }

    /// The version that was looked at, where numbers depend on it.
    pub const fn version(&self) -> Option<i64> {
        match self {
            Self::Divide { version, .. } | Self::Change { version, .. } | Self::Move { version, .. } => Some(*version),
            _ => None,
        }
    }
}

impl Measure {
    /// How shares of it hang together.
    pub const fn rule(self) -> Rule {
        match self {
            Self::Inspect | Self::Sample => Rule::Sum,
            Self::LookBack => Rule::Least,
        }
    }

    /// The unit it is counted in.
    pub const fn unit(self, lang: Lang) -> &'static str {
        match self {
            Self::Inspect => lang.say("家", "enterprises"),
            Self::Sample => lang.say("批次", "batches"),
            Self::LookBack => "%",
        }
    }

    /// The most that an office may be asked for.
    pub const fn most(self) -> i64 {
        match self {
            Self::Inspect | Self::Sample => 100_000_000,
            Self::LookBack => 100,
        }
    }
}

impl Target {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/targets/{}", self.id)
    }

    /// What has been divided over the offices below.
    pub const fn divided(&self) -> i64 {
        match self.measure.rule() {
            Rule::Sum => self.total - self.undivided,
            Rule::Least => 0,
        }
    }

    /// As the algebra sees it.
    pub const fn node(&self) -> Node<TargetId> {
        Node { parent: self.parent, total: self.total, undivided: self.undivided }
    }

    /// With what the algebra has made of it: who gets another total has to accept it anew, who gets nothing is out.
    #[must_use]
    pub fn with(&self, node: &Node<TargetId>) -> Self {
        let state = match self.parent {
            _ if node.total == self.total => self.state,
            _ if node.total == 0 => State::Withdrawn,
            None => State::Accepted,
            Some(_) => State::Assigned,
        };
        let reason = self.reason.clone().filter(|_| state == self.state);
        Self { parent: node.parent, total: node.total, undivided: node.undivided, state, reason, ..self.clone() }
    }

    /// The target where it stands now.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { province: place.province, city: place.city, county: place.county, station: place.station, ..self }
    }

    /// Whether `actor` stands on the side that a verb is for. Whoever sees a target works in its office or above it.
    pub fn is_for(&self, verb: Verb, actor: &Actor) -> bool {
        let own = actor.office.id == self.office;
        match verb.side() {
            Side::Own => own,
            Side::Above => !own || self.parent.is_none(),
            Side::Both => true,
        }
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &Verb| {
            self.state.step(*v).is_some_and(|(_, who)| who.iter().any(|r| actor.is(*r)))
                && self.is_for(*v, actor)
                && self.makes_sense(*v)
        };
        Verb::ALL.iter().copied().filter(may).collect()
    }

    /// Whether a verb would change anything: a station has nobody below, the whole has nobody beside.
    fn makes_sense(&self, verb: Verb) -> bool {
        match verb {
            Verb::Divide => self.level != Level::Station,
            Verb::Move => self.parent.is_some() && self.measure.rule() == Rule::Sum,
            _ => true,
        }
    }

    /// The sentence for what the algebra refuses; `field` is at fault.
    pub fn refused(&self, fault: &Fault<TargetId>, field: &str) -> Error {
        let refusal = match fault {
            Fault::Unknown(_) => return Error::Stale,
            Fault::Elsewhere(_) => NOBODY_ABOVE,
            Fault::Negative(_) => NOTHING,
            Fault::Over { left } => NOT_ENOUGH.with("left", left),
            Fault::Below { least } => BELOW_LEAST.with("least", least),
            Fault::OneLine => ONE_LINE,
            Fault::NoParts => NO_PARTS,
        };
        Error::invalid(field, refusal)
    }
}

/// What the refusal of a verb says.
pub fn not_now(target: &Target, verb: Verb) -> Refusal {
    NOT_NOW
        .with("state_zh", target.state.label(Lang::Zh))
        .with("state_en", target.state.label(Lang::En))
        .with("verb_zh", verb.label(Lang::Zh))
        .with("verb_en", verb.label(Lang::En))
}

impl Thing for Target {
    const KIND: Kind = Kind::Target;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }

    fn hidden() -> &'static [&'static str] {
        &["since"]
    }
}
