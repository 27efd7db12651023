//! Regions (行政区划): provinces, cities and counties of GB/T 2260 as they stand now, by their six-digit codes.
//!
//! A region is not an office. The Xinjiang Production and Construction Corps (兵团) reports like a province but has no
//! province of its own here: its cities (6590xx) hang under Xinjiang, and it is an office of the reporting tree, which
//! is kept elsewhere. Development zones with a bureau of their own likewise. Codes of former years are in
//! [`region_changes`].

use super::region_changes;
use crate::kernel::{Refusal, text};
use serde::Serialize;
use std::{collections::HashMap, sync::LazyLock};
use utoipa::ToSchema;

words! {
    /// How high a region stands.
    #[schema(as = RegionLevel)]
    pub enum Level {
        Province "province" "省级" "Province",
        City "city" "地级" "City",
        County "county" "县级" "County",
    }
}

/// A province, city or county as it stands now.
#[derive(Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Region {
    /// Six digits: `130123`.
    pub code: &'static str,
    /// Its own name: `正定县`.
    pub name: &'static str,
    /// How high it stands.
    pub level: Level,
    /// The code of the region it belongs to; none for a province. A county may belong to a province directly.
    pub parent: Option<&'static str>,
}

/// All regions by code, and who belongs to whom.
struct Atlas {
    regions: Vec<Region>,
    children: HashMap<&'static str, Vec<usize>>,
    names: HashMap<&'static str, Vec<usize>>,
}

static ATLAS: LazyLock<Atlas> = LazyLock::new(|| Atlas::read(include_str!("regions.csv")));

/// The character by which licence numbers and plates name a province, and the beginning of its code. The second one of
/// a province is its older or literary name.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("11", "京"),
    ("12", "津"),
    ("13", "冀"),
    ("14", "晋"),
    ("15", "蒙"),
    ("21", "辽"),
    ("22", "吉"),
    ("23", "黑"),
    ("31", "沪申"),
    ("32", "苏"),
    ("33", "浙"),
    ("34", "皖"),
    ("35", "闽"),
    ("36", "赣"),
    ("37", "鲁"),
    ("41", "豫"),
    ("42", "鄂"),
    ("43", "湘"),
    ("44", "粤"),
    ("45", "桂"),
    ("46", "琼"),
    ("50", "渝"),
    ("51", "川蜀"),
    ("52", "贵黔"),
    ("53", "云滇"),
    ("54", "藏"),
    ("61", "陕秦"),
    ("62", "甘陇"),
    ("63", "青"),
    ("64", "宁"),
    ("65", "新"),
    ("71", "台"),
    ("81", "港"),
    ("82", "澳"),
];

impl Atlas {
    /// The embedded table is ours and its form is proved by a test, so a bad line is simply no region.
    fn read(table: &'static str) -> Self {
        let mut regions: Vec<Region> = table.lines().skip(1).filter_map(Region::from_line).collect();
        regions.sort_by_key(|r| r.code);
        let mut atlas = Self { children: HashMap::new(), names: HashMap::new(), regions };
        for (i, region) in atlas.regions.iter().enumerate() {
            atlas.names.entry(region.name).or_default().push(i);
            if let Some(parent) = region.parent {
                atlas.children.entry(parent).or_default().push(i);
            }
        }
        atlas
    }

    fn find(&self, code: &str) -> Option<&Region> {
        self.regions.binary_search_by_key(&code, |r| r.code).ok().map(|i| &self.regions[i])
    }

    fn at<'a>(&'a self, places: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a Region> {
        places.into_iter().flatten().map(|i| &self.regions[*i])
    }
}

impl Region {
    fn from_line(line: &'static str) -> Option<Self> {
        let mut cells = line.split(',');
        let (code, name, level, parent) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        let level = *Level::ALL.get(level.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(Self { code, name, level, parent: Some(parent).filter(|p| !p.is_empty()) })
    }

    /// The region it belongs to.
    pub fn up(&self) -> Option<&'static Self> {
        find(self.parent?)
    }

    /// The regions it belongs to, the province first; none for a province.
    pub fn ancestors(&self) -> Vec<&'static Self> {
        let mut chain: Vec<_> = std::iter::successors(self.up(), |r| r.up()).collect();
        chain.reverse();
        chain
    }

    /// The regions directly below: of a province its cities and the counties that belong to no city.
    pub fn children(&self) -> impl Iterator<Item = &'static Self> {
        ATLAS.at(ATLAS.children.get(self.code))
    }

    /// The counties that belong to this province directly: 仙桃, 琼海, 石河子, and the districts of municipalities.
    pub fn direct_counties(&self) -> impl Iterator<Item = &'static Self> {
        let of_province = self.level == Level::Province;
        self.children().filter(move |r| of_province && r.level == Level::County)
    }

    /// Its province; a province is its own.
    pub fn province(&'static self) -> &'static Self {
        self.ancestors().first().copied().unwrap_or(self)
    }

    /// Whether `other` is this region or belongs to it, at any level.
    pub fn contains(&self, other: &Self) -> bool {
        self.code == other.code || other.ancestors().iter().any(|r| r.code == self.code)
    }

    /// The name with those above it: `河北省石家庄市正定县`.
    pub fn full_name(&self) -> String {
        let above: String = self.ancestors().iter().map(|r| r.name).collect();
        above + self.name
    }

    /// The character that stands for its province in licence numbers and on plates: 冀.
    pub fn abbreviation(&self) -> Option<char> {
        ABBREVIATIONS.iter().find(|(code, _)| self.code.starts_with(code)).and_then(|(_, chars)| chars.chars().next())
    }
}

