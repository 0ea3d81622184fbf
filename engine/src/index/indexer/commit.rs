//! Commits: what was applied becomes durable in the text index, and visible.

use std::sync::Arc;

use super::Indexer;
use crate::error::{EngineError, Result};
use crate::index::Snapshot;

/// Past this many bytes a commit starts a new translog generation.
const ROLL_BYTES: u64 = 4 * 1024 * 1024;

impl Indexer {
    /// Makes what was applied durable in the text index, and visible.
    pub(super) fn commit(&mut self) -> Result<u64> {
        if self.shared.failure.lock().is_some() {
            return Err(self.shared.gone());
        }
        if !self.dirty {
            return Ok(self.committed.generation);
        }
        let shared = Arc::clone(&self.shared);
        let _refreshing = shared.work.refresh.begin();
        match self.try_commit() {
            Ok(generation) => Ok(generation),
            Err(error) => {
                self.shared.fail(&error.to_string());
                // The writer's state is unknown; the translog has what it held.
                self.writer = None;
                Err(error)
            }
        }
    }

    /// Commits, and leaves nothing to the log's old files.
    pub(super) fn checkpoint(&mut self) -> Result<u64> {
        self.commit()?;
        let next = self.committed.seq.map_or(0, |seq| seq + 1);
        self.shared.translog.roll(next)?;
        // The second commit says that the old files are not needed, and lets them go.
        self.dirty = true;
        self.commit()
    }

    fn try_commit(&mut self) -> Result<u64> {
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
        self.writer()?;
        if let Some(writer) = self.writer.as_mut() {
            let mut prepared = writer.prepare_commit()?;
            prepared.set_payload(&payload);
            prepared.commit()?;
        }
        self.committed = next;
        self.pending = next;
        self.dirty = false;
        if let Some(seq) = next.seq {
            self.shared.vectors.refresh(seq)?;
        }
        self.publish()?;
        if let Some(seq) = next.seq {
            self.shared.live.prune(seq);
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
            self.shared.keeper.wake(&self.shared, &self.sender);
        }
        Ok(next.generation)
    }

    pub(super) fn publish(&mut self) -> Result<()> {
        let shared = &self.shared;
        shared.reader.reload()?;
        let before = Arc::clone(&shared.snapshot.read());
        let snapshot = Snapshot::build(
            &shared.folder,
            &shared.reader,
            &shared.settings,
            shared.vectors.table(),
            self.committed.generation,
            Some(&before),
        )?;
        *shared.snapshot.write() = Arc::new(snapshot);
        shared.suggesters.refreshed(shared);
        Ok(())
    }
}
