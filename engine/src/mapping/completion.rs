//! `completion`: texts that are suggested while they are typed.
//!
//! An input is kept as one exact value of the field,
//! `<words> RECORD <inverted weight> RECORD <input>`: the words that the analyzer makes of the
//! input, joined by `WORD`. A prefix of the words is then a range of the term dictionary, in which
//! the heavier of equal words come first.

use analyzers::text::Analyzer;
use serde_json::{Map, Value, json};

use super::parameters::{flag, number, text};
use crate::error::{EngineError, Result};

/// Between words.
const WORD: char = '\u{1f}';
/// Between the parts of an entry.
const RECORD: char = '\u{1e}';
/// Characters that an input cannot have.
pub const RESERVED: [char; 3] = ['\0', RECORD, WORD];
/// The longest input where the mapping does not say, in UTF-16 units.
const MAX_INPUT: usize = 50;
/// Larger limits are cut to it: an entry has to fit a term.
const LARGEST_INPUT: usize = 4_096;
/// The analyzer where the mapping does not say.
const ANALYZER: &str = "simple";

/// The parameters of a `completion` field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionField {
    /// The analyzer of inputs.
    pub analyzer: String,
    /// The analyzer of what is typed, when it is another.
    pub search_analyzer: Option<String>,
    /// Whether words stay apart: without it `foof` completes `foo fighters`.
    pub preserve_separators: bool,
    /// Whether left out words (stop words) leave a gap.
    pub preserve_position_increments: bool,
    /// Inputs are cut to so many UTF-16 units.
    pub max_input_length: usize,
}

impl Default for CompletionField {
    fn default() -> Self {
        Self {
            analyzer: ANALYZER.to_owned(),
            search_analyzer: None,
            preserve_separators: true,
            preserve_position_increments: true,
            max_input_length: MAX_INPUT,
        }
    }
}

/// One input of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The text.
    pub text: String,
    /// How heavy it is.
    pub weight: u32,
}

/// An entry of the term dictionary, read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<'a> {
    /// The words.
    pub words: &'a str,
    /// The weight.
    pub weight: u32,
    /// The input as it was written.
    pub surface: &'a str,
}

impl<'a> Path<'a> {
    /// Reads an entry; `None` when it is none.
    pub fn parse(entry: &'a str) -> Option<Self> {
        let mut parts = entry.splitn(3, RECORD);
        let words = parts.next()?;
        let weight = u32::MAX.checked_sub(parts.next()?.parse().ok()?)?;
        Some(Self {
            words,
            weight,
            surface: parts.next()?,
        })
    }
}

impl CompletionField {
    /// Whether a parameter is one of a completion's own.
    pub(super) fn has(key: &str) -> bool {
        matches!(
            key,
            "analyzer"
                | "search_analyzer"
                | "preserve_separators"
                | "preserve_position_increments"
                | "max_input_length"
                | "contexts"
        )
    }

    /// Reads one of a completion's own parameters.
    pub(super) fn parameter(&mut self, key: &str, value: &Value, path: &str) -> Result<()> {
        match key {
            "analyzer" => self.analyzer = text(value, key, path)?,
            "search_analyzer" => self.search_analyzer = Some(text(value, key, path)?),
            "preserve_separators" => self.preserve_separators = flag(value, path)?,
            "preserve_position_increments" => {
                self.preserve_position_increments = flag(value, path)?;
            }
            "max_input_length" => {
                let length = number(value, key, path)?;
                if length == 0 {
                    return Err(EngineError::Mapping(format!(
                        "[max_input_length] must be > 0 but was [{length}], field [{path}]"
                    )));
                }
                self.max_input_length = length.min(LARGEST_INPUT);
            }
            "contexts" => {
                return Err(EngineError::Mapping(format!(
                    "[contexts] of completion field [{path}] is not supported"
                )));
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn print(&self, out: &mut Map<String, Value>) {
        let own = Self::default();
        if self.analyzer != own.analyzer {
            out.insert("analyzer".into(), json!(self.analyzer));
        }
        if let Some(analyzer) = &self.search_analyzer {
            out.insert("search_analyzer".into(), json!(analyzer));
        }
        if !self.preserve_separators {
            out.insert("preserve_separators".into(), json!(false));
        }
        if !self.preserve_position_increments {
            out.insert("preserve_position_increments".into(), json!(false));
        }
        if self.max_input_length != own.max_input_length {
            out.insert("max_input_length".into(), json!(self.max_input_length));
        }
    }

    /// The inputs of a document's value: a string, or an object `{input, weight}`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn inputs(&self, value: &Value) -> Result<Vec<Input>, String> {
        let object = match value {
            Value::String(text) => return Ok(vec![checked(text, 1)?]),
            Value::Object(object) => object,
            other => return Err(format!("expected text or object, but got [{other}]")),
        };
        let mut weight = 1;
        let mut texts = Vec::new();
        for (key, value) in object {
            match (key.as_str(), value) {
                ("input", Value::String(text)) => texts.push(text),
                ("input", Value::Array(list)) => {
                    for item in list {
                        match item {
                            Value::String(text) => texts.push(text),
                            other => {
                                return Err(format!(
                                    "input array must have string values, but was [{other}]"
                                ));
                            }
                        }
                    }
                }
                ("weight", value) => weight = weight_of(value)?,
                ("contexts", _) => return Err("[contexts] are not supported".to_owned()),
                ("input", other) => {
                    return Err(format!(
                        "input must be a string or a list of strings, but was [{other}]"
                    ));
                }
                (other, _) => {
                    return Err(format!(
                        "unknown field name [{other}], must be one of [input, weight, contexts]"
                    ));
                }
            }
        }
        texts
            .into_iter()
            .map(|text| checked(text, weight))
            .collect()
    }

    /// The words of a text as entries hold them; empty when the analyzer leaves none.
    pub fn words(&self, analyzer: &Analyzer, text: &str) -> String {
        let mut out = String::new();
        let mut last: Option<usize> = None;
        for token in analyzer.analyze(text) {
            match last {
                Some(last) if token.position <= last => continue,
                Some(last) if self.preserve_separators => {
                    let gap = if self.preserve_position_increments {
                        token.position - last
                    } else {
                        1
                    };
                    out.extend(std::iter::repeat_n(WORD, gap));
                }
                _ => {}
            }
            last = Some(token.position);
            out.extend(token.text.chars().filter(|c| !RESERVED.contains(c)));
        }
        out
    }

    /// The entry of an input; `None` when its analyzer leaves nothing of it.
    pub fn entry(&self, analyzer: &Analyzer, input: &Input) -> Option<String> {
        let cut = self.cut(&input.text);
        let words = self.words(analyzer, cut);
        if words.is_empty() {
            return None;
        }
        let inverted = u32::MAX - input.weight;
        Some(format!("{words}{RECORD}{inverted:010}{RECORD}{cut}"))
    }

    /// The text as far as it is kept.
    fn cut<'a>(&self, text: &'a str) -> &'a str {
        let mut units = 0;
        for (at, c) in text.char_indices() {
            units += c.len_utf16();
            if units > self.max_input_length {
                return text.get(..at).unwrap_or(text);
            }
        }
        text
    }
}

