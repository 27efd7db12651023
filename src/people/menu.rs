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

const OFFICE: &[Role] = &[Role::Coordinator, Role::Supervisor, Role::Inspector, Role::Auditor];
const ALL: &[Role] =
    &[Role::Coordinator, Role::Supervisor, Role::Inspector, Role::Auditor, Role::Enterprise, Role::Administrator];

const MENU: &[Entry] = &[
    Entry { code: "work", href: "/", zh: "我的工作", en: "My work", icon: "home", roles: ALL },
    Entry {
        code: "hazards",
        href: "/hazards",
        zh: "隐患台账",
        en: "Hazard ledger",
        icon: "hazard",
        roles: &[Role::Coordinator, Role::Supervisor, Role::Inspector, Role::Auditor, Role::Enterprise],
    },
    Entry {
        code: "inspections",
        href: "/inspections",
        zh: "现场检查",
        en: "Inspections",
        icon: "clipboard",
        roles: &[Role::Coordinator, Role::Supervisor, Role::Inspector, Role::Auditor, Role::Enterprise],
    },
    Entry {
        code: "enterprises",
        href: "/enterprises",
        zh: "企业",
        en: "Enterprises",
        icon: "factory",
        roles: &[Role::Coordinator, Role::Supervisor, Role::Inspector, Role::Auditor, Role::Administrator],
    },
    Entry {
        code: "documents",
        href: "/documents",
        zh: "文书",
        en: "Documents",
        icon: "file",
        roles: &[Role::Coordinator, Role::Supervisor, Role::Inspector, Role::Auditor, Role::Enterprise],
    },
    Entry { code: "board", href: "/board", zh: "行动进展", en: "Campaign board", icon: "chart", roles: OFFICE },
    Entry { code: "campaigns", href: "/campaigns", zh: "专项行动", en: "Campaigns", icon: "flag", roles: OFFICE },
    Entry {
        code: "events",
        href: "/events",
        zh: "操作记录",
        en: "Record",
        icon: "clock",
        roles: &[Role::Auditor, Role::Administrator, Role::Coordinator, Role::Supervisor],
    },
    Entry {
        code: "offices",
        href: "/offices",
        zh: "机构与账号",
        en: "Offices and accounts",
        icon: "people",
        roles: &[Role::Administrator, Role::Auditor],
    },
];

/// The entries for this person.
pub(super) fn of(actor: &Actor, lang: Lang) -> Vec<Link> {
    let mine = |e: &&Entry| e.roles.iter().any(|r| actor.is(*r));
    let link = |e: &Entry| Link {
        code: e.code,
        href: e.href.into(),
        label: lang.say(e.zh, e.en).into(),
        icon: e.icon,
        count: 0,
    };
    MENU.iter().filter(mine).map(link).collect()
}