/// Every region, by code.
pub fn all() -> &'static [Region] {
    &ATLAS.regions
}

/// The 34 provinces, by code.
pub fn provinces() -> impl Iterator<Item = &'static Region> {
    all().iter().filter(|r| r.level == Level::Province)
}

/// The region that has this code now.
pub fn find(code: &str) -> Option<&'static Region> {
    ATLAS.find(code)
}

/// The region that has this code now, however it was typed; a refusal says what a former code became.
pub fn get(code: &str) -> Result<&'static Region, Refusal> {
    let code = text::code(code);
    find(&code).ok_or_else(|| match region_changes::valid_until(&code) {
        Some(year) => FORMER_REGION.with("code", &code).with("year", year).with("now", heirs(&code)),
        None => NOT_A_REGION.with("code", &code),
    })
}

/// The regions called `name`, whether written alone (正定县) or in full (河北省石家庄市正定县). Several share a name.
pub fn named(name: &str) -> Vec<&'static Region> {
    let name = text::plain(name).replace(' ', "");
    let alone: Vec<_> = ATLAS.at(ATLAS.names.get(name.as_str())).collect();
    if alone.is_empty() {
        all().iter().filter(|r| name.ends_with(r.name) && r.full_name() == name).collect()
    } else {
        alone
    }
}

/// The province that `abbreviation` stands for. 兵 (the Corps) stands for none.
pub fn of_abbreviation(abbreviation: char) -> Option<&'static Region> {
    let (code, _) = ABBREVIATIONS.iter().find(|(_, chars)| chars.contains(abbreviation))?;
    find(&format!("{code}0000"))
}

fn heirs(code: &str) -> String {
    let now = region_changes::successors_now(code);
    let names: Vec<String> =
        now.iter().filter_map(|c| find(c)).map(|r| format!("{} {}", r.code, r.full_name())).collect();
    if names.is_empty() { "—".to_owned() } else { names.join("、") }
}

refusals! {
    NOT_A_REGION "reference.not_a_region" "“{code}”不是现行行政区划代码，应为六位数字，如 130123。" "“{code}” is not a region code; it should be six digits, such as 130123.";
    FORMER_REGION "reference.former_region" "行政区划代码 {code} 用至 {year} 年，现为：{now}。" "The region code {code} was in use until {year}; now: {now}.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_region() {
        assert_eq!(all().len(), include_str!("regions.csv").lines().count() - 1);
        assert_eq!(provinces().count(), 34);
        for region in all() {
            assert!(region.code.len() == 6 && region.code.bytes().all(|b| b.is_ascii_digit()), "{region:?}");
            assert_eq!(region.parent.is_none(), region.level == Level::Province, "{region:?}");
            assert!(region.up().is_none_or(|up| up.level < region.level), "{region:?}");
            assert_eq!(&region.province().code[..2], &region.code[..2]);
            assert!(region.abbreviation().is_some());
        }
    }

    #[test]
    fn a_county_knows_where_it_lies() {
        let zhengding = find("130123").unwrap();
        assert_eq!(zhengding.full_name(), "河北省石家庄市正定县");
        assert_eq!(
            (zhengding.level, zhengding.province().code, zhengding.abbreviation()),
            (Level::County, "130000", Some('冀'))
        );
        assert!(find("130100").unwrap().contains(zhengding) && !find("130200").unwrap().contains(zhengding));
        assert!(find("130100").unwrap().children().any(|r| r == zhengding));
    }

    #[test]
    fn some_counties_belong_to_a_province_directly() {
        let direct = |code| find(code).unwrap().direct_counties().map(|r| r.name).collect::<Vec<_>>();
        assert_eq!(direct("420000"), ["仙桃市", "潜江市", "天门市", "神农架林区"]);
        assert!(direct("650000").contains(&"石河子市"));
        assert!(direct("130000").is_empty() && direct("130100").is_empty());
        assert_eq!(find("429004").unwrap().full_name(), "湖北省仙桃市");
    }

    #[test]
    fn the_corps_is_not_a_region() {
        assert!(of_abbreviation('兵').is_none());
        assert!(named("新疆生产建设兵团").is_empty());
    }

    #[test]
    fn provinces_have_their_characters() {
        for (char, name) in
            [('冀', "河北省"), ('蒙', "内蒙古自治区"), ('黔', "贵州省"), ('贵', "贵州省"), ('新', "新疆维吾尔自治区")]
        {
            assert_eq!(of_abbreviation(char).unwrap().name, name);
        }
        assert!(provinces().all(|p| of_abbreviation(p.abbreviation().unwrap()) == Some(p)));
    }

    #[test]
    fn regions_are_found_by_name() {
        assert_eq!(named("正定县")[0].code, "130123");
        assert_eq!(named("河北省 石家庄市 正定县")[0].code, "130123");
        assert!(named("鼓楼区").len() > 2);
        assert!(named("河北省正定县").is_empty());
    }

    #[test]
    fn a_former_code_says_what_became_of_it() {
        assert_eq!(get(" １３０１２３ ").unwrap().name, "正定县");
        let refused = get("130182").unwrap_err();
        assert_eq!(
            (refused.code, &*refused.zh),
            (FORMER_REGION.code, "行政区划代码 130182 用至 2014 年，现为：130109 河北省石家庄市藁城区。")
        );
        assert_eq!(get("139999").unwrap_err().code, NOT_A_REGION.code);
    }
}
