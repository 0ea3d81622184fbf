//! JSON bodies that a family checks by itself.
//!
//! The body is read whatever its content type says, and what is wrong with it is handed on, so
//! that the family answers in its own envelope and order. The specification shows the schema of `T`.

use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use poem::error::ReadBodyError;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

/// The longest body, in bytes.
const MAX_BYTES: usize = 1024 * 1024;
/// The longest that a body may take to arrive.
const MAX_TIME: Duration = Duration::from_secs(30);

/// A JSON body as it came, or why it is none; documented as a `T`.
#[derive(Debug)]
pub struct TolerantJson<T> {
    /// The body, or what is wrong with it.
    pub value: std::result::Result<Value, String>,
    schema: PhantomData<fn() -> T>,
}

impl<'a, T: Type> ApiExtractor<'a> for TolerantJson<T> {
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
        _request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let read = body.take()?.into_bytes_limit(MAX_BYTES);
        let value = match tokio::time::timeout(MAX_TIME, read).await {
            Err(_) => Err(format!(
                "the body did not arrive within {} seconds",
                MAX_TIME.as_secs()
            )),
            Ok(read) => parsed(read),
        };
        Ok(Self {
            value,
            schema: PhantomData,
        })
    }
}

fn parsed(read: std::result::Result<Bytes, ReadBodyError>) -> std::result::Result<Value, String> {
    match read {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map_err(|error| format!("the body is not JSON: {error}"))
        }
        Err(ReadBodyError::PayloadTooLarge) => {
            Err(format!("the body is longer than {MAX_BYTES} bytes"))
        }
        Err(error) => Err(format!("the body cannot be read: {error}")),
    }
}
