//! `fuzzy`, and the inexact words of `match`.

use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::expand::{Nearness, has_automaton};
use super::{Planned, Planner, boosted, constant, none, within_distance};
use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType};
use crate::query::ast::{Fuzziness, Fuzzy};
use crate::text::TermSource;

/// How a word may differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looseness {
    pub(super) fuzziness: Fuzziness,
    pub(super) prefix: u32,
    pub(super) expansions: u32,
    pub(super) transpositions: bool,
    pub(super) digits_exact: bool,
}

impl Planner<'_> {
    pub(super) fn plan_fuzzy(&self, clause: &Fuzzy) -> Result<Planned> {
        let Some(field) = self.field(&clause.field) else {
            return Ok(none());
        };
        let Some(source) = self.fuzzy_source(&clause.field, &field)? else {
            return Ok(none());
        };
        let word = self.exact_text(&field, &clause.value);
        let loose = Looseness {
            fuzziness: clause.fuzziness,
            prefix: clause.prefix_length,
            expansions: clause.max_expansions,
            transpositions: clause.transpositions,
            digits_exact: clause.digits_exact,
        };
        self.near_word(&source, &word, loose, true)
    }

    /// Where the terms of a field are that may be inexact.
    ///
    /// # Errors
    /// When the field's values are no strings.
    pub(super) fn fuzzy_source(&self, path: &str, field: &Field) -> Result<Option<TermSource>> {
        match &field.kind {
            FieldType::Text { .. } | FieldType::Keyword { .. } | FieldType::Flattened { .. } => {
                Ok(self.term_source(path, field))
            }
            other => Err(EngineError::query(
                path,
                format!(
                    "Can only use fuzzy queries on keyword and text fields - not on [{path}] \
                     which is of type [{}]",
                    other.name()
                ),
            )),
        }
    }

    /// The documents with a term near to a word; a nearer term scores higher.
    pub(super) fn near_word(
        &self,
        source: &TermSource,
        word: &str,
        loose: Looseness,
        scored: bool,
    ) -> Result<Planned> {
        let letters = word.chars().count();
        let distance = edits(loose.fuzziness, letters);
        // A word that is too long for an automaton is looked for as it is; so is an empty one, from
        // which nothing is one edit away that is not all edit.
        if distance == 0 || !has_automaton(word) {
            return Ok(term_query(source, word, scored));
        }
        let near = Nearness {
            distance,
            prefix: usize::try_from(loose.prefix).unwrap_or(usize::MAX),
            transpositions: loose.transpositions,
            digits_exact: loose.digits_exact,
        };
        let mut found = within_distance(self.searcher(), source, word, near)?;
        found.truncate(usize::try_from(loose.expansions).unwrap_or(usize::MAX));
        if found.is_empty() {
            return Ok(none());
        }
        let clauses = found
            .into_iter()
            .map(|expansion| {
                let shorter = letters.min(expansion.text.chars().count()).max(1);
                #[expect(clippy::cast_precision_loss, reason = "a word's length")]
                let likeness = 1.0 - f32::from(expansion.distance) / shorter as f32;
                let query = term_query(source, &expansion.text, scored);
                (Occur::Should, boosted(query, likeness.max(0.01)))
            })
            .collect();
        Ok(Box::new(BooleanQuery::new(clauses)))
    }
}

/// The edits that a fuzziness allows a word of so many characters.
pub(crate) fn edits(fuzziness: Fuzziness, letters: usize) -> u8 {
    match fuzziness {
        Fuzziness::Distance(distance) => distance.min(2),
        Fuzziness::Auto { low, high } => {
            let letters = u32::try_from(letters).unwrap_or(u32::MAX);
            if letters < low {
                0
            } else if letters < high {
                1
            } else {
                2
            }
        }
    }
}

/// The documents with a term.
pub(super) fn term_query(source: &TermSource, text: &str, scored: bool) -> Planned {
    one_term(source.term(text), scored)
}

/// The documents with a term, however it was made.
pub(super) fn one_term(term: tantivy::Term, scored: bool) -> Planned {
    if scored {
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    } else {
        constant(
            Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
            1.0,
        )
    }
}
