//! Files in answers: ETags, conditions and ranges.

use bytes::Bytes;
use engine::store::Blob;
use poem::http::{StatusCode, header};
use poem::{Body, Request, Response};

use super::ranges::{Wanted, none_match_names, range_stands, wanted};

/// A file to send.
#[derive(Debug)]
pub struct SentFile {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its strong tag, without quotes.
    pub tag: String,
    /// Its content type.
    pub content_type: &'static str,
    /// `Content-Disposition`, if there is one.
    pub disposition: Option<String>,
    /// `Cache-Control`.
    pub cache: &'static str,
}

/// A file's bytes as a body, without a copy.
struct Mapped(Blob);

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes of a stored file, without a copy.
pub fn mapped(file: Blob) -> Bytes {
    Bytes::from_owner(Mapped(file))
}

/// A header of a request as text.
pub fn header_text(request: &Request, name: header::HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

/// Whether `If-None-Match` names the tag (with its quotes).
pub fn not_modified(request: &Request, tag: &str) -> bool {
    header_text(request, header::IF_NONE_MATCH).is_some_and(|given| none_match_names(given, tag))
}

impl SentFile {
    /// The answer to a request for the file: all of it, a part, or nothing new.
    pub fn answer(self, request: &Request) -> Response {
        let tag = format!("\"{}\"", self.tag);
        let len = self.bytes.len() as u64;
        let builder = Response::builder()
            .header(header::ETAG, &tag)
            .header(header::ACCEPT_RANGES, "bytes")
            .header(header::CACHE_CONTROL, self.cache)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if not_modified(request, &tag) {
            return builder.status(StatusCode::NOT_MODIFIED).finish();
        }
        let stands =
            header_text(request, header::IF_RANGE).is_none_or(|given| range_stands(given, &tag));
        let part = match header_text(request, header::RANGE) {
            Some(range) if stands => wanted(range, len),
            _ => Wanted::Whole,
        };
        let mut builder = builder.content_type(self.content_type);
        if let Some(disposition) = self.disposition {
            builder = builder.header(header::CONTENT_DISPOSITION, disposition);
        }
        match part {
            Wanted::Whole => builder.body(Body::from_bytes(self.bytes)),
            Wanted::Unsatisfiable => builder
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{len}"))
                .finish(),
            Wanted::Part(range) => {
                let last = range.end.saturating_sub(1);
                let shown = format!("bytes {}-{last}/{len}", range.start);
                // The range was cut to the file, which fits memory.
                let bytes = self.bytes.slice(range.start as usize..range.end as usize);
                builder
                    .status(StatusCode::PARTIAL_CONTENT)
                    .header(header::CONTENT_RANGE, shown)
                    .body(Body::from_bytes(bytes))
            }
        }
    }
}
