//! Bodies and answers, as the specification shows them.

use std::collections::HashMap;

use poem_openapi::types::{Any, Example};
use poem_openapi::{NewType, Object};
use serde_json::{Value, json};

/// A listing.
#[derive(Debug, Clone, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ImageList {
    /// How many pictures match, with `$count=true`.
    #[oai(rename = "@odata.count")]
    pub count: Option<u64>,
    /// The pictures of the page.
    pub images: Vec<ImageEntry>,
    /// Where the page lies.
    pub pagination: Pagination,
    /// The next page, where there is one.
    #[oai(rename = "@odata.nextLink")]
    pub next: Option<String>,
}

/// A picture of a listing.
#[derive(Debug, Clone, Object)]
pub struct ImageEntry {
    /// SHA-256 of the file.
    pub hash: String,
    /// All fields but the hash, with `tag_NAME: true` for each tag.
    pub metadata: Any<Value>,
}

/// Where a page lies.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct Pagination {
    /// How many pictures match.
    pub total: u64,
    /// How many come before the page.
    pub skip: u64,
    /// How many a page has.
    pub take: u64,
    /// Whether more come after it.
    pub has_more: bool,
}

impl Example for ImageList {
    fn example() -> Self {
        Self {
            count: None,
            images: vec![ImageEntry {
                hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
                metadata: Any(json!({
                    "id": 117, "title": "a castle at night", "width": 1024, "height": 1024,
                    "tags": ["landscape"], "tag_landscape": true, "rating": 4.5,
                })),
            }],
            pagination: Pagination {
                total: 1,
                skip: 0,
                take: 50,
                has_more: false,
            },
            next: None,
        }
    }
}

/// A picture's record: the contract's fields and any other that was set.
#[derive(Debug, Clone, NewType)]
#[oai(from_parameter = false, to_header = false, from_multipart = false)]
pub struct ImageFields(pub HashMap<String, Any<Value>>);

/// Fields by the hash of their picture.
#[derive(Debug, Clone, NewType)]
#[oai(from_parameter = false, to_header = false, from_multipart = false)]
pub struct ManyFields(pub HashMap<String, HashMap<String, Any<Value>>>);

/// A picture that was changed.
#[derive(Debug, Clone, Object)]
pub struct UpdatedFields {
    /// Always true.
    pub success: bool,
    /// The fields, in the body's order.
    pub updated_fields: Vec<String>,
}

/// What became of the changes of several pictures.
#[derive(Debug, Clone, Object)]
pub struct BulkUpdated {
    /// The pictures that were changed.
    pub success: Vec<String>,
    /// Those that were not.
    pub failed: Vec<NotUpdated>,
}

/// A picture that was not changed.
#[derive(Debug, Clone, Object)]
pub struct NotUpdated {
    /// Its hash, as it was given.
    pub hash: String,
    /// Why.
    pub error: String,
}

/// A picture that was deleted.
#[derive(Debug, Clone, Object)]
pub struct Deleted {
    /// Always true.
    pub success: bool,
    /// In words.
    pub message: String,
}

/// Pictures to delete.
#[derive(Debug, Clone, Object)]
pub struct HashesBody {
    /// Their hashes.
    pub hashes: Vec<String>,
}

/// What became of the deletions of several pictures.
#[derive(Debug, Clone, Object)]
pub struct DeletedMany {
    /// The pictures that were deleted.
    pub deleted: Vec<String>,
    /// Those that were not.
    pub failed: Vec<NotDeleted>,
    /// How many were deleted.
    pub count: u64,
}

/// A picture that was not deleted.
#[derive(Debug, Clone, Object)]
pub struct NotDeleted {
    /// Its hash, as it was given.
    pub hash: String,
    /// Why.
    pub reason: String,
}

/// OData's error.
#[derive(Debug, Clone, Object)]
#[oai(rename = "ODataErrorBody")]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

/// What is wrong.
#[derive(Debug, Clone, Object)]
#[oai(rename = "ODataErrorDetail", skip_serializing_if_is_none)]
pub struct ErrorDetail {
    /// Its kind.
    pub code: String,
    /// In words: what was expected.
    pub message: String,
    /// The parameter or field.
    pub target: Option<String>,
    /// `expression` and `position` (characters from 0) of an expression.
    pub details: Any<Value>,
}
