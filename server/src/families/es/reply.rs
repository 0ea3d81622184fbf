//! Answers of the family.

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response, ResponseBuilder};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{Any, Type};
use serde_json::Value;

use super::call::Call;
use super::error::EsError;
use super::filter::filter;
use super::out::{Out, Pieces};
use super::printer::Printer;

/// Who answers: clients refuse to talk to anybody else.
pub const PRODUCT: (&str, &str) = ("X-Elastic-Product", "Elasticsearch");

/// What a handler answers.
#[derive(Debug)]
pub enum Reply {
    /// JSON.
    Json(StatusCode, Value),
    /// Plain text.
    Text(String),
    /// JSON that was written while it was made.
    Written(Pieces),
    /// Nothing but a status.
    Status(StatusCode),
}

impl Reply {
    /// JSON with status 200.
    pub fn ok(value: Value) -> Result<Self, EsError> {
        Ok(Self::Json(StatusCode::OK, value))
    }

    /// What was written, with status 200.
    ///
    /// # Errors
    /// When it is too large.
    pub fn written(out: Out) -> Result<Self, EsError> {
        Ok(Self::Written(out.finish()?))
    }

    /// Plain text.
    pub fn plain(text: String) -> Result<Self, EsError> {
        Ok(Self::Text(text))
    }

    /// `{"acknowledged": true}`.
    pub fn acknowledged() -> Result<Self, EsError> {
        Self::ok(serde_json::json!({"acknowledged": true}))
    }
}

/// A handler's answer or error as a response.
#[derive(Debug)]
pub struct EsAnswer(Response);

impl EsAnswer {
    /// Shapes an answer as the request's parameters ask.
    pub fn of(call: &Call, result: Result<Reply, EsError>) -> Self {
        match result.and_then(|reply| shaped(call, reply)) {
            Ok(response) => Self(response),
            Err(error) => Self::error(Some(call), &error),
        }
    }

    /// An error; `call` is the request, where it came that far.
    pub fn error(call: Option<&Call>, error: &EsError) -> Self {
        let body = error.body();
        let text = match call.is_some_and(is_pretty) {
            true => serde_json::to_string_pretty(&body).map(|text| text + "\n"),
            false => serde_json::to_string(&body),
        };
        Self(
            builder(error.status, "application/json")
                // An error is always small.
                .body(text.unwrap_or_default()),
        )
    }
}

fn is_pretty(call: &Call) -> bool {
    call.flag("pretty", false).unwrap_or(false)
}

fn builder(status: StatusCode, kind: &str) -> ResponseBuilder {
    Response::builder()
        .header(PRODUCT.0, PRODUCT.1)
        .status(status)
        .content_type(kind)
}

fn shaped(call: &Call, reply: Reply) -> Result<Response, EsError> {
    let mut out = Out::new(&call.bounds);
    let (status, kind, pieces) = match reply {
        Reply::Status(status) => {
            let builder = Response::builder().header(PRODUCT.0, PRODUCT.1);
            return Ok(builder.status(status).finish());
        }
        Reply::Text(text) => {
            out.bytes(text.into())?;
            let pieces = out.finish()?;
            (StatusCode::OK, "text/plain; charset=UTF-8", pieces)
        }
        Reply::Json(status, value) => {
            out.value(&value)?;
            (status, "application/json", arranged(call, out.finish()?)?)
        }
        Reply::Written(pieces) => (StatusCode::OK, "application/json", arranged(call, pieces)?),
    };
    Ok(builder(status, kind)
        .header(header::CONTENT_LENGTH, pieces.len())
        .body(pieces.into_body()))
}

/// JSON as `filter_path` and `pretty` ask for it.
fn arranged(call: &Call, mut pieces: Pieces) -> Result<Pieces, EsError> {
    if let Some(paths) = call.get("filter_path") {
        let mut out = Out::new(&call.bounds);
        filter(&mut out, &pieces.joined(), paths)?;
        pieces = out.finish()?;
    }
    if is_pretty(call) {
        let mut out = Out::new(&call.bounds);
        print(&mut out, &pieces.joined())?;
        pieces = out.finish()?;
    }
    Ok(pieces)
}

/// Writes a text of JSON on many lines, without making values of it.
fn print(out: &mut Out, text: &[u8]) -> Result<(), EsError> {
    let mut printer = Printer::default();
    for part in text.chunks(1 << 15) {
        let mut lines = Vec::with_capacity(1 << 16);
        printer.push(part, &mut lines);
        out.bytes(lines.into())?;
    }
    out.text("\n")
}

impl IntoResponse for EsAnswer {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for EsAnswer {
    fn meta() -> MetaResponses {
        let json = |status, description| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: Any::<Value>::schema_ref(),
            }],
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![
                json(200, "As Elasticsearch answers."),
                json(
                    400,
                    "`{\"error\": {\"root_cause\", \"type\", \"reason\"}, \"status\"}`: what is wrong.",
                ),
                json(404, "What the request names is not there."),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        Any::<Value>::register(registry);
    }
}
