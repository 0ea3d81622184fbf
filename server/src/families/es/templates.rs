//! Templates, `_analyze`, `_field_caps`.

use engine::TemplateKind;
use poem::http::StatusCode;
use serde_json::{Value, json};

use super::call::Call;
use super::error::EsError;
use super::reply::Reply;

fn kind(call: &Call) -> TemplateKind {
    if call.route.starts_with("/_component_template") {
        TemplateKind::Component
    } else if call.route.starts_with("/_template") {
        TemplateKind::Legacy
    } else {
        TemplateKind::Index
    }
}

/// `PUT /_index_template/{name}` and the like
pub fn put(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["create", "order", "cause"])?;
    let name = call.part("name").unwrap_or_default();
    let create = call.flag("create", false)?;
    let body = Value::Object(call.object()?);
    call.app
        .node
        .put_template(kind(call), name, &body, create)?;
    Reply::acknowledged()
}

/// `GET /_index_template/{name}`
pub fn get(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let name = call.part("name").unwrap_or("*");
    let found = call.app.node.get_templates(kind(call), name)?;
    let none = found.as_object().is_some_and(serde_json::Map::is_empty);
    if none && call.part("name").is_some() {
        return Ok(Reply::Json(StatusCode::NOT_FOUND, found));
    }
    Reply::ok(found)
}

/// `HEAD /_index_template/{name}`
pub fn exists(call: &Call) -> Result<Reply, EsError> {
    let name = call.part("name").unwrap_or_default();
    let there = call.app.node.template_exists(kind(call), name);
    Ok(Reply::Status(if there {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    }))
}

/// `DELETE /_index_template/{name}`
pub fn delete(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let name = call.part("name").unwrap_or_default();
    call.app.node.delete_template(kind(call), name)?;
    Reply::acknowledged()
}

/// `POST /_index_template/_simulate_index/{name}`
pub fn simulate(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let name = call.part("name").unwrap_or_default();
    Reply::ok(call.app.node.simulate_index(name)?)
}

/// `POST /_index_template/_simulate/{name}`
pub fn simulate_template(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["create", "cause"])?;
    let body = Some(call.json()?).filter(|body| !body.is_null());
    let found = call
        .app
        .node
        .simulate_template(call.part("name"), body.as_ref())?;
    Reply::ok(found)
}

/// `_analyze`
pub fn analyze(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["text", "analyzer", "field", "tokenizer"])?;
    let mut body = call.object()?;
    for name in ["text", "analyzer", "field", "tokenizer"] {
        if let Some(value) = call.get(name) {
            body.entry(name).or_insert_with(|| json!(value));
        }
    }
    let index = Some(call.index()?).filter(|name| !name.is_empty());
    Reply::ok(call.app.node.analyze(index, &Value::Object(body))?)
}

/// `_field_caps`
pub fn field_caps(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["fields", "include_unmapped", "filters", "types"])?;
    let body = call.object()?;
    let mut fields: Vec<String> = match body.get("fields") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|field| field.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    if let Some(list) = call.get("fields") {
        fields.extend(list.split(',').map(|field| field.trim().to_owned()));
    }
    if fields.is_empty() {
        return Err(EsError::new(
            StatusCode::BAD_REQUEST,
            "action_request_validation_exception",
            "Validation Failed: 1: no fields specified;",
        ));
    }
    Reply::ok(call.app.node.field_caps(call.index()?, &fields)?)
}
