use super::*;
use crate::kernel::AccountId;
use serde_json::json;

fn path(account: &Account) -> String {
    format!("/api/v1/accounts/{}/acts", account.id)
}

fn new(office: &Office, login: &str, roles: &[&str]) -> Value {
    json!({"office": office.id, "login": login, "name": login, "roles": roles})
}

async fn put(world: &World, who: &mut Agent, body: Value) -> Reply {
    let id = AccountId::new(world.app.clock.now());
    who.send(world, "PUT", &format!("/api/v1/accounts/{id}"), Some(body)).await
}

#[tokio::test]
async fn an_account_is_opened_once_and_its_first_password_shown_once() {
    let world = World::new().await;
    world.account("ma", &[Role::Administrator]).await;
    let mut ma = world.program("ma").await;
    let id = AccountId::new(world.app.clock.now());
    let (url, body) = (format!("/api/v1/accounts/{id}"), new(&world.first.office, "Ying", &["inspector", "sampler"]));
    let opened = ma.send(&world, "PUT", &url, Some(body.clone())).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let password = opened.json()["password"].as_str().unwrap().to_owned();
    let again = ma.send(&world, "PUT", &url, Some(body)).await;
    assert_eq!((again.status, again.json().get("password").cloned()), (200, None));
    let other = ma.send(&world, "PUT", &url, Some(new(&world.first.office, "ying", &["auditor"]))).await;
    assert_eq!((other.status, other.code().as_str()), (409, "accounts.other_content"));
    let taken = put(&world, &mut ma, new(&world.first.office, "ying", &["inspector"])).await;
    assert_eq!((taken.status, taken.json()["field"].as_str()), (422, Some("login")));
    let mut ying = Agent::default();
    let first = ying.submit(&world, "/sign-in", &[("login", "ying"), ("password", &password)]).await;
    assert_eq!(first.location(), "/me/password");
    world.later(8 * 24 * 60);
    let late = Agent::default().submit(&world, "/sign-in", &[("login", "ying"), ("password", &password)]).await;
    assert_eq!(late.status, 401, "a first password does not lie about for ever");
    assert_eq!(world.events("create").await, 3, "system, first administrator, ying; ma was put there by hand");
}

#[tokio::test]
async fn an_administrator_reaches_down_and_never_up_or_aside() {
    let world = World::new().await;
    let top = world.first.office.clone();
    let hebei = world.office(&top, Level::Province, "130000").await;
    let shandong = world.office(&top, Level::Province, "370000").await;
    let county = world.office(&hebei, Level::County, "130123").await;
    let above = world.account("ma", &[Role::Administrator]).await;
    let beside = world.account_in("beside", &[Role::Inspector], &shandong).await;
    let below = world.account_in("below", &[Role::Administrator], &county).await;
    let peer = world.account_in("peer", &[Role::Administrator], &hebei).await;
    world.account_in("he", &[Role::Administrator], &hebei).await;
    let mut he = world.program("he").await;
    let close = || Some(json!({"verb": "deactivate", "why": "离岗"}));
    for unseen in [&above, &beside] {
        assert_eq!(he.send(&world, "POST", &path(unseen), close()).await.status, 404);
        assert_eq!(he.send(&world, "GET", &format!("/api/v1/accounts/{}", unseen.id), None).await.status, 404);
    }
    for mine in [&below, &peer] {
        assert_eq!(he.send(&world, "POST", &path(mine), close()).await.status, 200);
    }
    let listed = he.send(&world, "GET", "/api/v1/accounts?sort=login", None).await.json();
    let logins: Vec<_> = listed["items"].as_array().unwrap().iter().map(|a| a["login"].as_str().unwrap()).collect();
    assert_eq!(logins, ["below", "he", "peer"]);
    for elsewhere in [&top, &shandong] {
        let refused = put(&world, &mut he, new(elsewhere, "spy", &["auditor"])).await;
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("office")));
    }
    let transfer = Some(json!({"verb": "transfer", "office": top.id, "why": "升任"}));
    assert_eq!(he.send(&world, "POST", &path(&peer), transfer).await.json()["field"], "office");
    let system = world.stored("system").await;
    let mut ma = world.program("ma").await;
    assert_eq!(ma.send(&world, "POST", &path(&system), close()).await.status, 404);
}

#[tokio::test]
async fn others_administer_nothing() {
    let world = World::new().await;
    let target = world.account("target", &[Role::Inspector]).await;
    for (login, role) in [("su", Role::Supervisor), ("au", Role::Auditor), ("co", Role::Coordinator)] {
        let roles: &'static [Role] = Box::leak(Box::new([role]));
        world.account(login, roles).await;
        let mut who = world.program(login).await;
        let act = Some(json!({"verb": "set_roles", "roles": ["administrator"]}));
        assert_eq!(who.send(&world, "POST", &path(&target), act).await.status, 403);
        assert_eq!(put(&world, &mut who, new(&world.first.office, "spy", &["administrator"])).await.status, 403);
        let looks = who.send(&world, "GET", "/api/v1/accounts", None).await.status;
        assert_eq!(looks, if role == Role::Auditor { 200 } else { 403 });
    }
}

