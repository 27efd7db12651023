//! What makes a visit look as if it had not been made: measures against the limits of the pack. Pure.
//!
//! Each sign names its reason, and none is a proof: a phone may have lost its satellites, two inspectors may have shared
//! the work. Source: the failures named by those who run field surveys (fabricated interviews), and the limits of the pack.

use super::Kind;
use crate::{
    campaigns::Pack,
    inspections::{Answered, Sheet},
    kernel::{InspectionId, Moment, Refusal, secret},
};

refusals! {
    SPEED "signs.speed" "与相邻检查 {number} 相距 {km} 千米，间隔 {minutes} 分钟，需以时速 {amount} 千米行进（界限 {limit}）。" "{km} km from the visit {number} next to it and {minutes} minutes apart: that takes {amount} km/h (limit {limit}).";
    OVERLAP "signs.overlap" "与相距 {km} 千米的检查 {number} 时间重叠。" "It overlaps the visit {number}, {km} km away.";
    FAR "signs.place" "提交时定位距企业登记地址最近处 {amount} 米（界限 {limit} 米）。" "The claimed place is {amount} m from the nearest registered site (limit {limit} m).";
    QUICK "signs.pace" "{items} 个检查项目平均每项用时 {amount} 秒（界限 {limit} 秒）。" "{items} questions at {amount} seconds each on average (limit {limit} seconds).";
    SAME "signs.same_photo" "{amount} 张照片与检查 {number} 使用的是同一文件。" "{amount} photograph(s) are the very files of the visit {number}.";
    ALIKE "signs.alike_photo" "{amount} 张照片与检查 {number} 的照片画面几乎相同。" "{amount} photograph(s) show nearly the same view as those of the visit {number}.";
    ANSWERS "signs.pattern" "同一检查人员 30 日内对不同企业的 {amount} 次检查答案和备注完全相同，上一次为 {number}。" "The same inspector gave the very same answers and remarks at {amount} different visits within 30 days, {number} the last before.";
    CLOCK "signs.clock" "{amount} 张照片自带的拍摄时间超出检查时间 {limit} 分钟以上，如 {at}。" "{amount} photograph(s) claim a time more than {limit} minutes off the visit, such as {at}.";
}

/// A sign that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    pub amount: i64,
    pub reason: Refusal,
    pub other: Option<InspectionId>,
}

/// A point on the map, in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub lon: i64,
    pub lat: i64,
}

impl Point {
    /// Reads `longitude,latitude` in degrees, as devices claim it.
    pub fn parse(text: &str) -> Option<Self> {
        let (lon, lat) = text.split_once(',')?;
        let degrees = |text: &str, most: f64| text.trim().parse::<f64>().ok().filter(|d| d.abs() <= most);
        let (lon, lat) = (degrees(lon, 180.0)?, degrees(lat, 90.0)?);
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 000 000")]
        Some(Self { lon: (lon * 1e6).round() as i64, lat: (lat * 1e6).round() as i64 })
    }

    /// The distance on the sphere, in metres (haversine; Sinnott 1984).
    pub fn metres_to(self, other: Self) -> i64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 180 000 000")]
        let radians = |millionths: i64| (millionths as f64 / 1e6).to_radians();
        let [lat1, lat2] = [radians(self.lat), radians(other.lat)];
        let [dlat, dlon] = [radians(other.lat - self.lat), radians(other.lon - self.lon)];
        let a = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
        #[expect(clippy::cast_possible_truncation, reason = "half the way round the earth is 20 000 km")]
        let metres = (2.0 * 6_371_000.0 * a.sqrt().min(1.0).asin()).round() as i64;
        metres
    }
}

/// Where and when somebody was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    pub inspection: InspectionId,
    pub number: String,
    pub from: Moment,
    pub to: Moment,
    pub at: Option<Point>,
}

/// Two visits of one inspector next to each other, further apart than anybody travels.
pub fn speed(pack: &Pack, here: &Stay, there: &Stay) -> Option<Found> {
    let (limit, near) = (pack.sign("speed")?, pack.sign("near").unwrap_or(0));
    let metres = here.at?.metres_to(there.at?);
    let (first, then) = if here.from <= there.from { (here, there) } else { (there, here) };
    let millis = then.from.millis() - first.to.millis();
    if metres <= near {
        return None;
    }
    let km = metres / 1000;
    if millis <= 0 {
        let reason = OVERLAP.with("km", km).with("number", &there.number);
        return Some(Found { kind: Kind::Speed, amount: km, reason, other: Some(there.inspection) });
    }
    let amount = metres * 3600 / millis;
    let reason = SPEED.with("number", &there.number).with("km", km).with("minutes", millis / 60_000);
    let reason = reason.with("amount", amount).with("limit", limit);
    (amount > limit).then_some(Found { kind: Kind::Speed, amount, reason, other: Some(there.inspection) })
}

