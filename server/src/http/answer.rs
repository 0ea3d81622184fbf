//! Answers of a family whose handlers shape JSON or whole responses by themselves, documented as what
//! they hold.

use std::marker::PhantomData;

use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::Type;
use serde_json::Value;

use super::described::{self, JSON};

/// An error of a family.
pub trait Failure: IntoResponse {
    /// Its body, as the specification has it.
    type Body: Type;

    /// The statuses that it comes with, and what they mean.
    const MEANINGS: &'static [(u16, &'static str)];
}

/// An answer of JSON, documented as a `T`, or an error.
#[derive(Debug)]
pub struct Answer<T, F, const STATUS: u16 = 200> {
    result: Result<Response, F>,
    schema: PhantomData<fn() -> T>,
}

impl<T, F, const STATUS: u16> Answer<T, F, STATUS> {
    /// The answer of a route.
    pub fn of(result: Result<Value, F>) -> Self {
        Self::shaped(result.map(|data| {
            Response::builder()
                .status(StatusCode::from_u16(STATUS).unwrap_or_default())
                .content_type(JSON)
                .body(data.to_string())
        }))
    }

    /// The answer of a route that shapes it by itself.
    pub fn shaped(result: Result<Response, F>) -> Self {
        Self {
            result,
            schema: PhantomData,
        }
    }
}

impl<T, F: Failure, const STATUS: u16> IntoResponse for Answer<T, F, STATUS> {
    fn into_response(self) -> Response {
        self.result.unwrap_or_else(IntoResponse::into_response)
    }
}

impl<T: Type, F: Failure, const STATUS: u16> ApiResponse for Answer<T, F, STATUS> {
    fn meta() -> MetaResponses {
        let mut responses = vec![described::json::<T>(STATUS, "What was asked for.")];
        responses.extend(described::errors::<F::Body>(F::MEANINGS));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        F::Body::register(registry);
    }
}
