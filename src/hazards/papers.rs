//! The papers (文书) that acts on a hazard issue: what each says. Their numbers, life and print belong to `documents`.
//!
//! Whatever is law here comes from the pack of the campaign: provisions, sanctions, remedies.

use super::{Act, Hazard, Origin, Verb};
use crate::{
    accounts,
    campaigns::{self, Pack, numeral},
    documents::{self, Form, New, State},
    enterprises::{self, Enterprise},
    files::{self, Evidence},
    kernel::{AccountId, Error, Lang::Zh, Result, db::Tx},
    people::{By, store as offices},
    record::{Event, store as events},
    reference::clock::Unit,
};
use jiff::civil::Date;
use paper::{
    Approval, CloseOutApproval, Contact, Copies, CorrectionOrder, Deadline, Document, HandledItem, Header, Measure,
    Officer, Party, Provision, RecheckItem, RecheckRecord, RectificationReport, Remedies, Remedy, Service, Signature,
    SupervisedHandling, Verdict,
};

/// Issues the paper that belongs to `act`, if one does, in the act's own transaction.
pub(super) fn issue(tx: &mut Tx, by: &By, hazard: &Hazard, act: &Act) -> Result<()> {
    let case = match act {
        Act::Order { .. }
        | Act::Submit { .. }
        | Act::Verify { .. }
        | Act::Reject { .. }
        | Act::Close { .. }
        | Act::Supervise { .. } => Case::of(tx, by, hazard)?,
        _ => return Ok(()),
    };
    let form = match act.verb() {
        Verb::Order => Form::CorrectionOrder,
        Verb::Submit => Form::RectificationReport,
        Verb::Verify | Verb::Reject => Form::RecheckRecord,
        Verb::Close => Form::CloseOutApproval,
        _ => Form::SupervisedHandling,
    };
    // a paper that was handed over where there was no network bears the day of that, not of its arrival
    let new = New { date: Some(by.done_at().date()), ..New::about(form, hazard, hazard.party.clone()) };
    documents::issue(tx, by, new, |header| match act {
        Act::Order { due, demand } => case.order(header, *due, demand.as_deref()),
        Act::Submit { measure, .. } => case.report(header, measure),
        Act::Verify { note, .. } => case.recheck(header, Verdict::Passed, note.as_deref()),
        Act::Reject { why } => case.recheck(header, Verdict::Failed, Some(why)),
        Act::Close { note, .. } => case.close_out(header, note.as_deref()),
        _ => case.supervised(header, act.why().unwrap_or_default()),
    })?;
    Ok(())
}

/// A hazard with all that its papers mention.
struct Case<'a> {
    by: &'a By,
    hazard: &'a Hazard,
    pack: std::sync::Arc<Pack>,
    campaign: String,
    site: Enterprise,
    evidence: Vec<Evidence>,
    events: Vec<Event>,
    /// Number of the order in force.
    order: String,
    /// Number of the last re-check record.
    recheck: String,
    /// The office that is responsible.
    office: String,
    handler: String,
    rectified_by: String,
    verified_by: Officer,
}

impl<'a> Case<'a> {
    fn of(tx: &mut Tx, by: &'a By, hazard: &'a Hazard) -> Result<Self> {
        let (campaign, pack) = campaigns::of(tx, hazard.campaign)?;
        let thing = hazard.id.to_string();
        let papers = documents::of_thing(tx, by.scope(), &thing)?;
        let number = |form: Form| {
            let last = papers.iter().find(|d| d.form == form && d.state == State::Issued);
            last.map_or_else(String::new, |d| d.number.clone())
        };
        let place = hazard.place();
        // A station acts in the name of its county.
        let office = place.county.or(place.owner()).unwrap_or(by.actor.office.id);
        Ok(Self {
            by,
            hazard,
            pack,
            campaign: campaign.zh,
            site: enterprises::standing(tx, hazard.enterprise)?,
            evidence: files::linked_to(tx, &thing)?,
            events: events::timeline(tx, &thing)?,
            order: number(Form::CorrectionOrder),
            recheck: number(Form::RecheckRecord),
            office: offices::office(tx, office)?.name,
            handler: accounts::name_of(tx, Some(hazard.handler))?,
            rectified_by: accounts::name_of(tx, hazard.rectified_by)?,
            verified_by: officer(tx, hazard.verified_by)?,
        })
    }

