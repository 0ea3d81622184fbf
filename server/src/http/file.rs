//! Files in answers: ETags, conditions and ranges.

use std::ops::Range;

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
    /// What is said of it.
    pub head: FileHead,
}

/// What is said of a file that is sent, beside its bytes.
#[derive(Debug)]
pub struct FileHead {
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
        let bytes = self.bytes;
        let body = |part: Option<Range<u64>>| match part {
            None => Body::from_bytes(bytes.clone()),
            // The range was cut to the file, which fits memory.
            Some(part) => Body::from_bytes(bytes.slice(part.start as usize..part.end as usize)),
        };
        self.head.answer(request, Some(bytes.len() as u64), body)
    }
}

impl FileHead {
    /// The answer to a request for the file, whose bytes, or a part of them, `body` gives. Where nobody
    /// knows the length, there are no parts.
    pub fn answer(
        self,
        request: &Request,
        len: Option<u64>,
        body: impl FnOnce(Option<Range<u64>>) -> Body,
    ) -> Response {
        let tag = format!("\"{}\"", self.tag);
        let ranges = if len.is_some() { "bytes" } else { "none" };
        let builder = Response::builder()
            .header(header::ETAG, &tag)
            .header(header::ACCEPT_RANGES, ranges)
            .header(header::CACHE_CONTROL, self.cache)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if not_modified(request, &tag) {
            return builder.status(StatusCode::NOT_MODIFIED).finish();
        }
        let mut builder = builder.content_type(self.content_type);
        if let Some(disposition) = self.disposition {
            builder = builder.header(header::CONTENT_DISPOSITION, disposition);
        }
        let Some(len) = len else {
            return builder.body(body(None));
        };
        let stands =
            header_text(request, header::IF_RANGE).is_none_or(|given| range_stands(given, &tag));
        let part = match header_text(request, header::RANGE) {
            Some(range) if stands => wanted(range, len),
            _ => Wanted::Whole,
        };
        // An answer to HEAD loses its body on the way, but not what is said of its length.
        match part {
            Wanted::Whole => builder.header(header::CONTENT_LENGTH, len).body(body(None)),
            Wanted::Unsatisfiable => builder
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(header::CONTENT_RANGE, format!("bytes */{len}"))
                .finish(),
            Wanted::Part(range) => {
                let last = range.end.saturating_sub(1);
                builder
                    .status(StatusCode::PARTIAL_CONTENT)
                    .header(
                        header::CONTENT_RANGE,
                        format!("bytes {}-{last}/{len}", range.start),
                    )
                    .header(
                        header::CONTENT_LENGTH,
                        range.end.saturating_sub(range.start),
                    )
                    .body(body(Some(range)))
            }
        }
    }
}
