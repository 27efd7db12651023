//! What a campaign is and what may happen to it. No database, no HTTP, no clock.

use crate::{
    kernel::{AccountId, CampaignId, Error, Lang, Moment, OfficeId, REQUIRED, Refusal, Result, ensure, text},
    people::{Actor, Place, Role, Scope},
    record::{Kind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

words! {
    /// Where a campaign stands.
    #[schema(as = CampaignState)]
    pub enum State {
        Draft "draft" "筹备中" "In preparation",
        Open "open" "进行中" "Under way",
        Closed "closed" "已结束" "Closed",
        Archived "archived" "已归档" "Archived",
    }
    /// What can be done to a campaign.
    #[schema(as = CampaignVerb)]
    pub enum Verb {
        Amend "amend" "修改" "Amend",
        Adopt "adopt" "更换任务包版本" "Adopt another version of the pack",
        Open "open" "启动" "Open",
        Close "close" "结束" "Close",
        Reopen "reopen" "重新启动" "Reopen",
        Archive "archive" "归档" "Archive",
    }
}

impl State {
    /// States in which a campaign may rest for good.
    pub const ENDS: &[Self] = &[Self::Archived];

    /// The whole life of a campaign: from where, by what, to where, by whom.
    #[expect(clippy::match_same_arms, reason = "one line for each step: the table is read by people")]
    pub const fn step(self, verb: Verb) -> Option<(Self, Role)> {
        Some(match (self, verb) {
            (Self::Draft, Verb::Amend | Verb::Adopt) => (Self::Draft, Role::Coordinator),
            (Self::Draft, Verb::Open) => (Self::Open, Role::Coordinator),
            (Self::Open, Verb::Amend | Verb::Adopt) => (Self::Open, Role::Coordinator),
            (Self::Open, Verb::Close) => (Self::Closed, Role::Coordinator),
            (Self::Closed, Verb::Reopen) => (Self::Open, Role::Coordinator),
            (Self::Closed, Verb::Archive) => (Self::Archived, Role::Coordinator),
            _ => return None,
        })
    }

    /// The colour of its chip.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Draft => "orange",
            Self::Open => "blue",
            Self::Closed => "green",
            Self::Archived => "grey",
        }
    }
}

/// One thing done to a campaign, with what it takes to do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = CampaignAct)]
pub enum Act {
    /// Change its names and dates. `version` is the one that was looked at: nobody overwrites unseen what another wrote.
    Amend {
        zh: String,
        en: String,
        starts: Date,
        ends: Date,
        #[serde(deserialize_with = "whole")]
        version: i64,
    },
    /// Go on with another version of its pack; what was answered under the old one stays readable.
    Adopt {
        #[serde(deserialize_with = "whole")]
        pack_version: i64,
        why: String,
    },
    Open {},
    Close {
        why: Option<String>,
    },
    Reopen {
        why: String,
    },
    Archive {},
}

impl Act {
    /// Its verb.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Amend { .. } => Verb::Amend,
            Self::Adopt { .. } => Verb::Adopt,
            Self::Open {} => Verb::Open,
            Self::Close { .. } => Verb::Close,
            Self::Reopen { .. } => Verb::Reopen,
            Self::Archive {} => Verb::Archive,
        }
    }

    /// The reason given.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Adopt { why, .. } | Self::Reopen { why } => Some(why),
            Self::Close { why } => why.as_deref(),
            _ => None,
        }
    }
}

/// A campaign that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCampaign)]
pub struct New {
    /// A short code, unique within the office: `zlaq-2023`.
    pub code: String,
    pub zh: String,
    pub en: String,
    pub pack_code: String,
    #[serde(deserialize_with = "whole")]
    pub pack_version: i64,
    pub starts: Date,
    pub ends: Date,
}

/// A whole number from JSON, or from a form, where everything is text.
pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Whole {
        Number(i64),
        Text(String),
    }
    match Whole::deserialize(from)? {
        Whole::Number(n) => Ok(n),
        Whole::Text(text) => text.trim().parse().map_err(serde::de::Error::custom),
    }
}

row! {
    /// A campaign (专项行动), run by an office for itself and all offices below it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct Campaign {
        pub id: CampaignId,
        pub code: String,
        pub zh: String,
        pub en: String,
        pub pack_code: String,
        pub pack_version: i64,
        #[schema(value_type = String, format = Date)]
        pub starts: Date,
        #[schema(value_type = String, format = Date)]
        pub ends: Date,
        pub state: State,
        /// The office that runs it.
        pub office: OfficeId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
        #[serde(skip)]
        pub made: String,
        #[schema(value_type = String)]
        pub created_at: Moment,
        pub version: i64,
    }
}

row! {
    /// A version of a pack in this installation, without its content.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct PackVersion {
        pub code: String,
        pub version: i64,
        /// SHA-256 of the content.
        pub digest: String,
        pub zh: String,
        pub en: String,
        #[schema(value_type = String)]
        pub added_at: Moment,
        pub added_by: AccountId,
    }
}

impl PackVersion {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }
}

impl Campaign {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    /// Its page.
    pub fn href(&self) -> String {
        format!("/campaigns/{}", self.id)
    }

