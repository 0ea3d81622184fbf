//! The thread that owns an index's tantivy writer.
//!
//! It takes writes in the order of their sequence numbers, so a commit always
//! holds a prefix of them, and its payload names the last. Refreshes that wait
//! at the same time share one commit.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender};
use serde::{Deserialize, Serialize};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, TantivyDocument};

use super::export::{self, IndexExport};
use super::vectors::DocumentVectors;
use super::{Shared, Snapshot};
use crate::error::{EngineError, Result};

/// How long an idle index keeps its writer and its memory.
const IDLE: Duration = Duration::from_secs(60);
/// Past this many bytes a commit starts a new translog generation.
const ROLL_BYTES: u64 = 4 * 1024 * 1024;
/// How often a forced merge tries again beside merges in the background, and after how long.
const MERGE_ATTEMPTS: usize = 100;
const MERGE_PATIENCE: Duration = Duration::from_millis(20);
/// Writes that a refresh takes along after it was asked for.
const DRAIN: usize = 10_000;

/// What the indexer is told.
pub(crate) enum Message {
    Put {
        document: Box<TantivyDocument>,
        replaces: Option<String>,
        seq: u64,
        ord: u64,
        vectors: DocumentVectors,
        keep: bool,
    },
    Remove {
        id: String,
        seq: u64,
        ord: u64,
    },
    /// Segments of vectors changed: what is visible is the same.
    Republish,
    Refresh(Sender<Result<u64>>),
    Merge(Sender<Result<u64>>),
    /// Everything into the commit, and the log begun anew.
    Checkpoint(Sender<Result<u64>>),
    /// The files of all that was written.
    Export(Sender<Result<IndexExport>>),
    Close(Sender<Result<u64>>),
    Abandon,
}

/// What the last commit says of itself: the payload of tantivy's commit.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Committed {
    /// The last sequence number that it holds.
    pub(crate) seq: Option<u64>,
    /// The ordinal that the next new document gets.
    pub(crate) next_ord: u64,
    /// The number of commits so far.
    pub(crate) generation: u64,
    /// The first operation that the log still has to have, when it is one that the commit holds:
    /// vectors reach the disk later than the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log_from: Option<u64>,
}

impl Committed {
    /// The last operation that the log need not have any more.
    pub(crate) fn replay_after(&self) -> Option<u64> {
        match self.log_from {
            Some(from) => from.checked_sub(1),
            None => self.seq,
        }
    }

    pub(crate) fn of(index: &tantivy::Index) -> Result<Self> {
        match index.load_metas()?.payload {
            None => Ok(Self::default()),
            Some(payload) => serde_json::from_str(&payload).map_err(|error| EngineError::Corrupt {
                file: "text/meta.json".to_owned(),
                reason: format!("payload: {error}"),
            }),
        }
    }
}

pub(crate) struct Indexer {
    shared: Arc<Shared>,
    receiver: Receiver<Message>,
    /// For those who work for this thread.
    sender: Sender<Message>,
    writer: Option<IndexWriter>,
    committed: Committed,
    pending: Committed,
    dirty: bool,
    dirty_since: Instant,
    last_write: Instant,
}

/// How long the thread sleeps at most: settings may change meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

enum Flow {
    Go,
    Stop,
}

