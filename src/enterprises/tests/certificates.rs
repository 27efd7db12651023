//! Certificates: what they were on a day, what to look at, and how they end.

use super::*;
use crate::{
    enterprises::certificates::{self as papers, Act, Certificate, Clocks, Decision, Kind as Paper, New, State},
    kernel::CertificateId,
    reference::identifiers::{make_ccc, make_licence},
};
use jiff::civil::{Date, date};

const CLOCKS: Clocks =
    Clocks { licence_warning_days: 180, certificate_warning_days: 90, ban_months: 36, suspension_months: 12 };

fn new(enterprise: EnterpriseId, kind: Paper, expires: Date) -> New {
    let number = match kind {
        Paper::Licence => make_licence('冀', 8, 1, 1),
        Paper::Ccc => make_ccc(2020, 1119, 1),
    };
    New {
        id: CertificateId::new(now()),
        enterprise,
        kind,
        number,
        holder: None,
        products: List(vec!["0301".into()]),
        scope: Some("通用硅酸盐水泥 42.5".into()),
        address: None,
        body: Some("河北省市场监督管理局".into()),
        issued: date(2020, 1, 10),
        expires,
    }
}

fn decided(on: Date) -> Decision {
    Decision {
        on, authority: "河北省市场监督管理局".into(), document: Some("冀市监〔2023〕1号".into()), why: None
    }
}

async fn held(w: &World, kind: Paper, expires: Date) -> Certificate {
    let e = w.register(&w.ying(), hengda()).await.unwrap();
    let new = new(e.id, kind, expires);
    w.app.act(&w.ying(), move |tx, by| papers::register(tx, by, &new)).await.unwrap()
}

async fn act(w: &World, roles: &[Role], id: CertificateId, act: Act) -> Result<Certificate> {
    w.app.act(&by(&w.county, roles), move |tx, by| papers::act(tx, by, id, &act)).await
}

async fn history(w: &World, id: CertificateId) -> Vec<papers::Entry> {
    w.app.db.read(move |tx| papers::store::history(tx, id)).await.unwrap()
}

#[tokio::test]
async fn what_a_certificate_was_on_a_past_day_is_known() {
    let w = World::new().await;
    let c = held(&w, Paper::Ccc, date(2025, 1, 9)).await;
    act(&w, &[Role::Supervisor], c.id, Act::Suspend(decided(date(2023, 3, 1)))).await.unwrap();
    act(&w, &[Role::Supervisor], c.id, Act::Restore(decided(date(2023, 5, 1)))).await.unwrap();
    let history = history(&w, c.id).await;
    let on = |day| papers::status_on(&history, day);
    assert_eq!(on(date(2020, 1, 9)), None);
    assert_eq!(on(date(2023, 2, 28)), Some(State::Valid));
    assert_eq!(on(date(2023, 4, 1)), Some(State::Suspended));
    assert_eq!(on(date(2023, 5, 1)), Some(State::Valid));
    assert_eq!(on(date(2025, 1, 10)), Some(State::Expired));
}

