//! The menu: which page each role works with, first things first.

use super::{Actor, Role};
use crate::kernel::{Lang, page::Link};

struct Entry {
    code: &'static str,
    href: &'static str,
    zh: &'static str,
    en: &'static str,
    icon: &'static str,
    roles: &'static [Role],
}

use Role::{Administrator, Auditor, Coordinator, Enterprise, Inspector, Laboratory, Sampler, Supervisor};

const ALL: &[Role] = &[Coordinator, Supervisor, Inspector, Auditor, Enterprise, Administrator, Sampler, Laboratory];
const OFFICE: &[Role] = &[Coordinator, Supervisor, Inspector, Auditor];
const FIELD: &[Role] = &[Coordinator, Supervisor, Inspector, Auditor, Enterprise];
const REGISTER: &[Role] = &[Coordinator, Supervisor, Inspector, Auditor, Administrator];
const IMPORT: &[Role] = &[Coordinator, Supervisor, Administrator];
const HEADS: &[Role] = &[Coordinator, Supervisor, Auditor];
const WATCH: &[Role] = &[Auditor, Administrator, Coordinator, Supervisor];
const HOUSE: &[Role] = &[Administrator, Auditor];

const fn entry(code: &'static str, href: &'static str, words: [&'static str; 3], roles: &'static [Role]) -> Entry {
    Entry { code, href, zh: words[0], en: words[1], icon: words[2], roles }
}

const MENU: &[Entry] = &[
    entry("work", "/", ["我的工作", "My work", "home"], ALL),
    entry("hazards", "/hazards", ["隐患台账", "Hazards", "hazard"], FIELD),
    entry("inspections", "/inspections", ["现场检查", "Inspections", "visit"], FIELD),
    entry("field", "/field/", ["离线检查端", "Field app", "field"], &[Inspector]),
    entry("tasks", "/tasks", ["工作任务", "Tasks", "task"], OFFICE),
    entry("enterprises", "/enterprises", ["企业", "Enterprises", "enterprise"], REGISTER),
    entry("board", "/board", ["行动进展", "Campaign board", "board"], OFFICE),
    entry("returns", "/returns", ["统计报表", "Returns", "report"], HEADS),
    entry("assessments", "/assessments", ["质量考核", "Assessment", "standard"], HEADS),
    entry("documents", "/documents", ["文书", "Documents", "file"], FIELD),
    entry("signs", "/signs", ["存疑检查", "Signs on visits", "signal"], HEADS),
    entry("reminders", "/reminders", ["督促", "Supervision", "supervise"], HEADS),
    entry("look_backs", "/look-backs", ["回头看与反复查", "Look-backs", "history"], HEADS),
    entry("targets", "/targets", ["目标分解", "Targets", "trace"], OFFICE),
    entry("campaigns", "/campaigns", ["专项行动", "Campaigns", "campaign"], OFFICE),
    entry("imports", "/imports", ["导入企业", "Imports", "upload"], IMPORT),
    entry("events", "/events", ["操作记录", "Record of acts", "clock"], WATCH),
    entry("log", "/log", ["可信记录", "Sealed record", "seal"], HOUSE),
    entry("offices", "/offices", ["机构与账号", "Offices and accounts", "office"], HOUSE),
    entry("packs", "/packs", ["任务包", "Packs", "campaign"], &[Administrator]),
];

/// The entries for this person, `waits` of whose things stand under the first.
pub(super) fn of(actor: &Actor, waits: i64, lang: Lang) -> Vec<Link> {
    let mine = |e: &&Entry| e.roles.iter().any(|r| actor.is(*r));
    let link = |e: &Entry| Link {
        code: e.code,
        href: e.href.into(),
        label: lang.say(e.zh, e.en).into(),
        icon: e.icon,
        count: if e.code == "work" { waits } else { 0 },
    };
    MENU.iter().filter(mine).map(link).collect()
}
