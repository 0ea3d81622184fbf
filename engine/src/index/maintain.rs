//! Commits, merges, and the end of an index.

use std::sync::atomic::Ordering;

use crossbeam::channel::bounded;

use super::Index;
use super::indexer::Message;
use crate::error::{EngineError, Result};
use crate::vector::{Allowed, Progress};

impl Index {
    /// Makes all acknowledged writes searchable; the generation that holds them.
    /// Callers at the same time share one commit.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn refresh(&self) -> Result<u64> {
        let (reply, answer) = bounded(1);
        self.send(Message::Refresh(reply))?;
        answer.recv().map_err(|_| self.shared.gone())?
    }

    /// Merges all segments into one, of the text index and of each field of vectors.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn force_merge(&self) -> Result<()> {
        let (reply, answer) = bounded(1);
        self.send(Message::Merge(reply))?;
        answer.recv().map_err(|_| self.shared.gone())??;
        self.compact_vectors(&Progress::default())
    }

    /// Seals what is fresh of the vectors, and merges their segments into one for each field.
    ///
    /// # Errors
    /// When it was cancelled, or the index cannot be written.
    pub fn compact_vectors(&self, progress: &Progress) -> Result<()> {
        for (_, vectors) in self.shared.vectors.all() {
            vectors.set.seal(progress)?;
            vectors.set.merge_all(progress)?;
        }
        self.send(Message::Republish)?;
        self.refresh().map(|_| ())
    }

    /// Takes all vectors of a field away, and their files.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn clear_vectors(&self, path: &str) -> Result<()> {
        let sets = self.shared.vectors.all();
        if let Some((_, vectors)) = sets.into_iter().find(|(name, _)| name == path) {
            vectors.set.retain(&Allowed::of([]))?;
            let progress = Progress::default();
            vectors.set.seal(&progress)?;
            vectors.set.merge_all(&progress)?;
            self.send(Message::Republish)?;
        }
        Ok(())
    }

    /// Commits, and stops the index's threads. Later writes are refused.
    ///
    /// # Errors
    /// When the last commit fails.
    pub fn close(&self) -> Result<()> {
        if self.shared.closing.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        self.shared.keeper.stop();
        let (reply, answer) = bounded(1);
        let sent = self.sender.send(Message::Close(reply));
        let result = match sent {
            Ok(()) => answer.recv().unwrap_or_else(|_| Err(self.shared.gone())),
            Err(_) => Err(self.shared.gone()),
        };
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            return Err(EngineError::Internal("the indexer died".to_owned()));
        }
        self.shared.suggesters.settle();
        result.map(|_| ())
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        // A dropped index stops without a commit: the translog has everything.
        self.shared.closing.store(true, Ordering::SeqCst);
        self.shared.keeper.stop();
        let _ = self.sender.send(Message::Abandon);
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
        self.shared.suggesters.settle();
    }
}
