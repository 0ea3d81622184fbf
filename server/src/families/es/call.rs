//! A request of the family: its path, its parameters and its body.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use engine::budget::Charge;
use engine::index::Index;
use engine::numerals;
use engine::request::Bounds;
use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::error::EsError;
use super::expression::{Options, Wildcards};
use crate::app::App;
use crate::http::{JsonError, parse_charged};

/// Parameters that every route takes, and that change no results here.
const COMMON: &[&str] = &[
    "pretty",
    "human",
    "error_trace",
    "filter_path",
    "format",
    "master_timeout",
    "cluster_manager_timeout",
    "timeout",
    "local",
    "preference",
    "routing",
    "ignore_unavailable",
    "allow_no_indices",
    "expand_wildcards",
    "include_type_name",
    "flat_settings",
    "wait_for_active_shards",
    "request_cache",
    "batched_reduce_size",
    "ccs_minimize_roundtrips",
    "max_concurrent_shard_requests",
    "pre_filter_shard_size",
    "search_type",
    "typed_keys",
    "allow_partial_search_results",
    // A body that came as a parameter is the body from then on.
    "source",
    "source_content_type",
];

/// Memory of the values of a read's body, for each byte that it may have.
const VALUES_OF_READ: u64 = 16;

/// A request, on the thread that answers it.
pub struct Call {
    /// The node.
    pub app: Arc<App>,
    /// The path's parts that vary, by name.
    pub path: Vec<(&'static str, String)>,
    /// The path, for messages.
    pub route: String,
    /// The query's parameters.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// What [`Call::index`] made of the path.
    pub expression: OnceLock<Result<String, EsError>>,
    /// The time for all of it, and the memory of its answer.
    pub bounds: Bounds,
    /// The memory of what its body was parsed into.
    pub values: Mutex<Charge>,
    /// Whether the body is that of a read.
    pub reads: bool,
}

impl Call {
    /// A part of the path.
    pub fn part(&self, name: &str) -> Option<&str> {
        let found = self.path.iter().find(|(part, _)| *part == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The expression of indices in the path, as `ignore_unavailable`, `allow_no_indices` and
    /// `expand_wildcards` read it; empty for all.
    ///
    /// # Errors
    /// When it names what is not for this family, or what those do not let pass.
    pub fn index(&self) -> Result<&str, EsError> {
        self.index_as(Wildcards::default())
    }

    /// The same, where patterns stand for something else unless the request says so.
    ///
    /// # Errors
    /// As [`Self::index`].
    pub fn index_as(&self, default: Wildcards) -> Result<&str, EsError> {
        let read = || {
            let options = Options::of(self, default)?;
            options.apply(&self.app.node, self.part("index").unwrap_or(""))
        };
        let expression = self.expression.get_or_init(read);
        expression.as_deref().map_err(Clone::clone)
    }

    /// A parameter of the query.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter that is true or false; alone it is true.
    ///
    /// # Errors
    /// When it is neither.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, EsError> {
        match self.get(name) {
            None => Ok(default),
            Some("" | "true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(EsError::illegal(format!(
                "Failed to parse value [{other}] as only [true] or [false] are allowed."
            ))),
        }
    }

