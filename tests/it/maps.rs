//! The operator's map on the board: drawn from a file, its approval number beneath it; refused with what is wrong.

use crate::world::World;
use serde_json::{Value, json};

/// A made-up country of squares, by code.
fn squares(codes: &[&str]) -> Value {
    let square = |(n, code): (usize, &&str)| {
        let (west, east) = (110 + 2 * n, 111 + 2 * n);
        json!({"type": "Feature", "properties": {"code": code, "name": "甲地"}, "geometry": {"type": "Polygon",
            "coordinates": [[[west, 38], [east, 38], [east, 39], [west, 39], [west, 38]]]}})
    };
    json!({"type": "FeatureCollection", "features": codes.iter().enumerate().map(square).collect::<Vec<_>>()})
}

fn put(w: &World, name: &str, map: &Value) {
    let folder = w.app.config.data.join("maps");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), map.to_string()).unwrap();
}

#[tokio::test]
async fn the_board_draws_the_map_that_the_operator_has_put_in() {
    let w = World::new().await;
    w.ordered().await;
    let tiles = w.lin().await.get("/board").await;
    tiles.is(200, "shows neither borders nor areas");
    put(&w, "city.geojson", &squares(&["130123", "130109"]));
    let mut nation = squares(&["130000", "370000", "710000"]);
    nation["approval"] = json!("测S(2023)001号");
    put(&w, "nation.json", &nation);
    let board = w.lin().await.get("/board").await;
    board.is(200, "Map approval number: 测S(2023)001号").is(200, "class=\"chart map\"").is(200, "甲地");
    assert!(!board.body.contains("shows neither borders"), "the map stands in for the tiles");
    let city = w.qian().await.get("/board").await;
    city.is(200, "Sample map, not approved for publication").is(200, "Closing rate by county").is(200, "Zhengding");
    let county = w.sun().await.get("/board").await;
    assert!(!county.body.contains("class=\"chart map\""), "there is no map of its stations");
}

#[tokio::test]
async fn a_map_that_is_none_leaves_the_tiles() {
    let w = World::new().await;
    put(&w, "nation.json", &json!({"type": "FeatureCollection", "features": [{"geometry": {"type": "Circle"}}]}));
    w.lin().await.get("/board").await.is(200, "shows neither borders nor areas");
    put(&w, "nation.json", &squares(&["130000", "370000"]));
    w.lin().await.get("/board").await.is(200, "Sample map");
}