impl Indexer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        receiver: Receiver<Message>,
        sender: Sender<Message>,
        committed: Committed,
    ) -> Self {
        let now = Instant::now();
        Self {
            shared,
            receiver,
            sender,
            writer: None,
            committed,
            pending: committed,
            dirty: false,
            dirty_since: now,
            last_write: now,
        }
    }

    pub(crate) fn run(mut self) {
        loop {
            let message = match self.receiver.recv_timeout(self.patience()) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    self.tick();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Flow::Stop = self.handle(message) {
                break;
            }
            if self.dirty && self.dirty_since.elapsed() >= self.shared.refresh_interval() {
                let _ = self.commit();
            }
        }
    }

    fn patience(&self) -> Duration {
        if self.dirty {
            self.shared
                .refresh_interval()
                .saturating_sub(self.dirty_since.elapsed())
                .min(PATIENCE)
        } else {
            PATIENCE
        }
    }

    fn tick(&mut self) {
        if let Err(error) = self.shared.translog.tick() {
            self.shared.fail(&error.to_string());
        }
        if self.dirty {
            let _ = self.commit();
        } else if self.last_write.elapsed() > IDLE
            && let Some(writer) = self.writer.take()
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(index = %self.shared.name, %error, "merging failed");
        }
    }

    fn handle(&mut self, message: Message) -> Flow {
        match message {
            Message::Put { .. } | Message::Remove { .. } => self.apply(message),
            Message::Refresh(reply) => return self.refresh(reply),
            Message::Republish => {
                if let Err(error) = self.publish() {
                    tracing::error!(index = %self.shared.name, %error, "new segments are not used yet");
                }
                // What was sealed needs the log no more: the next commit says so.
                if !self.dirty && self.committed.log_from.is_some() {
                    self.dirty = true;
                    self.dirty_since = Instant::now();
                }
            }
            Message::Merge(reply) => {
                let result = self.commit().and_then(|_| self.merge());
                let _ = reply.send(result);
            }
            Message::Checkpoint(reply) => {
                let _ = reply.send(self.checkpoint());
            }
            Message::Export(reply) => {
                let result = self.commit();
                let files = result.and_then(|_| export::collect(&self.shared, &self.committed));
                let _ = reply.send(files);
            }
            Message::Close(reply) => {
                let result = self.commit();
                if let Some(writer) = self.writer.take() {
                    let _ = writer.wait_merging_threads();
                }
                let _ = reply.send(result);
                return Flow::Stop;
            }
            Message::Abandon => return Flow::Stop,
        }
        Flow::Go
    }

    /// Commits for all that wait now.
    fn refresh(&mut self, first: Sender<Result<u64>>) -> Flow {
        let mut waiting = vec![first];
        let mut after = None;
        for _ in 0..DRAIN {
            match self.receiver.try_recv() {
                Ok(Message::Refresh(reply)) => waiting.push(reply),
                Ok(message @ (Message::Put { .. } | Message::Remove { .. })) => self.apply(message),
                Ok(other) => {
                    after = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let result = self.commit();
        for reply in waiting {
            let answer = match &result {
                Ok(generation) => Ok(*generation),
                Err(_) => Err(self.shared.gone()),
            };
            let _ = reply.send(answer);
        }
        after.map_or(Flow::Go, |message| self.handle(message))
    }

    fn apply(&mut self, message: Message) {
        if self.shared.failure.lock().is_some() {
            return;
        }
        if let Err(error) = self.try_apply(message) {
            self.shared.fail(&error.to_string());
        }
        self.last_write = Instant::now();
        if !self.dirty {
            self.dirty = true;
            self.dirty_since = self.last_write;
        }
    }

    fn try_apply(&mut self, message: Message) -> Result<()> {
        let id_field = self.shared.schema.id;
        let shared = Arc::clone(&self.shared);
        let writer = self.writer()?;
        let delete = |id: &str| {
            writer.delete_term(tantivy::Term::from_field_text(id_field, id));
        };
        match message {
            Message::Put {
                document,
                replaces,
                seq,
                ord,
                vectors,
                keep,
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
            }
            Message::Remove { id, seq, ord } => {
                delete(&id);
                shared.vectors.delete(seq, ord)?;
                self.pending.seq = Some(seq);
            }
            _ => {}
        }
        Ok(())
    }

    fn writer(&mut self) -> Result<&IndexWriter> {
        if self.writer.is_none() {
            let options = IndexWriterOptions::builder()
                .num_worker_threads(1)
                .num_merge_threads(1)
                .memory_budget_per_thread(self.shared.options.writer_memory)
                .build();
            let writer = self.shared.tantivy.writer_with_options(options)?;
            // A new writer stamps its first operation with the last commit's own stamp. If that
            // is a delete, a merge of committed segments takes it for applied on segments that
            // had deletes at that commit, and loses it (tantivy 0.27). So that stamp goes unused.
            writer.run(std::iter::empty())?;
            let mut policy = LogMergePolicy::default();
            policy.set_min_num_segments(8);
            policy.set_del_docs_ratio_before_merge(0.3);
            writer.set_merge_policy(Box::new(policy));
            self.writer = Some(writer);
        }
        self.writer
            .as_ref()
            .ok_or_else(|| EngineError::Internal("no writer".to_owned()))
    }

    /// Makes what was applied durable in the text index, and visible.
    fn commit(&mut self) -> Result<u64> {
        if self.shared.failure.lock().is_some() {
            return Err(self.shared.gone());
        }
        if !self.dirty {
            return Ok(self.committed.generation);
        }
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
    fn checkpoint(&mut self) -> Result<u64> {
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

    fn publish(&mut self) -> Result<()> {
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

    fn merge(&mut self) -> Result<u64> {
        for attempt in 0..MERGE_ATTEMPTS {
            let ids = self.shared.tantivy.searchable_segment_ids()?;
            if ids.len() <= 1 {
                break;
            }
            self.writer()?;
            let Some(writer) = self.writer.as_mut() else {
                break;
            };
            match writer.merge(&ids).wait() {
                Ok(_) => break,
                // A merge in the background took some of them first: its result is merged next.
                Err(error) if attempt + 1 < MERGE_ATTEMPTS => {
                    tracing::debug!(index = %self.shared.name, %error, "merging again");
                    std::thread::sleep(MERGE_PATIENCE);
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.publish()?;
        Ok(self.committed.generation)
    }
}

impl Drop for Indexer {
    /// Lets those who wait for an answer know that there will be none: a bounded channel keeps what
    /// is in it when its receiver goes. [`Index::ask`](super::Index) looks at the flag after it has
    /// sent, so a message is either taken out here or its sender does not wait.
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        while self.receiver.try_recv().is_ok() {}
    }
}