    /// A parameter that is a whole number.
    ///
    /// # Errors
    /// When it is none.
    pub fn number(&self, name: &str) -> Result<Option<u64>, EsError> {
        self.get(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    EsError::illegal(format!(
                        "Failed to parse int parameter [{name}] with value [{text}]"
                    ))
                })
            })
            .transpose()
    }

    /// Refuses parameters that the route does not take.
    ///
    /// # Errors
    /// The first that is unknown.
    pub fn allow(&self, known: &[&str]) -> Result<(), EsError> {
        let unknown = self
            .query
            .iter()
            .find(|(key, _)| !COMMON.contains(&key.as_str()) && !known.contains(&key.as_str()));
        for name in ["pretty", "human", "error_trace"] {
            self.flag(name, false)?;
        }
        match self.get("search_type") {
            None | Some("query_then_fetch" | "dfs_query_then_fetch") => {}
            Some(other) => return Err(EsError::illegal(format!("No search type for [{other}]"))),
        }
        match unknown {
            None => Ok(()),
            Some((key, _)) => Err(EsError::illegal(format!(
                "request [{}] contains unrecognized parameter: [{key}]",
                self.route
            ))),
        }
    }

    /// The body as JSON; an absent one is null.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> Result<Value, EsError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        Ok(self.values_of(&self.body)?)
    }

    /// Parses a body, or a line of it; the memory counts until the request is answered.
    ///
    /// # Errors
    /// When it is not JSON, or takes too much memory.
    pub fn values_of(&self, text: &[u8]) -> Result<Value, JsonError> {
        let limits = &self.app.settings.limits;
        let most = match self.reads {
            true => limits.max_read_bytes.saturating_mul(VALUES_OF_READ),
            false => self.app.bodies.limit() / 2,
        };
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        parse_charged(text, most, &mut self.values.lock())
    }

    /// Parses a document, with its numbers as they are written: see [`numerals`].
    ///
    /// # Errors
    /// As [`Self::values_of`].
    pub fn document(&self, text: &[u8], charge: &mut Charge) -> Result<Value, JsonError> {
        let most = usize::try_from(self.app.bodies.limit() / 2).unwrap_or(usize::MAX);
        let Some(marked) = numerals::marked(text) else {
            return parse_charged(text, most, charge);
        };
        parse_charged(&marked, most, charge).or_else(|error| match error {
            // Places are those of the text as it came.
            JsonError::Syntax(_) => parse_charged(text, most, charge),
            JsonError::TooLarge(_) | JsonError::Busy(_) => Err(error),
        })
    }

    /// The body as an object; an absent one is empty.
    ///
    /// # Errors
    /// When it is no object.
    pub fn object(&self) -> Result<Map<String, Value>, EsError> {
        match self.json()? {
            Value::Null => Ok(Map::new()),
            Value::Object(object) => Ok(object),
            _ => Err(EsError::parsing("Expected [START_OBJECT] in the body")),
        }
    }

    /// The lines of a body of lines.
    ///
    /// # Errors
    /// When the last one has no end.
    pub fn lines(&self) -> Result<Vec<&[u8]>, EsError> {
        if self.body.is_empty() {
            return Err(EsError::unreadable("request body is required"));
        }
        if self.body.last() != Some(&b'\n') {
            return Err(EsError::illegal(
                "The bulk request must be terminated by a newline [\\n]",
            ));
        }
        let lines = self.body.split(|byte| *byte == b'\n');
        Ok(lines
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .collect())
    }

    /// The one index that a name or alias stands for, to write to; made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or an alias stands for several.
    pub fn write_index(&self, name: &str) -> Result<Arc<Index>, EsError> {
        self.check_write(name)?;
        Ok(self.app.node.auto_create(name)?)
    }

    /// Refuses a name that is no alias, where `require_alias` asks for one.
    ///
    /// # Errors
    /// When it is none.
    pub fn check_alias(&self, name: &str, required: bool) -> Result<(), EsError> {
        let is_alias = || {
            let found = self.app.node.get_aliases("", Some(name));
            found.is_ok_and(|found| found.as_object().is_some_and(|found| !found.is_empty()))
        };
        if required && !is_alias() {
            let mut error = EsError::no_index(name);
            error.more.retain(|key, _| !key.starts_with("resource."));
            error.reason.push_str(&format!(
                " and [require_alias] request flag is [true] and [{name}] is not an alias"
            ));
            return Err(error);
        }
        Ok(())
    }

    /// Refuses names that no index can have, unless one is called so.
    ///
    /// # Errors
    /// When it is such a name.
    pub fn check_write(&self, name: &str) -> Result<(), EsError> {
        if !self.app.node.index_exists(name) {
            super::indices::check_name(name)?;
        }
        Ok(())
    }

    /// Makes writes visible when `refresh` asks for it.
    ///
    /// # Errors
    /// When it asks for something else, or the index cannot commit.
    pub fn refresh(&self, index: &Index) -> Result<(), EsError> {
        if self.wants_refresh()? {
            index.refresh()?;
        }
        Ok(())
    }

    /// Whether `refresh` asks for it.
    ///
    /// # Errors
    /// When it asks for something else.
    pub fn wants_refresh(&self) -> Result<bool, EsError> {
        match self.get("refresh") {
            None | Some("false") => Ok(false),
            Some("" | "true" | "wait_for") => Ok(true),
            Some(other) => Err(EsError::illegal(format!(
                "Unknown value for refresh: [{other}]."
            ))),
        }
    }
}
