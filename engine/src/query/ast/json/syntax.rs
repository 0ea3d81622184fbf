//! `query_string`, `simple_query_string` and `more_like_this`, both ways.

use serde_json::{Map, Value, json};

use super::kind;
use super::params::Params;
use super::text::fields;
use super::write::{Out, boosted_field, float, fuzziness, minimum};
use crate::query::ast::{
    FieldBoost, Fuzziness, Like, MinimumShouldMatch, MoreLikeThis, MultiMatchType, Operator,
    ParseError, QueryString, SimpleFlags, SimpleQueryString,
};

/// The most texts and documents that `more_like_this` compares with.
const MAX_LIKES: usize = 1_000;

pub(super) fn read_query_string(body: &Value) -> Result<QueryString, ParseError> {
    let mut params = Params::of("query_string", body)?;
    let clause = QueryString {
        query: params.required_text("query")?,
        fields: fields("query_string", params.get("fields"))?,
        default_field: params.text("default_field")?,
        default_operator: params.word("default_operator", Operator::from_word)?,
        analyzer: params.text("analyzer")?,
        quote_analyzer: params.text("quote_analyzer")?,
        allow_leading_wildcard: params.flag("allow_leading_wildcard", true)?,
        analyze_wildcard: params.flag("analyze_wildcard", false)?,
        fuzziness: params.fuzziness()?.unwrap_or(Fuzziness::AUTO),
        fuzzy_prefix_length: params.whole("fuzzy_prefix_length", 0)?,
        fuzzy_max_expansions: params.whole("fuzzy_max_expansions", 50)?,
        fuzzy_transpositions: params.flag("fuzzy_transpositions", true)?,
        phrase_slop: params.whole("phrase_slop", 0)?,
        lenient: params.maybe("lenient")?,
        minimum_should_match: params.minimum()?,
        quote_field_suffix: params.text("quote_field_suffix")?,
        tie_breaker: params.float32("tie_breaker")?,
        kind: params.word("type", MultiMatchType::from_word)?,
        time_zone: params.text("time_zone")?,
        escape: params.flag("escape", false)?,
        max_determinized_states: params.whole("max_determinized_states", 10_000)?,
        auto_generate_synonyms_phrase_query: params
            .flag("auto_generate_synonyms_phrase_query", true)?,
        boost: params.boost()?,
        name: params.name()?,
    };
    if !clause.fields.is_empty() && clause.default_field.is_some() {
        return Err(ParseError::illegal(
            "[query_string] cannot set both [fields] and [default_field] at the same time",
        ));
    }
    // These say how terms are looked up, which changes nothing of what is found.
    for name in ["rewrite", "fuzzy_rewrite", "enable_position_increments"] {
        params.get(name);
    }
    params.done()?;
    Ok(clause)
}

pub(super) fn print_query_string(c: &QueryString) -> Value {
    let mut out = Out::default();
    out.put("query", c.query.clone());
    put_fields(&mut out, &c.fields);
    out.some("default_field", c.default_field.clone())
        .unless("default_operator", c.default_operator.as_str(), "or")
        .some("analyzer", c.analyzer.clone())
        .some("quote_analyzer", c.quote_analyzer.clone())
        .unless("allow_leading_wildcard", c.allow_leading_wildcard, true)
        .unless("analyze_wildcard", c.analyze_wildcard, false);
    if c.fuzziness != Fuzziness::AUTO {
        out.put("fuzziness", fuzziness(c.fuzziness));
    }
    out.unless("fuzzy_prefix_length", c.fuzzy_prefix_length, 0)
        .unless("fuzzy_max_expansions", c.fuzzy_max_expansions, 50)
        .unless("fuzzy_transpositions", c.fuzzy_transpositions, true)
        .unless("phrase_slop", c.phrase_slop, 0)
        .some("lenient", c.lenient)
        .some(
            "minimum_should_match",
            c.minimum_should_match.as_ref().map(minimum),
        )
        .some("quote_field_suffix", c.quote_field_suffix.clone())
        .some("tie_breaker", c.tie_breaker.map(float))
        .unless("type", c.kind.as_str(), "best_fields")
        .some("time_zone", c.time_zone.clone())
        .unless("escape", c.escape, false)
        .unless("max_determinized_states", c.max_determinized_states, 10_000)
        .unless(
            "auto_generate_synonyms_phrase_query",
            c.auto_generate_synonyms_phrase_query,
            true,
        );
    json!({"query_string": out.common(c.boost, c.name.as_ref())})
}

fn put_fields(out: &mut Out, fields: &[FieldBoost]) {
    if !fields.is_empty() {
        out.put(
            "fields",
            fields.iter().map(boosted_field).collect::<Value>(),
        );
    }
}

