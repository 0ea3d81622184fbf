//! `_analyze`: what an analyzer makes of a text.

use analyzers::text::{Analyzer, Registry, Token};
use serde_json::{Value, json};

use super::Node;
use crate::error::{EngineError, Result};
use crate::mapping::{FieldType, Mapping};

/// The most tokens of one answer, as Elasticsearch has it.
const MAX_TOKENS: usize = 10_000;
/// Positions between two texts.
const POSITION_GAP: usize = 100;

impl Node {
    /// Analyzes the texts of a body `{text, analyzer | normalizer | field | tokenizer, filter,
    /// char_filter}`, with the analyzers of an index or the built-in ones.
    ///
    /// # Errors
    /// When a part is unknown, or there are too many tokens.
    pub fn analyze(&self, index: Option<&str>, body: &Value) -> Result<Value> {
        let index = index.map(|name| self.index(name)).transpose()?;
        let builtin = Registry::builtin();
        let registry = index.as_ref().map_or(&builtin, |index| index.registry());
        let mapping = index.as_ref().map(|index| index.mapping());
        let (analyzer, standard) = chosen(registry, mapping.as_ref(), body)?;
        let texts = texts(body)?;
        let mut tokens = Vec::new();
        let (mut position, mut offset) = (0, 0);
        for text in texts {
            let found = analyzer.analyze(text);
            let mut last = position;
            let mut units = Units::new(text);
            for token in &found {
                last = last.max(position + token.position);
                tokens.push(printed(token, position, offset, &mut units, standard));
                if tokens.len() > MAX_TOKENS {
                    return Err(EngineError::IllegalState(format!(
                        "The number of tokens produced by calling _analyze has exceeded the allowed \
                         maximum of [{MAX_TOKENS}]. This limit can be set by changing the \
                         [index.analyze.max_token_count] index level setting."
                    )));
                }
            }
            position = last + POSITION_GAP + 1;
            offset += text.encode_utf16().count() + 1;
        }
        Ok(json!({"tokens": tokens}))
    }
}

/// The analyzer that a body asks for, and whether its tokens have the standard tokenizer's types.
fn chosen(
    registry: &Registry,
    mapping: Option<&Mapping>,
    body: &Value,
) -> Result<(Analyzer, bool)> {
    let object = body
        .as_object()
        .ok_or_else(|| illegal(format!("the body is an object, not [{body}]")))?;
    const KNOWN: &[&str] = &[
        "text",
        "analyzer",
        "normalizer",
        "field",
        "tokenizer",
        "filter",
        "char_filter",
        "explain",
        "attributes",
    ];
    if let Some(key) = object.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(illegal(format!("[analyze_request] unknown field [{key}]")));
    }
    if object.get("explain") == Some(&Value::Bool(true)) {
        return Err(illegal("[explain] of _analyze is not supported".to_owned()));
    }
    let name = |key: &str| match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.as_str())),
        Some(other) => Err(illegal(format!(
            "[{key}] has to be a string, not [{other}]"
        ))),
    };
    let list = |key: &str| match object.get(key) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
    };
    let (filters, char_filters) = (list("filter"), list("char_filter"));
    let custom = |tokenizer: &Value| {
        registry
            .custom(tokenizer, &filters, &char_filters)
            .map_err(|error| illegal(error.to_string()))
    };
    if let Some(tokenizer) = object.get("tokenizer").filter(|value| !value.is_null()) {
        if name("analyzer")?.is_some() {
            return Err(illegal(
                "cannot define extra components on a named analyzer".to_owned(),
            ));
        }
        return Ok((custom(tokenizer)?, tokenizer == "standard"));
    }
    let has_parts = !filters.is_empty() || !char_filters.is_empty();
    if let Some(name) = name("analyzer")? {
        if has_parts {
            return Err(illegal(
                "cannot define extra components on a named analyzer".to_owned(),
            ));
        }
        return named(registry, name);
    }
    if let Some(name) = name("normalizer")? {
        if has_parts {
            return Err(illegal(
                "cannot define extra components on a named normalizer".to_owned(),
            ));
        }
        let found = registry.normalizer(name);
        return Ok((
            found.ok_or_else(|| illegal(format!("failed to find normalizer under [{name}]")))?,
            false,
        ));
    }
    if let Some(path) = name("field")? {
        let mapping = mapping.ok_or_else(|| {
            illegal("analysis based on a specific field requires an index".to_owned())
        })?;
        return match mapping
            .field(mapping.concrete(path))
            .map(|field| &field.kind)
        {
            Some(FieldType::Text { analyzer, .. }) => named(registry, analyzer),
            Some(FieldType::Completion(completion)) => named(registry, &completion.analyzer),
            Some(FieldType::Keyword {
                normalizer: Some(name),
            }) => {
                let found = registry.normalizer(name);
                Ok((
                    found.ok_or_else(|| {
                        illegal(format!("failed to find normalizer under [{name}]"))
                    })?,
                    false,
                ))
            }
            Some(FieldType::Keyword { .. }) => named(registry, "keyword"),
            Some(other) => Err(illegal(format!(
                "Can't process field [{path}], Analysis requests are only supported on tokenized \
                 fields, not on a {}",
                other.name()
            ))),
            None => named(registry, "standard"),
        };
    }
    if has_parts {
        return Ok((custom(&json!("keyword"))?, false));
    }
    named(registry, "standard")
}

