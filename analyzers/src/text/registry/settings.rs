//! Elasticsearch's `analysis` settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::params::Params;
use super::{builtin, char_filters, filters, tokenizers};
use crate::text::analyzer::Analyzer;
use crate::text::char_filter::CharFilter;
use crate::text::error::AnalysisError;
use crate::text::filter::{Lowercase, PossessiveEnglish, Stem, Stop, TokenFilter};
use crate::text::tokenizer::{Keyword, Letter, Pattern, Standard, Tokenizer};

/// The most definitions of one kind, and the most filters of one chain.
const MAX_DEFINITIONS: usize = 1_000;
const MAX_CHAIN: usize = 64;

const SECTIONS: [&str; 5] = [
    "analyzer",
    "tokenizer",
    "filter",
    "char_filter",
    "normalizer",
];

/// A part of a chain: by name or defined in place.
struct Part<'a> {
    path: String,
    value: &'a Value,
}

/// The sections of the settings.
pub(super) struct Definitions<'a> {
    sections: [&'a Map<String, Value>; 5],
}

static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);

impl<'a> Definitions<'a> {
    /// Reads the sections, and checks every tokenizer and filter that they
    /// define, used or not.
    pub(super) fn parse(settings: &'a Value) -> Result<Self, AnalysisError> {
        let Value::Object(map) = settings else {
            return Err(AnalysisError::invalid("analysis", "must be an object"));
        };
        let mut sections: [&Map<String, Value>; 5] = [&EMPTY; 5];
        for (name, value) in map {
            let slot = SECTIONS
                .iter()
                .position(|section| section == name)
                .and_then(|index| sections.get_mut(index));
            let Some(slot) = slot else {
                let (path, name) = ("analysis".to_owned(), name.clone());
                return Err(AnalysisError::UnknownParameter { path, name });
            };
            let path = format!("analysis.{name}");
            let Value::Object(section) = value else {
                return Err(AnalysisError::invalid(path, "must be an object"));
            };
            if section.len() > MAX_DEFINITIONS {
                let reason = format!("must not define more than {MAX_DEFINITIONS}");
                return Err(AnalysisError::invalid(path, reason));
            }
            *slot = section;
        }
        let definitions = Self { sections };
        let [_, tokenizer, filter, char_filter, _] = definitions.sections;
        for (name, value) in tokenizer {
            let path = format!("analysis.tokenizer.{name}");
            definitions.tokenizer(&Part { path, value })?;
        }
        for (name, value) in char_filter {
            let path = format!("analysis.char_filter.{name}");
            definitions.char_filter(&Part { path, value })?;
        }
        for (name, value) in filter {
            let path = format!("analysis.filter.{name}");
            // The rules of synonyms are checked by their form; what they mean
            // is found out in the chain that uses them.
            let alone = || Analyzer::new(Vec::new(), Arc::new(Keyword), Vec::new());
            definitions.filter(&Part { path, value }, &alone)?;
        }
        Ok(definitions)
    }

    /// The analyzers that the settings define.
    pub(super) fn analyzers(&self) -> Result<BTreeMap<String, Analyzer>, AnalysisError> {
        let [analyzers, ..] = self.sections;
        analyzers
            .iter()
            .map(|(name, value)| {
                let path = format!("analysis.analyzer.{name}");
                Ok((name.clone(), self.analyzer(&path, object(&path, value)?)?))
            })
            .collect()
    }

    /// The normalizers that the settings define.
    pub(super) fn normalizers(&self) -> Result<BTreeMap<String, Analyzer>, AnalysisError> {
        let [.., normalizers] = self.sections;
        normalizers
            .iter()
            .map(|(name, value)| {
                let path = format!("analysis.normalizer.{name}");
                Ok((name.clone(), self.normalizer(&path, object(&path, value)?)?))
            })
            .collect()
    }

    /// A chain made on the spot.
    pub(super) fn custom(
        &self,
        tokenizer: &Value,
        filters: &[Value],
        char_filters: &[Value],
    ) -> Result<Analyzer, AnalysisError> {
        let part = |kind: &str, value| Part {
            path: format!("analyze.{kind}"),
            value,
        };
        let tokenizer = self.tokenizer(&part("tokenizer", tokenizer))?;
        self.chain(
            "analyze",
            tokenizer,
            &filters
                .iter()
                .map(|value| part("filter", value))
                .collect::<Vec<_>>(),
            &char_filters
                .iter()
                .map(|value| part("char_filter", value))
                .collect::<Vec<_>>(),
        )
    }

