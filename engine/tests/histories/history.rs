//! What was done to a node, and what it answered, with the order of calls and answers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// A moment. One counter gives all of them, so that they have one order.
pub type Stamp = u64;

/// Gives moments and tokens; all threads share one.
#[derive(Debug, Default)]
pub struct Clock {
    now: AtomicU64,
    tokens: AtomicU64,
}

impl Clock {
    /// The next moment.
    pub fn tick(&self) -> Stamp {
        self.now.fetch_add(1, Ordering::SeqCst)
    }

    /// A value that no other write has; never 0.
    pub fn token(&self) -> u64 {
        self.tokens.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// From the call to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub call: Stamp,
    pub answer: Stamp,
}

/// What a write asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Index,
    /// Without an id.
    Auto,
    Create,
    External(u64),
    ExternalGte(u64),
    /// A change of a document that is there.
    Update,
    /// The same, which makes the document where there is none.
    Upsert,
    /// A change that changes nothing.
    Touch,
    Delete,
    DeleteExternal(u64),
}

/// What a write did, as the node says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    Created,
    Updated,
    Deleted,
    Noop,
    NotFound,
}

/// The answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Done {
        seq: u64,
        version: u64,
        did: Did,
    },
    /// The condition does not hold.
    Conflict,
    /// The document to change is not there.
    Missing,
    /// It may have taken effect or not.
    Unknown(String),
}

/// A write of one document.
#[derive(Debug, Clone)]
pub struct Write {
    /// Which start of the node it was sent to.
    pub epoch: usize,
    /// The `uuid` of the index: from when it is made until it is deleted.
    pub life: String,
    pub key: String,
    pub ask: Ask,
    pub if_seq: Option<u64>,
    /// What it leaves in the document.
    pub token: u64,
    pub span: Span,
    pub answer: Answer,
}

/// A document as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub seq: u64,
    pub version: u64,
    /// Of the last write of the whole document.
    pub token: u64,
    /// Of the last change since; 0 where there was none.
    pub patch: u64,
}

impl Seen {
    /// The token of the last write.
    pub fn last(&self) -> u64 {
        if self.patch == 0 {
            self.token
        } else {
            self.patch
        }
    }
}

/// A read by id.
#[derive(Debug, Clone)]
pub struct Read {
    pub epoch: usize,
    pub life: String,
    pub key: String,
    pub span: Span,
    pub seen: Option<Seen>,
}

/// A search of all documents.
#[derive(Debug, Clone)]
pub struct Search {
    pub epoch: usize,
    pub life: String,
    pub span: Span,
    pub seen: BTreeMap<String, Seen>,
}

/// A refresh or merge that went well.
#[derive(Debug, Clone)]
pub struct Refresh {
    pub epoch: usize,
    pub life: String,
    pub span: Span,
}

/// What was done to an index as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Create,
    Restore,
    Close,
    Open,
    Delete,
}

/// One such act.
#[derive(Debug, Clone)]
pub struct Step {
    pub epoch: usize,
    pub act: Act,
    pub name: String,
    /// Empty where it is not known.
    pub life: String,
    pub span: Span,
    /// Whether it went well; else nobody knows.
    pub done: bool,
}

/// A name that was answered with "not there" or "closed".
#[derive(Debug, Clone)]
pub struct Refusal {
    pub epoch: usize,
    pub name: String,
    pub span: Span,
    pub closed: bool,
}

/// An index that came from a snapshot.
#[derive(Debug, Clone)]
pub struct Origin {
    pub epoch: usize,
    pub life: String,
    /// The index that the snapshot was made of.
    pub from: String,
    /// When the snapshot was made, and in which start of the node.
    pub made: Span,
    pub made_epoch: usize,
    /// A write after the restore: its sequence number and its call and answer.
    pub probe: (u64, Span),
}

/// An end of a node without its doing, or by it; the next start reads what it left.
#[derive(Debug, Clone, Copy)]
pub struct End {
    pub epoch: usize,
    /// Just before and just after what it left was copied.
    pub copied: Span,
}

/// All that happened.
#[derive(Debug, Default)]
pub struct History {
    pub writes: Vec<Write>,
    pub reads: Vec<Read>,
    pub searches: Vec<Search>,
    pub refreshes: Vec<Refresh>,
    pub steps: Vec<Step>,
    pub refusals: Vec<Refusal>,
    pub origins: Vec<Origin>,
    pub ends: Vec<End>,
    /// When the storage was made to fail.
    pub faults: Vec<Stamp>,
    /// Indices of which nobody knows what they began with.
    pub unknown: Vec<String>,
    /// What went wrong in a way that no order of operations explains.
    pub broken: Vec<String>,
}

impl History {
    /// Adds what another thread saw.
    pub fn add(&mut self, mut other: Self) {
        self.writes.append(&mut other.writes);
        self.reads.append(&mut other.reads);
        self.searches.append(&mut other.searches);
        self.refreshes.append(&mut other.refreshes);
        self.steps.append(&mut other.steps);
        self.refusals.append(&mut other.refusals);
        self.origins.append(&mut other.origins);
        self.ends.append(&mut other.ends);
        self.faults.append(&mut other.faults);
        self.unknown.append(&mut other.unknown);
        self.broken.append(&mut other.broken);
    }
}
