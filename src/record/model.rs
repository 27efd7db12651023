//! What happened, and what it adds to the figures. No database, no clock.

use crate::{
    kernel::{AccountId, CampaignId, EnterpriseId, EventId, Lang, Moment, OfficeId},
    people::{Place, Role},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// The kinds of things that have a life here.
    pub enum Kind {
        Account "account" "账号" "Account",
        Office "office" "机构" "Office",
        File "file" "证据材料" "File",
        Enterprise "enterprise" "企业" "Enterprise",
        Certificate "certificate" "证书" "Certificate",
        Pack "pack" "任务包" "Campaign pack",
        PackDraft "pack_draft" "任务包编制" "Pack in the making",
        Campaign "campaign" "专项行动" "Campaign",
        Hazard "hazard" "隐患" "Hazard",
        LookBack "look_back" "回头看、反复查抽取" "Draw of look-backs or repeat checks",
        Inspection "inspection" "现场检查" "Inspection",
        Document "document" "文书" "Document",
        Import "import" "导入" "Import",
        Sign "sign" "存疑检查提示" "Sign on a visit",
        Target "target" "目标任务" "Target",
        Task "task" "工作任务" "Task",
        Assignment "assignment" "任务派发" "Assignment of tasks",
        TaskForce "task_force" "工作专班" "Task force",
        Meeting "meeting" "调度会议" "Dispatch meeting",
        Return "return" "统计报表" "Return",
        Reminder "reminder" "督促措施" "Supervision of an office",
        Assessment "assessment" "考核评分" "Assessment",
    }
    /// What is counted. Each figure is the sum of the facts recorded for it; nobody types one.
    pub enum Figure {
        Visits "visits" "检查家次" "Visits",
        Inspected "inspected" "检查家数" "Enterprises inspected",
        Inspectors "inspectors" "出动检查人次" "Inspectors dispatched",
        Found "found" "发现隐患" "Hazards found",
        Major "major" "其中重大隐患" "Major hazards",
        Ordered "ordered" "责令改正" "Orders to correct",
        Rectified "rectified" "已整改" "Rectified",
        Closed "closed" "已销号" "Closed",
        ClosedMajor "closed_major" "已销号重大隐患" "Major hazards closed",
        Open "open" "未销号" "Open",
        OpenMajor "open_major" "未销号重大隐患" "Open major hazards",
        Overdue "overdue" "逾期未整改" "Overdue",
        LookBacks "look_backs" "回头看" "Look-backs",
        LookBackPassed "look_back_passed" "回头看通过" "Look-backs passed",
        RepeatChecks "repeat_checks" "反复查" "Repeat checks",
        RepeatCheckPassed "repeat_check_passed" "反复查通过" "Repeat checks passed",
        Reopened "reopened" "复发隐患" "Reopened",
        NotEstablished "not_established" "不成立" "Not established",
        Awaiting "awaiting" "已整改待销号" "Rectified, to be closed",
        VisitsLicence "visits_licence" "检查生产许可管理企业" "Visits under production licence",
        VisitsCcc "visits_ccc" "检查CCC管理企业" "Visits under CCC",
        VisitsOther "visits_other" "检查其他企业" "Visits under neither",
        VisitsSpecial "visits_special" "专项现场检查" "Special on-site checks",
    }
    /// Where the product was met.
    pub enum Field {
        Production "production" "生产领域" "Production",
        Circulation "circulation" "流通领域" "Circulation",
        Online "online" "网络销售" "Online",
        Rural "rural" "农村市场" "Rural market",
    }
}

