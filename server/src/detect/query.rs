//! Conditions of a search, as the query AST.

use engine::query::ast::{
    Bool, DisMax, Fuzziness, Match, MatchNone, Query, Range, Scalar, Term, Wildcard,
};
use time::macros::date;
use time::{Date, OffsetDateTime, Time};

/// The most letters of a name that is searched for.
const MOST_LETTERS: usize = 500;
/// The most words of it: each costs several clauses.
const MOST_WORDS: usize = 32;
/// The words that one word may stand for.
const EXPANSIONS: u32 = 4_096;

/// Why a name cannot be searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameWordsError {
    /// It is too long.
    #[error("must have at most {MOST_LETTERS} characters")]
    Long,
    /// It has too many words.
    #[error("must have at most {MOST_WORDS} words")]
    Many,
}

/// A name that is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameWords {
    written: String,
    words: Vec<String>,
}

impl NameWords {
    /// Reads a name; `None` for one that says nothing.
    ///
    /// # Errors
    /// When it is too long.
    pub fn read(text: &str) -> Result<Option<Self>, NameWordsError> {
        let written = text.trim();
        if written.is_empty() {
            return Ok(None);
        }
        if written.chars().nth(MOST_LETTERS).is_some() {
            return Err(NameWordsError::Long);
        }
        let words: Vec<String> = written
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if words.len() > MOST_WORDS {
            return Err(NameWordsError::Many);
        }
        Ok(Some(Self {
            written: written.to_owned(),
            words,
        }))
    }

    /// The name holds the text as it is, or a word for each of its words: the word itself, one that has
    /// it inside, or one that is, or begins with, something near to it. No digit is ever a typo.
    fn query(&self) -> Query {
        let mut ways = vec![inside(&self.written)];
        if !self.words.is_empty() {
            ways.push(Query::Bool(Bool {
                must: self.words.iter().map(|word| word_query(word)).collect(),
                ..Bool::default()
            }));
        }
        any(ways)
    }
}

fn any(ways: Vec<Query>) -> Query {
    Query::DisMax(DisMax::new(ways))
}

fn word_query(word: &str) -> Query {
    let near = |field: &str| {
        let mut query = Match::new(field, word);
        query.analyzer = Some("keyword".to_owned());
        query.fuzziness = Some(Fuzziness::AUTO);
        query.max_expansions = EXPANSIONS;
        query.digits_exact = true;
        Query::Match(query)
    };
    any(vec![near("name"), near("name.begin"), inside(word)])
}

/// The name holds a piece of text, up to case.
fn inside(piece: &str) -> Query {
    let mut pattern = String::with_capacity(piece.len() + 2);
    pattern.push('*');
    for letter in piece.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('*');
    let mut wildcard = Wildcard::new("name", pattern);
    wildcard.case_insensitive = true;
    Query::Wildcard(wildcard)
}

/// What records have to be; all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// The picture's name.
    pub name: Option<NameWords>,
    /// How many defects it has.
    pub num: Option<u64>,
    /// The first day.
    pub first: Option<Date>,
    /// The last day, with all of it.
    pub last: Option<Date>,
}

impl Conditions {
    pub(super) fn query(&self) -> Query {
        let mut filter = Vec::new();
        filter.extend(self.name.as_ref().map(NameWords::query));
        if let Some(num) = self.num {
            // No record has more defects than fit.
            let num = i64::try_from(num).unwrap_or(i64::MAX);
            filter.push(Query::Term(Term::new("num", Scalar::Int(num))));
        }
        if self.first.is_some() || self.last.is_some() {
            filter.push(between(self.first, self.last));
        }
        if filter.is_empty() {
            return Query::match_all();
        }
        Query::Bool(Bool {
            filter,
            ..Bool::default()
        })
    }
}

/// The first day that the index can hold whole; the last is [`LATEST`].
const EARLIEST: Date = date!(1678 - 01 - 01);
const LATEST: Date = date!(2261 - 12 - 31);

/// The records of days, both ends included. Beyond what the index can hold there are none.
pub(super) fn between(first: Option<Date>, last: Option<Date>) -> Query {
    if first.is_some_and(|first| first > LATEST) || last.is_some_and(|last| last < EARLIEST) {
        return Query::MatchNone(MatchNone::default());
    }
    let mut range = Range::new("date");
    range.format = Some("epoch_millis".to_owned());
    range.gte = first.map(|day| Scalar::Int(midnight(day.max(EARLIEST))));
    range.lte = last.map(|day| Scalar::Int(midnight(day.min(LATEST)) + DAY_MS - 1));
    Query::Range(range)
}

/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// When a day begins, in milliseconds since 1970.
pub(super) fn midnight(day: Date) -> i64 {
    OffsetDateTime::new_utc(day, Time::MIDNIGHT)
        .unix_timestamp()
        .saturating_mul(1_000)
}
