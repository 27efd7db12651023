//! When two names may be one: spelling, brackets and legal form taken away, then pairs of characters compared.

use crate::kernel::text;

/// What the law appends to names, the longer before the shorter. Taken away for comparison only.
const FORMS: &[&str] = &["有限责任公司", "股份有限公司", "有限公司", "股份公司", "公司"];

/// From which likeness on two names of one region are taken to be possibly one, in hundredths.
pub const ALIKE: usize = 60;

/// The name without what spelling changes: full-width forms, brackets, spaces, punctuation, legal form.
pub fn plain(name: &str) -> String {
    let kept: String = text::plain(name).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let form = FORMS.iter().find(|form| kept.ends_with(*form) && kept.len() > form.len());
    form.map_or_else(|| kept.clone(), |form| kept[..kept.len() - form.len()].to_owned())
}

/// The pairs of neighbouring characters of the plain name.
pub fn pairs(name: &str) -> Vec<String> {
    text::pieces(&plain(name))
}

/// How alike two names are, in hundredths: shared pairs by all pairs (Jaccard).
pub fn likeness(a: &str, b: &str) -> usize {
    let (a, b) = (pairs(a), pairs(b));
    let shared = a.iter().filter(|pair| b.contains(pair)).count();
    let all = a.len() + b.len() - shared;
    if all == 0 { 0 } else { shared * 100 / all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_and_legal_form_do_not_matter() {
        for name in [
            "正定县恒达水泥有限责任公司",
            "正定县恒达水泥 有限公司",
            "（正定县）恒达水泥有限公司",
            "正定县恒达水泥股份有限公司",
        ] {
            assert_eq!(plain(name), "正定县恒达水泥", "{name}");
        }
        assert_eq!(plain("公司"), "公司");
    }

    #[test]
    fn a_changed_character_is_still_alike_and_another_trade_is_not() {
        assert!(likeness("正定县恒达水泥有限公司", "正定恒达水泥有限责任公司") >= ALIKE);
        assert!(likeness("正定县恒达水泥有限公司", "正定县鸿运电线电缆有限公司") < ALIKE);
        assert_eq!(likeness("", "…"), 0);
    }
}
