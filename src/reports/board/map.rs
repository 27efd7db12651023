//! The map beside the table: the operator's own where there is one for the office, else the nation as a grid of tiles, one
//! for each province, no borders to get wrong.

use super::{Line, share};
use crate::{
    kernel::{Config, Lang},
    people::{Level, Office},
    record::Figure,
    reports::atlas::{self, Shape},
};

/// First two characters of the office's code (GB/T 2260; BT for the Production and Construction Corps), short name, English
/// name, column and row.
const TILES: &[(&str, &str, &str, i64, i64)] = &[
    ("23", "黑", "HL", 8, 0),
    ("65", "新", "XJ", 0, 1),
    ("BT", "兵", "XC", 1, 1),
    ("15", "蒙", "NM", 6, 1),
    ("21", "辽", "LN", 7, 1),
    ("22", "吉", "JL", 8, 1),
    ("63", "青", "QH", 1, 2),
    ("62", "甘", "GS", 2, 2),
    ("64", "宁", "NX", 3, 2),
    ("61", "陕", "SN", 4, 2),
    ("14", "晋", "SX", 5, 2),
    ("11", "京", "BJ", 6, 2),
    ("12", "津", "TJ", 7, 2),
    ("54", "藏", "XZ", 1, 3),
    ("51", "川", "SC", 2, 3),
    ("50", "渝", "CQ", 3, 3),
    ("42", "鄂", "HB", 4, 3),
    ("41", "豫", "HA", 5, 3),
    ("13", "冀", "HE", 6, 3),
    ("37", "鲁", "SD", 7, 3),
    ("53", "云", "YN", 2, 4),
    ("52", "贵", "GZ", 3, 4),
    ("43", "湘", "HN", 4, 4),
    ("36", "赣", "JX", 5, 4),
    ("34", "皖", "AH", 6, 4),
    ("32", "苏", "JS", 7, 4),
    ("31", "沪", "SH", 8, 4),
    ("45", "桂", "GX", 3, 5),
    ("44", "粤", "GD", 4, 5),
    ("35", "闽", "FJ", 5, 5),
    ("33", "浙", "ZJ", 6, 5),
    ("71", "台", "TW", 8, 5),
    ("46", "琼", "HI", 3, 6),
    ("82", "澳", "MO", 4, 6),
    ("81", "港", "HK", 5, 6),
];

/// Side of a tile and of the space it stands in, in units of the drawing.
const STEP: i64 = 44;

/// A province on the map.
pub(super) struct Tile {
    pub x: i64,
    pub y: i64,
    pub short: &'static str,
    /// Its colour: 0 for nothing found, 1 to 5 for each fifth of the closing rate.
    pub shade: i64,
    /// The whole of it in words.
    pub title: String,
    /// Its board; none where it has no office here.
    pub href: String,
}

/// The operator's map of an office.
pub(super) struct Chart {
    pub view_box: String,
    pub patches: Vec<Patch>,
    /// Lines that belong to no area.
    pub lines: String,
    /// The number under which the map was approved (审图号).
    pub approval: Option<String>,
}

/// An area on the operator's map.
pub(super) struct Patch {
    pub path: String,
    pub shade: i64,
    pub title: String,
    pub href: String,
}

/// The operator's map of an office with the offices below it on it; none when there is no map for any of them.
pub(super) fn chart(config: &Config, office: &Office, below: &[Line], lang: Lang) -> Option<Chart> {
    let drawing = atlas::of_region(config, region(office))?;
    let line_of = |code: &str| below.iter().find(|line| !line.href.is_empty() && region(&line.office) == code);
    if !drawing.shapes.iter().any(|shape| line_of(&shape.code).is_some()) {
        return None;
    }
    let patch = |Shape { code, name, path }| match line_of(&code) {
        Some(line) => Patch { path, shade: line.shade(), title: line.title(lang), href: line.href.clone() },
        None => Patch { path, shade: 0, title: name, href: String::new() },
    };
    Some(Chart {
        view_box: drawing.view_box,
        patches: drawing.shapes.into_iter().map(patch).collect(),
        lines: drawing.lines,
        approval: drawing.approval,
    })
}

/// The code of the region that an office is responsible for.
fn region(office: &Office) -> &str {
    if office.region.is_empty() { &office.code } else { &office.region }
}

impl Line {
    /// Its colour on a map.
    fn shade(&self) -> i64 {
        self.numbers.closing_rate().map_or(0, shade)
    }

    /// What a map says of it.
    fn title(&self, lang: Lang) -> String {
        let (rate, found) = (super::percent(self.numbers.closing_rate()), self.numbers.value(Figure::Found));
        format!("{} · {} {rate} ({found})", self.name, lang.say("销号率", "closing rate"))
    }
}

/// The tiles of the nation; none for any other office.
pub(super) fn tiles(office: &Office, below: &[Line], lang: Lang) -> Vec<Tile> {
    if office.level != Level::Nation {
        return Vec::new();
    }
    let tile = |(code, zh, en, column, row): &(&str, &'static str, &'static str, i64, i64)| {
        let line = below.iter().find(|line| line.office.code.starts_with(code) && !line.href.is_empty());
        let (short, place) = (lang.say(zh, en), (column * STEP, row * STEP));
        match line {
            None => Tile { x: place.0, y: place.1, short, shade: 0, title: short.to_owned(), href: String::new() },
            Some(line) => Tile {
                x: place.0,
                y: place.1,
                short,
                shade: line.shade(),
                title: line.title(lang),
                href: line.href.clone(),
            },
        }
    };
    TILES.iter().map(tile).collect()
}

/// The fifth that a share of a hundred lies in: 1 to 5.
fn shade(rate: i64) -> i64 {
    share(rate.clamp(0, 99), 20).map_or(0, |fifths| fifths / 100 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_province_has_a_tile_of_its_own() {
        let codes: BTreeSet<_> = TILES.iter().map(|t| t.0).collect();
        let places: BTreeSet<_> = TILES.iter().map(|t| (t.3, t.4)).collect();
        assert_eq!((codes.len(), places.len()), (35, 35), "34 provinces of GB/T 2260 and the Corps");
    }

    #[test]
    fn a_fifth_has_a_shade() {
        assert_eq!([0, 19, 20, 59, 80, 100].map(shade), [1, 1, 2, 3, 5, 5]);
    }
}
