//! The on-site record (现场检查记录) as a paper: what it says. Its number, life and print belong to `documents`.

use super::{Answered, Inspection, Sheet, Submission, sheet::role_of};
use crate::{
    campaigns::{Checklist, Item, Pack},
    documents::{self, Form, New},
    enterprises::Enterprise,
    files::{self, Evidence},
    hazards,
    kernel::{Lang::Zh, Moment, Result, db::Tx},
    people::By,
};
use paper::{Credentials, Document, Header, Officer, OnSiteRecord, Signature};

/// What the record of a visit is written from.
pub(super) struct Record<'a> {
    pub visit: &'a Inspection,
    pub sent: &'a Submission,
    pub site: &'a Enterprise,
    pub pack: &'a Pack,
    pub list: &'a Checklist,
    pub items: &'a [&'a Item],
    /// Name of the campaign.
    pub campaign: &'a str,
}

/// Issues the on-site record of a visit that has just been submitted, in the same transaction.
pub(super) fn issue(tx: &mut Tx, by: &By, record: &Record) -> Result<()> {
    let evidence = files::linked_to(tx, &record.visit.id.to_string())?;
    let about = New::about(Form::OnSiteRecord, record.visit, record.visit.party.clone());
    // it was signed where it was made, and bears that day
    let new = New { date: Some(by.done_at().date()), ..about };
    documents::issue(tx, by, new, |header| Document::OnSiteRecord(record.print(by, header, &evidence)))?;
    Ok(())
}

impl Record<'_> {
    fn print(&self, by: &By, header: Header, all: &[Evidence]) -> OnSiteRecord {
        let (sheet, people) = (&self.sent.sheet, self.visit.made_by());
        let ended = self.sent.ended_at;
        OnSiteRecord {
            header,
            party: paper::Party { name: self.visit.party.clone(), ..hazards::party(self.site) },
            met: sheet.signed_by.clone().unwrap_or_default(),
            from: Some(self.sent.started_at.civil()),
            to: Some(ended.civil()),
            place: self.site.address.clone(),
            officers: people
                .iter()
                .map(|i| Officer { name: i.name.clone(), certificate: i.badge.clone().unwrap_or_default() })
                .collect(),
            recorder: by.actor.name.clone(),
            source: self.campaign.to_owned(),
            basis: self.basis(),
            credentials: credentials(sheet),
            checklist: Some(self.checklist(sheet)),
            findings: self.findings(sheet),
            measures: self.measures(),
            evidence: hazards::evidence(all, &["scene", &role_of("")]),
            statement: statement(sheet),
            signed_by_party: if sheet.refused { Signature::default() } else { signed(sheet.signed_by.as_ref(), ended) },
            signed_by_officers: people.iter().map(|i| signed(Some(&i.name), ended)).collect(),
            witness: sheet.witness.as_ref().filter(|_| sheet.refused).map(|name| signed(Some(name), ended)),
        }
    }

    /// The law by which the checklist asks; where its head names none, that of its questions.
    fn basis(&self) -> Vec<paper::Provision> {
        let duties = |source: &str| hazards::provisions(self.pack, source, |p| !p.liability);
        let own = duties(&self.list.head.basis);
        if !own.is_empty() {
            return own;
        }
        let all: Vec<&str> = self.items.iter().map(|i| i.source.as_str()).collect();
        let mut asked: Vec<&str> = Vec::new();
        for source in all.iter().flat_map(|s| s.split(';')).map(str::trim) {
            if !asked.contains(&source) {
                asked.push(source);
            }
        }
        duties(&asked.join(";"))
    }

    fn checklist(&self, sheet: &Sheet) -> paper::Checklist {
        let line = |item: &&Item| {
            let answer = sheet.answers.iter().find(|a| a.item == item.id)?;
            Some(paper::Answer {
                id: item.id.clone(),
                question: item.zh.clone(),
                answer: answer.answer.label(Zh).to_owned(),
                note: answer.note.clone().or_else(|| self.found(&item.id)).unwrap_or_default(),
                flagged: answer.answer == Answered::Fails,
            })
        };
        paper::Checklist {
            name: self.list.head.zh.clone(),
            version: format!("第{}版", self.list.head.version),
            answers: self.items.iter().filter_map(line).collect(),
        }
    }

    /// What was found at a question, where its answer says nothing more.
    fn found(&self, item: &str) -> Option<String> {
        self.sent.hazards.iter().find(|h| h.item.as_deref() == Some(item)).map(|h| h.what.clone())
    }

    fn findings(&self, sheet: &Sheet) -> String {
        let mut lines: Vec<String> =
            self.sent.hazards.iter().enumerate().map(|(i, h)| format!("{}. {}", i + 1, h.what.trim())).collect();
        let open = sheet.answers.iter().filter(|a| a.answer == Answered::NotChecked).count();
        if open > 0 {
            lines.push(format!("有{open}项未检查，原因见检查表备注。"));
        }
        let reminded = sheet.answers.iter().any(|a| a.answer == Answered::Fails && self.found(&a.item).is_none());
        let rest = match (self.sent.hazards.is_empty(), reminded) {
            (_, true) => "提示性项目的情况见检查表。",
            (true, false) => "未发现不符合项。",
            (false, false) => "其余检查项目未发现问题。",
        };
        lines.push(rest.to_owned());
        lines.join("\n")
    }

    fn measures(&self) -> String {
        let corrected = self.sent.hazards.iter().filter_map(|h| h.corrected.as_deref());
        corrected.map(|measure| format!("当场改正：{}", measure.trim())).collect::<Vec<_>>().join("\n")
    }
}

fn credentials(sheet: &Sheet) -> Credentials {
    let told = if sheet.withdrawal_told { "，并告知当事人有权申请检查人员回避" } else { "" };
    Credentials {
        notice: format!("检查人员已出示执法证件{told}。"),
        confirmed: Some(sheet.credentials_shown),
        ..Credentials::default()
    }
}

fn statement(sheet: &Sheet) -> String {
    let said = sheet.statement.as_deref().map(str::trim).filter(|s| !s.is_empty());
    let refused = sheet.refused.then_some("当事人拒绝在记录上签字。");
    said.into_iter().chain(refused).collect::<Vec<_>>().join("\n")
}

fn signed(name: Option<&String>, at: Moment) -> Signature {
    Signature { name: name.cloned().unwrap_or_default(), at: Some(at.civil()), ..Signature::default() }
}
