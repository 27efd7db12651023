//! A scoring sheet: what an office came to in each aspect, as of a day, with the reason. Once fixed it is kept as it was.

use crate::{
    campaigns::AssessmentRule,
    kernel::{CampaignId, Error, Lang, Moment, OfficeId, Result, secret::sha256},
    people::Level,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The scoring sheet (质量工作考核评分表) of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AssessmentSheet)]
pub struct Sheet {
    pub campaign: CampaignId,
    pub campaign_zh: String,
    pub campaign_en: String,
    pub office: OfficeId,
    pub code: String,
    pub office_zh: String,
    pub office_en: String,
    pub level: Level,
    /// The last day that counts.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// What was recorded later does not count.
    pub as_of: Moment,
    pub lines: Vec<Line>,
    /// Of a hundred points, in hundredths; none where nothing could be scored. Lines without anything to score are left
    /// out, and the others count for the whole.
    pub total: Option<i64>,
}

/// A line of a scoring sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AssessmentLine)]
pub struct Line {
    #[serde(flatten)]
    pub rule: AssessmentRule,
    pub part: i64,
    pub whole: i64,
    /// The part of the whole in hundredths of a per cent, rounded down; none where there is nothing to measure.
    pub share: Option<i64>,
    /// Points in hundredths; none where there is nothing to measure.
    pub mark: Option<i64>,
    pub reason_zh: String,
    pub reason_en: String,
    /// Address of the records or returns that it rests on.
    pub records: String,
}

impl Sheet {
    /// The office in the reader's language.
    pub fn label(&self, lang: Lang) -> &str {
        lang.say(&self.office_zh, &self.office_en)
    }

    /// The total as people write it.
    pub fn points(&self) -> String {
        points(self.total)
    }

    /// Where it is looked at, with the sheets of the offices below.
    pub fn href(&self) -> String {
        format!("/assessments?campaign={}&office={}&as_of={}", self.campaign, self.office, self.day)
    }

    /// The line with this code.
    pub fn line(&self, code: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.rule.code == code)
    }

    /// As it is kept, and its SHA-256.
    pub fn frozen(&self) -> Result<(String, String)> {
        let content = serde_json::to_string(self).map_err(Error::broken)?;
        let digest = sha256(content.as_bytes());
        Ok((content, digest))
    }

    /// From what was kept; refused when it is not what was fixed.
    pub fn thawed(content: &str, digest: &str) -> Result<Self> {
        if sha256(content.as_bytes()) != digest {
            return Err(Error::broken("a fixed scoring sheet is not what its digest says"));
        }
        serde_json::from_str(content).map_err(Error::broken)
    }
}

impl Line {
    /// Why it has its points, in the reader's language.
    pub fn reason(&self, lang: Lang) -> &str {
        lang.say(&self.reason_zh, &self.reason_en)
    }

    /// Its points as people write them.
    pub fn points(&self) -> String {
        points(self.mark)
    }

    /// Its share as people write it.
    pub fn percent(&self) -> String {
        percent(self.share)
    }

    /// The page that shows what [`Line::records`] lists.
    pub fn page(&self) -> String {
        match self.records.strip_prefix("/api/v1/figures/records") {
            Some(query) => format!("/board/records{query}"),
            None => self.records.trim_start_matches("/api/v1").to_owned(),
        }
    }
}

/// Points of a hundred in hundredths, over the lines that could be scored: weight in points, mark in hundredths.
pub fn total(lines: impl IntoIterator<Item = (i64, Option<i64>)>) -> Option<i64> {
    let scored = lines.into_iter().filter_map(|(weight, mark)| Some((weight, mark?)));
    let (weights, marks) = scored.fold((0, 0), |(w, m), (weight, mark)| (w + weight, m + mark));
    (weights > 0).then(|| marks * 100 / weights)
}

/// Hundredths as people write them: 1850 is 18.50. A dash where there is none.
pub fn points(hundredths: Option<i64>) -> String {
    hundredths.map_or_else(|| "–".to_owned(), |n| format!("{}.{:02}", n / 100, n % 100))
}

/// A share in hundredths of a per cent as people write it: 9166 is 91.66%.
pub fn percent(share: Option<i64>) -> String {
    share.map_or_else(|| "–".to_owned(), |n| format!("{}%", points(Some(n))))
}

/// Points that somebody wrote, in hundredths: 18, 18.5, 18.50.
pub fn hundredths(text: &str) -> Option<i64> {
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let digits = |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole, 3) || !digits(rest, 2) {
        return None;
    }
    let rest: i64 = format!("{rest:0<2}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 100 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_anything_to_score_are_left_out_of_the_total() {
        assert_eq!(total([(15, Some(1500)), (10, Some(500)), (20, None)]), Some(8000), "20 points of 25");
        assert_eq!(total([(20, None)]), None);
    }

    #[test]
    fn points_go_in_as_they_come_out() {
        for (text, n) in [("18", 1800), ("18.5", 1850), ("0.05", 5), (" 100.00 ", 10_000)] {
            assert_eq!(hundredths(text), Some(n));
        }
        assert_eq!(points(Some(1805)), "18.05");
        for wrong in ["", "-1", "1e2", "1.234", ".5", "1.", "１", "1000"] {
            assert_eq!(hundredths(wrong), None, "{wrong}");
        }
    }
}
