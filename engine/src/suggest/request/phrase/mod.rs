//! `phrase`: corrections of whole texts, by a model of how words follow each other.
//!
//! Every word keeps itself and its corrections as candidates; the best ways through them, with at
//! most so many corrections, are found with a beam, so the work is bounded however many there are.
//! Scores are those of Lucene's noisy channel: of each word, how likely it was meant and how
//! likely it follows the ones before.

mod options;

pub(super) use options::PhraseOptions;

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tantivy::query::{PhraseQuery, Query as _};

use super::living::living;
use super::{Run, Words, entry, score_json};
use crate::error::Result;

use options::Smoothing;

/// Partial ways that are followed at the same time.
const BEAM: usize = 1_000;
/// A word that may have been meant.
#[derive(Clone)]
struct Choice {
    text: String,
    documents: u64,
    /// How alike it is to what was written; 1 for that itself.
    likeness: f64,
    own: bool,
}

/// A way through the first words.
#[derive(Clone)]
struct Way {
    picks: Vec<usize>,
    errors: usize,
    score: f64,
}

/// Counts of words, pairs and triples.
struct Model<'a> {
    run: &'a Run<'a>,
    words: &'a Words,
    options: &'a PhraseOptions,
    all_words: f64,
    distinct: f64,
    grams: HashMap<Vec<String>, u64>,
}

impl Model<'_> {
    /// How many documents have words in a row: as one term where the field has such, else as words.
    fn together(&mut self, gram: &[&str]) -> Result<u64> {
        let key: Vec<String> = gram.iter().map(|word| (*word).to_owned()).collect();
        if let Some(known) = self.grams.get(&key) {
            return Ok(*known);
        }
        self.run.check_time()?;
        let searcher = self.run.planner.searcher();
        let source = &self.words.source;
        let mut count = living(searcher, &source.term(&key.join(&self.options.separator)))?;
        if count == 0 && self.words.positions {
            let terms = key.iter().map(|word| source.term(word)).collect();
            count = PhraseQuery::new(terms).count(searcher)? as u64;
        }
        self.grams.insert(key, count);
        Ok(count)
    }

    #[expect(clippy::cast_precision_loss, reason = "likelihoods are floats")]
    fn single(&self, word: &Choice) -> f64 {
        match self.options.smoothing {
            Smoothing::Backoff(_) => {
                (1.0 + word.documents as f64) / (self.all_words + self.distinct)
            }
            Smoothing::Laplace(alpha) => {
                (alpha + word.documents as f64) / (self.all_words + alpha * self.distinct)
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "likelihoods are floats")]
    fn follows(&mut self, before: &[&Choice], word: &Choice) -> Result<f64> {
        let Some((first, rest)) = before.split_first() else {
            return Ok(self.single(word));
        };
        let mut gram: Vec<&str> = before.iter().map(|choice| choice.text.as_str()).collect();
        let context = match rest {
            [] => first.documents,
            _ => self.together(&gram)?,
        } as f64;
        gram.push(&word.text);
        let count = self.together(&gram)? as f64;
        Ok(match self.options.smoothing {
            Smoothing::Backoff(discount) if count < 1.0 => discount * self.follows(rest, word)?,
            Smoothing::Backoff(_) => count / (context + 1e-11),
            Smoothing::Laplace(alpha) => (alpha + count) / (context + alpha * self.distinct),
        })
    }

    /// The score of a word after the ones that were picked.
    fn score(&mut self, choices: &[Vec<Choice>], picks: &[usize], pick: usize) -> Result<f64> {
        let at = picks.len();
        let picked = |at: usize, pick: usize| choices.get(at).and_then(|choices| choices.get(pick));
        let Some(word) = picked(at, pick) else {
            return Ok(f64::NEG_INFINITY);
        };
        let begin = at.saturating_sub(self.options.gram_size - 1);
        let before: Vec<&Choice> = picks
            .iter()
            .enumerate()
            .skip(begin)
            .filter_map(|(at, pick)| picked(at, *pick))
            .collect();
        let channel = if word.own {
            self.options.real_word
        } else {
            word.likeness
        };
        Ok((channel * self.follows(&before, word)?).log10())
    }
}

