//! Conditions of XLSForm as branches of a checklist: `${a} = 'yes' and (${b} = 'no' or ${b} = 'na')`.

use crate::campaigns::Answered;
use std::collections::BTreeMap;

/// Names of questions: the id of each, and what its choices mean.
pub type Known = BTreeMap<String, (String, BTreeMap<String, Answered>)>;

/// The branches that a condition means; none when it cannot be said so.
pub fn branches(condition: &str, known: &Known) -> Option<Vec<String>> {
    let condition = condition.trim();
    if condition.is_empty() {
        return Some(Vec::new());
    }
    let mut branches = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for all in condition.split(" and ") {
        let any: Vec<(&str, &str)> = bare(all).split(" or ").map(term).collect::<Option<_>>()?;
        let (name, _) = any[0];
        // “or” between two questions, and one question twice, have no branch that says the same
        if any.iter().any(|(other, _)| *other != name) || seen.contains(&name) {
            return None;
        }
        seen.push(name);
        let (id, meanings) = known.get(name)?;
        for (_, choice) in any {
            branches.push(format!("{id}={}", meanings.get(choice)?.code()));
        }
    }
    Some(branches)
}

/// Without the brackets around it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    inner.filter(|t| !t.contains(['(', ')'])).map_or(text, str::trim)
}

/// Question and choice of `${q} = 'x'` or `selected(${q}, 'x')`.
fn term(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let inner = text.strip_prefix("selected(").and_then(|t| t.strip_suffix(')'));
    let (name, choice) = match inner {
        Some(inner) => inner.split_once(',')?,
        None => bare(text).split_once('=').filter(|(name, _)| !name.ends_with(['!', '<', '>']))?,
    };
    let name = name.trim().strip_prefix("${")?.strip_suffix('}')?;
    let choice = choice.trim();
    let quoted = |mark: char| choice.strip_prefix(mark)?.strip_suffix(mark);
    Some((name, quoted('\'').or_else(|| quoted('"'))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_conditions_become_branches_and_others_do_not() {
        let meanings: BTreeMap<_, _> =
            [("yes", Answered::Conforms), ("no", Answered::Fails)].map(|(a, b)| (a.to_owned(), b)).into();
        let known: Known =
            [("a", "X-1"), ("b", "X-2")].map(|(name, id)| (name.to_owned(), (id.to_owned(), meanings.clone()))).into();
        let said = |text: &str| branches(text, &known).map(|b| b.join(" "));
        assert_eq!(said(" ").as_deref(), Some(""));
        assert_eq!(said("${a} = 'yes'").as_deref(), Some("X-1=conforms"));
        assert_eq!(said("${a}=\"no\" and selected(${b}, 'yes')").as_deref(), Some("X-1=fails X-2=conforms"));
        assert_eq!(
            said("(${a} = 'no' or ${a} = 'yes') and ${b}='no'").as_deref(),
            Some("X-1=fails X-1=conforms X-2=fails")
        );
        for other in [
            "${a} != 'yes'",
            "${a} = 'yes' or ${b} = 'yes'",
            "${c} = 'yes'",
            "${a} = 'maybe'",
            "${n} > 5",
            "true()",
            "${a}='no' and ${a}='yes'",
        ] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
