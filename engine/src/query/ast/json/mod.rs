//! The language as JSON, both ways.
//!
//! Reading is strict: an unknown clause or parameter, a wrong type or a second
//! field is an error that names it and its path. Printing leaves defaults out,
//! and what is printed reads back as an equal tree.

mod compound;
mod exact;
mod params;
#[cfg(test)]
mod roundtrip;
mod scoring;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod vector;
mod write;

use serde_json::{Map, Value};

use super::{MatchAll, MatchNone, MinimumShouldMatch, ParseError, ParseErrorKind, Query};
use params::Params;

/// The deepest that queries nest.
pub const MAX_DEPTH: usize = 100;
/// The most clauses of a query.
pub const MAX_CLAUSES: usize = 4_096;

/// Clauses of the language that this version reads no further.
const LATER: &[&str] = &["nested", "script"];

/// What is counted while a query is read.
#[derive(Debug, Default)]
struct Reader {
    depth: usize,
    clauses: usize,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn from_json(value: &Value) -> Result<Self, ParseError> {
        Reader::default().query(value)
    }

    /// Every document.
    pub fn match_all() -> Self {
        Self::MatchAll(MatchAll::default())
    }
}

impl serde::Serialize for Query {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Query {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_json(&value).map_err(serde::de::Error::custom)
    }
}

impl Reader {
    fn query(&mut self, value: &Value) -> Result<Query, ParseError> {
        let Some(object) = value.as_object() else {
            return Err(ParseError::parsing(format!(
                "[_na] query malformed, must start with start_object, got [{}]",
                kind(value)
            )));
        };
        let mut entries = object.iter();
        let (name, body) = match (entries.next(), entries.next()) {
            (Some(entry), None) => entry,
            (None, _) => return Err(ParseError::illegal("query malformed, empty clause found")),
            (Some((name, _)), Some((other, _))) => {
                return Err(ParseError::parsing(format!(
                    "[{name}] malformed query, expected [END_OBJECT] but found [FIELD_NAME] [{other}]"
                )));
            }
        };
        self.depth += 1;
        self.clauses += 1;
        if self.depth > MAX_DEPTH {
            return Err(ParseError::new(
                ParseErrorKind::TooDeep,
                format!("the query nests deeper than {MAX_DEPTH}"),
            ));
        }
        if self.clauses > MAX_CLAUSES {
            return Err(ParseError::new(
                ParseErrorKind::TooManyClauses,
                format!("maxClauseCount is set to {MAX_CLAUSES}"),
            ));
        }
        let query = self.clause(name, body).map_err(|error| error.within(name));
        self.depth -= 1;
        query
    }

    /// Reads a clause. Only the clauses that hold clauses are read right here: this is what
    /// recurses, and has to stay small on the stack.
    fn clause(&mut self, name: &str, body: &Value) -> Result<Query, ParseError> {
        match name {
            "bool" => self.read_bool(body).map(Query::Bool),
            "boosting" => self.read_boosting(body).map(Query::Boosting),
            "constant_score" => self.read_constant(body).map(Query::ConstantScore),
            "dis_max" => self.read_dis_max(body).map(Query::DisMax),
            "function_score" => self.read_function_score(body).map(Query::FunctionScore),
            _ => vector::clause(self, name, body).unwrap_or_else(|| leaf(name, body)),
        }
    }
}

/// Reads a clause that holds no clauses.
fn leaf(name: &str, body: &Value) -> Result<Query, ParseError> {
    Ok(match name {
        "match_all" => {
            let mut params = Params::of(name, body)?;
            let clause = MatchAll {
                boost: params.boost()?,
                name: params.name()?,
            };
            params.done()?;
            Query::MatchAll(clause)
        }
        "match_none" => {
            let mut params = Params::of(name, body)?;
            let clause = MatchNone {
                name: params.name()?,
            };
            params.get("boost");
            params.done()?;
            Query::MatchNone(clause)
        }
        "match" => Query::Match(text::read_match(body)?),
        "match_phrase" => Query::MatchPhrase(text::read_phrase(body)?),
        "match_phrase_prefix" => Query::MatchPhrasePrefix(text::read_phrase_prefix(body)?),
        "match_bool_prefix" => Query::MatchBoolPrefix(text::read_bool_prefix(body)?),
        "multi_match" => Query::MultiMatch(text::read_multi_match(body)?),
        "term" => Query::Term(exact::read_term(body)?),
        "terms" => Query::Terms(exact::read_terms(body)?),
        "terms_set" => Query::TermsSet(exact::read_terms_set(body)?),
        "range" => Query::Range(exact::read_range(body)?),
        "exists" => Query::Exists(exact::read_exists(body)?),
        "prefix" => Query::Prefix(exact::read_prefix(body)?),
        "wildcard" => Query::Wildcard(exact::read_wildcard(body)?),
        "regexp" => Query::Regexp(exact::read_regexp(body)?),
        "python_regexp" => Query::PythonRegexp(exact::read_python(body)?),
        "fuzzy" => Query::Fuzzy(exact::read_fuzzy(body)?),
        "ids" => Query::Ids(exact::read_ids(body)?),
        "query_string" => Query::QueryString(syntax::read_query_string(body)?),
        "simple_query_string" => Query::SimpleQueryString(syntax::read_simple(body)?),
        "more_like_this" => Query::MoreLikeThis(syntax::read_more_like_this(body)?),
        later if LATER.contains(&later) => {
            return Err(ParseError::parsing(format!(
                "[{later}] queries are not supported by this version"
            )));
        }
        other => return Err(ParseError::parsing(format!("unknown query [{other}]"))),
    })
}

