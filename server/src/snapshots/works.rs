//! Snapshots and restores that go on, and those that failed when nobody waited for them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use engine::clock::now_millis;
use engine::snapshot::SnapshotProgress;
use parking_lot::Mutex;

/// Failures that are kept.
const KEPT: usize = 16;
/// How long they are, in milliseconds.
const KEPT_FOR: i64 = 24 * 60 * 60 * 1_000;
/// Operations that go on at once: each has a thread.
const MOST: usize = 64;

/// What goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A snapshot is made.
    Snapshot,
    /// One is brought back.
    Restore,
}

/// A snapshot that is made or brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What goes on.
    pub operation: Operation,
    /// The repository.
    pub repository: String,
    /// The snapshot.
    pub snapshot: String,
    /// The indices that a restore brings, by the names that they get.
    pub indices: Vec<String>,
}

/// Work that failed when nobody waited for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedWork {
    /// The work.
    pub work: Work,
    /// Why it failed.
    pub reason: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Why work does not begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Another restore brings an index of that name.
    #[error("cannot restore index [{0}] because it is being restored already")]
    Restoring(String),
    /// Too much goes on.
    #[error("cannot start another operation, already running [{MOST}] operations")]
    Full,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    running: BTreeMap<u64, (Work, Arc<SnapshotProgress>)>,
    failed: VecDeque<FailedWork>,
}

/// The work of a node.
#[derive(Debug, Default, Clone)]
pub struct Works(Arc<Mutex<State>>);

/// Work that goes on; it is listed until this is dropped.
#[derive(Debug)]
pub struct RunningWork {
    works: Works,
    id: u64,
    /// What is told of the failure, where it is to be.
    failure: Option<String>,
}

impl Works {
    /// Lists work. A failure of the same work before is of no interest any more.
    ///
    /// # Errors
    /// When another restore brings one of the indices, or too much goes on.
    pub fn begin(
        &self,
        work: Work,
        progress: &Arc<SnapshotProgress>,
    ) -> Result<RunningWork, Refused> {
        let mut state = self.0.lock();
        if state.running.len() >= MOST {
            return Err(Refused::Full);
        }
        let mut taken = state.running.values().flat_map(|(other, _)| &other.indices);
        if let Some(index) = taken.find(|index| work.indices.contains(index)) {
            return Err(Refused::Restoring(index.clone()));
        }
        let same = |failed: &FailedWork| {
            (&failed.work.repository, &failed.work.snapshot) == (&work.repository, &work.snapshot)
                && failed.work.operation == work.operation
        };
        state.failed.retain(|failed| !same(failed));
        state.next += 1;
        let id = state.next;
        state.running.insert(id, (work, Arc::clone(progress)));
        Ok(RunningWork {
            works: self.clone(),
            id,
            failure: None,
        })
    }

    /// The restores that go on.
    pub fn restores(&self) -> Vec<(Work, Arc<SnapshotProgress>)> {
        let state = self.0.lock();
        let running = state.running.values();
        let restores = running.filter(|(work, _)| work.operation == Operation::Restore);
        restores.cloned().collect()
    }

    /// What failed lately when nobody waited for it, oldest first.
    pub fn failed(&self) -> Vec<FailedWork> {
        let mut state = self.0.lock();
        let oldest = now_millis().saturating_sub(KEPT_FOR);
        state.failed.retain(|failed| failed.at_ms >= oldest);
        state.failed.iter().cloned().collect()
    }

    /// Forgets the failures of repositories that are not known any more.
    pub(super) fn forget(&self, known: impl Fn(&str) -> bool) {
        let mut state = self.0.lock();
        state.failed.retain(|failed| known(&failed.work.repository));
    }

    /// Asks all work to stop.
    pub(super) fn stop(&self) {
        for (_, progress) in self.0.lock().running.values() {
            progress.cancel();
        }
    }
}

impl RunningWork {
    /// Says that nobody waits: from now on a failure is kept, also where the work panics.
    pub fn alone(&mut self) {
        self.failure = Some("an error inside the node; its log says more".to_owned());
    }

    /// Says what it came to.
    pub fn ended(mut self, outcome: Result<(), String>) {
        self.failure = match (self.failure.take(), outcome) {
            (Some(_), Err(reason)) => Some(reason),
            (None, _) | (_, Ok(())) => None,
        };
    }
}

impl Drop for RunningWork {
    fn drop(&mut self) {
        let mut state = self.works.0.lock();
        let ended = state.running.remove(&self.id);
        if let (Some((work, _)), Some(reason)) = (ended, self.failure.take()) {
            if state.failed.len() >= KEPT {
                state.failed.pop_front();
            }
            let at_ms = now_millis();
            state.failed.push_back(FailedWork {
                work,
                reason,
                at_ms,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(operation: Operation, index: &str) -> Work {
        Work {
            operation,
            repository: "r".to_owned(),
            snapshot: "s".to_owned(),
            indices: vec![index.to_owned()],
        }
    }

    #[test]
    fn failures_of_work_that_nobody_waits_for_are_kept_until_it_is_done_again() {
        let works = Works::default();
        let progress = Arc::default();
        let begin = |index: &str| works.begin(work(Operation::Restore, index), &progress);
        let mut first = begin("a").unwrap();
        assert_eq!(begin("a").unwrap_err(), Refused::Restoring("a".to_owned()));
        first.alone();
        first.ended(Err("damaged".to_owned()));
        let mut panicked = works
            .begin(work(Operation::Snapshot, "x"), &progress)
            .unwrap();
        panicked.alone();
        drop(panicked);
        let told = || {
            let failed = works.failed().into_iter();
            failed.map(|failed| failed.reason).collect::<Vec<_>>()
        };
        let panic = "an error inside the node; its log says more";
        assert_eq!(told(), ["damaged", panic]);
        // Somebody waits for this one and is told.
        begin("b").unwrap().ended(Err("missing".to_owned()));
        assert_eq!(told(), [panic]);
        let mut right = begin("c").unwrap();
        right.alone();
        assert_eq!(works.restores().len(), 1);
        right.ended(Ok(()));
        assert_eq!(told(), [panic]);
        works.forget(|name| name != "r");
        assert_eq!(told(), [""; 0]);
    }
}
