//! Indices as a whole: what is closed or deleted takes nothing, and what is there is found.

use super::{Case, Report};
use crate::history::{Act, Answer, Refusal, Span, Step};

/// Checks what was answered by indices that were closed or deleted, and names that were not found.
pub fn check(case: &Case<'_>, report: &mut Report) {
    let history = case.history;
    let writes = history.writes.iter().filter(|write| {
        matches!(write.answer, Answer::Done { .. }) && case.sure(write.epoch, write.span)
    });
    let reads = history
        .reads
        .iter()
        .filter(|read| case.sure(read.epoch, read.span));
    let writes = writes.map(|write| (&write.life, write.span, "written to"));
    let reads = reads.map(|read| (&read.life, read.span, "read"));
    for (life, span, word) in writes.chain(reads) {
        if let Some(step) = away(case, life, span) {
            let kind = "an index was used after it was closed or deleted";
            report.add(
                kind,
                format!("{life} was {word} at {span:?} after {step:?}"),
            );
        }
    }
    for refusal in &history.refusals {
        if case.sure(refusal.epoch, refusal.span)
            && let Some(step) = certainly_there(case, refusal)
        {
            let kind = "an index that is there was not found";
            report.add(kind, format!("{refusal:?} after {step:?}"));
        }
    }
}

/// The act after which an index certainly could not be used.
fn away<'h>(case: &Case<'h>, life: &str, span: Span) -> Option<&'h Step> {
    let steps = || case.history.steps.iter().filter(|step| step.life == life);
    steps().find(|step| {
        let ends = matches!(step.act, Act::Close | Act::Delete);
        ends && case.took_place(step)
            && step.span.answer < span.call
            && !steps().any(|other| {
                other.act == Act::Open
                    && step.act == Act::Close
                    && other.span.answer > step.span.call
                    && other.span.call < span.answer
            })
    })
}

/// The act after which an index of a name was certainly there, and open.
fn certainly_there<'h>(case: &Case<'h>, refusal: &Refusal) -> Option<&'h Step> {
    let steps = || {
        case.history
            .steps
            .iter()
            .filter(|step| step.name == refusal.name)
    };
    let came = steps().filter(|step| {
        let comes = match step.act {
            Act::Create | Act::Restore => true,
            Act::Open => refusal.closed,
            Act::Close | Act::Delete => false,
        };
        comes && case.took_place(step) && step.span.answer < refusal.span.call
    });
    let last = came.max_by_key(|step| step.span.answer)?;
    let gone = steps().any(|step| {
        let goes = match step.act {
            Act::Delete => true,
            Act::Close => refusal.closed,
            Act::Create | Act::Restore | Act::Open => false,
        };
        goes && step.span.answer > last.span.call && step.span.call < refusal.span.answer
    });
    (!gone).then_some(last)
}
