//! People who do whatever comes to mind: half of it makes sense, the rest must be refused.

use crate::world::World;
use jiff::{ToSpan, civil::Date};
use paicha::{
    accounts,
    campaigns::Pack,
    hazards::{self, Act, Found, Handling, Hazard, Verb},
    inspections::{self, Submission},
    kernel::{AccountId, Error, HazardId, InspectionId, Moment, OfficeId, Result, db::Tx},
    people::{By, Role, roles_of},
};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// Everybody who acts, with the roles they have.
const PEOPLE: &[&str] =
    &["lin", "zhao", "qian", "sun", "ying", "bo", "hua", "stranger", "tang", "wei", "mei", "auditor", "system"];
/// Those who photograph.
const PHOTOGRAPHERS: &[&str] = &["sun", "ying", "bo", "hua", "qian", "wei", "mei"];

/// Something that somebody tries: numbers, so that it can be made smaller until it no longer fails.
#[derive(Debug, Clone)]
pub struct Step {
    what: u8,
    who: u8,
    which: u8,
    how: u8,
}

/// Sequences of steps.
pub fn sequences(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = any::<(u8, u8, u8, u8)>().prop_map(|(what, who, which, how)| Step { what, who, which, how });
    prop::collection::vec(step, most / 3..most)
}

/// What has come about so far.
pub struct Stage<'w> {
    pub w: &'w World,
    pub hazards: Vec<HazardId>,
    pub visits: Vec<InspectionId>,
    /// Acts that were done, and that were refused.
    pub done: usize,
    pub refused: usize,
    photos: BTreeMap<&'static str, Vec<String>>,
    roles: BTreeMap<&'static str, Vec<Role>>,
    offices: Vec<OfficeId>,
    pack: Pack,
}

