//! Each document's states in order: what a write answered fits what was there.

use std::collections::BTreeMap;

use super::life::{Event, Life};
use super::{Case, Report};
use crate::history::{Answer, Ask, Did, Seen, Span, Stamp, Write};

/// A document between two writes.
#[derive(Debug, Clone, Copy)]
pub struct State<'h> {
    /// The write that made it; `None` before the first.
    pub event: Option<Event<'h>>,
    /// Whether the document is there.
    pub there: bool,
    /// Of a deleted one that of its deletion; 0 before the first write.
    pub version: u64,
    /// 0 where it is not known.
    pub token: u64,
    /// `None` where it is not known.
    pub patch: Option<u64>,
    /// Whether the state can differ, as a write may have come before it whose answer nobody had.
    pub vague: bool,
}

impl State<'_> {
    /// The number of the write that made it, counted from 1; 0 before the first.
    pub fn rank(&self) -> u64 {
        self.event.map_or(0, |event| event.seq + 1)
    }

    /// The first moment at which it can have been.
    pub fn since(&self) -> Stamp {
        self.event.map_or(0, |event| event.write.span.call)
    }

    /// Whether it is what was read.
    pub fn is(&self, seen: Seen) -> bool {
        self.there
            && self.version == seen.version
            && (self.token == 0 || self.token == seen.token)
            && self.patch.is_none_or(|patch| patch == seen.patch)
    }
}

/// The states of each document, the first one before its first write.
pub type Documents<'h> = BTreeMap<&'h str, Vec<State<'h>>>;

const NOTHING: State<'static> = State {
    event: None,
    there: false,
    version: 0,
    token: 0,
    patch: Some(0),
    vague: false,
};

/// Follows each document through its writes.
pub fn check<'h>(case: &Case<'h>, life: &Life<'h>, report: &mut Report) -> Documents<'h> {
    let mut documents = Documents::new();
    for event in life.chain.values() {
        let states = documents
            .entry(&event.write.key)
            .or_insert_with(|| vec![NOTHING]);
        let Some(before) = states.last().copied() else {
            continue;
        };
        let vague = vague(life, &before, event);
        let after = after(&before, event, vague);
        if !vague
            && event.certain()
            && let Err(why) = step(case, life, &before, event)
        {
            let text = format!("{why}: {:?}\n    before: {before:?}", event.write);
            report.add("an answer does not fit what was there", text);
        }
        states.push(after);
    }
    documents
}

/// Whether a write that nobody has the answer of may have come between.
fn vague(life: &Life<'_>, before: &State<'_>, event: &Event<'_>) -> bool {
    let from = before.rank();
    let gap = life.gaps.partition_point(|gap| *gap < from);
    let has_gap = life.gaps.get(gap).is_some_and(|gap| *gap < event.seq);
    has_gap
        && life.doubts.iter().any(|doubt| {
            doubt.write.key == event.write.key
                && doubt.write.span.call < event.end
                && doubt.end > before.since()
        })
}

/// The state that a write leaves.
fn after<'h>(before: &State<'h>, event: &Event<'h>, vague: bool) -> State<'h> {
    let mut state = State {
        event: Some(*event),
        vague,
        ..*before
    };
    if let Some(seen) = event.seen {
        state.there = true;
        (state.version, state.token, state.patch) = (seen.version, seen.token, Some(seen.patch));
        return state;
    }
    let Answer::Done { version, did, .. } = event.write.answer else {
        return state;
    };
    let token = event.write.token;
    state.version = version;
    state.there = matches!(did, Did::Created | Did::Updated);
    let changes = matches!(event.write.ask, Ask::Update | Ask::Upsert) && did == Did::Updated;
    if changes {
        state.patch = Some(token);
        if vague {
            state.token = 0;
        }
    } else {
        (state.token, state.patch) = (token, Some(0));
    }
    state
}

/// Whether an answer fits the state before.
fn step(
    case: &Case<'_>,
    life: &Life<'_>,
    before: &State<'_>,
    event: &Event<'_>,
) -> Result<(), String> {
    let write = event.write;
    let Answer::Done { version, did, .. } = write.answer else {
        return Ok(());
    };
    if let Some(seq) = write.if_seq
        && !(before.there && before.rank() == seq + 1)
    {
        return Err(format!("its condition {seq} did not hold"));
    }
    let next = before.version + 1;
    let fits = match write.ask {
        Ask::Index | Ask::Auto | Ask::Upsert | Ask::Create | Ask::Update | Ask::Touch => {
            let needs = !matches!(write.ask, Ask::Update | Ask::Touch);
            let may = !matches!(write.ask, Ask::Create | Ask::Auto);
            if before.there {
                may && did == Did::Updated && version == next
            } else {
                let anew = version == 1 && forgotten(case, life, before, write.span);
                needs && did == Did::Created && (version == next || anew)
            }
        }
        Ask::External(asked) | Ask::ExternalGte(asked) => {
            let equal = matches!(write.ask, Ask::ExternalGte(_)) && asked == before.version;
            let larger = asked > before.version || equal;
            let made = if before.there {
                Did::Updated
            } else {
                Did::Created
            };
            let larger = larger || (!before.there && forgotten(case, life, before, write.span));
            version == asked && did == made && larger
        }
        Ask::Delete if before.there => did == Did::Deleted && version == next,
        Ask::DeleteExternal(asked) if before.there => {
            did == Did::Deleted && version == asked && asked > before.version
        }
        Ask::Delete | Ask::DeleteExternal(_) => did == Did::NotFound,
    };
    if fits {
        Ok(())
    } else {
        Err("the answer is another".to_owned())
    }
}

/// Whether the version of a deleted document may be forgotten: it is remembered for a minute, as long as
/// the index is open. A history is shorter than that.
fn forgotten(case: &Case<'_>, life: &Life<'_>, deleted: &State<'_>, until: Span) -> bool {
    let Some(event) = deleted.event else {
        return true;
    };
    let span = Span {
        call: event.write.span.call,
        answer: until.answer,
    };
    // What a restored index remembers of the one that it was copied from is not said.
    event.write.life != life.uuid || case.disturbed(life.uuid, span)
}

/// Whether a condition that failed can have failed in a state.
pub fn refuses(write: &Write, state: &State<'_>) -> bool {
    let condition = write
        .if_seq
        .is_some_and(|seq| !(state.there && state.rank() == seq + 1));
    let own = match write.ask {
        Ask::Create => state.there,
        Ask::Update | Ask::Touch => !state.there,
        Ask::External(asked) | Ask::DeleteExternal(asked) => asked <= state.version,
        Ask::ExternalGte(asked) => asked < state.version,
        Ask::Index | Ask::Auto | Ask::Upsert | Ask::Delete => false,
    };
    condition || own
}
