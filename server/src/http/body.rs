//! JSON bodies that a family checks by itself.
//!
//! The body is read whatever its content type says, and what is wrong with it is handed on, so
//! that the family answers in its own envelope and order. The specification shows the schema of `T`.

use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use poem::error::ReadBodyError;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

use crate::app::App;
use crate::settings::Limits;

/// The longest body, in bytes.
const MAX_BYTES: usize = 1024 * 1024;
/// What a body with a file in base64 has beside the file, in bytes.
const BESIDE_FILE: usize = 64 * 1024;

/// A JSON body as it came, or why it is none; documented as a `T`. With `FILE` it may hold a file in
/// base64, of the node's largest size.
#[derive(Debug)]
pub struct TolerantJson<T, const FILE: bool = false> {
    /// The body, or what is wrong with it.
    pub value: std::result::Result<Value, String>,
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
        let limits = request
            .data::<Arc<App>>()
            .map_or_else(Limits::default, |app| app.settings.limits.clone());
        let (limit, time) = if FILE {
            let file = limits.max_file_bytes;
            let encoded = usize::try_from(file)
                .unwrap_or(usize::MAX)
                .saturating_mul(3)
                / 2;
            (encoded.saturating_add(BESIDE_FILE), limits.file_timeout())
        } else {
            (MAX_BYTES, limits.client_timeout)
        };
        let read = body.take()?.into_bytes_limit(limit);
        let value = match tokio::time::timeout(time, read).await {
            Err(_) => Err(format!(
                "the body did not arrive within {} seconds",
                time.as_secs_f32()
            )),
            Ok(read) => parsed(read, limit),
        };
        Ok(Self {
            value,
            schema: PhantomData,
        })
    }
}

fn parsed(
    read: std::result::Result<Bytes, ReadBodyError>,
    limit: usize,
) -> std::result::Result<Value, String> {
    match read {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map_err(|error| format!("the body is not JSON: {error}"))
        }
        Err(ReadBodyError::PayloadTooLarge) => {
            Err(format!("the body is longer than {limit} bytes"))
        }
        Err(error) => Err(format!("the body cannot be read: {error}")),
    }
}
