//! The owner of an index's tantivy writer.
//!
//! It takes writes in the order of their sequence numbers, so a commit always
//! holds a prefix of them, and its payload names the last. Refreshes that wait
//! at the same time share one commit.
//!
//! A commit makes writes durable in the text index and lets them go from memory; that searches see them is
//! another thing. A refresh does both. Between refreshes commits bound what the log holds and what lies in memory.

mod commit;
mod desk;
mod message;
mod permits;
mod workers;
mod writer;

pub(crate) use desk::Desk;
pub(crate) use message::{Committed, Message};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crossbeam::channel::Sender;

use crate::error::Result;
use crate::index::export;
use crate::index::{MAX_LIVE_BYTES, Shared};
use crate::translog::Durability;
use writer::OpenWriter;

/// How long an idle index keeps its writer and its memory, and its vectors outside of segments.
const IDLE: Duration = Duration::from_secs(60);

/// How long writes wait for a commit at most, whatever the refresh interval.
const SELDOM: Duration = Duration::from_secs(300);

/// Messages that are worked on in one turn, and writes that a refresh takes along after it was asked for.
const TURN: usize = 1_000;
const DRAIN: usize = 10_000;

pub(crate) struct Indexer {
    shared: Arc<Shared>,
    /// For those who work for this one.
    desk: Weak<Desk>,
    writer: Option<OpenWriter>,
    committed: Committed,
    pending: Committed,
    /// When the first write since the last commit was applied; `None` when the commit holds everything.
    dirty_since: Option<Instant>,
    /// When the first write that searches do not see was applied.
    unseen_since: Option<Instant>,
    /// The generation that searches see.
    visible: u64,
    /// Bytes of the log since the last commit.
    logged: u64,
    last_write: Instant,
}

/// What a commit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Commit {
    /// Searches see it.
    Visible,
    /// The log and memory are to be let go.
    Hidden,
}

impl Indexer {
    pub(crate) fn new(shared: Arc<Shared>, desk: Weak<Desk>, committed: Committed) -> Self {
        Self {
            shared,
            desk,
            writer: None,
            committed,
            pending: committed,
            dirty_since: None,
            unseen_since: None,
            visible: committed.generation,
            logged: 0,
            last_write: Instant::now(),
        }
    }

    /// Works on what waits for one turn; when it wants the next one, if nothing is sent before.
    fn work(&mut self, desk: &Desk) -> Option<Instant> {
        self.guarded(|indexer| {
            for _ in 0..TURN {
                let Some(message) = desk.take() else { break };
                indexer.handle(message, desk);
            }
            indexer.tick();
        });
        self.next_turn()
    }

