//! Documents over HTTP: the PDF's headers, the pages in both languages.

use super::{super::web::tests::*, *};
use axum::http::{StatusCode, header};

#[tokio::test]
async fn the_pdf_goes_out_with_strict_headers_and_is_not_sent_twice() {
    let w = World::new().await;
    let order = w.order().await;
    let first = fetch(&w.app, &w.wei(), &format!("{}.pdf", order.id), None).await.unwrap();
    let said = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((first.status(), said("content-type").as_str()), (StatusCode::OK, "application/pdf"));
    assert!(said("content-disposition").starts_with(&format!("inline; filename=\"{}.pdf\"", order.id)));
    assert!(said("content-disposition").contains("filename*=UTF-8''%E6%AD%A3%E5%AE%9A"));
    assert_eq!((said("cache-control").as_str(), said("vary").as_str()), ("private, no-cache", "cookie"));
    assert!(said("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(said("x-content-type-options"), "nosniff");
    let tag = said(header::ETAG.as_str());
    let again = fetch(&w.app, &w.wei(), &format!("{}.pdf", order.id), Some(&tag)).await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let stranger = works_in(&below(&w.city, Level::County, "x", "x"), &[Role::Inspector]);
    let refused = fetch(&w.app, &stranger, &format!("{}.pdf", order.id), Some(&tag)).await;
    assert!(matches!(refused, Err(Error::NotFound)));
}

#[tokio::test]
async fn pages_speak_both_languages_and_offer_what_may_be_done() {
    let w = World::new().await;
    let order = w.order().await;
    for (lang, says) in
        [(Lang::Zh, ["责令改正通知书", "登记送达"]), (Lang::En, ["Order to correct", "Record the service"])]
    {
        let page = page(&w.app, &w.ying(), lang, &order.id.to_string()).await;
        assert!(says.iter().all(|s| page.contains(s)) && page.contains(&order.number), "{page}");
        assert!(page.contains("type=\"datetime-local\"") && !page.contains("value=\"void\""));
        let list = pages(&w.app, &w.wei(), lang).await;
        assert!(list.contains(&order.number) && list.contains(&format!("/documents/{}.pdf", order.id)));
    }
    let sun = page(&w.app, &w.sun(), Lang::Zh, &order.id.to_string()).await;
    assert!(sun.contains("value=\"void\"") && !sun.contains("value=\"serve\""));
    w.act(&w.sun(), order.id, Act::Void { why: "重复制发".into() }).await.unwrap();
    let voided = page(&w.app, &w.sun(), Lang::Zh, &order.id.to_string()).await;
    assert!(voided.contains("重复制发") && voided.contains("已作废"));
}