pub(super) fn read_simple(body: &Value) -> Result<SimpleQueryString, ParseError> {
    let mut params = Params::of("simple_query_string", body)?;
    let clause = SimpleQueryString {
        query: params.required_text("query")?,
        fields: fields("simple_query_string", params.get("fields"))?,
        default_operator: params.word("default_operator", Operator::from_word)?,
        analyzer: params.text("analyzer")?,
        flags: read_flags(params.get("flags")).map_err(|error| error.within("flags"))?,
        analyze_wildcard: params.flag("analyze_wildcard", false)?,
        fuzzy_prefix_length: params.whole("fuzzy_prefix_length", 0)?,
        fuzzy_max_expansions: params.whole("fuzzy_max_expansions", 50)?,
        fuzzy_transpositions: params.flag("fuzzy_transpositions", true)?,
        lenient: params.maybe("lenient")?,
        minimum_should_match: params.minimum()?,
        quote_field_suffix: params.text("quote_field_suffix")?,
        auto_generate_synonyms_phrase_query: params
            .flag("auto_generate_synonyms_phrase_query", true)?,
        boost: params.boost()?,
        name: params.name()?,
    };
    params.done()?;
    Ok(clause)
}

/// Names of flags, in the order that they are printed.
const FLAGS: &[(&str, SimpleFlags)] = &[
    ("AND", SimpleFlags::AND),
    ("NOT", SimpleFlags::NOT),
    ("OR", SimpleFlags::OR),
    ("PREFIX", SimpleFlags::PREFIX),
    ("PHRASE", SimpleFlags::PHRASE),
    ("PRECEDENCE", SimpleFlags::PRECEDENCE),
    ("ESCAPE", SimpleFlags::ESCAPE),
    ("WHITESPACE", SimpleFlags::WHITESPACE),
    ("FUZZY", SimpleFlags::FUZZY),
    ("NEAR", SimpleFlags::NEAR),
];

fn read_flags(value: Option<&Value>) -> Result<SimpleFlags, ParseError> {
    let names = match value {
        None | Some(Value::Null) => return Ok(SimpleFlags::ALL),
        Some(Value::Number(number)) => {
            // Elasticsearch's own bits are in another order; -1 is all of them.
            return match number.as_i64() {
                Some(-1) => Ok(SimpleFlags::ALL),
                Some(0) => Ok(SimpleFlags::NONE),
                _ => Err(ParseError::illegal(format!(
                    "flags are given by name, not as [{number}]"
                ))),
            };
        }
        Some(Value::String(names)) => names,
        Some(other) => {
            return Err(ParseError::parsing(format!(
                "[simple_query_string] flags are a string, got {}",
                kind(other)
            )));
        }
    };
    let mut out = SimpleFlags::NONE;
    for name in names.split('|').map(str::trim) {
        let upper = name.to_ascii_uppercase();
        match upper.as_str() {
            "ALL" => return Ok(SimpleFlags::ALL),
            "NONE" => return Ok(SimpleFlags::NONE),
            "" => {}
            "SLOP" => out.0 |= SimpleFlags::NEAR.0,
            other => match FLAGS.iter().find(|(known, _)| *known == other) {
                Some((_, flag)) => out.0 |= flag.0,
                None => {
                    return Err(ParseError::illegal(format!(
                        "Unknown simple_query_string flag [{name}]"
                    )));
                }
            },
        }
    }
    Ok(out)
}

pub(super) fn print_simple(c: &SimpleQueryString) -> Value {
    let mut out = Out::default();
    out.put("query", c.query.clone());
    put_fields(&mut out, &c.fields);
    out.unless("default_operator", c.default_operator.as_str(), "or")
        .some("analyzer", c.analyzer.clone());
    if c.flags != SimpleFlags::ALL {
        let names: Vec<&str> = FLAGS
            .iter()
            .filter(|(_, flag)| c.flags.contains(*flag))
            .map(|(name, _)| *name)
            .collect();
        let names = if names.is_empty() {
            "NONE".to_owned()
        } else {
            names.join("|")
        };
        out.put("flags", names);
    }
    out.unless("analyze_wildcard", c.analyze_wildcard, false)
        .unless("fuzzy_prefix_length", c.fuzzy_prefix_length, 0)
        .unless("fuzzy_max_expansions", c.fuzzy_max_expansions, 50)
        .unless("fuzzy_transpositions", c.fuzzy_transpositions, true)
        .some("lenient", c.lenient)
        .some(
            "minimum_should_match",
            c.minimum_should_match.as_ref().map(minimum),
        )
        .some("quote_field_suffix", c.quote_field_suffix.clone())
        .unless(
            "auto_generate_synonyms_phrase_query",
            c.auto_generate_synonyms_phrase_query,
            true,
        );
    json!({"simple_query_string": out.common(c.boost, c.name.as_ref())})
}