    /// The place of the office that runs it.
    pub fn stands_at(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    /// Whether work at `place` belongs to it: the place is that of the office that runs it, or below. A national
    /// campaign reaches every place.
    pub fn reaches(&self, place: &Place) -> bool {
        let above = |mine: Option<OfficeId>, theirs: Option<OfficeId>| mine.is_none() || mine == theirs;
        above(self.province, place.province)
            && above(self.city, place.city)
            && above(self.county, place.county)
            && above(self.station, place.station)
    }

    /// Whether `actor` may see it: it reaches their office (then only once it has left preparation), or the office that
    /// runs it is within their scope.
    pub fn is_visible_to(&self, actor: &Actor) -> bool {
        let reached = self.state != State::Draft && self.reaches(&actor.office.place());
        reached || self.is_run_by(actor.scope())
    }

    /// Whether the office that runs it is within `scope`: only then may it be changed.
    pub fn is_run_by(&self, scope: Scope) -> bool {
        scope.holds(&self.stands_at(), None)
    }

    /// Whether it is under way on `date`.
    pub fn is_current(&self, date: Date) -> bool {
        self.state == State::Open && self.starts <= date && date <= self.ends
    }

    /// What `actor` may do next: the buttons on the page.
    pub fn open_to(&self, actor: &Actor) -> Vec<Verb> {
        let may = |verb: &Verb| self.state.step(*verb).is_some_and(|(_, who)| actor.is(who));
        let verbs = Verb::ALL.iter().copied().filter(may);
        if self.is_run_by(actor.scope()) { verbs.collect() } else { Vec::new() }
    }

    /// The campaign after `act`; refuses what the facts do not allow.
    pub fn after(mut self, act: &Act, to: State) -> Result<Self> {
        match act {
            Act::Amend { zh, en, starts, ends, version } => {
                (self.zh, self.en) = (name("zh", zh)?, name("en", en)?);
                ensure_order(*starts, *ends)?;
                if *version != self.version {
                    return Err(Error::Stale);
                }
                (self.starts, self.ends) = (*starts, *ends);
            }
            Act::Adopt { pack_version, why } => {
                if *pack_version == self.pack_version {
                    return SAME_VERSION.at("pack_version");
                }
                reason(why)?;
                self.pack_version = *pack_version;
            }
            Act::Reopen { why } => reason(why)?,
            Act::Open {} | Act::Close { .. } | Act::Archive {} => {}
        }
        self.state = to;
        Ok(self)
    }
}

/// Longest name, in characters.
const NAME: usize = 120;

/// `text` as a name; refuses none and too long a one.
pub fn name(field: &str, text: &str) -> Result<String> {
    text::said(field, &text::plain(text), NAME)
}

/// Refuses an end before the beginning.
pub fn ensure_order(starts: Date, ends: Date) -> Result<()> {
    if starts <= ends { Ok(()) } else { ENDS_FIRST.with("starts", starts).at("ends") }
}

fn reason(why: &str) -> Result<()> {
    if why.trim().is_empty() { REQUIRED.at("why") } else { Ok(()) }
}

/// Refuses work in a campaign that is not under way on `date`.
pub fn ensure_current(campaign: &Campaign, date: Date) -> Result<()> {
    ensure(campaign.is_current(date), NOT_CURRENT.with("name", &campaign.zh).with("en", &campaign.en))
}

impl Thing for Campaign {
    const KIND: Kind = Kind::Campaign;
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn name(&self) -> String {
        self.zh.clone()
    }
    fn place(&self) -> Place {
        self.stands_at()
    }
    fn campaign(&self) -> Option<CampaignId> {
        Some(self.id)
    }
}

impl Thing for PackVersion {
    const KIND: Kind = Kind::Pack;
    fn id(&self) -> String {
        format!("{}@{}", self.code, self.version)
    }
    fn name(&self) -> String {
        self.zh.clone()
    }
    /// Packs belong to the installation.
    fn place(&self) -> Place {
        Place::default()
    }
}

refusals! {
    NOT_NOW "campaigns.not_now" "专项行动{state}，不能{verb}。" "The campaign is “{state}”; this cannot be done now: {verb}.";
    ENDS_FIRST "campaigns.ends_first" "结束日期不能早于开始日期{starts}。" "It cannot end before it starts on {starts}.";
    NO_PACK "campaigns.no_pack" "没有任务包“{code}”第{version}版。" "There is no version {version} of the pack “{code}”.";
    SAME_VERSION "campaigns.same_version" "正在使用的就是这一版。" "This version is the one in use.";
    NOT_CURRENT "campaigns.not_current" "专项行动“{name}”当前不在进行期间。" "The campaign “{en}” is not under way on this day.";
    CODE_TAKEN "campaigns.code_taken" "本机构已有代码为“{code}”的专项行动。" "This office has a campaign with the code “{code}” already.";
    OTHER_CONTENT "campaigns.other_content" "相同编号的专项行动已经存在，内容不同。" "A campaign with this id exists already with other content.";
    PACK_CHANGED "campaigns.pack_changed" "任务包“{code}”第{version}版已存在且内容不同；内容有变化时请提高version。" "Version {version} of the pack “{code}” exists with other content; raise `version` when it changes.";
}

/// What the refusal of a verb says.
pub fn not_now(state: State, verb: Verb) -> Refusal {
    let mut refusal = NOT_NOW;
    refusal.zh = refusal.zh.replace("{state}", state.label(Lang::Zh)).replace("{verb}", verb.label(Lang::Zh)).into();
    refusal.en = refusal.en.replace("{state}", state.label(Lang::En)).replace("{verb}", verb.label(Lang::En)).into();
    refusal
}
