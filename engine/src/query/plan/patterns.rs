//! `prefix`, `wildcard` and `regexp`.

use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, SegmentReader};

use super::sets::{Docs, SegmentSet, set_query};
use super::trigrams::{self, Needle};
use super::{Planned, Planner, none};
use crate::error::{EngineError, Result};
use crate::index::RawTable;
use crate::mapping::{Field, FieldType};
use crate::query::ast::{Prefix, Regexp, Wildcard};
use crate::query::glob::Glob;
use crate::query::lucene_regexp::LuceneRegexp;
use crate::text::{TermSource, for_each_term};

/// The longest pattern, in characters, as Elasticsearch has it.
const MAX_PATTERN: usize = 1_000;

impl Planner<'_> {
    pub(super) fn plan_prefix(&self, clause: &Prefix) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let source = self.pattern_source(path, &field, "prefix")?;
        let Some(source) = source else {
            return Ok(none());
        };
        let begin = self.written(&field, &clause.value);
        Ok(self.terms_beginning(&source, &begin, clause.case_insensitive))
    }

    /// The documents with a term that begins so.
    pub(super) fn terms_beginning(
        &self,
        source: &TermSource,
        begin: &str,
        ignore_case: bool,
    ) -> Planned {
        let set = TermPattern {
            source: source.clone(),
            begin: if ignore_case {
                String::new()
            } else {
                begin.to_owned()
            },
            matcher: if ignore_case {
                TermMatcher::BeginsIgnoringCase(lower(begin))
            } else {
                TermMatcher::All
            },
        };
        set_query(set, &self.errors)
    }

    /// The documents with a term that equals a text up to case.
    pub(super) fn ignoring_case(&self, source: &TermSource, text: &str) -> Planned {
        let set = TermPattern {
            source: source.clone(),
            begin: String::new(),
            matcher: TermMatcher::EqualsIgnoringCase(lower(text)),
        };
        set_query(set, &self.errors)
    }

    pub(super) fn plan_wildcard(&self, clause: &Wildcard) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        check_length(path, &clause.value)?;
        // An empty pattern finds nothing, an empty value included.
        if clause.value.is_empty() {
            return Ok(none());
        }
        let pattern = self.written_pattern(&field, &clause.value);
        let glob = Glob::new(&pattern, clause.case_insensitive);
        if self.context.settings.substring.contains(path) {
            let set = InRaw {
                path: path.to_owned(),
                field: self.context.schema.trigrams,
                raw: Arc::clone(&self.context.snapshot.raw),
                glob,
            };
            return Ok(set_query(set, &self.errors));
        }
        let source = self.pattern_source(path, &field, "wildcard")?;
        let Some(source) = source else {
            return Ok(none());
        };
        let set = TermPattern {
            source,
            begin: glob.literal_prefix().to_owned(),
            matcher: TermMatcher::Glob(glob),
        };
        Ok(set_query(set, &self.errors))
    }

    pub(super) fn plan_regexp(&self, clause: &Regexp) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let source = self.pattern_source(path, &field, "regexp")?;
        let Some(source) = source else {
            return Ok(none());
        };
        check_length(path, &clause.value)?;
        let pattern = self.written(&field, &clause.value);
        let regex = LuceneRegexp::compile(&pattern, clause.flags, clause.case_insensitive)
            .map_err(|reason| EngineError::query(path, reason))?;
        let set = TermPattern {
            source,
            begin: String::new(),
            matcher: TermMatcher::Regex(regex),
        };
        Ok(set_query(set, &self.errors))
    }

    fn pattern_source(
        &self,
        path: &str,
        field: &Field,
        clause: &str,
    ) -> Result<Option<TermSource>> {
        match &field.kind {
            FieldType::Text { .. } | FieldType::Keyword { .. } | FieldType::Flattened { .. } => {
                Ok(self.term_source(path, field))
            }
            other => Err(EngineError::query(
                path,
                format!(
                    "Can only use {clause} queries on keyword and text fields - not on a {}",
                    other.name()
                ),
            )),
        }
    }
}

fn check_length(path: &str, pattern: &str) -> Result<()> {
    if pattern.chars().count() > MAX_PATTERN {
        return Err(EngineError::query(
            path,
            format!("the pattern is longer than the allowed maximum of {MAX_PATTERN} characters"),
        ));
    }
    Ok(())
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// The documents with a term that matches.
#[derive(Debug)]
struct TermPattern {
    source: TermSource,
    begin: String,
    matcher: TermMatcher,
}

#[derive(Debug)]
enum TermMatcher {
    All,
    BeginsIgnoringCase(String),
    EqualsIgnoringCase(String),
    Glob(Glob),
    Regex(LuceneRegexp),
}

impl TermMatcher {
    fn matches(&self, text: &str) -> Result<bool> {
        Ok(match self {
            Self::All => true,
            Self::BeginsIgnoringCase(begin) => lower(text).starts_with(begin.as_str()),
            Self::EqualsIgnoringCase(whole) => lower(text) == *whole,
            Self::Glob(glob) => glob.matches(text),
            Self::Regex(regex) => regex.matches(text).map_err(EngineError::IllegalArgument)?,
        })
    }
}

impl SegmentSet for TermPattern {
    fn docs(&self, reader: &SegmentReader) -> Result<Docs> {
        let inverted = reader.inverted_index(self.source.field)?;
        let mut bits = BitSet::with_max_value(reader.max_doc());
        for_each_term(reader, &self.source, &self.begin, |text, info| {
            if self.matcher.matches(text)? {
                add_postings(&inverted, info, &mut bits)?;
            }
            Ok(())
        })?;
        Ok(Docs::Bits(bits))
    }
}

/// Adds a term's documents to a set.
pub(super) fn add_postings(
    inverted: &InvertedIndexReader,
    info: &TermInfo,
    bits: &mut BitSet,
) -> Result<()> {
    let mut blocks = inverted
        .read_block_postings_from_terminfo(info, IndexRecordOption::Basic)
        .map_err(tantivy::TantivyError::from)?;
    loop {
        let docs = blocks.docs();
        if docs.is_empty() {
            return Ok(());
        }
        for doc in docs {
            bits.insert(*doc);
        }
        blocks.advance();
    }
}

/// The documents whose whole text matches a wildcard pattern: trigrams give candidates.
struct InRaw {
    path: String,
    field: tantivy::schema::Field,
    raw: Arc<RawTable>,
    glob: Glob,
}

impl std::fmt::Debug for InRaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InRaw")
            .field("path", &self.path)
            .field("glob", &self.glob)
            .finish()
    }
}

impl SegmentSet for InRaw {
    fn docs(&self, reader: &SegmentReader) -> Result<Docs> {
        let key = (reader.segment_id(), self.path.clone());
        let Some(Some(raw)) = self.raw.get(&key) else {
            return Ok(Docs::None);
        };
        let needle = Needle::all_of(self.glob.literals().iter().map(String::as_str));
        let candidates = trigrams::candidates(reader, self.field, &self.path, &needle)?;
        let mut scratch = String::new();
        let mut docs = Vec::new();
        let mut check = |doc| {
            let mut texts = raw.texts(doc);
            if texts.any(|text| self.glob.matches_with(text, &mut scratch)) {
                docs.push(doc);
            }
        };
        match candidates {
            None => (0..reader.max_doc()).for_each(&mut check),
            Some(list) => list.into_iter().for_each(&mut check),
        }
        Ok(Docs::from_sorted(docs))
    }
}
