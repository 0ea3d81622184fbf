//! `more_like_this`: the most telling terms of texts and documents, any of which have to match.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tantivy::schema::Value as _;

use super::Planner;
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::{
    Bool, Ids, Like, MatchNone, MinimumShouldMatch, MoreLikeThis, Query, Term,
};
use crate::query::values;
use crate::search::values_at;

/// The most bytes of one text that are looked at.
const MAX_ANALYZED: usize = 1_000_000;

/// Where a document is that a clause names.
enum Place<'a> {
    /// In the index that is searched, if anywhere.
    Here,
    /// In another, with this source.
    There(Option<&'a Value>),
}

/// A term that may be searched.
struct Telling {
    text: String,
    score: f32,
}

impl Planner<'_> {
    /// A likeness as clauses on its terms.
    pub(super) fn simplified_likeness(&self, clause: &MoreLikeThis) -> Result<Query> {
        let nothing = Query::MatchNone(MatchNone::default());
        let like = self.sources(&clause.like)?;
        let unlike = self.sources(&clause.unlike)?;
        let mut any = Bool {
            boost: clause.boost,
            ..Bool::default()
        };
        for path in self.likeness_fields(clause)? {
            let unwanted = self.frequencies(clause, &path, &unlike)?;
            let counts = self.frequencies(clause, &path, &like)?;
            let terms = self.telling(clause, &path, counts, &unwanted)?;
            let best = terms.first().map_or(1.0, |term| term.score);
            any.should.extend(terms.into_iter().map(|term| {
                let boost = if clause.boost_terms > 0.0 {
                    clause.boost_terms * term.score / best
                } else {
                    1.0
                };
                Query::Term(Term::new(path.clone(), term.text)).scaled(boost)
            }));
        }
        if any.should.is_empty() {
            return Ok(nothing);
        }
        // A share of few terms may be none of them: one always has to match.
        let needed = clause.minimum_should_match.resolve(any.should.len());
        let needed = i32::try_from(needed.max(1)).unwrap_or(i32::MAX);
        any.minimum_should_match = Some(MinimumShouldMatch::Count(needed));
        if !clause.include {
            let ids: Vec<String> = clause
                .like
                .iter()
                .filter_map(|like| match like {
                    Like::Document { index, id } => {
                        matches!(self.other(index.as_deref(), id), Ok(Place::Here))
                            .then(|| id.clone())
                    }
                    _ => None,
                })
                .collect();
            if !ids.is_empty() {
                any.must_not.push(Query::Ids(Ids::new(ids)));
            }
        }
        Ok(Query::Bool(any))
    }

    /// The text and keyword fields of a clause.
    fn likeness_fields(&self, clause: &MoreLikeThis) -> Result<BTreeSet<String>> {
        let mapping = &self.definition.mapping;
        let compares = |path: &str| {
            mapping.field(path).is_some_and(|field| {
                matches!(
                    field.kind,
                    FieldType::Text { .. } | FieldType::Keyword { .. }
                )
            })
        };
        let everything = ["*".to_owned()];
        let named = if clause.fields.is_empty() {
            &everything[..]
        } else {
            &clause.fields
        };
        let mut out = BTreeSet::new();
        for name in named {
            if name.contains('*') {
                out.extend(
                    mapping
                        .matching(name)
                        .into_iter()
                        .filter(|path| compares(path)),
                );
            } else if compares(name) {
                out.insert(name.clone());
            } else if clause.fail_on_unsupported_field && mapping.field(name).is_some() {
                return Err(EngineError::IllegalArgument(format!(
                    "more_like_this only supports text/keyword fields: [{name}]"
                )));
            }
        }
        Ok(out)
    }

    /// The texts to compare with, and the sources of documents; those that are gone are left out.
    fn sources(&self, likes: &[Like]) -> Result<Vec<Value>> {
        let mut out = Vec::with_capacity(likes.len());
        for like in likes {
            match like {
                Like::Text(text) => out.push(Value::from(text.as_str())),
                Like::Artificial(source) => out.push(Value::Object(source.clone())),
                Like::Document { index, id } => match self.other(index.as_deref(), id)? {
                    Place::Here => out.extend(self.source_of(id)?),
                    Place::There(source) => out.extend(source.cloned()),
                },
            }
        }
        Ok(out)
    }

    /// Where a document is that a clause names.
    fn other(&self, index: Option<&str>, id: &str) -> Result<Place<'_>> {
        let own = &*self.context.index;
        let Some(index) = index.filter(|index| *index != own) else {
            return Ok(Place::Here);
        };
        let key = (index.to_owned(), id.to_owned());
        match self.context.others.get(&key) {
            Some((name, _)) if name == own => Ok(Place::Here),
            Some((_, source)) => Ok(Place::There(source.as_ref())),
            None => Err(EngineError::IllegalArgument(format!(
                "[more_like_this] compares with documents of the searched index [{own}] here, not \
                 of [{index}]"
            ))),
        }
    }

    fn source_of(&self, id: &str) -> Result<Option<Value>> {
        let snapshot = &self.context.snapshot;
        let Some(address) = snapshot.find(&self.context.schema, id)? else {
            return Ok(None);
        };
        let document: tantivy::TantivyDocument = snapshot.searcher.doc(address)?;
        let bytes = document
            .get_first(self.context.schema.source)
            .and_then(|value| value.as_bytes());
        let source = serde_json::from_slice(bytes.unwrap_or(b"null"));
        source.map_err(|error| EngineError::Corrupt {
            file: "_source".to_owned(),
            reason: error.to_string(),
        })
    }

    /// How often each term of a field occurs in some sources.
    fn frequencies(
        &self,
        clause: &MoreLikeThis,
        path: &str,
        sources: &[Value],
    ) -> Result<BTreeMap<String, u32>> {
        let mut counts = BTreeMap::new();
        let Some(field) = self.field(path) else {
            return Ok(counts);
        };
        let registry = &self.context.registry;
        for source in sources {
            let texts = match source {
                Value::String(_) => vec![source],
                object => values_at(object, path, &self.definition.mapping),
            };
            for text in texts {
                let text = match text {
                    Value::String(text) => text.clone(),
                    Value::Number(_) | Value::Bool(_) => text.to_string(),
                    _ => continue,
                };
                if text.len() > MAX_ANALYZED {
                    continue;
                }
                let mut count = |term: String| *counts.entry(term).or_insert(0) += 1;
                match &field.kind {
                    FieldType::Keyword { normalizer } => {
                        count(values::normalized(registry, normalizer.as_deref(), &text));
                    }
                    FieldType::Text { analyzer, .. } => {
                        let name = clause.analyzer.as_deref().unwrap_or(analyzer);
                        let analyzer = registry.analyzer(name).ok_or_else(|| {
                            EngineError::IllegalArgument(format!(
                                "[more_like_this] analyzer [{name}] not found"
                            ))
                        })?;
                        for token in analyzer.analyze(&text) {
                            count(token.text);
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(counts)
    }

    /// The terms that tell most, best first.
    fn telling(
        &self,
        clause: &MoreLikeThis,
        path: &str,
        counts: BTreeMap<String, u32>,
        unwanted: &BTreeMap<String, u32>,
    ) -> Result<Vec<Telling>> {
        let Some(source) = self
            .field(path)
            .and_then(|field| self.term_source(path, &field))
        else {
            return Ok(Vec::new());
        };
        let stops: BTreeSet<&str> = clause.stop_words.iter().map(String::as_str).collect();
        let documents = self.searcher().num_docs();
        let mut terms = Vec::new();
        for (text, count) in counts {
            let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            let too_long = clause.max_word_length > 0 && letters > clause.max_word_length;
            if count < clause.min_term_freq
                || letters < clause.min_word_length
                || too_long
                || stops.contains(text.as_str())
                || unwanted.contains_key(&text)
            {
                continue;
            }
            let with = self.searcher().doc_freq(&source.term(&text))?;
            if with == 0
                || with < u64::from(clause.min_doc_freq)
                || clause.max_doc_freq.is_some_and(|most| with > most)
            {
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "a weight among others")]
            let score = {
                let rarity = (documents.max(with) as f32 + 1.0) / (with as f32 + 1.0);
                count as f32 * (1.0 + rarity.ln())
            };
            terms.push(Telling { text, score });
        }
        terms.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| Reverse(&b.text).cmp(&Reverse(&a.text)))
        });
        terms.truncate(usize::try_from(clause.max_query_terms).unwrap_or(usize::MAX));
        Ok(terms)
    }
}
