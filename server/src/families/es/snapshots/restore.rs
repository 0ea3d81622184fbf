//! The way back.

use std::sync::Arc;

use engine::snapshot::{RestoreOptions, SnapshotError, SnapshotProgress};
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::error::EsError;
use super::super::hits::shards;
use super::super::reply::Reply;
use super::{flag, in_background, missing, repository, text_or_list};
use crate::app::App;
use crate::snapshots::{NodeState, Restored};

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
    let node_state = match body.contains_key("include_global_state") {
        false => NodeState::WhereMissing,
        true if flag(&mut body, "include_global_state", false)? => NodeState::Required,
        true => NodeState::Never,
    };
    body.remove("feature_states");
    if let Some(key) = body.keys().next() {
        return Err(EsError::illegal(format!("Unknown parameter {key}")));
    }
    // A request that cannot work fails at once, also where nobody waits.
    let listing = repository.list()?;
    let Some(info) = listing.snapshots.iter().find(|info| info.name == name) else {
        return Err(missing(repository.name(), &name));
    };
    if node_state == NodeState::Required && !info.include_global_state {
        return Err(SnapshotError::Restore {
            repository: repository.name().to_owned(),
            name,
            reason:
                "cannot restore global state since the snapshot was created without global state"
                    .to_owned(),
        }
        .into());
    }
    let progress = Arc::new(SnapshotProgress::default());
    let what = format!("restore {}", call.part("snapshot").unwrap_or_default());
    let bring = move |app: &Arc<App>, progress: &SnapshotProgress| {
        let mut sink = Restored::new(app, node_state);
        let report = repository.restore(&app.node, &name, &options, Some(&mut sink), progress)?;
        let left = sink.finish()?;
        for reason in &left {
            tracing::warn!(snapshot = name, reason, "left as it is by a restore");
        }
        let names: Vec<String> = report
            .indices
            .iter()
            .map(|index| index.to.clone())
            .collect();
        let count = names.len() as u64;
        let mut told = json!({"snapshot": name, "indices": names, "shards": shards(count)});
        if !left.is_empty() {
            told["left"] = json!(left);
        }
        Ok::<_, EsError>(json!({"snapshot": told}))
    };
    if wait {
        return Reply::ok(bring(&call.app, &progress)?);
    }
    in_background(call, what, "restore", progress, move |app, progress| {
        bring(app, progress).map(|_| ())
    })
}
