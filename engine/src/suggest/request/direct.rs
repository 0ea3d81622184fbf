//! Words of the index near to a word, for `term` and the generators of `phrase`.

use serde_json::Value;
use tantivy::Searcher;

use super::living::living;
use super::parse::{float, illegal, size, string, unsupported, whole};
use crate::error::Result;
use crate::query::plan::{Nearness, within_distance};
use crate::text::TermSource;

/// The longest word that is corrected, in characters.
const LONGEST_WORD: usize = 255;

/// Which words are corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Those that no document has.
    Missing,
    /// Those that fewer documents have than the correction.
    Popular,
    /// All.
    Always,
}

/// How alike two words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alike {
    /// Edits by the shorter word's length.
    Internal,
    /// Edits by the longer word's length.
    Levenshtein,
    JaroWinkler,
}

/// The order of corrections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SortBy {
    Score,
    Frequency,
}

/// The parameters that `term` and the generators of `phrase` share.
#[derive(Debug, Clone)]
pub(super) struct Direct {
    pub(super) field: Option<String>,
    pub(super) size: usize,
    pub(super) sort: SortBy,
    mode: Mode,
    max_edits: u8,
    prefix_length: usize,
    min_word_length: usize,
    accuracy: f64,
    alike: Alike,
    min_doc_freq: f64,
    max_term_freq: f64,
}

impl Default for Direct {
    fn default() -> Self {
        Self {
            field: None,
            size: 5,
            sort: SortBy::Score,
            mode: Mode::Missing,
            max_edits: 2,
            prefix_length: 1,
            min_word_length: 4,
            accuracy: 0.5,
            alike: Alike::Internal,
            min_doc_freq: 0.0,
            max_term_freq: 0.01,
        }
    }
}

/// A correction of a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) text: String,
    pub(super) score: f32,
    pub(super) documents: u64,
}

impl Direct {
    /// Reads a parameter; whether it is one of these.
    pub(super) fn parameter(&mut self, suggester: &str, key: &str, value: &Value) -> Result<bool> {
        match key {
            "field" => self.field = Some(string(value, key)?),
            "size" => self.size = size(value)?,
            "sort" => {
                self.sort = match string(value, key)?.to_lowercase().as_str() {
                    "score" => SortBy::Score,
                    "frequency" => SortBy::Frequency,
                    other => return Err(illegal(format!("Illegal suggest sort [{other}]"))),
                }
            }
            "suggest_mode" => {
                self.mode = match string(value, key)?.to_lowercase().as_str() {
                    "missing" => Mode::Missing,
                    "popular" => Mode::Popular,
                    "always" => Mode::Always,
                    other => return Err(illegal(format!("Illegal suggest mode [{other}]"))),
                }
            }
            "max_edits" => {
                self.max_edits = match whole(value, key)? {
                    1 => 1,
                    2 => 2,
                    _ => return Err(illegal("maxEdits must be between 1 and 2".to_owned())),
                }
            }
            "prefix_length" => self.prefix_length = whole(value, key)?,
            "min_word_length" => self.min_word_length = whole(value, key)?.max(1),
            "accuracy" => {
                self.accuracy = float(value, key)?;
                if !(0.0..=1.0).contains(&self.accuracy) {
                    return Err(illegal("accuracy must be between 0.0 and 1.0".to_owned()));
                }
            }
            "string_distance" => {
                self.alike = match string(value, key)?.to_lowercase().as_str() {
                    "internal" => Alike::Internal,
                    "levenshtein" | "damerau_levenshtein" => Alike::Levenshtein,
                    "jaro_winkler" => Alike::JaroWinkler,
                    "ngram" => return Err(unsupported(suggester, "string_distance: ngram")),
                    other => return Err(illegal(format!("Illegal distance option [{other}]"))),
                }
            }
            "min_doc_freq" => self.min_doc_freq = float(value, key)?.max(0.0),
            "max_term_freq" => self.max_term_freq = float(value, key)?.max(0.0),
            // How hard to look: everything near is looked at.
            "max_inspections" | "shard_size" => {
                whole(value, key)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The corrections of a word, best first.
    pub(super) fn candidates(
        &self,
        searcher: &Searcher,
        source: &TermSource,
        word: &str,
    ) -> Result<Vec<Candidate>> {
        let letters = word.chars().count();
        if letters < self.min_word_length || letters > LONGEST_WORD {
            return Ok(Vec::new());
        }
        let own = living(searcher, &source.term(word))?;
        if self.mode == Mode::Missing && own > 0 {
            return Ok(Vec::new());
        }
        let documents: u64 = searcher
            .segment_readers()
            .iter()
            .map(|reader| u64::from(reader.num_docs()))
            .sum();
        if own > 0 && self.mode != Mode::Always && own > threshold(self.max_term_freq, documents) {
            return Ok(Vec::new());
        }
        let least = threshold(self.min_doc_freq, documents);
        let near = Nearness {
            distance: self.max_edits,
            prefix: self.prefix_length.min(letters),
            transpositions: true,
            digits_exact: false,
        };
        let mut found = within_distance(searcher, source, word, near)?;
        for near in &mut found {
            near.documents = living(searcher, &source.term(&near.text))?;
        }
        let mut out: Vec<Candidate> = found
            .into_iter()
            .filter(|near| near.text != word)
            .filter(|near| near.documents >= least.max(1))
            .filter(|near| self.mode != Mode::Popular || near.documents > own)
            .filter_map(|near| {
                let score = self.alike(word, &near.text, near.distance);
                (f64::from(score) >= self.accuracy).then_some(Candidate {
                    text: near.text,
                    score,
                    documents: near.documents,
                })
            })
            .collect();
        out.sort_by(|a, b| {
            let by_score = b.score.total_cmp(&a.score);
            let by_frequency = b.documents.cmp(&a.documents);
            match self.sort {
                SortBy::Score => by_score.then(by_frequency),
                SortBy::Frequency => by_frequency.then(by_score),
            }
            .then_with(|| a.text.cmp(&b.text))
        });
        out.truncate(self.size);
        Ok(out)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "words have at most 255 characters"
    )]
    fn alike(&self, word: &str, other: &str, edits: u8) -> f32 {
        let (a, b) = (word.chars().count(), other.chars().count());
        match self.alike {
            Alike::Internal => 1.0 - f32::from(edits) / a.min(b).max(1) as f32,
            Alike::Levenshtein => 1.0 - f32::from(edits) / a.max(b).max(1) as f32,
            Alike::JaroWinkler => jaro_winkler(word, other),
        }
    }
}

/// A share of the documents, or a number of them from one on.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a bound that is not negative; float casts saturate"
)]
fn threshold(value: f64, documents: u64) -> u64 {
    if value >= 1.0 {
        value as u64
    } else {
        (value * documents as f64).ceil() as u64
    }
}

