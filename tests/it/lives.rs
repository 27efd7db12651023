//! Every life cycle of the house as data, so that one test holds for all and one file shows all.

use paicha::{
    accounts::{admin, devices},
    campaigns, documents,
    enterprises::{self, certificates, imports},
    files, hazards,
    inspections::{self, signs},
    kernel::Lang,
    people::Role,
    record::refused,
    reports::{self, assessment, returns},
    supervision, tasks, work,
};

/// A word of a vocabulary: its code and its name in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

/// From where, by what, to where, by whom.
#[derive(Debug, Clone)]
pub struct Step {
    pub from: Word,
    pub verb: Word,
    pub to: Word,
    pub who: Vec<Role>,
}

/// The life of one kind of thing.
#[derive(Debug)]
pub struct Life {
    /// Where it is decided, such as `src/hazards/life.rs`.
    pub file: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// In the order in which they are declared; the first is where a life begins.
    pub states: Vec<Word>,
    pub verbs: Vec<Word>,
    /// States in which it may rest for good.
    pub ends: Vec<Word>,
    /// The verb by which it comes to be, where the vocabulary has one.
    pub born: Option<&'static str>,
    pub steps: Vec<Step>,
}

/// One role or several: what a step asks for.
trait Who {
    fn all(self) -> Vec<Role>;
}
impl Who for Role {
    fn all(self) -> Vec<Role> {
        vec![self]
    }
}
impl Who for &[Role] {
    fn all(self) -> Vec<Role> {
        self.to_vec()
    }
}

macro_rules! word {
    ($w:expr) => {
        Word { code: $w.code(), zh: $w.label(Lang::Zh), en: $w.label(Lang::En) }
    };
}

/// Reads a life cycle off its `State`, its `Verb` and `State::step`.
macro_rules! life {
    ($file:literal, $zh:literal, $en:literal, $($module:ident)::+ $(, born by $born:literal)?) => {{
        use $($module)::+::{State, Verb};
        let ways = State::ALL.iter().flat_map(|s| Verb::ALL.iter().map(move |v| (*s, *v)));
        let steps = ways.filter_map(|(from, verb)| {
            let (to, who) = from.step(verb)?;
            Some(Step { from: word!(from), verb: word!(verb), to: word!(to), who: Who::all(who) })
        });
        Life {
            file: $file,
            zh: $zh,
            en: $en,
            states: State::ALL.iter().map(|s| word!(s)).collect(),
            verbs: Verb::ALL.iter().map(|v| word!(v)).collect(),
            ends: State::ENDS.iter().map(|s| word!(s)).collect(),
            born: [$($born,)?].first().copied(),
            steps: steps.collect(),
        }
    }};
}

/// Every life cycle. A new one is one line here; `no_life_is_forgotten` notices when it is missing.
pub fn lives() -> Vec<Life> {
    vec![
        life!("src/enterprises/life.rs", "企业", "Enterprise", enterprises),
        life!("src/enterprises/certificates/life.rs", "证书", "Certificate", certificates),
        life!("src/enterprises/imports/model.rs", "导入", "Import", enterprises::imports),
        life!("src/campaigns/model.rs", "专项行动", "Campaign", campaigns),
        life!("src/campaigns/editor/model.rs", "任务包编制", "Pack in the making", campaigns::editor),
        life!("src/campaigns/targets/life.rs", "目标任务", "Target", campaigns::targets),
        life!("src/hazards/life.rs", "隐患", "Hazard", hazards),
        life!("src/inspections/life.rs", "现场检查", "Inspection", inspections),
        life!("src/inspections/signs/life.rs", "存疑检查提示", "Sign on a visit", inspections::signs),
        life!("src/tasks/life.rs", "工作任务", "Task", tasks),
        life!("src/tasks/force/model.rs", "工作专班", "Task force", tasks::force),
        life!("src/tasks/meetings/model.rs", "调度会议", "Dispatch meeting", tasks::meetings),
        life!("src/reports/returns/life.rs", "统计报表", "Return", reports::returns),
        life!("src/reports/assessment/life.rs", "考核评分", "Scoring sheet", reports::assessment),
        life!("src/supervision/life.rs", "督促措施", "Step of the ladder over offices", supervision, born by "propose"),
        life!("src/documents/life.rs", "文书", "Document", documents, born by "issue"),
    ]
}