impl<'w> Stage<'w> {
    pub async fn set(w: &'w World) -> Self {
        let mut photos = BTreeMap::new();
        for login in PHOTOGRAPHERS {
            let person = w.person(login).await;
            photos.insert(
                *login,
                vec![person.photo(&format!("{login} 1")).await, person.photo(&format!("{login} 2")).await],
            );
        }
        let roles = |tx: &mut Tx| {
            let of = |login: &&'static str| {
                let account = accounts::store::account_by_login(tx, login)?.ok_or(Error::NotFound)?;
                Ok((*login, roles_of(&account.roles)))
            };
            PEOPLE.iter().map(of).collect::<Result<_>>()
        };
        let offices = offices(w).await.into_iter().map(|(id, _)| id).collect();
        let roles = w.app.db.read(roles).await.unwrap();
        let pack = Pack::built_in(paicha::campaigns::NATIONAL).unwrap();
        Self { w, hazards: vec![], visits: vec![], done: 0, refused: 0, photos, roles, offices, pack }
    }

    /// Tries a step; whatever is refused is refused in words.
    pub async fn try_step(&mut self, step: &Step) {
        match step.what % 16 {
            0 | 1 => self.register(step).await,
            2 => self.plan(step).await,
            3 | 4 => self.submit(step).await,
            5 => self.w.days_pass(i64::from(step.how % 12)).await,
            6..=8 => self.act_at_random(step).await,
            _ => self.act_as_one_should(step).await,
        }
    }

    fn photos(&self, login: &str, how: u8) -> Vec<String> {
        self.photos.get(login).map_or(vec![], |p| p.iter().take(usize::from(how % 3)).cloned().collect())
    }

    fn note<T>(&mut self, done: Result<T>) -> Option<T> {
        match done {
            Ok(done) => {
                self.done += 1;
                Some(done)
            }
            Err(error) => {
                assert!(error.status() < 500, "{error}");
                self.refused += 1;
                None
            }
        }
    }

    async fn run<T: Send + 'static>(
        &mut self,
        login: &'static str,
        work: impl Fn(&mut Tx, &By) -> Result<T> + Send + 'static,
    ) -> Option<T> {
        let at = self.w.app.clock.now();
        let work = move |tx: &mut Tx| {
            let by = accounts::acting(tx, login, at)?;
            work(tx, &by)
        };
        let done = self.w.app.db.write(work).await;
        self.note(done)
    }

    async fn register(&mut self, step: &Step) {
        let login = pick(PEOPLE, step.who);
        let house = &self.w.house;
        let id = HazardId::new(self.w.app.clock.now());
        let found = json!({
            "id": id, "campaign": house.campaign,
            "enterprise": if step.which.is_multiple_of(3) { house.store } else { house.hengda },
            "product": pick(&["0301", "0401", "0501"], step.which), "field": pick(&["production", "circulation", "online", "rural"], step.how),
            "problem": "P08", "severity": pick(&["minor", "general", "major"], step.how / 4), "what": "随机", "origin": "complaint",
        });
        let found: Found = serde_json::from_value(found).unwrap();
        let work = move |tx: &mut Tx, by: &By| hazards::register(tx, by, &found).map(|h| h.id);
        let id = self.run(login, work).await;
        self.hazards.extend(id);
    }

    async fn plan(&mut self, step: &Step) {
        let plan = json!({
            "campaign": self.w.house.campaign,
            "enterprise": if step.which.is_multiple_of(2) { self.w.house.store } else { self.w.house.hengda },
            "planned_for": self.w.today(),
        });
        let id = InspectionId::new(self.w.app.clock.now());
        let plan: inspections::Plan = serde_json::from_value(plan).unwrap();
        let work = move |tx: &mut Tx, by: &By| inspections::plan(tx, by, id, &plan).map(|v| v.id);
        let id = self.run(pick(PEOPLE, step.who), work).await;
        self.visits.extend(id);
    }

    /// A whole visit with what it found, of a new id or of one that was planned.
    async fn submit(&mut self, step: &Step) {
        let login = pick(&["ying", "bo", "hua", "tang", "stranger"], step.who);
        let now = self.w.app.clock.now();
        let known = self.visits.get(usize::from(step.which)).copied();
        let id = known.unwrap_or_else(|| InspectionId::new(now));
        let photo = self.photos(login, 2);
        let findings: Vec<_> = (0..step.how % 3)
            .map(|n| {
                let corrected = (n == 1).then_some("当场改正");
                json!({"id": HazardId::new(now), "problem": "P08", "what": "随机", "corrected": corrected, "evidence": photo})
            })
            .collect();
        let hazards: Vec<HazardId> =
            findings.iter().map(|f| serde_json::from_value(f["id"].clone()).unwrap()).collect();
        let team: Vec<AccountId> = self.ids(&[login, "ying", "hua"]).await;
        let submission = json!({
            "campaign": self.w.house.campaign,
            "enterprise": if step.which.is_multiple_of(2) { self.w.house.store } else { self.w.house.hengda },
            "field": "production", "checklist": "cement-licence", "products": [pick(&["0301", "0401"], step.how)],
            "started_at": now.plus(-3_600_000), "ended_at": now, "inspectors": team,
            "credentials_shown": true, "answers": [], "signed_by": "魏强", "hazards": findings,
        });
        let mut submission: Submission = serde_json::from_value(submission).unwrap();
        let list = self.pack.checklist("cement-licence").unwrap();
        let asked = inspections::asked(&self.pack, list, &submission);
        let answers = asked.iter().map(|item| json!({"item": item.id, "answer": "conforms"})).collect();
        submission.sheet.answers = serde_json::from_value(serde_json::Value::Array(answers)).unwrap();
        let work = move |tx: &mut Tx, by: &By| inspections::submit(tx, by, id, &submission);
        if self.run(login, work).await.is_some() {
            self.hazards.extend(hazards.into_iter().filter(|h| !self.hazards.contains(h)).collect::<Vec<_>>());
            if !self.visits.contains(&id) {
                self.visits.push(id);
            }
        }
    }

    async fn ids(&self, logins: &[&'static str]) -> Vec<AccountId> {
        let mut logins = logins.to_vec();
        logins.dedup();
        let find = move |tx: &mut Tx| {
            logins.iter().map(|l| Ok(accounts::acting(tx, l, Moment::from_millis(0))?.actor.account)).collect()
        };
        self.w.app.db.read(find).await.unwrap()
    }

    /// Any verb by anybody on any hazard.
    async fn act_at_random(&mut self, step: &Step) {
        let Some(id) = self.hazards.get(usize::from(step.which) % self.hazards.len().max(1)).copied() else { return };
        self.act(id, pick(Verb::ALL, step.how), pick(PEOPLE, step.who), step).await;
    }

    /// A verb that the hazard's life allows, by somebody with the role for it.
    async fn act_as_one_should(&mut self, step: &Step) {
        let Some(id) = self.hazards.get(usize::from(step.which) % self.hazards.len().max(1)).copied() else { return };
        let nation = |tx: &mut Tx| accounts::acting(tx, "lin", Moment::from_millis(0)).map(|by| by.scope());
        let hazard: Hazard =
            self.w.app.db.read(move |tx| nation(tx).and_then(|all| hazards::get(tx, all, id))).await.unwrap();
        let ways: Vec<_> = Verb::ALL.iter().filter_map(|v| Some((*v, hazard.state.step(*v)?.1))).collect();
        let Some((verb, role)) = ways.get(usize::from(step.how) % ways.len().max(1)).copied() else { return };
        let fit: Vec<&'static str> = PEOPLE.iter().copied().filter(|p| self.roles[p].contains(&role)).collect();
        self.act(id, verb, pick(&fit, step.who), step).await;
    }

    async fn act(&mut self, id: HazardId, verb: Verb, login: &'static str, step: &Step) {
        let handler = self.ids(&[pick(&["ying", "bo", "tang"], step.how)]).await[0];
        let office = self.offices[usize::from(step.how) % self.offices.len()];
        let evidence = self.photos(login, step.how);
        let act = act_of(verb, self.w.today(), step.how, (handler, office), evidence);
        self.run(login, move |tx, by| hazards::act(tx, by, id, &act)).await;
    }
}

