//! Every list, within every scope, by every filter and in every order, is read off an index and sorts nothing: page one
//! thousand of a nation costs what page one of a county costs.

use crate::{api::lively, bad_input::everyman, openapi::operations, world::World};
use paicha::{
    accounts, campaigns, documents,
    enterprises::{self, certificates, imports},
    hazards, inspections,
    kernel::{
        AccountId, EnterpriseId, Moment, OfficeId,
        db::Query,
        list::{Ask, Order},
    },
    notices,
    people::{self, Level, Place, Scope},
    record::{self, Look},
    reports::{assessment, returns},
    supervision,
    tasks::{self, assignments, force, meetings},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ID: &str = "01890d08-6000-7000-8000-000000000001";

/// Settings under which PostgreSQL sorts or scans only where nothing else is possible.
pub const ONLY_IF_IT_MUST: &str =
    "-cenable_seqscan=off -cenable_sort=off -cenable_incremental_sort=off -cenable_bitmapscan=off";

/// The statement of a list within a scope, by a filter, as asked.
type Statement = Box<dyn Fn(Scope, &Value, &Ask, &Look) -> Query>;

/// A list: its statement by scope, filter and what is asked; its orders; its filters, one at a time.
struct List {
    name: &'static str,
    query: Statement,
    orders: &'static [Order],
    filters: Vec<Value>,
    /// Whether enterprises read it.
    of_enterprises: bool,
}

fn list(
    name: &'static str,
    orders: &'static [Order],
    filters: Vec<Value>,
    query: impl Fn(Scope, &Value, &Ask, &Look) -> Query + 'static,
) -> List {
    List { name, query: Box::new(query), orders, filters, of_enterprises: false }
}

/// A filter as a reader writes it.
pub fn read<T: DeserializeOwned>(filter: &Value) -> T {
    serde_json::from_value(filter.clone()).unwrap()
}

fn lists() -> Vec<List> {
    let today = jiff::civil::date(2023, 6, 14);
    let seen = |l: List| List { of_enterprises: true, ..l };
    vec![
        seen(list(
            "hazards",
            hazards::ORDERS,
            vec![
                json!({"state": "ordered"}),
                json!({"severity": "major"}),
                json!({"overdue": "1"}),
                json!({"product": "0301"}),
                json!({"enterprise": ID}),
                json!({"origin_id": ID}),
                json!({"extension": "1"}),
                json!({"state": "ordered", "overdue": "1", "severity": "general"}),
            ],
            |scope, filter, _, look| hazards::query(scope, &read(filter), look),
        )),
        seen(list(
            "inspections",
            inspections::ORDERS,
            vec![
                json!({"state": "planned"}),
                json!({"enterprise": ID}),
                json!({"lead": ID}),
                json!({"state": "done", "lead": ID}),
            ],
            |scope, filter, _, look| inspections::query(scope, &read(filter), look),
        )),
        seen(list(
            "documents",
            documents::ORDERS,
            vec![
                json!({"form": "correction_order"}),
                json!({"state": "issued"}),
                json!({"thing": ID}),
                json!({"enterprise": ID}),
            ],
            |scope, filter, _, look| documents::query(scope, &read(filter), look),
        )),
        list(
            "enterprises",
            enterprises::ORDERS,
            vec![
                json!({"kind": "producer"}),
                json!({"state": "active"}),
                json!({"tag": "urban_rural_fringe"}),
                json!({"product": "0301"}),
                json!({"region": "130100"}),
                json!({"kind": "seller", "region": "130123", "tag": "urban_rural_fringe"}),
            ],
            |scope, filter, _, look| enterprises::query(scope, &read(filter), look),
        ),
        seen(list(
            "certificates",
            certificates::ORDERS,
            vec![
                json!({"kind": "ccc"}),
                json!({"state": "valid"}),
                json!({"enterprise": ID}),
                json!({"expires_by": "2023-08-01"}),
            ],
            move |scope, filter, ask, _| certificates::query(scope, &read(filter), today, ask),
        )),
        list("imports", imports::store::ORDERS, vec![], |scope, _, _, _| imports::store::query(scope)),
        list("events", record::store::ORDERS, vec![json!({"thing": ID})], |scope, filter, _, _| {
            record::store::query(scope, filter["thing"].as_str())
        }),
        list(
            "accounts",
            accounts::store::ORDERS,
            vec![json!({"office": ID}), json!({"role": "inspector"}), json!({"state": "active"})],
            |scope, filter, ask, _| accounts::store::query(scope, &read(filter), ask),
        ),
        list("offices", people::store::OFFICE_ORDERS, vec![json!({"level": "county"})], |scope, filter, ask, _| {
            people::store::office_query(scope, filter["level"].as_str().and_then(Level::from_code), ask)
        }),
        list("refused", record::refused::ORDERS, vec![json!({"account": ID})], |scope, filter, _, _| {
            record::refused::query(Some(scope), read(&filter["account"]))
        }),
        list("held", inspections::sync::ORDERS, vec![json!({"account": ID})], |scope, filter, _, _| {
            inspections::sync::held_query(Some(scope), read(&filter["account"]))
        }),
        list(
            "signs",
            inspections::signs::ORDERS,
            vec![json!({"state": "open"}), json!({"kind": "speed"})],
            |scope, filter, _, _| inspections::signs::query(scope, &read(filter)),
        ),
        list(
            "tasks",
            tasks::ORDERS,
            vec![
                json!({"state": "assigned"}),
                json!({"state": "done"}),
                json!({"overdue": "1"}),
                json!({"kind": "visit", "way": "draw"}),
                json!({"owner": ID}),
                json!({"enterprise": ID}),
                json!({"assignment": ID}),
                json!({"target": ID}),
                json!({"meeting": ID}),
                json!({"campaign": ID, "due_by": "2023-07-01"}),
            ],
            move |scope, filter, _, look| tasks::query(scope, &read(filter), look, today),
        ),
        list("assignments", assignments::ORDERS, vec![json!({"way": "draw"})], |scope, filter, _, _| {
            assignments::query(scope, &read(filter))
        }),
        list("meetings", meetings::ORDERS, vec![], |scope, _, _, _| meetings::query(scope)),
        list("task_forces", force::ORDERS, vec![], |scope, _, _, _| force::query(scope)),
        list(
            "assessments/fixed",
            assessment::ORDERS,
            vec![json!({"campaign": ID}), json!({"office": ID})],
            |scope, filter, _, _| assessment::query(scope, &read(filter)),
        ),
        list(
            "returns",
            returns::ORDERS,
            vec![
                json!({"state": "submitted"}),
                json!({"office": ID}),
                json!({"period": "monthly-2023-06"}),
                json!({"campaign": ID, "state": "accepted"}),
            ],
            |scope, filter, _, _| returns::query(scope, &read(filter)),
        ),
        list(
            "reminders",
            supervision::ORDERS,
            vec![json!({"state": "proposed"}), json!({"rung": "talk"}), json!({"office": ID})],
            |scope, filter, _, _| supervision::query(scope, &read(filter)),
        ),
        list("notices", notices::ORDERS, vec![json!({"state": "unread"})], |_, filter, _, _| {
            notices::query(AccountId::parse(ID).unwrap(), &read(filter))
        }),
        list("draws of look-backs", hazards::DRAW_ORDERS, vec![], |scope, _, _, _| hazards::draw_query(scope)),
        list(
            "targets",
            campaigns::targets::ORDERS,
            vec![
                json!({"campaign": ID}),
                json!({"office": ID}),
                json!({"parent": ID}),
                json!({"measure": "sample", "product": "03"}),
                json!({"state": "returned"}),
            ],
            |scope, filter, _, _| campaigns::targets::query(scope, &read(filter)),
        ),
        list("pack drafts", campaigns::editor::store::ORDERS, vec![json!({"state": "open"})], |scope, filter, _, _| {
            let state = filter["state"].as_str().and_then(campaigns::editor::State::from_code);
            campaigns::editor::store::query(scope, state)
        }),
        list("campaigns", campaigns::store::ORDERS, vec![json!({"state": "open"})], |scope, filter, ask, _| {
            campaigns::store::query(
                &Place::default(),
                scope,
                filter["state"].as_str().and_then(campaigns::State::from_code),
                ask,
            )
        }),
    ]
}

pub fn scopes() -> Vec<(&'static str, Scope)> {
    let id = OfficeId::new(Moment::from_millis(1));
    let office = Level::ALL.iter().map(|level| (level.code(), Scope::Office { level: *level, id }));
    office.chain([("enterprise", Scope::Enterprise(EnterpriseId::new(Moment::from_millis(1))))]).collect()
}

/// What a reader may ask of a list beside filters: each order in both directions, the first page and a later one.
fn asks(orders: &[Order]) -> Vec<Ask> {
    let cursor = |order: &Order| {
        let key = if order.number { json!([1, ID]) } else { json!(["2023-06-14", ID]) };
        data_encoding::BASE64URL_NOPAD.encode(key.to_string().as_bytes())
    };
    let each = orders.iter().flat_map(|o| ["", "-"].map(|sign| (format!("{sign}{}", o.name), cursor(o))));
    each.flat_map(|(sort, after)| {
        [None, Some(after)].map(|after| Ask { sort: Some(sort.clone()), after, ..Ask::default() })
    })
    .collect()
}

/// Lists of things of which a whole country has few.
const FEW: &[&str] = &["campaigns"];

/// What narrows a list to a handful of rows by itself: they may be sorted, once an index has found them.
const HANDFUL: &[&str] =
    &["enterprise", "origin_id", "thing", "lead", "office", "owner", "assignment", "target", "meeting"];

/// What is wrong with a plan, if anything. An enterprise has a handful of anything. The whole nation's enterprises with a
/// tag or a product are found by their marks and sorted: the marks know no order, and to walk all enterprises for a rare
/// mark would cost more.
fn trouble<'p>(plan: &'p [String], filter: &Value, scope: Scope) -> Option<&'p String> {
    let by = |names: &[&str]| names.iter().any(|name| filter.get(name).is_some());
    let whole = matches!(scope, Scope::Office { level: Level::Nation, .. });
    let handful =
        matches!(scope, Scope::Enterprise(_)) || by(HANDFUL) || whole && by(&["tag", "product"]) && marks(plan);
    let scans = |line: &str| {
        line.contains("Seq Scan on")
            || line.contains("SCAN ") && !line.contains(" USING ") && !line.contains("SUBQUERY")
    };
    plan.iter().find(|line| scans(line) || !handful && (line.contains("TEMP B-TREE") || line.contains("Sort")))
}

