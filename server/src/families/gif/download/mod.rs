//! Previews, downloads and ZIP files.

mod names;
mod zip;

use std::io;
use std::ops::Range;
use std::sync::Arc;

use analyzers::image::Format;
use engine::clock::now_millis;
use engine::store::{Access, Blob};
use poem::{Body, IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::Type;
use sha2::{Digest, Sha256};

use super::answer::{ErrorEnvelope, GifError};
use super::links::number;
use crate::app::App;
use crate::http::{Caller, FileHead, SentFile, described, mapped};
use crate::library::{Record, hex};
use crate::links::LinkKind;

use names::UniqueNames;
pub use names::{content_disposition, safe_name};

/// How a picture is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// To be looked at.
    Inline,
    /// To be saved.
    Attachment,
}

/// A file, or why there is none.
#[derive(Debug)]
pub struct File(Result<Response, GifError>);

impl From<Result<Response, GifError>> for File {
    fn from(result: Result<Response, GifError>) -> Self {
        Self(result)
    }
}

impl IntoResponse for File {
    fn into_response(self) -> Response {
        match self.0 {
            Ok(response) => response,
            Err(error) => error.into_response(),
        }
    }
}

impl ApiResponse for File {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![
                described::binary(200, "The file, with its own content type."),
                described::binary(206, "The part of the file that `Range` asked for."),
                described::bare(304, "`If-None-Match` named the file's ETag."),
                described::json::<ErrorEnvelope>(
                    404,
                    "Code 9, `GIFS_NOT_FOUND`: no such picture, or a link that is unknown or expired.",
                ),
                described::bare(416, "The file has no such part."),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        ErrorEnvelope::register(registry);
    }
}

/// Sends a picture that a number or a token names.
pub(super) async fn picture(
    app: &Arc<App>,
    request: &Request,
    id_or_token: &str,
    shown: Shown,
) -> Result<Response, GifError> {
    let work = Arc::clone(app);
    let name = id_or_token.to_owned();
    if number(&name).is_some() && !Caller::of(request).may_read(&app.settings) {
        return Err(GifError::Unauthorized);
    }
    let job = app.search_pool.submit(move || {
        let id = match number(&name) {
            Some(id) => id,
            None => work
                .links
                .resolve(&name, LinkKind::Picture, now_millis())?
                .and_then(|ids| ids.first().copied())
                .ok_or(GifError::NotFound)?,
        };
        let record = work.library.record(id)?.ok_or(GifError::NotFound)?;
        let file = work.library.file(&record)?.ok_or(GifError::NotFound)?;
        // Read ahead here, where it may take time.
        file.advise(Access::WillNeed);
        Ok::<_, GifError>((record, file))
    })?;
    let (record, file) = job.await??;
    Ok(answer(request, &record, file, shown))
}

fn answer(request: &Request, record: &Record, file: Blob, shown: Shown) -> Response {
    let kind = match shown {
        Shown::Inline => "inline",
        Shown::Attachment => "attachment",
    };
    let name = safe_name(&record.name, record.id, &record.measures.format);
    let head = FileHead {
        tag: record.hash.clone().unwrap_or_default(),
        content_type: mime(&record.measures.format),
        disposition: Some(content_disposition(kind, &name)),
        cache: "private, max-age=3600",
    };
    let bytes = mapped(file);
    SentFile { bytes, head }.answer(request)
}

/// The content type of a format.
pub fn mime(format: &str) -> &'static str {
    [Format::Gif, Format::Png, Format::Jpeg, Format::WebP]
        .into_iter()
        .find(|known| known.as_str() == format)
        .map_or("application/octet-stream", Format::mime)
}

/// Sends the ZIP file of a token.
pub(super) async fn archive(
    app: &Arc<App>,
    request: &Request,
    token: &str,
) -> Result<Response, GifError> {
    let work = Arc::clone(app);
    let token = token.to_owned();
    let job = app.search_pool.submit(move || {
        let ids = work
            .links
            .resolve(&token, LinkKind::Zip, now_millis())?
            .ok_or(GifError::NotFound)?;
        let mut names = UniqueNames::default();
        let mut entries = Vec::with_capacity(ids.len());
        let mut tag = Sha256::new();
        for id in ids {
            // A picture that was deleted meanwhile is left out.
            let Some(record) = work.library.record(id)? else {
                continue;
            };
            // Only its length is wanted now: so many files are not held open at once.
            let Some(file) = work.library.file(&record)? else {
                continue;
            };
            let name = names.take(&safe_name(&record.name, record.id, &record.measures.format));
            tag.update(format!(
                "{name}/{}/",
                record.hash.as_deref().unwrap_or_default()
            ));
            let app = Arc::clone(&work);
            let open = move || {
                let file = app.library.file(&record).map_err(io::Error::other)?;
                file.ok_or_else(|| io::Error::other("a picture was deleted"))
            };
            entries.push(zip::Entry {
                name,
                size: file.len() as u64,
                open: Box::new(open),
            });
        }
        if entries.is_empty() {
            return Err(GifError::NotFound);
        }
        Ok((entries, hex(&tag.finalize())))
    })?;
    let (entries, tag) = job.await??;
    let head = FileHead {
        tag,
        content_type: "application/zip",
        disposition: Some(content_disposition("attachment", "pictures.zip")),
        cache: "private, no-cache",
    };
    // A length that nobody can tell is no reason not to send the file.
    let length = zip::length(&entries).unwrap_or_default();
    let body = |part: Option<Range<u64>>| match part {
        None => Body::from_bytes_stream(zip::stream(entries)),
        Some(part) => Body::from_bytes_stream(zip::part(zip::stream(entries), part)),
    };
    Ok(head.answer(request, length, body))
}
