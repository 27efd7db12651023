//! Drawing look-backs (回头看抽取) and repeat checks (反复查抽取): a share of what was closed out, or of what has passed a
//! look-back, by severity, by a seed that anybody can check.
//!
//! The list is frozen and hashed first. Within each severity the smallest [`lots`] are drawn, the share rounded up.
//! Clause: S-4c.

use super::{Act, State, act, store};
use crate::{
    campaigns::{self, Severity, SeverityRule},
    kernel::{
        AccountId, CampaignId, Error, HazardId, LookBackId, Moment, OfficeId, REQUIRED, Refusal, Result,
        db::Tx,
        list::{Ask, Listed},
        lots, secret,
    },
    people::{By, Place, Role, Scope},
    record::{self, Kind, Thing},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Who may draw.
pub const DRAWERS: &[Role] = &[Role::Coordinator];

words! {
    /// What is drawn for.
    pub enum DrawKind {
        LookBack "look_back" "回头看" "Look-back",
        RepeatCheck "repeat_check" "反复查" "Repeat check",
    }
}

refusals! {
    NOTHING_CLOSED "look_backs.nothing_closed" "您的管辖范围内没有可供抽取的已销号隐患。" "Within your jurisdiction there is no closed hazard to draw from.";
    NOTHING_PASSED "look_backs.nothing_passed" "您的管辖范围内没有可供抽取反复查的隐患，须先通过回头看。" "Within your jurisdiction no hazard has passed a look-back, so there is none to check again.";
    OTHER_DRAW "look_backs.other_draw" "同一编号已用于另一次抽取。" "This id was used for another draw.";
}

row! {
    /// A draw of look-backs or of repeat checks.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
    pub struct LookBack {
        pub id: LookBackId,
        pub kind: DrawKind,
        pub campaign: CampaignId,
        /// The office that drew, for itself and all below it.
        pub office: OfficeId,
        pub seed: String,
        /// Until when the checks are to be made.
        pub due: Date,
        /// The frozen list: a line `id severity` for each hazard, in the order of ids.
        pub candidates: String,
        /// SHA-256 of the list.
        pub digest: String,
        /// What was drawn: ids with a space between.
        pub drawn: String,
        pub drawn_at: Moment,
        pub drawn_by: AccountId,
        pub province: Option<OfficeId>,
        pub city: Option<OfficeId>,
        pub county: Option<OfficeId>,
        pub station: Option<OfficeId>,
    }
}

/// A draw that is asked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewDraw {
    /// A look-back when left out.
    #[serde(default = "look_back")]
    pub kind: DrawKind,
    pub campaign: CampaignId,
    /// Any text, agreed or published before; one by chance when left out.
    #[serde(default)]
    pub seed: Option<String>,
    /// Until when the checks are to be made.
    pub due: Date,
}

const fn look_back() -> DrawKind {
    DrawKind::LookBack
}

impl DrawKind {
    /// From which hazards it takes.
    pub const fn from(self) -> State {
        match self {
            Self::LookBack => State::Closed,
            Self::RepeatCheck => State::Confirmed,
        }
    }

    /// The share that the campaign lays down for a severity, in percent.
    pub const fn share(self, rule: &SeverityRule) -> i64 {
        match self {
            Self::LookBack => rule.look_back_percent,
            Self::RepeatCheck => rule.repeat_check_percent,
        }
    }

    const fn act(self, due: Date) -> Act {
        match self {
            Self::LookBack => Act::DrawLookBack { due },
            Self::RepeatCheck => Act::DrawRepeatCheck { due },
        }
    }

    const fn nothing(self) -> Refusal {
        match self {
            Self::LookBack => NOTHING_CLOSED,
            Self::RepeatCheck => NOTHING_PASSED,
        }
    }
}

impl LookBack {
    /// How many hazards were on the list.
    pub fn listed(&self) -> usize {
        self.candidates.lines().count()
    }

    /// What was drawn.
    pub fn ids(&self) -> Vec<HazardId> {
        self.drawn.split(' ').filter_map(|id| id.parse().ok()).collect()
    }
}

impl Thing for LookBack {
    const KIND: Kind = Kind::LookBack;

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn name(&self) -> String {
        format!("{} {}/{}", self.drawn_at.date(), self.ids().len(), self.listed())
    }

    fn place(&self) -> Place {
        Place { province: self.province, city: self.city, county: self.county, station: self.station }
    }

    fn campaign(&self) -> Option<CampaignId> {
        Some(self.campaign)
    }

    fn hidden() -> &'static [&'static str] {
        &["candidates"]
    }
}

