//! What a device was given, thing by thing, and what it needs to be told now. No database, no clock.

use crate::kernel::{AccountId, EnterpriseId, ManifestId, Moment};
use std::collections::{BTreeMap, BTreeSet};

row! {
    /// What a device was given.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Manifest {
        pub id: ManifestId,
        pub account: AccountId,
        /// The device that asked; empty when it did not say which it is.
        pub device: String,
        pub made_at: Moment,
        /// A line for each thing: its id and the mark of what it was.
        pub things: String,
        /// What is to be sent, in this order: a line for each, its id and the enterprise that it is read with.
        pub send: String,
        /// The ids of what is no longer the device's, a line each.
        pub gone: String,
    }
}

/// What there is to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    pub send: Vec<String>,
    pub gone: Vec<String>,
}

impl Manifest {
    /// The ids to be sent, each with the enterprise that it is read with.
    pub fn send(&self) -> Vec<(&str, Option<EnterpriseId>)> {
        let line =
            |line| str::split_once(line, ' ').map_or((line, None), |(id, of)| (id, EnterpriseId::parse(of).ok()));
        self.send.lines().map(line).collect()
    }

    /// The ids of what is gone.
    pub fn gone(&self) -> Vec<String> {
        self.gone.lines().map(str::to_owned).collect()
    }
}

/// What has to be told of `now`, things as (id, mark) in the order of sending, to who was given `before` (lines as a
/// manifest has them).
pub fn news(before: Option<&str>, now: &[(String, String)]) -> News {
    let given: BTreeMap<&str, &str> = before.unwrap_or_default().lines().filter_map(|l| l.split_once(' ')).collect();
    let here: BTreeSet<&str> = now.iter().map(|(id, _)| id.as_str()).collect();
    let is_news = |(id, mark): &&(String, String)| given.get(id.as_str()) != Some(&mark.as_str());
    News {
        send: now.iter().filter(is_news).map(|(id, _)| id.clone()).collect(),
        gone: given.keys().filter(|id| !here.contains(*id)).map(|id| (*id).to_owned()).collect(),
    }
}

/// The lines of things, as a manifest has them.
pub fn lines(things: &[(String, String)]) -> String {
    things.iter().map(|(id, mark)| format!("{id} {mark}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn things(marks: &[(u8, u8)]) -> Vec<(String, String)> {
        let unique: BTreeMap<u8, u8> = marks.iter().copied().collect();
        unique.into_iter().map(|(id, mark)| (format!("t{id}"), format!("m{mark}"))).collect()
    }

    #[test]
    fn who_has_nothing_is_sent_everything_in_order() {
        let now = vec![("b".to_owned(), "1".to_owned()), ("a".to_owned(), "1".to_owned())];
        assert_eq!(news(None, &now), News { send: vec!["b".into(), "a".into()], gone: vec![] });
    }

    proptest! {
        /// Whoever applies the news has exactly what there is.
        #[test]
        fn the_news_make_a_device_what_it_should_be(
            before in prop::collection::vec((0u8..20, 0u8..3), 0..20),
            after in prop::collection::vec((0u8..20, 0u8..3), 0..20),
        ) {
            let (before, after) = (things(&before), things(&after));
            let told = news(Some(&lines(&before)), &after);
            let mut device: BTreeMap<String, String> = before.iter().cloned().collect();
            device.retain(|id, _| !told.gone.contains(id));
            let now: BTreeMap<String, String> = after.iter().cloned().collect();
            for id in &told.send {
                prop_assert_ne!(device.get(id), now.get(id), "nothing is sent twice");
                device.insert(id.clone(), now[id].clone());
            }
            prop_assert_eq!(device, now);
        }
    }
}
