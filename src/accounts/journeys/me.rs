use super::*;
use serde_json::json;
use totp_rs::{Builder, Secret};

const ACTS: &str = "/api/v1/accounts/me/acts";

/// The code of this moment.
pub fn code(world: &World, secret: &str) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(world.app.clock.now().millis() / 1000).unwrap()).to_string()
}

/// Sets up a second factor; its secret and the recovery codes.
pub async fn set_up(world: &World, agent: &mut Agent) -> (String, Vec<String>) {
    let draft = agent.send(world, "POST", "/api/v1/accounts/me/second-factor", None).await.json();
    let secret = draft["secret"].as_str().unwrap().to_owned();
    let act = json!({"verb": "enable_second_factor", "sealed": draft["sealed"], "code": code(world, &secret), "current": PASSWORD});
    let done = agent.send(world, "POST", ACTS, Some(act)).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let codes = done.json()["recovery"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    (secret, codes)
}

#[tokio::test]
async fn the_first_password_must_go_before_anything_else() {
    let world = World::new().await;
    let mut gu = Agent::default();
    let form = [("login", "gu"), ("password", world.first.password.as_str()), ("back", "/offices")];
    assert_eq!(gu.submit(&world, "/sign-in", &form).await.location(), "/me/password");
    assert_eq!(gu.get(&world, "/me").await.location(), "/me/password");
    let early = gu.send(&world, "GET", "/api/v1/accounts/me/sessions", None).await;
    assert_eq!((early.status, early.code().as_str()), (403, "accounts.must_change"));
    assert!(gu.get(&world, "/me/password").await.body.contains("请先修改初始密码"));
    let change = |new: &'static str, again: &'static str| {
        vec![("current", world.first.password.as_str()), ("password", new), ("again", again)]
    };
    assert!(
        gu.submit(&world, "/me/password", &change("four green kettles", "for green kettles"))
            .await
            .body
            .contains("不一致")
    );
    assert!(gu.submit(&world, "/me/password", &change("short", "short")).await.body.contains("至少需要 10 个字符"));
    let done = gu.submit(&world, "/me/password", &change("four green kettles", "four green kettles")).await;
    assert_eq!((done.status, done.location()), (303, "/"), "{}", done.body);
    assert_eq!(gu.get(&world, "/me").await.status, 200);
    assert_eq!(world.events("change_password").await, 1);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let (mut here, mut elsewhere) = (world.browser("lin").await, world.browser("lin").await);
    let act = json!({"verb": "change_password", "current": PASSWORD, "password": "four green kettles"});
    assert_eq!(here.send(&world, "POST", ACTS, Some(act)).await.status, 200);
    assert_eq!(here.get(&world, "/me").await.status, 200);
    assert_eq!(elsewhere.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
}

#[tokio::test]
async fn a_screen_left_open_does_not_give_the_account_away() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut thief = world.browser("lin").await;
    let guess = || Some(json!({"verb": "change_password", "current": "guess", "password": "four green kettles"}));
    for _ in 0..5 {
        let wrong = thief.send(&world, "POST", ACTS, guess()).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "accounts.wrong_password"));
    }
    assert_eq!(thief.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401, "the screen is lost");
    assert_eq!(world.events("locked").await, 1);
    let token = json!({"label": "robot", "ends_on": "2023-12-01"});
    world.later(16);
    let mut thief = world.browser("lin").await;
    assert_eq!(
        thief.send(&world, "POST", "/api/v1/accounts/me/tokens", Some(token)).await.code(),
        "accounts.wrong_password"
    );
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_its_codes_serve_once() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let (secret, recovery) = set_up(&world, &mut world.browser("lin").await.clone()).await;
    let mut lin = Agent::default();
    let first = lin.submit(&world, "/sign-in", &[("login", "lin"), ("password", PASSWORD), ("back", "/me")]).await;
    assert_eq!(first.location(), "/sign-in/code?back=%2Fme");
    assert_eq!(
        lin.send(&world, "GET", "/api/v1/accounts/me", None).await.status,
        401,
        "a password alone opens nothing"
    );
    let used = lin.submit(&world, "/sign-in/code", &[("code", &code(&world, &secret)), ("back", "/me")]).await;
    assert!(used.status == 422 && used.body.contains("验证码不正确或已使用过"), "{}", used.body);
    world.later(1);
    let now = code(&world, &secret);
    assert_eq!(lin.submit(&world, "/sign-in/code", &[("code", &now), ("back", "/me")]).await.location(), "/me");
    assert_eq!(lin.get(&world, "/me").await.status, 200);
    let with = |code: &str| Some(json!({"login": "lin", "password": PASSWORD, "code": code}));
    let replay = Agent::default().send(&world, "POST", "/api/v1/sessions", with(&now)).await;
    assert_eq!(replay.status, 401, "who looks over a shoulder is late");
    let saved = Agent::default().send(&world, "POST", "/api/v1/sessions", with(&recovery[0])).await;
    assert_eq!((saved.status, saved.json()["second_factor"].as_bool()), (201, Some(false)));
    assert_eq!(Agent::default().send(&world, "POST", "/api/v1/sessions", with(&recovery[0])).await.status, 401);
}

