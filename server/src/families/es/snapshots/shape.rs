//! Snapshots in Elasticsearch's shape.

use engine::snapshot::{
    SnapshotFailure, SnapshotInfo, SnapshotProgress, SnapshotState, SnapshotStatus,
};
use serde_json::{Value, json};

use super::super::node::{COMPATIBLE, NODE_ID};
use crate::snapshots::{FailedWork, Work};

/// With milliseconds always, as clients parse it.
fn date(ms: i64) -> String {
    engine::query::date::format_millis(ms.saturating_mul(1_000_000))
}

pub(super) fn printed(info: &SnapshotInfo) -> Value {
    let indices: Vec<&str> = info
        .indices
        .iter()
        .map(|index| index.name.as_str())
        .filter(|name| !name.starts_with('.'))
        .collect();
    let lost = info.failures.iter();
    let lost = lost.filter(|failure| !info.indices.iter().any(|i| i.name == failure.index));
    let (count, failed) = (info.indices.len() + lost.count(), info.failures.len());
    let state = match info.state() {
        SnapshotState::InProgress => "IN_PROGRESS",
        SnapshotState::Success => "SUCCESS",
        SnapshotState::Partial => "PARTIAL",
    };
    let failures: Vec<Value> = info.failures.iter().map(failure).collect();
    let mut out = json!({
        "snapshot": info.name, "uuid": info.id, "version_id": 8_110_099,
        "version": COMPATIBLE, "pictor_version": info.version, "indices": indices,
        "data_streams": [], "include_global_state": info.include_global_state, "state": state,
        "start_time": date(info.started_ms), "start_time_in_millis": info.started_ms,
        "end_time": date(info.finished_ms), "end_time_in_millis": info.finished_ms,
        "duration_in_millis": info.finished_ms.saturating_sub(info.started_ms), "failures": failures,
        "shards": {"total": count, "failed": failed, "successful": count - failed}, "feature_states": [],
    });
    if !info.metadata.is_null() {
        out["metadata"] = info.metadata.clone();
    }
    out
}

/// A failure of the one shard that an index has.
fn failure(failure: &SnapshotFailure) -> Value {
    json!({
        "index": failure.index, "index_uuid": failure.index, "shard_id": 0, "node_id": NODE_ID,
        "reason": failure.reason, "status": "INTERNAL_SERVER_ERROR",
    })
}

pub(super) fn in_progress(status: &SnapshotStatus) -> Value {
    json!({"snapshot": status.name, "state": "IN_PROGRESS", "indices": [], "failures": []})
}

pub(super) fn status_of(repository: &str, status: &SnapshotStatus) -> Value {
    let state = match status.state {
        SnapshotState::InProgress => "STARTED",
        SnapshotState::Success => "SUCCESS",
        SnapshotState::Partial => "PARTIAL",
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

/// A snapshot that was not made.
pub(super) fn failed_snapshot(failed: &FailedWork) -> Value {
    json!({
        "snapshot": failed.work.snapshot, "repository": failed.work.repository, "state": "FAILED",
        "failure": failed.reason, "end_time": date(failed.at_ms),
        "end_time_in_millis": failed.at_ms,
    })
}

/// A restore that goes on.
pub(super) fn restore(work: &Work, progress: &SnapshotProgress) -> Value {
    let now = progress.now();
    json!({
        "snapshot": work.snapshot, "repository": work.repository, "state": "STARTED",
        "indices": work.indices,
        "stats": {
            "processed": {"file_count": now.files_done, "size_in_bytes": now.bytes_done},
            "total": {"file_count": now.files, "size_in_bytes": now.bytes},
        },
    })
}

/// A restore that failed.
pub(super) fn failed_restore(failed: &FailedWork) -> Value {
    let mut out = failed_snapshot(failed);
    out["indices"] = json!(failed.work.indices);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_three_digits_of_milliseconds() {
        assert_eq!(date(1_795_281_217_700), "2026-11-21T17:13:37.700Z");
        assert_eq!(date(0), "1970-01-01T00:00:00.000Z");
    }
}
