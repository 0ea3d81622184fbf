//! Clauses that analyze a text.

use serde_json::Value;

use super::one_field;
use super::params::Params;
use crate::query::ast::{
    FieldBoost, Match, MatchBoolPrefix, MatchPhrase, MatchPhrasePrefix, MultiMatch, MultiMatchType,
    Operator, ParseError, ZeroTermsQuery,
};

pub(super) fn read_match(body: &Value) -> Result<Match, ParseError> {
    let (field, object) = one_field("match", body, "query")?;
    let mut params = Params::new("match", &object);
    let clause = Match {
        query: params.required_scalar("query")?,
        operator: params.word("operator", Operator::from_word)?,
        fuzziness: params.fuzziness()?,
        prefix_length: params.whole("prefix_length", 0)?,
        max_expansions: params.whole("max_expansions", 50)?,
        fuzzy_transpositions: params.flag("fuzzy_transpositions", true)?,
        minimum_should_match: params.minimum()?,
        analyzer: params.text("analyzer")?,
        zero_terms_query: params.word("zero_terms_query", ZeroTermsQuery::from_word)?,
        lenient: params.flag("lenient", false)?,
        auto_generate_synonyms_phrase_query: params
            .flag("auto_generate_synonyms_phrase_query", true)?,
        boost: params.boost()?,
        digits_exact: params.digits_exact()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.get("fuzzy_rewrite");
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_phrase(body: &Value) -> Result<MatchPhrase, ParseError> {
    let (field, object) = one_field("match_phrase", body, "query")?;
    let mut params = Params::new("match_phrase", &object);
    let clause = MatchPhrase {
        query: params.required_scalar("query")?,
        slop: params.whole("slop", 0)?,
        analyzer: params.text("analyzer")?,
        zero_terms_query: params.word("zero_terms_query", ZeroTermsQuery::from_word)?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_phrase_prefix(body: &Value) -> Result<MatchPhrasePrefix, ParseError> {
    let (field, object) = one_field("match_phrase_prefix", body, "query")?;
    let mut params = Params::new("match_phrase_prefix", &object);
    let clause = MatchPhrasePrefix {
        query: params.required_scalar("query")?,
        slop: params.whole("slop", 0)?,
        max_expansions: params.whole("max_expansions", 50)?,
        analyzer: params.text("analyzer")?,
        zero_terms_query: params.word("zero_terms_query", ZeroTermsQuery::from_word)?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_bool_prefix(body: &Value) -> Result<MatchBoolPrefix, ParseError> {
    let (field, object) = one_field("match_bool_prefix", body, "query")?;
    let mut params = Params::new("match_bool_prefix", &object);
    let clause = MatchBoolPrefix {
        query: params.required_scalar("query")?,
        operator: params.word("operator", Operator::from_word)?,
        minimum_should_match: params.minimum()?,
        fuzziness: params.fuzziness()?,
        prefix_length: params.whole("prefix_length", 0)?,
        max_expansions: params.whole("max_expansions", 50)?,
        fuzzy_transpositions: params.flag("fuzzy_transpositions", true)?,
        analyzer: params.text("analyzer")?,
        boost: params.boost()?,
        name: params.name()?,
        field: field.clone(),
    };
    params.done().map_err(|error| error.within(&field))?;
    Ok(clause)
}

pub(super) fn read_multi_match(body: &Value) -> Result<MultiMatch, ParseError> {
    let mut params = Params::of("multi_match", body)?;
    let clause = MultiMatch {
        query: params.required_scalar("query")?,
        fields: fields("multi_match", params.get("fields"))?,
        kind: params.word("type", MultiMatchType::from_word)?,
        tie_breaker: params.float32("tie_breaker")?,
        operator: params.word("operator", Operator::from_word)?,
        fuzziness: params.fuzziness()?,
        prefix_length: params.whole("prefix_length", 0)?,
        max_expansions: params.whole("max_expansions", 50)?,
        fuzzy_transpositions: params.flag("fuzzy_transpositions", true)?,
        minimum_should_match: params.minimum()?,
        analyzer: params.text("analyzer")?,
        slop: params.whole("slop", 0)?,
        zero_terms_query: params.word("zero_terms_query", ZeroTermsQuery::from_word)?,
        lenient: params.flag("lenient", false)?,
        auto_generate_synonyms_phrase_query: params
            .flag("auto_generate_synonyms_phrase_query", true)?,
        boost: params.boost()?,
        digits_exact: params.digits_exact()?,
        name: params.name()?,
    };
    params.done()?;
    Ok(clause)
}

/// `"title"`, `"title^3"`, or a list of these.
pub(super) fn fields(clause: &str, value: Option<&Value>) -> Result<Vec<FieldBoost>, ParseError> {
    let wrong = |value: &Value| {
        ParseError::parsing(format!("[{clause}] [{value}] is no field")).within("fields")
    };
    let one = |value: &Value| -> Result<FieldBoost, ParseError> {
        let text = value.as_str().ok_or_else(|| wrong(value))?;
        match text.rsplit_once('^') {
            None => Ok(FieldBoost::new(text, 1.0)),
            Some((field, boost)) => {
                let boost = boost
                    .parse()
                    .ok()
                    .filter(|boost: &f32| boost.is_finite() && *boost >= 0.0);
                Ok(FieldBoost::new(field, boost.ok_or_else(|| wrong(value))?))
            }
        }
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(one).collect(),
        Some(value) => one(value).map(|field| vec![field]),
    }
}
