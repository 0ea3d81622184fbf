//! Errors that no handler answers (unknown routes, methods, missing keys, panics), in the envelope
//! of a family.

use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::families::es::PRODUCT;
use crate::families::gif::GifError;
use crate::families::{detect, flags, images, similar};

/// A family of routes with an envelope of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// GIF search and the library's upload.
    Gif,
    /// Search by picture.
    Similar,
    /// Image management, with OData's errors.
    Images,
    /// Flagged generations.
    Flags,
    /// Defect detection.
    Detect,
    /// Everything else answers as Elasticsearch does.
    Other,
}

impl Family {
    /// An error in the family's envelope.
    pub fn error(self, status: StatusCode, reason: &str) -> Response {
        match self {
            Self::Gif => match status {
                StatusCode::UNAUTHORIZED => GifError::Unauthorized,
                StatusCode::NOT_FOUND => GifError::NoRoute(reason.to_owned()),
                StatusCode::METHOD_NOT_ALLOWED => GifError::Method(reason.to_owned()),
                StatusCode::FORBIDDEN => GifError::Forbidden(reason.to_owned()),
                StatusCode::UNSUPPORTED_MEDIA_TYPE => GifError::MediaType(reason.to_owned()),
                StatusCode::TOO_MANY_REQUESTS => GifError::Busy(reason.to_owned()),
                status if status.is_client_error() => GifError::Format(reason.to_owned()),
                _ => GifError::Internal,
            }
            .into_response(),
            Self::Similar if status == StatusCode::UNAUTHORIZED => similar::unauthorized(),
            Self::Similar => similar::refused(status, reason),
            Self::Images => images::failure(status, reason),
            Self::Flags => flags::failure(status, reason),
            Self::Detect => detect::failure(status, reason),
            Self::Other if status == StatusCode::NOT_ACCEPTABLE => {
                // Elasticsearch's word about types has no more to it.
                elasticsearch(status, &json!({"error": reason, "status": status.as_u16()}))
            }
            Self::Other => {
                let kind = match status {
                    StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "security_exception",
                    StatusCode::NOT_FOUND => "resource_not_found_exception",
                    StatusCode::TOO_MANY_REQUESTS => "rejected_execution_exception",
                    status if status.is_client_error() => "illegal_argument_exception",
                    _ => "exception",
                };
                let cause = json!({"type": kind, "reason": reason});
                let body = json!({
                    "error": {"root_cause": [cause], "type": kind, "reason": reason},
                    "status": status.as_u16(),
                });
                elasticsearch(status, &body)
            }
        }
    }
}

fn elasticsearch(status: StatusCode, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header(PRODUCT.0, PRODUCT.1)
        .content_type("application/json")
        .body(body.to_string())
}
