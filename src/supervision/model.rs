//! What a step of the ladder is. No database, no HTTP, no clock.

use super::{Rung, State, Verb};
use crate::{
    campaigns::{self, Measure},
    kernel::{AccountId, CampaignId, Lang, Moment, OfficeId, ReminderId},
    people::{Actor, Level, Place, Scope},
    record::{Kind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

row! {
    /// A step of the ladder over lower offices (督促措施). It never concerns an enterprise: that is a talk of `enforcement`.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Reminder {
        pub id: ReminderId,
        pub campaign: CampaignId,
        /// The lower office it is addressed to.
        pub office: OfficeId,
        /// The office above, which decides.
        pub above: OfficeId,
        /// Code of the rule of the pack.
        pub rule: String,
        pub measure: Measure,
        pub rung: Rung,
        pub state: State,
        /// What was measured.
        pub amount: i64,
        /// The limits of the rule then.
        pub limit_amount: i64,
        pub limit_days: i64,
        /// The rule's name then, in both languages.
        pub ground_zh: String,
        pub ground_en: String,
        /// Ids of what was measured, a space between, the first of them when there are many.
        pub items: String,
        /// The lower rung that was not answered or did not help.
        pub previous: Option<ReminderId>,
        pub proposed_at: Moment,
        /// What the addressee is to do.
        pub demand: Option<String>,
        pub talk_at: Option<Moment>,
        pub talk_place: Option<String>,
        /// To be answered by the end of this day.
        pub due: Option<Date>,
        pub issued_at: Option<Moment>,
        pub issued_by: Option<AccountId>,
        pub answer: Option<String>,
        /// Who came to the talk.
        pub participants: Option<String>,
        pub answered_at: Option<Moment>,
        pub answered_by: Option<AccountId>,
        /// Why it was dismissed, not accepted, lifted; what was said when it was accepted.
        pub why: Option<String>,
        pub decided_at: Option<Moment>,
        pub decided_by: Option<AccountId>,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        pub version: i64,
    }
}

/// A step that a person proposes, without waiting for the daily look. The client makes the id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReminder)]
pub struct New {
    pub campaign: CampaignId,
    /// An office just below.
    pub office: OfficeId,
    /// Code of a rule of the pack for offices of that level.
    pub rule: String,
}

/// One thing done, with what it takes to do it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = ReminderAct)]
pub enum Act {
    /// Issues the letter. A talk needs its time and place.
    Issue {
        demand: String,
        /// Working days from today as the pack says, when left out.
        due: Option<Date>,
        talk_at: Option<Moment>,
        talk_place: Option<String>,
    },
    Dismiss {
        why: String,
    },
    Answer {
        answer: String,
    },
    /// The talk has been held.
    Hold {
        participants: String,
        /// What the addressee explained and promised.
        answer: String,
    },
    Accept {
        why: Option<String>,
    },
    Reject {
        why: String,
    },
    Lift {
        why: String,
    },
}

/// What the system does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tick {
    Vanish,
    Lapse,
    Climb,
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Issue { .. } => Verb::Issue,
            Self::Dismiss { .. } => Verb::Dismiss,
            Self::Answer { .. } => Verb::Answer,
            Self::Hold { .. } => Verb::Hold,
            Self::Accept { .. } => Verb::Accept,
            Self::Reject { .. } => Verb::Reject,
            Self::Lift { .. } => Verb::Lift,
        }
    }

    /// What was said, for the timeline.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Issue { demand: why, .. }
            | Self::Dismiss { why }
            | Self::Answer { answer: why }
            | Self::Hold { answer: why, .. }
            | Self::Reject { why }
            | Self::Lift { why } => Some(why),
            Self::Accept { why } => why.as_deref(),
        }
    }
}

impl Tick {
    pub(super) const fn verb(self) -> Verb {
        match self {
            Self::Vanish => Verb::Vanish,
            Self::Lapse => Verb::Lapse,
            Self::Climb => Verb::Climb,
        }
    }
}

impl Reminder {
    /// Where it stands: with the office above until it is issued.
    pub fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// The same step, standing at `place`.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        let Place { province, city, county, station } = place;
        Self { province, city, county, station, ..self }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/reminders/{}", self.id)
    }

    /// The rule's name, in the reader's language.
    pub fn ground(&self, lang: Lang) -> &str {
        lang.say(&self.ground_zh, &self.ground_en)
    }

    /// What was measured beside the limit, in one sentence.
    pub fn measured(&self, lang: Lang) -> String {
        let limit = campaigns::limit(self.measure, self.limit_amount, self.limit_days, lang);
        let (label, amount, unit) = (self.measure.label(lang), self.amount, self.measure.unit(lang));
        match lang {
            Lang::Zh => format!("{label}：{amount}{unit}（规则：{limit}）"),
            Lang::En => format!("{label}: {amount} {unit} (rule: {limit})"),
        }
    }

    /// Ids of what was measured.
    pub fn item_ids(&self) -> impl Iterator<Item = &str> {
        self.items.split(' ').filter(|id| !id.is_empty())
    }

    /// Whether `actor` decides on it: for the office above, or one above that.
    pub fn is_led_by(&self, actor: &Actor) -> bool {
        actor.office.id == self.above || actor.office.id != self.office && matches!(actor.office.level, Level::Nation)
    }

    /// Whether `actor` answers it: for the office it is addressed to.
    pub fn is_addressed_to(&self, actor: &Actor) -> bool {
        actor.office.id == self.office
    }

    /// Whether it is for `actor` to do this.
    pub fn concerns(&self, actor: &Actor, verb: Verb) -> bool {
        if matches!(verb, Verb::Answer) { self.is_addressed_to(actor) } else { self.is_led_by(actor) }
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &Verb| {
            let step = self.state.step(*v);
            step.is_some_and(|(_, who)| who.iter().any(|role| actor.is(*role))) && self.concerns(actor, *v)
        };
        // a talk is held, not answered by letter, and only a talk is held
        let fits = |v: &Verb| match v {
            Verb::Answer => self.rung != Rung::Talk || self.state == State::Rejected,
            Verb::Hold => self.rung == Rung::Talk,
            _ => true,
        };
        Verb::ALL.iter().copied().filter(|v| may(v) && fits(v)).collect()
    }

    /// Whether it waits for `actor` to do something: a decision, or an answer.
    pub fn waits_for(&self, actor: &Actor) -> bool {
        self.asks_decision_of(actor) || self.asks_answer_of(actor)
    }

    /// Whether it waits for a decision of `actor`'s office.
    pub fn asks_decision_of(&self, actor: &Actor) -> bool {
        let waits = matches!(self.state, State::Proposed | State::Answered);
        let talk = self.rung == Rung::Talk && matches!(self.state, State::Issued | State::Unanswered);
        (waits || talk) && self.above == actor.office.id
    }

    /// Whether it waits for an answer of `actor`'s office.
    pub fn asks_answer_of(&self, actor: &Actor) -> bool {
        let waits = matches!(self.state, State::Issued | State::Unanswered | State::Rejected);
        waits && self.is_addressed_to(actor)
    }

    /// Whether it is within the scope of a reader.
    pub fn is_within(&self, scope: Scope) -> bool {
        scope.over_offices().holds(&self.place(), None)
    }
}

impl Thing for Reminder {
    const KIND: Kind = Kind::Reminder;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} · {}", self.rung.label(Lang::Zh), self.ground_zh)
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }

    fn hidden() -> &'static [&'static str] {
        &["items", "demand", "answer", "why"]
    }
}
