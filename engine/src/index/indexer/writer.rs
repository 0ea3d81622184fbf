//! tantivy's writer: operations are applied to it, segments merged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, MergeCandidate, MergePolicy};
use tantivy::{IndexWriter, SegmentMeta};

use super::permits::Permit;
use super::{Commit, Indexer, Message};
use crate::error::{EngineError, Result};
use crate::index::Work;

/// What a record of the log takes beside its document, roughly.
const RECORD: u64 = 64;

/// The memory of a small writer: the least that tantivy takes, and a little more.
const SMALL_MEMORY: usize = 16 << 20;

/// How often a forced merge tries again beside merges in the background, and after how long.
const MERGE_ATTEMPTS: usize = 100;
const MERGE_PATIENCE: Duration = Duration::from_millis(20);

/// A policy whose merges are counted.
#[derive(Debug)]
struct Counted {
    policy: LogMergePolicy,
    work: Arc<Work>,
}

impl MergePolicy for Counted {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let found = self.policy.compute_merge_candidates(segments);
        let merged = segments
            .iter()
            .filter(|segment| found.iter().any(|ids| ids.0.contains(&segment.id())));
        let documents = merged.map(|segment| u64::from(segment.num_docs())).sum();
        self.work.merges(found.len() as u64, documents);
        found
    }
}

/// An open writer, one of the few of the process.
pub(super) struct OpenWriter {
    writer: IndexWriter,
    _permit: Permit,
}

impl OpenWriter {
    /// Waits for merges under way, and closes it without a commit.
    pub(super) fn close(self) -> tantivy::Result<()> {
        self.writer.wait_merging_threads()
    }
}

impl Indexer {
    pub(super) fn apply(&mut self, message: Message) {
        if self.failed() {
            return;
        }
        if let Err(error) = self.try_apply(message) {
            self.shared.fail(&error.to_string());
        }
        self.last_write = Instant::now();
        self.dirty();
        if self.is_full() {
            let _ = self.commit(Commit::Hidden);
        }
    }

    fn try_apply(&mut self, message: Message) -> Result<()> {
        let id_field = self.shared.schema.id;
        let shared = Arc::clone(&self.shared);
        let writer = self.writer()?;
        let delete = |id: &str| {
            writer.delete_term(tantivy::Term::from_field_text(id_field, id));
        };
        let logged = match message {
            Message::Put {
                document,
                replaces,
                seq,
                ord,
                vectors,
                keep,
                bytes,
            } => {
                let fresh = replaces.is_none();
                if let Some(id) = replaces {
                    delete(&id);
                }
                writer.add_document(*document)?;
                let definition = Arc::clone(&shared.definition.read());
                let mapping = &definition.mapping;
                shared
                    .vectors
                    .put(mapping, seq, ord, &vectors, keep, fresh)?;
                self.pending.seq = Some(seq);
                self.pending.next_ord = self.pending.next_ord.max(ord + 1);
                bytes
            }
            Message::Remove { id, seq, ord } => {
                delete(&id);
                shared.vectors.delete(seq, ord)?;
                self.pending.seq = Some(seq);
                id.len()
            }
            Message::Republish
            | Message::Settings
            | Message::Refresh(_)
            | Message::Flush(_)
            | Message::Merge(_)
            | Message::Checkpoint(_)
            | Message::Export(_) => return Ok(()),
            #[cfg(test)]
            Message::Panic => return Ok(()),
        };
        self.logged += logged as u64 + RECORD;
        Ok(())
    }

    pub(super) fn writer(&mut self) -> Result<&mut IndexWriter> {
        if self.writer.is_none() {
            let permit = Permit::wait(&self.desk);
            let memory = self.shared.options.writer_memory;
            let memory = if permit.roomy {
                memory
            } else {
                memory.min(SMALL_MEMORY)
            };
            let options = IndexWriterOptions::builder()
                .num_worker_threads(1)
                .num_merge_threads(1)
                .memory_budget_per_thread(memory)
                .build();
            let writer = self.shared.tantivy.writer_with_options(options)?;
            // A new writer stamps its first operation with the last commit's own stamp. If that
            // is a delete, a merge of committed segments takes it for applied on segments that
            // had deletes at that commit, and loses it (tantivy 0.27). So that stamp goes unused.
            writer.run(std::iter::empty())?;
            let mut policy = LogMergePolicy::default();
            policy.set_min_num_segments(8);
            policy.set_del_docs_ratio_before_merge(0.3);
            writer.set_merge_policy(Box::new(Counted {
                policy,
                work: Arc::clone(&self.shared.work),
            }));
            self.writer = Some(OpenWriter {
                writer,
                _permit: permit,
            });
        }
        self.writer
            .as_mut()
            .map(|open| &mut open.writer)
            .ok_or_else(|| EngineError::Internal("no writer".to_owned()))
    }

    pub(super) fn merge(&mut self) -> Result<u64> {
        for attempt in 0..MERGE_ATTEMPTS {
            let ids = self.shared.tantivy.searchable_segment_ids()?;
            if ids.len() <= 1 {
                break;
            }
            match self.writer()?.merge(&ids).wait() {
                Ok(merged) => {
                    let documents = merged.map_or(0, |merged| merged.num_docs());
                    self.shared.work.merges(1, documents.into());
                    break;
                }
                // A merge in the background took some of them first: its result is merged next.
                Err(error) if attempt + 1 < MERGE_ATTEMPTS => {
                    tracing::debug!(index = %self.shared.name, %error, "merging again");
                    std::thread::sleep(MERGE_PATIENCE);
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.publish(Commit::Visible)?;
        Ok(self.committed.generation)
    }
}
