//! Token filters from their names and parameters.

use std::sync::Arc;

use super::params::Params;
use super::tokenizers::gram_bounds;
use crate::text::analyzer::Analyzer;
use crate::text::error::AnalysisError;
use crate::text::filter::{
    AsciiFolding, CjkWidth, DecimalDigit, ENGLISH_STOP_WORDS, EnglishPlurals, GramFilter, Length,
    Lowercase, PossessiveEnglish, Reverse, Stem, Stop, SynonymMap, SynonymOptions, Synonyms,
    TokenFilter, Trim, Truncate, Unique, Uppercase, parse_rules,
};

/// Filters that leave a value whole, as a normalizer must.
pub(super) const NORMALIZING: [&str; 8] = [
    "lowercase",
    "uppercase",
    "asciifolding",
    "trim",
    "cjk_width",
    "decimal_digit",
    "truncate",
    "reverse",
];

/// A filter of a built-in type; nothing where there is no such type. `before`
/// is the chain so far, which the rules of synonyms go through.
pub(super) fn build(
    kind: &str,
    params: &Params<'_>,
    before: &dyn Fn() -> Analyzer,
) -> Result<Option<Arc<dyn TokenFilter>>, AnalysisError> {
    Ok(Some(match kind {
        "lowercase" => Arc::new(Lowercase),
        "uppercase" => Arc::new(Uppercase),
        "asciifolding" => Arc::new(AsciiFolding::new(
            params.boolean("preserve_original", false)?,
        )),
        "stop" => {
            params.no_file("stopwords_path", "stopwords")?;
            params.value("remove_trailing");
            let ignore_case = params.boolean("ignore_case", false)?;
            let words = stop_words(params)?.unwrap_or_else(english_stop_words);
            Arc::new(Stop::new(words, ignore_case))
        }
        "stemmer" => stemmer(params, Stem::for_language)?,
        "snowball" => stemmer(params, Stem::snowball)?,
        "porter_stem" => Arc::new(Stem::porter()),
        "kstem" => Arc::new(Stem::english()),
        "possessive_english" => Arc::new(PossessiveEnglish),
        "synonym" => synonyms(params, false, before)?,
        "synonym_graph" => synonyms(params, true, before)?,
        "length" => {
            let min = params.number("min", 0, 0, usize::MAX)?;
            let max = params.number("max", usize::MAX, 0, usize::MAX)?;
            if max < min {
                return Err(params.invalid("max", "must not be less than [min]"));
            }
            Arc::new(Length::new(min, max))
        }
        "truncate" => Arc::new(Truncate::new(params.number("length", 10, 1, usize::MAX)?)),
        "unique" => Arc::new(Unique::new(params.boolean("only_on_same_position", false)?)),
        "reverse" => Arc::new(Reverse),
        "trim" => Arc::new(Trim),
        "cjk_width" => Arc::new(CjkWidth),
        "decimal_digit" => Arc::new(DecimalDigit),
        "edge_ngram" | "edgeNGram" => grams(params, true)?,
        "ngram" | "nGram" => grams(params, false)?,
        _ => return Ok(None),
    }))
}

fn grams(params: &Params<'_>, edge: bool) -> Result<Arc<dyn TokenFilter>, AnalysisError> {
    let (min, max) = gram_bounds(params)?;
    let preserve = params.boolean("preserve_original", false)?;
    Ok(Arc::new(GramFilter::new(min, max, edge, preserve)))
}

fn stemmer(
    params: &Params<'_>,
    named: fn(&str) -> Option<Stem>,
) -> Result<Arc<dyn TokenFilter>, AnalysisError> {
    let language = match params.string("language")? {
        Some(language) => language,
        None => params.string("name")?.unwrap_or("english"),
    };
    match language {
        "possessive_english" => return Ok(Arc::new(PossessiveEnglish)),
        "minimal_english" => return Ok(Arc::new(EnglishPlurals)),
        _ => {}
    }
    match named(language) {
        Some(stem) => Ok(Arc::new(stem)),
        None => Err(params.invalid("language", format!("unknown language [{language}]"))),
    }
}

/// `stopwords`: a list of words, or the name of one.
pub(super) fn stop_words(params: &Params<'_>) -> Result<Option<Vec<String>>, AnalysisError> {
    let Some(names) = params.strings("stopwords")? else {
        return Ok(None);
    };
    let mut words = Vec::new();
    for name in names {
        match name {
            "_english_" => words.extend(english_stop_words()),
            "_none_" => {}
            list if list.len() > 2 && list.starts_with('_') && list.ends_with('_') => {
                return Err(params.invalid("stopwords", format!("unknown list [{list}]")));
            }
            word => words.push(word.to_owned()),
        }
    }
    Ok(Some(words))
}

pub(super) fn english_stop_words() -> Vec<String> {
    ENGLISH_STOP_WORDS
        .iter()
        .map(|word| (*word).to_owned())
        .collect()
}

fn synonyms(
    params: &Params<'_>,
    graph: bool,
    before: &dyn Fn() -> Analyzer,
) -> Result<Arc<dyn TokenFilter>, AnalysisError> {
    params.no_file("synonyms_path", "synonyms")?;
    params.value("updateable");
    let expand = params.boolean("expand", true)?;
    let lenient = params.boolean("lenient", false)?;
    match params.string("format")? {
        None | Some("solr") => {}
        Some(other) => return Err(params.invalid("format", format!("unknown format [{other}]"))),
    }
    let Some(lines) = params.strings("synonyms")? else {
        return Err(params.invalid("synonyms", "is required"));
    };
    let rules = if lenient {
        let mut rules = Vec::new();
        for line in lines {
            rules.extend(parse_rules([line]).unwrap_or_default());
        }
        rules
    } else {
        parse_rules(lines).map_err(|error| params.invalid("synonyms", error.to_string()))?
    };
    let map = SynonymMap::new(&rules, &before(), expand);
    Ok(Arc::new(Synonyms::new(
        Arc::new(map),
        SynonymOptions { graph },
    )))
}
