//! What a task is. No database, no HTTP, no clock.

use super::{State, Verb};
use crate::{
    enterprises::List,
    kernel::{
        AccountId, AssignmentId, CampaignId, EnterpriseId, InspectionId, Lang, MeetingId, Moment, OfficeId, TargetId,
        TaskId,
    },
    people::{Actor, Place},
    record::{Kind as ThingKind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// What is to be done.
    #[schema(as = TaskKind)]
    pub enum Kind {
        Visit "visit" "企业检查" "Visit to an enterprise",
        Decision "decision" "会议决定" "Decision of a meeting",
        Other "other" "其他事项" "Other",
    }
    /// How the enterprise of a visit came to be chosen. Coverage of all, a list, a ranking and a draw are never counted
    /// as one another.
    pub enum Way {
        Full "full" "全覆盖" "Full coverage",
        List "list" "名单" "By a list",
        Risk "risk" "按风险" "By risk",
        Draw "draw" "随机抽取" "Drawn by lot",
    }
}

/// Why an enterprise was chosen, in both languages, with the points it brought where points were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    pub zh: String,
    pub en: String,
    #[serde(default)]
    pub points: Option<i64>,
}

impl Reason {
    /// In the reader's language, with its points.
    pub fn label(&self, lang: Lang) -> String {
        let text = lang.say(&self.zh, &self.en);
        self.points.map_or_else(|| text.to_owned(), |points| format!("{text} +{points}"))
    }
}

/// Reasons in one line, in the reader's language.
pub fn line(reasons: &[Reason], lang: Lang) -> String {
    reasons.iter().map(|r| r.label(lang)).collect::<Vec<_>>().join(lang.say("；", "; "))
}

row! {
    /// A task (工作任务): something that somebody has to do by a day.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Task {
        pub id: TaskId,
        pub campaign: CampaignId,
        pub kind: Kind,
        /// How the enterprise was chosen, for a visit.
        pub way: Option<Way>,
        /// The assignment it belongs to, for a visit.
        pub assignment: Option<AssignmentId>,
        /// The share of the target that it serves.
        pub target: Option<TargetId>,
        /// The meeting that decided on it.
        pub meeting: Option<MeetingId>,
        /// Whom to visit.
        pub enterprise: Option<EnterpriseId>,
        /// Codes of the products to look at.
        #[schema(value_type = Vec<String>)]
        pub products: List<String>,
        /// The visit that is planned for it, or that finished it.
        pub visit: Option<InspectionId>,
        /// What is to be done, in one line; for a visit the enterprise's name.
        pub title: String,
        /// … at length.
        pub what: Option<String>,
        /// Why this enterprise.
        #[schema(value_type = Vec<Reason>)]
        pub reasons: List<Reason>,
        /// The office that has to do it.
        pub office: OfficeId,
        /// Who has to do it; none while the office has not named anybody.
        pub owner: Option<AccountId>,
        pub due: Date,
        pub state: State,
        /// The office that handed it out.
        pub from_office: OfficeId,
        pub made_at: Moment,
        pub made_by: AccountId,
        /// What came out.
        pub result: Option<String>,
        /// Why it was returned, withdrawn or reopened.
        pub reason: Option<String>,
        pub finished_at: Option<Moment>,
        /// Since when it is open again after it had been finished.
        pub reopened_at: Option<Moment>,
        /// Hash of what was asked for: the same id with other content is refused.
        #[serde(skip)]
        pub digest: String,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// A task that is handed out by itself; visits come from assignments, decisions from meetings.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewTask)]
pub struct New {
    pub campaign: CampaignId,
    pub title: String,
    #[serde(default)]
    pub what: Option<String>,
    /// The office that has to do it; that of `owner` when left out.
    #[serde(default)]
    pub office: Option<OfficeId>,
    #[serde(default)]
    pub owner: Option<AccountId>,
    pub due: Date,
}

/// One thing done to a task, with what it takes to do it. Evidence is named by its SHA-256.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = TaskAct)]
pub enum Act {
    Report {
        note: String,
    },
    Finish {
        result: String,
        #[serde(default)]
        evidence: Vec<String>,
    },
    Return {
        why: String,
    },
    /// Hands it to somebody; the visit that is planned for it goes along.
    Reassign {
        owner: AccountId,
        #[serde(default)]
        why: Option<String>,
    },
    Extend {
        due: Date,
        why: String,
    },
    /// The visit that is planned for it is cancelled.
    Withdraw {
        why: String,
    },
    /// A visit is planned anew.
    Reopen {
        due: Date,
        why: String,
    },
    Visited {
        visit: InspectionId,
    },
    VisitMoved {
        owner: AccountId,
    },
    VisitCancelled {
        why: String,
    },
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Report { .. } => Verb::Report,
            Self::Finish { .. } => Verb::Finish,
            Self::Return { .. } => Verb::Return,
            Self::Reassign { .. } => Verb::Reassign,
            Self::Extend { .. } => Verb::Extend,
            Self::Withdraw { .. } => Verb::Withdraw,
            Self::Reopen { .. } => Verb::Reopen,
            Self::Visited { .. } => Verb::Visited,
            Self::VisitMoved { .. } => Verb::VisitMoved,
            Self::VisitCancelled { .. } => Verb::VisitCancelled,
        }
    }

    /// What is said with it, and the field it stands in.
    pub fn said(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Report { note } => Some(("note", note)),
            Self::Finish { result, .. } => Some(("result", result)),
            Self::Return { why }
            | Self::Extend { why, .. }
            | Self::Withdraw { why }
            | Self::Reopen { why, .. }
            | Self::VisitCancelled { why } => Some(("why", why)),
            Self::Reassign { why, .. } => why.as_deref().map(|why| ("why", why)),
            Self::Visited { .. } | Self::VisitMoved { .. } => None,
        }
    }

    /// The evidence that comes with it.
    pub fn evidence(&self) -> &[String] {
        if let Self::Finish { evidence, .. } = self { evidence } else { &[] }
    }
}

