//! `_snapshot`: repositories, snapshots, and the way back.

use std::sync::Arc;

use engine::ErrorClass;
use engine::snapshot::{
    CreateOptions, Repository, RestoreOptions, SnapshotError, SnapshotInfo, SnapshotProgress,
    SnapshotState, SnapshotStatus,
};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::{Call, visible};
use super::error::EsError;
use super::hits::shards;
use super::reply::Reply;
use crate::app::App;
use crate::snapshots::{Registered, RepositoryError, Restored, files};

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

fn date(ms: i64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
    moment
        .ok()
        .and_then(|moment| {
            moment
                .format(&time::format_description::well_known::Rfc3339)
                .ok()
        })
        .unwrap_or_default()
}

fn printed(info: &SnapshotInfo) -> Value {
    let indices: Vec<&str> = info
        .indices
        .iter()
        .map(|index| index.name.as_str())
        .filter(|name| !name.starts_with('.'))
        .collect();
    let count = info.indices.len() as u64;
    let mut out = json!({
        "snapshot": info.name, "uuid": info.id, "version_id": 8_110_099,
        "version": super::node::COMPATIBLE, "pictor_version": info.version, "indices": indices,
        "data_streams": [], "include_global_state": info.include_global_state, "state": "SUCCESS",
        "start_time": date(info.started_ms), "start_time_in_millis": info.started_ms,
        "end_time": date(info.finished_ms), "end_time_in_millis": info.finished_ms,
        "duration_in_millis": info.finished_ms.saturating_sub(info.started_ms), "failures": [],
        "shards": {"total": count, "failed": 0, "successful": count}, "feature_states": [],
    });
    if !info.metadata.is_null() {
        out["metadata"] = info.metadata.clone();
    }
    out
}

fn in_progress(status: &SnapshotStatus) -> Value {
    json!({"snapshot": status.name, "state": "IN_PROGRESS", "indices": [], "failures": []})
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

/// `PUT /_snapshot/{repository}/{snapshot}`
pub fn create(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["wait_for_completion"])?;
    let wait = call.flag("wait_for_completion", false)?;
    let repository = repository(call)?;
    let name = call.part("snapshot").unwrap_or_default().to_owned();
    engine::snapshot::check_snapshot_name(repository.name(), &name)?;
    let mut body = call.object()?;
    let indices = text_or_list(body.remove("indices"), "indices")?;
    if let Some(indices) = &indices {
        visible(indices)?;
        call.app
            .node
            .resolve(indices)
            .map(|_| ())
            .or_else(|error| match body.get("ignore_unavailable") {
                Some(Value::Bool(true)) => Ok(()),
                _ => Err(error),
            })?;
    }
    let ignore_unavailable = flag(&mut body, "ignore_unavailable", false)?;
    let include_global_state = flag(&mut body, "include_global_state", true)?;
    flag(&mut body, "partial", false)?;
    let metadata = body.remove("metadata").unwrap_or(Value::Null);
    body.remove("feature_states");
    body.remove("expand_wildcards");
    if let Some(key) = body.keys().next() {
        return Err(EsError::illegal(format!("Unknown parameter {key}")));
    }
    let taken = repository
        .list()?
        .snapshots
        .iter()
        .any(|info| info.name == name);
    if taken
        || repository
            .running()
            .iter()
            .any(|status| status.name == name)
    {
        return Err(EsError::new(
            StatusCode::BAD_REQUEST,
            "invalid_snapshot_name_exception",
            format!(
                "[{}:{name}] Invalid snapshot name [{name}], snapshot with the same name already exists",
                repository.name()
            ),
        ));
    }
    let progress = Arc::new(SnapshotProgress::default());
    let app = Arc::clone(&call.app);
    let make = move |app: &App, progress: &Arc<SnapshotProgress>| {
        let store = app.node.store();
        let options = CreateOptions {
            indices,
            ignore_unavailable,
            include_global_state,
            extra: Some(Box::new(move || files(&store))),
            metadata,
        };
        repository.create(&app.node, &name, options, progress)
    };
    if wait {
        let info = make(&app, &progress)?;
        return Reply::ok(json!({"snapshot": printed(&info)}));
    }
    let what = format!(
        "{}/{}",
        call.part("repository").unwrap_or_default(),
        call.part("snapshot").unwrap_or_default()
    );
    app.repositories.note(what.clone(), &progress);
    let started = std::thread::Builder::new()
        .name("snapshot".to_owned())
        .spawn(move || {
            if let Err(error) = make(&app, &progress) {
                tracing::error!(snapshot = what, %error, "a snapshot failed");
            }
            app.repositories.done(&what);
        });
    match started {
        Ok(_) => Reply::ok(json!({"accepted": true})),
        Err(error) => Err(EsError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "exception",
            format!("no thread for the snapshot: {error}"),
        )),
    }
}

/// `GET /_snapshot/{repository}/{snapshot}`
pub fn get(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "verbose",
        "index_details",
        "sort",
        "size",
        "order",
        "after",
        "offset",
        "include_repository",
        "ignore_unavailable",
    ])?;
    let repository = repository(call)?;
    let wanted = call.part("snapshot").unwrap_or("_all");
    let listing = repository.list()?;
    let running = repository.running();
    let mut out = Vec::new();
    for pattern in wanted.split(',').map(str::trim) {
        let before = out.len();
        let all = matches!(pattern, "_all" | "*");
        for info in &listing.snapshots {
            if all || engine::mapping::wildcard_match(pattern, &info.name) {
                out.push(printed(info));
            }
        }
        for status in &running {
            if all
                || pattern == "_current"
                || engine::mapping::wildcard_match(pattern, &status.name)
            {
                out.push(in_progress(status));
            }
        }
        let exact = !all && pattern != "_current" && !pattern.contains('*');
        if exact && out.len() == before && !call.flag("ignore_unavailable", false)? {
            return Err(missing(repository.name(), pattern));
        }
    }
    if call.flag("include_repository", true)? {
        for snapshot in &mut out {
            snapshot["repository"] = json!(repository.name());
        }
    }
    let total = out.len();
    Reply::ok(json!({"snapshots": out, "total": total, "remaining": 0}))
}

