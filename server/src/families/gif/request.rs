//! The body of a GIF search: read by hand, because the order of checks and every error is contract.
//!
//! `page` is judged before anything else. `null` is a value of the wrong type everywhere: to leave
//! a field out, leave it out. Unknown fields are ignored.

use engine::query::ast::Scalar;
use serde_json::{Map, Value};

/// The most filters, and the most tags, of one search.
pub const MAX_CLAUSES: usize = 256;

/// A search, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct GifSearch {
    /// What is looked for in which text; `None` for no limit on text.
    pub text: Option<Text>,
    /// How the text is looked for.
    pub mode: Mode,
    /// The picture's category; `None` for any.
    pub category: Option<String>,
    /// Tags, each of which the picture has.
    pub tags: Vec<String>,
    /// Bounds on numbers, all of which hold.
    pub filters: Vec<RangeFilter>,
    /// The page, from 1.
    pub page: u64,
}

/// A keyword with the text that it is looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub target: Target,
    /// The keyword as it was sent; never empty.
    pub keyword: String,
}

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The title.
    Title,
    /// The uploader's name.
    Uploader,
}

impl Target {
    /// The field of the index.
    pub fn field(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Uploader => "uploader",
        }
    }
}

/// How a text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// The whole field equals the keyword.
    #[default]
    Perfect,
    /// The field has every word of the keyword, or words that hold them.
    Partial,
    /// The field has every word of the keyword, up to typos.
    Fuzzy,
    /// A regular expression in Python's syntax finds something in the field.
    Regex,
    /// The field means something near to the keyword.
    Related,
}

impl Mode {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "perfect" => Self::Perfect,
            "partial" => Self::Partial,
            "fuzzy" => Self::Fuzzy,
            "regex" => Self::Regex,
            "related" => Self::Related,
            _ => return None,
        })
    }
}

/// Bounds on a number of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeFilter {
    /// `width`, `height` or `duration`.
    pub field: &'static str,
    /// The bound from below, included.
    pub gte: Option<Scalar>,
    /// The bound from below, excluded.
    pub gt: Option<Scalar>,
    /// The bound from above, included.
    pub lte: Option<Scalar>,
    /// The bound from above, excluded.
    pub lt: Option<Scalar>,
}

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// `page` is there and no positive whole number.
    #[error("[page] is not a positive integer")]
    Pages,
    /// Anything else, with what and where.
    #[error("{0}")]
    Format(String),
}

impl RequestError {
    fn at(path: &str, reason: impl std::fmt::Display) -> Self {
        Self::Format(format!("[{path}] {reason}"))
    }

    fn wrong_type(path: &str, wanted: &str, found: &Value) -> Self {
        Self::at(path, format_args!("must be {wanted}, not {}", kind(found)))
    }
}

type Result<T> = std::result::Result<T, RequestError>;

/// What a JSON value is, in words.
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

impl GifSearch {
    /// The name of such searches in the list of recent ones.
    pub fn kind(&self) -> &'static str {
        match (&self.text, self.mode) {
            (None, _) => "gif.all",
            (_, Mode::Perfect) => "gif.perfect",
            (_, Mode::Partial) => "gif.partial",
            (_, Mode::Fuzzy) => "gif.fuzzy",
            (_, Mode::Regex) => "gif.regex",
            (_, Mode::Related) => "gif.related",
        }
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`RequestError::Pages`] when the page is bad, whatever else is; else the first other fault.
    pub fn from_json(body: &Value) -> Result<Self> {
        let page = page(body.get("page"))?;
        let Value::Object(body) = body else {
            return Err(RequestError::Format(format!(
                "the body must be a JSON object, not {}",
                kind(body)
            )));
        };
        let target = string(body, "target")?;
        if !matches!(target, None | Some("" | "title" | "uploader")) {
            return Err(RequestError::at(
                "target",
                format_args!(
                    "is {}; it must be \"title\", \"uploader\" or empty",
                    quoted(target.unwrap_or_default())
                ),
            ));
        }
        let keyword = string(body, "keyword")?.unwrap_or_default();
        let mode = match string(body, "type")? {
            None => Mode::default(),
            Some(word) => Mode::of(word).ok_or_else(|| {
                RequestError::at(
                    "type",
                    format_args!(
                        "is {}; it must be one of perfect, partial, fuzzy, regex, related",
                        quoted(word)
                    ),
                )
            })?,
        };
        let text = text(target, keyword, mode)?;
        let category = string(body, "category")?
            .filter(|category| !category.is_empty())
            .map(str::to_owned);
        Ok(Self {
            text,
            mode,
            category,
            tags: tags(body.get("tags"))?,
            filters: filters(body.get("filter"))?,
            page,
        })
    }
}

