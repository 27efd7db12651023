//! Addresses of a list: the same filters on another page, in another order, as a file.

use super::Sent;

/// `path` with the filters as they are, the paging left out.
pub fn same(path: &str, sent: &Sent) -> String {
    with(path, sent, &[])
}

/// The next page of a list; empty on the last one.
pub fn next(path: &str, sent: &Sent, after: Option<&str>) -> String {
    after.map(|after| with(path, sent, &[("after", after)])).unwrap_or_default()
}

/// A head that sorts its list: the address that sorts by it, and how the list is sorted by it now: `up`, `down`, or not
/// (empty). `fresh` is the order that a first click gives, such as `-found`; `usual` is the list's when the reader asks for
/// none.
pub fn sorted(path: &str, sent: &Sent, fresh: &str, usual: &str) -> (String, &'static str) {
    let now = match sent.value("sort") {
        "" => usual,
        asked => asked,
    };
    let name = fresh.trim_start_matches('-');
    let (wanted, way) = match now.strip_prefix('-') {
        Some(now) if now == name => (name.to_owned(), "down"),
        None if now == name => (format!("-{name}"), "up"),
        _ => (fresh.to_owned(), ""),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    let kept = sent.pairs().filter(|(name, value)| !matches!(*name, "after" | "sort") && !value.is_empty());
    query.extend_pairs(kept).append_pair("sort", &wanted);
    (format!("{path}?{}", query.finish()), way)
}

fn with(path: &str, sent: &Sent, more: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in sent.pairs().filter(|(name, value)| *name != "after" && !value.is_empty()) {
        query.append_pair(name, value);
    }
    query.extend_pairs(more);
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        Sent::new(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn a_head_turns_its_order_and_keeps_the_filters() {
        let of = |pairs: &[(&str, &str)], fresh| sorted("/hazards", &sent(pairs), fresh, "-found");
        assert_eq!(of(&[], "-found"), ("/hazards?sort=found".to_owned(), "down"));
        assert_eq!(of(&[], "due"), ("/hazards?sort=due".to_owned(), ""));
        let due = [("state", "ordered"), ("sort", "due"), ("after", "x"), ("severity", "")];
        assert_eq!(of(&due, "due"), ("/hazards?state=ordered&sort=-due".to_owned(), "up"));
        assert_eq!(of(&due, "-found"), ("/hazards?state=ordered&sort=-found".to_owned(), ""));
        assert_eq!(of(&[("q", "恒达")], "-found").1, "down", "what a search has found stands in the list's order");
    }
}
