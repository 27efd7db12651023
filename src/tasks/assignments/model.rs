//! What an assignment is: what was asked for, and every enterprise that came into question. No database, no HTTP, no clock.

use crate::{
    enterprises::List,
    kernel::{
        AccountId, AssignmentId, CampaignId, EnterpriseId, InspectionId, Moment, OfficeId, TargetId, TaskId, list,
    },
    people::Place,
    record::{Kind, Thing},
    tasks::{Reason, Way},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// How the chosen are shared out among those who go.
    pub enum Sharing {
        Turn "turn" "轮流派发" "In turn",
        Station "station" "按辖区所派发" "By the station responsible",
    }
    /// How far it is.
    #[schema(as = AssignmentState)]
    pub enum State {
        Making "making" "派发中" "Being handed out",
        Made "made" "已派发" "Handed out",
        Stopped "stopped" "已中止" "Stopped",
    }
    /// What became of an enterprise that came into question.
    #[schema(as = AssignmentOutcome)]
    pub enum Outcome {
        Chosen "chosen" "选中" "Chosen",
        Made "made" "已派发" "Handed out",
        NotReached "not_reached" "未选中" "Not chosen",
        Visited "visited" "本次行动中已检查" "Visited in this campaign",
        Planned "planned" "已安排检查" "A visit is planned",
        Tasked "tasked" "已有检查任务" "Has a task already",
        Stopped "stopped" "未在营业" "Not in business",
        Unknown "unknown" "辖区内未找到该主体" "Not found within the jurisdiction",
    }
}

impl Outcome {
    /// Whether it was left out for a reason of its own, and not for want of places.
    pub const fn is_left_out(self) -> bool {
        !matches!(self, Self::Chosen | Self::Made | Self::NotReached)
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Made => "green",
            Self::Chosen => "blue",
            Self::NotReached => "grey",
            _ => "orange",
        }
    }
}

/// Tasks that are asked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewAssignment)]
pub struct New {
    pub campaign: CampaignId,
    /// The share of a target that they serve.
    #[serde(default)]
    pub target: Option<TargetId>,
    /// Codes of products or categories; any product when left out.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub products: List<String>,
    /// Code of a target group of the pack (重点对象), such as `complaints`; any when left out.
    #[serde(default)]
    pub tag: Option<String>,
    pub way: Way,
    /// How many: by risk or by draw, never for the others.
    #[serde(default, deserialize_with = "list::whole")]
    pub wanted: Option<i64>,
    /// For a list: names, credit codes or ids.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub names: List<String>,
    /// For a draw: any text, agreed or published before; one by chance when left out.
    #[serde(default)]
    pub seed: Option<String>,
    #[serde(default = "turn")]
    pub sharing: Sharing,
    /// Who goes.
    #[schema(value_type = Vec<AccountId>)]
    pub owners: List<AccountId>,
    pub due: Date,
}

const fn turn() -> Sharing {
    Sharing::Turn
}

row! {
    /// Tasks that were handed out together (任务派发).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    #[schema(as = TaskAssignment)]
    pub struct Assignment {
        pub id: AssignmentId,
        #[serde(skip)]
        pub digest: String,
        pub campaign: CampaignId,
        pub target: Option<TargetId>,
        #[schema(value_type = Vec<String>)]
        pub products: List<String>,
        /// Code of the target group.
        pub tag: Option<String>,
        pub way: Way,
        /// How many were wanted, where not all.
        pub wanted: Option<i64>,
        pub sharing: Sharing,
        #[schema(value_type = Vec<AccountId>)]
        pub owners: List<AccountId>,
        pub due: Date,
        /// Of a draw.
        pub seed: Option<String>,
        /// Name of the table by which they were handed out.
        pub file: Option<String>,
        /// SHA-256 of the ids that could be chosen, a line each, in order.
        pub list_digest: String,
        /// How many could be chosen.
        pub listed: i64,
        pub chosen: i64,
        pub left_out: i64,
        /// How many of the chosen have become tasks.
        pub made: i64,
        pub state: State,
        /// The office that handed them out.
        pub office: OfficeId,
        pub made_at: Moment,
        pub made_by: AccountId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

row! {
    /// An enterprise that came into question, and what became of it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    #[schema(as = AssignmentLine)]
    pub struct Line {
        /// Its place in the list; of a table the number of its row.
        pub line: i64,
        pub enterprise: Option<EnterpriseId>,
        pub party: String,
        pub outcome: Outcome,
        pub points: i64,
        #[schema(value_type = Vec<Reason>)]
        pub reasons: List<Reason>,
        pub owner: Option<AccountId>,
        pub planned_for: Option<Date>,
        /// Its own due date, where a table says one.
        pub due: Option<Date>,
        /// Its own products, where a table names them.
        #[schema(value_type = Vec<String>)]
        pub products: List<String>,
        pub task: Option<TaskId>,
        pub visit: Option<InspectionId>,
    }
}

impl Line {
    /// A line about an enterprise of the list, with nothing asked for yet.
    pub fn of(enterprise: Option<EnterpriseId>, party: &str, outcome: Outcome, reasons: Vec<Reason>) -> Self {
        Self {
            line: 0,
            enterprise,
            party: party.to_owned(),
            outcome,
            points: reasons.iter().filter_map(|r| r.points).sum(),
            reasons: List(reasons),
            owner: None,
            planned_for: None,
            due: None,
            products: List::default(),
            task: None,
            visit: None,
        }
    }
}

/// What an assignment would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Preview {
    /// SHA-256 of the ids that can be chosen, a line each, in order. Of a draw nothing else is known before.
    pub list_digest: String,
    pub listed: i64,
    pub chosen: i64,
    pub left_out: i64,
    /// The first 500: the chosen, those left out, the others. Before a draw nobody is chosen.
    pub lines: Vec<Line>,
}

impl Assignment {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/assignments/{}", self.id)
    }

    /// The colour of its state.
    pub const fn colour(&self) -> &'static str {
        match self.state {
            State::Making => "blue",
            State::Made => "green",
            State::Stopped => "red",
        }
    }
}

impl Thing for Assignment {
    const KIND: Kind = Kind::Assignment;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {} {}", self.made_at.date(), self.way, self.chosen)
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }
}