/// Something that has no state before it: who may begin it, or see it at all.
#[derive(Debug)]
pub struct Beginning {
    /// Where it is decided.
    pub file: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub who: Vec<Role>,
}

/// Every right that no life cycle holds, read off the constant that the act itself asks.
pub fn beginnings() -> Vec<Beginning> {
    let of = |file, zh, en, who: &[Role]| Beginning { file, zh, en, who: who.to_vec() };
    let bringers: Vec<Role> = Role::ALL.iter().copied().filter(|role| files::brings(*role)).collect();
    vec![
        of("src/accounts/admin/mod.rs", "开通账号", "Open an account", admin::ADMINISTRATORS),
        of("src/accounts/admin/mod.rs", "查看账号", "Look at accounts", admin::LOOKERS),
        of("src/accounts/offices/mod.rs", "设立机构", "Create an office", admin::ADMINISTRATORS),
        of("src/accounts/devices/mod.rs", "登记外业设备", "Register a device for the field", devices::FIELD),
        of("src/inspections/signs/mod.rs", "查看存疑检查", "See the signs on visits", signs::READERS),
        of("src/files/upload.rs", "上传证据材料", "Bring evidence", &bringers),
        of("src/documents/mod.rs", "设定发文代字", "Set an office's word for documents", documents::WORDERS),
        of("src/enterprises/mod.rs", "登记企业", "Register an enterprise", enterprises::OFFICERS),
        of("src/enterprises/mod.rs", "查看联系电话", "Open what is locked up", enterprises::LOOKERS),
        of("src/enterprises/sites.rs", "登记生产经营地点", "Register a site", enterprises::OFFICERS),
        of("src/enterprises/certificates/mod.rs", "登记证书", "Register a certificate", enterprises::OFFICERS),
        of("src/enterprises/imports/mod.rs", "导入企业", "Import enterprises", imports::IMPORTERS),
        of("src/campaigns/mod.rs", "添加任务包", "Add a version of a pack", campaigns::PACKERS),
        of("src/campaigns/editor/mod.rs", "编制任务包", "Make a pack", campaigns::editor::EDITORS),
        of("src/campaigns/mod.rs", "建立专项行动", "Make a campaign", campaigns::MAKERS),
        of("src/campaigns/targets/mod.rs", "下达目标任务", "Set a target", campaigns::targets::SETTERS),
        of("src/hazards/mod.rs", "登记隐患", "Register a hazard", hazards::REGISTRARS),
        of("src/hazards/draw.rs", "抽取回头看、反复查", "Draw look-backs and repeat checks", hazards::DRAWERS),
        of("src/inspections/mod.rs", "安排检查", "Plan a visit", inspections::PLANNERS),
        of("src/inspections/mod.rs", "提交检查记录", "Submit a visit, planned or not", inspections::VISITORS),
        of(
            "src/tasks/mod.rs",
            "下达任务、派发检查、建立专班、登记会议",
            "Hand out tasks, set up a task force, hold a meeting",
            tasks::HEADS,
        ),
        of("src/tasks/force/mod.rs", "查看专班联系电话", "Open the telephones of a task force", tasks::force::LOOKERS),
        of("src/inspections/sync/held.rs", "查看他人等待入账的提交", "See what waits of others", refused::REVIEWERS),
        of("src/record/refused/mod.rs", "查看他人未入账的提交", "See what was refused to others", refused::REVIEWERS),
        of("src/reports/returns/mod.rs", "建立统计报表", "Begin a return", returns::REPORTERS),
        of("src/reports/returns/mod.rs", "查看统计报表", "See returns", returns::READERS),
        of("src/reports/assessment/mod.rs", "核定考核评分", "Fix scoring sheets", assessment::JUDGES),
        of("src/reports/assessment/mod.rs", "查看考核评分", "See scoring sheets", assessment::READERS),
        of("src/supervision/new.rs", "提出督促措施", "Propose a step to an office below", supervision::DECIDERS),
        of("src/supervision/mod.rs", "查看督促措施", "See the ladder over offices", supervision::READERS),
        of("src/work/events.rs", "查看操作记录", "Read the record of acts", work::READERS),
        of(
            "src/transparency/mod.rs",
            "查看可信记录、登记见证方签名",
            "Look at the sealed record, take in what witnesses signed",
            work::AUDITORS,
        ),
    ]
}
