//! What a snapshot could not take: one failure for each index that it has not, or not whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An index that a snapshot has not, or not with all the files that its documents name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotFailure {
    /// The index.
    pub index: String,
    /// Why.
    pub reason: String,
}

/// Collects failures, so that a thousand missing files of an index are one.
#[derive(Debug, Default)]
pub(super) struct Failures(BTreeMap<String, (String, u64)>);

impl Failures {
    pub(super) fn add(&mut self, index: &str, reason: String) {
        self.0
            .entry(index.to_owned())
            .and_modify(|(_, more)| *more += 1)
            .or_insert((reason, 0));
    }

    /// Returns one failure for each index, with the first reason and how many others there are.
    pub(super) fn told(self) -> Vec<SnapshotFailure> {
        let told = self.0.into_iter().map(|(index, (first, more))| {
            let reason = match more {
                0 => first,
                more => format!("{first}; and {more} more"),
            };
            SnapshotFailure { index, reason }
        });
        told.collect()
    }
}
