//! Sequence numbers: in the order of calls and answers, without gaps, and ids that are given once.

use std::collections::BTreeMap;

use super::life::{Doubt, Life};
use super::{Case, Report};
use crate::history::{Answer, Ask};

/// Checks an index's sequence numbers.
pub fn check(life: &Life<'_>, report: &mut Report) {
    let mut latest = 0;
    for event in life.chain.values() {
        if event.end < latest {
            let text = format!("[{}] at {}: {:?}", life.uuid, event.seq, event.write);
            report.add(
                "a write has an earlier number than one that was answered before",
                text,
            );
        }
        latest = latest.max(event.write.span.call);
    }
    gaps(life, report);
}

/// Each number that no write has is of another write that may have taken place.
fn gaps(life: &Life<'_>, report: &mut Report) {
    let mut doubts: Vec<&Doubt<'_>> = life.doubts.iter().collect();
    doubts.sort_by_key(|doubt| doubt.end);
    // The earliest end of the writes from a number on.
    let mut ends: BTreeMap<u64, u64> = BTreeMap::new();
    let mut earliest = u64::MAX;
    for (seq, event) in life.chain.iter().rev() {
        earliest = earliest.min(event.end);
        ends.insert(*seq, earliest);
    }
    let mut begun = 0;
    let mut chain = life.chain.iter().peekable();
    for gap in &life.gaps {
        while let Some((_, event)) = chain.next_if(|(seq, _)| *seq < gap) {
            begun = begun.max(event.write.span.call);
        }
        let before = ends.range(gap..).next().map_or(u64::MAX, |(_, end)| *end);
        // Windows move on with the numbers, so the first that fits is the best.
        let fits = |doubt: &&Doubt<'_>| doubt.end > begun && doubt.write.span.call < before;
        match doubts.iter().position(fits) {
            Some(at) => {
                doubts.remove(at);
            }
            None => report.add(
                "a sequence number is missing",
                format!("[{}] {gap}, between {begun} and {before}", life.uuid),
            ),
        }
    }
}

/// Ids that the node made are never the same, in no index.
pub fn automatic(case: &Case<'_>, report: &mut Report) {
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    for write in &case.history.writes {
        let done = matches!(write.answer, Answer::Done { .. });
        if write.ask != Ask::Auto || !done || !case.sure(write.epoch, write.span) {
            continue;
        }
        if let Some(other) = ids.insert(&write.key, &write.life) {
            let text = format!("{} in [{other}] and [{}]", write.key, write.life);
            report.add("an automatic id was given twice", text);
        }
    }
}
