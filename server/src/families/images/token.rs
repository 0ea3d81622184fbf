//! Where a listing goes on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::odata::ListQuery;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::answer::ImagesError;

/// The longest token, in characters.
const MAX_CHARS: usize = 64 * 1024;

/// A place in a listing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SkipToken {
    /// Of the listing: a token of another one is refused.
    #[serde(rename = "q")]
    listing: String,
    /// How many pictures come before.
    #[serde(rename = "o")]
    pub offset: u64,
    /// The sort values of the last of them, where the index sorts.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<Value>>,
}

impl SkipToken {
    /// The place after so many pictures.
    pub fn new(query: &ListQuery, offset: u64, after: Option<Vec<Value>>) -> Self {
        Self {
            listing: listing(query),
            offset,
            after,
        }
    }

    /// As text.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a token.
    ///
    /// # Errors
    /// When it is none, or one of another listing.
    pub fn decode(text: &str, query: &ListQuery) -> Result<Self, ImagesError> {
        let wrong = |message: &str| ImagesError::bad("InvalidPagination", message, "$skiptoken");
        let bytes = (text.len() <= MAX_CHARS)
            .then(|| URL_SAFE_NO_PAD.decode(text).ok())
            .flatten()
            .ok_or_else(|| wrong("the token is none of @odata.nextLink"))?;
        let token: Self = serde_json::from_slice(&bytes)
            .map_err(|_| wrong("the token is none of @odata.nextLink"))?;
        if token.listing != listing(query) {
            return Err(wrong(
                "the token belongs to a listing with other conditions",
            ));
        }
        Ok(token)
    }
}

/// What makes a listing: its conditions and its order.
fn listing(query: &ListQuery) -> String {
    let filter = query.filter.as_ref().map(ToString::to_string);
    let order: Vec<String> = query
        .orderby
        .iter()
        .map(|item| format!("{} {}", item.expr, item.descending))
        .collect();
    let text = format!("{filter:?} {:?} {order:?}", query.search);
    let digest = Sha256::digest(text.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.iter().take(12).copied().collect::<Vec<u8>>())
}
