//! The bodies of requests, as the specification shows them. They are read by hand, so that every
//! fault is answered as the contract says.

use std::collections::BTreeMap;

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};

/// What is searched; `title` where there is a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "GifTarget", rename_all = "lowercase")]
pub enum TargetName {
    /// Nothing: together with an empty keyword.
    #[oai(rename = "")]
    None,
    /// Titles.
    Title,
    /// Names of uploaders.
    Uploader,
}

/// How the keyword is looked for; `perfect` by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "GifSearchType", rename_all = "lowercase")]
pub enum ModeName {
    /// The whole text, in this very case.
    Perfect,
    /// Every word, or words that hold it.
    Partial,
    /// Every word, up to typos.
    Fuzzy,
    /// A regular expression in Python's syntax.
    Regex,
    /// Words that mean something near.
    Related,
}

/// Bounds on a number.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename = "GifBounds", skip_serializing_if_is_none)]
pub struct Bounds {
    /// At least.
    pub gte: Option<f64>,
    /// More than.
    pub gt: Option<f64>,
    /// At most.
    pub lte: Option<f64>,
    /// Less than.
    pub lt: Option<f64>,
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename = "GifFilter")]
pub struct FilterBody {
    /// Bounds by field: `width`, `height` (pixels) or `duration` (seconds).
    pub range: BTreeMap<String, Bounds>,
}

/// A search.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename = "GifSearchBody", example, skip_serializing_if_is_none)]
pub struct SearchBody {
    // Described by its type: words beside a reference would become an `allOf` of an enumeration,
    // which generators of clients refuse.
    pub target: Option<TargetName>,
    /// What is looked for.
    pub keyword: Option<String>,
    /// Bounds, all of which hold.
    pub filter: Option<Vec<FilterBody>>,
    /// The picture's category; empty for any.
    pub category: Option<String>,
    /// Tags, each of which the picture has.
    pub tags: Option<Vec<String>>,
    // Described by its type, likewise.
    #[oai(rename = "type")]
    pub kind: Option<ModeName>,
    /// The page, from 1; ten results a page.
    pub page: Option<u64>,
}

impl Example for SearchBody {
    fn example() -> Self {
        let bounds = Bounds {
            gte: Some(64.0),
            gt: None,
            lte: None,
            lt: None,
        };
        Self {
            target: Some(TargetName::Title),
            keyword: Some("cat".to_owned()),
            filter: Some(vec![FilterBody {
                range: BTreeMap::from([("width".to_owned(), bounds)]),
            }]),
            category: None,
            tags: None,
            kind: Some(ModeName::Partial),
            page: Some(1),
        }
    }
}

/// A search by words, by a picture, or by both.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename = "GifExploreBody", skip_serializing_if_is_none)]
pub struct ExploreBody {
    // Described by its type, as in a search.
    pub target: Option<TargetName>,
    /// What is looked for.
    pub keyword: Option<String>,
    /// Bounds, all of which hold.
    pub filter: Option<Vec<FilterBody>>,
    /// The picture's category; empty for any.
    pub category: Option<String>,
    /// Tags, each of which the picture has.
    pub tags: Option<Vec<String>>,
    // Described by its type, likewise.
    #[oai(rename = "type")]
    pub kind: Option<ModeName>,
    /// A picture in base64 that results look like, with or without a `data:` prefix.
    pub picture: Option<String>,
    /// The number of a picture of the library that results look like; it is not among them.
    pub similar_to: Option<u64>,
    /// The page, from 1.
    pub page: Option<u64>,
    /// Results a page, 1 to 100; default 10.
    pub page_size: Option<u64>,
    /// Whether categories and tags are counted.
    pub facets: Option<bool>,
}

/// What suggestions are wanted for.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(rename = "GifSuggestBody", example, skip_serializing_if_is_none)]
pub struct SuggestBody {
    /// What has been typed so far.
    pub query: Option<String>,
    /// `title` (default) or `uploader`.
    pub target: Option<String>,
    /// Whether misspelt words are corrected; true by default.
    pub correct: Option<bool>,
}

impl Example for SuggestBody {
    fn example() -> Self {
        Self {
            query: Some("danc".to_owned()),
            target: Some("title".to_owned()),
            correct: Some(true),
        }
    }
}

/// Pictures for a ZIP file.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(rename = "GifZipBody", example)]
pub struct ZipBody {
    /// The pictures' numbers.
    pub gif_ids: Vec<u64>,
}

impl Example for ZipBody {
    fn example() -> Self {
        Self {
            gif_ids: vec![1, 2, 3],
        }
    }
}