/// The claimed place is far from every registered site.
pub fn place(pack: &Pack, claimed: Option<Point>, sites: &[Point]) -> Option<Found> {
    let (limit, claimed) = (pack.sign("place")?, claimed?);
    let amount = sites.iter().map(|site| claimed.metres_to(*site)).min()?;
    let reason = FAR.with("amount", amount).with("limit", limit);
    (amount > limit).then_some(Found { kind: Kind::Place, amount, reason, other: None })
}

/// The questions were answered faster than anybody can look.
pub fn pace(pack: &Pack, sheet: &Sheet, from: Moment, to: Moment) -> Option<Found> {
    let limit = pack.sign("pace")?;
    let looked = |a: &Answered| matches!(a, Answered::Conforms | Answered::Fails);
    let items = sheet.answers.iter().filter(|a| looked(&a.answer)).count() as i64;
    let amount = (to.millis() - from.millis()) / 1000 / items.max(1);
    let reason = QUICK.with("items", items).with("amount", amount).with("limit", limit);
    (items > 0 && amount < limit).then_some(Found { kind: Kind::Pace, amount, reason, other: None })
}

/// A mark of what was answered and remarked; none when all is well without a word, as at many sites it truly is.
pub fn pattern(checklist: &str, sheet: &Sheet) -> Option<String> {
    let word = |note: &Option<String>| note.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let says = sheet.answers.iter().any(|a| a.answer == Answered::Fails || !word(&a.note).is_empty());
    let lines = sheet.answers.iter().map(|a| format!("{} {} {}", a.item, a.answer, word(&a.note)));
    let text = std::iter::once(checklist.to_owned()).chain(lines).collect::<Vec<_>>().join("\n");
    says.then(|| secret::sha256(text.as_bytes()))
}

/// The same inspector has answered so at `others` enterprises before, the last of them at `last`.
pub fn repeated(pack: &Pack, others: i64, last: Option<(InspectionId, String)>) -> Option<Found> {
    let (limit, (other, number)) = (pack.sign("pattern")?, last?);
    let amount = others + 1;
    let reason = ANSWERS.with("amount", amount).with("number", number);
    (amount >= limit).then_some(Found { kind: Kind::Pattern, amount, reason, other: Some(other) })
}

/// Photographs that another visit uses, or nearly so.
pub fn twice(kind: Kind, amount: i64, other: InspectionId, number: &str) -> Option<Found> {
    let said = if kind == Kind::SamePhoto { SAME } else { ALIKE };
    let reason = said.with("amount", amount).with("number", number);
    (amount > 0).then_some(Found { kind, amount, reason, other: Some(other) })
}

/// Photographs that claim to be of another time than the visit.
pub fn clock(pack: &Pack, claims: &[String], from: Moment, to: Moment) -> Option<Found> {
    let limit = pack.sign("clock")?;
    let (from, to) = (from.plus(-limit * 60_000), to.plus(limit * 60_000));
    let off = |claim: &&String| claim.parse::<Moment>().is_ok_and(|at| at < from || at > to);
    let others: Vec<&String> = claims.iter().filter(off).collect();
    let at = others.first()?.replace('T', " ");
    let amount = others.len() as i64;
    let reason = CLOCK.with("amount", amount).with("limit", limit).with("at", at);
    Some(Found { kind: Kind::Clock, amount, reason, other: None })
}

/// In how many of 64 places two marks of pictures differ.
pub fn difference(a: &str, b: &str) -> Option<i64> {
    let bits = |text: &str| u64::from_str_radix(text, 16).ok();
    Some(i64::from((bits(a)? ^ bits(b)?).count_ones()))
}

