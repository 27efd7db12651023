//! My work (我的工作): the first page of everybody, which is their inbox, and the one search box.
//!
//! It owns nothing: it asks the capabilities what waits for whoever is signed in. What is to be done, approved or answered
//! follows from where things stand (`desks.rs`); what is to be read are the notices. Each thing stands there once: a notice
//! about something that waits is the news of its entry. Clause: S-2b.

mod desks;
mod events;
mod inbox;
mod jobs;
mod web;

pub use events::{AUDITORS, READERS, address, did};
pub use web::routes;

use crate::{
    campaigns::targets::{self, Target},
    hazards::{self, Hazard},
    inspections::signs::{self, Sign},
    kernel::{HazardId, Lang, OfficeId, ReminderId, Result, ReturnId, SignId, TargetId, TaskId, db::Tx},
    notices::{self, Notice},
    people::{Actor, By, Place},
    record::{Kind, Thing},
    reports::returns::{self, Return},
    supervision::{self, Reminder},
    tasks::{self, Task},
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

words! {
    /// The parts of an inbox.
    pub enum Section {
        Do "do" "待办" "To do",
        Approve "approve" "待批" "To approve",
        Answer "answer" "待答复" "To answer",
        Watch "watch" "关注" "To watch",
        Read "read" "待阅" "To read",
    }
}

impl Section {
    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Do => "blue",
            Self::Approve | Self::Answer => "orange",
            Self::Watch | Self::Read => "grey",
        }
    }
}

/// What somebody's attention is asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Inbox {
    /// How many things ask for it: what is to be watched does not.
    pub count: i64,
    pub groups: Vec<Group>,
    /// What is to be read, newest first.
    pub notices: Vec<Told>,
}

/// A heading with what waits under it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InboxGroup)]
pub struct Group {
    pub section: Section,
    pub title: String,
    pub jobs: Vec<Job>,
    /// Whether there are more than these.
    pub more: bool,
    /// Where the whole list stands.
    pub all: String,
}

/// One thing that waits.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = InboxJob)]
pub struct Job {
    /// Id of the thing.
    pub thing: String,
    /// Colour of its edge: red is late, orange due soon, blue under way.
    #[serde(skip)]
    pub kind: &'static str,
    pub href: String,
    pub title: String,
    pub chip: String,
    pub meta: String,
    pub due: Option<Date>,
    pub late: bool,
    /// What has happened to it that the reader has not seen.
    pub news: Option<String>,
}

/// A notice in the reader's language.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Told {
    #[serde(flatten)]
    pub notice: Notice,
    /// What was done.
    pub did: String,
}

impl Job {
    fn new(thing: impl ToString, href: String) -> Self {
        Self {
            thing: thing.to_string(),
            kind: "blue",
            href,
            title: String::new(),
            chip: String::new(),
            meta: String::new(),
            due: None,
            late: false,
            news: None,
        }
    }

    fn due(self, due: Option<Date>, kind: &'static str) -> Self {
        Self { due, kind, late: kind == "red", ..self }
    }

    fn titled(self, title: String) -> Self {
        Self { title, ..self }
    }
}

impl Told {
    fn of(notice: Notice, lang: Lang) -> Self {
        Self { did: did(notice.kind, &notice.verb, lang), notice }
    }

    /// What was done, by whom, when: one line.
    pub fn line(&self, lang: Lang) -> String {
        format!("{} · {} · {}", self.did, self.notice.who(lang), self.notice.at.minute())
    }
}

/// The inbox of `by`: groups with nothing in them are left out, and each thing stands in the first group that has it.
pub fn inbox(tx: &mut Tx, by: &By, lang: Lang) -> Result<Inbox> {
    let (unread, of_work) = notices::open(tx, by.actor.account)?;
    let news: HashMap<String, Notice> = of_work.into_iter().map(|n| (n.thing.clone(), n)).collect();
    let mut groups: Vec<Group> = Vec::new();
    for desk in desks::of(&by.actor) {
        let mut group = desk.look(tx, by, lang)?;
        group.jobs.retain(|job| !groups.iter().flat_map(|g| &g.jobs).any(|other| other.thing == job.thing));
        for job in &mut group.jobs {
            let told = news.get(&job.thing).map(|n| Told::of(n.clone(), lang));
            job.news = told.map(|told| told.line(lang));
        }
        if !group.jobs.is_empty() {
            groups.push(group);
        }
    }
    let notices = unread.into_iter().map(|n| Told::of(n, lang)).collect();
    Ok(Inbox { count: count(tx, by)?, groups, notices })
}