impl Run<'_> {
    /// One entry, for the whole text.
    #[expect(clippy::cast_precision_loss, reason = "likelihoods are floats")]
    pub(super) fn phrase(&self, text: &str, options: &PhraseOptions) -> Result<Vec<Value>> {
        let words = self.words(&options.field, options.analyzer.as_deref())?;
        let mut tokens = words.analyzer.analyze(text);
        tokens.dedup_by_key(|token| token.position);
        let mut found = Vec::new();
        if !tokens.is_empty() && tokens.len() <= options.token_limit {
            let searcher = self.planner.searcher();
            let (mut all_words, mut distinct) = (0_u64, 0_u64);
            for reader in searcher.segment_readers() {
                let inverted = reader.inverted_index(words.source.field)?;
                all_words += inverted.total_num_tokens();
                distinct += inverted.terms().num_terms() as u64;
            }
            let mut choices = Vec::with_capacity(tokens.len());
            for token in &tokens {
                self.check_time()?;
                choices.push(self.choices(&words, &token.text, options)?);
            }
            let mut model = Model {
                run: self,
                words: &words,
                options,
                all_words: all_words as f64,
                distinct: distinct as f64,
                grams: HashMap::new(),
            };
            let ways = best_ways(
                &mut model,
                &choices,
                errors(options.max_errors, tokens.len()),
            )?;
            let cutoff = options.confidence * own_score(&mut model, &choices)?.exp();
            found = ways
                .into_iter()
                .map(|way| (way.score.exp(), way))
                .filter(|(score, _)| *score > cutoff)
                .take(options.size)
                .map(|(score, way)| option(&choices, &way, score, options))
                .collect();
        }
        Ok(vec![entry(text, text, 0, text.len(), found)])
    }

    fn choices(&self, words: &Words, word: &str, options: &PhraseOptions) -> Result<Vec<Choice>> {
        let searcher = self.planner.searcher();
        let mut out = vec![Choice {
            text: word.to_owned(),
            documents: living(searcher, &words.source.term(word))?,
            likeness: 1.0,
            own: true,
        }];
        for generator in &options.generators {
            let other = match &generator.field {
                Some(field) if *field != options.field => Some(self.words(field, None)?),
                _ => None,
            };
            let source = &other.as_ref().unwrap_or(words).source;
            for candidate in generator.candidates(searcher, source, word)? {
                if !out.iter().any(|known| known.text == candidate.text) {
                    out.push(Choice {
                        documents: living(searcher, &words.source.term(&candidate.text))?,
                        text: candidate.text,
                        likeness: candidate.score.into(),
                        own: false,
                    });
                }
            }
        }
        Ok(out)
    }
}

/// How many words may be wrong.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a bound that is positive; float casts saturate"
)]
fn errors(max_errors: f64, words: usize) -> usize {
    let errors = if max_errors >= 1.0 {
        max_errors as usize
    } else {
        (max_errors * words as f64).round() as usize
    };
    errors.clamp(1, words.max(1))
}

fn own_score(model: &mut Model<'_>, choices: &[Vec<Choice>]) -> Result<f64> {
    let mut picks = Vec::new();
    let mut score = 0.0;
    for _ in choices {
        score += model.score(choices, &picks, 0)?;
        picks.push(0);
    }
    Ok(score)
}

fn best_ways(model: &mut Model<'_>, choices: &[Vec<Choice>], errors: usize) -> Result<Vec<Way>> {
    let mut ways = vec![Way {
        picks: Vec::new(),
        errors: 0,
        score: 0.0,
    }];
    for here in choices {
        let mut next = Vec::new();
        for way in &ways {
            for (pick, choice) in here.iter().enumerate() {
                let errors_now = way.errors + usize::from(!choice.own);
                if errors_now > errors {
                    continue;
                }
                let mut picks = way.picks.clone();
                let score = way.score + model.score(choices, &picks, pick)?;
                picks.push(pick);
                next.push(Way {
                    picks,
                    errors: errors_now,
                    score,
                });
            }
        }
        next.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.picks.cmp(&b.picks))
        });
        next.truncate(BEAM);
        ways = next;
    }
    Ok(ways)
}

#[expect(clippy::cast_possible_truncation, reason = "scores are single floats")]
fn option(choices: &[Vec<Choice>], way: &Way, score: f64, options: &PhraseOptions) -> Value {
    let picked: Vec<&Choice> = choices
        .iter()
        .zip(&way.picks)
        .filter_map(|(choices, pick)| choices.get(*pick))
        .collect();
    let join = |pre: &str, post: &str| {
        let mut out = String::new();
        let mut changed = false;
        for (at, choice) in picked.iter().enumerate() {
            // Neighbours that both changed are marked as one.
            if changed && choice.own {
                out.push_str(post);
            }
            if at > 0 {
                out.push_str(&options.separator);
            }
            if !changed && !choice.own {
                out.push_str(pre);
            }
            changed = !choice.own;
            out.push_str(&choice.text);
        }
        if changed {
            out.push_str(post);
        }
        out
    };
    let mut out = Map::new();
    out.insert("text".to_owned(), json!(join("", "")));
    if let Some((pre, post)) = &options.tags {
        out.insert("highlighted".to_owned(), json!(join(pre, post)));
    }
    out.insert("score".to_owned(), score_json(score as f32));
    Value::Object(out)
}