/// What a JSON value is, for messages.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The body of a clause about one field: the field, and its parameters as an object
/// (`{"field": value}` is short for `{"field": {main: value}}`).
fn one_field<'a>(
    clause: &str,
    body: &'a Value,
    main: &str,
) -> Result<(String, std::borrow::Cow<'a, Map<String, Value>>), ParseError> {
    let Some(object) = body.as_object() else {
        return Err(ParseError::parsing(format!(
            "[{clause}] query malformed, expected an object, got {}",
            kind(body)
        )));
    };
    let mut entries = object.iter();
    match (entries.next(), entries.next()) {
        (Some((field, Value::Object(params))), None) => {
            Ok((field.clone(), std::borrow::Cow::Borrowed(params)))
        }
        (Some((field, value)), None) => {
            let mut params = Map::new();
            params.insert(main.to_owned(), value.clone());
            Ok((field.clone(), std::borrow::Cow::Owned(params)))
        }
        (None, _) => Err(ParseError::parsing(format!(
            "[{clause}] query malformed, no field name"
        ))),
        (Some((one, _)), Some((two, _))) => Err(ParseError::parsing(format!(
            "[{clause}] query doesn't support multiple fields, found [{one}] and [{two}]"
        ))),
    }
}

impl MinimumShouldMatch {
    /// How many of so many clauses have to match; more than there are when it asks for that.
    pub fn resolve(&self, clauses: usize) -> usize {
        let total = i64::try_from(clauses).unwrap_or(i64::MAX);
        let wanted = match self {
            Self::Count(count) if *count < 0 => total + i64::from(*count),
            Self::Count(count) => i64::from(*count),
            Self::Percent(percent) => {
                let share = share(total, *percent);
                if share < 0 { total + share } else { share }
            }
            Self::Conditional(conditions) => {
                // Read from left to right, up to the first that the clauses are too few for.
                let fits = conditions
                    .iter()
                    .take_while(|condition| total > i64::from(condition.above));
                return fits
                    .last()
                    .map_or(clauses, |condition| condition.then.resolve(clauses));
            }
        };
        usize::try_from(wanted.max(0)).unwrap_or(usize::MAX)
    }

    /// Reads `2`, `-1`, `75%`, `-25%` or `2<75% 9<-3`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let wrong =
            || ParseError::illegal(format!("failed to parse [minimum_should_match] [{text}]"));
        let text = text.trim();
        if text.contains('<') {
            let mut conditions = Vec::new();
            // White space around `<` belongs to the condition.
            let sides: Vec<&str> = text.split('<').map(str::trim).collect();
            for part in sides.join("<").split_whitespace() {
                let (above, then) = part.split_once('<').ok_or_else(wrong)?;
                let then = Self::simple(then).ok_or_else(wrong)?;
                let above = above.parse().map_err(|_| wrong())?;
                conditions.push(super::Condition {
                    above,
                    then: Box::new(then),
                });
            }
            return Ok(Self::Conditional(conditions));
        }
        Self::simple(text).ok_or_else(wrong)
    }

    fn simple(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().map(Self::Percent),
            None => text.parse().ok().map(Self::Count),
        }
    }
}

/// A share of clauses without its fraction, in the single precision that Elasticsearch computes it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "clauses are few, and float casts saturate"
)]
fn share(total: i64, percent: i32) -> i64 {
    let product = total.saturating_mul(i64::from(percent));
    (product as f32 * 0.01) as i64
}

impl std::fmt::Display for MinimumShouldMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Conditional(conditions) => {
                for (number, condition) in conditions.iter().enumerate() {
                    let space = if number > 0 { " " } else { "" };
                    write!(f, "{space}{}<{}", condition.above, condition.then)?;
                }
                Ok(())
            }
        }
    }
}