impl Kind {
    /// Where the page of a thing of this kind is; none for those that have no page of their own.
    pub fn page(self, thing: &str) -> Option<String> {
        let folder = match self {
            Self::Account => "accounts",
            Self::Office => "offices",
            Self::Enterprise => "enterprises",
            Self::Campaign => "campaigns",
            Self::PackDraft => "pack-drafts",
            Self::Hazard => "hazards",
            Self::Inspection => "inspections",
            Self::Document => "documents",
            Self::Import => "imports",
            Self::Sign => "signs",
            Self::Target => "targets",
            Self::Task => "tasks",
            Self::Assignment => "assignments",
            Self::TaskForce => "task-forces",
            Self::Meeting => "meetings",
            Self::Return => "returns",
            Self::Reminder => "reminders",
            Self::Assessment => "assessments",
            Self::File | Self::Certificate | Self::Pack | Self::LookBack => return None,
        };
        Some(format!("/{folder}/{thing}"))
    }
}

impl Figure {
    /// The unit it is counted in: 家次 (visits) and 家 (enterprises) are never mixed.
    pub const fn unit(self, lang: Lang) -> &'static str {
        match self {
            Self::Visits | Self::VisitsLicence | Self::VisitsCcc | Self::VisitsOther | Self::VisitsSpecial => {
                lang.say("家次", "visits")
            }
            Self::Inspected => lang.say("家", "enterprises"),
            Self::Inspectors => lang.say("人次", "person-visits"),
            Self::Ordered => lang.say("份", "orders"),
            Self::LookBacks | Self::LookBackPassed => lang.say("家次", "look-backs"),
            Self::RepeatChecks | Self::RepeatCheckPassed => lang.say("家次", "repeat checks"),
            _ => lang.say("项", ""),
        }
    }

    /// Whether it counts enterprises once each (家), not occurrences (家次, 项).
    pub const fn is_distinct(self) -> bool {
        matches!(self, Self::Inspected)
    }
}

/// What a figure can be broken down by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Dimensions {
    pub campaign: Option<CampaignId>,
    pub product: Option<String>,
    pub field: Option<Field>,
    /// Code of the problem, for a hazard that was found.
    pub problem: Option<String>,
    /// Days from finding to close-out, for a hazard that was closed.
    pub days: Option<i64>,
    pub enterprise: Option<EnterpriseId>,
    pub place: PlaceKey,
}

/// A place that can be ordered and compared.
pub type PlaceKey = [Option<OfficeId>; 4];

/// A place as a key of dimensions.
pub fn key_of(place: &Place) -> PlaceKey {
    [place.province, place.city, place.county, place.station]
}

/// A thing that has a life, seen by the record.
pub trait Thing: Serialize {
    /// Its kind.
    const KIND: Kind;
    /// Its id, as text.
    fn id(&self) -> String;
    /// What people call it.
    fn name(&self) -> String;
    /// Where it stands.
    fn place(&self) -> Place;
    /// The enterprise it concerns.
    fn enterprise(&self) -> Option<EnterpriseId> {
        None
    }
    /// The campaign it belongs to.
    fn campaign(&self) -> Option<CampaignId> {
        None
    }
    /// What it contributes to the figures as it is now. The record notes the difference to what it contributed before,
    /// so that the sum of all facts is at every moment the count of all things.
    fn counts(&self) -> Vec<Count> {
        Vec::new()
    }
    /// Fields that the event must not repeat: secrets, and what stands in its own table.
    fn hidden() -> &'static [&'static str] {
        &[]
    }
}

/// A contribution to a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub figure: Figure,
    pub amount: i64,
    pub by: Dimensions,
}

/// What must be added to the figures when contributions change from `before` to `after`.
pub fn difference(before: Vec<Count>, after: Vec<Count>) -> Vec<Count> {
    let mut sum: BTreeMap<(Figure, Dimensions), i64> = BTreeMap::new();
    for (sign, counts) in [(-1, before), (1, after)] {
        for count in counts {
            *sum.entry((count.figure, count.by)).or_default() += sign * count.amount;
        }
    }
    sum.into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|((figure, by), amount)| Count { figure, amount, by })
        .collect()
}

