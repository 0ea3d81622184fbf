//! Commits, merges, and the end of an index.

use crossbeam::channel::{Sender, bounded};

use super::indexer::Message;
use super::{End, Index};
use crate::error::Result;
use crate::vector::{Allowed, Progress};

impl Index {
    /// Makes all acknowledged writes searchable; the generation that holds them.
    /// Callers at the same time share one commit.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn refresh(&self) -> Result<u64> {
        let _entered = self.shared.enter()?;
        self.ask(Message::Refresh)
    }

    /// Leaves nothing to the log, as Elasticsearch's flush: a commit of all acknowledged writes, which searches
    /// see only after a refresh. Returns its generation.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn flush(&self) -> Result<u64> {
        let _entered = self.shared.enter()?;
        let _flushing = self.shared.work.flush.begin();
        self.ask(Message::Flush)
    }

    /// Merges all segments into one, of the text index and of each field of vectors.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn force_merge(&self) -> Result<()> {
        let _entered = self.shared.enter()?;
        self.ask(Message::Merge)?;
        self.compact_vectors(&Progress::default())
    }

    /// Seals what is fresh of the vectors, and merges their segments into one for each field.
    ///
    /// # Errors
    /// When it was cancelled, or the index cannot be written.
    pub fn compact_vectors(&self, progress: &Progress) -> Result<()> {
        let _entered = self.shared.enter()?;
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
        let _entered = self.shared.enter()?;
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

    /// Waits for operations under way, commits, and ends the index. Later ones are refused, whoever still holds
    /// it, and its folder can be opened again.
    ///
    /// # Errors
    /// When the last commit fails; it is closed all the same.
    pub fn close(&self) -> Result<()> {
        self.end(End::Stopped)
    }

    /// As [`Index::close`]; later operations are told why. What is deleted is not committed before.
    ///
    /// # Errors
    /// When the last commit fails; it is ended all the same.
    pub(crate) fn end(&self, end: End) -> Result<()> {
        let shared = &self.shared;
        if !shared.lifetime.finish(end) {
            return Ok(());
        }
        shared.keeper.stop();
        let committed = match end {
            End::Deleted => {
                self.desk.abandon();
                Ok(())
            }
            End::Closed | End::Stopped => self.desk.close(),
        };
        self.give_up(committed)
    }

    /// Gives back what the index owns.
    fn give_up(&self, committed: Result<()>) -> Result<()> {
        let shared = &self.shared;
        shared.suggesters.settle();
        let logged = shared.translog.close();
        shared.fence.close();
        drop(shared.claim.lock().take());
        shared.lifetime.over();
        committed.and(logged.map_err(Into::into))
    }

    /// Tells the indexer something, and waits for its answer.
    pub(super) fn ask<T>(&self, message: impl FnOnce(Sender<Result<T>>) -> Message) -> Result<T> {
        let (reply, answer) = bounded(1);
        self.send(message(reply))?;
        // A message that is dropped takes its reply with it.
        answer.recv().unwrap_or_else(|_| Err(self.shared.gone()))
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        // A dropped index ends without a commit: the translog has everything.
        if self.shared.lifetime.finish(End::Stopped) {
            self.shared.keeper.stop();
            self.desk.abandon();
            if let Err(error) = self.give_up(Ok(())) {
                tracing::warn!(index = %self.shared.name, %error, "dropped with a translog that failed");
            }
        }
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