    fn analyzer(&self, path: &str, map: &Map<String, Value>) -> Result<Analyzer, AnalysisError> {
        let params = Params::new(path, map);
        let kind = match params.string("type")? {
            Some(kind) => kind,
            None if map.contains_key("tokenizer") => "custom",
            None => {
                return Err(AnalysisError::invalid(
                    path,
                    "needs a [type] or a [tokenizer]",
                ));
            }
        };
        if kind != "custom" {
            let analyzer = configured(kind, &params)?;
            params.finish()?;
            return Ok(analyzer);
        }
        params.value("position_increment_gap");
        let Some(tokenizer) = params.value("tokenizer") else {
            return Err(AnalysisError::invalid(
                path,
                "a custom analyzer needs a [tokenizer]",
            ));
        };
        let filters = parts(&params, "filter")?;
        let char_filters = parts(&params, "char_filter")?;
        params.finish()?;
        let tokenizer = self.tokenizer(&Part {
            path: path.to_owned(),
            value: tokenizer,
        })?;
        self.chain(path, tokenizer, &filters, &char_filters)
    }

    fn normalizer(&self, path: &str, map: &Map<String, Value>) -> Result<Analyzer, AnalysisError> {
        let params = Params::new(path, map);
        match params.string("type")? {
            None | Some("custom") => {}
            Some("lowercase") => {
                params.finish()?;
                let lowercase: Arc<dyn TokenFilter> = Arc::new(Lowercase);
                return Ok(Analyzer::new(
                    Vec::new(),
                    Arc::new(Keyword),
                    vec![lowercase],
                ));
            }
            Some(other) => return Err(unknown(path, "normalizer type", other)),
        }
        let filters = parts(&params, "filter")?;
        let char_filters = parts(&params, "char_filter")?;
        params.finish()?;
        let [_, _, defined, ..] = self.sections;
        for filter in &filters {
            let name = filter.value.as_str().unwrap_or_default();
            let definition = defined.get(name).unwrap_or(filter.value);
            let kind = definition
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or(name);
            // A name that nobody defines is reported as such further down.
            let known = filters::NORMALIZING.contains(&kind);
            if !known && (definition.is_object() || self.filter(filter, &bare).is_ok()) {
                let reason = format!("filter [{kind}] cannot be used in a normalizer");
                return Err(AnalysisError::invalid(path, reason));
            }
        }
        self.chain(path, Arc::new(Keyword), &filters, &char_filters)
    }

    fn chain(
        &self,
        path: &str,
        tokenizer: Arc<dyn Tokenizer>,
        filters: &[Part<'_>],
        char_filters: &[Part<'_>],
    ) -> Result<Analyzer, AnalysisError> {
        if filters.len() + char_filters.len() > MAX_CHAIN {
            let reason = format!("must not have more than {MAX_CHAIN} filters");
            return Err(AnalysisError::invalid(path, reason));
        }
        let char_filters: Vec<_> = char_filters
            .iter()
            .map(|part| self.char_filter(part))
            .collect::<Result<_, AnalysisError>>()?;
        let mut chain: Vec<Arc<dyn TokenFilter>> = Vec::with_capacity(filters.len());
        for part in filters {
            let before =
                || Analyzer::new(char_filters.clone(), Arc::clone(&tokenizer), chain.clone());
            let filter = self.filter(part, &before)?;
            chain.push(filter);
        }
        Ok(Analyzer::new(char_filters, tokenizer, chain))
    }

    fn tokenizer(&self, part: &Part<'_>) -> Result<Arc<dyn Tokenizer>, AnalysisError> {
        let [_, defined, ..] = self.sections;
        resolve(part, "tokenizer", defined, tokenizers::build)
    }

    fn filter(
        &self,
        part: &Part<'_>,
        before: &dyn Fn() -> Analyzer,
    ) -> Result<Arc<dyn TokenFilter>, AnalysisError> {
        let [_, _, defined, ..] = self.sections;
        resolve(part, "filter", defined, |kind, params| {
            filters::build(kind, params, before)
        })
    }

    fn char_filter(&self, part: &Part<'_>) -> Result<Arc<dyn CharFilter>, AnalysisError> {
        let [_, _, _, defined, _] = self.sections;
        resolve(part, "char_filter", defined, char_filters::build)
    }
}

fn bare() -> Analyzer {
    Analyzer::new(Vec::new(), Arc::new(Keyword), Vec::new())
}

/// Makes a component: of the definition in place, of that which the settings
/// have under the name, or of the built-in type of the name.
fn resolve<T>(
    part: &Part<'_>,
    kind: &'static str,
    defined: &Map<String, Value>,
    build: impl Fn(&str, &Params<'_>) -> Result<Option<T>, AnalysisError>,
) -> Result<T, AnalysisError> {
    let make = |path: &str, map: &Map<String, Value>, name: &str| {
        let params = Params::new(path, map);
        let built = build(name, &params)?;
        if built.is_some() {
            params.finish()?;
        }
        Ok(built)
    };
    match part.value {
        Value::String(name) => {
            let built = match defined.get(name) {
                Some(value) => {
                    let path = format!("analysis.{kind}.{name}");
                    let map = object(&path, value)?;
                    let of_type = type_name(&path, map)?;
                    return make(&path, map, of_type)?
                        .ok_or_else(|| unknown(&path, "type", of_type));
                }
                None => make(&part.path, &EMPTY, name)?,
            };
            built.ok_or_else(|| unknown(&part.path, kind, name))
        }
        Value::Object(map) => {
            let of_type = type_name(&part.path, map)?;
            make(&part.path, map, of_type)?.ok_or_else(|| unknown(&part.path, "type", of_type))
        }
        _ => Err(AnalysisError::invalid(
            &part.path,
            format!("a {kind} must be a name or an object"),
        )),
    }
}

fn type_name<'a>(path: &str, map: &'a Map<String, Value>) -> Result<&'a str, AnalysisError> {
    match map.get("type") {
        Some(Value::String(name)) => Ok(name),
        Some(_) => Err(AnalysisError::invalid(
            format!("{path}.type"),
            "must be a string",
        )),
        None => Err(AnalysisError::invalid(path, "needs a [type]")),
    }
}

fn object<'a>(path: &str, value: &'a Value) -> Result<&'a Map<String, Value>, AnalysisError> {
    value
        .as_object()
        .ok_or_else(|| AnalysisError::invalid(path, "must be an object"))
}

