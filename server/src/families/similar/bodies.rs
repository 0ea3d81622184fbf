//! Bodies and forms, as the specification shows them. They are read by hand, so that every fault is
//! answered in the family's envelope.

use poem_openapi::types::Binary;
use poem_openapi::{Multipart, Object};

/// A picture to take in.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "it is only described")]
pub struct SimilarAddForm {
    /// The picture: GIF, PNG, JPEG or WebP
    file: Binary<Vec<u8>>,
    /// A label; default: the file's MD5
    key: Option<String>,
    /// A label that is given back as `filepath`; nothing is read from it
    #[oai(rename = "imgPath")]
    img_path: Option<String>,
}

/// A picture to look for.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "it is only described")]
pub struct SimilarSearchForm {
    /// The picture: GIF, PNG, JPEG or WebP
    file: Binary<Vec<u8>>,
    /// How many entries, 1 to 1,000; default 10
    limit: Option<u32>,
}

/// A picture to take in from a URL.
#[derive(Debug, Object)]
#[oai(rename = "SimilarAddUrlBody", skip_serializing_if_is_none)]
pub struct AddUrlBody {
    /// `http` or `https`; private networks only where the node allows it.
    pub url: String,
    /// A label; default: the file's MD5.
    pub key: Option<String>,
    /// A label that is given back as `filepath`; nothing is read from it.
    #[oai(rename = "imgPath")]
    pub img_path: Option<String>,
}

/// A picture to take in from a path.
#[derive(Debug, Object)]
#[oai(rename = "SimilarAddPathBody", skip_serializing_if_is_none)]
pub struct AddPathBody {
    /// An absolute path below a folder that the node allows.
    pub path: String,
    /// A label; default: the file's MD5.
    pub key: Option<String>,
    /// A label that is given back as `filepath`; nothing is read from it.
    #[oai(rename = "imgPath")]
    pub img_path: Option<String>,
}

/// A picture to look for, at a URL.
#[derive(Debug, Object)]
#[oai(rename = "SimilarSearchUrlBody", skip_serializing_if_is_none)]
pub struct SearchUrlBody {
    /// `http` or `https`; private networks only where the node allows it.
    pub url: String,
    /// How many entries, 1 to 1,000; default 10.
    pub limit: Option<u32>,
}

/// A picture to look for, at a path.
#[derive(Debug, Object)]
#[oai(rename = "SimilarSearchPathBody", skip_serializing_if_is_none)]
pub struct SearchPathBody {
    /// An absolute path below a folder that the node allows.
    pub path: String,
    /// How many entries, 1 to 1,000; default 10.
    pub limit: Option<u32>,
}

/// A picture to look for, in base64.
#[derive(Debug, Object)]
#[oai(rename = "SimilarBase64Body", skip_serializing_if_is_none)]
pub struct Base64Body {
    /// With or without `data:image/…;base64,` before it.
    pub base64: String,
    /// How many entries, 1 to 1,000; default 10.
    pub limit: Option<u32>,
}

/// Pictures to delete.
#[derive(Debug, Object)]
#[oai(rename = "SimilarIdsBody")]
pub struct IdsBody {
    /// Numbers of pictures, separated by commas; a number or a list will do as well.
    pub id: String,
}

/// Keys to delete.
#[derive(Debug, Object)]
#[oai(rename = "SimilarKeysBody")]
pub struct KeysBody {
    /// Keys, separated by commas, or a list of them.
    pub key: String,
}

/// A found picture under one of its keys.
#[derive(Debug, Clone, PartialEq, Object)]
pub struct SimilarPicture {
    /// The key.
    pub key: String,
    /// What was stored with it.
    pub filepath: Option<String>,
    /// The picture's number.
    pub id: u64,
    /// The cosine of the nearest scene, -1 to 1.
    pub score: f64,
    /// The frame that is nearest.
    #[oai(skip_serializing_if_is_none)]
    pub frame: Option<u32>,
    /// When that frame shows, in seconds.
    #[oai(skip_serializing_if_is_none)]
    pub time: Option<f64>,
}