#[tokio::test]
async fn nobody_raises_themselves_and_the_last_administrator_stays() {
    let world = World::new().await;
    let ma = world.account("ma", &[Role::Administrator]).await;
    let gu = world.first.administrator.clone();
    let mut agent = world.program("ma").await;
    let roles = |roles: &[&str]| Some(json!({"verb": "set_roles", "roles": roles}));
    let own = agent.send(&world, "POST", &path(&ma), roles(&["administrator", "supervisor"])).await;
    assert_eq!((own.status, own.code().as_str()), (422, "accounts.own"));
    for refused in [&["system"][..], &["enterprise"], &["auditor", "inspector"], &[]] {
        assert_eq!(agent.send(&world, "POST", &path(&gu), roles(refused)).await.status, 422, "{refused:?}");
    }
    assert_eq!(agent.send(&world, "POST", &path(&gu), roles(&["coordinator"])).await.status, 200);
    let by = super::super::system(&world.app).await.unwrap();
    let close = super::super::admin::Act::Deactivate { why: "x".into() };
    let last = world.app.act(&by, move |tx, by| super::super::admin::act_in(tx, by, ma.id, &close, None)).await;
    assert_eq!(last.unwrap_err().refusal().code, "accounts.last_administrator");
}

#[tokio::test]
async fn who_is_closed_or_reset_is_out_at_once() {
    let world = World::new().await;
    world.account("ma", &[Role::Administrator]).await;
    let lin = world.account("lin", &[Role::Coordinator]).await;
    let (mut ma, mut browser) = (world.program("ma").await, world.browser("lin").await);
    let token = json!({"label": "robot", "ends_on": "2023-12-01", "current": PASSWORD});
    let token = browser.send(&world, "POST", "/api/v1/accounts/me/tokens", Some(token)).await.json();
    let mut robot = Agent { bearer: token["token"].as_str().map(str::to_owned), ..Agent::default() };
    let act = |verb| Some(json!({"verb": verb, "why": "离岗"}));
    assert_eq!(robot.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 200);
    assert_eq!(ma.send(&world, "POST", &path(&lin), act("deactivate")).await.status, 200);
    for agent in [&mut browser, &mut robot] {
        assert_eq!(agent.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    }
    assert_eq!(ma.send(&world, "POST", &path(&lin), act("deactivate")).await.code(), "accounts.as_it_is");
    assert_eq!(ma.send(&world, "POST", &path(&lin), act("reactivate")).await.status, 200);
    let mut browser = world.browser("lin").await;
    let reset = ma.send(&world, "POST", &path(&lin), act("reset_password")).await.json();
    assert_eq!(browser.send(&world, "GET", "/api/v1/accounts/me", None).await.status, 401);
    let form = [("login", "lin"), ("password", reset["password"].as_str().unwrap())];
    assert_eq!(Agent::default().submit(&world, "/sign-in", &form).await.location(), "/me/password");
}

#[tokio::test]
async fn who_is_locked_out_is_helped() {
    let world = World::new().await;
    world.account("ma", &[Role::Administrator]).await;
    let lin = world.account("lin", &[Role::Coordinator]).await;
    let mut ma = world.browser("ma").await;
    for _ in 0..5 {
        Agent::default().submit(&world, "/sign-in", &[("login", "lin"), ("password", "x")]).await;
    }
    let page = ma.get(&world, &format!("/accounts/{}", lin.id)).await.body;
    assert!(page.contains("已锁定") && page.contains("连续失败，账号锁定") && page.contains("解除锁定"));
    let done = ma.submit(&world, &format!("/accounts/{}", lin.id), &[("verb", "unlock")]).await;
    assert_eq!(done.status, 303);
    world.browser("lin").await;
}

#[tokio::test]
async fn the_pages_open_and_change_accounts() {
    let world = World::new().await;
    let hebei = world.office(&world.first.office, Level::Province, "130000").await;
    world.account("ma", &[Role::Administrator]).await;
    let mut ma = world.browser("ma").await;
    let office = hebei.id.to_string();
    assert!(ma.get(&world, &format!("/accounts/new?office={office}")).await.body.contains("一人一号"));
    let wrong = [("office", office.as_str()), ("login", "Zhào"), ("name", "赵晟"), ("roles[]", "coordinator")];
    let wrong = ma.submit(&world, "/accounts/new", &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("登录名为 2 至 64 位") && wrong.body.contains("赵晟"));
    let none = ma.submit(&world, "/accounts/new", &[("office", &office), ("login", "zhao"), ("name", "赵晟")]).await;
    assert!(none.status == 422 && none.body.contains("此项必填"), "{}", none.body);
    let right = [
        ("office", office.as_str()),
        ("login", "zhao"),
        ("name", "赵晟"),
        ("roles[]", "coordinator"),
        ("roles[]", "supervisor"),
    ];
    let opened = ma.submit(&world, "/accounts/new", &right).await;
    assert!(
        opened.status == 200 && opened.body.contains("初始密码") && opened.body.contains("data-copy"),
        "{}",
        opened.body
    );
    let zhao = world.stored("zhao").await;
    assert_eq!((zhao.roles.as_str(), zhao.province), ("coordinator supervisor", Some(hebei.id)));
    let page = format!("/accounts/{}", zhao.id);
    assert_eq!(ma.submit(&world, &page, &[("verb", "deactivate"), ("why", " ")]).await.status, 422);
    assert_eq!(ma.submit(&world, &page, &[("verb", "edit"), ("name", "赵胜"), ("badge", "13-0002")]).await.status, 303);
    assert!(ma.get(&world, "/accounts?q=赵&role=supervisor&state=active").await.body.contains("赵胜"));
    assert!(!ma.get(&world, "/accounts?state=closed").await.body.contains("赵胜"));
    assert!(ma.get(&world, &format!("/offices/{office}")).await.body.contains("赵胜"));
}
