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
use super::tasks;
use crate::app::App;
use crate::snapshots::{Operation, Refused, RepositoryError, Work};

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

/// What tasks of this kind do, as clients name it, begins so.
pub(super) const ACTIONS: &str = "cluster:admin/snapshot/";

impl From<Refused> for EsError {
    fn from(refused: Refused) -> Self {
        let (status, kind) = match &refused {
            Refused::Restoring(_) => (StatusCode::BAD_REQUEST, "snapshot_restore_exception"),
            Refused::Full => (
                StatusCode::SERVICE_UNAVAILABLE,
                "concurrent_snapshot_execution_exception",
            ),
        };
        Self::new(status, kind, refused.to_string())
    }
}

/// Makes a snapshot or brings one back. Where the request does not `wait`, the work goes on as a task,
/// whose failure is kept.
fn carry_out(
    call: &Call,
    work: Work,
    wait: bool,
    run: impl FnOnce(&Arc<App>, &Arc<SnapshotProgress>) -> Result<Value, EsError> + Send + 'static,
) -> Result<Reply, EsError> {
    let progress = Arc::new(SnapshotProgress::default());
    let (action, thread) = match work.operation {
        Operation::Snapshot => ("cluster:admin/snapshot/create", "snapshot"),
        Operation::Restore => ("cluster:admin/snapshot/restore", "restore"),
    };
    let told = format!("{thread} [{}:{}]", work.repository, work.snapshot);
    let mut listed = call.app.repositories.works.begin(work, &progress)?;
    let running = call.app.tasks.begin(action, told.clone(), None);
    running.task.stops(&progress);
    if wait {
        return Reply::ok(run(&call.app, &progress)?);
    }
    let id = tasks::name(running.task.id());
    let app = Arc::clone(&call.app);
    let started = call.app.tasks.spawn_apart(running, thread, move |_| {
        listed.alone();
        let outcome = run(&app, &progress);
        let reason = outcome.as_ref().err().map(|error| error.reason.clone());
        if let Some(reason) = &reason {
            tracing::error!(what = told, error = reason, "it failed");
        }
        listed.ended(reason.map_or(Ok(()), Err));
        outcome.map_err(|error| error.item())
    });
    match started {
        Ok(()) => Reply::ok(json!({"accepted": true, "task": id})),
        Err(error) => Err(EsError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "exception",
            format!("no thread for the {thread}: {error}"),
        )),
    }
}
