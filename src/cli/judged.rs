//! What `doctor` makes of what it has seen: each thing judged, with a sentence of what to do. Pure.

use crate::{
    files,
    kernel::{Lang, Moment},
    reference::Calendar,
};
use jiff::{ToSpan, civil::Date};
use serde::Serialize;

/// Bytes that should be free on the disk of the data folder; below a fifth of it evidence is in danger.
const ROOM: u64 = 5 << 30;
/// A clock that is so far behind the last event, in milliseconds, was set back.
const JITTER: i64 = 60_000;
/// A clock that differs so much from the database server's, in milliseconds, is wrong, or that one is.
const APART: i64 = 5000;
/// Milliseconds after which the last backup is old.
const BACKUP: i64 = 36 * 3_600_000;
/// Days before its end at which the working-day calendar is missed.
const CALENDAR_DAYS: i64 = 45;

words! {
    /// How it stands with one thing.
    #[schema(as = DoctorGrade)]
    pub enum Grade {
        Good "good" "正常" "Good",
        Warning "warning" "注意" "Warning",
        Bad "bad" "异常" "Bad",
    }
}

/// One thing that doctor looked at.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub code: &'static str,
    pub what: &'static str,
    pub grade: Grade,
    /// Whether nothing has to be done.
    pub good: bool,
    pub detail: String,
    /// What to do; empty where nothing has to be done.
    pub advice: &'static str,
}

/// What is known of an installation, before anybody judges it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub engine: &'static str,
    pub folder: String,
    pub writable: bool,
    /// Free bytes on the disk of the data folder, where the system says it.
    pub room: Option<u64>,
    /// Map files for the board, each with what is wrong with it.
    pub maps: Vec<(String, Option<String>)>,
    pub behind: u64,
    pub inside: Option<Inside>,
}

/// What only a database of this version tells.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub stuck: i64,
    pub left: i64,
    pub unprinted: i64,
    pub now: i64,
    pub last_event: Option<i64>,
    /// What the clock of the database server says, where it has one of its own.
    pub database_clock: Option<i64>,
    pub last_backup: Option<i64>,
    pub without_factor: Vec<String>,
    pub packs: Vec<InForce>,
    pub sampled: usize,
    pub damaged: Vec<String>,
}

/// A pack that a campaign under way goes by.
#[derive(Debug, Default)]
pub(super) struct InForce {
    pub name: String,
    pub check_by: Option<Date>,
    /// Errors of the pack as the program carries it; none when it carries no such pack.
    pub errors: Option<usize>,
    pub warnings: usize,
    /// The highest version that this installation has.
    pub latest: i64,
    pub version: i64,
    /// Why it cannot be read, if it cannot.
    pub unreadable: Option<String>,
}

/// Each thing judged, with a sentence of what to do.
pub(super) fn judged(seen: &Seen, lang: Lang) -> Vec<Finding> {
    let mut all = Judge { lang, findings: Vec::new() };
    all.add("database", ("数据库", "Database"), Grade::Good, seen.engine, NOTHING);
    let behind = if seen.behind == 0 { Grade::Good } else { Grade::Bad };
    all.add(
        "migrations",
        ("待升级步骤", "Migrations missing"),
        behind,
        seen.behind,
        ("停止服务，备份数据后运行 paicha migrate。", "Stop the service, make a backup, run `paicha migrate`."),
    );
    let folder = if seen.writable { Grade::Good } else { Grade::Bad };
    all.add(
        "data_folder",
        ("数据目录可写", "Data folder writable"),
        folder,
        &seen.folder,
        (
            "请检查目录的属主和权限，或者磁盘是否只读。",
            "Look at the folder's owner and rights, and whether the disk is read-only.",
        ),
    );
    if let Some(room) = seen.room {
        let grade = if room < ROOM / 5 {
            Grade::Bad
        } else if room < ROOM {
            Grade::Warning
        } else {
            Grade::Good
        };
        all.add(
            "free_space",
            ("磁盘剩余空间", "Free space"),
            grade,
            files::size(room.cast_signed()),
            (
                "请清理或者扩充磁盘；空间用尽时证据材料不能上传。",
                "Free or add room; when it is used up, no evidence can be taken in.",
            ),
        );
    }
    for (file, fault) in &seen.maps {
        let (grade, detail) = match fault {
            None => (Grade::Good, file.clone()),
            Some(fault) => (Grade::Warning, format!("{file} · {fault}")),
        };
        let advice = (
            "看板改用示意图；请更正后运行 paicha map check。",
            "The board shows tiles instead; mend it, then run `paicha map check`.",
        );
        all.add("map", ("看板地图", "Map for the board"), grade, detail, advice);
    }
    match &seen.inside {
        Some(inside) => inside.judge(&mut all),
        None => all.add(
            "not_looked",
            ("其余项目", "All else"),
            Grade::Warning,
            "–",
            ("升级数据库后再次运行，检查其余项目。", "Run this again after the migration to see the rest."),
        ),
    }
    all.findings
}

