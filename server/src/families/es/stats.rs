//! What indices hold and have done: `_stats`, `_segments`.

use engine::node::StatsLevel;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::node::NODE_ID;
use super::reply::Reply;

/// Refuses metrics that no node has.
pub(super) fn known_metrics(call: &Call, wanted: &[&str], known: &[&str]) -> Result<(), EsError> {
    match wanted.iter().find(|wanted| !known.contains(wanted)) {
        None => Ok(()),
        Some(unknown) => Err(EsError::illegal(format!(
            "request [{}] contains unrecognized metric: [{unknown}]",
            call.route
        ))),
    }
}

/// `_stats`
pub fn stats(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "level",
        "fields",
        "fielddata_fields",
        "completion_fields",
        "groups",
        "include_segment_file_sizes",
        "include_unloaded_segments",
        "forbid_closed_indices",
    ])?;
    let level = match call.get("level") {
        None => StatsLevel::default(),
        Some(word) => StatsLevel::from_word(word).ok_or_else(|| {
            EsError::illegal(format!(
                "level parameter must be one of [cluster] or [indices] or [shards] but was [{word}]"
            ))
        })?,
    };
    let mut stats = call.app.node.index_stats(call.index()?, level)?;
    if let Some(wanted) = call.part("metric").filter(|wanted| *wanted != "_all") {
        let wanted: Vec<&str> = wanted.split(',').map(str::trim).collect();
        known_metrics(call, &wanted, INDEX_METRICS)?;
        only_metrics(&mut stats, &wanted);
    }
    for shard in shards(&mut stats) {
        shard["routing"] = routing();
    }
    Reply::ok(stats)
}

/// What `_stats` may be asked for.
pub(super) const INDEX_METRICS: &[&str] = &[
    "_all",
    "bulk",
    "completion",
    "dense_vector",
    "docs",
    "fielddata",
    "flush",
    "get",
    "indexing",
    "mappings",
    "merge",
    "query_cache",
    "recovery",
    "refresh",
    "request_cache",
    "search",
    "segments",
    "shard_stats",
    "store",
    "suggest",
    "translog",
    "warmer",
];

/// Whether a part of an index's numbers is among the metrics that are wanted.
pub(super) fn is_metric(part: &str, wanted: &[&str]) -> bool {
    let name = if part == "merges" { "merge" } else { part };
    wanted.contains(&name)
}

/// The shards of what `_stats` tells, where it tells of them.
fn shards(stats: &mut Value) -> impl Iterator<Item = &mut Value> {
    let indices = stats.get_mut("indices").and_then(Value::as_object_mut);
    let shards = indices.into_iter().flatten().filter_map(|(_, index)| {
        let shards = index.get_mut("shards")?.as_object_mut()?;
        Some(
            shards
                .iter_mut()
                .filter_map(|(_, copies)| copies.as_array_mut()),
        )
    });
    shards.flatten().flatten()
}

/// Leaves what is wanted, of the sums and of each index and shard.
fn only_metrics(stats: &mut Value, wanted: &[&str]) {
    fn retain(numbers: &mut Value, wanted: &[&str]) {
        if let Some(numbers) = numbers.as_object_mut() {
            numbers.retain(|name, _| name == "commit" || is_metric(name, wanted));
        }
    }
    let sums = |of: &mut Value| {
        for part in ["primaries", "total"] {
            if let Some(numbers) = of.get_mut(part) {
                retain(numbers, wanted);
            }
        }
    };
    if let Some(all) = stats.get_mut("_all") {
        sums(all);
    }
    let indices = stats.get_mut("indices").and_then(Value::as_object_mut);
    for (_, index) in indices.into_iter().flatten() {
        sums(index);
    }
    for shard in shards(stats) {
        retain(shard, wanted);
    }
}

/// Where a shard is: here.
fn routing() -> Value {
    json!({"state": "STARTED", "primary": true, "node": NODE_ID})
}

/// `_segments`
pub fn segments(call: &Call) -> Result<Reply, EsError> {
    let targets = call.app.node.resolve(call.index()?)?;
    let mut indices = Map::new();
    for target in &targets {
        let mut parts = Map::new();
        for (number, segment) in target.index.segments().into_iter().enumerate() {
            parts.insert(
                format!("_{number}"),
                json!({"generation": target.index.generation(), "num_docs": segment.documents,
                    "deleted_docs": segment.deleted, "committed": true, "search": true,
                    "id": segment.id}),
            );
        }
        let routing = routing();
        indices.insert(
            target.index.name().to_owned(),
            json!({"shards": {"0": [{"routing": routing, "num_committed_segments": parts.len(),
                "num_search_segments": parts.len(), "segments": parts}]}}),
        );
    }
    Reply::ok(json!({"_shards": super::hits::broadcast(targets.len() as u64), "indices": indices}))
}
