//! `missing`: the documents without a value.

use crate::aggs::node::Node;
use crate::aggs::parse::{Params, Read};
use crate::aggs::partial::Bucket;
use crate::aggs::run::{Doc, Run, runs};
use crate::error::Result;

/// `missing`.
#[derive(Debug)]
pub(crate) struct MissingBucket {
    field: String,
}

impl MissingBucket {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        Ok(Self {
            field: params.field()?,
        })
    }

    pub(crate) fn collect(&self, run: &Run<'_>, subs: &[Node], docs: &[Doc]) -> Result<Bucket> {
        let field = run.field(&self.field, "missing")?;
        let mut without = Vec::new();
        for (_, part) in runs(docs) {
            run.check()?;
            without.extend(part.iter().filter(|doc| !field.has_value(**doc)));
        }
        run.take(1)?;
        run.bucket(subs, &without)
    }
}