    /// 责令改正通知书.
    fn order(&self, header: Header, due: Date, demand: Option<&str>) -> Document {
        let problem = self.pack.problem(&self.hazard.problem);
        let source = problem.map_or("", |p| p.source.as_str());
        let sanction = problem.map_or("", |p| p.sanction_zh.as_str());
        Document::CorrectionOrder(CorrectionOrder {
            remedies: remedies(&self.pack, self.by.done_at().date()),
            party: self.party(),
            facts: self.facts(),
            violated: duties(&self.pack, &self.hazard.clause),
            basis: provisions(&self.pack, source, |p| p.liability),
            deadline: Deadline::By(due),
            required: required(demand),
            consequences: consequences(sanction),
            contact: Contact { name: self.handler.clone(), ..Contact::default() },
            service: Service {
                copies: Some(Copies { total: 2, held: "一份送达，一份归档".to_owned() }),
                ..Service::default()
            },
            header,
            ..CorrectionOrder::default()
        })
    }

    /// 整改报告: the enterprise's own words.
    fn report(&self, header: Header, measure: &str) -> Document {
        let by = &self.by.actor.name;
        let measure =
            Measure { what: measure.trim().to_owned(), responsible: by.clone(), done: Some(self.by.done_at().date()) };
        Document::RectificationReport(RectificationReport {
            header,
            addressee: self.office.clone(),
            party: self.party(),
            order: self.order.clone(),
            hazard: self.hazard.number.clone(),
            problem: self.hazard.what.clone(),
            corrective: vec![measure],
            evidence: evidence(&self.evidence, &[Verb::Submit.code()]),
            conclusion: "现提请复查。".to_owned(),
            responsible: Contact { name: by.clone(), ..Contact::default() },
            ..RectificationReport::default()
        })
    }

    /// 复查（验收）记录.
    fn recheck(&self, header: Header, verdict: Verdict, note: Option<&str>) -> Document {
        let passed = verdict == Verdict::Passed;
        let opinion = if passed { "经复查，整改措施已落实。" } else { "经复查，整改未到位。" };
        let actor = &self.by.actor;
        Document::RecheckRecord(RecheckRecord {
            header,
            party: self.party(),
            order: self.order.clone(),
            hazard: self.hazard.number.clone(),
            place: self.site.address.clone(),
            officers: vec![Officer { name: actor.name.clone(), certificate: actor.badge.clone().unwrap_or_default() }],
            items: vec![RecheckItem {
                requirement: self.hazard.what.clone(),
                found: self.hazard.measure.clone().unwrap_or_default(),
                passed,
            }],
            evidence: evidence(&self.evidence, &[Verb::Submit.code(), Verb::Verify.code()]),
            verdict: Some(verdict),
            opinion: note.filter(|n| !n.trim().is_empty()).unwrap_or(opinion).to_owned(),
            signed_by_officers: vec![self.signed()],
            ..RecheckRecord::default()
        })
    }

