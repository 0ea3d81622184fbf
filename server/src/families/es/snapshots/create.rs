//! Making a snapshot.

use std::sync::Arc;

use engine::snapshot::{CreateOptions, SnapshotProgress};
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::error::EsError;
use super::super::reply::Reply;
use super::shape::printed;
use super::{carry_out, flag, repository, text_or_list};
use crate::app::App;
use crate::snapshots::{Operation, Taken, Work};

/// `PUT /_snapshot/{repository}/{snapshot}`
pub fn create(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["wait_for_completion"])?;
    let wait = call.flag("wait_for_completion", false)?;
    let repository = repository(call)?;
    let name = call.part("snapshot").unwrap_or_default().to_owned();
    let mut body = call.object()?;
    let indices = text_or_list(body.remove("indices"), "indices")?;
    if let Some(indices) = &indices {
        // Closed indices are copied too, so nothing is opened here.
        let reserved = call.app.node.reserved();
        if let Some(own) = indices.split(',').find(|name| reserved.is_own(name.trim())) {
            return Err(EsError::no_index(own.trim()));
        }
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
    let options = CreateOptions {
        indices,
        ignore_unavailable,
        include_global_state,
        extra: None,
        metadata,
    };
    // What cannot work is refused at once, also where nobody waits.
    repository.check_create(&call.app.node, &name, &options)?;
    let work = Work {
        operation: Operation::Snapshot,
        repository: call.part("repository").unwrap_or_default().to_owned(),
        snapshot: name.clone(),
        indices: Vec::new(),
    };
    let make = move |app: &Arc<App>, progress: &Arc<SnapshotProgress>| {
        let options = CreateOptions {
            extra: Some(Box::new(Taken::new(app, include_global_state))),
            ..options
        };
        let info = repository.create(&app.node, &name, options, progress)?;
        Ok(json!({"snapshot": printed(&info)}))
    };
    carry_out(call, work, wait, make)
}
