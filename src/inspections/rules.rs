//! What a complete record of a visit must hold, and what becomes of the visit. No database, no HTTP, no clock.

use super::{Act, Answered, Inspection, Inspector, Sheet, State, Submission};
use crate::{
    campaigns::{self, Checklist, Item, Pack},
    kernel::{AccountId, Error, Moment, REQUIRED, Refusal, Result},
};

refusals! {
    TWO_INSPECTORS "inspections.two_inspectors" "现场检查应由两名以上检查人员共同进行。" "A visit is made by two inspectors at least.";
    NOT_AMONG_THEM "inspections.not_among_them" "提交人应是参加检查的人员之一。" "Whoever submits the record must be one of its inspectors.";
    NO_CREDENTIALS "inspections.no_credentials" "检查人员应当主动出示执法证件，请如实记录。" "Inspectors must show their credentials; record that they did.";
    ENDS_BEFORE "inspections.ends_before" "结束时间应晚于开始时间。" "The end must be after the beginning.";
    IN_FUTURE "inspections.in_future" "检查时间不能晚于现在。" "A visit cannot lie in the future.";
    UNSIGNED "inspections.unsigned" "请由当事人签字，或注明拒绝签字并由见证人签名。" "The party signs, or its refusal is noted with a witness.";
    UNANSWERED "inspections.unanswered" "检查项 {item} 尚未作答。" "Question {item} has no answer.";
    UNKNOWN_ITEM "inspections.unknown_item" "检查表中没有检查项 {item}。" "The checklist has no question {item}.";
    NOT_ASKED "inspections.not_asked" "按前面的作答，检查项 {item} 不需要作答，请核对。" "By the answers before it, question {item} is not asked; please compare.";
    TWICE "inspections.answered_twice" "检查项 {item} 重复作答。" "Question {item} is answered twice.";
    WHY_NOT "inspections.why_not" "检查项 {item} 未检查，请说明原因。" "Say why question {item} was not checked.";
    NO_HAZARD "inspections.no_hazard" "检查项 {item} 不符合，请登记相应隐患。" "Question {item} does not conform: put a hazard on the ledger.";
    NO_CHECKLIST "inspections.no_checklist" "没有编号为 {code} 的检查表。" "There is no checklist {code}.";
}

impl Submission {
    /// Refuses a record that is not complete by the rules of procedure (APL 42 and 55, IPL 39) or by its checklist.
    /// Clauses: T3-1a, T3-1b, T3-1c.
    /// `all` are the questions of such a visit, `items` those of them that its answers ask.
    pub fn check(&self, (all, items): (&[&Item], &[&Item]), me: AccountId, now: Moment) -> Result<()> {
        let mut people = self.inspectors.clone();
        people.sort();
        people.dedup();
        if people.len() < 2 {
            return TWO_INSPECTORS.at("inspectors");
        }
        if !people.contains(&me) {
            return NOT_AMONG_THEM.at("inspectors");
        }
        if self.ended_at < self.started_at {
            return ENDS_BEFORE.at("ended_at");
        }
        // A phone's clock may be some minutes ahead of ours.
        if self.ended_at > now.plus(10 * 60 * 1000) {
            return IN_FUTURE.at("ended_at");
        }
        self.sheet.check_signature()?;
        self.check_answers(all, items)
    }

    /// Of `all` questions those that are asked by the answers to the earlier ones.
    pub fn to_answer<'a>(&self, all: &[&'a Item]) -> Vec<&'a Item> {
        let answer = |id: &str| self.sheet.answers.iter().find(|a| a.item == id).map(|a| a.answer);
        campaigns::asked(all, answer)
    }

    fn check_answers(&self, all: &[&Item], items: &[&Item]) -> Result<()> {
        let known = |items: &[&Item], id: &str| items.iter().any(|i| i.id == id);
        for (i, answer) in self.sheet.answers.iter().enumerate() {
            let complain =
                |r: Refusal| -> Result<()> { r.with("item", &answer.item).at(&format!("answers.{}", answer.item)) };
            if !known(all, &answer.item) {
                return complain(UNKNOWN_ITEM);
            }
            if !known(items, &answer.item) {
                return complain(NOT_ASKED);
            }
            if self.sheet.answers[..i].iter().any(|a| a.item == answer.item) {
                return complain(TWICE);
            }
            let told = answer.note.as_deref().is_some_and(|n| !n.trim().is_empty());
            if answer.answer == Answered::NotChecked && !told {
                return complain(WHY_NOT);
            }
            let found = self.hazards.iter().any(|h| h.item.as_ref() == Some(&answer.item));
            // A question without problems is a reminder: there is nothing that could be put on the ledger for it.
            let reminder = items.iter().any(|i| i.id == answer.item && i.problems.is_empty());
            if answer.answer == Answered::Fails && !found && !reminder {
                return complain(NO_HAZARD);
            }
        }
        let open = items.iter().find(|i| !self.sheet.answers.iter().any(|a| a.item == i.id));
        match open {
            Some(item) => UNANSWERED.with("item", &item.id).at(&format!("answers.{}", item.id)),
            None => Ok(()),
        }
    }
}

impl Sheet {
    fn check_signature(&self) -> Result<()> {
        if !self.credentials_shown {
            return NO_CREDENTIALS.at("credentials_shown");
        }
        let said = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        let signed = said(&self.signed_by) && !self.refused;
        let witnessed = self.refused && said(&self.witness);
        if signed || witnessed { Ok(()) } else { UNSIGNED.at("signed_by") }
    }
}

impl Inspection {
    /// Takes in what was submitted.
    pub fn fill(&mut self, sent: &Submission, list: &Checklist, pack: &Pack, team: Vec<Inspector>) -> Result<()> {
        let day = sent.started_at.date();
        let products: Vec<&str> = sent.products.iter().map(String::as_str).collect();
        let regimes: Vec<&str> = pack.regimes_of_all(&products, day).iter().map(|r| r.code()).collect();
        self.field = sent.field;
        self.source = sent.source.unwrap_or(self.source);
        self.inspectors = serde_json::to_string(&team).map_err(Error::broken)?;
        self.checklist = Some(list.head.code.clone());
        self.checklist_version = Some(list.head.version);
        self.products = sent.products.join(" ");
        self.regimes = regimes.join(" ");
        self.started_at = Some(sent.started_at);
        self.ended_at = Some(sent.ended_at);
        self.sheet = Some(serde_json::to_string(&sent.sheet).map_err(Error::broken)?);
        self.hazards = sent.hazards.len() as i64;
        self.sorted_at = day.to_string();
        Ok(())
    }

    /// Refuses an act that the facts do not allow; the visit after it.
    pub fn after(mut self, act: &Act, to: State) -> Result<Self> {
        if let Act::Move { planned_for, lead } = act {
            self.planned_for = Some(*planned_for);
            self.sorted_at = planned_for.to_string();
            self.lead = lead.unwrap_or(self.lead);
        }
        if act.why().is_some_and(|why| why.trim().is_empty()) {
            return Err(Error::invalid("why", REQUIRED));
        }
        self.state = to;
        Ok(self)
    }
}
