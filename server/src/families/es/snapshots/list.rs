//! Snapshots that there are or that are being made: looking and deleting.

use serde_json::{Value, json};

use super::super::call::Call;
use super::super::error::EsError;
use super::super::reply::Reply;
use super::shape::{failed_restore, failed_snapshot, in_progress, printed, restore, status_of};
use super::{missing, repository};
use crate::snapshots::{FailedWork, Operation, Work};

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

/// `GET /_snapshot/{repository}/{snapshot}/_status`, and of all that run
pub fn status(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["ignore_unavailable"])?;
    let mut out = Vec::new();
    match (call.part("repository"), call.part("snapshot")) {
        (Some(_), Some(names)) => {
            let repository = repository(call)?;
            for name in names.split(',').map(str::trim) {
                match repository.status(name) {
                    Ok(status) => out.push(status_of(repository.name(), &status)),
                    Err(missing) => {
                        let failed = failed(call, Operation::Snapshot);
                        let failed = failed.iter().find(|failed| failed.work.snapshot == name);
                        out.push(failed.map(failed_snapshot).ok_or(missing)?);
                    }
                }
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
    let mut told = json!({"snapshots": out});
    let works = &call.app.repositories.works;
    let running = works.restores().into_iter();
    let restores: Vec<Value> = running
        .filter(|(work, _)| is_asked_for(call, work))
        .map(|(work, progress)| restore(&work, &progress))
        .chain(failed(call, Operation::Restore).iter().map(failed_restore))
        .collect();
    if !restores.is_empty() {
        told["restores"] = json!(restores);
    }
    // With names they are among the snapshots.
    let failures = failed(call, Operation::Snapshot);
    if !failures.is_empty() && call.part("snapshot").is_none() {
        told["failed"] = failures.iter().map(failed_snapshot).collect();
    }
    Reply::ok(told)
}

/// Whether a request's path names the repository and the snapshot of some work, or none.
fn is_asked_for(call: &Call, work: &Work) -> bool {
    let repository = call.part("repository");
    let snapshots = call.part("snapshot");
    repository.is_none_or(|name| name == work.repository)
        && snapshots.is_none_or(|names| names.split(',').any(|name| name.trim() == work.snapshot))
}

/// What failed lately of what the path names.
fn failed(call: &Call, operation: Operation) -> Vec<FailedWork> {
    let mut failed = call.app.repositories.works.failed();
    failed.retain(|failed| failed.work.operation == operation && is_asked_for(call, &failed.work));
    failed
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