#[tokio::test]
async fn the_law_knows_no_suspension_of_a_licence_and_no_penalty_revocation_of_a_certificate() {
    let w = World::new().await;
    let c = held(&w, Paper::Licence, date(2025, 1, 9)).await;
    let refused = act(&w, &[Role::Supervisor], c.id, Act::Suspend(decided(date(2023, 3, 1)))).await.unwrap_err();
    assert_eq!(refused.refusal().code, "certificates.no_such_act");
    let forbidden = act(&w, &[Role::Inspector], c.id, Act::Revoke(decided(date(2023, 3, 1)))).await;
    assert!(matches!(forbidden, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_revocation_bars_new_applications_until_it_is_annulled() {
    let w = World::new().await;
    let c = held(&w, Paper::Licence, date(2025, 1, 9)).await;
    let revoked = act(&w, &[Role::Supervisor], c.id, Act::Revoke(decided(date(2023, 3, 1)))).await.unwrap();
    assert_eq!(revoked.state, State::Revoked);
    let warned = |today: Date, products: &[&str]| {
        let products: Vec<String> = products.iter().map(|p| (*p).to_owned()).collect();
        let id = c.enterprise;
        w.app.db.read(move |tx| papers::bans(tx, id, &products, today, &CLOCKS))
    };
    assert_eq!(warned(date(2026, 2, 28), &["0301"]).await.unwrap().len(), 1);
    assert_eq!(warned(date(2026, 3, 1), &["0301"]).await.unwrap().len(), 0);
    assert_eq!(warned(date(2024, 1, 1), &["0401"]).await.unwrap().len(), 0);
    act(&w, &[Role::Supervisor], c.id, Act::Cancel(decided(date(2023, 4, 1)))).await.unwrap();
    assert_eq!(warned(date(2024, 1, 1), &["0301"]).await.unwrap().len(), 1);
    act(&w, &[Role::Supervisor], c.id, Act::Reinstate(decided(date(2023, 6, 1)))).await.unwrap();
    assert_eq!(warned(date(2024, 1, 1), &["0301"]).await.unwrap().len(), 0);
}

#[tokio::test]
async fn expiry_is_warned_of_marked_by_the_clock_and_mended_by_renewal() {
    let w = World::new().await;
    let c = held(&w, Paper::Licence, date(2023, 6, 13)).await;
    let warned = |c: &Certificate, today| {
        c.warnings(&[], today, &CLOCKS).into_iter().map(|w| w.sentence.code).collect::<Vec<_>>()
    };
    assert!(warned(&c, date(2022, 12, 14)).is_empty());
    assert_eq!(warned(&c, date(2022, 12, 15)), ["certificates.expires_soon"]);
    assert_eq!(warned(&c, date(2023, 6, 14)), ["certificates.has_expired"]);
    let system = by(&w.city, &[Role::System]);
    assert_eq!(w.app.act(&system, papers::expire_due).await.unwrap(), 1);
    assert_eq!(w.app.act(&system, papers::expire_due).await.unwrap(), 0);
    let renew = |expires| Act::Renew { issued: date(2023, 6, 10), expires, document: None };
    assert_eq!(act(&w, &[Role::Inspector], c.id, renew(date(2023, 6, 1))).await.unwrap_err().field(), Some("expires"));
    let renewed = act(&w, &[Role::Inspector], c.id, renew(date(2028, 6, 9))).await.unwrap();
    assert_eq!((renewed.state, renewed.expires), (State::Valid, date(2028, 6, 9)));
    assert_eq!(papers::status_on(&history(&w, c.id).await, date(2023, 6, 14)), Some(State::Valid));
}

#[tokio::test]
async fn a_number_stands_once_and_a_decision_has_its_place_in_time() {
    let w = World::new().await;
    let c = held(&w, Paper::Ccc, date(2025, 1, 9)).await;
    let again = New { id: CertificateId::new(now()), ..new(c.enterprise, Paper::Ccc, date(2025, 1, 9)) };
    let refused = w.app.act(&w.ying(), move |tx, by| papers::register(tx, by, &again)).await.unwrap_err();
    assert_eq!((refused.field(), refused.refusal().code), (Some("number"), "certificates.known"));
    for (day, wrong) in
        [(date(2023, 6, 15), "certificates.decided_later"), (date(2019, 1, 1), "certificates.decided_before")]
    {
        let refused = act(&w, &[Role::Supervisor], c.id, Act::Withdraw(decided(day))).await.unwrap_err();
        assert_eq!((refused.field(), refused.refusal().code), (Some("on"), wrong));
    }
    let nobody = Decision { authority: " ".into(), ..decided(date(2023, 3, 1)) };
    assert_eq!(act(&w, &[Role::Supervisor], c.id, Act::Withdraw(nobody)).await.unwrap_err().field(), Some("authority"));
    let foreign = w.stranger();
    let hidden = w.app.act(&foreign, move |tx, by| papers::get(tx, by.scope(), c.id)).await;
    assert!(matches!(hidden, Err(Error::NotFound)));
}
