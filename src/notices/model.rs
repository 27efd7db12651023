//! What a notice is. No database, no HTTP, no clock.

use crate::{
    kernel::{AccountId, Lang, Moment, NoticeId},
    people::Role,
    record::{Event, Kind},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// Where a notice stands with its reader.
    #[schema(as = NoticeState)]
    pub enum State {
        Unread "unread" "未读" "Unread",
        /// The thing stands in the reader's own list of work; the notice is the news of that entry.
        InWork "in_work" "已列入待办" "In my work",
        Read "read" "已读" "Read",
    }
}

impl State {
    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Unread => "orange",
            Self::InWork => "blue",
            Self::Read => "grey",
        }
    }
}

row! {
    /// A notice (通知): something happened to a thing that its reader must know of.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Notice {
        pub id: NoticeId,
        #[serde(skip)]
        pub account: AccountId,
        pub kind: Kind,
        /// Id of the thing.
        pub thing: String,
        /// What people called the thing then.
        pub name: String,
        /// What was done: the verb of the thing's capability.
        pub verb: String,
        /// Why, in the actor's words.
        pub note: Option<String>,
        /// Who did it.
        pub actor_name: String,
        pub at: Moment,
        pub state: State,
    }
}

/// Something done to one's own notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case")]
#[schema(as = NoticeAct)]
pub enum Act {
    /// This one has been read.
    Read,
    /// This one and all before it have been read.
    ReadAll,
}

impl Notice {
    /// What `event` is to `reader`.
    pub fn of(event: &Event, reader: AccountId, state: State) -> Self {
        Self {
            id: NoticeId::new(event.at),
            account: reader,
            kind: event.kind,
            thing: event.thing.clone(),
            name: event.name.clone(),
            verb: event.verb.clone(),
            note: event.note.clone(),
            actor_name: event.actor_name.clone(),
            at: event.at,
            state,
        }
    }

    /// Who did it, as people call them; the system by its name in the reader's language.
    pub fn who(&self, lang: Lang) -> &str {
        let system = Role::System;
        if self.actor_name == system.label(Lang::Zh) { system.label(lang) } else { &self.actor_name }
    }

    /// Address that opens the thing and marks the notice as read.
    pub fn href(&self) -> String {
        format!("/notices/{}", self.id)
    }
}
