//! `include` and `exclude`: which terms are counted.

use std::collections::HashSet;

use regex_automata::meta::Regex;
use serde_json::Value;

use crate::aggs::parse::{Params, Read, wrong_type};
use crate::aggs::run::{Bound, Source};
use crate::aggs::value::{Key, ValueKind};
use crate::error::{EngineError, Result};
use crate::query::ast::ParseError;
use crate::query::lucene_regexp;

/// The most terms of a list.
const MAX_LIST: usize = 65_536;

/// What is counted, as it was written.
#[derive(Debug, Default)]
pub(super) struct Selection {
    include: Option<Part>,
    exclude: Option<Part>,
}

#[derive(Debug)]
enum Part {
    List(Vec<Value>),
    Pattern(Regex),
}

/// What is counted, in one index.
pub(super) struct Chosen<'a> {
    include: Option<Test<'a>>,
    exclude: Option<Test<'a>>,
}

enum Test<'a> {
    Keys(HashSet<Key>),
    Pattern(&'a Regex),
}

impl Selection {
    pub(super) fn read(params: &mut Params<'_>) -> Read<Self> {
        Ok(Self {
            include: read_part(params, "include")?,
            exclude: read_part(params, "exclude")?,
        })
    }

    pub(super) fn bind(&self, name: &str, source: &Source, bound: &Bound) -> Result<Chosen<'_>> {
        Ok(Chosen {
            include: bind_part(self.include.as_ref(), name, source, bound)?,
            exclude: bind_part(self.exclude.as_ref(), name, source, bound)?,
        })
    }
}

fn read_part(params: &mut Params<'_>, name: &'static str) -> Read<Option<Part>> {
    Ok(Some(match params.get(name) {
        None => return Ok(None),
        Some(Value::Array(items)) => {
            if items.len() > MAX_LIST {
                return Err(ParseError::illegal(format!(
                    "a list of [{}] terms is longer than the allowed maximum of [{MAX_LIST}]",
                    items.len()
                ))
                .within(name));
            }
            if let Some(wrong) = items
                .iter()
                .find(|item| item.is_object() || item.is_array())
            {
                return Err(wrong_type("a value", wrong).within(name));
            }
            Part::List(items.clone())
        }
        Some(Value::String(pattern)) => {
            let pattern = lucene_regexp::compile(pattern, false)
                .map_err(|reason| ParseError::illegal(reason).within(name))?;
            Part::Pattern(pattern)
        }
        Some(Value::Object(_)) => {
            return Err(ParseError::illegal(
                "partitions of a [terms] aggregation are not supported: page with [composite]",
            )
            .within(name));
        }
        Some(other) => return Err(wrong_type("a list or a string", other).within(name)),
    }))
}

fn bind_part<'a>(
    part: Option<&'a Part>,
    name: &str,
    source: &Source,
    bound: &Bound,
) -> Result<Option<Test<'a>>> {
    Ok(Some(match part {
        None => return Ok(None),
        Some(Part::Pattern(pattern)) => {
            if !matches!(bound.kind, ValueKind::Text | ValueKind::Unmapped) {
                return Err(EngineError::IllegalArgument(format!(
                    "Aggregation [{name}] cannot support regular expression style include/exclude \
                     settings as they can only be applied to string fields. Use an array of \
                     values for include/exclude clauses"
                )));
            }
            Test::Pattern(pattern)
        }
        Some(Part::List(values)) => {
            let keys = values
                .iter()
                .map(|value| source.key(bound.kind, bound.field().date_format(), value));
            Test::Keys(keys.collect::<Result<_>>()?)
        }
    }))
}

impl Chosen<'_> {
    /// Whether everything is counted.
    pub(super) fn is_all(&self) -> bool {
        self.include.is_none() && self.exclude.is_none()
    }

    /// Whether a term is counted.
    pub(super) fn accepts(&self, key: &Key) -> bool {
        self.include.as_ref().is_none_or(|test| test.holds(key))
            && !self.exclude.as_ref().is_some_and(|test| test.holds(key))
    }
}

impl Test<'_> {
    fn holds(&self, key: &Key) -> bool {
        match (self, key) {
            (Self::Keys(keys), key) => keys.contains(key),
            (Self::Pattern(pattern), Key::Text(text)) => pattern.is_match(text.as_ref()),
            (Self::Pattern(_), _) => false,
        }
    }
}
