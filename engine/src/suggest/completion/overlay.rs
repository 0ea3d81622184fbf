//! Entries newer than the built completion.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;

use super::starts::later_words;
use super::{Accept, Candidate, Place};
use crate::suggest::fold::{fold, fold_prefix};

/// A small sorted set with the queries of a completion, for what changed since
/// that was built. A key that it holds, or holds as removed, hides the built
/// entries of the same key. A query looks at every match: rebuild the completion
/// when some ten thousand have come together.
#[derive(Debug, Default, Clone)]
pub struct Overlay {
    /// By key; none for the removed.
    items: HashMap<u64, Vec<Item>>,
    titles: BTreeSet<(String, At)>,
    words: BTreeSet<(String, At)>,
}

/// A key, and which of its texts.
type At = (u64, usize);

#[derive(Debug, Clone)]
struct Item {
    text: String,
    folded: String,
    weight: u32,
}

impl Overlay {
    /// An overlay that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of keys that differ from the built completion.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True when nothing differs.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Puts an entry in place of whatever had its key.
    pub fn insert(&mut self, text: &str, weight: u32, key: u64) {
        self.remove(key);
        self.add(text, weight, key);
    }

    /// Puts an entry beside those that have its key.
    pub fn add(&mut self, text: &str, weight: u32, key: u64) {
        let items = self.items.entry(key).or_default();
        let folded = fold(text);
        if folded.is_empty() {
            return;
        }
        let at = (key, items.len());
        for start in later_words(&folded) {
            let suffix = folded.get(usize::from(start)..).unwrap_or_default();
            self.words.insert((suffix.to_owned(), at));
        }
        self.titles.insert((folded.clone(), at));
        items.push(Item {
            text: text.to_owned(),
            folded,
            weight,
        });
    }

    /// Hides the entries with this key, here and in the built completion.
    pub fn remove(&mut self, key: u64) {
        self.unlink(key);
        self.items.insert(key, Vec::new());
    }

    /// Forgets what a new built completion now covers: the keys for which
    /// `keep` says false.
    pub fn retain(&mut self, mut keep: impl FnMut(u64) -> bool) {
        let gone: Vec<u64> = self
            .items
            .keys()
            .copied()
            .filter(|&key| !keep(key))
            .collect();
        for key in gone {
            self.unlink(key);
            self.items.remove(&key);
        }
    }

    /// Whether the built entry with this key is hidden.
    pub fn shadows(&self, key: u64) -> bool {
        self.items.contains_key(&key)
    }

    fn unlink(&mut self, key: u64) {
        let items = self.items.get_mut(&key).map(std::mem::take);
        for (number, item) in items.unwrap_or_default().into_iter().enumerate() {
            let at = (key, number);
            for start in later_words(&item.folded) {
                let suffix = item.folded.get(usize::from(start)..).unwrap_or_default();
                self.words.remove(&(suffix.to_owned(), at));
            }
            self.titles.remove(&(item.folded, at));
        }
    }

    /// As [`super::Completion::complete`].
    pub fn complete(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        let mut found = self.begins(prefix, limit, accept);
        if found.len() < limit {
            let seen = found.iter().map(|c| fold(&c.text)).collect();
            found.extend(self.find(prefix, Place::Word, limit - found.len(), &seen, accept));
        }
        found
    }

    /// As [`super::Completion::begins`].
    pub fn begins(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        self.find(prefix, Place::Beginning, limit, &HashSet::new(), accept)
    }

    /// As [`super::Completion::within`].
    pub fn within(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        self.find(prefix, Place::Word, limit, &HashSet::new(), accept)
    }

    /// As [`super::Completion::exact`].
    pub fn exact(&self, text: &str, accept: Accept<'_>) -> Option<Candidate> {
        let folded = fold(text);
        let same = self
            .titles
            .range((Bound::Included((folded.clone(), (0, 0))), Bound::Unbounded))
            .take_while(|(title, _)| *title == folded);
        self.sorted(same.map(|(_, at)| *at))
            .into_iter()
            .find(|c| accept(c))
    }

    pub(super) fn find(
        &self,
        prefix: &str,
        place: Place,
        limit: usize,
        except: &HashSet<String>,
        accept: Accept<'_>,
    ) -> Vec<Candidate> {
        let Some(prefix) = fold_prefix(prefix) else {
            return Vec::new();
        };
        let set = match place {
            Place::Beginning => &self.titles,
            Place::Word if prefix.is_empty() => return Vec::new(),
            Place::Word => &self.words,
        };
        let from = (Bound::Included((prefix.clone(), (0, 0))), Bound::Unbounded);
        let places: BTreeSet<At> = set
            .range(from)
            .take_while(|(text, _)| text.starts_with(&prefix))
            .map(|(_, at)| *at)
            .collect();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for candidate in self.sorted(places.into_iter()) {
            if found.len() >= limit {
                break;
            }
            let folded = fold(&candidate.text);
            if except.contains(&folded) || seen.contains(&folded) || !accept(&candidate) {
                continue;
            }
            seen.insert(folded);
            found.push(candidate);
        }
        found
    }

    fn sorted(&self, places: impl Iterator<Item = At>) -> Vec<Candidate> {
        let item = |(key, number): At| {
            let item = self.items.get(&key)?.get(number)?;
            Some(Candidate {
                text: item.text.clone(),
                weight: item.weight,
                key,
            })
        };
        let mut found: Vec<Candidate> = places.filter_map(item).collect();
        found.sort_unstable_by(Candidate::order);
        found
    }
}
