//! The letters (文书) of the ladder: reminder, notice and record of a talk, circular. Their numbers, life and print belong to
//! `documents`.

use super::{
    Act, Reminder, Rung,
    matters::{Matter, matters},
};
use crate::{
    accounts, campaigns,
    documents::{self, Form, New, State},
    kernel::{Lang::Zh, Result, db::Tx},
    people::{By, store as offices},
};
use jiff::civil::Date;
use paper::{Contact, Document, HandledItem, Header, OfficeLetter, TalkNotice, TalkRecord};

/// How many matters a letter names.
const NAMED: usize = 20;

/// Issues the letter that belongs to `act`, if one does, in the act's own transaction.
pub(super) fn issue(tx: &mut Tx, by: &By, reminder: &Reminder, act: &Act) -> Result<()> {
    let form = match (act, reminder.rung) {
        (Act::Issue { .. }, Rung::Reminder) => Form::ReminderLetter,
        (Act::Issue { .. }, Rung::Talk) => Form::TalkNotice,
        (Act::Issue { .. }, Rung::Circular) => Form::Circular,
        (Act::Hold { .. }, _) => Form::TalkRecord,
        _ => return Ok(()),
    };
    let case = Case::of(tx, by, reminder)?;
    let new = New::about(form, reminder, case.addressee.clone());
    documents::issue(tx, by, new, |header| match form {
        Form::ReminderLetter => Document::ReminderLetter(case.letter(header, LATER)),
        Form::Circular => Document::Circular(OfficeLetter { subject: case.circulated(), ..case.letter(header, "") }),
        Form::TalkNotice => case.notice(header),
        _ => case.record(header),
    })?;
    Ok(())
}

/// What follows when a reminder is not answered.
const LATER: &str = "逾期不回复或者工作仍无进展的，将予以约谈、通报。";

/// A step with all that its letters mention.
struct Case<'a> {
    by: &'a By,
    reminder: &'a Reminder,
    campaign: String,
    addressee: String,
    items: Vec<HandledItem>,
    /// Number of the notice that called to the talk.
    notice: String,
    recorder: String,
}

impl<'a> Case<'a> {
    fn of(tx: &mut Tx, by: &'a By, reminder: &'a Reminder) -> Result<Self> {
        let (campaign, _) = campaigns::of(tx, reminder.campaign)?;
        let papers = documents::of_thing(tx, by.scope(), &reminder.id.to_string())?;
        let notice = papers.iter().find(|d| d.form == Form::TalkNotice && d.state == State::Issued);
        Ok(Self {
            by,
            reminder,
            campaign: campaign.zh,
            addressee: offices::office(tx, reminder.office)?.name,
            items: items(tx, reminder)?,
            notice: notice.map_or_else(String::new, |d| d.number.clone()),
            recorder: accounts::name_of(tx, Some(by.actor.account))?,
        })
    }

    fn letter(&self, header: Header, consequences: &str) -> OfficeLetter {
        OfficeLetter {
            header,
            addressee: self.addressee.clone(),
            subject: self.reminder.ground_zh.clone(),
            reason: self.reason(),
            items: self.items.clone(),
            requirements: self.requirements(),
            deadline: self.reminder.due,
            consequences: consequences.to_owned(),
            contact: Contact { name: self.by.actor.name.clone(), ..Contact::default() },
            ..OfficeLetter::default()
        }
    }

    fn circulated(&self) -> String {
        format!("{}{}", self.addressee, self.reminder.ground_zh)
    }

    fn notice(&self, header: Header) -> Document {
        Document::TalkNotice(TalkNotice {
            header,
            invited: self.addressee.clone(),
            attendees: "你局主要负责人或者分管负责人".to_owned(),
            at: self.reminder.talk_at.map(crate::kernel::Moment::civil),
            place: self.reminder.talk_place.clone().unwrap_or_default(),
            subject: self.reason(),
            materials: self.requirements(),
            contact: Contact { name: self.by.actor.name.clone(), ..Contact::default() },
            ..TalkNotice::default()
        })
    }

    fn record(&self, header: Header) -> Document {
        let r = self.reminder;
        Document::TalkRecord(TalkRecord {
            header,
            notice: self.notice.clone(),
            invited: self.addressee.clone(),
            from: r.talk_at.map(crate::kernel::Moment::civil),
            to: Some(self.by.at.civil()),
            place: r.talk_place.clone().unwrap_or_default(),
            presiding: self.by.actor.name.clone(),
            recorder: self.recorder.clone(),
            participants: r.participants.iter().cloned().collect(),
            problems: vec![self.reason()],
            explanation: r.answer.clone().unwrap_or_default(),
            requirements: self.requirements(),
            deadline: r.due,
            ..TalkRecord::default()
        })
    }

    /// What was found, in one sentence that names the rule.
    fn reason(&self) -> String {
        let day: Date = self.reminder.proposed_at.date();
        format!("{}开展以来，截至{}，你局{}。", self.campaign, Zh.date(day), self.reminder.measured(Zh))
    }

    fn requirements(&self) -> Vec<String> {
        let demand = self.reminder.demand.as_deref().unwrap_or_default();
        demand.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }
}

/// The matters that were measured, as a letter names them.
fn items(tx: &mut Tx, reminder: &Reminder) -> Result<Vec<HandledItem>> {
    let named = |m: Matter| HandledItem {
        id: m.number,
        party: m.party,
        matter: m.what,
        found: m.found,
        due: m.due,
        state: m.state.to_owned(),
    };
    Ok(matters(tx, reminder, NAMED, Zh)?.into_iter().map(named).collect())
}
