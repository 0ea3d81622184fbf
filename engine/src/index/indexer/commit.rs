//! Commits: what was applied becomes durable in the text index, and visible.

use std::sync::Arc;

use super::{Commit, Indexer};
use crate::error::{EngineError, Result};
use crate::index::Snapshot;

/// Past this many bytes a commit starts a new translog generation.
const ROLL_BYTES: u64 = 4 * 1024 * 1024;

impl Indexer {
    /// Makes what was applied durable in the text index, and visible where that is asked for: the generation.
    pub(super) fn commit(&mut self, commit: Commit) -> Result<u64> {
        if self.failed() {
            return Err(self.shared.gone());
        }
        let unseen = commit == Commit::Visible && self.visible < self.committed.generation;
        if self.dirty_since.is_none() && !unseen {
            return Ok(self.committed.generation);
        }
        let shared = Arc::clone(&self.shared);
        let _refreshing = shared.work.refresh.begin();
        let result = if self.dirty_since.is_some() {
            self.try_commit(commit)
        } else {
            self.publish(commit).map(|()| self.committed.generation)
        };
        result.inspect_err(|error| {
            self.shared.fail(&error.to_string());
            // The writer's state is unknown; the translog has what it held.
            self.writer = None;
        })
    }

    /// Commits, and leaves nothing to the log's old files.
    pub(super) fn checkpoint(&mut self) -> Result<u64> {
        self.commit(Commit::Visible)?;
        let next = self.committed.seq.map_or(0, |seq| seq + 1);
        self.shared.translog.roll(next)?;
        // The second commit says that the old files are not needed, and lets them go.
        self.dirty();
        self.commit(Commit::Visible)
    }

    fn try_commit(&mut self, commit: Commit) -> Result<u64> {
        let mut next = self.pending;
        next.generation = self.committed.generation + 1;
        next.log_from = self.shared.vectors.log_from();
        let payload = serde_json::to_string(&next)
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        if self.shared.translog.stats().current_bytes > ROLL_BYTES {
            self.shared
                .translog
                .roll(next.seq.map_or(0, |seq| seq + 1))?;
        }
        // The log of what a commit holds is on disk before the commit, in every mode.
        self.shared.translog.sync_all()?;
        let mut prepared = self.writer()?.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        self.committed = next;
        self.pending = next;
        self.dirty_since = None;
        self.logged = 0;
        if let Some(seq) = next.seq {
            self.shared.vectors.refresh(seq)?;
        }
        self.publish(commit)?;
        if let Some(seq) = next.seq {
            self.shared.live.prune(seq, self.shared.remembered());
            match next.log_from {
                None => self.shared.translog.trim(seq)?,
                Some(from) => {
                    if let Some(before) = from.checked_sub(1) {
                        self.shared.translog.trim(seq.min(before))?;
                    }
                }
            }
        }
        if self.shared.vectors.needs_work() {
            self.shared.keeper.wake(&self.shared, &self.desk, false);
        }
        Ok(next.generation)
    }

    /// Shows the last commit to reads by id, and to searches where that is asked for.
    pub(super) fn publish(&mut self, commit: Commit) -> Result<()> {
        let shared = &self.shared;
        shared.reader.reload()?;
        let before = Arc::clone(&shared.committed.read());
        let snapshot = Arc::new(Snapshot::build(
            &shared.folder,
            &shared.reader,
            &shared.settings,
            shared.vectors.table(),
            self.committed.generation,
            Some(&before),
        )?);
        *shared.committed.write() = Arc::clone(&snapshot);
        match commit {
            Commit::Hidden => {}
            Commit::Visible => {
                *shared.snapshot.write() = snapshot;
                self.visible = self.committed.generation;
                self.unseen_since = self.dirty_since;
                shared.suggesters.refreshed(shared);
            }
        }
        Ok(())
    }
}
