//! The life of a document: who sees it, who serves it, who voids it.

use super::*;
use crate::{
    kernel::{db::Query, list::Ask},
    people::Scope,
    record::Look,
};

/// A service, as tests vary it.
struct Serve {
    method: Method,
    at: &'static str,
    note: Option<&'static str>,
    why: Option<&'static str>,
}

impl Default for Serve {
    fn default() -> Self {
        Self { method: Method::Direct, at: "2023-06-20T10:00", note: None, why: None }
    }
}

impl Serve {
    fn act(self) -> Act {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Act::Serve {
            method: self.method,
            to: "魏文博".into(),
            at: self.at.parse().unwrap(),
            note: own(self.note),
            evidence: Vec::new(),
            why: own(self.why),
        }
    }
}

fn serve() -> Act {
    Serve::default().act()
}

async fn listed(w: &World, by: &By) -> Vec<String> {
    let scope = by.scope();
    let listed = w.app.db.read(move |tx| list(tx, scope, &Filter::default(), &Ask::default())).await.unwrap();
    listed.items.into_iter().map(|d| d.number).collect()
}

#[tokio::test]
async fn an_enterprise_sees_its_own_papers_and_none_of_the_offices() {
    let w = World::new().await;
    let order = w.order().await;
    let internal = w.issue(&w.sun(), w.new_of(Form::CloseOutApproval)).await.unwrap();
    assert_eq!(listed(&w, &w.wei()).await, std::slice::from_ref(&order.number));
    assert!(w.get(&w.wei(), order.id).await.is_ok());
    assert!(matches!(w.get(&w.wei(), internal.id).await, Err(Error::NotFound)));
    assert_eq!(listed(&w, &w.sun()).await.len(), 2);
    assert_eq!(listed(&w, &works_in(&w.city, &[Role::Auditor])).await.len(), 2);
    let other = below(&w.city, Level::County, "藁城区市场监督管理局", "130109");
    let stranger = works_in(&other, &[Role::Inspector]);
    assert!(listed(&w, &stranger).await.is_empty());
    assert!(matches!(w.act(&stranger, order.id, serve()).await, Err(Error::NotFound)));
    let mut competitor = w.wei();
    competitor.actor.enterprise = Some(EnterpriseId::new(now()));
    assert!(listed(&w, &competitor).await.is_empty());
}

#[tokio::test]
async fn service_is_recorded_once_and_corrected_with_a_reason() {
    let w = World::new().await;
    let order = w.order().await;
    let served = w.act(&w.ying(), order.id, serve()).await.unwrap();
    assert_eq!((served.service, served.recipient.as_deref()), (Some(Method::Direct), Some("魏文博")));
    let again = w.act(&w.ying(), order.id, serve()).await.unwrap_err();
    assert_eq!((again.field(), again.refusal().code), (Some("why"), "documents.served_already"));
    let corrected = Serve { why: Some("收件人姓名有误"), ..Serve::default() };
    w.act(&w.ying(), order.id, corrected.act()).await.unwrap();
    let verbs: Vec<String> = w.events(order.id).await.into_iter().map(|(verb, _)| verb).collect();
    assert_eq!(verbs, ["issue", "serve", "serve"]);
    assert!(matches!(w.act(&w.wei(), order.id, serve()).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn service_needs_its_proof_and_a_possible_time() {
    let w = World::new().await;
    let order = w.order().await;
    for (wanted, expected) in [
        (Serve { method: Method::Left, ..Serve::default() }, "documents.proof_missing"),
        (Serve { method: Method::Announced, note: Some(" "), ..Serve::default() }, "required"),
        (Serve { at: "2023-06-20T10:11", ..Serve::default() }, "documents.served_ahead"),
        (Serve { at: "2023-06-19T23:59", ..Serve::default() }, "documents.served_before"),
    ] {
        assert_eq!(code(w.act(&w.ying(), order.id, wanted.act()).await.unwrap_err()), expected);
    }
    let witnessed = Serve {
        method: Method::Left, note: Some("拒绝签收，见证人：新安镇政府贾彤"), ..Serve::default()
    };
    w.act(&w.ying(), order.id, witnessed.act()).await.unwrap();
}

#[tokio::test]
async fn a_voided_document_keeps_its_number_and_can_do_no_more() {
    let w = World::new().await;
    let order = w.order().await;
    let void = || Act::Void { why: "当事人名称有误".into() };
    assert!(matches!(w.act(&w.ying(), order.id, void()).await, Err(Error::Forbidden)));
    assert_eq!(code(w.act(&w.sun(), order.id, Act::Void { why: " ".into() }).await.unwrap_err()), "required");
    let voided = w.act(&w.sun(), order.id, void()).await.unwrap();
    assert_eq!((voided.state, voided.reason.as_deref()), (State::Voided, Some("当事人名称有误")));
    assert_eq!(code(w.act(&w.sun(), order.id, void()).await.unwrap_err()), "documents.not_now");
    assert_eq!(code(w.act(&w.ying(), order.id, serve()).await.unwrap_err()), "documents.not_now");
    assert_eq!(w.order().await.number, "正定市监责改〔2023〕2号");
}

#[tokio::test]
async fn a_document_is_found_by_its_number_and_by_whom_it_concerns() {
    let w = World::new().await;
    let (first, second) = (w.order().await, w.order().await);
    let entry = record::Entry {
        texts: vec!["石家庄恒达水泥有限公司".into()],
        shelves: record::shelves(&w.county.place()),
        ..record::Entry::default()
    };
    w.app.db.write(move |tx| record::index(tx, &hengda().to_string(), &entry)).await.unwrap();
    let both = vec![second.id, first.id];
    for (q, expected) in [
        ("正定市监责改〔2023〕1号", vec![first.id]),
        ("正定市监责改[2023] 2", vec![]),
        ("2", vec![second.id]),
        ("恒达水泥", both.clone()),
        ("hdsn", both.clone()),
        ("恒达 1", vec![first.id]),
        ("恒远", vec![]),
    ] {
        for scope in [w.wei().scope(), w.county.scope(), w.province.scope()] {
            let ask = Ask { q: Some(q.into()), ..Ask::default() };
            let found = w.app.db.read(move |tx| list(tx, scope, &Filter::default(), &ask)).await.unwrap();
            assert_eq!(found.items.iter().map(|d| d.id).collect::<Vec<_>>(), expected, "{q} within {scope:?}");
        }
    }
}

#[tokio::test]
async fn lists_are_read_off_an_index() {
    let w = World::new().await;
    if w.app.db.engine() != "SQLite" {
        return; // a planner that counts rows reads a table of none whole
    }
    let form = Filter { form: Some(Form::CorrectionOrder), ..Filter::default() };
    let thing = Filter { thing: Some("x".into()), ..Filter::default() };
    let enterprise = Scope::Enterprise(hengda());
    let scopes = [w.province.scope(), w.county.scope(), w.station.scope(), enterprise];
    let plain = scopes.iter().map(|s| (*s, Filter::default()));
    let formed = scopes[..3].iter().map(|s| (*s, form.clone()));
    for (scope, filter) in plain.chain(formed).chain([(w.county.scope(), thing)]) {
        let ask = Ask::default();
        let asked: Query = ask.paged(query(scope, &filter, &Look::All), store::ORDERS).unwrap();
        let plan = w.app.db.plan(asked).await.unwrap().join("; ");
        assert!(plan.contains("USING INDEX") && !plan.contains("TEMP B-TREE"), "{scope:?} {filter:?}: {plan}");
    }
}