pub(super) fn read_more_like_this(body: &Value) -> Result<MoreLikeThis, ParseError> {
    let mut params = Params::of("more_like_this", body)?;
    let like = likes(params.get("like")).map_err(|error| error.within("like"))?;
    if like.is_empty() {
        return Err(ParseError::illegal(
            "[more_like_this] requires either 'like' texts/items to be specified",
        ));
    }
    let defaults = MoreLikeThis::new(like);
    let named = params.get("fields");
    let clause = MoreLikeThis {
        fields: names(named).map_err(|error| error.within("fields"))?,
        unlike: likes(params.get("unlike")).map_err(|error| error.within("unlike"))?,
        max_query_terms: params.whole("max_query_terms", defaults.max_query_terms)?,
        min_term_freq: params.whole("min_term_freq", defaults.min_term_freq)?,
        min_doc_freq: params.whole("min_doc_freq", defaults.min_doc_freq)?,
        max_doc_freq: match params.get("max_doc_freq") {
            None | Some(Value::Null) => None,
            Some(value) => Some(
                value
                    .as_u64()
                    .ok_or_else(|| params.wrong("max_doc_freq", value))?,
            ),
        },
        min_word_length: params.whole("min_word_length", 0)?,
        max_word_length: params.whole("max_word_length", 0)?,
        stop_words: names(params.get("stop_words")).map_err(|error| error.within("stop_words"))?,
        analyzer: params.text("analyzer")?,
        minimum_should_match: params
            .minimum()?
            .unwrap_or(defaults.minimum_should_match.clone()),
        boost_terms: params.float32("boost_terms")?.unwrap_or(0.0),
        include: params.flag("include", false)?,
        fail_on_unsupported_field: params.flag("fail_on_unsupported_field", true)?,
        boost: params.boost()?,
        name: params.name()?,
        ..defaults
    };
    if named.is_some_and(|named| !named.is_null()) && clause.fields.is_empty() {
        return Err(ParseError::illegal(
            "[more_like_this] requires 'fields' to be non-empty",
        ));
    }
    if clause.max_query_terms == 0 {
        return Err(ParseError::illegal(
            "[more_like_this] requires 'maxQueryTerms' to be greater than 0",
        ));
    }
    params.done()?;
    Ok(clause)
}

fn names(value: Option<&Value>) -> Result<Vec<String>, ParseError> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(ParseError::parsing(format!(
            "[more_like_this] takes strings, got {}",
            kind(other)
        ))),
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(one).collect(),
        Some(value) => one(value).map(|name| vec![name]),
    }
}

fn likes(value: Option<&Value>) -> Result<Vec<Like>, ParseError> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            if items.len() > MAX_LIKES {
                return Err(ParseError::illegal(format!(
                    "[more_like_this] compares with at most {MAX_LIKES} texts and documents"
                )));
            }
            let items = items.iter().enumerate();
            items
                .map(|(at, item)| like(item).map_err(|error| error.at_index(at)))
                .collect()
        }
        Some(value) => like(value).map(|like| vec![like]),
    }
}

fn like(value: &Value) -> Result<Like, ParseError> {
    let object = match value {
        Value::String(text) => return Ok(Like::Text(text.clone())),
        Value::Object(object) => object,
        other => {
            return Err(ParseError::parsing(format!(
                "[more_like_this] is like a text or a document, got {}",
                kind(other)
            )));
        }
    };
    let mut params = Params::new("more_like_this", object);
    let index = params.text("_index")?;
    let id = params.text("_id")?;
    let doc = params.get("doc");
    params.done()?;
    match (id, doc) {
        (Some(id), None) => Ok(Like::Document { index, id }),
        (None, Some(Value::Object(source))) => Ok(Like::Artificial(source.clone())),
        _ => Err(ParseError::illegal(
            "[more_like_this] a document has either [_id] or [doc]",
        )),
    }
}

pub(super) fn print_more_like_this(c: &MoreLikeThis) -> Value {
    let mut out = Out::default();
    let list = |likes: &[Like]| likes.iter().map(print_like).collect::<Value>();
    out.put("like", list(&c.like));
    if !c.fields.is_empty() {
        out.put("fields", json!(c.fields));
    }
    if !c.unlike.is_empty() {
        out.put("unlike", list(&c.unlike));
    }
    out.unless("max_query_terms", c.max_query_terms, 25)
        .unless("min_term_freq", c.min_term_freq, 2)
        .unless("min_doc_freq", c.min_doc_freq, 5)
        .some("max_doc_freq", c.max_doc_freq)
        .unless("min_word_length", c.min_word_length, 0)
        .unless("max_word_length", c.max_word_length, 0);
    if !c.stop_words.is_empty() {
        out.put("stop_words", json!(c.stop_words));
    }
    out.some("analyzer", c.analyzer.clone());
    if c.minimum_should_match != MinimumShouldMatch::Percent(30) {
        out.put("minimum_should_match", minimum(&c.minimum_should_match));
    }
    out.unless("boost_terms", float(c.boost_terms), float(0.0))
        .unless("include", c.include, false)
        .unless(
            "fail_on_unsupported_field",
            c.fail_on_unsupported_field,
            true,
        );
    json!({"more_like_this": out.common(c.boost, c.name.as_ref())})
}

fn print_like(like: &Like) -> Value {
    match like {
        Like::Text(text) => json!(text),
        Like::Document { index, id } => {
            let mut out = Map::new();
            if let Some(index) = index {
                out.insert("_index".to_owned(), json!(index));
            }
            out.insert("_id".to_owned(), json!(id));
            Value::Object(out)
        }
        Like::Artificial(source) => json!({"doc": source}),
    }
}
