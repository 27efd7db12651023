//! A map file: GeoJSON, read with everything that is wrong with it named.

use crate::kernel::Refusal;
use serde_json::{Map as Members, Value};
use std::{collections::BTreeSet, path::Path};

refusals! {
    UNREADABLE "maps.unreadable" "无法读取文件：{why}。" "The file cannot be read: {why}.";
    NOT_JSON "maps.not_json" "不是有效的 JSON：{why}。" "This is no JSON: {why}.";
    NOT_A_COLLECTION "maps.not_a_collection" "不是 GeoJSON 要素集合（FeatureCollection）。" "This is no GeoJSON FeatureCollection.";
    NO_AREAS "maps.no_areas" "没有带行政区划代码的面要素。" "No feature is an area with the code of a region.";
    BAD_CODE "maps.bad_code" "第 {n} 个要素的代码“{value}”不是六位行政区划代码。" "The code “{value}” of feature {n} is not the six digits of a region.";
    TWICE "maps.twice" "代码“{value}”出现两次（第 {n} 个要素）。" "The code “{value}” stands there twice (feature {n}).";
    NO_CODE "maps.no_code" "第 {n} 个要素是面，但没有代码（属性 code 或者 adcode）。" "Feature {n} is an area without a code (property code or adcode).";
    BAD_KIND "maps.bad_kind" "第 {n} 个要素的几何类型“{value}”不能绘制。" "Feature {n} has a geometry that cannot be drawn: “{value}”.";
    BAD_POINT "maps.bad_point" "第 {n} 个要素的坐标不是经纬度：{value}。" "Feature {n} has coordinates that are no longitude and latitude: {value}.";
    OPEN_RING "maps.open_ring" "第 {n} 个要素的边界没有闭合。" "A ring of feature {n} is not closed.";
}

/// What is wrong with a map file, and at which feature, counted from one.
#[derive(Debug, Clone)]
pub struct Fault(Refusal);

impl Fault {
    /// What is wrong, in both languages.
    pub fn refusal(&self) -> &Refusal {
        &self.0
    }
}

/// Longitude and latitude.
pub type Point = (f64, f64);

/// A map as its file has it.
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// The number under which the map was approved (审图号).
    pub approval: Option<String>,
    pub areas: Vec<Area>,
    /// Lines that belong to no area, such as borders drawn for themselves.
    pub lines: Vec<Vec<Point>>,
}

/// An area with its code (GB/T 2260) and its rings.
#[derive(Debug, Clone)]
pub struct Area {
    pub code: String,
    pub name: String,
    pub rings: Vec<Vec<Point>>,
}

/// The map in a file; what is wrong with it when it is none.
pub fn check(path: &Path) -> Result<Map, Fault> {
    let text = std::fs::read_to_string(path).map_err(|why| Fault(UNREADABLE.with("why", why)))?;
    parse(&text)
}

/// The map in a text.
pub fn parse(text: &str) -> Result<Map, Fault> {
    let file: Value = serde_json::from_str(text).map_err(|why| Fault(NOT_JSON.with("why", why)))?;
    let features = file["features"].as_array().filter(|_| file["type"] == "FeatureCollection");
    let Some(features) = features else { return Err(Fault(NOT_A_COLLECTION)) };
    let approval = ["approval", "审图号"].iter().find_map(|name| words(&file[*name]));
    let mut map = Map { approval, ..Map::default() };
    let mut known = BTreeSet::new();
    for (n, feature) in features.iter().enumerate() {
        let feature = Feature { n: n + 1, of: feature };
        let geometry = &feature.of["geometry"];
        let kind = geometry["type"].as_str().unwrap_or_default();
        match kind {
            "Polygon" | "MultiPolygon" => {
                let area = feature.area(kind, &geometry["coordinates"])?;
                // some publishers draw the lines that belong to the nation as thin areas
                if area.code.starts_with("100000") {
                    map.lines.extend(area.rings);
                    continue;
                }
                if !known.insert(area.code.clone()) {
                    return Err(feature.wrong(TWICE, &area.code));
                }
                map.areas.push(area);
            }
            "LineString" => map.lines.push(feature.points(&geometry["coordinates"])?),
            "MultiLineString" => {
                for line in feature.list(&geometry["coordinates"])? {
                    map.lines.push(feature.points(line)?);
                }
            }
            // labels and capitals are not drawn
            "Point" | "MultiPoint" => {}
            other => return Err(feature.wrong(BAD_KIND, other)),
        }
    }
    if map.areas.is_empty() { Err(Fault(NO_AREAS)) } else { Ok(map) }
}

