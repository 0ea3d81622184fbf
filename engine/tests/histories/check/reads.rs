//! Reads by id, and answers that say what was there: each found a state that was there between its call and its
//! answer, and none an older one than somebody before.

use super::keys::{Documents, State, refuses};
use super::life::Life;
use super::{Case, Report};
use crate::history::{Answer, Did, Seen, Span, Stamp};

/// What somebody found.
enum Found {
    Document(Seen),
    Nothing,
    /// A version and sequence number, of a change that changes nothing.
    Same {
        seq: u64,
        version: u64,
    },
    /// A condition that did not hold: the number of the write.
    Refused(usize),
}

struct Look {
    epoch: usize,
    span: Span,
    found: Found,
}

/// Checks the reads of all documents of an index.
pub fn check<'h>(case: &Case<'h>, life: &Life<'h>, documents: &Documents<'h>, report: &mut Report) {
    let none = [];
    let mut keys: Vec<&str> = documents.keys().copied().collect();
    let reads = || {
        case.history
            .reads
            .iter()
            .filter(|read| read.life == life.uuid)
    };
    keys.extend(reads().map(|read| &*read.key));
    keys.sort_unstable();
    keys.dedup();
    let mut looks: std::collections::BTreeMap<&str, Vec<Look>> = Default::default();
    for read in reads().filter(|read| case.sure(read.epoch, read.span)) {
        looks.entry(&read.key).or_default().push(Look {
            epoch: read.epoch,
            span: read.span,
            found: read.seen.map_or(Found::Nothing, Found::Document),
        });
    }
    for (at, write) in case.history.writes.iter().enumerate() {
        let found = match write.answer {
            Answer::Done {
                seq,
                version,
                did: Did::Noop,
            } => Found::Same { seq, version },
            Answer::Conflict | Answer::Missing => Found::Refused(at),
            Answer::Done { .. } | Answer::Unknown(_) => continue,
        };
        if write.life == life.uuid && case.sure(write.epoch, write.span) {
            looks.entry(&write.key).or_default().push(Look {
                epoch: write.epoch,
                span: write.span,
                found,
            });
        }
    }
    for key in keys {
        let mut looks = looks.remove(key).unwrap_or_default();
        looks.sort_by_key(|look| look.span.answer);
        let states: &[State<'_>] = documents.get(key).map_or(&none, Vec::as_slice);
        document(case, life, key, states, &looks, report);
    }
}

/// The largest rank that was known before a moment.
struct Floor(Vec<(Stamp, u64)>);

impl Floor {
    fn at(&self, call: Stamp) -> u64 {
        let before = self.0.partition_point(|(answer, _)| *answer < call);
        before.checked_sub(1).map_or(0, |last| self.0[last].1)
    }

    fn push(&mut self, answer: Stamp, rank: u64) {
        let rank = self.0.last().map_or(0, |(_, rank)| *rank).max(rank);
        self.0.push((answer, rank));
    }
}

fn document(
    case: &Case<'_>,
    life: &Life<'_>,
    key: &str,
    states: &[State<'_>],
    looks: &[Look],
    report: &mut Report,
) {
    let mut written: Vec<(Stamp, u64)> = states
        .iter()
        .filter_map(|state| state.event)
        .filter(|event| event.certain())
        .map(|event| (event.write.span.answer, event.seq + 1))
        .collect();
    written.sort_unstable();
    let mut written = written.into_iter().peekable();
    let mut floor = Floor(Vec::new());
    for look in looks {
        while let Some((answer, rank)) = written.next_if(|(answer, _)| *answer < look.span.answer) {
            floor.push(answer, rank);
        }
        let least = floor.at(look.span.call);
        match judge(case, life, key, states, look, least) {
            Verdict::Rank(rank) => floor.push(look.span.answer, rank),
            Verdict::Open => {}
            Verdict::Unsynced => report.unsynced += 1,
            Verdict::Wrong(kind, text) => {
                report.add(
                    kind,
                    format!("[{}] {key} at {:?}: {text}", life.uuid, look.span),
                );
            }
        }
    }
}

enum Verdict {
    /// It found the state of that rank, or a later one.
    Rank(u64),
    /// Nothing can be said.
    Open,
    /// It found a write whose answer nobody had.
    Unsynced,
    Wrong(&'static str, String),
}

fn judge(
    case: &Case<'_>,
    life: &Life<'_>,
    key: &str,
    states: &[State<'_>],
    look: &Look,
    least: u64,
) -> Verdict {
    let Span { call, answer } = look.span;
    // Those that can have been there: the last one of at least that rank, and what began in time.
    let first = states.partition_point(|state| state.rank() <= least).max(1) - 1;
    let possible = || {
        let rest = states.get(first..).unwrap_or_default();
        rest.iter().filter(|state| state.since() < answer)
    };
    let clouded = || life.clouded(key, call, answer);
    match look.found {
        Found::Document(seen) => {
            let at = states.iter().find(|state| state.rank() == seen.seq + 1);
            match at {
                Some(state) if state.is(seen) => {
                    if state.since() >= answer {
                        return Verdict::Wrong("a read of the future", format!("{seen:?}"));
                    }
                    if state.rank() < least {
                        return lost(case, life, states, look, format!("{seen:?}"), state.rank());
                    }
                    Verdict::Rank(state.rank())
                }
                _ if unanswered(life, key, seen, answer) => Verdict::Unsynced,
                Some(state) if state.vague && state.version != seen.version => Verdict::Open,
                other => Verdict::Wrong(
                    "a value that was never there",
                    format!("{seen:?}, by the writes {other:?}"),
                ),
            }
        }
        Found::Nothing => {
            let mut gone = possible().filter(|state| !state.there);
            match gone.next() {
                Some(state) => Verdict::Rank(state.rank()),
                None if states.is_empty() || clouded() => Verdict::Open,
                None => lost(case, life, states, look, "nothing".to_owned(), 0),
            }
        }
        Found::Same { seq, version } => {
            let mut same = possible();
            match same.find(|state| state.there && state.rank() == seq + 1) {
                Some(state) if state.version == version => Verdict::Rank(state.rank()),
                _ if clouded() => Verdict::Open,
                _ => Verdict::Wrong(
                    "a change that changed nothing answers another state",
                    format!("{seq}, version {version}; it was at {least} at least"),
                ),
            }
        }
        Found::Refused(at) => {
            let Some(write) = case.history.writes.get(at) else {
                return Verdict::Open;
            };
            let first_of_all = states.is_empty() && !matches!(write.answer, Answer::Conflict);
            if first_of_all || possible().any(|state| refuses(write, state)) || clouded() {
                return Verdict::Open;
            }
            let none = states.is_empty() && write.if_seq.is_some();
            if none {
                return Verdict::Open;
            }
            Verdict::Wrong("a condition that held was refused", format!("{write:?}"))
        }
    }
}

/// Whether a write whose answer nobody had left what was read.
fn unanswered(life: &Life<'_>, key: &str, seen: Seen, answer: Stamp) -> bool {
    life.doubts.iter().any(|doubt| {
        let token = doubt.write.token;
        doubt.write.key == key
            && (token == seen.token || token == seen.patch)
            && doubt.write.span.call < answer
    })
}

/// An older state than was known: a write was lost where the index was read anew since, else the read is stale.
fn lost(
    case: &Case<'_>,
    life: &Life<'_>,
    states: &[State<'_>],
    look: &Look,
    found: String,
    rank: u64,
) -> Verdict {
    let missed = states.iter().filter_map(|state| state.event).find(|event| {
        event.certain() && event.seq + 1 > rank && event.write.span.answer < look.span.call
    });
    let Some(missed) = missed else {
        return Verdict::Wrong("a read is older than one before it", found);
    };
    let anew = look.epoch > missed.write.epoch
        || case.recovered(life.uuid, missed.write.span.answer, look.span.call);
    let kind = if anew {
        "an acknowledged write is lost"
    } else {
        "a read does not see an acknowledged write"
    };
    Verdict::Wrong(kind, format!("{found}, after {:?}", missed.write))
}
