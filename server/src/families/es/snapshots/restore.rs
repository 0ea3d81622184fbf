//! The way back.

use std::sync::Arc;

use engine::snapshot::{RestoreOptions, RestoreReport, SnapshotError, SnapshotProgress};
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::error::EsError;
use super::super::reply::Reply;
use super::{carry_out, flag, missing, repository, text_or_list};
use crate::app::App;
use crate::snapshots::{NodeState, Operation, Restored, Work};

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
    let mut sink = Restored::new(&call.app, node_state);
    let coming = repository.check_restore(&call.app.node, &name, &options, Some(&mut sink))?;
    drop(sink);
    let work = Work {
        operation: Operation::Restore,
        repository: call.part("repository").unwrap_or_default().to_owned(),
        snapshot: name.clone(),
        indices: coming.into_iter().map(|index| index.to).collect(),
    };
    let bring = move |app: &Arc<App>, progress: &Arc<SnapshotProgress>| {
        let mut sink = Restored::new(app, node_state);
        let report = repository.restore(&app.node, &name, &options, Some(&mut sink), progress)?;
        let left = sink.finish()?;
        for reason in &left {
            tracing::warn!(snapshot = name, reason, "left as it is by a restore");
        }
        Ok(json!({"snapshot": told(&name, report, left)}))
    };
    carry_out(call, work, wait, bring)
}

fn told(name: &str, report: RestoreReport, left: Vec<String>) -> Value {
    let names: Vec<&str> = report
        .indices
        .iter()
        .map(|index| index.to.as_str())
        .collect();
    let from: Vec<&str> = report
        .indices
        .iter()
        .map(|index| index.from.as_str())
        .collect();
    let failed = report.failed.iter();
    let lost = failed
        .filter(|(index, _)| !from.contains(&index.as_str()))
        .count();
    let mut out = json!({"snapshot": name, "indices": names, "shards": {
        "total": names.len() + lost, "failed": lost, "successful": names.len(),
    }});
    let failed = report.failed.iter();
    let left: Vec<String> = failed
        .map(|(index, reason)| format!("[{index}]: {reason}"))
        .chain(left)
        .collect();
    if !left.is_empty() {
        out["left"] = json!(left);
    }
    out
}