/// The page, 1 when it is absent.
fn page(value: Option<&Value>) -> Result<u64> {
    /// Whole numbers from here on do not fit 64 bits, and reach us as floats.
    const BEYOND: f64 = 18_446_744_073_709_551_616.0;
    let Some(value) = value else { return Ok(1) };
    let Value::Number(number) = value else {
        return Err(RequestError::Pages);
    };
    match (number.as_u64(), number.as_f64()) {
        (Some(page), _) if page > 0 => Ok(page),
        (None, Some(large)) if number.is_f64() && large >= BEYOND => Ok(u64::MAX),
        _ => Err(RequestError::Pages),
    }
}

/// What text is looked for, by the rules on empty targets and keywords.
fn text(target: Option<&str>, keyword: &str, mode: Mode) -> Result<Option<Text>> {
    let field = match target {
        Some("uploader") => Target::Uploader,
        _ => Target::Title,
    };
    if mode != Mode::Regex {
        match (target, keyword) {
            (Some(target @ ("title" | "uploader")), "") => {
                return Err(RequestError::at(
                    "keyword",
                    format_args!("is empty while [target] is \"{target}\": give both or neither"),
                ));
            }
            (Some(""), keyword) if !keyword.is_empty() => {
                return Err(RequestError::at(
                    "target",
                    "is empty while [keyword] is not: give both or neither",
                ));
            }
            _ => {}
        }
    }
    Ok((!keyword.is_empty()).then(|| Text {
        target: field,
        keyword: keyword.to_owned(),
    }))
}

fn string<'a>(body: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>> {
    match body.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(RequestError::wrong_type(key, "a string", other)),
    }
}

fn list<'a>(value: Option<&'a Value>, key: &str, of: &str) -> Result<&'a [Value]> {
    let items = match value {
        None => &[],
        Some(Value::Array(items)) => items.as_slice(),
        Some(other) => {
            return Err(RequestError::wrong_type(
                key,
                &format!("a list of {of}"),
                other,
            ));
        }
    };
    if items.len() > MAX_CLAUSES {
        return Err(RequestError::at(
            key,
            format_args!(
                "has {} entries; at most {MAX_CLAUSES} are allowed",
                items.len()
            ),
        ));
    }
    Ok(items)
}

fn tags(value: Option<&Value>) -> Result<Vec<String>> {
    list(value, "tags", "strings")?
        .iter()
        .enumerate()
        .map(|(at, tag)| match tag {
            Value::String(tag) => Ok(tag.clone()),
            other => Err(RequestError::wrong_type(
                &format!("tags[{at}]"),
                "a string",
                other,
            )),
        })
        .collect()
}

fn filters(value: Option<&Value>) -> Result<Vec<RangeFilter>> {
    let mut out = Vec::new();
    for (at, entry) in list(value, "filter", "ranges")?.iter().enumerate() {
        let path = format!("filter[{at}]");
        let Value::Object(entry) = entry else {
            return Err(RequestError::wrong_type(
                &path,
                "an object such as {\"range\": {\"width\": {\"gte\": 100}}}",
                entry,
            ));
        };
        if let Some(other) = entry.keys().find(|key| *key != "range") {
            return Err(RequestError::at(
                &path,
                format_args!(
                    "has the unknown filter {}; only \"range\" is one",
                    quoted(other)
                ),
            ));
        }
        let path = format!("{path}.range");
        let fields = match entry.get("range") {
            Some(Value::Object(fields)) if !fields.is_empty() => fields,
            Some(Value::Object(_)) | None => {
                return Err(RequestError::at(
                    &path,
                    "names no field; width, height and duration can be named",
                ));
            }
            Some(other) => return Err(RequestError::wrong_type(&path, "an object", other)),
        };
        for (name, bounds) in fields {
            out.push(range(&path, name, bounds)?);
        }
    }
    Ok(out)
}

