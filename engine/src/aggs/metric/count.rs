//! `value_count`: how many values there are.

use crate::aggs::parse::{Params, Read};
use crate::aggs::run::{Doc, Run, Source, Wants, runs};
use crate::error::Result;

/// `value_count`.
#[derive(Debug)]
pub(crate) struct ValueCount {
    source: Source,
}

impl ValueCount {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        Source::read(params).map(|source| Self { source })
    }

    pub(crate) fn collect(&self, run: &Run<'_>, docs: &[Doc]) -> Result<u64> {
        let bound = self.source.bind(run, Wants::Any)?;
        let mut count = 0;
        let mut values = Vec::new();
        for (_, part) in runs(docs) {
            run.check()?;
            for doc in part {
                count += bound.count(*doc, &mut values)?;
            }
        }
        Ok(count)
    }
}
