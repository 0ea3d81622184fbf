//! `_snapshot`: repositories, snapshots, and the way back.

mod create;
mod list;
mod repositories;
mod restore;
mod shape;

pub use create::create;
pub use list::{delete, get, status};
pub use repositories::{
    cleanup, delete_repository, get_repository, put_repository, verify_repository,
};
pub use restore::restore;

use std::sync::Arc;

use engine::ErrorClass;
use engine::snapshot::{Repository, SnapshotError, SnapshotProgress};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::reply::Reply;
use crate::app::App;
use crate::snapshots::RepositoryError;

impl From<SnapshotError> for EsError {
    fn from(error: SnapshotError) -> Self {
        let status = match error.class() {
            ErrorClass::User | ErrorClass::Limit => StatusCode::BAD_REQUEST,
            ErrorClass::NotFound => StatusCode::NOT_FOUND,
            ErrorClass::Conflict => StatusCode::CONFLICT,
            ErrorClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorClass::Internal => {
                tracing::error!(%error, "a snapshot failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.kind(), error.to_string())
    }
}

impl From<RepositoryError> for EsError {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Snapshot(error) => error.into(),
            RepositoryError::Store(error) => engine::EngineError::Store(error).into(),
            RepositoryError::Wrong(_) => Self::new(
                StatusCode::BAD_REQUEST,
                "repository_exception",
                error.to_string(),
            ),
            RepositoryError::Missing(_) => Self::new(
                StatusCode::NOT_FOUND,
                "repository_missing_exception",
                error.to_string(),
            ),
        }
    }
}

fn repository(call: &Call) -> Result<Arc<Repository>, EsError> {
    let name = call.part("repository").unwrap_or_default();
    Ok(call.app.repositories.get(&call.app.settings, name)?)
}

fn missing(repository: &str, name: &str) -> EsError {
    EsError::new(
        StatusCode::NOT_FOUND,
        "snapshot_missing_exception",
        format!("[{repository}:{name}] is missing"),
    )
}

fn text_or_list(value: Option<Value>, name: &str) -> Result<Option<String>, EsError> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Array(items)) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            Ok(Some(items.join(",")))
        }
        Some(other) => Err(EsError::illegal(format!("[{name}] cannot be [{other}]"))),
    }
}

fn flag(body: &mut Map<String, Value>, name: &str, default: bool) -> Result<bool, EsError> {
    match body.remove(name) {
        None => Ok(default),
        Some(Value::Bool(flag)) => Ok(flag),
        Some(Value::String(text)) if text == "true" => Ok(true),
        Some(Value::String(text)) if text == "false" => Ok(false),
        Some(other) => Err(EsError::illegal(format!("[{name}] cannot be [{other}]"))),
    }
}

/// Runs work that the request does not wait for; it is noted, so that the node can stop it.
fn in_background(
    call: &Call,
    what: String,
    thread: &str,
    progress: Arc<SnapshotProgress>,
    work: impl FnOnce(&Arc<App>, &Arc<SnapshotProgress>) -> Result<(), EsError> + Send + 'static,
) -> Result<Reply, EsError> {
    let app = Arc::clone(&call.app);
    app.repositories.note(what.clone(), &progress);
    let started = std::thread::Builder::new()
        .name(thread.to_owned())
        .spawn(move || {
            if let Err(error) = work(&app, &progress) {
                tracing::error!(what, error = error.reason, "it failed");
            }
            app.repositories.done(&what);
        });
    match started {
        Ok(_) => Reply::ok(json!({"accepted": true})),
        Err(error) => Err(EsError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "exception",
            format!("no thread for the {thread}: {error}"),
        )),
    }
}
