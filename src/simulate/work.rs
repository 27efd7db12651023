//! What the people of a simulated country do: register, visit, order, rectify, verify, close out, look back.

use super::{
    model::{self, Deed, Firm, LAST, Scale, Visit, weighed},
    people::{People, Staff},
};
use crate::{
    accounts::{self, Settler},
    campaigns::{Item, Pack, SeverityRule, Side},
    demo::Dice,
    enterprises::{self, List, New},
    files::{self, FileHash},
    hazards::{self, Act, Handling},
    inspections::{self, Answer, Answered, Finding, Sheet, Source, Submission},
    kernel::{CampaignId, EnterpriseId, Error, HazardId, InspectionId, Moment, Result, db::Tx, secret::Keeper},
    people::{Actor, By, Role, store as offices},
    reference::identifiers,
};
use jiff::{ToSpan, civil::Date};
use std::sync::Arc;

/// Everything that does not change while a country is made.
pub struct Ground {
    pub scale: Scale,
    pub people: People,
    pub campaign: CampaignId,
    pub pack: Arc<Pack>,
    pub keeper: Keeper,
    /// Hashes of photographs that are shown as evidence.
    pub photos: Vec<String>,
    weighed: Vec<usize>,
    products: Vec<String>,
}

impl Ground {
    /// What a country of this scale stands on.
    pub fn new(
        scale: Scale,
        people: People,
        campaign: CampaignId,
        pack: Arc<Pack>,
        keeper: Keeper,
        photos: Vec<String>,
    ) -> Self {
        let weighed = weighed(&people.counties);
        let products = pack.products.iter().filter(|p| p.parent.is_some()).map(|p| p.code.clone()).collect();
        Self { scale, people, campaign, pack, keeper, photos, weighed, products }
    }

    fn firm(&self, number: usize) -> Firm {
        model::firm(&self.scale, number, &self.weighed, &self.products)
    }

    fn staff(&self, firm: &Firm) -> Result<&Staff> {
        self.people.of(&self.people.counties[firm.county])
    }

    fn dice(&self, what: &str, number: usize) -> Dice {
        Dice::named(&format!("{what} {}", self.scale.name()), number)
    }

    fn enterprise(&self, number: usize) -> Result<EnterpriseId> {
        EnterpriseId::parse(&self.dice("enterprise", number).id(Moment::start_of(model::FIRST)))
    }

    /// A photograph of the pool, as if whoever acts had uploaded it; the same ones come again.
    fn photo(&self, tx: &mut Tx, who: &By, dice: &mut Dice) -> Result<String> {
        let photo = dice.pick(&self.photos);
        files::brought(tx, who, &FileHash::parse(photo)?)?;
        Ok(photo.clone())
    }
}

fn at(day: Date, minutes: i64) -> Moment {
    Moment::start_of(day).plus(minutes * 60_000)
}

fn by(actor: &Actor, at: Moment) -> By {
    By { actor: actor.clone(), at, client: None }
}

const FAMILY: &[&str] = &["恒", "华", "鑫", "瑞", "宏", "永", "泰", "兴", "隆", "盛", "昌", "德", "信", "诚"];
const GIVEN: &[&str] = &["达", "源", "丰", "和", "通", "发", "利", "安", "茂", "美", "佳", "福", "旺", "康"];

/// Registers firm number `number`.
pub fn register(tx: &mut Tx, ground: &Ground, number: usize) -> Result<()> {
    let firm = ground.firm(number);
    let county = &ground.people.counties[firm.county];
    let mut dice = ground.dice("entry", number);
    let makes = !matches!(firm.kind, enterprises::Kind::Seller);
    let word = format!("{}{}{}", dice.pick(FAMILY), dice.pick(GIVEN), dice.pick(GIVEN));
    let serial = u32::try_from(600_000 + number).map_err(Error::broken)?;
    let kept = List(firm.products.clone());
    let entry = enterprises::Entry {
        name: format!("{}{word}{}", county.name, if makes { "制造有限公司" } else { "经营部" }),
        uscc: Some(identifiers::make_uscc(&county.region, serial)),
        kind: Some(firm.kind),
        size: Some(firm.size),
        legal_person: Some(dice.name()),
        address: Some(format!(
            "{}{}{}号",
            county.name,
            if makes { "工业园区" } else { "商贸街" },
            dice.between(1, 400)
        )),
        region: Some(county.region.clone()),
        office: Some(county.office),
        made: if makes { kept.clone() } else { List::default() },
        sold: if makes { List::default() } else { kept },
        ..crate::demo::entry()
    };
    let new = New { id: ground.enterprise(number)?, entry, confirm_not_duplicate: List::default() };
    let coordinator = &ground.people.of(county)?.coordinator;
    enterprises::register(tx, &by(coordinator, at(model::FIRST, -600)), &ground.keeper, &new).map(|_| ())
}

