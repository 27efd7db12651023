//! The forms of an inspection, from the record made on the spot to closing the hazard.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::parts::{
    Contact, Credentials, Deadline, Evidence, Header, Officer, Party, Provision, Remedies, Service, Signature,
};

/// 现场检查记录: what was seen on the spot, with the answers of the checklist. Every page has a line for signatures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OnSiteRecord {
    /// Authority, number, date.
    pub header: Header,
    /// Who is inspected.
    pub party: Party,
    /// 现场负责人: who was met there, with position and phone if known.
    pub met: String,
    /// When the inspection began.
    pub from: Option<DateTime>,
    /// When it ended.
    pub to: Option<DateTime>,
    /// 检查地点.
    pub place: String,
    /// 检查人员, two at least.
    pub officers: Vec<Officer>,
    /// 记录人.
    pub recorder: String,
    /// 任务来源: the campaign, complaint or plan that sent them.
    pub source: String,
    /// 检查依据.
    pub basis: Vec<Provision>,
    /// 出示证件和告知回避.
    pub credentials: Credentials,
    /// 检查表, if one was used.
    pub checklist: Option<Checklist>,
    /// 检查情况: what was found.
    pub findings: String,
    /// 现场处置: measures taken on the spot.
    pub measures: String,
    /// 证据清单.
    pub evidence: Vec<Evidence>,
    /// 被检查人陈述意见.
    pub statement: String,
    /// 被检查人签名.
    pub signed_by_party: Signature,
    /// 检查人员签名.
    pub signed_by_officers: Vec<Signature>,
    /// 见证人; `None` when there was none.
    pub witness: Option<Signature>,
}

/// A checklist as it was answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checklist {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The answers in order.
    pub answers: Vec<Answer>,
}

/// One answered question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// Its number in the list.
    pub id: String,
    /// What was asked.
    pub question: String,
    /// 符合, 不符合, 不适用 or a value, as it is to be printed.
    pub answer: String,
    /// Remark.
    pub note: String,
    /// Prints the answer in bold, because it is a finding.
    pub flagged: bool,
}

/// 责令改正通知书: orders a party to put something right.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CorrectionOrder {
    /// Authority, number, date.
    pub header: Header,
    /// Who has to put it right.
    pub party: Party,
    /// 违法事实 or the hazard found.
    pub facts: String,
    /// Provisions violated.
    pub violated: Vec<Provision>,
    /// Provisions that empower the authority to order it.
    pub basis: Vec<Provision>,
    /// At once or by a day.
    pub deadline: Deadline,
    /// 改正内容及要求: the results required.
    pub required: Vec<String>,
    /// Only after a failed spot check: sample, report and duties.
    pub failed_sample: Option<FailedSample>,
    /// 逾期不改正的后果.
    pub consequences: String,
    /// Where and how long it can be contested; `None` if the order cannot be.
    pub remedies: Option<Remedies>,
    /// Whom to ask.
    pub contact: Contact,
    /// How it was served.
    pub service: Service,
}

/// What failed in a spot check.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FailedSample {
    /// 检验报告编号.
    pub report: String,
    /// Product with model and batch.
    pub product: String,
    /// 不合格项目.
    pub failed_items: Vec<String>,
    /// 复查告知: stop duties and notice of the re-check.
    pub recheck: String,
}

/// 整改报告, by the enterprise, which is the issuer in the header.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RectificationReport {
    /// The enterprise, its number if any, date.
    pub header: Header,
    /// The authority it is addressed to.
    pub addressee: String,
    /// Who reports.
    pub party: Party,
    /// Number of the order it answers.
    pub order: String,
    /// 隐患编号, may be empty.
    pub hazard: String,
    /// What was wrong.
    pub problem: String,
    /// 原因分析.
    pub cause: String,
    /// 库存和在售产品清理.
    pub stock: Vec<StockItem>,
    /// 整改措施.
    pub corrective: Vec<Measure>,
    /// 预防措施.
    pub preventive: Vec<Measure>,
    /// Papers, photographs and reports enclosed.
    pub evidence: Vec<Evidence>,
    /// The result, and the request for a re-check in the enterprise's words.
    pub conclusion: String,
    /// 整改责任人.
    pub responsible: Contact,
    /// Signed for the enterprise.
    pub signature: Signature,
}

