//! What a dispatch meeting is and what may happen to it. No database, no HTTP, no clock.

use crate::{
    enterprises::List,
    kernel::{AccountId, CampaignId, MeetingId, Moment, OfficeId},
    people::{Actor, Place, Role},
    record::{Kind, Thing},
    tasks::HEADS,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Where a meeting stands.
    #[schema(as = MeetingState)]
    pub enum State {
        Recorded "recorded" "已记录" "On record",
        Issued "issued" "纪要已印发" "Minutes issued",
    }
    /// What can be done to one.
    #[schema(as = MeetingVerb)]
    pub enum Verb {
        Decide "decide" "登记议定事项" "Record a decision",
        Issue "issue" "印发会议纪要" "Issue the minutes",
    }
}

impl State {
    /// States in which a meeting may rest for good.
    pub const ENDS: &[Self] = &[Self::Issued];

    /// The whole life of a meeting, and who may do each step. Minutes that are out are not changed: another meeting is.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        Some(match (self, verb) {
            (Self::Recorded, Verb::Decide) => (Self::Recorded, HEADS),
            (Self::Recorded, Verb::Issue) => (Self::Issued, HEADS),
            _ => return None,
        })
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Recorded => "blue",
            Self::Issued => "green",
        }
    }
}

/// Something that was decided: it becomes a task.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = MeetingDecision)]
pub struct Decision {
    /// What is to be done, in one line.
    pub title: String,
    /// … at length.
    #[serde(default)]
    pub what: Option<String>,
    /// The office that has to do it; that of `owner` when left out.
    #[serde(default)]
    pub office: Option<OfficeId>,
    #[serde(default)]
    pub owner: Option<AccountId>,
    pub due: Date,
}

/// A meeting that was held, to be put on record.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewMeeting)]
pub struct New {
    pub campaign: CampaignId,
    pub title: String,
    /// When it was held.
    pub at: Moment,
    /// Where, or by which means.
    pub place: String,
    pub presiding: String,
    #[schema(value_type = Vec<String>)]
    pub participants: List<String>,
    /// What was reported and discussed.
    pub discussed: String,
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

/// One thing done to a meeting.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = MeetingAct)]
pub enum Act {
    Decide {
        #[serde(flatten)]
        decision: Decision,
    },
    Issue,
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Decide { .. } => Verb::Decide,
            Self::Issue => Verb::Issue,
        }
    }
}

row! {
    /// A dispatch meeting (调度会议).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Meeting {
        pub id: MeetingId,
        #[serde(skip)]
        pub digest: String,
        pub campaign: CampaignId,
        pub office: OfficeId,
        pub title: String,
        pub held_at: Moment,
        /// Where, or by which means.
        pub venue: String,
        pub presiding: String,
        #[schema(value_type = Vec<String>)]
        pub participants: List<String>,
        pub discussed: String,
        /// How many decisions it took.
        pub decisions: i64,
        pub state: State,
        /// Number of the minutes, once they are issued.
        pub minutes: Option<String>,
        pub made_at: Moment,
        pub made_by: AccountId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

impl Meeting {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/meetings/{}", self.id)
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| actor.must_be(who).is_ok());
        Verb::ALL.iter().copied().filter(may).collect()
    }
}

impl Thing for Meeting {
    const KIND: Kind = Kind::Meeting;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.title.clone()
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }
}
