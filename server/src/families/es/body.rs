//! Bodies of the family, unpacked where they came packed.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use engine::EngineError;
use flate2::read::MultiGzDecoder;
use poem::{Request, RequestBody, Result as PoemResult};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::{Any, Binary, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

use super::error::EsError;
use crate::app::App;
use crate::http::{BodyError, BodyLimits, Charged, length_of, receive};
use crate::settings::Limits;

/// A body as it came; in the specification any JSON, or lines of it where `LINES`. Where `READ`, it is that of
/// a read, which is short.
#[derive(Debug)]
pub struct EsBody<const LINES: bool = false, const READ: bool = false>(pub Result<Bytes, EsError>);

impl<'a, const LINES: bool, const READ: bool> ApiExtractor<'a> for EsBody<LINES, READ> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        Any::<Value>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let media = if LINES {
            // Generators would make one JSON value of it; it is one a line.
            MetaMediaType {
                content_type: "application/octet-stream",
                schema: Binary::<Vec<u8>>::schema_ref(),
            }
        } else {
            MetaMediaType {
                content_type: "application/json",
                schema: Any::<Value>::schema_ref(),
            }
        };
        Some(MetaRequest {
            description: None,
            content: vec![media],
            required: false,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> PoemResult<Self> {
        let app = request.data::<Arc<App>>();
        let limits = app.map_or_else(Limits::default, |app| app.settings.limits.clone());
        let most = match READ {
            true => limits.max_read_bytes.min(limits.max_bulk_bytes),
            false => limits.max_bulk_bytes,
        };
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let limits = BodyLimits::of(request, most, |limits| match LINES {
            true => limits.file_timeout(),
            false => limits.client_timeout,
        });
        let gzip = request
            .headers()
            .get("content-encoding")
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"));
        let received = receive(body.take()?, length_of(request), &limits).await;
        Ok(Self(match received {
            Ok(bytes) if gzip && !bytes.is_empty() => unpacked(bytes, limits).await,
            received => received.map_err(EsError::from),
        }))
    }
}

/// No body is wanted; what comes is read all the same, and ignored unless the handler looks.
#[derive(Debug)]
pub struct EsNothing(pub Result<Bytes, EsError>);

impl<'a> ApiExtractor<'a> for EsNothing {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::PoemExtractor];

    type ParamType = ();
    type ParamRawType = ();

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<()>,
    ) -> PoemResult<Self> {
        Ok(Self(
            EsBody::<false, true>::from_request(request, body, options)
                .await?
                .0,
        ))
    }
}

/// Bytes that are unpacked at a time.
const PIECE: usize = 64 << 10;

/// Unpacks a body, which counts as it grows.
async fn unpacked(packed: Bytes, limits: BodyLimits) -> Result<Bytes, EsError> {
    let work = tokio::task::spawn_blocking(move || {
        let mut out = Charged::new(limits.charge());
        let mut reader = MultiGzDecoder::new(packed.as_ref());
        let mut piece = vec![0; PIECE];
        loop {
            let read = reader
                .read(&mut piece)
                .map_err(|error| EsError::illegal(format!("the body is not gzip: {error}")))?;
            if read == 0 {
                return Ok(out.into_bytes());
            }
            if out.length() + read > limits.bytes {
                return Err(BodyError::TooLarge(limits.bytes).into());
            }
            out.push(piece.get(..read).unwrap_or_default())
                .map_err(BodyError::from)?;
        }
    });
    work.await
        .unwrap_or_else(|error| Err(EngineError::Internal(error.to_string()).into()))
}