/// Makes visit number `number`, and does everything about what it finds that is done until the last day.
pub fn visit(tx: &mut Tx, ground: &Ground, number: usize) -> Result<()> {
    let visit = model::visit(&ground.scale, number, |n| ground.firm(n));
    let firm = ground.firm(visit.firm);
    let staff = ground.staff(&firm)?;
    let mut dice = ground.dice("visiting", number);
    let ended = at(visit.day, visit.from + visit.minutes);
    let second = 1 + dice.below(2);
    let team = [&staff.inspectors[0], &staff.inspectors[second]];
    let mut record = record(ground, &firm, &visit, team, &mut dice)?;
    let (id, leader) = (InspectionId::parse(&dice.id(ended))?, by(team[0], ended.plus(600_000)));
    for finding in &mut record.hazards {
        finding.evidence.push(ground.photo(tx, &leader, &mut dice)?);
    }
    inspections::submit(tx, &leader, id, &record)?;
    if record.hazards.is_empty() {
        return Ok(());
    }
    let enterprise = person_of(tx, ground, &firm, ended)?;
    for (finding, fate) in record.hazards.iter().zip(&visit.fates) {
        for (turn, step) in fate.iter().enumerate().filter(|(_, s)| s.deed != Deed::Correct) {
            let day = visit.day.saturating_add(step.after.days());
            if day > LAST {
                break;
            }
            let case = Case { ground, firm: &firm, staff, enterprise: &enterprise, hazard: finding.id };
            // after the visit, each later than the one before
            case.act(tx, step.deed, at(day, 1_020 + turn as i64), &mut dice)?;
        }
    }
    Ok(())
}

fn record(ground: &Ground, firm: &Firm, visit: &Visit, team: [&Actor; 2], dice: &mut Dice) -> Result<Submission> {
    let products: Vec<&str> = firm.products.iter().map(String::as_str).collect();
    let list = *ground
        .pack
        .checklists_for(&products, firm.field, &[], visit.day)
        .first()
        .ok_or_else(|| Error::broken("no checklist fits"))?;
    let mut record = Submission {
        campaign: ground.campaign,
        enterprise: ground.enterprise(firm.number)?,
        field: firm.field,
        source: Some(if dice.percent(60) { Source::Planned } else { Source::Unplanned }),
        checklist: list.head.code.clone(),
        pack_version: None,
        products: firm.products.clone(),
        started_at: at(visit.day, visit.from),
        ended_at: at(visit.day, visit.from + visit.minutes),
        inspectors: team.iter().map(|a| a.account).collect(),
        sheet: Sheet {
            credentials_shown: true,
            withdrawal_told: true,
            statement: Some("对检查情况无异议。".to_owned()),
            signed_by: Some(dice.name()),
            answers: Vec::new(),
            refused: false,
            witness: None,
            evidence: Vec::new(),
            claimed_place: None,
        },
        hazards: Vec::new(),
    };
    let items = inspections::asked(&ground.pack, list, &record);
    let side = Side::of(firm.field);
    let mut failing: Vec<&Item> =
        items.iter().copied().filter(|i| !ground.pack.problems_of(i, side).is_empty()).collect();
    dice.shuffle(&mut failing);
    for (item, fate) in failing.iter().zip(&visit.fates) {
        let problem = *dice.pick(&ground.pack.problems_of(item, side));
        record.hazards.push(Finding {
            id: HazardId::parse(&dice.id(record.ended_at))?,
            item: Some(item.id.clone()),
            problem: problem.code.clone(),
            severity: None,
            product: firm.products.first().cloned(),
            made_on: None,
            what: format!("{}：{}", item.zh, problem.zh),
            evidence: Vec::new(),
            corrected: fate.first().filter(|s| s.deed == Deed::Correct).map(|_| "当场改正，已核对。".to_owned()),
        });
    }
    let found = &record.hazards;
    let answer = |item: &&Item| {
        let fails = found.iter().any(|f| f.item.as_ref() == Some(&item.id));
        let passes =
            if dice.percent(8) && item.problems.len() < 2 { Answered::NotApplicable } else { Answered::Conforms };
        let answer = if fails { Answered::Fails } else { passes };
        Answer { item: item.id.clone(), answer, note: None, evidence: Vec::new() }
    };
    record.sheet.answers = items.iter().map(answer).collect();
    Ok(record)
}

