//! The searches that were answered lately: a bounded list in memory, for whoever runs the node.

use std::collections::VecDeque;
use std::time::Duration;

use parking_lot::Mutex;

/// The most searches that are kept.
const KEPT: usize = 200;
/// The longest text of one that is kept, in characters.
const MAX_TEXT: usize = 120;

/// A search that was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The kind: `gif.partial`, `picture`, `listing`, `elasticsearch`, …
    pub kind: &'static str,
    /// What was looked for, where it is a text; cut when it is long.
    pub text: Option<String>,
    /// How many were found.
    pub found: u64,
    /// How long it took, without its wait for a thread.
    pub took: Duration,
}

/// The last searches.
#[derive(Debug, Default)]
pub struct RecentSearches(Mutex<VecDeque<Search>>);

impl RecentSearches {
    /// Keeps a search; the oldest one goes when there are too many.
    pub fn note(&self, kind: &'static str, text: Option<&str>, found: u64, took: Duration) {
        let search = Search {
            at: engine::clock::now_millis(),
            kind,
            text: text.map(|text| text.chars().take(MAX_TEXT).collect()),
            found,
            took,
        };
        let mut kept = self.0.lock();
        if kept.len() >= KEPT {
            kept.pop_back();
        }
        kept.push_front(search);
    }

    /// The searches, newest first.
    pub fn list(&self) -> Vec<Search> {
        self.0.lock().iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay() {
        let recent = RecentSearches::default();
        for number in 0..250 {
            recent.note("listing", None, number, Duration::from_millis(number));
        }
        recent.note("gif.partial", Some(&"猫".repeat(500)), 3, Duration::ZERO);
        let list = recent.list();
        assert_eq!(list.len(), KEPT);
        assert_eq!(list[0].text, Some("猫".repeat(MAX_TEXT)));
        assert_eq!((list[1].found, list[199].found), (249, 51));
    }
}
