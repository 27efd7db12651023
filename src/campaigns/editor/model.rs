//! What a draft of a pack is and what may happen to it. No database, no HTTP, no clock.

use crate::{
    campaigns::model::whole,
    kernel::{AccountId, Lang, Moment, OfficeId, PackDraftId},
    people::{Actor, Place, Role, Scope},
    record::{Kind, Thing},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// Where a draft of a pack stands.
    #[schema(as = PackDraftState)]
    pub enum State {
        Open "open" "编制中" "Being made",
        Published "published" "已发布" "Published",
        Dropped "dropped" "已放弃" "Given up",
    }
    /// What can be done to one.
    #[schema(as = PackDraftVerb)]
    pub enum Verb {
        AddRow "add_row" "增加一行" "Add a row",
        ChangeRow "change_row" "修改一行" "Change a row",
        RemoveRow "remove_row" "删除一行" "Remove a row",
        MoveRow "move_row" "调整顺序" "Move a row",
        PutBack "put_back" "恢复原内容" "Put back as it was",
        Restore "restore" "整表恢复" "Put a table back as it was",
        AddPicture "add_picture" "添加示意图" "Add a picture",
        TakeOver "take_over" "导入检查表" "Take over a checklist",
        Publish "publish" "发布" "Publish",
        Drop "drop" "放弃" "Give up",
        Resume "resume" "恢复编制" "Take up again",
    }
}

/// Who makes packs.
pub const EDITORS: &[Role] = &[Role::Coordinator, Role::Administrator];

impl State {
    /// States in which a draft may rest for good.
    pub const ENDS: &[Self] = &[Self::Published, Self::Dropped];

    /// The whole life of a draft, and who may do each step.
    pub const fn step(self, verb: Verb) -> Option<(Self, &'static [Role])> {
        use Verb::*;
        Some(match (self, verb) {
            (Self::Open, AddRow | ChangeRow | RemoveRow | MoveRow | PutBack | Restore | AddPicture | TakeOver) => {
                (Self::Open, EDITORS)
            }
            (Self::Open, Publish) => (Self::Published, EDITORS),
            (Self::Open, Drop) => (Self::Dropped, EDITORS),
            (Self::Dropped, Resume) => (Self::Open, EDITORS),
            _ => return None,
        })
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Open => "orange",
            Self::Published => "green",
            Self::Dropped => "grey",
        }
    }
}

/// A draft that is asked for: a copy of a version of a pack.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPackDraft)]
pub struct New {
    /// Code of the pack that it becomes: that of the copied one for its next version, another for a pack of its own.
    pub code: String,
    pub from_code: String,
    #[serde(deserialize_with = "whole")]
    pub from_version: i64,
    /// Its names; those of the copied pack when left out.
    #[serde(default)]
    pub zh: Option<String>,
    #[serde(default)]
    pub en: Option<String>,
}

/// One thing done to a draft. `file` is a table as in `packs/README.md`, such as `products.csv` or
/// `checklists/03-cement.csv`; a row is known by its `mark`, which changes with its content: what somebody else has changed
/// in between is not overwritten unseen.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PackDraftAct)]
pub enum Act {
    AddRow {
        file: String,
        /// Its cells by column; those left out are empty.
        cells: BTreeMap<String, String>,
        /// Mark of the row below which it is put; at the end when left out.
        #[serde(default)]
        below: Option<String>,
    },
    ChangeRow {
        file: String,
        row: String,
        /// The cells that change, by column.
        cells: BTreeMap<String, String>,
    },
    RemoveRow {
        file: String,
        row: String,
    },
    /// Changes places with the row above or below.
    MoveRow {
        file: String,
        row: String,
        up: bool,
    },
    /// The row with this key is again as it was in the beginning, or goes when there was none.
    PutBack {
        file: String,
        key: String,
    },
    /// The whole table is again as it was in the beginning.
    Restore {
        file: String,
    },
    /// Becomes the next version of its pack. `over` is the newest version that the publisher knows of, 0 for none.
    Publish {
        #[serde(deserialize_with = "whole")]
        over: i64,
    },
    Drop {},
    Resume {},
}

impl Act {
    /// What is done.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::AddRow { .. } => Verb::AddRow,
            Self::ChangeRow { .. } => Verb::ChangeRow,
            Self::RemoveRow { .. } => Verb::RemoveRow,
            Self::MoveRow { .. } => Verb::MoveRow,
            Self::PutBack { .. } => Verb::PutBack,
            Self::Restore { .. } => Verb::Restore,
            Self::Publish { .. } => Verb::Publish,
            Self::Drop {} => Verb::Drop,
            Self::Resume {} => Verb::Resume,
        }
    }
}

row! {
    /// A pack in the making (任务包编制).
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct PackDraft {
        pub id: PackDraftId,
        /// Code of the pack that it becomes.
        pub code: String,
        pub zh: String,
        pub en: String,
        /// The version of a pack that it began as a copy of; none: it came as a file.
        pub from_code: Option<String>,
        pub from_version: Option<i64>,
        pub state: State,
        /// The version that it became.
        pub published: Option<i64>,
        pub office: OfficeId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        #[serde(skip)]
        pub made: String,
        pub made_by: AccountId,
        #[schema(value_type = String)]
        pub made_at: Moment,
        #[schema(value_type = String)]
        pub changed_at: Moment,
        pub version: i64,
    }
}

impl PackDraft {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    /// The place of its office.
    pub fn stands_at(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Address of its page.
    pub fn href(&self) -> String {
        format!("/pack-drafts/{}", self.id)
    }

    /// Address of one of its tables.
    pub fn table(&self, file: &str) -> String {
        format!("/pack-drafts/{}/table?file={}", self.id, encoded(file))
    }

    /// Whether rows may be changed.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether it lies within `scope`.
    pub fn is_within(&self, scope: Scope) -> bool {
        scope.over_offices().holds(&self.stands_at(), None)
    }

    /// What `actor` may do to the whole of it next: the buttons on its page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |v: &&Verb| self.state.step(**v).is_some_and(|(_, who)| actor.must_be(who).is_ok());
        [Verb::Publish, Verb::Drop, Verb::Resume].iter().filter(may).copied().collect()
    }
}

/// As it may stand in an address.
pub fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Thing for PackDraft {
    const KIND: Kind = Kind::PackDraft;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        self.zh.clone()
    }

    fn place(&self) -> Place {
        self.stands_at()
    }
}
