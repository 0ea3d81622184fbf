//! Tokenizers from their names and parameters.

use std::sync::Arc;

use super::params::Params;
use crate::text::error::AnalysisError;
use crate::text::tokenizer::{
    CharClass, Chinese, DEFAULT_MAX_TOKEN_LENGTH, EdgeNgram, Flags, Keyword, Letter, Ngram,
    Pattern, Standard, Tokenizer, Trigram, Whitespace, compile,
};

/// The longest n-gram.
const MAX_GRAM: usize = 256;

/// A tokenizer of a built-in type; nothing where there is no such type.
pub(super) fn build(
    kind: &str,
    params: &Params<'_>,
) -> Result<Option<Arc<dyn Tokenizer>>, AnalysisError> {
    Ok(Some(match kind {
        "standard" | "classic" | "uax_url_email" => Arc::new(Standard::new(max_length(params)?)),
        "whitespace" => Arc::new(Whitespace::new(max_length(params)?)),
        "letter" => Arc::new(Letter),
        "keyword" => {
            params.value("buffer_size");
            Arc::new(Keyword)
        }
        "ngram" | "nGram" => {
            let (min, max) = gram_bounds(params)?;
            Arc::new(Ngram::new(min, max, classes(params)?))
        }
        "edge_ngram" | "edgeNGram" => {
            let (min, max) = gram_bounds(params)?;
            Arc::new(EdgeNgram::new(min, max, classes(params)?))
        }
        "trigram" => Arc::new(Trigram),
        "chinese" | "ik_smart" | "ik_max_word" | "smartcn_tokenizer" => {
            Arc::new(Chinese::default())
        }
        "pattern" => Arc::new(pattern(params)?),
        _ => return Ok(None),
    }))
}

fn max_length(params: &Params<'_>) -> Result<usize, AnalysisError> {
    params.number("max_token_length", DEFAULT_MAX_TOKEN_LENGTH, 1, 8_191)
}

/// `min_gram` and `max_gram`.
pub(super) fn gram_bounds(params: &Params<'_>) -> Result<(usize, usize), AnalysisError> {
    let min = params.number("min_gram", 1, 1, MAX_GRAM)?;
    let max = params.number("max_gram", 2.max(min), 1, MAX_GRAM)?;
    if max < min {
        return Err(params.invalid("max_gram", "must not be less than [min_gram]"));
    }
    Ok((min, max))
}

fn classes(params: &Params<'_>) -> Result<Vec<CharClass>, AnalysisError> {
    let custom = params.string("custom_token_chars")?.unwrap_or_default();
    let mut classes = Vec::new();
    for name in params.strings("token_chars")?.unwrap_or_default() {
        match name {
            "letter" => classes.push(CharClass::Letter),
            "digit" => classes.push(CharClass::Digit),
            "whitespace" => classes.push(CharClass::Whitespace),
            "punctuation" => classes.push(CharClass::Punctuation),
            "symbol" => classes.push(CharClass::Symbol),
            "custom" => classes.extend(custom.chars().map(CharClass::Exactly)),
            other => {
                return Err(params.invalid("token_chars", format!("unknown class [{other}]")));
            }
        }
    }
    Ok(classes)
}

fn pattern(params: &Params<'_>) -> Result<Pattern, AnalysisError> {
    let regex = regex(params, r"\W+")?;
    let group = match params.value("group") {
        None => None,
        Some(value) if value.as_i64() == Some(-1) || value.as_str() == Some("-1") => None,
        Some(_) => Some(params.number("group", 0, 0, regex.captures_len().saturating_sub(1))?),
    };
    Ok(Pattern::new(regex, group))
}

/// `pattern` and `flags`.
pub(super) fn regex(
    params: &Params<'_>,
    default: &str,
) -> Result<fancy_regex::Regex, AnalysisError> {
    let flags = Flags::parse(params.string("flags")?.unwrap_or_default())
        .map_err(|reason| params.invalid("flags", reason))?;
    compile(params.string("pattern")?.unwrap_or(default), flags)
        .map_err(|reason| params.invalid("pattern", reason))
}