#[tokio::test]
async fn codes_cannot_be_guessed_and_the_question_does_not_stay_open() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let (secret, _) = set_up(&world, &mut world.browser("lin").await.clone()).await;
    let body = json!({"login": "lin", "password": PASSWORD});
    let begun = Agent::default().send(&world, "POST", "/api/v1/sessions", Some(body.clone())).await.json();
    assert_eq!(begun["second_factor"], true);
    let mut pending = Agent { bearer: begun["token"].as_str().map(str::to_owned), ..Agent::default() };
    for _ in 0..5 {
        let wrong = pending.send(&world, "POST", "/api/v1/sessions/code", Some(json!({"code": "x"}))).await;
        assert_eq!(wrong.code(), "accounts.wrong_code");
    }
    let right = Some(json!({"code": code(&world, &secret)}));
    assert_eq!(pending.send(&world, "POST", "/api/v1/sessions/code", right).await.code(), "accounts.no_pending");
    world.later(20);
    let begun = Agent::default().send(&world, "POST", "/api/v1/sessions", Some(body)).await.json();
    let mut pending = Agent { bearer: begun["token"].as_str().map(str::to_owned), ..Agent::default() };
    world.later(5);
    let late = Some(json!({"code": code(&world, &secret)}));
    assert_eq!(pending.send(&world, "POST", "/api/v1/sessions/code", late).await.status, 401);
}

#[tokio::test]
async fn the_pages_set_up_a_second_factor_and_take_it_away() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut lin = world.browser("lin").await;
    let page = lin.get(&world, "/me/second-factor").await.body;
    assert!(page.contains("<svg") && page.contains("二维码"));
    let sealed = page.split("name=\"sealed\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let sealed = sealed.replace("&#x2F;", "/").replace("&#43;", "+");
    let id = world.stored("lin").await.id;
    let secret = world.app.keeper.unlock(&format!("accounts.totp.draft {id}"), &sealed).unwrap();
    let wrong =
        lin.submit(&world, "/me/second-factor", &[("sealed", &sealed), ("code", "1"), ("current", PASSWORD)]).await;
    assert!(wrong.body.contains("请核对手机时间") && wrong.body.contains("<svg"));
    let form = [("sealed", sealed.as_str()), ("code", &code(&world, &secret)), ("current", PASSWORD)];
    let done = lin.submit(&world, "/me/second-factor", &form).await;
    assert_eq!(done.body.matches("<li><code>").count(), 10, "{}", done.body);
    let off = [("verb", "disable_second_factor"), ("current", PASSWORD)];
    assert_eq!(lin.submit(&world, "/me/second-factor", &off).await.location(), "/me");
    assert_eq!(world.stored("lin").await.totp, None);
    assert_eq!((world.events("enable_second_factor").await, world.events("disable_second_factor").await), (1, 1));
}

#[tokio::test]
async fn a_program_gets_a_token_that_cannot_take_over_the_account() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut lin = world.browser("lin").await;
    let form = [("label", "数据交换"), ("ends_on", "2023-12-01"), ("current", PASSWORD)];
    let page = lin.submit(&world, "/me/tokens", &form).await.body;
    let token = page.split("data-copy=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut robot = Agent { bearer: Some(token), ..Agent::default() };
    world.later(60 * 24 * 30);
    assert_eq!(robot.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 200);
    for (path, body) in [
        (ACTS, json!({"verb": "change_password", "current": PASSWORD, "password": "four green kettles"})),
        ("/api/v1/accounts/me/tokens", json!({"label": "x", "ends_on": "2023-12-01", "current": PASSWORD})),
        ("/api/v1/accounts/me/second-factor", json!(null)),
    ] {
        assert_eq!(robot.send(&world, "POST", path, Some(body)).await.code(), "accounts.not_for_programs", "{path}");
    }
    let mut lin = world.browser("lin").await;
    let list = lin.send(&world, "GET", "/api/v1/accounts/me/sessions", None).await.json();
    let id = list.as_array().unwrap().iter().find(|s| s["kind"] == "token").unwrap()["id"].as_str().unwrap().to_owned();
    assert!(lin.get(&world, "/me").await.body.contains("数据交换"));
    assert_eq!(lin.submit(&world, &format!("/me/sessions/{id}/end"), &[]).await.location(), "/me");
    assert_eq!(robot.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    assert_eq!((world.events("issue_token").await, world.events("revoke_token").await), (1, 1));
}

#[tokio::test]
async fn nobody_ends_the_sessions_of_others() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    world.account("bo", &[Role::Inspector]).await;
    let (mut lin, mut bo) = (world.browser("lin").await, world.browser("bo").await);
    let list = lin.send(&world, "GET", "/api/v1/accounts/me/sessions", None).await.json();
    let path = format!("/api/v1/accounts/me/sessions/{}", list[0]["id"].as_str().unwrap());
    assert_eq!(bo.send(&world, "DELETE", &path, None).await.status, 404);
    assert_eq!(lin.send(&world, "DELETE", &path, None).await.status, 204);
}

#[tokio::test]
async fn the_account_remembers_the_language() {
    let world = World::new().await;
    world.account("lin", &[Role::Coordinator]).await;
    let mut lin = world.browser("lin").await;
    lin.submit(&world, "/me", &[("lang", "en")]).await;
    assert!(lin.get(&world, "/me").await.body.contains("Account and security"));
    let mut program = world.program("lin").await;
    let wrong = program.send(&world, "POST", ACTS, Some(json!({"verb": "sing"}))).await;
    assert_eq!((wrong.status, world.stored("lin").await.lang.as_str()), (422, "en"));
}