/// A text, or a number as a text; none when there is nothing in it.
fn words(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A feature and its number, for what is wrong with it.
struct Feature<'a> {
    n: usize,
    of: &'a Value,
}

impl Feature<'_> {
    fn wrong(&self, refusal: Refusal, value: impl std::fmt::Display) -> Fault {
        Fault(refusal.with("n", self.n).with("value", value))
    }

    fn area(&self, kind: &str, coordinates: &Value) -> Result<Area, Fault> {
        let none = Members::new();
        let properties = self.of["properties"].as_object().unwrap_or(&none);
        let property = |names: &[&str]| names.iter().find_map(|name| words(properties.get(*name)?));
        let code = property(&["code", "adcode"]).ok_or_else(|| self.wrong(NO_CODE, ""))?;
        let is_region = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
        if !is_region && !code.starts_with("100000") {
            return Err(self.wrong(BAD_CODE, code));
        }
        let mut rings = Vec::new();
        let polygons = if kind == "Polygon" { std::slice::from_ref(coordinates) } else { self.list(coordinates)? };
        for polygon in polygons {
            for ring in self.list(polygon)? {
                let ring = self.points(ring)?;
                if ring.len() < 4 || ring.first() != ring.last() {
                    return Err(self.wrong(OPEN_RING, ""));
                }
                rings.push(ring);
            }
        }
        Ok(Area { name: property(&["name"]).unwrap_or_else(|| code.clone()), code, rings })
    }

    fn list<'v>(&self, value: &'v Value) -> Result<&'v [Value], Fault> {
        value.as_array().map(Vec::as_slice).ok_or_else(|| self.wrong(BAD_POINT, brief(value)))
    }

    fn points(&self, value: &Value) -> Result<Vec<Point>, Fault> {
        let point = |value: &Value| {
            let (x, y) = (value[0].as_f64(), value[1].as_f64());
            let fits = |(x, y): &Point| (-180.0..=180.0).contains(x) && (-85.0..=85.0).contains(y);
            x.zip(y).filter(fits).ok_or_else(|| self.wrong(BAD_POINT, brief(value)))
        };
        self.list(value)?.iter().map(point).collect()
    }
}

/// The beginning of a value, for a message.
fn brief(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Lang;
    use serde_json::json;

    fn square(code: &str, ring: Value) -> Value {
        json!({"type": "Feature", "properties": {"code": code, "name": "甲"},
            "geometry": {"type": "Polygon", "coordinates": [ring]}})
    }

    fn said(features: Value) -> String {
        let file = json!({"type": "FeatureCollection", "features": features});
        parse(&file.to_string()).map_or_else(|fault| fault.refusal().code.to_owned(), |map| map.areas.len().to_string())
    }

    #[test]
    fn what_is_wrong_is_named() {
        let ring = json!([[114.0, 38.0], [115.0, 38.0], [115.0, 39.0], [114.0, 38.0]]);
        assert_eq!(said(json!([square("130100", ring.clone())])), "1");
        assert_eq!(said(json!([square("1301", ring.clone())])), "maps.bad_code");
        assert_eq!(said(json!([square("", ring.clone())])), "maps.no_code");
        assert_eq!(said(json!([square("130100", ring.clone()), square("130100", ring)])), "maps.twice");
        assert_eq!(
            said(json!([square("130100", json!([[4e6, 38.0], [1, 1], [2, 2], [4e6, 38.0]]))])),
            "maps.bad_point"
        );
        assert_eq!(said(json!([square("130100", json!([[1, 1], [2, 2], [3, 3], [4, 4]]))])), "maps.open_ring");
        assert_eq!(said(json!([square("130100", json!("x"))])), "maps.bad_point");
        assert_eq!(said(json!([{"geometry": {"type": "Circle"}}])), "maps.bad_kind");
        assert_eq!(said(json!([])), "maps.no_areas");
        for text in ["", "{}", "[]", "null", "{\"type\":\"FeatureCollection\"}", "{\"features\":3}"] {
            assert!(parse(text).is_err(), "{text}");
        }
        let fault = parse("{}").unwrap_err();
        assert_ne!(fault.refusal().say(Lang::Zh), fault.refusal().say(Lang::En));
    }

    #[test]
    fn the_number_of_approval_comes_from_the_file() {
        let ring = json!([[114.0, 38.0], [115.0, 38.0], [115.0, 39.0], [114.0, 38.0]]);
        let file =
            json!({"type": "FeatureCollection", "审图号": "测S(2023)001号", "features": [square("130100", ring)]});
        assert_eq!(parse(&file.to_string()).unwrap().approval.as_deref(), Some("测S(2023)001号"));
    }
}