fn marks(plan: &[String]) -> bool {
    plan.iter().any(|line| line.contains("enterprise_marks"))
}

#[tokio::test]
async fn every_list_is_read_off_an_index() {
    let w = World::with(ONLY_IF_IT_MUST).await;
    let (mut tried, mut bad) = (0, Vec::new());
    for list in lists().into_iter().filter(|l| !FEW.contains(&l.name)) {
        let nothing = json!({});
        for (level, scope) in scopes().into_iter().filter(|(level, _)| list.of_enterprises || *level != "enterprise") {
            for filter in std::iter::once(&nothing).chain(&list.filters) {
                for ask in asks(list.orders) {
                    let query = ask.paged((list.query)(scope, filter, &ask, &Look::All), list.orders).unwrap();
                    let plan = w
                        .app
                        .db
                        .plan(query)
                        .await
                        .unwrap_or_else(|e| panic!("{e}: {} within {level} by {filter}", list.name));
                    tried += 1;
                    if let Some(line) = trouble(&plan, filter, scope) {
                        let page = if ask.after.is_some() { "a later page" } else { "the first page" };
                        let sort = ask.sort.as_deref().unwrap_or_default();
                        bad.push(format!(
                            "{} within {level} by {filter} in order {sort}, {page}: {}",
                            list.name,
                            line.trim()
                        ));
                    }
                }
            }
        }
    }
    println!("{tried} statements planned on {}", w.app.db.engine());
    assert!(
        bad.is_empty(),
        "{} of {tried} are not read off an index; add one in the migration:\n{}",
        bad.len(),
        bad.join("\n")
    );
}

