//! What a task force is and what may happen to it. No database, no HTTP, no clock.

use crate::{
    enterprises::Locked,
    kernel::{AccountId, CampaignId, MemberId, Moment, OfficeId, TaskForceId},
    people::{Actor, Place, Role},
    record::{Kind, Thing},
    tasks::HEADS,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Where a task force stands.
    #[schema(as = TaskForceState)]
    pub enum State {
        Active "active" "运行中" "At work",
        Disbanded "disbanded" "已撤销" "Disbanded",
    }
    /// What can be done to one.
    #[schema(as = TaskForceVerb)]
    pub enum Verb {
        AddMember "add_member" "增加成员" "Add a member",
        RemoveMember "remove_member" "成员退出" "Remove a member",
        Disband "disband" "撤销专班" "Disband",
    }
    /// What somebody is in a task force.
    pub enum Post {
        Leader "leader" "组长" "Leader",
        Deputy "deputy" "副组长" "Deputy leader",
        Member "member" "成员" "Member",
        Liaison "liaison" "联络员" "Liaison",
    }
}

impl State {
    /// States in which a task force may rest for good.
    pub const ENDS: &[Self] = &[Self::Disbanded];

    /// The whole life of a task force, and who may do each step.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        Some(match (self, verb) {
            (Self::Active, Verb::AddMember | Verb::RemoveMember) => (Self::Active, HEADS),
            (Self::Active, Verb::Disband) => (Self::Disbanded, HEADS),
            _ => return None,
        })
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Active => "green",
            Self::Disbanded => "grey",
        }
    }
}

/// A task force that is asked for, of the actor's office.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewTaskForce)]
pub struct New {
    pub campaign: CampaignId,
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub duty: Option<String>,
}

/// Somebody who joins: by account, or by name and unit when they are not of this system.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Joining {
    pub post: Post,
    #[serde(default)]
    pub account: Option<AccountId>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub unit: Option<String>,
    /// Position there, or what they do in the task force.
    #[serde(default)]
    pub duty: Option<String>,
    /// Locked up; every look at it is recorded.
    #[serde(default)]
    pub phone: Option<String>,
}

/// One thing done to a task force.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = TaskForceAct)]
pub enum Act {
    AddMember {
        #[serde(flatten)]
        who: Joining,
    },
    RemoveMember {
        member: MemberId,
        why: String,
    },
    Disband {
        why: String,
    },
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::AddMember { .. } => Verb::AddMember,
            Self::RemoveMember { .. } => Verb::RemoveMember,
            Self::Disband { .. } => Verb::Disband,
        }
    }
}

row! {
    /// Who runs a campaign in an office (工作专班).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct TaskForce {
        pub id: TaskForceId,
        pub campaign: CampaignId,
        pub office: OfficeId,
        pub name: String,
        pub duty: Option<String>,
        pub state: State,
        pub made_at: Moment,
        pub made_by: AccountId,
        #[serde(skip)]
        pub digest: String,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

row! {
    /// Somebody in a task force.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Member {
        pub id: MemberId,
        pub force: TaskForceId,
        pub post: Post,
        pub account: Option<AccountId>,
        pub name: String,
        pub unit: String,
        pub duty: Option<String>,
        /// Whether a telephone is kept; see `look`.
        pub phone: Option<Locked>,
        pub active: bool,
    }
}

/// A line of the contact list, with the telephone opened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Contact {
    pub member: MemberId,
    pub name: String,
    pub phone: Option<String>,
}

impl TaskForce {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/task-forces/{}", self.id)
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| actor.must_be(who).is_ok());
        Verb::ALL.iter().copied().filter(may).collect()
    }
}

impl Thing for TaskForce {
    const KIND: Kind = Kind::TaskForce;

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
}
