//! Whoever is at the door, signed in: what every page and every operation of the API begins with.

use super::{Actor, By, menu};
use crate::kernel::{
    Lang, Page, Result,
    db::Tx,
    page::{Flash, Person},
};

/// Somebody who is signed in and asks for something now. A handler that takes one cannot be reached by nobody.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who, when, from where.
    pub by: By,
    /// The language of the answer.
    pub lang: Lang,
    /// The address asked for, for the way back.
    pub path: String,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// What the page before wants said once.
    pub flash: Option<Flash>,
    /// The hash of the session's token.
    pub session: String,
    /// How many things wait for them; counted for pages only.
    pub waits: i64,
}

/// Counts what waits for somebody. What this module stands above knows how; the router hands it in as an extension.
#[derive(Clone, Copy)]
pub struct Counter(pub fn(&mut Tx, &By) -> Result<i64>);

impl Visitor {
    /// Who.
    pub fn actor(&self) -> &Actor {
        &self.by.actor
    }

    /// The frame of a page with this title; `here` lights an entry of the menu.
    pub fn page(&self, here: &'static str, title: impl Into<String>) -> Page {
        let actor = self.actor();
        let person = Person {
            name: actor.name.clone(),
            office: actor.office.label(self.lang).to_owned(),
            roles: actor.titles(self.lang),
        };
        Page {
            lang: self.lang,
            title: title.into(),
            here,
            person: Some(person),
            nav: menu::of(actor, self.waits, self.lang),
            flash: self.flash.clone(),
            demo: self.demo,
            search: String::new(),
            path: self.path.clone(),
        }
    }

    /// The reader's language of the two.
    pub fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.say(zh, en)
    }
}
