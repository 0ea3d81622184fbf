//! `cardinality`: how many different values there are.

use super::Distinct;
use crate::aggs::parse::{Params, Read};
use crate::aggs::run::{Doc, Run, Source, Wants, runs};
use crate::aggs::value::ValueKind;
use crate::error::Result;

/// `cardinality`.
#[derive(Debug)]
pub(crate) struct Cardinality {
    source: Source,
}

impl Cardinality {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        // Counts are exact far past the largest threshold, so it changes nothing.
        params.count("precision_threshold")?;
        params.ignore(&["rehash", "execution_hint"]);
        Source::read(params).map(|source| Self { source })
    }

    pub(crate) fn collect(&self, run: &Run<'_>, docs: &[Doc]) -> Result<Distinct> {
        let bound = self.source.bind(run, Wants::Any)?;
        bound.field().prepare(run, docs)?;
        let mut seen: Vec<u64> = Vec::new();
        let mut values = Vec::new();
        let mut distinct = Distinct::default();
        for (_, part) in runs(docs) {
            run.check()?;
            for doc in part {
                bound.values(*doc, &mut values)?;
                seen.append(&mut values);
            }
            // Values that repeat are hashed once.
            seen.sort_unstable();
            seen.dedup();
            for value in seen.drain(..) {
                match bound.kind {
                    ValueKind::Text => {
                        distinct.add_bytes(bound.field().text(value).as_bytes());
                    }
                    // Whole numbers and floats that are equal are the same in another index.
                    ValueKind::Whole => distinct.add_whole(bound.whole(value)),
                    ValueKind::Float => distinct.add_number(bound.number(value)),
                    _ => distinct.add_bytes(&value.to_le_bytes()),
                }
            }
        }
        Ok(distinct)
    }
}
