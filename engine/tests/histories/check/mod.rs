//! Tells whether a history can be: every acknowledged write is there, each document's history is
//! linearizable, and sequence numbers are given once, without gaps.
//!
//! Sequence numbers are the order of an index's writes, so nothing has to be guessed but what
//! became of writes whose answer nobody had: those that failed for another reason than their
//! condition, and those in flight when the node ended. Such a write counts as done where it was read
//! after the next recovery. Else it may stand for a sequence number that nobody else has, and what
//! depends on it is not judged.

mod catalog;
mod keys;
mod life;
mod order;
mod reads;
mod searches;

use std::collections::BTreeMap;

use crate::history::{Act, History, Span, Stamp, Step};
use life::Life;

/// What cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule was broken.
    pub kind: &'static str,
    /// The operations.
    pub text: String,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    pub violations: Vec<Violation>,
    /// Reads that saw a write whose answer nobody had, and which is gone since.
    pub unsynced: u64,
}

impl Report {
    fn add(&mut self, kind: &'static str, text: String) {
        self.violations.push(Violation { kind, text });
    }
}

/// What all checks look into.
pub struct Case<'h> {
    history: &'h History,
    ends: BTreeMap<usize, Span>,
}

impl Case<'_> {
    /// Whether an answer came before what the node left was copied.
    fn sure(&self, epoch: usize, span: Span) -> bool {
        self.ends
            .get(&epoch)
            .is_none_or(|copied| span.answer < copied.call)
    }

    /// Whether something came after what the node left was copied.
    fn void(&self, epoch: usize, span: Span) -> bool {
        self.ends
            .get(&epoch)
            .is_some_and(|copied| span.call > copied.answer)
    }

    /// Whether an act certainly took place.
    fn took_place(&self, step: &Step) -> bool {
        step.done && self.sure(step.epoch, step.span)
    }

    /// Whether an index was read anew from its files between two moments.
    fn recovered(&self, life: &str, after: Stamp, before: Stamp) -> bool {
        let opened = self.history.steps.iter().any(|step| {
            step.act == Act::Open
                && step.life == life
                && self.took_place(step)
                && step.span.call > after
                && step.span.answer < before
        });
        opened
            || self
                .ends
                .values()
                .any(|copied| copied.answer >= after && copied.answer < before)
    }

    /// Whether an index may have been read anew, or its storage failed, while something went on.
    fn disturbed(&self, life: &str, during: Span) -> bool {
        let meets = |span: Span| span.call < during.answer && span.answer > during.call;
        let steps = self.history.steps.iter();
        self.ends.values().any(|copied| meets(*copied))
            || steps
                .filter(|step| step.life == life || step.life.is_empty())
                .any(|step| meets(step.span))
            || self.history.faults.iter().any(|at| *at < during.answer)
    }
}

/// Checks a history.
pub fn check(history: &History) -> Report {
    let ends = history.ends.iter().map(|end| (end.epoch, end.copied));
    let case = Case {
        history,
        ends: ends.collect(),
    };
    let mut report = Report::default();
    for text in &history.broken {
        report.add("broken", text.clone());
    }
    let mut lives: Vec<&str> = history.writes.iter().map(|write| &*write.life).collect();
    lives.extend(history.reads.iter().map(|read| &*read.life));
    lives.sort_unstable();
    lives.dedup();
    for uuid in lives {
        if let Some(life) = Life::of(&case, uuid, &mut report) {
            order::check(&life, &mut report);
            let documents = keys::check(&case, &life, &mut report);
            reads::check(&case, &life, &documents, &mut report);
            searches::check(&case, &life, &documents, &mut report);
        }
    }
    order::automatic(&case, &mut report);
    catalog::check(&case, &mut report);
    report
}
