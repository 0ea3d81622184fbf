//! From the query language to what the text index runs.
//!
//! [`Planner::plan`] binds each clause to the mapping (which slot, which
//! column, which terms) and builds tantivy's query objects. Clauses that
//! tantivy has nothing good for become [`sets::SegmentSet`]s: sets of documents
//! computed per segment. One file for each kind of clause.

mod aliases;
mod columns;
mod compound;
mod every;
mod expand;
mod factors;
mod fuzzy;
mod hybrid;
mod knn;
mod leaf;
mod more_like_this;
mod own_name;
mod patterns;
mod phrase;
mod python;
mod query_string;
mod ranges;
mod scoring;
mod sets;
mod statistics;
mod text;
mod trigrams;
mod written;

pub(crate) use aliases::resolved;
pub use columns::{Numbers, first_number, numbers};
pub use expand::{Expansion, Nearness, has_automaton, within_distance};
pub(crate) use fuzzy::edits;
pub(crate) use leaf::scalar_text;
pub(crate) use sets::{Docs, SegmentSet, set_query};
pub use trigrams::lower_char;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use parking_lot::{Mutex, MutexGuard};
use tantivy::Searcher;
use tantivy::query::{BoostQuery, ConstScoreQuery, EmptyQuery, Query as TextQuery};

use crate::error::{EngineError, Result};
use crate::index::Definition;
use crate::mapping::{Field, FieldType};
use crate::query::ast::Query;
use crate::request::Bounds;
use crate::search::{Context, KnnProfile, Nearest};
use crate::text::{TermSource, TextTarget};

/// A query of the text index.
pub type Planned = Box<dyn TextQuery>;

/// What a clause has while it runs: where it leaves its error, since tantivy's own errors cannot carry it,
/// and the time that it has to look at.
#[derive(Debug, Clone, Default)]
pub struct ErrorCell {
    error: Arc<Mutex<Option<EngineError>>>,
    bounds: Option<Bounds>,
}

impl ErrorCell {
    /// Returns the place of the first error.
    pub fn lock(&self) -> MutexGuard<'_, Option<EngineError>> {
        self.error.lock()
    }

    /// Fails when the time of the search is up.
    ///
    /// # Errors
    /// [`EngineError::Timeout`].
    pub fn check_time(&self) -> Result<()> {
        self.bounds.as_ref().map_or(Ok(()), Bounds::check_time)
    }
}

/// Plans the queries of one search.
pub struct Planner<'a> {
    pub(crate) context: &'a Context,
    pub(crate) definition: &'a Definition,
    pub(crate) errors: ErrorCell,
    pub(crate) deadline: Instant,
    /// What the whole request may cost.
    pub(crate) bounds: Bounds,
    /// Dates are relative to it, from the first that asks.
    now: OnceLock<i64>,
    /// How many neighbours a `knn` gives that does not say.
    pub(crate) knn_k: usize,
    /// Where documents were nearest, by ordinal.
    pub(crate) nearest: Mutex<HashMap<u64, Vec<Nearest>>>,
    /// How neighbours were found.
    pub(crate) profiles: Mutex<Vec<KnnProfile>>,
}

impl<'a> Planner<'a> {
    /// A planner for a search within bounds.
    pub fn new(context: &'a Context, bounds: &Bounds) -> Self {
        Self {
            context,
            definition: &context.definition,
            errors: ErrorCell {
                error: Arc::default(),
                bounds: Some(bounds.clone()),
            },
            deadline: bounds.deadline(),
            bounds: bounds.clone(),
            now: OnceLock::new(),
            knn_k: 10,
            nearest: Mutex::default(),
            profiles: Mutex::default(),
        }
    }

    /// What dates are relative to: one instant for the whole search.
    pub(crate) fn now(&self) -> i64 {
        *self.now.get_or_init(crate::clock::now_nanos)
    }

    /// The error that a clause met while it ran, if any.
    pub fn failure(&self) -> Option<EngineError> {
        self.errors.lock().take()
    }

    /// Plans a query.
    ///
    /// # Errors
    /// When it does not fit the mapping.
    pub fn plan(&self, query: &Query) -> Result<Planned> {
        if let Some(resolved) = resolved(query, &self.definition.mapping) {
            return self.plan(&resolved);
        }
        self.bounds.check_time()?;
        self.check_searchable(query)?;
        let (planned, boost) = match query {
            Query::Bool(clause) => (self.plan_bool(clause)?, clause.boost),
            Query::Boosting(clause) => (self.plan_boosting(clause)?, clause.boost),
            Query::ConstantScore(clause) => {
                (constant(self.plan(&clause.filter)?, 1.0), clause.boost)
            }
            Query::DisMax(clause) => (self.plan_dis_max(clause)?, clause.boost),
            Query::FunctionScore(clause) => (self.plan_function_score(clause)?, clause.boost),
            Query::QueryString(_) | Query::SimpleQueryString(_) | Query::MoreLikeThis(_) => {
                // What they become has their boost already.
                return self.plan(&self.simplified(query)?);
            }
            _ => self.plan_leaf(query)?,
        };
        Ok(boosted(planned, boost))
    }

