//! What offices are judged by (质量工作考核评分): the table `assessment.csv`. Clause: S-1c.

use super::{
    cell::{cell_words, table},
    check::range,
    draft::Draft,
    finding::Findings,
};
use crate::{kernel::Lang, reference::Certainty};

words! {
    /// What is looked at: a share, counted from records and returns.
    #[schema(as = AssessedAspect)]
    pub enum Aspect {
        Reported "reported" "已报报表占应报报表" "Returns submitted of those due",
        InTime "in_time" "按期报送占应报报表" "Returns submitted in time of those due",
        Progress "progress" "已检查企业占按时间进度应检查企业" "Enterprises inspected of those due by now",
        Closing "closing" "已销号占发现隐患" "Hazards closed out of those found",
        Overdue "overdue" "逾期未整改占发现隐患" "Hazards overdue of those found",
        LookBack "look_back" "通过占“回头看”家次" "Look-backs passed of those made",
        Doubtful "doubtful" "核实存疑占检查家次" "Visits found doubtful of those made",
        Refused "refused" "未入账提交与检查家次之比" "Submissions refused for each hundred visits",
        Unnamed "unnamed" "无统一社会信用代码占登记企业" "Enterprises without a credit code of those registered",
    }
}

cell_words!(Aspect);

table! {
    /// A line of the scoring sheet: so many points, all at one share, none at the other, in proportion between.
    pub struct AssessmentRule by(code) {
        code: String,
        zh: String,
        en: String,
        aspect: Aspect,
        /// Points at the most.
        weight: i64,
        /// The share, in per cent, at which it has all of them …
        full: i64,
        /// … and at which it has none. Where this is the greater one, less is better.
        zero: i64,
        clause: Vec<String>,
        source: String,
        certainty: Certainty,
    }
}

impl AssessmentRule {
    /// Its name in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }

    /// How points are given, in words: 95%及以上得满分，50%及以下不得分.
    pub fn scale(&self, lang: Lang) -> String {
        let (full, zero) = (self.full, self.zero);
        match (full > zero, lang) {
            (true, Lang::Zh) => format!("{full}%及以上得满分，{zero}%及以下不得分，其间按比例"),
            (true, Lang::En) => format!("all points from {full}% on, none up to {zero}%, in proportion between"),
            (false, Lang::Zh) => format!("{full}%及以下得满分，{zero}%及以上不得分，其间按比例"),
            (false, Lang::En) => format!("all points up to {full}%, none from {zero}% on, in proportion between"),
        }
    }

    /// Hundredths of points for a share in hundredths of a per cent, rounded down.
    pub const fn mark(&self, share: i64) -> i64 {
        let (all, over, span) = (self.weight * 100, share - self.zero * 100, (self.full - self.zero) * 100);
        let mark = if span == 0 { 0 } else { all * over / span };
        if mark < 0 {
            0
        } else if mark > all {
            all
        } else {
            mark
        }
    }
}

/// Whether every line can be scored.
pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for line in &draft.assessment {
        let rule = &line.row;
        // ten times as much as there should be is the most that a share can say
        let numbers = [("weight", rule.weight, 1, 100), ("full", rule.full, 0, 1000), ("zero", rule.zero, 0, 1000)];
        for (field, number, least, most) in numbers {
            if !(least..=most).contains(&number) {
                findings.error(&line.at, field, range(number, least, most));
            }
        }
        if rule.full == rule.zero {
            findings.error(&line.at, "zero", super::finding::SAME_SHARE.with("share", rule.full));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(full: i64, zero: i64) -> AssessmentRule {
        AssessmentRule {
            code: "x".into(),
            zh: "某项".into(),
            en: "Something".into(),
            aspect: Aspect::Closing,
            weight: 20,
            full,
            zero,
            clause: Vec::new(),
            source: "D".into(),
            certainty: Certainty::Design,
        }
    }

    #[test]
    fn points_go_in_proportion_from_none_to_all() {
        let more = rule(95, 50);
        assert_eq!([0, 5000, 7250, 9500, 10_000].map(|share| more.mark(share)), [0, 0, 1000, 2000, 2000]);
        assert_eq!(more.mark(5001), 0, "rounded down");
        let less = rule(0, 10);
        assert_eq!([0, 250, 1000, 4000].map(|share| less.mark(share)), [2000, 1500, 0, 0]);
    }
}
