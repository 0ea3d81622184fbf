//! One part of a combined key, which knows its direction.

use std::cmp::Ordering;

use crate::aggs::value::{Key, ValueKind};

/// A value of a source, ordered as the source asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    key: Key,
    descending: bool,
    /// Whether a missing value comes before the others.
    missing_first: bool,
}

impl Slot {
    pub(super) fn new(key: Key, descending: bool, missing_first: bool) -> Self {
        Self {
            key,
            descending,
            missing_first,
        }
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Makes the key one of a kind that several indices share.
    pub(super) fn promote(&mut self, kind: ValueKind) {
        let key = std::mem::replace(&mut self.key, Key::Null);
        self.key = key.among(kind);
    }
}

impl Ord for Slot {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.key, &other.key) {
            (Key::Null, Key::Null) => Ordering::Equal,
            (Key::Null, _) if self.missing_first => Ordering::Less,
            (Key::Null, _) => Ordering::Greater,
            (_, Key::Null) if self.missing_first => Ordering::Greater,
            (_, Key::Null) => Ordering::Less,
            (a, b) if self.descending => b.cmp(a),
            (a, b) => a.cmp(b),
        }
    }
}

impl PartialOrd for Slot {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
