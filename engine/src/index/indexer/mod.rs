//! The thread that owns an index's tantivy writer.
//!
//! It takes writes in the order of their sequence numbers, so a commit always
//! holds a prefix of them, and its payload names the last. Refreshes that wait
//! at the same time share one commit.

mod commit;
mod message;
mod writer;

pub(crate) use message::{Committed, Message};

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender};
use tantivy::IndexWriter;

use crate::error::Result;
use crate::index::Shared;
use crate::index::export;

/// How long an idle index keeps its writer and its memory.
const IDLE: Duration = Duration::from_secs(60);

/// Writes that a refresh takes along after it was asked for.
const DRAIN: usize = 10_000;

/// How long the thread sleeps at most: settings may change meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

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
}

impl Drop for Indexer {
    /// Lets those who wait for an answer know that there will be none: a bounded channel keeps what
    /// is in it when its receiver goes. [`Index::ask`](crate::index::Index) looks at the flag after it has
    /// sent, so a message is either taken out here or its sender does not wait.
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        while self.receiver.try_recv().is_ok() {}
    }
}