    /// Plans a clause that holds no others. By itself, so that what nests deeply takes no more of
    /// the stack than it needs.
    #[inline(never)]
    fn plan_leaf(&self, query: &Query) -> Result<(Planned, f32)> {
        if let Some(planned) = self.plan_own_name(query) {
            return Ok(planned);
        }
        Ok(match query {
            Query::MatchAll(clause) => (all(), clause.boost),
            Query::MatchNone(_) => (none(), 1.0),
            Query::Match(clause) => (
                self.among(&clause.field, self.plan_match(clause)?)?,
                clause.boost,
            ),
            Query::MatchPhrase(clause) => (
                self.among(&clause.field, self.plan_phrase(clause)?)?,
                clause.boost,
            ),
            Query::MatchPhrasePrefix(clause) => (
                self.among(&clause.field, self.plan_phrase_prefix(clause)?)?,
                clause.boost,
            ),
            Query::MatchBoolPrefix(clause) => (
                self.among(&clause.field, self.plan_bool_prefix(clause)?)?,
                clause.boost,
            ),
            Query::MultiMatch(clause) => (self.plan_multi_match(clause)?, clause.boost),
            Query::Term(clause) => (
                self.among(&clause.field, self.plan_term(clause)?)?,
                clause.boost,
            ),
            Query::Terms(clause) => (self.plan_terms(clause)?, clause.boost),
            Query::TermsSet(clause) => (self.plan_terms_set(clause)?, clause.boost),
            Query::Range(clause) => (self.plan_range(clause)?, clause.boost),
            Query::Exists(clause) => (self.plan_exists(&clause.field), clause.boost),
            Query::Prefix(clause) => (self.plan_prefix(clause)?, clause.boost),
            Query::Wildcard(clause) => (self.plan_wildcard(clause)?, clause.boost),
            Query::Regexp(clause) => (self.plan_regexp(clause)?, clause.boost),
            Query::PythonRegexp(clause) => (self.plan_python(clause)?, clause.boost),
            Query::Fuzzy(clause) => (
                self.among(&clause.field, self.plan_fuzzy(clause)?)?,
                clause.boost,
            ),
            Query::Ids(clause) => (self.plan_ids(&clause.values), clause.boost),
            Query::Knn(clause) => (self.plan_knn(clause)?, clause.boost),
            Query::Hybrid(clause) => (self.plan_hybrid(clause)?, clause.boost),
            Query::Bool(_)
            | Query::Boosting(_)
            | Query::ConstantScore(_)
            | Query::DisMax(_)
            | Query::FunctionScore(_)
            | Query::QueryString(_)
            | Query::SimpleQueryString(_)
            | Query::MoreLikeThis(_) => (self.plan(query)?, 1.0),
        })
    }

    /// The field at a path; `None` for a path that no document has, which matches nothing.
    pub(crate) fn field(&self, path: &str) -> Option<Arc<Field>> {
        self.definition.mapping.field(path).cloned()
    }

    /// Where the words of a text field are.
    pub(crate) fn text_source(&self, path: &str, analyzer: &str) -> Option<TermSource> {
        let schema = &self.context.schema;
        match self.definition.slots.target(path, analyzer)? {
            TextTarget::Slot(slot) => schema.slot(slot).map(TermSource::slot),
            TextTarget::Overflow(analyzer) => schema
                .overflow(&analyzer)
                .map(|field| TermSource::json(field, path)),
        }
    }

    /// Where the terms of a text or keyword field are; `None` for other fields.
    pub(crate) fn term_source(&self, path: &str, field: &Field) -> Option<TermSource> {
        match &field.kind {
            FieldType::Text { analyzer, .. } => self.text_source(path, analyzer),
            FieldType::Keyword { .. } | FieldType::Ip | FieldType::Flattened { .. } => {
                Some(TermSource::json(self.context.schema.keywords, path))
            }
            _ => None,
        }
    }

    pub(crate) fn searcher(&self) -> &Searcher {
        &self.context.snapshot.searcher
    }
}

pub(crate) fn all() -> Planned {
    Box::new(every::Everything)
}

pub(crate) fn none() -> Planned {
    Box::new(EmptyQuery)
}

pub(crate) fn constant(query: Planned, score: f32) -> Planned {
    Box::new(ConstScoreQuery::new(query, score))
}

#[expect(clippy::float_cmp, reason = "the default, as it was written")]
pub(crate) fn boosted(query: Planned, boost: f32) -> Planned {
    if boost == 1.0 {
        query
    } else {
        Box::new(BoostQuery::new(query, boost))
    }
}