/// Goods sorted out after a finding. Quantities carry their unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StockItem {
    /// Product and model.
    pub product: String,
    /// 批次.
    pub batch: String,
    /// Quantity made or bought.
    pub made: String,
    /// Quantity sold.
    pub sold: String,
    /// Quantity still in stock.
    pub in_stock: String,
    /// Quantity taken back.
    pub withdrawn: String,
    /// What was done with it.
    pub disposal: String,
}

/// Something done or to be done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measure {
    /// What.
    pub what: String,
    /// By whom.
    pub responsible: String,
    /// Done on.
    pub done: Option<Date>,
}

/// 复查（验收）记录: whether what was ordered has been done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecheckRecord {
    /// Authority, number, date.
    pub header: Header,
    /// Whose rectification is checked.
    pub party: Party,
    /// Number of the order.
    pub order: String,
    /// 隐患编号, may be empty.
    pub hazard: String,
    /// 复查方式, such as 现场复查.
    pub method: String,
    /// When the check began.
    pub from: Option<DateTime>,
    /// When it ended.
    pub to: Option<DateTime>,
    /// Where.
    pub place: String,
    /// 复查人员.
    pub officers: Vec<Officer>,
    /// Item by item.
    pub items: Vec<RecheckItem>,
    /// Numbers of test reports relied on.
    pub reports: Vec<String>,
    /// Evidence taken.
    pub evidence: Vec<Evidence>,
    /// The verdict; `None` leaves the boxes open.
    pub verdict: Option<Verdict>,
    /// 复查意见 in words.
    pub opinion: String,
    /// 当事人意见.
    pub statement: String,
    /// Signed by the party.
    pub signed_by_party: Signature,
    /// Signed by the officers.
    pub signed_by_officers: Vec<Signature>,
    /// 见证人; `None` when there was none.
    pub witness: Option<Signature>,
}

/// One requirement checked again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecheckItem {
    /// What was required.
    pub requirement: String,
    /// What was found.
    pub found: String,
    /// Whether it is fulfilled.
    pub passed: bool,
}

/// 复查结论.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 合格.
    Passed,
    /// 部分合格.
    Partly,
    /// 不合格.
    Failed,
}

/// 销号审批表: approval to close a hazard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CloseOutApproval {
    /// Authority, number, date.
    pub header: Header,
    /// Where the hazard was.
    pub party: Party,
    /// 隐患编号.
    pub hazard: String,
    /// 隐患等级 in words.
    pub severity: String,
    /// 隐患来源: inspection, spot check, complaint.
    pub source: String,
    /// 发现日期.
    pub found: Option<Date>,
    /// 整改期限.
    pub due: Option<Date>,
    /// 整改完成日期.
    pub rectified: Option<Date>,
    /// 隐患内容.
    pub description: String,
    /// Number of the order.
    pub order: String,
    /// 整改情况.
    pub rectification: String,
    /// 整改责任人.
    pub rectified_by: String,
    /// Evidence of it.
    pub evidence: Vec<Evidence>,
    /// 复查记录 number.
    pub recheck: String,
    /// 复查人员, who may not be those who rectified.
    pub verified_by: Vec<Officer>,
    /// Opinions in the order of the way up, the deciding one last.
    pub approvals: Vec<Approval>,
    /// 回头看 due, if one is.
    pub look_back: Option<Date>,
    /// 备注.
    pub remark: String,
}

/// One opinion on the way up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Approval {
    /// Whose: 经办人意见, 承办机构负责人意见, 分管负责人审批意见.
    pub role: String,
    /// The opinion; empty leaves room to write.
    pub opinion: String,
    /// Signed.
    pub signature: Signature,
}
