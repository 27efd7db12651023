//! The rules of the ladder over lower offices (督促规则), as the author of a pack writes them.

use super::cell::{cell_words, table};
use crate::{kernel::Lang, people::Level, reference::Certainty};

words! {
    /// What shows that a lower office is behind.
    #[schema(as = LadderMeasure)]
    pub enum Measure {
        Overdue "overdue" "逾期未整改的隐患" "Hazards overdue",
        Undecided "undecided" "发现后未处置的隐患" "Hazards not dealt with",
        LookBack "look_back" "逾期未开展的回头看、反复查" "Look-backs and repeat checks not made",
        Visits "visits" "逾期未开展的计划检查" "Planned visits not made",
        Closing "closing" "隐患销号率" "Share of hazards closed out",
        Plan "plan" "任务完成数占应达进度" "Done, of what should be done by now",
        Unaccepted "unaccepted" "逾期未接收的目标任务" "Targets not accepted",
        Undivided "undivided" "未分解到位的目标任务" "Targets not divided to the end",
        Silent "silent" "逾期未报送的统计报表" "Returns not submitted",
        SentBack "sent_back" "退回后未重新报送的统计报表" "Returns sent back and not submitted again",
    }
}

cell_words!(Measure);

table! {
    /// From when on a lower office is reminded, called to a talk, criticised by circular (督促提醒、约谈、通报).
    pub struct LadderRule by(code) {
        code: String,
        zh: String,
        en: String,
        measure: Measure,
        /// The level of the offices that it is about; the office above each decides.
        level: Level,
        /// So many, or more; of a share in per cent, less than that.
        amount: i64,
        /// … that have been so for more than so many days; of a share, not before so many days of the campaign.
        days: i64,
        /// Working days to answer.
        answer_days: i64,
        /// Days after which what an answer has promised must show, and a dismissed proposal may come again.
        again_days: i64,
        source: String,
        certainty: Certainty,
    }
}

impl Measure {
    /// Whether it is a share, of which little is bad.
    pub const fn is_share(self) -> bool {
        matches!(self, Self::Closing | Self::Plan)
    }

    /// The unit it is counted in.
    pub const fn unit(self, lang: Lang) -> &'static str {
        match self {
            Self::Closing | Self::Plan => "%",
            Self::Visits => lang.say("家次", "visits"),
            Self::Overdue | Self::Undecided | Self::LookBack => lang.say("项", "hazards"),
            Self::Unaccepted | Self::Undivided => lang.say("项", "targets"),
            Self::Silent | Self::SentBack => lang.say("期", "returns"),
        }
    }
}

impl LadderRule {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    /// The limit in words: 3 项及以上（超过 10 日）.
    pub fn limit(&self, lang: Lang) -> String {
        limit(self.measure, self.amount, self.days, lang)
    }
}

/// A limit in words.
pub fn limit(measure: Measure, amount: i64, days: i64, lang: Lang) -> String {
    let unit = measure.unit(lang);
    match (measure.is_share(), lang) {
        (true, Lang::Zh) if measure == Measure::Plan => format!("行动开展{days}日后低于应达进度的{amount}%"),
        (true, Lang::En) if measure == Measure::Plan => {
            format!("below {amount}% of what should be done, after {days} days of the campaign")
        }
        (true, Lang::Zh) => format!("行动开展{days}日后低于{amount}%"),
        (true, Lang::En) => format!("below {amount}% after {days} days of the campaign"),
        (false, Lang::Zh) => format!("超过{days}日的达到{amount}{unit}"),
        (false, Lang::En) => format!("{amount} {unit} or more for over {days} days"),
    }
}
