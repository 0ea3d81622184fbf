//! Snapshots in Elasticsearch's shape.

use engine::snapshot::{SnapshotInfo, SnapshotState, SnapshotStatus};
use serde_json::{Value, json};

use super::super::node::COMPATIBLE;

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
    let count = info.indices.len() as u64;
    let mut out = json!({
        "snapshot": info.name, "uuid": info.id, "version_id": 8_110_099,
        "version": COMPATIBLE, "pictor_version": info.version, "indices": indices,
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

pub(super) fn in_progress(status: &SnapshotStatus) -> Value {
    json!({"snapshot": status.name, "state": "IN_PROGRESS", "indices": [], "failures": []})
}

pub(super) fn status_of(repository: &str, status: &SnapshotStatus) -> Value {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_three_digits_of_milliseconds() {
        assert_eq!(date(1_795_281_217_700), "2026-11-21T17:13:37.700Z");
        assert_eq!(date(0), "1970-01-01T00:00:00.000Z");
    }
}