/// Draws among the closed hazards of the actor's office and all below it, or among those that passed a look-back, and
/// puts each drawn one on its way. The same id again answers as the first time.
pub fn draw(tx: &mut Tx, by: &By, id: LookBackId, new: &NewDraw) -> Result<LookBack> {
    by.actor.must_be(DRAWERS)?;
    if let Some(known) = store::look_back(tx, id)? {
        let same = known.kind == new.kind && known.campaign == new.campaign && known.office == by.actor.office.id;
        return if same { Ok(known) } else { Err(Error::Conflict(OTHER_DRAW)) };
    }
    let (_, pack) = campaigns::of(tx, new.campaign)?;
    let closed = store::candidates(tx, by.scope(), new.campaign, new.kind.from())?;
    if closed.is_empty() {
        return new.kind.nothing().refuse();
    }
    let seed = match new.seed.as_deref().map(str::trim) {
        Some("") => return REQUIRED.at("seed"),
        Some(seed) => seed.to_owned(),
        None => lots::chance()?,
    };
    let drawn = choose(&seed, &closed, |severity| new.kind.share(pack.severity(severity)));
    let candidates: String = closed.iter().map(|(id, severity)| format!("{id} {severity}\n")).collect();
    let place = by.actor.office.place();
    let look_back = LookBack {
        id,
        kind: new.kind,
        campaign: new.campaign,
        office: by.actor.office.id,
        seed,
        due: new.due,
        digest: secret::sha256(candidates.as_bytes()),
        candidates,
        drawn: drawn.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        drawn_at: by.at,
        drawn_by: by.actor.account,
        province: place.province,
        city: place.city,
        county: place.county,
        station: place.station,
    };
    store::add_look_back(tx, &look_back)?;
    record::began(tx, by, &look_back, "draw", None)?;
    for hazard in drawn {
        act(tx, by, hazard, &new.kind.act(new.due))?;
    }
    Ok(look_back)
}

/// The draws within `scope`.
pub fn draws(tx: &mut Tx, scope: Scope, ask: &Ask) -> Result<Listed<LookBack>> {
    store::look_backs(tx, scope.over_offices(), ask)
}

/// Which of `closed` a seed draws: of each severity the share (in percent, rounded up) with the smallest lots.
pub fn choose(seed: &str, closed: &[(HazardId, Severity)], percent: impl Fn(Severity) -> i64) -> Vec<HazardId> {
    let mut strata: BTreeMap<Severity, Vec<HazardId>> = BTreeMap::new();
    for (id, severity) in closed {
        strata.entry(*severity).or_default().push(*id);
    }
    let of = |(severity, ids): (Severity, Vec<HazardId>)| {
        let share = usize::try_from(percent(severity).clamp(0, 100)).unwrap_or(0);
        lots::drawn(seed, &ids, (ids.len() * share).div_ceil(100))
    };
    strata.into_iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn closed(many: usize) -> Vec<(HazardId, Severity)> {
        let severity = |i: usize| Severity::ALL[i % 3];
        (0..many)
            .map(|i| (HazardId::parse(&format!("00000000-0000-7000-8000-{i:012}")).unwrap(), severity(i)))
            .collect()
    }

    #[test]
    fn the_published_example_comes_out_the_same_everywhere() {
        let drawn = choose("2023-08-31", &closed(6), |s| if s == Severity::Major { 100 } else { 50 });
        let short: Vec<_> = drawn.iter().map(|id| id.to_string()[30..].to_owned()).collect();
        assert_eq!(short.len(), 4);
        assert_eq!(&short[2..], {
            let mut major = ["000002", "000005"];
            major.sort_by_key(|tail| {
                secret::sha256(format!("2023-08-31\n00000000-0000-7000-8000-000000{tail}").as_bytes())
            });
            major
        });
    }

    proptest! {
        #[test]
        fn exactly_the_share_is_drawn_and_nothing_twice(many in 0_usize..60, share in 0_i64..=100, seed in "[a-z0-9]{1,8}") {
            let list = closed(many);
            let drawn = choose(&seed, &list, |_| share);
            for severity in Severity::ALL {
                let of = |ids: &[HazardId]| list.iter().filter(|(id, s)| s == severity && ids.contains(id)).count();
                let all: Vec<_> = list.iter().map(|(id, _)| *id).collect();
                prop_assert_eq!(of(&drawn), (of(&all) * usize::try_from(share).unwrap()).div_ceil(100));
            }
            let mut unique = drawn.clone();
            unique.sort();
            unique.dedup();
            prop_assert_eq!(unique.len(), drawn.len());
        }

        #[test]
        fn the_order_of_the_list_does_not_matter(seed in "[a-z]{1,8}", turn in 0_usize..20) {
            let list = closed(20);
            let mut turned = list.clone();
            turned.rotate_left(turn);
            prop_assert_eq!(choose(&seed, &list, |_| 30), choose(&seed, &turned, |_| 30));
        }
    }
}