/// Jaro and Winkler's similarity, with a boost from 0.7 on as Lucene has it.
#[expect(
    clippy::cast_precision_loss,
    reason = "words have at most 255 characters"
)]
fn jaro_winkler(a: &str, b: &str) -> f32 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() > b.len() {
        (&b, &a)
    } else {
        (&a, &b)
    };
    let reach = (long.len() / 2).saturating_sub(1);
    let mut taken = vec![false; long.len()];
    let mut from_short = Vec::new();
    for (at, c) in short.iter().enumerate() {
        let begin = at.saturating_sub(reach);
        let window = taken
            .iter_mut()
            .zip(long.iter())
            .skip(begin)
            .take(at + reach + 1 - begin);
        for (taken, other) in window {
            if !*taken && other == c {
                *taken = true;
                from_short.push(*c);
                break;
            }
        }
    }
    let from_long = long
        .iter()
        .zip(&taken)
        .filter(|(_, taken)| **taken)
        .map(|(c, _)| *c);
    let transposed = from_long.zip(&from_short).filter(|(x, y)| x != *y).count() / 2;
    let matches = from_short.len() as f32;
    if matches == 0.0 {
        return 0.0;
    }
    let jaro = (matches / a.len() as f32
        + matches / b.len() as f32
        + (matches - transposed as f32) / matches)
        / 3.0;
    if jaro < 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    jaro + (0.1_f32).min(1.0 / long.len() as f32) * prefix as f32 * (1.0 - jaro)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_has_known_values() {
        let near = |a, b| (jaro_winkler(a, b) * 1000.0).round() / 1000.0;
        assert_eq!(near("cat", "cat"), 1.0);
        assert_eq!(near("abc", "xyz"), 0.0);
        assert_eq!(near("martha", "marhta"), 0.961);
        assert_eq!(near("", ""), 0.0);
        assert_eq!(threshold(0.01, 1000), 10);
        assert_eq!(threshold(3.0, 1000), 3);
    }
}