    /// 销号审批表.
    fn close_out(&self, header: Header, note: Option<&str>) -> Document {
        let h = self.hazard;
        let ground = h.reason.as_deref().and_then(|code| self.pack.closing_reason(code)).map_or("", |r| r.zh.as_str());
        let checked = self.last(&[Verb::Verify, Verb::Propose, Verb::CorrectOnSpot]);
        let handled = Approval {
            role: "经办人意见".to_owned(),
            opinion: format!("{ground}，建议销号。{}", checked.and_then(|e| e.note.clone()).unwrap_or_default()),
            signature: Signature {
                name: self.verified_by.name.clone(),
                at: checked.map(|e| e.at.civil()),
                ..Signature::default()
            },
        };
        let decided = Approval {
            role: "审批意见".to_owned(),
            opinion: note.filter(|n| !n.trim().is_empty()).unwrap_or("同意销号。").to_owned(),
            signature: self.signed(),
        };
        let roles = [Verb::Submit.code(), Verb::CorrectOnSpot.code(), Verb::Propose.code(), Verb::Verify.code()];
        Document::CloseOutApproval(CloseOutApproval {
            header,
            party: self.party(),
            hazard: h.number.clone(),
            severity: h.severity.label(Zh).to_owned(),
            source: format!("{}（{}）", h.origin.label(Zh), self.campaign),
            found: Some(h.found_at.date()),
            due: h.due,
            rectified: self.last(&[Verb::Submit, Verb::CorrectOnSpot]).map(|e| e.at.date()),
            description: h.what.clone(),
            order: self.order.clone(),
            rectification: h.measure.clone().unwrap_or_default(),
            rectified_by: self.rectified_by.clone(),
            evidence: evidence(&self.evidence, &roles),
            recheck: self.recheck.clone(),
            verified_by: vec![self.verified_by.clone()],
            approvals: vec![handled, decided],
            look_back: h.look_back_due,
            remark: self.handling(),
        })
    }

    /// 挂牌督办通知书.
    fn supervised(&self, header: Header, why: &str) -> Document {
        let h = self.hazard;
        let item = HandledItem {
            id: h.number.clone(),
            party: h.party.clone(),
            matter: h.what.clone(),
            found: Some(h.found_at.date()),
            due: h.due,
            state: h.state.label(Zh).to_owned(),
        };
        Document::SupervisedHandling(SupervisedHandling {
            header,
            addressee: self.office.clone(),
            subject: format!("{}隐患", h.party),
            reason: why.trim().to_owned(),
            items: vec![item],
            requirements: vec![
                "明确责任人和整改措施，督促当事人按期整改；".to_owned(),
                "整改完成后组织复查，资料齐全后申请解除督办。".to_owned(),
            ],
            deadline: h.due.filter(|due| *due >= self.by.done_at().date()),
            contact: Contact { name: self.by.actor.name.clone(), ..Contact::default() },
            ..SupervisedHandling::default()
        })
    }

    fn party(&self) -> Party {
        Party { name: self.hazard.party.clone(), ..party(&self.site) }
    }

    /// What was found, when, how: the first paragraph of an order.
    fn facts(&self) -> String {
        let h = self.hazard;
        let how = match h.origin {
            Origin::Inspection => "本局执法人员对你单位进行现场检查，发现",
            Origin::SelfReport => "你单位报告",
            Origin::Complaint => "本局核查投诉举报，发现",
            Origin::SpotCheck => "本局收到产品质量监督抽查结果，显示",
            Origin::Referral => "本局收到其他机构移送的线索，经核查发现",
        };
        let made = h.made_on.map_or_else(String::new, |on| format!("，生产日期{}", Zh.date(on)));
        let product = self.pack.product_label(&h.product, Zh);
        let what = h.what.trim().trim_end_matches(['。', '；', '.', ';']);
        format!(
            "{}，{how}以下问题：{what}。（产品：{product}{made}；隐患编号：{}）",
            Zh.date(h.found_at.date()),
            h.number
        )
    }

    fn handling(&self) -> String {
        let number = self.hazard.case_number.as_ref().map_or_else(String::new, |n| format!("（{n}）"));
        self.hazard.handling.map_or_else(String::new, |handling| format!("行政处理：{}{number}", handling.label(Zh)))
    }

    /// The last of these acts.
    fn last(&self, verbs: &[Verb]) -> Option<&Event> {
        self.events.iter().find(|e| verbs.iter().any(|v| v.code() == e.verb))
    }