#[tokio::test]
async fn every_list_goes_on_where_the_page_ended() {
    let w = lively().await;
    everyman(&w).await;
    let sun = w.sun().await;
    let mut paged = 0;
    for list in lists() {
        let path = format!("/api/v1/{}", list.name.replace("draws of look-backs", "look_backs"));
        if !operations().iter().any(|op| op.path == path) {
            continue;
        }
        for sort in list.orders.iter().flat_map(|o| [o.name.to_owned(), format!("-{}", o.name)]) {
            let (mut seen, mut after) = (Vec::new(), String::new());
            for _ in 0..5 {
                let page = sun.get(&format!("{path}?sort={sort}&limit=1{after}")).await;
                let page = page.is(200, "items").json();
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()));
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
                paged += 1;
            }
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "{path} by {sort} shows a row twice: {seen:?}");
        }
    }
    assert!(paged > 10, "only {paged} pages went on");
}

#[tokio::test]
async fn a_search_reads_what_it_finds() {
    let w = World::with(ONLY_IF_IT_MUST).await;
    let shelves = [
        ("hazards", record::HAZARDS),
        ("inspections", record::INSPECTIONS),
        ("enterprises", record::ENTERPRISES),
        ("documents", record::DOCUMENTS),
        ("tasks", record::TASKS),
    ];
    for (name, shelf) in shelves {
        let list = lists().into_iter().find(|l| l.name == name).unwrap();
        for (level, scope) in scopes().into_iter().filter(|(level, _)| list.of_enterprises || *level != "enterprise") {
            let looked = w.app.db.read(move |tx| record::look(tx, &shelf, scope, Some("恒达水泥 XC130123-12"))).await;
            let few = looked.unwrap();
            let (Look::Few(words) | Look::Many(words)) = few.clone() else { panic!("{few:?}") };
            // an enterprise searches along its own: it never looks for another
            let firm = name != "enterprises" && level != "enterprise";
            let firm = firm.then(|| Look::Firm(ID.into(), words.clone()));
            for look in [few, Look::Many(words)].into_iter().chain(firm) {
                let ask = Ask::default();
                let query = ask.paged((list.query)(scope, &json!({}), &ask, &look), list.orders).unwrap();
                let plan = w.app.db.plan(query).await.unwrap();
                let words = plan.iter().any(|line| line.contains("words"));
                let scans = plan.iter().find(|line| {
                    line.contains("Seq Scan on")
                        || line.contains("SCAN ") && !line.contains(" USING ") && !line.contains("hits")
                });
                assert!(words && scans.is_none(), "{name} within {level}: {plan:#?}");
                let sorts = plan.iter().any(|line| line.contains("ORDER BY"));
                assert!(!sorts || matches!(look, Look::Few(_)), "{name} within {level} sorts much: {plan:#?}");
            }
        }
    }
}
