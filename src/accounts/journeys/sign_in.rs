use super::*;
use serde_json::json;

async fn try_password(world: &World, login: &str, password: &str) -> Reply {
    let body = json!({"login": login, "password": password});
    Agent::default().send(world, "POST", "/api/v1/sessions", Some(body)).await
}

#[tokio::test]
async fn in_with_a_browser_and_out_again() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut lin = Agent::default();
    let wrong = lin.submit(&world, "/sign-in", &[("login", "lin"), ("password", "guess"), ("back", "/me")]).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.body.contains("登录名或密码不正确") && wrong.body.contains("value=\"lin\""), "{}", wrong.body);
    assert!(!wrong.body.contains("guess"), "a password is not sent back");
    let right = lin.submit(&world, "/sign-in", &[("login", " ＬＩＮ "), ("password", PASSWORD), ("back", "/me")]).await;
    assert_eq!((right.status, right.location()), (303, "/me"));
    let me = lin.send(&world, "GET", "/api/v1/accounts/me", None).await;
    assert_eq!(me.json()["login"], "lin");
    let stolen = lin.clone();
    assert_eq!(lin.submit(&world, "/sign-out", &[]).await.location(), "/sign-in");
    assert!(!lin.cookies.contains_key("sid"));
    assert!(lin.get(&world, "/sign-in").await.body.contains("已安全退出"));
    assert!(!lin.get(&world, "/sign-in").await.body.contains("已安全退出"), "said once");
    let after = stolen.clone().send(&world, "GET", "/api/v1/accounts/me", None).await;
    assert_eq!((after.status, after.code().as_str()), (401, "sign_in"), "the token is worth nothing now");
    assert_eq!(
        (world.events("sign_in").await, world.events("sign_in_failed").await, world.events("sign_out").await),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn the_api_takes_a_token_and_ends_it() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut program = world.program("lin").await;
    assert_eq!(program.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 200);
    assert_eq!(program.send(&world, "DELETE", "/api/v1/sessions/current", None).await.status, 204);
    assert_eq!(program.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    assert_eq!(Agent::default().send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
}

#[tokio::test]
async fn whoever_is_refused_learns_nothing() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    world.account("bo", &[Role::Inspector]).await;
    world.app.db.write(|tx| tx.run("update accounts set active = 0 where login = 'bo'", &[])).await.unwrap();
    let unknown = try_password(&world, "nobody", "x").await;
    let wrong = try_password(&world, "lin", "x").await;
    let closed = try_password(&world, "bo", PASSWORD).await;
    let system = try_password(&world, "system", "").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (401, "accounts.wrong"));
    for other in [&wrong, &closed, &system] {
        assert_eq!((other.status, &other.body), (unknown.status, &unknown.body));
    }
    assert_eq!((world.events("sign_in_unknown").await, world.events("sign_in_failed").await), (1, 3));
}

#[tokio::test]
async fn wrong_passwords_lock_even_the_right_one_out_for_a_while() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    for _ in 0..5 {
        assert_eq!(try_password(&world, "lin", "x").await.status, 401);
    }
    assert_eq!(world.events("locked").await, 1);
    assert_eq!(try_password(&world, "lin", PASSWORD).await.code(), "accounts.wrong");
    world.later(15);
    assert_eq!(try_password(&world, "lin", PASSWORD).await.status, 201);
    assert_eq!(world.stored("lin").await.failures, 0);
}

#[tokio::test]
async fn who_knocks_too_often_waits() {
    let world = World::new().await;
    for _ in 0..10 {
        assert_eq!(try_password(&world, "nobody", "x").await.status, 401);
    }
    let waits = try_password(&world, "nobody", "x").await;
    assert_eq!((waits.status, waits.code().as_str()), (429, "too_many"));
    let seconds: i64 = waits.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=31).contains(&seconds), "{seconds}");
    assert_eq!(try_password(&world, "somebody", "x").await.status, 401, "others do not wait");
    world.later(1);
    assert_eq!(try_password(&world, "nobody", "x").await.status, 401);
}

#[tokio::test]
async fn who_is_let_in_has_not_knocked_too_often() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    for _ in 0..15 {
        assert_eq!(try_password(&world, "lin", PASSWORD).await.status, 201);
    }
    for _ in 0..4 {
        assert_eq!(try_password(&world, "lin", "x").await.status, 401);
    }
    assert_eq!(try_password(&world, "lin", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn a_session_left_alone_ends_and_reading_hardly_writes() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut lin = world.browser("lin").await;
    let used = || async { world.app.db.read(|tx| tx.get::<i64>("select used_at from sessions", &[])).await.unwrap() };
    let begun = used().await;
    lin.send(&world, "GET", "/api/v1/accounts/me", None).await;
    assert_eq!(used().await, begun);
    world.later(119);
    assert_eq!(lin.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 200);
    assert_eq!(used().await, begun + 119 * 60_000);
    world.later(120);
    assert_eq!(lin.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
}

#[tokio::test]
async fn a_session_ends_with_its_account_and_its_office() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut lin = world.browser("lin").await;
    world.app.db.write(|tx| tx.run("update offices set active = 0", &[])).await.unwrap();
    assert_eq!(lin.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    assert_eq!(try_password(&world, "lin", PASSWORD).await.status, 401);
}

#[tokio::test]
async fn a_cookie_is_no_api_token_and_another_site_changes_nothing() {
    let world = World::new().await;
    let account = world.account("lin", &[Role::Coordinator]).await;
    let at = world.app.clock.now();
    let begun = world.app.db.write(move |tx| {
        let what = (super::super::SessionKind::Token, super::super::Proof::Password);
        super::super::sessions::begin_until(tx, &account, what, "robot".into(), at, at.plus(1_000_000_000))
    });
    let token = begun.await.unwrap().token;
    let mut browser = Agent { cookies: [("sid".to_owned(), token.clone())].into(), bearer: None };
    assert_eq!(browser.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    let mut program = Agent { bearer: Some(token), ..Agent::default() };
    assert_eq!(program.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 200);
    let foreign = request("POST", "/sign-in").header("sec-fetch-site", "cross-site");
    assert_eq!(program.call(&world, foreign, Body::empty()).await.status, 403);
}

#[tokio::test]
async fn the_language_is_the_readers() {
    let world = World::new().await;
    let mut reader = Agent::default();
    assert!(reader.get(&world, "/sign-in").await.body.contains("登录"));
    let back = reader.submit(&world, "/language", &[("lang", "en"), ("back", "//evil.example")]).await;
    assert_eq!(back.location(), "/");
    assert!(reader.get(&world, "/sign-in?back=/me").await.body.contains("Sign in"));
}