fn checked(text: &str, weight: u32) -> Result<Input, String> {
    if text.is_empty() {
        return Err("value must have a length > 0".to_owned());
    }
    if let Some((at, c)) = text.chars().enumerate().find(|(_, c)| RESERVED.contains(c)) {
        return Err(format!(
            "Illegal input [{text}] UTF-16 codepoint [0x{:x}] at position [{at}] is a reserved character",
            u32::from(c)
        ));
    }
    Ok(Input {
        text: text.to_owned(),
        weight,
    })
}

fn weight_of(value: &Value) -> Result<u32, String> {
    const LARGEST: i64 = i32::MAX as i64;
    let weight = match value {
        Value::Number(number) => number
            .as_i64()
            .ok_or_else(|| "weight must be an integer".to_owned())?,
        Value::String(text) => text
            .parse::<i64>()
            .map_err(|_| format!("weight must be an integer, but was [{text}]"))?,
        other => {
            return Err(format!(
                "weight must be a number or string, but was [{other}]"
            ));
        }
    };
    if !(0..=LARGEST).contains(&weight) {
        return Err(format!(
            "weight must be in the interval [0..{LARGEST}], but was [{weight}]"
        ));
    }
    u32::try_from(weight).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use analyzers::text::Registry;

    use super::*;

    #[test]
    fn entries_read_back() {
        let field = CompletionField {
            max_input_length: 8,
            ..CompletionField::default()
        };
        let simple = Registry::builtin().analyzer("simple").unwrap();
        let input = field
            .inputs(&json!({"input": "Red Cats sleep", "weight": "7"}))
            .unwrap();
        let entry = field.entry(&simple, &input[0]).unwrap();
        assert_eq!(
            Path::parse(&entry),
            Some(Path {
                words: "red\u{1f}cats",
                weight: 7,
                surface: "Red Cats"
            })
        );
        assert_eq!(
            field.entry(&simple, &field.inputs(&json!("2024")).unwrap()[0]),
            None
        );
    }

    #[test]
    fn inputs_are_checked() {
        let field = CompletionField::default();
        assert_eq!(
            field
                .inputs(&json!({"input": ["a", "b"], "weight": 3}))
                .unwrap()
                .len(),
            2
        );
        for (value, message) in [
            (json!(""), "value must have a length > 0"),
            (json!(5), "expected text or object, but got [5]"),
            (
                json!({"input": "a", "weight": -1}),
                "weight must be in the interval [0..2147483647], but was [-1]",
            ),
            (
                json!({"input": "a", "contexts": {}}),
                "[contexts] are not supported",
            ),
            (
                json!({"input": "a", "x": 1}),
                "unknown field name [x], must be one of [input, weight, contexts]",
            ),
            (
                json!({"input": [1]}),
                "input array must have string values, but was [1]",
            ),
        ] {
            assert_eq!(field.inputs(&value).unwrap_err(), message);
        }
        assert!(
            field
                .inputs(&json!("a\u{1e}b"))
                .unwrap_err()
                .contains("0x1e")
        );
    }
}