fn act_of(verb: Verb, today: Date, how: u8, (handler, office): (AccountId, OfficeId), evidence: Vec<String>) -> Act {
    let why = || "随机".to_owned();
    let in_days = |n: i32| today.checked_add(n.days()).unwrap();
    let handling = pick(&[Handling::NoCase, Handling::Filed], how);
    let case_number = (how % 4 != 3).then(|| "〔2023〕1号".to_owned());
    match verb {
        Verb::Order => Act::Order { due: in_days(i32::from(how % 5)), demand: None },
        Verb::CorrectOnSpot => Act::CorrectOnSpot { measure: why(), evidence },
        Verb::Dismiss => Act::Dismiss { why: why() },
        Verb::Acknowledge => Act::Acknowledge,
        Verb::Submit => Act::Submit { measure: why(), evidence },
        Verb::Verify => Act::Verify { note: None, evidence },
        Verb::Reject => Act::Reject { why: why() },
        Verb::Propose => Act::Propose { reason: "bankrupt".to_owned(), why: why(), evidence },
        Verb::Decide => Act::Decide { handling, case_number, why: None },
        Verb::Close => Act::Close { handling: (!how.is_multiple_of(5)).then_some(handling), case_number, note: None },
        Verb::Return => Act::Return { why: why() },
        Verb::AskExtension => Act::AskExtension { until: in_days(i32::from(how % 9)), why: why() },
        Verb::GrantExtension => Act::GrantExtension { note: None },
        Verb::RefuseExtension => Act::RefuseExtension { why: why() },
        Verb::Supervise => Act::Supervise { why: why() },
        Verb::Release => Act::Release { why: why() },
        Verb::Assign => Act::Assign { handler },
        Verb::Transfer => Act::Transfer { office, why: why() },
        Verb::Lapse => Act::Lapse,
        Verb::WithdrawEvidence => {
            let file = evidence.first().cloned().unwrap_or_default();
            Act::WithdrawEvidence { file, why: why() }
        }
        Verb::DrawRepeatCheck => Act::DrawRepeatCheck { due: in_days(i32::from(how % 20)) },
        Verb::DrawLookBack => Act::DrawLookBack { due: in_days(i32::from(how % 20)) },
        Verb::PassLookBack => Act::PassLookBack { note: None, evidence },
        Verb::PassRepeatCheck => Act::PassRepeatCheck { note: None, evidence },
        Verb::Reopen => Act::Reopen { why: why() },
    }
}

fn pick<T: Copy>(from: &[T], n: u8) -> T {
    from[usize::from(n) % from.len()]
}

/// Every office, with its chain from the province down to itself.
pub async fn offices(w: &World) -> Vec<(OfficeId, Vec<OfficeId>)> {
    let mut found = Vec::new();
    let page = w.person("lin").await.get("/api/v1/offices?limit=200").await.is(200, "items").json();
    for office in page["items"].as_array().unwrap() {
        let id = |name: &str| serde_json::from_value::<Option<OfficeId>>(office[name].clone()).unwrap();
        let chain = ["province", "city", "county", "station"].into_iter().filter_map(id).collect();
        found.push((id("id").unwrap(), chain));
    }
    found
}
