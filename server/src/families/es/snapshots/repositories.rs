//! Repositories: registering, looking, forgetting, tidying.

use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::call::Call;
use super::super::error::EsError;
use super::super::reply::Reply;
use super::repository;
use crate::snapshots::{Registered, RepositoryError};

/// `PUT /_snapshot/{repository}`
pub fn put_repository(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["verify"])?;
    let mut body = call.object()?;
    let kind = match body.remove("type") {
        Some(Value::String(kind)) if kind == "fs" || kind == "s3" => kind,
        Some(Value::String(kind)) => {
            return Err(EsError::new(
                StatusCode::BAD_REQUEST,
                "repository_exception",
                format!("repository type [{kind}] does not exist: fs or s3"),
            ));
        }
        _ => {
            return Err(EsError::new(
                StatusCode::BAD_REQUEST,
                "action_request_validation_exception",
                "Validation Failed: 1: type is missing;",
            ));
        }
    };
    let settings = body.remove("settings").unwrap_or_else(|| json!({}));
    body.remove("uuid");
    if let Some(key) = body.keys().next() {
        return Err(EsError::illegal(format!("unknown field [{key}]")));
    }
    let verify = call.flag("verify", true)?;
    let name = call.part("repository").unwrap_or_default();
    let registered = Registered { kind, settings };
    call.app
        .repositories
        .put(&call.app.settings, name, registered, verify)?;
    Reply::acknowledged()
}

/// `GET /_snapshot/{repository}`
pub fn get_repository(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let wanted = call.part("repository").unwrap_or("_all");
    let all = call.app.repositories.all();
    let mut found = Map::new();
    for pattern in wanted.split(',').map(str::trim) {
        let mut any = false;
        for (name, registered) in &all {
            if pattern == "_all" || engine::mapping::wildcard_match(pattern, name) {
                any = true;
                found.insert(name.clone(), json!(registered));
            }
        }
        if !any && pattern != "_all" && !pattern.contains('*') {
            return Err(RepositoryError::Missing(pattern.to_owned()).into());
        }
    }
    Reply::ok(Value::Object(found))
}

/// `DELETE /_snapshot/{repository}`
pub fn delete_repository(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    call.app
        .repositories
        .forget(call.part("repository").unwrap_or_default())?;
    Reply::acknowledged()
}

/// `POST /_snapshot/{repository}/_verify`
pub fn verify_repository(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    repository(call)?.probe()?;
    Reply::ok(json!({"nodes": {"pictor-node-0000000001": {"name": "pictor"}}}))
}

/// `POST /_snapshot/{repository}/_cleanup`
pub fn cleanup(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let report = repository(call)?.cleanup()?;
    Reply::ok(json!({"results": {"deleted_bytes": report.bytes, "deleted_blobs": report.blobs}}))
}
