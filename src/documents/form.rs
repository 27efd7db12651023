//! The forms, and how their numbers are written: 正定市监责改〔2023〕12号.

use crate::people::{Level, Office};

words! {
    /// The forms of documents, one for each kind that can be printed.
    pub enum Form {
        OnSiteRecord "on_site_record" "现场检查记录" "On-site inspection record",
        CorrectionOrder "correction_order" "责令改正通知书" "Order to correct",
        RectificationReport "rectification_report" "整改报告" "Rectification report",
        RecheckRecord "recheck_record" "复查（验收）记录" "Re-check record",
        CloseOutApproval "close_out_approval" "销号审批表" "Close-out approval",
        SupervisedHandling "supervised_handling" "挂牌督办通知书" "Notice of supervised handling",
        ReminderLetter "reminder_letter" "督促提醒函" "Letter of reminder",
        Circular "circular" "通报" "Circular",
        TalkNotice "talk_notice" "约谈通知书" "Notice of a formal talk",
        TalkRecord "talk_record" "约谈记录" "Record of a formal talk",
        MeetingMinutes "meeting_minutes" "会议纪要" "Minutes of a meeting",
    }
    /// How a document reached its recipient (送达方式).
    pub enum Method {
        Direct "direct" "直接送达" "Handed over",
        Left "left" "留置送达" "Left on refusal",
        Electronic "electronic" "电子送达" "Electronic",
        Mail "mail" "邮寄送达" "By mail",
        Entrusted "entrusted" "委托送达" "Through another office",
        Forwarded "forwarded" "转交送达" "Forwarded",
        Announced "announced" "公告送达" "Public announcement",
    }
}

impl Form {
    /// The form of a printable document; none for a table, which bears no number and is no document of its own.
    pub const fn of(paper: &paper::Document) -> Option<Self> {
        use paper::Document as D;
        Some(match paper {
            D::OnSiteRecord(_) => Self::OnSiteRecord,
            D::CorrectionOrder(_) => Self::CorrectionOrder,
            D::RectificationReport(_) => Self::RectificationReport,
            D::RecheckRecord(_) => Self::RecheckRecord,
            D::CloseOutApproval(_) => Self::CloseOutApproval,
            D::SupervisedHandling(_) => Self::SupervisedHandling,
            D::ReminderLetter(_) => Self::ReminderLetter,
            D::Circular(_) => Self::Circular,
            D::TalkNotice(_) => Self::TalkNotice,
            D::TalkRecord(_) => Self::TalkRecord,
            D::MeetingMinutes(_) => Self::MeetingMinutes,
            D::StatisticalTable(_) => return None,
        })
    }

    /// The word of its series, between the office's word and the year (发文代字的文种).
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnSiteRecord => "现检",
            Self::CorrectionOrder => "责改",
            Self::RectificationReport => "整报",
            Self::RecheckRecord => "复查",
            Self::CloseOutApproval => "销号",
            Self::SupervisedHandling => "督办",
            Self::ReminderLetter => "督提",
            Self::Circular => "通报",
            Self::TalkNotice => "约谈",
            Self::TalkRecord => "约录",
            Self::MeetingMinutes => "纪要",
        }
    }

    /// Whether it stays among offices: the enterprise it concerns does not see it.
    pub const fn is_internal(self) -> bool {
        matches!(
            self,
            Self::CloseOutApproval
                | Self::SupervisedHandling
                | Self::ReminderLetter
                | Self::Circular
                | Self::MeetingMinutes
        )
    }

    /// Whether the enterprise writes it. Its number is then our register's and is not printed on it.
    pub const fn is_theirs(self) -> bool {
        matches!(self, Self::RectificationReport)
    }
}

impl Method {
    /// Whether the service is proved by more than the recipient's name: what was seen, sent or announced.
    pub const fn needs_proof(self) -> bool {
        matches!(self, Self::Left | Self::Mail | Self::Announced)
    }
}

/// A number as it is printed.
pub fn number(word: &str, form: Form, year: i16, serial: i64) -> String {
    format!("{word}{}〔{year}〕{serial}号", form.word())
}

/// The one-character names of provinces, and the Corps, which reports as one. The Corps stands before Xinjiang.
const PROVINCES: &[(&str, &str)] = &[
    ("北京", "京"),
    ("天津", "津"),
    ("河北", "冀"),
    ("山西", "晋"),
    ("内蒙古", "内"),
    ("辽宁", "辽"),
    ("吉林", "吉"),
    ("黑龙江", "黑"),
    ("上海", "沪"),
    ("江苏", "苏"),
    ("浙江", "浙"),
    ("安徽", "皖"),
    ("福建", "闽"),
    ("江西", "赣"),
    ("山东", "鲁"),
    ("河南", "豫"),
    ("湖北", "鄂"),
    ("湖南", "湘"),
    ("广东", "粤"),
    ("广西", "桂"),
    ("海南", "琼"),
    ("重庆", "渝"),
    ("四川", "川"),
    ("贵州", "黔"),
    ("云南", "云"),
    ("西藏", "藏"),
    ("陕西", "陕"),
    ("甘肃", "甘"),
    ("青海", "青"),
    ("宁夏", "宁"),
    ("新疆生产建设兵团", "兵团"),
    ("新疆", "新"),
];

