//! The body of a GIF search: read by hand, because the order of checks and every error is contract.
//!
//! `page` is judged before anything else. `null` is a value of the wrong type everywhere: to leave
//! a field out, leave it out. Unknown fields are ignored.

mod range;
#[cfg(test)]
mod tests;
mod values;

use serde_json::Value;

pub use range::RangeFilter;

use range::filters;
use values::{kind, quoted, string, tags};

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