/// Which fields changed: name → [before, after].
pub fn changes(before: Option<&Value>, after: &Value, hidden: &[&str]) -> Value {
    let none = Map::new();
    let before = before.and_then(Value::as_object).unwrap_or(&none);
    let after = after.as_object().unwrap_or(&none);
    let changed = after.iter().filter(|(name, value)| {
        !hidden.contains(&name.as_str())
            && name.as_str() != "version"
            && before.get(*name).unwrap_or(&Value::Null) != *value
    });
    let pair = |(name, value): (&String, &Value)| {
        (name.clone(), Value::Array(vec![before.get(name).cloned().unwrap_or(Value::Null), value.clone()]))
    };
    Value::Object(changed.map(pair).collect())
}

row! {
    /// An event (事件): one act that happened. It is the audit trail, the timeline, the queue and the leaf of the log.
    #[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
    pub struct Event {
        pub id: EventId,
        pub at: Moment,
        pub actor: AccountId,
        pub actor_name: String,
        /// The office for which the actor acted.
        pub office: OfficeId,
        pub kind: Kind,
        /// Id of the thing.
        pub thing: String,
        /// What people called the thing then.
        pub name: String,
        /// What was done: the verb of the capability.
        pub verb: String,
        /// Why, in the actor's words.
        pub note: Option<String>,
        /// Which fields changed: name → [before, after].
        #[schema(value_type = Object)]
        pub change: Value,
        pub campaign: Option<CampaignId>,
        pub enterprise: Option<EnterpriseId>,
        /// Its place in the transparency log; none while it waits for it.
        pub sealed: Option<i64>,
    }
}

impl Event {
    /// The changed fields, for the timeline: name, before, after.
    pub fn changed(&self) -> Vec<(String, String, String)> {
        let show = |v: &Value| match v {
            Value::Null => "–".to_owned(),
            Value::String(s) => s.clone(),
            other => other.to_string(),
        };
        let fields = self.change.as_object().into_iter().flatten();
        fields.map(|(name, pair)| (name.clone(), show(&pair[0]), show(&pair[1]))).collect()
    }

    /// Who did it, as people call them; the system by its name in the reader's language.
    pub fn who(&self, lang: Lang) -> &str {
        let system = Role::System;
        if self.actor_name == system.label(Lang::Zh) { system.label(lang) } else { &self.actor_name }
    }

    /// Whether it is in the sealed record, in the reader's language.
    pub const fn seal(&self, lang: Lang) -> &'static str {
        if self.sealed.is_some() { lang.say("已存证", "sealed") } else { lang.say("待存证", "to be sealed") }
    }

    /// The day and minute.
    pub fn when(&self, _lang: Lang) -> String {
        self.at.minute()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(figure: Figure, amount: i64) -> Count {
        Count { figure, amount, by: Dimensions::default() }
    }

    #[test]
    fn only_the_difference_is_recorded() {
        let before = vec![count(Figure::Found, 1), count(Figure::Open, 1)];
        let after = vec![count(Figure::Found, 1), count(Figure::Closed, 1)];
        assert_eq!(difference(before, after), [count(Figure::Closed, 1), count(Figure::Open, -1)]);
    }

    #[test]
    fn a_move_takes_away_here_and_adds_there() {
        let there = Dimensions { product: Some("03".into()), ..Dimensions::default() };
        let after = vec![Count { by: there.clone(), ..count(Figure::Found, 1) }];
        let facts = difference(vec![count(Figure::Found, 1)], after);
        assert_eq!(facts.iter().map(|f| f.amount).sum::<i64>(), 0);
        assert_eq!(facts.len(), 2);
    }

    #[test]
    fn a_change_names_before_and_after() {
        let (a, b) = (
            serde_json::json!({"state": "found", "x": 1}),
            serde_json::json!({"state": "ordered", "x": 1, "pin": "9"}),
        );
        assert_eq!(changes(Some(&a), &b, &["pin"]), serde_json::json!({"state": ["found", "ordered"]}));
    }
}
