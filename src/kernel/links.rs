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

fn with(path: &str, sent: &Sent, more: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in sent.pairs().filter(|(name, value)| *name != "after" && !value.is_empty()) {
        query.append_pair(name, value);
    }
    query.extend_pairs(more);
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