const NOTHING: (&str, &str) = ("", "");

struct Judge {
    lang: Lang,
    findings: Vec<Finding>,
}

impl Judge {
    fn add(
        &mut self,
        code: &'static str,
        what: (&'static str, &'static str),
        grade: Grade,
        detail: impl std::fmt::Display,
        advice: (&'static str, &'static str),
    ) {
        let good = grade == Grade::Good;
        let advice = if good { "" } else { self.lang.say(advice.0, advice.1) };
        let what = self.lang.say(what.0, what.1);
        self.findings.push(Finding { code, what, grade, good, detail: detail.to_string(), advice });
    }

    /// Something of which there should be none.
    fn none(
        &mut self,
        code: &'static str,
        what: (&'static str, &'static str),
        many: i64,
        advice: (&'static str, &'static str),
    ) {
        self.add(code, what, if many == 0 { Grade::Good } else { Grade::Warning }, many, advice);
    }
}

impl Inside {
    fn judge(&self, all: &mut Judge) {
        let ahead = self.last_event.map_or(0, |last| last - self.now);
        let clock = if ahead > JITTER { Grade::Bad } else { Grade::Good };
        let last = self.last_event.map_or_else(|| "–".to_owned(), |at| Moment::from_millis(at).minute());
        all.add("clock", ("系统时钟与最后一条记录", "Clock against the last event"), clock, last, (
            "系统时钟早于最后一条记录，请先校时（NTP）再提供服务，否则期限和先后会出错。",
            "The clock is behind the last event; set it right (NTP) before serving, or deadlines and order go wrong.",
        ));
        if let Some(there) = self.database_clock {
            let apart = (there - self.now).abs();
            let grade = if apart > APART { Grade::Warning } else { Grade::Good };
            all.add(
                "database_clock",
                ("本机时钟与数据库时钟之差", "Clock against the database's"),
                grade,
                format!("{apart} ms"),
                ("请在两台服务器上启用校时（NTP）。", "Keep both machines' clocks by NTP."),
            );
        }
        let old = self.last_backup.is_none_or(|at| self.now - at > BACKUP);
        let backup = if old { Grade::Warning } else { Grade::Good };
        let made = self.last_backup.map_or_else(|| "–".to_owned(), |at| Moment::from_millis(at).minute());
        all.add("backup", ("最近一次备份", "Last backup"), backup, made, (
            "请定时运行 paicha backup（见 docs/operations.md）；以 PostgreSQL 归档备份的，请检查归档是否正常。",
            "Run `paicha backup` by a timer (docs/operations.md); who archives PostgreSQL's log instead looks after that.",
        ));
        all.none(
            "backlog",
            ("积压的后续处理", "Follow-up work left undone"),
            self.left,
            (
                "请确认 paicha serve 正在运行；重启后仍不减少的，查看日志。",
                "See that `paicha serve` is running; when it does not shrink after a restart, read the log.",
            ),
        );
        all.none(
            "stuck",
            ("失败待重试的后续处理", "Follow-up work that failed"),
            self.stuck,
            (
                "原因见日志中的 put off；消除后会自动重试。",
                "The reason stands in the log under “put off”; it is tried again by itself.",
            ),
        );
        all.none(
            "unprinted",
            ("未打印的文书", "Documents not printed"),
            self.unprinted,
            (
                "请确认 paicha serve 正在运行；缺字的文书请在设置 fonts 中补充字体。",
                "See that `paicha serve` is running; where a glyph is missing, add a font by the setting `fonts`.",
            ),
        );
        self.judge_packs(all);
        self.judge_calendar(all);
        let damaged = if self.damaged.is_empty() { Grade::Good } else { Grade::Bad };
        let sampled = format!("{} / {} {}", self.damaged.len(), self.sampled, self.damaged.join(" "));
        all.add(
            "files",
            ("抽查证据材料：不可读 / 抽查", "Evidence, unreadable / looked at"),
            damaged,
            sampled.trim(),
            (
                "请从备份恢复 files 目录（或者存储桶）中的这些文件。",
                "Restore these files of the folder `files` (or of the bucket) from the backup.",
            ),
        );
        let factor = if self.without_factor.is_empty() { Grade::Good } else { Grade::Warning };
        let logins = if self.without_factor.is_empty() { "0".to_owned() } else { self.without_factor.join(" ") };
        all.add(
            "second_factor",
            ("未启用第二因素的管理员", "Administrators without second factor"),
            factor,
            logins,
            (
                "请这些管理员在“账号与安全”中启用动态口令。",
                "Let these administrators switch on one-time codes under “Account and security”.",
            ),
        );
    }

