//! Searches: each finds all documents as they were at one moment, not before the last refresh.

use super::keys::{Documents, State};
use super::life::Life;
use super::{Case, Report};
use crate::history::Search;

/// Checks the searches of an index.
pub fn check<'h>(case: &Case<'h>, life: &Life<'h>, documents: &Documents<'h>, report: &mut Report) {
    let searches = case.history.searches.iter();
    for search in searches.filter(|search| search.life == life.uuid) {
        if !case.sure(search.epoch, search.span) || clouded(life, search) {
            continue;
        }
        if let Err(why) = one(case, life, documents, search) {
            let text = format!("[{}] at {:?}: {why}", life.uuid, search.span);
            report.add("a search does not find the documents of one moment", text);
        }
    }
}

/// Whether a write whose answer nobody had may be among what was found.
fn clouded(life: &Life<'_>, search: &Search) -> bool {
    let doubts = life.doubts.iter();
    let mut keys = doubts.map(|doubt| &*doubt.write.key);
    let unsure = |key: &str| {
        let seen = search.seen.get(key).map(|seen| seen.seq);
        life.doubts.iter().any(|doubt| {
            doubt.write.key == key
                && doubt.write.span.call < search.span.answer
                && !life.chain.values().any(|event| {
                    event.write.key == key
                        && event.write.span.call > doubt.end
                        && Some(event.seq) <= seen
                })
        })
    };
    keys.any(unsure)
}

/// The state after the first so many writes of the index.
fn at<'s, 'h>(states: &'s [State<'h>], rank: u64) -> Option<&'s State<'h>> {
    let after = states.partition_point(|state| state.rank() <= rank);
    after.checked_sub(1).and_then(|last| states.get(last))
}

fn one(
    case: &Case<'_>,
    life: &Life<'_>,
    documents: &Documents<'_>,
    search: &Search,
) -> Result<(), String> {
    for (key, seen) in &search.seen {
        let states = documents.get(key.as_str()).map_or(&[][..], Vec::as_slice);
        let state = states.iter().find(|state| state.rank() == seen.seq + 1);
        match state {
            Some(state) if state.is(*seen) || state.vague => {}
            other => return Err(format!("{key} is {seen:?}, by the writes {other:?}")),
        }
    }
    // Between the newest that was found and what would have replaced one of them.
    let newest = search
        .seen
        .values()
        .map(|seen| seen.seq + 1)
        .max()
        .unwrap_or(0);
    let refreshed = refreshed(case, life, search);
    let from = newest.max(refreshed);
    let fits = |rank: u64| {
        documents.iter().find(|(key, states)| {
            let there = at(states, rank).filter(|state| state.there);
            there.map(State::rank) != search.seen.get(**key).map(|seen| seen.seq + 1)
        })
    };
    let Some((first, states)) = fits(from) else {
        return Ok(());
    };
    let wrong = at(states, from).map(|state| state.event);
    let mut later = life.chain.range(from..).map(|(seq, _)| seq + 1);
    let bound = search.span.answer;
    let in_time = |rank: &u64| {
        let event = life.chain.get(&(rank - 1));
        event.is_none_or(|event| event.write.span.call < bound)
    };
    if later
        .by_ref()
        .take_while(in_time)
        .any(|rank| fits(rank).is_none())
    {
        return Ok(());
    }
    Err(format!(
        "{} documents up to {newest}, refreshed to {refreshed}, but {first} is {:?} and was {wrong:?}",
        search.seen.len(),
        search.seen.get(*first),
    ))
}

/// How many writes a refresh before a search made visible.
fn refreshed(case: &Case<'_>, life: &Life<'_>, search: &Search) -> u64 {
    let refreshes = case.history.refreshes.iter().filter(|refresh| {
        refresh.life == life.uuid
            && refresh.span.answer < search.span.call
            && case.sure(refresh.epoch, refresh.span)
    });
    let Some(last) = refreshes.map(|refresh| refresh.span.call).max() else {
        return 0;
    };
    let chain = life.chain.values();
    chain
        .filter(|event| event.certain() && event.write.span.answer < last)
        .map(|event| event.seq + 1)
        .max()
        .unwrap_or(0)
}
