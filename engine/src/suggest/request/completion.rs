//! `completion`: what a beginning may become, the heaviest first.

use std::cmp::Ordering;

use levenshtein_automata::{DFA, Distance};
use serde_json::{Map, Value};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, TERMINATED};

use super::parse::{flag, fuzziness, object, required, size, string, unknown, unsupported, whole};
use super::{Run, entry, score_json};
use crate::error::{EngineError, Result};
use crate::mapping::{CompletionPath, FieldType};
use crate::query::ast::Fuzziness;
use crate::query::plan::edits;
use crate::request::weight_of;
use crate::search::document;
use crate::suggest::levenshtein;
use crate::text::{TermSource, for_each_term};

/// The longest beginning, in characters.
const LONGEST: usize = 255;
/// Entries between two looks at the clock.
const PATIENCE: u32 = 4_096;

/// Typos in what was typed.
struct Fuzzy {
    fuzziness: Fuzziness,
    transpositions: bool,
    min_length: usize,
    prefix_length: usize,
}

/// A `completion` suggester.
pub(super) struct CompletionOptions {
    field: String,
    pub(super) size: usize,
    pub(super) skip_duplicates: bool,
    fuzzy: Option<Fuzzy>,
}

impl CompletionOptions {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut field = None;
        let mut out = Self {
            field: String::new(),
            size: 5,
            skip_duplicates: false,
            fuzzy: None,
        };
        for (key, value) in body {
            match key.as_str() {
                "field" => field = Some(string(value, key)?),
                "size" => out.size = size(value)?,
                "shard_size" => {
                    whole(value, key)?;
                }
                "skip_duplicates" => out.skip_duplicates = flag(value, key)?,
                "fuzzy" => out.fuzzy = Fuzzy::read(value)?,
                "contexts" | "context" | "regex" | "analyzer" => {
                    return Err(unsupported("completion", key));
                }
                other => return Err(unknown("completion", other)),
            }
        }
        out.field = required(field)?;
        Ok(out)
    }
}

impl Fuzzy {
    fn read(value: &Value) -> Result<Option<Self>> {
        let mut out = Self {
            fuzziness: Fuzziness::AUTO,
            transpositions: true,
            min_length: 3,
            prefix_length: 1,
        };
        if let Value::Bool(on) = value {
            return Ok(on.then_some(out));
        }
        for (key, value) in object(value, "fuzzy")? {
            match key.as_str() {
                "fuzziness" => out.fuzziness = fuzziness(value)?,
                "transpositions" => out.transpositions = flag(value, key)?,
                "min_length" => out.min_length = whole(value, key)?,
                "prefix_length" => out.prefix_length = whole(value, key)?,
                // Characters are always whole here.
                "unicode_aware" => {
                    flag(value, key)?;
                }
                "max_determinized_states" => {
                    whole(value, key)?;
                }
                other => return Err(unknown("completion", other)),
            }
        }
        Ok(Some(out))
    }
}

/// Which entries a beginning becomes.
struct Matcher {
    /// The words that were typed.
    typed: String,
    /// What every entry begins with.
    begin: String,
    near: Option<DFA>,
}

impl Matcher {
    fn new(typed: String, fuzzy: Option<&Fuzzy>) -> Self {
        let letters = typed.chars().count();
        let near = fuzzy
            .filter(|fuzzy| letters >= fuzzy.min_length)
            .map(|fuzzy| (fuzzy, edits(fuzzy.fuzziness, letters)))
            .filter(|(_, distance)| *distance > 0);
        match near {
            Some((fuzzy, distance)) => Self {
                begin: typed.chars().take(fuzzy.prefix_length).collect(),
                near: Some(levenshtein(distance, fuzzy.transpositions).build_prefix_dfa(&typed)),
                typed,
            },
            None => Self {
                begin: typed.clone(),
                near: None,
                typed,
            },
        }
    }

    /// The score of an entry; `None` when it does not match.
    #[expect(clippy::cast_precision_loss, reason = "scores are single floats")]
    fn score(&self, entry: CompletionPath<'_>) -> Option<f32> {
        let weight = entry.weight as f32;
        let Some(near) = &self.near else {
            return Some(weight);
        };
        if let Distance::AtLeast(_) = near.eval(entry.words) {
            return None;
        }
        // What is right so far counts, as Lucene has it.
        let shared = self
            .typed
            .chars()
            .zip(entry.words.chars())
            .take_while(|(a, b)| a == b)
            .count() as f32;
        Some(match (weight, shared) {
            (weight, 0.0) => weight,
            (0.0, shared) => shared,
            (weight, shared) => weight * shared,
        })
    }
}

/// A document's best input.
struct Found {
    score: f32,
    surface: String,
    /// The document's ordinal, which merges do not change.
    ord: u64,
    address: DocAddress,
}