/// The account of a firm's own person, made when it first has to answer for something.
fn person_of(tx: &mut Tx, ground: &Ground, firm: &Firm, at: Moment) -> Result<Actor> {
    let login = format!("firm-{}-{}", ground.scale.seed, firm.number);
    if accounts::store::account_by_login(tx, &login)?.is_none() {
        let office = offices::office_by_code(tx, &ground.people.counties[firm.county].code)?.ok_or(Error::NotFound)?;
        let settler = Settler {
            login: &login,
            name: &ground.dice("person", firm.number).name(),
            office: &office,
            roles: &[Role::Enterprise],
            badge: None,
            enterprise: Some(ground.enterprise(firm.number)?),
            password: &ground.people.password,
        };
        let system = accounts::system_in(tx, at)?;
        accounts::settle(tx, &system, &settler)?;
    }
    Ok(accounts::acting(tx, &login, at)?.actor)
}

/// A hazard and those who have to do with it.
struct Case<'a> {
    ground: &'a Ground,
    firm: &'a Firm,
    staff: &'a Staff,
    enterprise: &'a Actor,
    hazard: HazardId,
}

impl Case<'_> {
    fn act(&self, tx: &mut Tx, deed: Deed, at: Moment, dice: &mut Dice) -> Result<()> {
        let inspector = &self.staff.inspectors[0];
        let mut photo = |tx: &mut Tx, who: &Actor| self.ground.photo(tx, &by(who, at), dice);
        let (who, act) = match deed {
            Deed::Correct => return Ok(()),
            Deed::Order => {
                let days = self.rule(tx)?.days.min(15);
                (inspector, Act::Order { due: at.date().saturating_add(days.days()), demand: None })
            }
            Deed::Acknowledge => (self.enterprise, Act::Acknowledge),
            Deed::Submit => {
                let evidence = vec![photo(tx, self.enterprise)?, photo(tx, self.enterprise)?];
                (self.enterprise, Act::Submit { measure: "已按要求整改，详见附件。".to_owned(), evidence })
            }
            Deed::Reject => (inspector, Act::Reject { why: "整改材料不完整，请补充。".to_owned() }),
            Deed::Verify => (inspector, Act::Verify { note: None, evidence: Vec::new() }),
            Deed::Close => {
                let act = Act::Close { handling: Some(Handling::NoCase), case_number: None, note: None };
                (self.approver(tx)?, act)
            }
            Deed::Draw => (&self.staff.coordinator, Act::DrawLookBack { due: at.date().saturating_add(20.days()) }),
            Deed::Pass => {
                let looker = self.looker(tx)?;
                (looker, Act::PassLookBack { note: None, evidence: vec![photo(tx, looker)?] })
            }
            Deed::Reopen => (self.looker(tx)?, Act::Reopen { why: "回头看发现问题反弹。".to_owned() }),
        };
        hazards::act(tx, &by(who, at), self.hazard, &act).map(|_| ())
    }

    /// What the pack says of its severity.
    fn rule(&self, tx: &mut Tx) -> Result<&SeverityRule> {
        let hazard = hazards::get(tx, self.staff.supervisor.scope(), self.hazard)?;
        Ok(self.ground.pack.severity(hazard.severity))
    }

    /// Who approves a close-out of this severity.
    fn approver(&self, tx: &mut Tx) -> Result<&Actor> {
        let level = self.rule(tx)?.approval_level;
        self.ground.people.supervisor(model::approver(&self.ground.people.counties[self.firm.county], level))
    }

    /// Who looks back: somebody else than those who found and verified it.
    fn looker(&self, tx: &mut Tx) -> Result<&Actor> {
        let hazard = hazards::get(tx, self.staff.supervisor.scope(), self.hazard)?;
        let others = |a: &&Actor| Some(a.account) != hazard.verified_by && a.account != hazard.found_by;
        self.staff.inspectors.iter().find(others).ok_or(Error::NotFound)
    }
}