/// What a region's name ends in and its short name goes without.
const ENDINGS: &[&str] = &["自治州", "自治县", "自治旗", "地区", "新区", "省", "市", "区", "县", "旗", "盟", "州"];

/// The words that an office may number its documents by while the administrator has set none, the best first.
///
/// The rule: what its name says before 市场监督管理 (without the name of the office above it), shortened — a province to
/// its one character, any other region by its ending — and 市监. 正定县市场监督管理局 is 正定市监, 河北省 is 冀市监. The
/// second choice, for the many counties of one name, puts the short name of the office above before it: 石家庄新华市监.
pub fn words_of(office: &Office, above: Option<&Office>) -> Vec<String> {
    let own = short(region(&office.name, above), office.level);
    let longer = above.map(|a| format!("{}{own}", short(region(&a.name, None), a.level)));
    [Some(own), longer].into_iter().flatten().map(|short| format!("{short}市监")).collect()
}

fn region<'n>(name: &'n str, above: Option<&Office>) -> &'n str {
    let own = before_bureau(name);
    let rest = above.and_then(|a| own.strip_prefix(before_bureau(&a.name)));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(own)
}

fn before_bureau(name: &str) -> &str {
    let end = ["市场监督管理", "市场监管"].iter().find_map(|bureau| name.find(bureau));
    let region = end.map_or_else(|| name.trim_end_matches('局'), |end| &name[..end]);
    if region.is_empty() { name } else { region }
}

fn short(region: &str, level: Level) -> String {
    let province = || PROVINCES.iter().find(|(name, _)| region.starts_with(name)).map(|(_, short)| *short);
    let without = |ending: &&str| region.strip_suffix(*ending).filter(|rest| rest.chars().count() > 1);
    match level {
        Level::Nation => "国".to_owned(),
        Level::Province => province().unwrap_or(region).to_owned(),
        _ => ENDINGS.iter().find_map(without).unwrap_or(region).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Moment, OfficeId};

    fn office(name: &str, level: Level) -> Office {
        Office {
            id: OfficeId::new(Moment::from_millis(0)),
            code: String::new(),
            name: name.into(),
            name_en: String::new(),
            level,
            parent: None,
            province: None,
            city: None,
            county: None,
            station: None,
            region: String::new(),
            active: true,
            version: 1,
        }
    }

    fn first(name: &str, level: Level) -> String {
        words_of(&office(name, level), None).remove(0)
    }

    #[test]
    fn the_word_comes_from_the_name() {
        assert_eq!(first("国家市场监督管理总局", Level::Nation), "国市监");
        assert_eq!(first("河北省市场监督管理局", Level::Province), "冀市监");
        assert_eq!(first("新疆生产建设兵团市场监督管理局", Level::Province), "兵团市监");
        assert_eq!(first("石家庄市市场监督管理局", Level::City), "石家庄市监");
        assert_eq!(first("正定县市场监督管理局", Level::County), "正定市监");
        assert_eq!(first("井陉矿区市场监管局", Level::County), "井陉矿市监");
        assert_eq!(first("郊区市场监督管理局", Level::County), "郊区市监");
        assert_eq!(first("市场监督管理局", Level::County), "市场监督管理局市监");
    }

    #[test]
    fn a_second_choice_tells_counties_of_one_name_apart() {
        let city = office("石家庄市市场监督管理局", Level::City);
        let county = office("新华区市场监督管理局", Level::County);
        assert_eq!(words_of(&county, Some(&city)), ["新华市监", "石家庄新华市监"]);
        let whole = office("石家庄市正定县市场监督管理局", Level::County);
        assert_eq!(words_of(&whole, Some(&city))[0], "正定市监");
    }

    #[test]
    fn series_words_differ_and_codes_are_those_of_the_paper() {
        let mut words: Vec<_> = Form::ALL.iter().map(|f| f.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Form::ALL.len());
        assert_eq!(number("正定市监", Form::CorrectionOrder, 2023, 12), "正定市监责改〔2023〕12号");
        for form in Form::ALL {
            let paper: paper::Document = serde_json::from_value(serde_json::json!({ "kind": form.code() })).unwrap();
            assert_eq!(Form::of(&paper), Some(*form));
        }
    }
}