/// How many things ask for the attention of `by`: the badge in the menu of every page. What is to be watched does not ask.
pub fn count(tx: &mut Tx, by: &By) -> Result<i64> {
    let mut sum = notices::unread(tx, by.actor.account)?;
    for desk in desks::of(&by.actor).filter(|desk| desk.section != Section::Watch) {
        sum += desk.count(tx, by)?;
    }
    Ok(sum)
}

/// A thing as far as it can wait for somebody.
#[derive(Debug)]
pub enum Subject {
    Hazard(Box<Hazard>),
    Sign(Box<Sign>),
    Reminder(Box<Reminder>),
    /// A target, with the office that gave it.
    Target(Box<Target>, Option<OfficeId>),
    Task(Box<Task>),
    /// A return, with the office to which it goes.
    Return(Box<Return>, Option<OfficeId>),
    /// Nothing of the kind waits for anybody.
    Other,
}

impl Subject {
    /// The thing as it stands now.
    pub fn find(tx: &mut Tx, kind: Kind, thing: &str) -> Result<Self> {
        Ok(match kind {
            Kind::Hazard => {
                hazards::find(tx, HazardId::parse(thing)?)?.map_or(Self::Other, |h| Self::Hazard(Box::new(h)))
            }
            Kind::Reminder => {
                supervision::find(tx, ReminderId::parse(thing)?)?.map_or(Self::Other, |r| Self::Reminder(Box::new(r)))
            }
            Kind::Target => match targets::find(tx, TargetId::parse(thing)?)? {
                Some(target) => {
                    let above = target.parent.map(|parent| targets::find(tx, parent)).transpose()?.flatten();
                    Self::Target(Box::new(target), above.map(|above| above.office))
                }
                None => Self::Other,
            },
            Kind::Task => tasks::find(tx, TaskId::parse(thing)?)?.map_or(Self::Other, |t| Self::Task(Box::new(t))),
            Kind::Return => match returns::find(tx, ReturnId::parse(thing)?)? {
                Some(own) => {
                    let above = returns::above(tx, &own)?;
                    Self::Return(Box::new(own), above)
                }
                None => Self::Other,
            },
            Kind::Sign => signs::find(tx, SignId::parse(thing)?)?.map_or(Self::Other, |s| Self::Sign(Box::new(s))),
            _ => Self::Other,
        })
    }

    /// Where it stands in the tree of offices.
    pub fn place(&self) -> Place {
        match self {
            Self::Hazard(hazard) => hazard.place(),
            Self::Sign(sign) => Thing::place(&**sign),
            Self::Reminder(reminder) => reminder.place(),
            Self::Target(target, _) => target.place(),
            Self::Task(task) => task.place(),
            Self::Return(own, _) => Thing::place(&**own),
            Self::Other => Place::default(),
        }
    }

    /// Whether it stands in the inbox of `actor` as something that waits.
    pub fn waits_for(&self, actor: &Actor) -> bool {
        let scope = actor.scope();
        match self {
            Self::Hazard(hazard) => {
                let mine = scope.holds(&hazard.place(), Some(hazard.enterprise));
                mine && desks::of(actor).any(|desk| desk.holds_hazard(hazard))
            }
            Self::Sign(sign) => {
                let open = sign.state == signs::State::Open && scope.holds(&self.place(), None);
                open && desks::of(actor).any(|desk| desk.what == desks::What::Signs)
            }
            Self::Reminder(reminder) => desks::of(actor).any(|desk| desk.holds_reminder(reminder, actor)),
            Self::Target(target, above) => desks::of(actor).any(|desk| desk.holds_target(target, *above, actor)),
            Self::Task(task) => desks::of(actor).any(|desk| desk.holds_task(task, actor)),
            Self::Return(own, above) => desks::of(actor).any(|desk| desk.holds_return(own, *above, actor)),
            Self::Other => false,
        }
    }
}

fn urgency(day: Option<Date>, by: &By) -> &'static str {
    let today = by.at.date();
    match day {
        Some(day) if day < today => "red",
        Some(day) if day.since(today).is_ok_and(|left| left.get_days() <= 3) => "orange",
        _ => "blue",
    }
}