fn unknown(path: &str, kind: &'static str, name: &str) -> AnalysisError {
    AnalysisError::Unknown {
        path: path.to_owned(),
        kind,
        name: name.to_owned(),
    }
}

/// A list of parts; a single one is a list of one.
fn parts<'a>(params: &Params<'a>, name: &'static str) -> Result<Vec<Part<'a>>, AnalysisError> {
    let values = match params.value(name) {
        None => &[],
        Some(Value::Array(values)) => values.as_slice(),
        Some(value @ Value::String(_)) => std::slice::from_ref(value),
        Some(_) => return Err(params.invalid(name, "must be a list of names")),
    };
    Ok(values
        .iter()
        .map(|value| Part {
            path: params.path.to_owned(),
            value,
        })
        .collect())
}

/// A built-in analyzer with parameters.
fn configured(kind: &str, params: &Params<'_>) -> Result<Analyzer, AnalysisError> {
    let named =
        |name: &str| builtin::analyzer(name).ok_or_else(|| unknown(params.path, "type", kind));
    let lowercase: Arc<dyn TokenFilter> = Arc::new(Lowercase);
    let words = match kind {
        "standard" | "stop" | "pattern" | "english" => {
            params.no_file("stopwords_path", "stopwords")?;
            filters::stop_words(params)?
        }
        _ => None,
    };
    let mut chain = Vec::new();
    let tokenizer: Arc<dyn Tokenizer> = match kind {
        "standard" => {
            let max = params.number("max_token_length", 255, 1, 8_191)?;
            chain.push(lowercase);
            Arc::new(Standard::new(max))
        }
        "stop" => {
            chain.push(lowercase);
            Arc::new(Letter)
        }
        "pattern" => {
            if params.boolean("lowercase", true)? {
                chain.push(lowercase);
            }
            Arc::new(Pattern::new(tokenizers::regex(params, r"\W+")?, None))
        }
        "english" if words.is_some() => {
            let stop = Stop::new(words.unwrap_or_default(), false);
            chain.extend::<[Arc<dyn TokenFilter>; 4]>([
                Arc::new(PossessiveEnglish),
                lowercase,
                Arc::new(stop),
                Arc::new(Stem::porter()),
            ]);
            return Ok(Analyzer::new(
                Vec::new(),
                Arc::new(Standard::default()),
                chain,
            ));
        }
        other => return named(other),
    };
    let words = match (kind, words) {
        ("stop", None) => filters::english_stop_words(),
        (_, words) => words.unwrap_or_default(),
    };
    if !words.is_empty() {
        chain.push(Arc::new(Stop::new(words, false)));
    }
    Ok(Analyzer::new(Vec::new(), tokenizer, chain))
}
