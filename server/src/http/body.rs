//! JSON bodies that a family checks by itself.
//!
//! The body is read whatever its content type says, and what is wrong with it is handed on, so
//! that the family answers in its own envelope and order. The specification shows the schema of `T`.

use std::marker::PhantomData;
use std::sync::Arc;

use engine::budget::Charge;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

use super::json::{JsonError, parse_charged};
use super::receive::{BodyError, BodyLimits, busy, length_of, receive};
use crate::app::App;
use crate::settings::Limits;

/// The longest body, in bytes.
const MAX_BYTES: usize = 1024 * 1024;
/// What a body with a file in base64 has beside the file, in bytes.
const BESIDE_FILE: usize = 64 * 1024;
/// What the values of a body may take beside its text, in bytes.
const VALUES: usize = 16 * 1024 * 1024;

/// A JSON body as it came, or why it is none; documented as a `T`. With `FILE` it may hold a file in
/// base64, of the node's largest size.
#[derive(Debug)]
pub struct TolerantJson<T, const FILE: bool = false> {
    /// The body, or what is wrong with it.
    pub value: std::result::Result<Value, String>,
    /// The memory that it takes, as long as the request is being answered.
    #[expect(dead_code, reason = "it counts until it is dropped")]
    charge: Charge,
    schema: PhantomData<fn() -> T>,
}

impl<'a, T: Type, const FILE: bool> ApiExtractor<'a> for TolerantJson<T, FILE> {
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
                content_type: "application/json",
                schema: T::schema_ref(),
            }],
            required: false,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let file = usize::try_from(
            request
                .data::<Arc<App>>()
                .map_or_else(Limits::default, |app| app.settings.limits.clone())
                .max_file_bytes,
        );
        let bytes = match FILE {
            true => {
                let encoded = file.unwrap_or(usize::MAX).saturating_mul(3) / 2;
                encoded.saturating_add(BESIDE_FILE)
            }
            false => MAX_BYTES,
        };
        let limits = BodyLimits::of(request, bytes, |limits| match FILE {
            true => limits.file_timeout(),
            false => limits.client_timeout,
        });
        let read = receive(body.take()?, length_of(request), &limits).await;
        let mut charge = limits.charge();
        let parsed = match read {
            Ok(text) => parse_charged(&text, bytes.saturating_add(VALUES), &mut charge),
            Err(BodyError::Busy(error)) => return Err(busy(&error)),
            Err(error) => {
                return Ok(Self {
                    value: Err(error.to_string()),
                    charge,
                    schema: PhantomData,
                });
            }
        };
        let value = match parsed {
            Ok(value) => Ok(value),
            Err(JsonError::Busy(error)) => return Err(busy(&error)),
            Err(JsonError::Syntax(error)) => Err(format!("the body is not JSON: {error}")),
            Err(error @ JsonError::TooLarge(_)) => Err(format!("the body is too large: {error}")),
        };
        Ok(Self {
            value,
            charge,
            schema: PhantomData,
        })
    }
}