impl Found {
    fn order(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| self.surface.cmp(&other.surface))
            .then(self.ord.cmp(&other.ord))
    }
}

/// The best so far, each document once.
struct Best {
    limit: usize,
    skip_duplicates: bool,
    found: Vec<Found>,
}

impl Best {
    /// Whether something with this score and text could still get in.
    fn wants(&self, score: f32, surface: &str) -> bool {
        match self.found.last() {
            Some(last) if self.found.len() >= self.limit => {
                score > last.score || (score >= last.score && surface <= last.surface.as_str())
            }
            _ => true,
        }
    }

    fn add(&mut self, new: Found) {
        let same = |known: &Found| {
            known.address == new.address || (self.skip_duplicates && known.surface == new.surface)
        };
        if self
            .found
            .iter()
            .any(|known| same(known) && known.order(&new) != Ordering::Greater)
        {
            return;
        }
        self.found.retain(|known| !same(known));
        let at = self
            .found
            .partition_point(|known| known.order(&new) == Ordering::Less);
        self.found.insert(at, new);
        self.found.truncate(self.limit);
    }
}

impl Run<'_> {
    /// One entry, for the whole text.
    pub(super) fn completion(&self, text: &str, options: &CompletionOptions) -> Result<Vec<Value>> {
        let context = self.context;
        let mapping = &context.definition.mapping;
        let path = mapping.concrete(&options.field);
        let field = mapping.field(path).ok_or_else(|| {
            EngineError::IllegalArgument(format!("no mapping found for field [{path}]"))
        })?;
        let FieldType::Completion(completion) = &field.kind else {
            return Err(EngineError::IllegalArgument(format!(
                "Field [{path}] is not a completion suggest field"
            )));
        };
        if text.chars().nth(LONGEST).is_some() {
            return Err(EngineError::Limit(format!(
                "a text to complete can have at most {LONGEST} characters"
            )));
        }
        let name = completion
            .search_analyzer
            .as_ref()
            .unwrap_or(&completion.analyzer);
        let analyzer = context.registry.analyzer(name).ok_or_else(|| {
            EngineError::IllegalArgument(format!("analyzer [{name}] doesn't exists"))
        })?;
        let typed = completion.words(&analyzer, text);
        let mut best = Best {
            limit: options.size,
            skip_duplicates: options.skip_duplicates,
            found: Vec::new(),
        };
        // A text of which the analyzer leaves nothing completes nothing; no text, everything.
        if !typed.is_empty() || text.is_empty() {
            let source = TermSource::json(context.schema.keywords, path);
            self.collect(
                &source,
                &Matcher::new(typed, options.fuzzy.as_ref()),
                &mut best,
            )?;
        }
        let mut found = Vec::with_capacity(best.found.len());
        for one in best.found {
            self.check_time()?;
            let (id, source) = document(context, one.address)?;
            let mut option = Map::new();
            option.insert("text".to_owned(), Value::from(one.surface));
            option.insert("_index".to_owned(), Value::from(&*context.index));
            option.insert("_id".to_owned(), Value::from(id));
            option.insert("_score".to_owned(), score_json(one.score));
            if let Some(source) = self.source.filter(source.verbatim()?) {
                self.bounds.spend(weight_of(&source))?;
                option.insert("_source".to_owned(), source);
            }
            found.push(Value::Object(option));
        }
        Ok(vec![entry(text, text, 0, text.len(), found)])
    }

    fn collect(&self, source: &TermSource, matcher: &Matcher, best: &mut Best) -> Result<()> {
        let searcher = self.planner.searcher();
        let mut seen = 0_u32;
        for (number, reader) in searcher.segment_readers().iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let inverted = reader.inverted_index(source.field)?;
            let ords = reader.fast_fields().u64("_ord")?;
            for_each_term(reader, source, &matcher.begin, |text, info| {
                seen = seen.wrapping_add(1);
                if seen.is_multiple_of(PATIENCE) {
                    self.check_time()?;
                }
                let Some(path) = CompletionPath::parse(text) else {
                    return Ok(());
                };
                let Some(score) = matcher.score(path) else {
                    return Ok(());
                };
                if !best.wants(score, path.surface) {
                    return Ok(());
                }
                let mut postings = inverted
                    .read_postings_from_terminfo(info, IndexRecordOption::Basic)
                    .map_err(tantivy::TantivyError::from)?;
                let mut doc = postings.doc();
                while doc != TERMINATED && best.wants(score, path.surface) {
                    if !reader.is_deleted(doc) {
                        best.add(Found {
                            score,
                            surface: path.surface.to_owned(),
                            ord: ords.first(doc).unwrap_or(u64::MAX),
                            address: DocAddress::new(number, doc),
                        });
                    }
                    doc = postings.advance();
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}
