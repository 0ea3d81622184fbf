//! Forms with a file, read piece by piece within limits.

use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use engine::budget::{Charge, Exhausted};
use futures_util::StreamExt;
use poem::web::{Field, Multipart};
use poem::{FromRequest, Request, RequestBody, Result as PoemResult};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use tokio_util::io::ReaderStream;

use super::receive::{BodyLimits, Charged};
use crate::settings::Limits;

/// The longest text field, in bytes.
const MAX_TEXT: u64 = 1024 * 1024;
/// The most fields of a form.
const MAX_FIELDS: usize = 2_000;
/// Bytes of a file that are taken at a time.
const PIECE: usize = 64 * 1024;
/// Text of all fields together, in bytes.
const MAX_ALL_TEXT: u64 = 4 * MAX_TEXT;

/// Why a form cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It is none, or broken.
    #[error("{0}")]
    Broken(String),
    /// The file is too large.
    #[error("the file is over the limit of {0} bytes")]
    TooLarge(u64),
    /// The requests under way leave no memory for it.
    #[error(transparent)]
    Busy(#[from] Exhausted),
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
    /// The memory of all of it, while the form is held.
    charge: Option<Charge>,
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
    /// How long it may take to arrive, and where its memory counts.
    limits: BodyLimits,
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
        let limits = BodyLimits::of(request, usize::MAX, Limits::file_timeout);
        let form = <Multipart as FromRequest>::from_request(request, body).await;
        Ok(Self {
            form: form.map_err(|error| format!("the body must be multipart/form-data: {error}")),
            limits,
            schema: PhantomData,
        })
    }
}

/// The parts of a form, one after the other.
pub struct FormParts {
    form: Multipart,
    limits: BodyLimits,
}

/// A part of a form, before its bytes are read.
pub struct FormPart {
    /// Its name.
    pub name: String,
    /// The file's name that came with it.
    pub file_name: Option<String>,
    field: Field,
    limits: BodyLimits,
}

impl FormParts {
    /// The next part. What was not read of the one before is dropped.
    ///
    /// # Errors
    /// When the form is broken.
    pub async fn next(&mut self) -> Result<Option<FormPart>, FormError> {
        let field = next(&mut self.form, &self.limits).await?;
        Ok(field.map(|field| FormPart {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            field,
            limits: self.limits.clone(),
        }))
    }
}

impl FormPart {
    /// Returns its bytes, whose memory counts while they are held.
    ///
    /// # Errors
    /// When there are more than `limit`, no memory is left for them, or the form is broken.
    pub async fn bytes(self, limit: u64) -> Result<Bytes, FormError> {
        let taken = Charged::new(self.limits.charge());
        let taken = take(self.field, limit, &self.limits, taken).await?;
        let taken = taken.ok_or(FormError::TooLarge(limit))?;
        Ok(taken.into_bytes())
    }
}

impl<T> FileForm<T> {
    /// The parts of the form, to be read one by one.
    ///
    /// # Errors
    /// When it is no form.
    pub fn parts(self) -> Result<FormParts, FormError> {
        let limits = self.limits;
        let parts = |form| FormParts { form, limits };
        self.form.map(parts).map_err(FormError::Broken)
    }

    /// Reads the form, with a file of at most `limit` bytes.
    ///
    /// # Errors
    /// When it is no form, broken, too slow or too large.
    pub async fn read(self, limit: u64) -> Result<Form, FormError> {
        let mut form = self.form.map_err(FormError::Broken)?;
        let limits = self.limits;
        let read = tokio::time::timeout(limits.time, read(&mut form, limit, &limits)).await;
        read.unwrap_or_else(|_| Err(late(limits.time)))
    }
}

fn late(time: Duration) -> FormError {
    FormError::Broken(format!(
        "the form did not arrive within {} seconds",
        time.as_secs_f32()
    ))
}

async fn read(form: &mut Multipart, limit: u64, limits: &BodyLimits) -> Result<Form, FormError> {
    let mut out = Form::default();
    let mut charge = limits.charge();
    let mut text_left = MAX_ALL_TEXT;
    while let Some(field) = next(form, limits).await? {
        if out.fields.len() >= MAX_FIELDS {
            return Err(FormError::Broken(format!(
                "the form has more than {MAX_FIELDS} fields"
            )));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let most = match name.as_str() {
            "file" if out.file.is_some() => {
                return Err(FormError::Broken("[file] is there twice".to_owned()));
            }
            "file" => {
                out.file_name = field.file_name().map(str::to_owned);
                limit
            }
            _ => text_left.min(MAX_TEXT),
        };
        let taken = take(field, most, limits, Charged::new(charge)).await?;
        let Some(taken) = taken else {
            let shown: String = name.chars().take(40).collect();
            return Err(match name.as_str() {
                "file" => FormError::TooLarge(limit),
                _ => FormError::Broken(format!("[{shown}] is too long")),
            });
        };
        let bytes;
        (bytes, charge) = taken.into_parts();
        if name == "file" {
            out.file = Some(bytes);
        } else {
            let shown: String = name.chars().take(40).collect();
            text_left = text_left.saturating_sub(bytes.len() as u64);
            let text = String::from_utf8(bytes)
                .map_err(|_| FormError::Broken(format!("[{shown}] is not UTF-8")))?;
            out.fields.push((name, text));
        }
    }
    out.charge = Some(charge);
    Ok(out)
}

fn broken(error: impl std::fmt::Display) -> FormError {
    FormError::Broken(format!("the form is broken: {error}"))
}

async fn next(form: &mut Multipart, limits: &BodyLimits) -> Result<Option<Field>, FormError> {
    match tokio::time::timeout(limits.idle, form.next_field()).await {
        Ok(next) => next.map_err(broken),
        Err(_) => Err(late(limits.idle)),
    }
}

/// Adds the bytes of a field to those that were taken; `None` when there are more than `limit`.
async fn take(
    field: Field,
    limit: u64,
    limits: &BodyLimits,
    mut taken: Charged,
) -> Result<Option<Charged>, FormError> {
    let mut pieces = ReaderStream::with_capacity(field.into_async_read(), PIECE);
    loop {
        let piece = tokio::time::timeout(limits.idle, pieces.next()).await;
        let piece = match piece.map_err(|_| late(limits.idle))? {
            None => return Ok(Some(taken)),
            Some(piece) => piece.map_err(broken)?,
        };
        if taken.length() as u64 + piece.len() as u64 > limit {
            return Ok(None);
        }
        taken.push(&piece)?;
    }
}