/// The four quarters of a mark, each with its number before it.
pub fn quarters(mark: &str) -> Vec<i64> {
    let quarter = |n: usize| i64::from_str_radix(mark.get(n * 4..n * 4 + 4)?, 16).ok().map(|q| (n as i64) << 16 | q);
    (0..4).filter_map(quarter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{campaigns::NATIONAL, inspections::Answer};
    use proptest::prelude::*;

    const ZHENGDING: Point = Point { lon: 114_570_000, lat: 38_146_000 };
    const SHIJIAZHUANG: Point = Point { lon: 114_502_000, lat: 38_045_000 };

    fn pack() -> Pack {
        Pack::built_in(NATIONAL).unwrap()
    }

    fn at(minutes: i64) -> Moment {
        Moment::from_millis(1_700_000_000_000 + minutes * 60_000)
    }

    fn stay(from: i64, to: i64, point: Point) -> Stay {
        let id = InspectionId::new(at(from));
        Stay { inspection: id, number: format!("XC-{from}"), from: at(from), to: at(to), at: Some(point) }
    }

    fn sheet(answers: &[(Answered, &str)]) -> Sheet {
        let answer = |(n, (answer, note)): (usize, &(Answered, &str))| Answer {
            item: format!("A{n}"),
            answer: *answer,
            note: Some((*note).to_owned()),
            evidence: vec![],
        };
        Sheet {
            credentials_shown: true,
            withdrawal_told: true,
            answers: answers.iter().enumerate().map(answer).collect(),
            statement: None,
            signed_by: None,
            refused: false,
            witness: None,
            evidence: vec![],
            claimed_place: None,
        }
    }

    #[test]
    fn distances_are_those_of_the_map() {
        let metres = ZHENGDING.metres_to(SHIJIAZHUANG);
        assert!((12_600..12_800).contains(&metres), "{metres}");
        assert_eq!(Point::parse("114.57, 38.146"), Some(ZHENGDING));
        for wrong in ["", "114.57", "200,10", "x,y", "NaN,1"] {
            assert_eq!(Point::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nobody_is_in_two_places_within_minutes() {
        let here = stay(0, 30, ZHENGDING);
        let found = speed(&pack(), &here, &stay(33, 60, SHIJIAZHUANG)).unwrap();
        assert_eq!((found.kind, found.amount > 200), (Kind::Speed, true));
        assert!(speed(&pack(), &stay(33, 60, SHIJIAZHUANG), &here).is_some(), "whichever comes in later");
        assert_eq!(speed(&pack(), &here, &stay(60, 90, SHIJIAZHUANG)), None, "half an hour will do");
        assert!(speed(&pack(), &here, &stay(20, 40, SHIJIAZHUANG)).unwrap().reason.en.contains("overlaps"));
        assert_eq!(speed(&pack(), &here, &stay(20, 40, ZHENGDING)), None, "the same cluster");
        let nowhere = Stay { at: None, ..stay(31, 40, SHIJIAZHUANG) };
        assert_eq!(speed(&pack(), &here, &nowhere), None, "unknown is no sign");
    }

    #[test]
    fn the_nearest_site_counts() {
        assert_eq!(place(&pack(), Some(ZHENGDING), &[SHIJIAZHUANG, ZHENGDING]), None);
        assert_eq!(place(&pack(), Some(ZHENGDING), &[SHIJIAZHUANG]).unwrap().kind, Kind::Place);
        assert_eq!(place(&pack(), Some(ZHENGDING), &[]), None);
        assert_eq!(place(&pack(), None, &[SHIJIAZHUANG]), None);
    }

    #[test]
    fn only_what_was_looked_at_takes_time() {
        let quick = sheet(&[(Answered::Conforms, ""), (Answered::Conforms, ""), (Answered::NotApplicable, "")]);
        let found = pace(&pack(), &quick, at(0), at(0).plus(10_000)).unwrap();
        assert_eq!(found.amount, 5);
        assert_eq!(pace(&pack(), &quick, at(0), at(1)), None);
        assert_eq!(pace(&pack(), &sheet(&[(Answered::NotApplicable, "")]), at(0), at(0)), None);
    }

    #[test]
    fn all_well_without_a_word_is_no_pattern() {
        assert_eq!(pattern("c", &sheet(&[(Answered::Conforms, " ")])), None);
        let said = pattern("c", &sheet(&[(Answered::Conforms, "附页齐全")])).unwrap();
        assert_eq!(pattern("c", &sheet(&[(Answered::Conforms, "附页齐全 ")])), Some(said.clone()));
        assert_ne!(pattern("d", &sheet(&[(Answered::Conforms, "附页齐全")])), Some(said));
        let last = || Some((InspectionId::new(at(0)), "XC-1".to_owned()));
        assert_eq!((repeated(&pack(), 1, last()), repeated(&pack(), 5, None)), (None, None));
        assert_eq!(repeated(&pack(), 2, last()).unwrap().amount, 3);
    }

    #[test]
    fn a_photograph_of_another_day_is_noticed() {
        let claims = ["2023-11-15T06:20:00+08:00".to_owned(), "2023-11-14T06:20:00".to_owned(), "昨天".to_owned()];
        let found = clock(&pack(), &claims, at(0), at(30)).unwrap();
        assert_eq!((found.amount, found.reason.en.contains("2023-11-14 06:20:00")), (1, true));
        assert_eq!(clock(&pack(), &claims[..1], at(0), at(30)), None);
    }

    proptest! {
        /// Two marks that differ in three places or fewer have a quarter in common, so that each is found by the other.
        #[test]
        fn what_is_alike_is_found(mark in any::<u64>(), flips in prop::collection::vec(0_u32..64, 0..=3)) {
            let other = flips.iter().fold(mark, |m, bit| m ^ (1 << bit));
            let [a, b] = [mark, other].map(|m| format!("{m:016x}"));
            prop_assert!(quarters(&a).iter().any(|q| quarters(&b).contains(q)));
            prop_assert!(difference(&a, &b).unwrap() <= 3);
        }
    }
}