impl Task {
    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// The task where it stands now.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { province: place.province, city: place.city, county: place.county, station: place.station, ..self }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/tasks/{}", self.id)
    }

    /// Whether its day has passed with something still to be done.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state.is_open() && self.due < today
    }

    /// Colour of its state: red when it is late.
    pub fn colour(&self, today: Date) -> &'static str {
        if self.is_overdue(today) { "red" } else { self.state.colour() }
    }

    /// Whether `actor` is the one to do it: its owner, or anybody of its office while nobody is named.
    pub fn is_of(&self, actor: &Actor) -> bool {
        self.owner.map_or(self.office == actor.office.id, |owner| owner == actor.account)
    }

    /// What `actor` may do next: the buttons on the page. `above`: whether they stand at or above the office that handed
    /// it out.
    pub fn open_to(&self, actor: &Actor, above: bool) -> Vec<Verb> {
        let may = |v: &Verb| self.state.step(*v).is_some_and(|(_, who)| actor.must_be(who).is_ok());
        let mine = |v: &Verb| match v {
            // a visit is reported by its record
            Verb::Report | Verb::Finish => self.kind != Kind::Visit && self.is_of(actor),
            Verb::Return => self.is_of(actor),
            Verb::Extend | Verb::Withdraw | Verb::Reopen => above,
            _ => true,
        };
        Verb::ALL.iter().copied().filter(|v| may(v) && mine(v)).collect()
    }
}

impl Thing for Task {
    const KIND: ThingKind = ThingKind::Task;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.title.clone()
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn enterprise(&self) -> Option<EnterpriseId> {
        self.enterprise
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }

    fn hidden() -> &'static [&'static str] {
        &["digest"]
    }
}