    fn judge_packs(&self, all: &mut Judge) {
        let today = Moment::from_millis(self.now).date();
        for pack in &self.packs {
            let broken = pack.unreadable.is_some();
            let grade = match pack.errors {
                _ if broken => Grade::Bad,
                Some(errors) if errors > 0 => Grade::Warning,
                _ => Grade::Good,
            };
            let errors = pack.errors.map_or_else(String::new, |e| {
                let say = all
                    .lang
                    .say("（程序自带版本：{e} 处错误，{w} 处提醒）", " (as built in: {e} errors, {w} warnings)");
                say.replace("{e}", &e.to_string()).replace("{w}", &pack.warnings.to_string())
            });
            let detail = format!("{}{}", pack.name, pack.unreadable.as_ref().map_or(errors, |why| format!(": {why}")));
            all.add("pack", ("实施中的任务包", "Pack in force"), grade, detail, (
                "请用 paicha pack check 检查任务包文件夹，改正后以更高版本添加，并由专项行动采用。",
                "Check the pack's folder with `paicha pack check`, add it as a higher version and let the campaign adopt it.",
            ));
            if pack.latest > pack.version {
                let newer = format!("{} → v{}", pack.name, pack.latest);
                all.add(
                    "pack_version",
                    ("任务包已有新版本", "A newer version of a pack"),
                    Grade::Warning,
                    newer,
                    (
                        "请部署机构核对后，在专项行动页面“采用任务包新版本”。",
                        "Let the office that runs the campaign look at it and adopt it on the campaign's page.",
                    ),
                );
            }
            let late = pack.check_by.is_some_and(|by| by < today);
            let by = pack.check_by.map_or_else(|| "–".to_owned(), |by| by.to_string());
            let what = ("法律数据复核期限", "Legal data to be checked again by");
            let grade = if late || pack.check_by.is_none() { Grade::Warning } else { Grade::Good };
            all.add("legal_data", what, grade, format!("{} {by}", pack.name), (
                "请对照现行法律法规、标准和目录复核任务包，更新 check_by 后以更高版本添加。",
                "Compare the pack with the laws, standards and catalogues in force, renew `check_by`, add a higher version.",
            ));
        }
    }

    fn judge_calendar(&self, all: &mut Judge) {
        let soon = Moment::from_millis(self.now).date().saturating_add(CALENDAR_DAYS.days());
        let known = Calendar::official().knows(soon);
        let grade = if known { Grade::Good } else { Grade::Warning };
        all.add("calendar", ("放假调休安排", "Calendar of working days"), grade, soon.year(), (
            "请升级到含该年度国务院放假安排的版本；在此之前工作日按周一至周五估算。",
            "Upgrade to a version with that year's holidays; until then working days are reckoned from Monday to Friday.",
        ));
    }
}

#[cfg(test)]
mod tests;
