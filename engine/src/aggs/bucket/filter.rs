//! `filter`: the documents that match one more query.

use serde_json::Value;

use crate::aggs::node::Node;
use crate::aggs::parse::{Params, Read};
use crate::aggs::partial::Bucket;
use crate::aggs::run::{Doc, Run};
use crate::error::Result;
use crate::query::ast::{ParseError, Query};

/// `filter`.
#[derive(Debug)]
pub(crate) struct Filter {
    query: Box<Query>,
}

impl Filter {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        let body = params.whole_body();
        if body.is_empty() {
            return Err(ParseError::illegal(
                "query malformed, empty clause found: a [filter] has one query",
            ));
        }
        let query = Query::from_json(&Value::Object(body.clone()))?;
        Ok(Self {
            query: Box::new(query),
        })
    }

    pub(crate) fn collect(&self, run: &Run<'_>, subs: &[Node], docs: &[Doc]) -> Result<Bucket> {
        let docs = run.matching(&self.query, docs)?;
        run.take(1)?;
        run.bucket(subs, &docs)
    }
}
