//! Each kind of thing that waits, as an entry of a list of work.

use super::{Job, urgency};
use crate::{
    campaigns::{
        self,
        targets::{self, Target},
    },
    enterprises::watches::Watch,
    hazards::{Hazard, State},
    inspections::{Inspection, signs},
    kernel::{Lang, Result, db::Tx},
    people::{By, store as offices},
    reports::{assessment::Assessment, milestones, returns},
    supervision::Reminder,
    tasks::Task,
};
use jiff::civil::Date;

pub(super) fn visit(visit: &Inspection, by: &By, lang: Lang) -> Job {
    let day = visit.planned_for;
    let mine = visit.lead == by.actor.account;
    Job {
        title: visit.party.clone(),
        chip: if mine { lang.say("由我牵头", "I lead").to_owned() } else { String::new() },
        meta: day.map_or_else(String::new, |d| format!("{} {}", lang.say("计划", "Planned"), lang.date(d))),
        ..Job::new(visit.id, format!("/inspections/{}", visit.id)).due(day, urgency(day, by))
    }
}

pub(super) fn hazard(hazard: &Hazard, by: &By, lang: Lang) -> Job {
    let wanted = wanted_by(hazard);
    let due = wanted.map(|d| format!(" · {} {}", lang.say("期限", "due"), lang.date(d))).unwrap_or_default();
    let asked =
        hazard.extension.map(|d| format!(" · {} {}", lang.say("申请延期至", "more time asked until"), lang.date(d)));
    Job {
        title: hazard.what.clone(),
        chip: hazard.severity.label(lang).to_owned(),
        meta: format!("{} · {}{due}{}", hazard.party, hazard.number, asked.unwrap_or_default()),
        ..Job::new(hazard.id, hazard.href()).due(wanted, if hazard.overdue { "red" } else { urgency(wanted, by) })
    }
}

/// The day that counts where it stands: for rectifying, or for looking back; what waits for us has none.
const fn wanted_by(hazard: &Hazard) -> Option<Date> {
    match hazard.state {
        State::Ordered | State::Rectifying => hazard.due,
        State::LookingBack | State::RepeatChecking => hazard.look_back_due,
        _ => None,
    }
}

pub(super) fn sign(sign: &signs::Sign, lang: Lang) -> Job {
    Job {
        title: sign.reason(lang).to_owned(),
        chip: sign.kind.label(lang).to_owned(),
        meta: format!("{} · {}", sign.party, sign.number),
        ..Job::new(sign.id, sign.href()).due(None, "orange")
    }
}

pub(super) fn reminder(tx: &mut Tx, r: &Reminder, by: &By, lang: Lang) -> Result<Job> {
    let office = offices::office(tx, if by.actor.office.id == r.office { r.above } else { r.office })?;
    let due = r.due.map(|d| format!("{} {}", lang.say("回复期限", "answer due"), lang.date(d))).unwrap_or_default();
    Ok(Job {
        title: format!("{} · {}", office.label(lang), r.ground(lang)),
        chip: format!("{} · {}", r.rung.label(lang), r.state.label(lang)),
        meta: due,
        ..Job::new(r.id, r.href()).due(r.due, urgency(r.due, by))
    })
}

pub(super) fn reports(waiting: Vec<returns::Waiting>, by: &By, lang: Lang) -> Vec<Job> {
    waiting.into_iter().map(|w| report(w, by, lang)).collect()
}

pub(super) fn report(w: returns::Waiting, by: &By, lang: Lang) -> Job {
    // what has begun is known by its id, what has not by where it begins
    let thing = w.href.strip_prefix("/returns/").unwrap_or(&w.href).to_owned();
    Job {
        title: w.title,
        chip: w.state.map_or_else(|| lang.say("未建立", "Not begun"), |s| s.label(lang)).to_owned(),
        meta: format!("{} {}", lang.say("期限", "due"), lang.date(w.due)),
        ..Job::new(thing, w.href.clone()).due(Some(w.due), urgency(Some(w.due), by))
    }
}

pub(super) fn target(tx: &mut Tx, t: &Target, by: &By, lang: Lang) -> Result<Job> {
    let (_, pack) = campaigns::of(tx, t.campaign)?;
    let of = targets::label(&pack, &t.product, &t.focus, lang);
    let (measure, total) = (t.measure.label(lang), format!("{} {}", lang.count(t.total), t.measure.unit(lang)));
    let mut title = format!("{of} · {measure} {total}");
    if t.office != by.actor.office.id {
        title = format!("{} · {title}", offices::office(tx, t.office)?.label(lang));
    }
    let why = t.reason.as_deref().map(|reason| format!(" · {reason}")).unwrap_or_default();
    Ok(Job {
        title,
        chip: t.state.label(lang).to_owned(),
        meta: format!("{} {}{why}", lang.say("完成期限", "due"), lang.date(t.due)),
        ..Job::new(t.id, t.href()).due(Some(t.due), urgency(Some(t.due), by))
    })
}

pub(super) fn milestone(near: milestones::Near, by: &By, lang: Lang) -> Job {
    let missing =
        near.missing.map(|n| format!(" · {} {n}", lang.say("未到位的下级机构", "offices below not there yet")));
    Job {
        title: near.label,
        chip: near.left,
        meta: format!("{} · {}{}", near.campaign, lang.date(near.due), missing.unwrap_or_default()),
        ..Job::new(format!("{} {}", near.href, near.code), near.href).due(Some(near.due), urgency(Some(near.due), by))
    }
}

pub(super) fn task(task: &Task, by: &By, lang: Lang) -> Job {
    let why = task.reason.as_deref().map(|reason| format!(" · {reason}")).unwrap_or_default();
    Job {
        title: task.title.clone(),
        chip: task.kind.label(lang).to_owned(),
        meta: format!("{} {}{why}", lang.say("期限", "due"), lang.date(task.due)),
        ..Job::new(task.id, task.href()).due(Some(task.due), urgency(Some(task.due), by))
    }
}

pub(super) fn lead(w: Watch, lang: Lang) -> Job {
    let closed = lang.say("销号于", "closed on");
    Job {
        chip: w.sign.map_or_else(String::new, |sign| sign.label(lang).to_owned()),
        meta: format!("{} · {closed} {}", lang.say(&w.ground_zh, &w.ground_en), lang.date(w.since.date())),
        ..Job::new(w.id, format!("/enterprises/{}", w.enterprise)).due(None, "orange")
    }
    .titled(w.name)
}

pub(super) fn from_device(held: i64, lang: Lang) -> Job {
    let title = lang.say("{n} 项离线提交在等待照片等材料", "{n} field records wait for photographs or other material");
    Job {
        title: title.replace("{n}", &lang.count(held)),
        meta: lang
            .say("请将设备联网，材料传齐后自动入账", "Connect the device: they go on record once all has arrived")
            .to_owned(),
        ..Job::new("held", "/field/".to_owned()).due(None, "orange")
    }
}

pub(super) fn score(sheet: &Assessment, by: &By, lang: Lang) -> Job {
    // once the time to object is over it is for the office above, whenever that likes
    let due = (sheet.office == by.actor.office.id).then_some(sheet.due);
    Job {
        title: format!("{} {} / 100", sheet.office_label(lang), sheet.points()),
        chip: sheet.state.label(lang).to_owned(),
        meta: format!("{} {}", lang.say("数据截至", "As of"), lang.date(sheet.day)),
        ..Job::new(sheet.id, sheet.href()).due(due, urgency(due, by))
    }
}
