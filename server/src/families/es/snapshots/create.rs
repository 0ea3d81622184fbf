//! Making a snapshot.

use std::sync::Arc;

use engine::snapshot::{CreateOptions, SnapshotProgress};
use poem::http::StatusCode;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::error::EsError;
use super::super::reply::Reply;
use super::shape::printed;
use super::{flag, in_background, repository, text_or_list};
use crate::app::App;
use crate::snapshots::files;

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
    let make = move |app: &Arc<App>, progress: &Arc<SnapshotProgress>| {
        let options = CreateOptions {
            indices,
            ignore_unavailable,
            include_global_state,
            extra: Some(Box::new(|| files(app, include_global_state))),
            metadata,
        };
        repository.create(&app.node, &name, options, progress)
    };
    if wait {
        let info = make(&call.app, &progress)?;
        return Reply::ok(json!({"snapshot": printed(&info)}));
    }
    let what = format!(
        "{}/{}",
        call.part("repository").unwrap_or_default(),
        call.part("snapshot").unwrap_or_default()
    );
    in_background(call, what, "snapshot", progress, move |app, progress| {
        make(app, progress)?;
        Ok(())
    })
}