fn missing(repository: &str, name: &str) -> EsError {
    EsError::new(
        StatusCode::NOT_FOUND,
        "snapshot_missing_exception",
        format!("[{repository}:{name}] is missing"),
    )
}

fn status_of(repository: &str, status: &SnapshotStatus) -> Value {
    let state = match status.state {
        SnapshotState::InProgress => "STARTED",
        SnapshotState::Success => "SUCCESS",
    };
    let work = status.work;
    json!({
        "snapshot": status.name, "repository": repository, "state": state,
        "include_global_state": status.info.as_ref().is_none_or(|info| info.include_global_state),
        "stats": {
            "incremental": {"file_count": work.blobs_moved, "size_in_bytes": work.bytes_moved},
            "processed": {"file_count": work.files_done, "size_in_bytes": work.bytes_done},
            "total": {"file_count": work.files, "size_in_bytes": work.bytes},
        },
    })
}

/// `GET /_snapshot/{repository}/{snapshot}/_status`, and of all that run
pub fn status(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["ignore_unavailable"])?;
    let mut out = Vec::new();
    match (call.part("repository"), call.part("snapshot")) {
        (Some(_), Some(names)) => {
            let repository = repository(call)?;
            for name in names.split(',').map(str::trim) {
                out.push(status_of(repository.name(), &repository.status(name)?));
            }
        }
        (Some(_), None) => {
            let repository = repository(call)?;
            out.extend(
                repository
                    .running()
                    .iter()
                    .map(|one| status_of(repository.name(), one)),
            );
        }
        _ => {
            for name in call.app.repositories.all().keys() {
                let repository = call.app.repositories.get(&call.app.settings, name)?;
                out.extend(repository.running().iter().map(|one| status_of(name, one)));
            }
        }
    }
    Reply::ok(json!({"snapshots": out}))
}

/// `DELETE /_snapshot/{repository}/{snapshot}`
pub fn delete(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["wait_for_completion"])?;
    let repository = repository(call)?;
    let wanted = call.part("snapshot").unwrap_or_default();
    let listing = repository.list()?;
    let mut names: Vec<String> = Vec::new();
    for pattern in wanted.split(',').map(str::trim) {
        if pattern.contains('*') {
            let found = listing.snapshots.iter().map(|info| &info.name);
            names.extend(
                found
                    .filter(|name| engine::mapping::wildcard_match(pattern, name))
                    .cloned(),
            );
        } else {
            names.push(pattern.to_owned());
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    repository.delete(&names)?;
    Reply::acknowledged()
}

/// `POST /_snapshot/{repository}/{snapshot}/_restore`
pub fn restore(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["wait_for_completion"])?;
    let wait = call.flag("wait_for_completion", false)?;
    let repository = repository(call)?;
    let name = call.part("snapshot").unwrap_or_default().to_owned();
    let mut body = call.object()?;
    let text = |value: Option<Value>, name: &str| match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(EsError::illegal(format!("[{name}] cannot be [{other}]"))),
    };
    let options = RestoreOptions {
        indices: text_or_list(body.remove("indices"), "indices")?,
        ignore_unavailable: flag(&mut body, "ignore_unavailable", false)?,
        rename_pattern: text(body.remove("rename_pattern"), "rename_pattern")?,
        rename_replacement: text(body.remove("rename_replacement"), "rename_replacement")?,
        include_aliases: flag(&mut body, "include_aliases", true)?,
        partial: flag(&mut body, "partial", false)?,
    };
    flag(&mut body, "include_global_state", false)?;
    body.remove("feature_states");
    if let Some(key) = body.keys().next() {
        return Err(EsError::illegal(format!("Unknown parameter {key}")));
    }
    // A request that cannot work fails at once, also where nobody waits.
    if !repository
        .list()?
        .snapshots
        .iter()
        .any(|info| info.name == name)
    {
        return Err(missing(repository.name(), &name));
    }
    let progress = Arc::new(SnapshotProgress::default());
    let app = Arc::clone(&call.app);
    let bring = move |app: &App, progress: &SnapshotProgress| {
        let mut sink = Restored {
            library: &app.library,
        };
        let report = repository.restore(&app.node, &name, &options, Some(&mut sink), progress)?;
        let names: Vec<String> = report
            .indices
            .iter()
            .map(|index| index.to.clone())
            .collect();
        let count = names.len() as u64;
        Ok::<_, EsError>(
            json!({"snapshot": {"snapshot": name, "indices": names, "shards": shards(count)}}),
        )
    };
    if wait {
        return Reply::ok(bring(&app, &progress)?);
    }
    let what = format!("restore {}", call.part("snapshot").unwrap_or_default());
    app.repositories.note(what.clone(), &progress);
    let started = std::thread::Builder::new()
        .name("restore".to_owned())
        .spawn(move || {
            if let Err(error) = bring(&app, &progress) {
                tracing::error!(what, error = error.reason, "a restore failed");
            }
            app.repositories.done(&what);
        });
    match started {
        Ok(_) => Reply::ok(json!({"accepted": true})),
        Err(error) => Err(EsError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "exception",
            format!("no thread for the restore: {error}"),
        )),
    }
}
