//! One index from when it is made until it is deleted: its writes by sequence number.

use std::collections::BTreeMap;

use super::{Case, Report};
use crate::history::{Answer, Did, Origin, Seen, Stamp, Write};

/// A write that took place.
#[derive(Debug, Clone, Copy)]
pub struct Event<'h> {
    pub write: &'h Write,
    pub seq: u64,
    /// Of one whose answer nobody had: how it was read.
    pub seen: Option<Seen>,
    /// The latest moment at which it took effect.
    pub end: Stamp,
}

impl Event<'_> {
    /// Whether it was acknowledged.
    pub fn certain(&self) -> bool {
        self.seen.is_none()
    }
}

/// A write that may have taken place, with the latest moment.
#[derive(Debug, Clone, Copy)]
pub struct Doubt<'h> {
    pub write: &'h Write,
    pub end: Stamp,
}

/// An index's writes.
pub struct Life<'h> {
    pub uuid: &'h str,
    pub chain: BTreeMap<u64, Event<'h>>,
    pub doubts: Vec<Doubt<'h>>,
    /// Sequence numbers up to the last that no write of the chain has.
    pub gaps: Vec<u64>,
}

impl<'h> Life<'h> {
    /// Puts an index's writes in order; `None` where nobody knows what it began with.
    pub fn of(case: &Case<'h>, uuid: &'h str, report: &mut Report) -> Option<Self> {
        if case.history.unknown.iter().any(|unknown| unknown == uuid) {
            return None;
        }
        let (mut chain, mut doubts) = own(case, uuid, report);
        let origin = case
            .history
            .origins
            .iter()
            .find(|origin| origin.life == uuid);
        if let Some(origin) = origin {
            let (from, last) = base(case, origin, &chain, &doubts, report)?;
            for (seq, event) in from.chain.into_iter().filter(|(seq, _)| Some(*seq) <= last) {
                if chain.insert(seq, event).is_some() {
                    let text = format!("[{uuid}] gives {seq}, which its snapshot has");
                    report.add("a sequence number was given twice", text);
                }
            }
            doubts.extend(from.doubts);
        }
        let last = chain.last_key_value().map_or(0, |(seq, _)| *seq);
        let gaps = (0..last).filter(|seq| !chain.contains_key(seq)).collect();
        Some(Self {
            uuid,
            chain,
            doubts,
            gaps,
        })
    }

    /// Whether a write whose answer nobody had may be what somebody found in a document.
    pub fn clouded(&self, key: &str, call: Stamp, answer: Stamp) -> bool {
        let doubts = self.doubts.iter().filter(|doubt| doubt.write.key == key);
        doubts
            .filter(|doubt| doubt.write.span.call < answer)
            .any(|doubt| {
                // Unless another came certainly after it and before.
                !self.chain.values().any(|event| {
                    event.certain()
                        && event.write.key == key
                        && event.write.span.call > doubt.end
                        && event.write.span.answer < call
                })
            })
    }
}

type Parts<'h> = (BTreeMap<u64, Event<'h>>, Vec<Doubt<'h>>);

/// The writes that were sent to an index itself.
fn own<'h>(case: &Case<'h>, uuid: &str, report: &mut Report) -> Parts<'h> {
    let mut chain: BTreeMap<u64, Event<'h>> = BTreeMap::new();
    let mut doubts = Vec::new();
    let writes = case.history.writes.iter();
    for write in writes.filter(|write| write.life == uuid && !case.void(write.epoch, write.span)) {
        let sure = case.sure(write.epoch, write.span);
        let end = case
            .ends
            .get(&write.epoch)
            .map_or(write.span.answer, |copied| {
                write.span.answer.min(copied.answer)
            });
        match write.answer {
            Answer::Done { did: Did::Noop, .. } | Answer::Conflict | Answer::Missing => {}
            Answer::Done { seq, .. } if sure => {
                let event = Event {
                    write,
                    seq,
                    seen: None,
                    end,
                };
                if let Some(other) = chain.insert(seq, event) {
                    let kind = if not_found(write) || not_found(other.write) {
                        "a deletion of nothing has the sequence number of another write"
                    } else {
                        "a sequence number was given twice"
                    };
                    report.add(kind, format!("{seq}: {:?}, {write:?}", other.write));
                    // What changed something is the one that others build on.
                    if not_found(write) {
                        chain.insert(seq, other);
                    }
                }
            }
            Answer::Done { .. } | Answer::Unknown(_) => doubts.push(Doubt { write, end }),
        }
    }
    doubts.retain(|doubt| {
        let Some(seen) = found(case, uuid, doubt) else {
            return true;
        };
        let event = Event {
            write: doubt.write,
            seq: seen.seq,
            seen: Some(seen),
            end: doubt.end,
        };
        if let Some(other) = chain.get(&seen.seq) {
            let text = format!("{}: {:?}, {:?}", seen.seq, other.write, doubt.write);
            report.add("a sequence number was given twice", text);
        } else {
            chain.insert(seen.seq, event);
        }
        false
    });
    (chain, doubts)
}

fn not_found(write: &Write) -> bool {
    matches!(
        write.answer,
        Answer::Done {
            did: Did::NotFound,
            ..
        }
    )
}

/// How a write whose answer nobody had was read after the next recovery of its index.
fn found(case: &Case<'_>, uuid: &str, doubt: &Doubt<'_>) -> Option<Seen> {
    let reads = case.history.reads.iter();
    let mut reads = reads.filter(|read| {
        read.life == uuid
            && read.key == doubt.write.key
            && read.span.call > doubt.end
            && read
                .seen
                .is_some_and(|seen| seen.last() == doubt.write.token)
            && case.sure(read.epoch, read.span)
    });
    reads
        .find(|read| case.recovered(uuid, doubt.end, read.span.call))
        .and_then(|read| read.seen)
}

/// The index that a restored one began as, and the last sequence number that it had then.
fn base<'h>(
    case: &Case<'h>,
    origin: &'h Origin,
    chain: &BTreeMap<u64, Event<'h>>,
    doubts: &[Doubt<'h>],
    report: &mut Report,
) -> Option<(Life<'h>, Option<u64>)> {
    let (probe, span) = origin.probe;
    let known = case.sure(origin.epoch, span) && case.sure(origin.made_epoch, origin.made);
    if !known
        || doubts
            .iter()
            .any(|doubt| doubt.write.span.call < span.answer)
    {
        return None;
    }
    // Violations of that index are told where it is looked at itself.
    let from = Life::of(case, &origin.from, &mut Report::default())?;
    let before = chain.range(..probe).count() as u64;
    let last = (probe - before).checked_sub(1);
    let floor = from
        .chain
        .values()
        .filter(|event| event.certain() && event.write.span.answer < origin.made.call)
        .map(|event| event.seq)
        .max();
    if last < floor {
        let text = format!("it ends at {last:?}, acknowledged before was {floor:?}: {origin:?}");
        report.add("a snapshot lacks acknowledged writes", text);
    }
    Some((from, last))
}
