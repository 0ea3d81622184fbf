//! Answers of the family.

use engine::numerals;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{Any, Type};
use serde_json::{Map, Value};

use super::call::Call;
use super::error::EsError;

/// Who answers: clients refuse to talk to anybody else.
pub const PRODUCT: (&str, &str) = ("X-Elastic-Product", "Elasticsearch");

/// What a handler answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// JSON.
    Json(StatusCode, Value),
    /// Text that is ready.
    Text {
        /// Whether it is JSON.
        json: bool,
        /// The text.
        text: String,
    },
    /// Nothing but a status.
    Status(StatusCode),
}

impl Reply {
    /// JSON with status 200.
    pub fn ok(value: Value) -> Result<Self, EsError> {
        Ok(Self::Json(StatusCode::OK, value))
    }

    /// Plain text.
    pub fn plain(text: String) -> Result<Self, EsError> {
        Ok(Self::Text { json: false, text })
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
    pub fn of(call: Option<&Call>, result: Result<Reply, EsError>) -> Self {
        let pretty = call.is_some_and(|call| call.flag("pretty", false).unwrap_or(false));
        let builder = Response::builder().header(PRODUCT.0, PRODUCT.1);
        let json = |value: &Value| {
            if pretty {
                numerals::pretty(value) + "\n"
            } else {
                numerals::text(value)
            }
        };
        // Text of JSON is read again where it is to be shown in another way.
        let shaped = pretty || call.is_some_and(|call| call.get("filter_path").is_some());
        let result = result.map(|reply| match reply {
            Reply::Text { json: true, text } if shaped => {
                let value = numerals::read(text.as_bytes()).unwrap_or_default();
                Reply::Json(StatusCode::OK, value)
            }
            reply => reply,
        });
        let response = match result {
            Ok(Reply::Json(status, mut value)) => {
                if let Some(paths) = call.and_then(|call| call.get("filter_path")) {
                    value = filtered(&value, paths);
                }
                builder
                    .status(status)
                    .content_type("application/json")
                    .body(json(&value))
            }
            Ok(Reply::Text { json, text }) => {
                let kind = if json {
                    "application/json"
                } else {
                    "text/plain; charset=UTF-8"
                };
                builder.content_type(kind).body(text)
            }
            Ok(Reply::Status(status)) => builder.status(status).finish(),
            Err(error) => builder
                .status(error.status)
                .content_type("application/json")
                .body(json(&error.body())),
        };
        Self(response)
    }
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

/// What of an answer `filter_path` keeps: paths with `*` and `**`, or excluded with `-`.
fn filtered(value: &Value, paths: &str) -> Value {
    let (excluded, included): (Vec<&str>, Vec<&str>) = paths
        .split(',')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .partition(|path| path.starts_with('-'));
    let mut out = if included.is_empty() {
        value.clone()
    } else {
        let paths: Vec<Vec<&str>> = included.iter().map(|p| p.split('.').collect()).collect();
        kept(value, &paths).unwrap_or_else(|| Value::Object(Map::new()))
    };
    for path in excluded {
        let parts: Vec<&str> = path.trim_start_matches('-').split('.').collect();
        remove(&mut out, &parts);
    }
    out
}

fn kept(value: &Value, paths: &[Vec<&str>]) -> Option<Value> {
    if paths.iter().any(Vec::is_empty) {
        return Some(value.clone());
    }
    match value {
        Value::Object(object) => {
            let mut out = Map::new();
            for (key, inner) in object {
                let mut next = Vec::new();
                for path in paths {
                    let Some((first, rest)) = path.split_first() else {
                        continue;
                    };
                    if *first == "**" {
                        next.push(path.clone());
                        if let Some((second, rest)) = rest.split_first()
                            && engine::mapping::wildcard_match(second, key)
                        {
                            next.push(rest.to_vec());
                        }
                    } else if engine::mapping::wildcard_match(first, key) {
                        next.push(rest.to_vec());
                    }
                }
                if !next.is_empty()
                    && let Some(inner) = kept(inner, &next)
                {
                    out.insert(key.clone(), inner);
                }
            }
            (!out.is_empty()).then_some(Value::Object(out))
        }
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(|item| kept(item, paths)).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        _ => None,
    }
}

fn remove(value: &mut Value, path: &[&str]) {
    match value {
        Value::Object(object) => {
            let Some((first, rest)) = path.split_first() else {
                return;
            };
            if *first == "**" {
                // It stands for nothing as well as for any names.
                if !rest.is_empty() {
                    remove_from(object, rest);
                }
                object.values_mut().for_each(|inner| remove(inner, path));
                return;
            }
            remove_from(object, path);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, path)),
        _ => {}
    }
}

fn remove_from(object: &mut Map<String, Value>, path: &[&str]) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        object.retain(|key, _| !engine::mapping::wildcard_match(first, key));
        return;
    }
    for (key, inner) in object.iter_mut() {
        if engine::mapping::wildcard_match(first, key) {
            remove(inner, rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_filter_answers() {
        let value = json!({"took": 1, "hits": {"total": 2, "hits": [
            {"_id": "1", "_source": {"a": 1, "b": 2}}, {"_id": "2", "_source": {"b": 3}}]}});
        assert_eq!(filtered(&value, "took"), json!({"took": 1}));
        assert_eq!(
            filtered(&value, "hits.hits._id,took"),
            json!({"took": 1, "hits": {"hits": [{"_id": "1"}, {"_id": "2"}]}})
        );
        assert_eq!(
            filtered(&value, "**.a"),
            json!({"hits": {"hits": [{"_source": {"a": 1}}]}})
        );
        for without in [
            "**._source,-**.a",
            "-**.hits._source.a,**._source",
            "**._source,-hits.**.a",
        ] {
            assert_eq!(
                filtered(&value, without),
                json!({"hits": {"hits": [{"_source": {"b": 2}}, {"_source": {"b": 3}}]}}),
                "{without}"
            );
        }
        assert_eq!(filtered(&value, "-hits"), json!({"took": 1}));
        assert_eq!(filtered(&value, "nothing"), json!({}));
    }
}
