//! What must hold when several things happen at once.

use super::*;
use crate::accounts::admin::{Act, act_in};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_close_each_other_leave_one() {
    let world = World::new().await;
    let (a, b) = (world.account("aa", &[Role::Administrator]).await, world.account("bb", &[Role::Administrator]).await);
    world.app.db.write(|tx| tx.run("update accounts set active = 0 where login = 'gu'", &[])).await.unwrap();
    let close = |who: &Account, whom: &Account| {
        let by =
            crate::people::By { actor: who.actor(world.first.office.clone()), at: world.app.clock.now(), client: None };
        let (app, id) = (world.app.clone(), whom.id);
        let act = Act::Deactivate { why: "离岗".into() };
        async move { app.act(&by, move |tx, by| act_in(tx, by, id, &act, None)).await }
    };
    let (first, second) = tokio::join!(close(&a, &b), close(&b, &a));
    let refused = [first, second].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].refusal().code, "accounts.last_administrator");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_at_once_are_all_counted() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let attempt = || async {
        let body = json!({"login": "lin", "password": "x"});
        Agent::default().send(&world, "POST", "/api/v1/sessions", Some(body)).await.status
    };
    let all = tokio::join!(attempt(), attempt(), attempt(), attempt(), attempt());
    assert_eq!(all, (401, 401, 401, 401, 401));
    assert!(world.stored("lin").await.is_locked(world.app.clock.now()));
    assert_eq!((world.events("sign_in_failed").await, world.events("locked").await), (4, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_seen_by_two_lets_one_in() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let (secret, _) = super::me::set_up(&world, &mut world.browser("lin").await).await;
    world.later(1);
    let code = super::me::code(&world, &secret);
    let enter = || async {
        let body = json!({"login": "lin", "password": PASSWORD, "code": code});
        Agent::default().send(&world, "POST", "/api/v1/sessions", Some(body)).await.status
    };
    let mut both = <[u16; 2]>::from(tokio::join!(enter(), enter()));
    both.sort_unstable();
    assert_eq!(both, [201, 401]);
}

#[tokio::test]
async fn the_next_person_at_a_shared_browser_ends_the_session_of_the_last() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    world.account("bo", &[Role::Inspector]).await;
    let mut shared = world.browser("lin").await;
    let left = shared.clone();
    let form = [("login", "bo"), ("password", PASSWORD)];
    assert_eq!(shared.submit(&world, "/sign-in", &form).await.status, 303);
    assert_eq!(left.clone().send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    assert_eq!(world.events("sign_out").await, 1);
}
