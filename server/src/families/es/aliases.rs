//! Other names of indices.

use engine::EngineError;
use poem::http::StatusCode;
use serde_json::{Value, json};

use super::call::Call;
use super::error::EsError;
use super::indices::{check_name, status};
use super::reply::Reply;

/// `GET /{index}/_alias/{name}`
pub fn get_alias(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let name = call.part("name").filter(|name| !name.is_empty());
    match call.app.node.get_aliases(call.index()?, name) {
        Ok(found) => Reply::ok(found),
        Err(error) if error.class() == engine::ErrorClass::NotFound && name.is_some() => {
            let EngineError::AliasesNotFound(missing) = &error else {
                return Err(error.into());
            };
            let mut body = json!({"error": error.to_string(), "status": 404});
            // Those that are there are told of all the same.
            let there = name.unwrap_or_default().split(',').map(str::trim);
            let there = there.filter(|name| !missing.split(',').any(|missing| missing == *name));
            let there: Vec<&str> = there.collect();
            if !there.is_empty()
                && let Ok(found) = call
                    .app
                    .node
                    .get_aliases(call.index()?, Some(&there.join(",")))
                && let (Some(body), Value::Object(found)) = (body.as_object_mut(), found)
            {
                body.extend(found);
            }
            Ok(Reply::Json(StatusCode::NOT_FOUND, body))
        }
        Err(error) => Err(error.into()),
    }
}

/// `HEAD /{index}/_alias/{name}`
pub fn alias_exists(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let name = call.part("name");
    let there = call
        .app
        .node
        .get_aliases(call.index()?, name)
        .is_ok_and(|found| found.as_object().is_some_and(|found| !found.is_empty()));
    Ok(Reply::Status(status(there)))
}

/// `PUT /{index}/_alias/{name}`
pub fn put_alias(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let name = call.part("name").unwrap_or_default();
    check_name(name)?;
    call.app
        .node
        .put_alias_of(call.index()?, name, &Value::Object(call.object()?))?;
    Reply::acknowledged()
}

/// `DELETE /{index}/_alias/{name}`
pub fn delete_alias(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    call.app
        .node
        .delete_alias(call.index()?, call.part("name").unwrap_or_default())?;
    Reply::acknowledged()
}

/// `POST /_aliases`
pub fn update_aliases(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let body = call.object()?;
    for action in body
        .get("actions")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        for part in action
            .as_object()
            .into_iter()
            .flatten()
            .map(|(_, part)| part)
        {
            if let Some(alias) = part.get("alias").and_then(Value::as_str) {
                check_name(alias)?;
            }
        }
    }
    call.app.node.update_aliases(&Value::Object(body))?;
    Reply::acknowledged()
}