    /// Whoever acts, when they did.
    fn signed(&self) -> Signature {
        Signature { name: self.by.actor.name.clone(), at: Some(self.by.done_at().civil()), ..Signature::default() }
    }
}

/// The enterprise as papers name it. What is kept locked up of it is not printed.
pub fn party(site: &Enterprise) -> Party {
    let identity = site.registration_no.as_ref().map_or_else(String::new, |n| format!("注册号 {n}"));
    Party {
        name: site.name.clone(),
        credit_code: site.uscc.clone().unwrap_or_default(),
        identity,
        representative: site.legal_person.clone().or_else(|| site.person.clone()).unwrap_or_default(),
        address: site.address.clone(),
        phone: String::new(),
    }
}

/// The provisions that a `source` or `basis` names, those that are wanted.
pub fn provisions(pack: &Pack, source: &str, wanted: impl Fn(&campaigns::Provision) -> bool) -> Vec<Provision> {
    let printed = |p: campaigns::Provision| Provision { law: p.law, article: p.article, text: String::new() };
    pack.provisions(source).into_iter().filter(|p| wanted(p)).map(printed).collect()
}

/// What was violated: the duties; where the law says only what follows, that.
fn duties(pack: &Pack, clause: &str) -> Vec<Provision> {
    let duties = provisions(pack, clause, |p| !p.liability);
    if duties.is_empty() { provisions(pack, clause, |_| true) } else { duties }
}

/// Evidence in these roles, numbered as it is printed.
pub fn evidence(all: &[Evidence], roles: &[&str]) -> Vec<paper::Evidence> {
    let wanted = all.iter().filter(|e| roles.iter().any(|role| e.role.starts_with(role)));
    let printed = |(i, e): (usize, &Evidence)| paper::Evidence {
        number: format!("证据{}", i + 1),
        name: e.name(Zh).to_owned(),
        taken_at: Some(e.linked_at.civil()),
        sha256: e.sha256.to_string(),
    };
    wanted.enumerate().map(printed).collect()
}

/// An officer with the certificate of office; blank for nobody.
fn officer(tx: &mut Tx, id: Option<AccountId>) -> Result<Officer> {
    let Some(id) = id else { return Ok(Officer::default()) };
    match accounts::store::account(tx, id) {
        Ok(account) => Ok(Officer { name: account.name, certificate: account.badge.unwrap_or_default() }),
        Err(Error::NotFound) => Ok(Officer::default()),
        Err(error) => Err(error),
    }
}

/// What has to be done, line by line; the usual when nothing in particular was demanded.
fn required(demand: Option<&str>) -> Vec<String> {
    let lines: Vec<String> =
        demand.unwrap_or_default().lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    if !lines.is_empty() {
        return lines;
    }
    vec![
        "立即对上述问题采取措施，查明原因，落实整改；".to_owned(),
        "于期限届满前向本局提交整改报告和证明材料，申请复查。".to_owned(),
    ]
}

fn consequences(sanction: &str) -> String {
    let usual = "逾期未改正或者经复查不合格的，本局将依法处理。";
    if sanction.is_empty() { usual.to_owned() } else { format!("{usual}相关法律责任：{sanction}。") }
}

/// What can be done against an order, as the clocks of the pack say; nothing when they say nothing.
fn remedies(pack: &Pack, on: Date) -> Option<Remedies> {
    let remedy = |code: &str, at: &str| {
        let clock = pack.clock(code, on)?;
        let amount = u32::try_from(clock.amount).ok()?;
        let unit = if clock.unit == Unit::CalendarDays { "日" } else { clock.unit.label(Zh) };
        Some(Remedy { within: format!("{}{unit}", numeral(amount)), at: at.to_owned() })
    };
    Some(Remedies {
        reconsideration: remedy("reconsideration", "有管辖权的行政复议机关")?,
        lawsuit: remedy("lawsuit", "有管辖权的人民法院")?,
    })
}
