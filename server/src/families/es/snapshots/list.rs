//! Snapshots that there are or that are being made: looking and deleting.

use serde_json::json;

use super::super::call::Call;
use super::super::error::EsError;
use super::super::reply::Reply;
use super::shape::{in_progress, printed, status_of};
use super::{missing, repository};

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