fn named(registry: &Registry, name: &str) -> Result<(Analyzer, bool)> {
    let analyzer = registry
        .analyzer(name)
        .ok_or_else(|| illegal(format!("failed to find global analyzer [{name}]")))?;
    let words = matches!(
        name,
        "keyword" | "whitespace" | "simple" | "stop" | "pattern"
    );
    Ok((analyzer, !words))
}

fn texts(body: &Value) -> Result<Vec<&str>> {
    match body.get("text") {
        Some(Value::String(text)) => Ok(vec![text]),
        Some(Value::Array(list)) if !list.is_empty() => list
            .iter()
            .map(|item| {
                item.as_str()
                    .ok_or_else(|| illegal(format!("[text] is no string: [{item}]")))
            })
            .collect(),
        _ => Err(illegal("text is missing".to_owned())),
    }
}

/// Counts UTF-16 units; offsets that grow cost the text once.
struct Units<'a> {
    text: &'a str,
    bytes: usize,
    units: usize,
}

impl<'a> Units<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            bytes: 0,
            units: 0,
        }
    }

    fn at(&mut self, bytes: usize) -> usize {
        if bytes < self.bytes {
            let begin = self.text.get(..bytes).unwrap_or_default();
            return begin.encode_utf16().count();
        }
        let more = self.text.get(self.bytes..bytes).unwrap_or_default();
        self.units += more.encode_utf16().count();
        self.bytes = bytes;
        self.units
    }
}

fn printed(
    token: &Token,
    position: usize,
    offset: usize,
    units: &mut Units<'_>,
    standard: bool,
) -> Value {
    let start = offset + units.at(token.start);
    let mut out = json!({
        "token": token.text,
        "start_offset": start,
        "end_offset": offset + units.at(token.end),
        "type": if standard { type_of(&token.text) } else { "word" },
        "position": position + token.position,
    });
    if token.position_length > 1
        && let Some(out) = out.as_object_mut()
    {
        out.insert("positionLength".to_owned(), json!(token.position_length));
    }
    out
}

/// The type that the standard tokenizer gives a token.
fn type_of(text: &str) -> &'static str {
    let all = |range: fn(char) -> bool| !text.is_empty() && text.chars().all(range);
    if all(|c| c.is_numeric() || matches!(c, '.' | ',')) {
        "<NUM>"
    } else if all(
        |c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}'),
    ) {
        "<IDEOGRAPHIC>"
    } else if all(|c| matches!(c, '\u{3041}'..='\u{309f}')) {
        "<HIRAGANA>"
    } else if all(|c| matches!(c, '\u{30a0}'..='\u{30ff}')) {
        "<KATAKANA>"
    } else if all(|c| matches!(c, '\u{ac00}'..='\u{d7af}')) {
        "<HANGUL>"
    } else {
        "<ALPHANUM>"
    }
}

fn illegal(reason: String) -> EngineError {
    EngineError::IllegalArgument(reason)
}
