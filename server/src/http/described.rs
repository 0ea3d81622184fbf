//! Responses as the specification describes them.

use poem_openapi::registry::{MetaMediaType, MetaResponse};
use poem_openapi::types::{Binary, Type};

/// The content type of JSON answers.
pub const JSON: &str = "application/json; charset=utf-8";

/// A response with content of one of some types; none for no body.
pub fn response(
    status: u16,
    description: &'static str,
    content: Vec<MetaMediaType>,
) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content,
        headers: Vec::new(),
    }
}

/// A response of JSON.
pub fn json<T: Type>(status: u16, description: &'static str) -> MetaResponse {
    let content = MetaMediaType {
        content_type: JSON,
        schema: T::schema_ref(),
    };
    response(status, description, vec![content])
}

/// Responses of JSON that share a schema: the errors of a family.
pub fn errors<T: Type>(errors: &[(u16, &'static str)]) -> Vec<MetaResponse> {
    let one = |(status, description): &(u16, &'static str)| json::<T>(*status, description);
    errors.iter().map(one).collect()
}

/// A file of a content type.
pub fn file(content_type: &'static str) -> MetaMediaType {
    MetaMediaType {
        content_type,
        schema: Binary::<Vec<u8>>::schema_ref(),
    }
}

/// A response that is a file.
pub fn binary(status: u16, description: &'static str) -> MetaResponse {
    let content = file("application/octet-stream");
    response(status, description, vec![content])
}

/// A response without a body.
pub fn bare(status: u16, description: &'static str) -> MetaResponse {
    response(status, description, Vec::new())
}
