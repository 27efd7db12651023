//! A map as a drawing: areas projected so that they keep their sizes to each other, as paths of an SVG.

use super::file::{Area, Map, Point};
use std::fmt::Write;

/// Width of a drawing, in its own units.
const WIDE: f64 = 800.0;
/// Points of a border that lie no further apart than this fall on one spot of the drawing.
const SPOT: f64 = 0.7;

/// A map that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Width and height: `0 0 800 612.4`.
    pub view_box: String,
    pub shapes: Vec<Shape>,
    /// Lines that belong to no area.
    pub lines: String,
    pub approval: Option<String>,
}

/// An area as a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub code: String,
    pub name: String,
    pub path: String,
}

/// The areas directly below a region, drawn; none when the map has none of them. Lines are those of the whole map, so
/// they are drawn with the nation only.
pub(super) fn below(map: &Map, region: &str) -> Option<Drawing> {
    let areas: Vec<&Area> = map.areas.iter().filter(|area| is_below(&area.code, region)).collect();
    let lines: &[Vec<Point>] = if is_nation(region) { &map.lines } else { &[] };
    let points = || areas.iter().flat_map(|a| &a.rings).chain(lines).flatten().copied();
    let plane = Plane::around(points())?;
    let (left, top, right, bottom) = bounds(points().map(|p| plane.at(p)))?;
    let scale = WIDE / (right - left).max(f64::EPSILON);
    let at = |p: &Point| {
        let (x, y) = plane.at(*p);
        ((x - left) * scale, (y - top) * scale)
    };
    let shape = |area: &&Area| Shape {
        code: area.code.clone(),
        name: area.name.clone(),
        path: area.rings.iter().map(|ring| path(ring.iter().map(at), true)).collect(),
    };
    Some(Drawing {
        view_box: format!("0 0 {WIDE} {:.1}", (bottom - top) * scale),
        shapes: areas.iter().map(shape).collect(),
        lines: lines.iter().map(|line| path(line.iter().map(at), false)).collect(),
        approval: map.approval.clone(),
    })
}

fn is_nation(region: &str) -> bool {
    region.is_empty() || region == "100000"
}

/// Whether a code names an area directly below a region: a province of the nation, a city of a province, a county of a
/// city. Counties directly under a province are drawn beside its cities.
fn is_below(code: &str, region: &str) -> bool {
    let is_province = |code: &str| code.ends_with("0000");
    match region {
        _ if is_nation(region) => is_province(code) && !is_nation(code),
        province if is_province(province) => {
            let own = code.get(..2) == province.get(..2) && code != province;
            // 9001 and following stand directly under their province, as do the counties of a municipality
            let direct = matches!(province.get(..2), Some("11" | "12" | "31" | "50")) || code.get(2..3) == Some("9");
            own && (code.ends_with("00") || direct)
        }
        city => city.ends_with("00") && code.get(..4) == city.get(..4) && code != city,
    }
}

/// Albers' equal-area conic projection around the middle of what is drawn.
struct Plane {
    middle: f64,
    n: f64,
    c: f64,
}

impl Plane {
    fn around(points: impl Iterator<Item = Point>) -> Option<Self> {
        let (west, south, east, north) = bounds(points)?;
        let sixth = (north - south) / 6.0;
        let (low, high) = ((south + sixth).to_radians().sin(), (north - sixth).to_radians());
        let n = f64::midpoint(low, high.sin());
        // on the equator the cone has no top
        let n = if n.abs() < 0.01 { 0.01 } else { n };
        let low_cos = 1.0 - low * low;
        Some(Self { middle: f64::midpoint(west, east), n, c: low_cos + 2.0 * n * low })
    }

    /// Where a place lies: to the right, and downwards.
    fn at(&self, (longitude, latitude): Point) -> Point {
        let radius = (self.c - 2.0 * self.n * latitude.to_radians().sin()).max(0.0).sqrt() / self.n;
        let angle = self.n * (longitude - self.middle).to_radians();
        (radius * angle.sin(), radius * angle.cos())
    }
}

/// Least and greatest of both coordinates; none where there is nothing.
fn bounds(points: impl Iterator<Item = Point>) -> Option<(f64, f64, f64, f64)> {
    points.fold(None, |bounds, (x, y)| match bounds {
        None => Some((x, y, x, y)),
        Some((left, low, right, high)) => Some((x.min(left), y.min(low), x.max(right), y.max(high))),
    })
}

/// A line as SVG writes it; nothing for a ring that is but a spot.
fn path(points: impl Iterator<Item = Point>, closed: bool) -> String {
    let mut kept: Vec<Point> = Vec::new();
    for (x, y) in points {
        let apart = kept.last().is_none_or(|last| (x - last.0).abs().max((y - last.1).abs()) > SPOT);
        if apart {
            kept.push((x, y));
        }
    }
    let mut text = String::new();
    for (i, (x, y)) in kept.iter().enumerate() {
        let _ = write!(text, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
    }
    if closed && !text.is_empty() {
        text.push('Z');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_stands_below_its_region() {
        let codes = ["130000", "130100", "130123", "139001", "110000", "110101", "710000"];
        let below = |region: &str| codes.into_iter().filter(|code| is_below(code, region)).collect::<Vec<_>>();
        assert_eq!(below("100000"), ["130000", "110000", "710000"]);
        assert_eq!(below("130000"), ["130100", "139001"]);
        assert_eq!(below("130100"), ["130123"]);
        assert_eq!(below("110000"), ["110101"], "a municipality has districts directly");
        assert_eq!(below("130123"), Vec::<&str>::new());
    }

    #[test]
    fn the_projection_keeps_sizes_and_the_way_up() {
        let square =
            |west: f64, south: f64| vec![(west, south), (west + 1.0, south), (west + 1.0, south + 1.0), (west, south)];
        let area = |code: &str, ring| Area { code: code.into(), name: code.into(), rings: vec![ring] };
        let areas = vec![area("230000", square(125.0, 48.0)), area("460000", square(109.0, 19.0))];
        let map = Map { approval: None, areas, lines: vec![vec![(110.0, 4.0), (112.0, 5.0)]] };
        let drawing = below(&map, "100000").unwrap();
        assert!(drawing.view_box.starts_with("0 0 800 "));
        let first = |path: &str| {
            let mut numbers = path[1..].split(['L', ' ']).map(|n| n.parse::<f64>().unwrap());
            (numbers.next().unwrap(), numbers.next().unwrap())
        };
        let (north, south) = (first(&drawing.shapes[0].path), first(&drawing.shapes[1].path));
        assert!(north.1 < south.1 && north.0 > south.0, "{north:?} lies to the north-east of {south:?}");
        assert!(!drawing.lines.is_empty() && drawing.shapes.iter().all(|s| s.path.ends_with('Z')));
        assert_eq!(below(&map, "130000"), None, "nothing is drawn of what is not there");
    }
}