    /// Does something; a panic fails the index, which is then opened again, and ends nothing else.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(self))) {
            let told = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned());
            let told = told.unwrap_or_else(|| "no message".to_owned());
            self.shared.fail(&format!("the indexer panicked: {told}"));
            // Its state is unknown; the log has what it held.
            let writer = self.writer.take();
            if catch_unwind(AssertUnwindSafe(|| drop(writer))).is_err() {
                tracing::error!(index = %self.shared.name, "a writer panicked while it was dropped");
            }
        }
    }

    /// When there is something to do, if nothing comes.
    fn next_turn(&self) -> Option<Instant> {
        if self.failed() {
            return None;
        }
        let after =
            |since: Option<Instant>, time: Duration| since.and_then(|s| s.checked_add(time));
        let log = match self.shared.translog.durability() {
            Durability::Async { interval } if self.shared.translog.stats().unsynced_bytes > 0 => {
                Instant::now().checked_add(interval)
            }
            Durability::Async { .. } | Durability::Request => None,
        };
        let idle = self.writer.is_some() || self.committed.log_from.is_some();
        let times = [
            after(self.unseen_since, self.shared.refresh_interval()),
            after(self.dirty_since, SELDOM),
            after(idle.then(|| self.last_write.max(self.idle_from())), IDLE),
            log,
        ];
        times.into_iter().flatten().min()
    }

    /// From when on idleness counts: what was to be done after an earlier while was done.
    fn idle_from(&self) -> Instant {
        if self.last_write.elapsed() < IDLE {
            self.last_write
        } else {
            Instant::now()
        }
    }

    fn failed(&self) -> bool {
        self.shared.failure.lock().is_some()
    }

    /// Does what is due.
    fn tick(&mut self) {
        if self.failed() {
            return;
        }
        if let Err(error) = self.shared.translog.tick() {
            self.shared.fail(&error.to_string());
            return;
        }
        let since = |moment: Option<Instant>| moment.map(|moment| moment.elapsed());
        let interval = self.shared.refresh_interval();
        if since(self.unseen_since).is_some_and(|time| time >= interval) {
            let _ = self.commit(Commit::Visible);
        } else if since(self.dirty_since).is_some_and(|time| time >= SELDOM) {
            let _ = self.commit(Commit::Hidden);
        } else if self.last_write.elapsed() >= IDLE && self.dirty_since.is_none() {
            self.release();
            if self.committed.log_from.is_some() {
                self.shared.keeper.wake(&self.shared, &self.desk, true);
            }
        }
    }

    fn handle(&mut self, message: Message, desk: &Desk) {
        match message {
            Message::Put { .. } | Message::Remove { .. } => self.apply(message),
            Message::Refresh(reply) => self.refresh(reply, desk),
            Message::Flush(reply) => {
                let _ = reply.send(self.commit(Commit::Hidden));
            }
            Message::Republish => {
                // What searches do not see yet stays unseen.
                let commit = if self.visible == self.committed.generation {
                    Commit::Visible
                } else {
                    Commit::Hidden
                };
                if let Err(error) = self.publish(commit) {
                    tracing::error!(index = %self.shared.name, %error, "new segments are not used yet");
                }
                // What was sealed needs the log no more: the next commit says so.
                if self.committed.log_from.is_some() {
                    self.dirty();
                }
            }
            Message::Settings => {}
            Message::Merge(reply) => {
                let result = self.commit(Commit::Visible).and_then(|_| self.merge());
                let _ = reply.send(result);
            }
            Message::Checkpoint(reply) => {
                let _ = reply.send(self.checkpoint());
            }
            Message::Export(reply) => {
                let result = self.commit(Commit::Visible);
                let files = result.and_then(|_| export::collect(&self.shared, &self.committed));
                let _ = reply.send(files);
            }
            #[cfg(test)]
            Message::Panic => std::panic::panic_any("asked for".to_owned()),
        }
    }

    /// Commits for all that wait now.
    fn refresh(&mut self, first: Sender<Result<u64>>, desk: &Desk) {
        let mut waiting = vec![first];
        for _ in 0..DRAIN {
            let next = desk.take_if(|message| {
                matches!(
                    message,
                    Message::Refresh(_) | Message::Put { .. } | Message::Remove { .. }
                )
            });
            match next {
                Some(Message::Refresh(reply)) => waiting.push(reply),
                Some(message) => self.apply(message),
                None => break,
            }
        }
        let result = self.commit(Commit::Visible);
        for reply in waiting {
            let answer = match &result {
                Ok(generation) => Ok(*generation),
                Err(_) => Err(self.shared.gone()),
            };
            let _ = reply.send(answer);
        }
    }

    /// Notes that the commit lacks something.
    fn dirty(&mut self) {
        let now = Instant::now();
        self.dirty_since.get_or_insert(now);
        self.unseen_since.get_or_insert(now);
    }

    /// Whether what no commit holds has grown too much.
    fn is_full(&self) -> bool {
        self.logged >= self.shared.flush_bytes() || self.shared.live.bytes() >= MAX_LIVE_BYTES
    }

    /// Lets the writer go, with its threads and its memory.
    fn release(&mut self) {
        if let Some(writer) = self.writer.take()
            && let Err(error) = writer.close()
        {
            tracing::warn!(index = %self.shared.name, %error, "merging failed");
        }
    }

    /// Lets the writer go for another index; whether there was one.
    fn give_back(&mut self) -> bool {
        if self.writer.is_none() {
            return false;
        }
        self.guarded(|indexer| {
            if indexer.dirty_since.is_some() {
                let _ = indexer.commit(Commit::Hidden);
            }
            indexer.release();
        });
        true
    }

    /// Commits, and ends.
    fn close(mut self) -> Result<()> {
        let mut result = Ok(0);
        self.guarded(|indexer| {
            result = indexer.commit(Commit::Visible);
            indexer.release();
        });
        if self.failed() {
            return Err(self.shared.gone());
        }
        result.map(|_| ())
    }
}
