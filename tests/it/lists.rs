//! Lists: what their heads sort by, and that the order stays with the filters.

use crate::world::World;

/// The addresses in the heads of a table that sort.
fn heads(page: &str) -> Vec<String> {
    let heads = page.split("<th").skip(1).filter_map(|th| th.split("</th>").next());
    let href =
        |th: &str| Some(th.split("href=\"").nth(1)?.split('"').next()?.replace("&amp;", "&").replace("&#38;", "&"));
    heads.filter_map(href).collect()
}

#[tokio::test]
async fn a_head_sorts_and_sorts_back_and_keeps_the_filters() {
    let w = World::new().await;
    w.ordered().await;
    let sun = w.sun().await;
    let page = sun.get("/hazards?state=ordered").await;
    page.is(200, "<th aria-sort=\"descending\">");
    assert_eq!(heads(&page.body), ["/hazards?state=ordered&sort=found", "/hazards?state=ordered&sort=due"]);
    let due = sun.get("/hazards?state=ordered&sort=due").await;
    due.is(200, "<th aria-sort=\"ascending\">");
    assert_eq!(heads(&due.body), ["/hazards?state=ordered&sort=-found", "/hazards?state=ordered&sort=-due"]);
}

#[tokio::test]
async fn every_head_that_sorts_leads_to_a_list() {
    let w = World::new().await;
    w.closed().await;
    w.follow().await;
    let mut tried = 0;
    for (login, path) in [
        ("sun", "/hazards"),
        ("ying", "/inspections"),
        ("sun", "/enterprises"),
        ("sun", "/certificates"),
        ("sun", "/documents"),
        ("sun", "/tasks"),
        ("sun", "/events"),
        ("lin", "/campaigns"),
        ("gu", "/accounts"),
        ("gu", "/offices"),
    ] {
        let person = w.person(login).await;
        for href in heads(&person.get(path).await.body) {
            let first = person.get(&href).await;
            first.is(200, "aria-sort=");
            for back in heads(&first.body) {
                person.get(&back).await.is(200, "aria-sort=");
                tried += 1;
            }
        }
    }
    assert!(tried > 15, "{tried}");
}
