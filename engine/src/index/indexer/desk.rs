//! Where an index's indexer takes its orders: a bounded queue, and whose turn it is.
//!
//! An indexer has no thread of its own. What is sent to it, and what it wants to do at some time, puts it
//! into the line of the [`Workers`], one of which lets it work for a while. It works on one of them at a time, so
//! it sees its messages in the order in which they were sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

use super::workers::Workers;
use super::{Indexer, Message};
use crate::error::Result;

/// Documents that wait in memory for an indexer, in bytes; a larger one waits alone.
const MAX_BYTES: usize = 32 << 20;

/// An index's queue and its indexer.
pub(crate) struct Desk {
    queue: Mutex<Queue>,
    space: Condvar,
    /// `None` once the index ended.
    indexer: Mutex<Option<Indexer>>,
    /// Messages that wait at most.
    most: usize,
}

struct Queue {
    messages: VecDeque<Message>,
    bytes: usize,
    open: bool,
    /// Whether it stands in the workers' line, or works.
    in_line: bool,
    /// The first time for which the workers were asked to wake it.
    alarm: Option<Instant>,
}

/// The index ended: nothing is taken any more.
#[derive(Debug)]
pub(crate) struct Shut;

impl Desk {
    pub(crate) fn new(indexer: Indexer, most: usize) -> Self {
        Self {
            queue: Mutex::new(Queue {
                messages: VecDeque::new(),
                bytes: 0,
                open: true,
                in_line: false,
                alarm: None,
            }),
            space: Condvar::new(),
            indexer: Mutex::new(Some(indexer)),
            most: most.max(1),
        }
    }

    /// Sends a message; waits while the queue is full.
    ///
    /// # Errors
    /// When the index ended.
    pub(crate) fn send(self: &Arc<Self>, message: Message) -> Result<(), Shut> {
        let bytes = message.bytes();
        let mut queue = self.queue.lock();
        while queue.is_full(bytes, self.most) {
            self.space.wait(&mut queue);
        }
        if !queue.open {
            return Err(Shut);
        }
        queue.bytes += bytes;
        queue.messages.push_back(message);
        if !queue.in_line {
            queue.in_line = true;
            drop(queue);
            Workers::shared().line_up(Arc::clone(self));
        }
        Ok(())
    }

    /// Takes the next message.
    pub(super) fn take(&self) -> Option<Message> {
        self.take_if(|_| true)
    }

    /// Takes the next message, if it is of some kind.
    pub(super) fn take_if(&self, wanted: impl FnOnce(&Message) -> bool) -> Option<Message> {
        let mut queue = self.queue.lock();
        queue.messages.front().filter(|message| wanted(message))?;
        let message = queue.messages.pop_front()?;
        queue.bytes -= message.bytes();
        self.space.notify_all();
        Some(message)
    }

    /// Lets the indexer work on what waits. Only a worker calls it, for what stood in its line.
    pub(super) fn work(self: &Arc<Self>) {
        let alarm = match self.indexer.lock().as_mut() {
            Some(indexer) => indexer.work(self),
            None => return,
        };
        let mut queue = self.queue.lock();
        if !queue.messages.is_empty() {
            drop(queue);
            return Workers::shared().line_up(Arc::clone(self));
        }
        queue.in_line = false;
        if let Some(at) = alarm
            && queue.alarm.is_none_or(|set| at < set)
        {
            queue.alarm = Some(at);
            drop(queue);
            Workers::shared().wake_at(at, self);
        }
    }

    /// Puts it into the line when its time has come.
    pub(super) fn ring(self: &Arc<Self>) {
        let mut queue = self.queue.lock();
        queue.alarm = None;
        if queue.open && !queue.in_line {
            queue.in_line = true;
            drop(queue);
            Workers::shared().line_up(Arc::clone(self));
        }
    }

    /// Lets an indexer that does nothing give its writer back, for another; whether it had one.
    pub(super) fn give_back(&self) -> bool {
        let Some(mut indexer) = self.indexer.try_lock() else {
            return false;
        };
        indexer.as_mut().is_some_and(Indexer::give_back)
    }

    /// Does all that was sent, commits, and ends the indexer.
    ///
    /// # Errors
    /// When the last commit fails.
    pub(crate) fn close(&self) -> Result<()> {
        let Some(mut indexer) = self.indexer.lock().take() else {
            return Ok(());
        };
        while let Some(message) = self.take_or_shut() {
            indexer.guarded(|indexer| indexer.handle(message, self));
        }
        indexer.close()
    }

    /// Ends the indexer without a commit: the log has everything.
    pub(crate) fn abandon(&self) {
        self.shut(&mut self.queue.lock());
        drop(self.indexer.lock().take());
    }

    fn take_or_shut(&self) -> Option<Message> {
        let mut queue = self.queue.lock();
        let message = queue.messages.pop_front();
        match &message {
            Some(message) => queue.bytes -= message.bytes(),
            None => self.shut(&mut queue),
        }
        message
    }

    /// Takes nothing more. Who waits for an answer learns that there is none: its sender goes with the message.
    fn shut(&self, queue: &mut Queue) {
        queue.open = false;
        queue.messages = VecDeque::new();
        queue.bytes = 0;
        self.space.notify_all();
    }
}

impl Queue {
    fn is_full(&self, more: usize, most: usize) -> bool {
        let waiting = self.messages.len();
        self.open && waiting > 0 && (waiting >= most || self.bytes + more > MAX_BYTES)
    }
}
