//! What has come of a campaign (六个“一批”): each outcome of the pack with its figure. Clause: G-3.

use super::Cell;
use crate::{campaigns::Pack, kernel::Lang};
use serde::Serialize;
use utoipa::ToSchema;

/// An outcome as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CampaignOutcome)]
pub struct Outcome {
    /// Its code in the pack.
    pub code: String,
    /// Its name in the reader's language.
    pub label: String,
    pub unit: String,
    /// What is counted, in words.
    pub rule: String,
    /// None where the system does not record it yet, which is not nothing.
    pub value: Option<i64>,
    /// Address of the records that it counts; empty where there are none.
    pub records: String,
}

/// The outcomes that a pack names, read off the figures of an office.
pub fn outcomes(pack: &Pack, cells: &[Cell], lang: Lang) -> Vec<Outcome> {
    let of = |rule: &crate::campaigns::OutcomeRule| {
        let cell = rule.figure().map(|figure| cells.iter().find(|cell| cell.figure == figure));
        Outcome {
            code: rule.code.clone(),
            label: rule.label(lang).to_owned(),
            unit: rule.unit(lang).to_owned(),
            rule: rule.rule(lang).to_owned(),
            value: cell.map(|cell| cell.map_or(0, |cell| cell.value)),
            records: cell.flatten().map(|cell| cell.records.clone()).unwrap_or_default(),
        }
    };
    pack.outcomes.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{campaigns, record::Figure};

    #[test]
    fn what_nobody_records_is_not_nothing() {
        let pack = Pack::built_in(campaigns::NATIONAL).unwrap();
        let cells = [Cell { value: 3, ..Cell::empty(Figure::ClosedMajor) }];
        let all = outcomes(&pack, &cells, Lang::Zh);
        let values: Vec<_> = all.iter().map(|outcome| outcome.value).collect();
        assert_eq!(values, [None, Some(3), None, None, None, None]);
        assert_eq!(outcomes(&pack, &[], Lang::Zh)[1].value, Some(0), "what is recorded may be nothing");
    }
}
