//! Uploads.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use poem::web::{Field, Multipart};
use poem::{FromRequest, Request, RequestBody, Result as PoemResult};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::{Binary, Example};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Object};
use tokio::io::AsyncReadExt;

use crate::app::App;
use crate::families::gif::GifError;
use crate::library::Fields;

/// The longest text field, in bytes.
const MAX_TEXT: u64 = 1024 * 1024;
/// The most fields of a form.
const MAX_FIELDS: usize = 2_000;
/// Text of all fields together, in bytes.
const MAX_ALL_TEXT: u64 = 4 * MAX_TEXT;
/// The longest that an upload may take to arrive.
const MAX_TIME: Duration = Duration::from_secs(300);
/// What is read and dropped of a form that was refused, so that the client gets to read why.
const DRAIN: u64 = 256 << 20;

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(example)]
pub struct UploadData {
    /// The picture's number.
    pub id: u64,
    /// The SHA-256 of the file, in hex.
    pub hash: String,
    /// Whether the picture is new.
    pub created: bool,
}

impl Example for UploadData {
    fn example() -> Self {
        Self {
            id: 117,
            hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            created: true,
        }
    }
}

/// The form, as the specification shows it; it is read piece by piece instead.
#[derive(Debug, poem_openapi::Multipart)]
#[expect(dead_code, reason = "it is only described")]
struct UploadFields {
    /// The picture: GIF, PNG, JPEG or WebP
    file: Binary<Vec<u8>>,
    /// Default: the file's name without its extension
    title: Option<String>,
    /// Default: `anonymous`
    uploader: Option<String>,
    /// The uploader's number
    uploader_id: Option<i64>,
    /// Category
    category: Option<String>,
    /// Tags: repeated, one JSON list, or separated by commas
    tags: Option<String>,
    /// A label of an external system; default: the file's MD5
    key: Option<String>,
    /// Where that system has the picture; nothing is read from there
    #[oai(rename = "imgPath")]
    img_path: Option<String>,
    /// Likes, for libraries that move in
    like: Option<i64>,
    /// RFC 3339; default: now
    pub_time: Option<String>,
    /// A JSON object of further fields: strings, numbers, booleans or lists of these
    metadata: Option<String>,
}

/// The form before it is read, or why it is none.
pub struct UploadForm(Result<Multipart, String>);

impl<'a> ApiExtractor<'a> for UploadForm {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <UploadFields as poem_openapi::payload::Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "multipart/form-data",
                schema: <UploadFields as poem_openapi::payload::Payload>::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> PoemResult<Self> {
        let form = <Multipart as FromRequest>::from_request(request, body).await;
        Ok(Self(form.map_err(|error| {
            format!("the body must be multipart/form-data: {error}")
        })))
    }
}

/// A form that was read.
#[derive(Debug, Default)]
struct Read {
    file: Option<Vec<u8>>,
    fields: Fields,
}

/// Answers an upload.
pub(super) async fn upload(app: &Arc<App>, form: UploadForm) -> Result<UploadData, GifError> {
    let mut form = form.0.map_err(GifError::Format)?;
    let limit = app.settings.limits.max_file_bytes;
    let _room = app
        .upload_room
        .clone()
        .try_acquire_owned()
        .map_err(|_| GifError::Busy("too many uploads at once; try again later".to_owned()))?;
    let arrived = tokio::time::timeout(MAX_TIME, read(&mut form, limit)).await;
    let read = match arrived {
        Ok(Ok(read)) => read,
        Ok(Err(error)) => {
            let _ = tokio::time::timeout(MAX_TIME, drain(&mut form)).await;
            return Err(error);
        }
        Err(_) => {
            return Err(GifError::Format(format!(
                "the upload did not arrive within {} seconds",
                MAX_TIME.as_secs()
            )));
        }
    };
    let bytes = read
        .file
        .ok_or_else(|| GifError::Format("[file] is missing".to_owned()))?;
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        let added = work.library.ingest(&bytes, read.fields)?;
        Ok::<_, GifError>(UploadData {
            id: added.id,
            hash: added.hash,
            created: added.created,
        })
    })?;
    job.await?
}

async fn read(form: &mut Multipart, limit: u64) -> Result<Read, GifError> {
    let mut out = Read::default();
    let mut text_left = MAX_ALL_TEXT;
    let mut fields = 0;
    while let Some(field) = next(form).await? {
        fields += 1;
        if fields > MAX_FIELDS {
            return Err(GifError::Format(format!(
                "the form has more than {MAX_FIELDS} fields"
            )));
        }
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            if out.file.is_some() {
                return Err(GifError::Format("[file] is there twice".to_owned()));
            }
            if let Some(file_name) = field.file_name() {
                out.fields.set_file_name(file_name)?;
            }
            let bytes = take(field, limit).await?.ok_or_else(|| {
                GifError::Image(format!("the file is over the limit of {limit} bytes"))
            })?;
            out.file = Some(bytes);
        } else {
            let bytes = take(field, text_left.min(MAX_TEXT)).await?.ok_or_else(|| {
                GifError::Format(format!(
                    "[{}] is too long",
                    name.chars().take(40).collect::<String>()
                ))
            })?;
            text_left = text_left.saturating_sub(bytes.len() as u64);
            let text = String::from_utf8(bytes)
                .map_err(|_| GifError::Format(format!("[{name}] is not UTF-8")))?;
            out.fields.set_text(&name, &text)?;
        }
    }
    Ok(out)
}

async fn next(form: &mut Multipart) -> Result<Option<Field>, GifError> {
    form.next_field()
        .await
        .map_err(|error| GifError::Format(format!("the form is broken: {error}")))
}

/// The bytes of a field; `None` when there are more than `limit`.
async fn take(field: Field, limit: u64) -> Result<Option<Vec<u8>>, GifError> {
    let mut bytes = Vec::new();
    let mut reader = field.into_async_read().take(limit.saturating_add(1));
    reader
        .read_to_end(&mut bytes)
        .await
        .map_err(|error| GifError::Format(format!("the form is broken: {error}")))?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// Reads on without keeping anything.
async fn drain(form: &mut Multipart) {
    let mut left = DRAIN;
    while let Ok(Some(field)) = form.next_field().await {
        let mut pieces = tokio_util::io::ReaderStream::new(field.into_async_read());
        while let Some(Ok(piece)) = pieces.next().await {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                return;
            }
        }
    }
}