fn range(path: &str, name: &str, bounds: &Value) -> Result<RangeFilter> {
    let field = match name {
        "width" => "width",
        "height" => "height",
        "duration" => "duration",
        other => {
            return Err(RequestError::at(
                path,
                format_args!(
                    "names the unknown field {}; width, height and duration can be named",
                    quoted(other)
                ),
            ));
        }
    };
    let path = format!("{path}.{field}");
    let Value::Object(bounds) = bounds else {
        return Err(RequestError::wrong_type(&path, "an object", bounds));
    };
    let mut filter = RangeFilter {
        field,
        gte: None,
        gt: None,
        lte: None,
        lt: None,
    };
    for (name, bound) in bounds {
        let place = match name.as_str() {
            "gte" => &mut filter.gte,
            "gt" => &mut filter.gt,
            "lte" => &mut filter.lte,
            "lt" => &mut filter.lt,
            other => {
                return Err(RequestError::at(
                    &path,
                    format_args!(
                        "has the unknown bound {}; gte, gt, lte and lt are known",
                        quoted(other)
                    ),
                ));
            }
        };
        *place = Some(number(&format!("{path}.{name}"), bound)?);
    }
    Ok(filter)
}

fn number(path: &str, value: &Value) -> Result<Scalar> {
    let Value::Number(number) = value else {
        return Err(RequestError::wrong_type(path, "a number", value));
    };
    if let Some(whole) = number.as_i64() {
        return Ok(Scalar::Int(whole));
    }
    if let Some(whole) = number.as_u64() {
        return Ok(Scalar::UInt(whole));
    }
    number
        .as_f64()
        .map(Scalar::Float)
        .ok_or_else(|| RequestError::at(path, "is out of range"))
}

