//! Forms with a file, read piece by piece within limits.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use poem::web::{Field, Multipart};
use poem::{FromRequest, Request, RequestBody, Result as PoemResult};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio::io::AsyncReadExt;

use crate::app::App;
use crate::settings::Limits;

/// The longest text field, in bytes.
const MAX_TEXT: u64 = 1024 * 1024;
/// The most fields of a form.
const MAX_FIELDS: usize = 2_000;
/// Text of all fields together, in bytes.
const MAX_ALL_TEXT: u64 = 4 * MAX_TEXT;
/// What is read and dropped of a form that was refused, so that the client gets to read why.
const DRAIN: u64 = 256 << 20;

/// Why a form cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It is none, or broken.
    #[error("{0}")]
    Broken(String),
    /// The file is too large.
    #[error("the file is over the limit of {0} bytes")]
    TooLarge(u64),
}

/// What a form brought.
#[derive(Debug, Default)]
pub struct Form {
    /// The bytes of `file`.
    pub file: Option<Vec<u8>>,
    /// The name that came with it.
    pub file_name: Option<String>,
    /// The other fields, in order.
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The last field of a name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().rev().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A form before it is read; documented as a `T`.
pub struct FileForm<T> {
    form: Result<Multipart, String>,
    /// The longest that it may take to arrive.
    time: Duration,
    schema: PhantomData<fn() -> T>,
}

impl<'a, T: Payload> ApiExtractor<'a> for FileForm<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: "multipart/form-data",
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> PoemResult<Self> {
        let time = request
            .data::<Arc<App>>()
            .map_or_else(Limits::default, |app| app.settings.limits.clone())
            .file_timeout();
        let form = <Multipart as FromRequest>::from_request(request, body).await;
        Ok(Self {
            form: form.map_err(|error| format!("the body must be multipart/form-data: {error}")),
            time,
            schema: PhantomData,
        })
    }
}

/// The parts of a form, one after the other.
pub struct FormParts {
    form: Multipart,
    /// The longest that dropping the rest may take.
    time: Duration,
}

/// A part of a form, before its bytes are read.
pub struct FormPart {
    /// Its name.
    pub name: String,
    /// The file's name that came with it.
    pub file_name: Option<String>,
    field: Field,
}

impl FormParts {
    /// The next part. What was not read of the one before is dropped.
    ///
    /// # Errors
    /// When the form is broken.
    pub async fn next(&mut self) -> Result<Option<FormPart>, FormError> {
        let field = next(&mut self.form).await?;
        Ok(field.map(|field| FormPart {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            field,
        }))
    }

    /// Reads on for a while without keeping anything, so that the client of a form that is refused
    /// gets to read why.
    pub async fn refuse(mut self) {
        let _ = tokio::time::timeout(self.time, drain(&mut self.form)).await;
    }
}

impl FormPart {
    /// Its bytes.
    ///
    /// # Errors
    /// When there are more than `limit`, or the form is broken.
    pub async fn bytes(self, limit: u64) -> Result<Vec<u8>, FormError> {
        let bytes = take(self.field, limit).await?;
        bytes.ok_or(FormError::TooLarge(limit))
    }
}

impl<T> FileForm<T> {
    /// The parts of the form, to be read one by one.
    ///
    /// # Errors
    /// When it is no form.
    pub fn parts(self) -> Result<FormParts, FormError> {
        let time = self.time;
        let parts = |form| FormParts { form, time };
        self.form.map(parts).map_err(FormError::Broken)
    }

    /// Reads the form, with a file of at most `limit` bytes.
    ///
    /// # Errors
    /// When it is no form, broken, too slow or too large.
    pub async fn read(self, limit: u64) -> Result<Form, FormError> {
        let mut form = self.form.map_err(FormError::Broken)?;
        match tokio::time::timeout(self.time, read(&mut form, limit)).await {
            Ok(Ok(read)) => Ok(read),
            Ok(Err(error)) => {
                let _ = tokio::time::timeout(self.time, drain(&mut form)).await;
                Err(error)
            }
            Err(_) => Err(FormError::Broken(format!(
                "the form did not arrive within {} seconds",
                self.time.as_secs_f32()
            ))),
        }
    }
}

async fn read(form: &mut Multipart, limit: u64) -> Result<Form, FormError> {
    let mut out = Form::default();
    let mut text_left = MAX_ALL_TEXT;
    while let Some(field) = next(form).await? {
        if out.fields.len() >= MAX_FIELDS {
            return Err(FormError::Broken(format!(
                "the form has more than {MAX_FIELDS} fields"
            )));
        }
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            if out.file.is_some() {
                return Err(FormError::Broken("[file] is there twice".to_owned()));
            }
            out.file_name = field.file_name().map(str::to_owned);
            let bytes = take(field, limit).await?;
            out.file = Some(bytes.ok_or(FormError::TooLarge(limit))?);
        } else {
            let shown: String = name.chars().take(40).collect();
            let bytes = take(field, text_left.min(MAX_TEXT)).await?;
            let bytes = bytes.ok_or_else(|| FormError::Broken(format!("[{shown}] is too long")))?;
            text_left = text_left.saturating_sub(bytes.len() as u64);
            let text = String::from_utf8(bytes)
                .map_err(|_| FormError::Broken(format!("[{shown}] is not UTF-8")))?;
            out.fields.push((name, text));
        }
    }
    Ok(out)
}

fn broken(error: impl std::fmt::Display) -> FormError {
    FormError::Broken(format!("the form is broken: {error}"))
}

async fn next(form: &mut Multipart) -> Result<Option<Field>, FormError> {
    form.next_field().await.map_err(broken)
}

/// The bytes of a field; `None` when there are more than `limit`.
async fn take(field: Field, limit: u64) -> Result<Option<Vec<u8>>, FormError> {
    let mut bytes = Vec::new();
    let mut reader = field.into_async_read().take(limit.saturating_add(1));
    reader.read_to_end(&mut bytes).await.map_err(broken)?;
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
