//! Commits, merges, and the end of an index.

use std::sync::atomic::Ordering;

use crossbeam::channel::{Sender, bounded};

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
        self.ask(Message::Refresh)
    }

    /// The same, as Elasticsearch's flush: nothing that is visible is left to the log.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn flush(&self) -> Result<u64> {
        let _flushing = self.shared.work.flush.begin();
        self.refresh()
    }

    /// Merges all segments into one, of the text index and of each field of vectors.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn force_merge(&self) -> Result<()> {
        self.ask(Message::Merge)?;
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
        let result = self.ask(Message::Close);
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            return Err(EngineError::Internal("the indexer died".to_owned()));
        }
        self.shared.suggesters.settle();
        result.map(|_| ())
    }

    /// Tells the indexer something, and waits for its answer.
    pub(super) fn ask<T>(&self, message: impl FnOnce(Sender<Result<T>>) -> Message) -> Result<T> {
        let (reply, answer) = bounded(1);
        self.send(message(reply))?;
        // What comes after the indexer's last look into its queue stays there, and its reply with it.
        let answered = if self.shared.stopped.load(Ordering::SeqCst) {
            answer.try_recv().ok()
        } else {
            answer.recv().ok()
        };
        answered.unwrap_or_else(|| Err(self.shared.gone()))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::index::IndexOptions;
    use crate::store::{MemStore, Store};

    /// Issue 6: a snapshot of an index that was deleted meanwhile waited for ever.
    #[test]
    fn nobody_waits_for_an_index_that_closes() {
        for _ in 0..100 {
            let folder: Arc<dyn Store> = Arc::new(MemStore::new());
            Index::create(&folder, "u", 0, &json!({}), &json!({})).unwrap();
            let index = Index::open("x", folder, IndexOptions::default()).unwrap();
            std::thread::scope(|scope| {
                let ask = || {
                    loop {
                        if let Err(error) = index.ask(Message::Refresh) {
                            break error.to_string();
                        }
                    }
                };
                let asking = [scope.spawn(ask), scope.spawn(ask)];
                std::thread::yield_now();
                index.close().unwrap();
                for asking in asking {
                    assert_eq!(asking.join().unwrap(), "index [x] is closed");
                }
            });
        }
    }
}
