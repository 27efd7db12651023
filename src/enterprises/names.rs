//! When two names may be one: spelling, brackets and legal form taken away, then pairs of characters compared.

use crate::{kernel::text, reference::regions};

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

/// The plain name without the region it begins with (正定县, 石家庄, 河北省…), which all names of a region share.
pub fn core(name: &str, region: &str) -> String {
    let plain = plain(name);
    let above = regions::find(region).into_iter().flat_map(|r| std::iter::once(r).chain(r.ancestors()));
    let names: Vec<&str> = above.map(|r| r.name).collect();
    let mut rest = plain.as_str();
    while let Some(shorter) = names.iter().find_map(|name| without(rest, name)) {
        rest = shorter;
    }
    if rest.chars().count() < 2 { plain } else { rest.to_owned() }
}

/// What follows a region's name, written with its last character (县, 市, 省) or without.
fn without<'a>(text: &'a str, region: &str) -> Option<&'a str> {
    let short = region.char_indices().next_back().map_or(region, |(at, _)| &region[..at]);
    let short = Some(short).filter(|s| s.chars().count() > 1);
    text.strip_prefix(region).or_else(|| text.strip_prefix(short?))
}

/// The pairs of neighbouring characters of the core of a name.
pub fn pairs(name: &str, region: &str) -> Vec<String> {
    text::pieces(&core(name, region))
}

/// How alike two names of a region are, in hundredths: shared pairs by all pairs (Jaccard).
pub fn likeness(a: &str, b: &str, region: &str) -> usize {
    let (a, b) = (pairs(a, region), pairs(b, region));
    let shared = a.iter().filter(|pair| b.contains(pair)).count();
    let all = a.len() + b.len() - shared;
    (shared * 100).checked_div(all).unwrap_or(0)
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
        let alike = |a, b| likeness(a, b, "130123");
        assert_eq!(alike("正定县恒达水泥有限公司", "石家庄正定恒达水泥有限责任公司"), 100);
        assert!(alike("正定县恒达特种水泥制造有限公司", "河北恒达特种水泥制造厂") >= ALIKE);
        assert!(alike("正定县恒达水泥有限公司", "正定县鸿运水泥有限公司") < ALIKE);
        assert!(alike("正定县宏达商店", "正定县宏发商店") < ALIKE);
        assert_eq!(alike("", "…"), 0);
        assert_eq!(core("正定县", "130123"), "正定县");
    }
}