/// A word of the request for a message: quoted, and cut when it is long.
fn quoted(word: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = word.chars().take(SHOWN).collect();
    if word.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    Value::String(shown).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<GifSearch> {
        GifSearch::from_json(&serde_json::from_str(text).unwrap())
    }

    fn found(target: Target, keyword: &str) -> Option<Text> {
        Some(Text {
            target,
            keyword: keyword.to_owned(),
        })
    }

    #[test]
    fn pages_come_first() {
        for bad in [
            "null", "\"1\"", "1.0", "1e0", "1.5", "true", "false", "0", "-0", "-1", "[]", "[1]",
            "{}", "0.0", "-1e30", "1e15",
        ] {
            for rest in ["", ", \"type\": 5, \"keyword\": []", ", \"filter\": {}"] {
                let body = format!("{{\"page\": {bad}{rest}}}");
                assert_eq!(read(&body), Err(RequestError::Pages), "{body}");
            }
        }
        for (good, page) in [
            ("1", 1),
            ("7", 7),
            ("18446744073709551615", u64::MAX),
            ("18446744073709551616", u64::MAX),
            ("1000000000000000000000000000000", u64::MAX),
        ] {
            assert_eq!(read(&format!("{{\"page\": {good}}}")).unwrap().page, page);
        }
        assert_eq!(read("{}").unwrap().page, 1);
    }

    #[test]
    fn targets_and_keywords_are_both_or_neither() {
        use Target::{Title, Uploader};
        let table = [
            ("{}", None),
            (r#"{"category":"animal"}"#, None),
            (r#"{"keyword":""}"#, None),
            (r#"{"target":""}"#, None),
            (r#"{"target":"","keyword":""}"#, None),
            (r#"{"keyword":"cat"}"#, found(Title, "cat")),
            (r#"{"keyword":" "}"#, found(Title, " ")),
            (r#"{"target":"title","keyword":"cat"}"#, found(Title, "cat")),
            (
                r#"{"target":"uploader","keyword":"b"}"#,
                found(Uploader, "b"),
            ),
            (r#"{"type":"regex"}"#, None),
            (r#"{"type":"regex","target":"title"}"#, None),
            (r#"{"type":"regex","target":"uploader","keyword":""}"#, None),
            (
                r#"{"type":"regex","target":"","keyword":"c"}"#,
                found(Title, "c"),
            ),
            (
                r#"{"type":"regex","target":"uploader","keyword":"c"}"#,
                found(Uploader, "c"),
            ),
        ];
        for (body, text) in table {
            assert_eq!(read(body).unwrap().text, text, "{body}");
        }
    }

    #[test]
    fn faults_say_what_and_where() {
        let table = [
            (r#"{"target":"title"}"#, "[keyword] is empty while"),
            (
                r#"{"target":"uploader","keyword":""}"#,
                "[keyword] is empty while",
            ),
            (
                r#"{"target":"","keyword":"cat"}"#,
                "[target] is empty while",
            ),
            (
                r#"{"target":"Title","keyword":"cat"}"#,
                "[target] is \"Title\"",
            ),
            (
                r#"{"type":"regex","target":"tags"}"#,
                "[target] is \"tags\"",
            ),
            (r#"{"target":null}"#, "[target] must be a string, not null"),
            (
                r#"{"keyword":5}"#,
                "[keyword] must be a string, not a number",
            ),
            (
                r#"{"keyword":null}"#,
                "[keyword] must be a string, not null",
            ),
            (
                r#"{"type":"Fuzzy"}"#,
                "[type] is \"Fuzzy\"; it must be one of",
            ),
            (r#"{"type":""}"#, "[type] is \"\""),
            (r#"{"type":null}"#, "[type] must be a string, not null"),
            (
                r#"{"category":["a"]}"#,
                "[category] must be a string, not a list",
            ),
            (
                r#"{"tags":"cat"}"#,
                "[tags] must be a list of strings, not a string",
            ),
            (
                r#"{"tags":["a",1]}"#,
                "[tags[1]] must be a string, not a number",
            ),
            (
                r#"{"filter":{}}"#,
                "[filter] must be a list of ranges, not an object",
            ),
            (r#"{"filter":["x"]}"#, "[filter[0]] must be an object"),
            (r#"{"filter":[{}]}"#, "[filter[0].range] names no field"),
            (
                r#"{"filter":[{"range":{}}]}"#,
                "[filter[0].range] names no field",
            ),
            (
                r#"{"filter":[{"term":{}}]}"#,
                "[filter[0]] has the unknown filter \"term\"",
            ),
            (
                r#"{"filter":[{"range":7}]}"#,
                "[filter[0].range] must be an object",
            ),
            (
                r#"{"filter":[{"range":{"size":{"gte":1}}}]}"#,
                "[filter[0].range] names the unknown field \"size\"",
            ),
            (
                r#"{"filter":[{"range":{"width":5}}]}"#,
                "[filter[0].range.width] must be an object, not a number",
            ),
            (
                r#"{"filter":[{"range":{"width":{"above":1}}}]}"#,
                "[filter[0].range.width] has the unknown bound \"above\"",
            ),
            (
                r#"{"filter":[{"range":{"width":{}}},{"range":{"duration":{"lt":"2"}}}]}"#,
                "[filter[1].range.duration.lt] must be a number, not a string",
            ),
            (
                r#"{"filter":[{"range":{"width":{"gte":null}}}]}"#,
                "[filter[0].range.width.gte] must be a number, not null",
            ),
            ("[]", "the body must be a JSON object, not a list"),
            ("\"cat\"", "the body must be a JSON object, not a string"),
            ("null", "the body must be a JSON object, not null"),
        ];
        for (body, begin) in table {
            let message = match read(body) {
                Err(RequestError::Format(message)) => message,
                other => panic!("{body}: {other:?}"),
            };
            assert!(message.starts_with(begin), "{body}: {message}");
        }
        let many = json!({"tags": vec!["x"; MAX_CLAUSES + 1]});
        assert!(GifSearch::from_json(&many).is_err());
    }

    #[test]
    fn everything_else_is_read() {
        let search = read(
            r#"{"keyword": "cat", "type": "fuzzy", "category": "animal", "tags": ["a", "b"],
                "filter": [{"range": {"width": {"gte": 10, "lt": 20}, "duration": {"lte": 1.5}}},
                           {"range": {"height": {"gt": 18446744073709551615}}}],
                "page": 3, "unknown": {"ignored": true}}"#,
        )
        .unwrap();
        assert_eq!(search.mode, Mode::Fuzzy);
        assert_eq!(search.category.as_deref(), Some("animal"));
        assert_eq!(search.tags, ["a", "b"]);
        assert_eq!(search.page, 3);
        let fields: Vec<_> = search.filters.iter().map(|filter| filter.field).collect();
        assert_eq!(fields, ["width", "duration", "height"]);
        assert_eq!(search.filters[0].gte, Some(Scalar::Int(10)));
        assert_eq!(search.filters[0].lt, Some(Scalar::Int(20)));
        assert_eq!(search.filters[1].lte, Some(Scalar::Float(1.5)));
        assert_eq!(search.filters[2].gt, Some(Scalar::UInt(u64::MAX)));
        assert_eq!(read(r#"{"category": ""}"#).unwrap().category, None);
    }
}
