//! `python_regexp`: trigram candidates, then the pattern itself.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use analyzers::pattern::{Budget, MatchError, PatternError, PyPattern, Requirement};
use parking_lot::Mutex;
use tantivy::SegmentReader;

use super::sets::{Docs, SegmentSet, set_query};
use super::trigrams::{self, Needle};
use super::{Planned, Planner, none};
use crate::error::{EngineError, Result};
use crate::index::RawTable;
use crate::mapping::FieldType;
use crate::query::ast::PythonRegexp;
use crate::text::TermSource;

impl Planner<'_> {
    pub(super) fn plan_python(&self, clause: &PythonRegexp) -> Result<Planned> {
        let path = clause.field.as_str();
        let pattern =
            compiled(&clause.value).map_err(|error: PatternError| EngineError::Pattern {
                message: error.message.clone(),
                position: error.position,
            })?;
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let limits = &self.context.limits;
        let deadline = self.deadline.min(Instant::now() + limits.regex_budget);
        let raw = if self.context.settings.substring.contains(path) {
            Texts::Raw(Arc::clone(&self.context.snapshot.raw))
        } else if let FieldType::Keyword { .. } = field.kind {
            Texts::Terms(TermSource::json(self.context.schema.keywords, path))
        } else {
            return Err(EngineError::query(
                path,
                "python_regexp needs a keyword field or one of index.pictor.substring",
            ));
        };
        let needle = needle(pattern.required());
        let set = InTexts {
            path: path.to_owned(),
            trigrams: self.context.schema.trigrams,
            texts: raw,
            pattern,
            needle,
            budget: Budget {
                max_steps: limits.regex_steps,
                deadline: Some(deadline),
            },
        };
        Ok(set_query(set, &self.errors))
    }
}

/// Compiled patterns that are kept: pages of one search ask for the same one again, and an
/// automaton with Unicode classes takes half a millisecond to build.
const KEPT: usize = 64;
/// Longer patterns are not kept.
const MAX_KEPT_BYTES: usize = 1_000;

/// A compiled pattern, the last used ones from memory.
fn compiled(pattern: &str) -> Result<Arc<PyPattern>, PatternError> {
    static CACHE: OnceLock<Mutex<VecDeque<Arc<PyPattern>>>> = OnceLock::new();
    let cache = CACHE.get_or_init(Mutex::default);
    let known = {
        let mut cache = cache.lock();
        let at = cache.iter().position(|kept| kept.as_str() == pattern);
        at.and_then(|at| cache.remove(at))
            .inspect(|kept| cache.push_front(Arc::clone(kept)))
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let made = Arc::new(PyPattern::compile(pattern)?);
    if pattern.len() <= MAX_KEPT_BYTES {
        let mut cache = cache.lock();
        cache.push_front(Arc::clone(&made));
        cache.truncate(KEPT);
    }
    Ok(made)
}

fn needle(requirement: &Requirement) -> Needle {
    match requirement {
        Requirement::All => Needle::Anything,
        Requirement::Trigram(trigram) => Needle::Trigram(trigram.iter().collect()),
        Requirement::And(list) => Needle::All(list.iter().map(needle).collect()),
        Requirement::Or(list) => Needle::Any(list.iter().map(needle).collect()),
    }
}

/// Where the texts are.
enum Texts {
    Raw(Arc<RawTable>),
    Terms(TermSource),
}

/// The documents with a text in which a pattern finds something.
struct InTexts {
    path: String,
    trigrams: tantivy::schema::Field,
    texts: Texts,
    pattern: Arc<PyPattern>,
    needle: Needle,
    budget: Budget,
}

impl std::fmt::Debug for InTexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InTexts")
            .field("path", &self.path)
            .field("needle", &self.needle)
            .finish()
    }
}

impl SegmentSet for InTexts {
    fn docs(&self, reader: &SegmentReader) -> Result<Docs> {
        let mut matcher = self.pattern.matcher(&self.budget);
        let mut failure: Option<MatchError> = None;
        let result = match &self.texts {
            Texts::Raw(table) => {
                let key = (reader.segment_id(), self.path.clone());
                let Some(Some(raw)) = table.get(&key) else {
                    return Ok(Docs::None);
                };
                let candidates =
                    trigrams::candidates(reader, self.trigrams, &self.path, &self.needle)?;
                let mut docs = Vec::new();
                let mut check = |doc| {
                    if failure.is_some() || reader.is_deleted(doc) {
                        return;
                    }
                    for text in raw.utf8(doc) {
                        match matcher.search_utf8(text) {
                            Ok(true) => {
                                docs.push(doc);
                                return;
                            }
                            Ok(false) => {}
                            Err(error) => {
                                failure = Some(error);
                                return;
                            }
                        }
                    }
                };
                match candidates {
                    None => (0..reader.max_doc()).for_each(&mut check),
                    Some(list) => list.into_iter().for_each(&mut check),
                }
                Docs::from_sorted(docs)
            }
            Texts::Terms(source) => {
                let inverted = reader.inverted_index(source.field)?;
                let mut bits = tantivy::BitSet::with_max_value(reader.max_doc());
                crate::text::for_each_term(reader, source, "", |text, info| {
                    if failure.is_some() {
                        return Ok(());
                    }
                    match matcher.search(text) {
                        Ok(true) => super::patterns::add_postings(&inverted, info, &mut bits)?,
                        Ok(false) => {}
                        Err(error) => failure = Some(error),
                    }
                    Ok(())
                })?;
                Docs::Bits(bits)
            }
        };
        match failure {
            None => Ok(result),
            Some(error) => Err(EngineError::PatternBudget(error.to_string())),
        }
    }
}
