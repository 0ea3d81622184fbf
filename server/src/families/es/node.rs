//! The node as a cluster of one.

use engine::EngineError;
use engine::node::StatsLevel;
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::reply::Reply;
use crate::VERSION;

/// The version of Elasticsearch that clients are told.
pub const COMPATIBLE: &str = "8.11.0";
/// The name of the node and its cluster.
pub(super) const NODE: &str = "pictor";
/// The node as tasks and shards name it.
pub(super) const NODE_ID: &str = "pictor-node-0000000001";

/// `GET /`
pub fn root(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    Reply::ok(json!({
        "name": NODE, "cluster_name": NODE, "cluster_uuid": "pictor-cluster-0000001",
        "version": {
            "number": COMPATIBLE, "build_flavor": "default", "build_type": "tar",
            "build_hash": VERSION, "build_date": "2026-01-01T00:00:00.000000000Z",
            "build_snapshot": false, "lucene_version": "9.8.0",
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        "tagline": "You Know, for Search",
        "pictor": VERSION,
    }))
}

/// `HEAD /`
pub fn ping(_call: &Call) -> Result<Reply, EsError> {
    Ok(Reply::Status(StatusCode::OK))
}

/// `_cluster/health`
pub fn health(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "wait_for_status",
        "wait_for_nodes",
        "wait_for_no_relocating_shards",
        "wait_for_no_initializing_shards",
        "wait_for_events",
        "level",
    ])?;
    let (targets, there) = match call.app.node.resolve(call.index()?) {
        Ok(targets) => (targets, true),
        // Who waits for an index that does not come is told so at once.
        Err(EngineError::IndexNotFound(_)) => (Vec::new(), false),
        Err(error) => return Err(error.into()),
    };
    let failed = targets
        .iter()
        .filter(|target| target.index.failure().is_some())
        .count();
    let status = if failed > 0 || !there { "red" } else { "green" };
    let shards = targets.len() - failed;
    let mut out = json!({
        "cluster_name": NODE, "status": status, "timed_out": !there, "number_of_nodes": 1,
        "number_of_data_nodes": 1, "active_primary_shards": shards, "active_shards": shards,
        "relocating_shards": 0, "initializing_shards": 0, "unassigned_shards": failed,
        "delayed_unassigned_shards": 0, "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0, "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": if targets.is_empty() {
            100.0
        } else {
            100.0 * shards as f64 / targets.len() as f64
        },
    });
    let level = call.get("level").unwrap_or("cluster");
    if !matches!(level, "cluster" | "indices" | "shards") {
        return Err(EsError::illegal(format!(
            "level parameter must be one of [cluster] or [indices] or [shards] but was [{level}]"
        )));
    }
    if level != "cluster" {
        let each: Map<String, Value> = targets
            .iter()
            .map(|target| {
                let status = if target.index.failure().is_some() {
                    "red"
                } else {
                    "green"
                };
                let active = u8::from(status == "green");
                let counts = json!({"active_shards": active, "relocating_shards": 0,
                    "initializing_shards": 0, "unassigned_shards": 1 - active});
                let with = |mut one: Value| {
                    for (key, value) in counts.as_object().into_iter().flatten() {
                        one[key] = value.clone();
                    }
                    one
                };
                let mut one = with(json!({"status": status, "number_of_shards": 1,
                    "number_of_replicas": 0, "active_primary_shards": active}));
                if level == "shards" {
                    let shard = json!({"status": status, "primary_active": active == 1});
                    one["shards"] = json!({"0": with(shard)});
                }
                (target.index.name().to_owned(), one)
            })
            .collect();
        out["indices"] = Value::Object(each);
    }
    let status = if there {
        StatusCode::OK
    } else {
        StatusCode::REQUEST_TIMEOUT
    };
    Ok(Reply::Json(status, out))
}

/// `GET _cluster/settings`
pub fn cluster_settings(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["include_defaults"])?;
    Reply::ok(json!({"persistent": {}, "transient": {}}))
}

/// `PUT _cluster/settings`: there is nothing to set.
pub fn put_cluster_settings(call: &Call) -> Result<Reply, EsError> {
    let body = call.object()?;
    let set = ["persistent", "transient"].iter().find_map(|part| {
        let settings = body.get(*part)?.as_object()?;
        settings.keys().next().cloned()
    });
    match set {
        None => Reply::ok(json!({"acknowledged": true, "persistent": {}, "transient": {}})),
        Some(name) => Err(EsError::illegal(format!(
            "{}setting [{name}], not recognized",
            if body.contains_key("persistent") {
                "persistent "
            } else {
                "transient "
            }
        ))),
    }
}

/// `_cluster/state`: as much of it as dashboards ask for.
pub fn cluster_state(call: &Call) -> Result<Reply, EsError> {
    let indices = call.app.node.get_indices("_all")?;
    Reply::ok(json!({
        "cluster_name": NODE, "cluster_uuid": "pictor-cluster-0000001", "master_node": NODE_ID,
        "nodes": {NODE_ID: {"name": NODE}}, "metadata": {"indices": indices},
    }))
}

/// `_cluster/stats`
pub fn cluster_stats(call: &Call) -> Result<Reply, EsError> {
    let indices = call.app.node.stats().indices;
    let all = call.app.node.all_stats()?;
    Reply::ok(json!({
        "_nodes": {"total": 1, "successful": 1, "failed": 0}, "cluster_name": NODE,
        "status": "green", "timestamp": engine::clock::now_millis(),
        "indices": {"count": indices, "shards": {"total": indices, "primaries": indices},
            "docs": all["docs"], "store": all["store"], "segments": all["segments"],
            "fielddata": all["fielddata"], "query_cache": all["query_cache"],
            "completion": all["completion"]},
        "nodes": {"count": {"total": 1, "data": 1, "master": 1}, "versions": [COMPATIBLE]},
    }))
}

/// What the node does.
pub(super) fn roles() -> Value {
    json!(["data", "ingest", "master"])
}

/// `_nodes`
pub fn nodes(call: &Call) -> Result<Reply, EsError> {
    Reply::ok(nodes_info(call))
}

pub(super) fn nodes_info(call: &Call) -> Value {
    let address = call.app.settings.listen.to_string();
    json!({
        "_nodes": {"total": 1, "successful": 1, "failed": 0}, "cluster_name": NODE,
        "nodes": {NODE_ID: {
            "name": NODE, "transport_address": address, "host": "127.0.0.1", "ip": "127.0.0.1",
            "version": COMPATIBLE, "build_flavor": "default", "build_type": "tar",
            "build_hash": VERSION, "roles": roles(),
            "http": {"publish_address": address, "max_content_length_in_bytes": call.app.settings.limits.max_bulk_bytes},
            "plugins": [], "modules": [], "ingest": {"processors": []},
        }},
    })
}

/// `_nodes/stats`
pub fn nodes_stats(call: &Call) -> Result<Reply, EsError> {
    Reply::ok(nodes_numbers(call)?)
}

pub(super) fn nodes_numbers(call: &Call) -> Result<Value, EsError> {
    let indices = call.app.node.all_stats()?;
    let pools = [
        ("search", &call.app.search_pool),
        ("write", &call.app.write_pool),
        ("detect", &call.app.detect_pool),
    ];
    let pools: Map<String, Value> = pools
        .into_iter()
        .map(|(name, pool)| {
            let stats = pool.stats();
            let told = json!({"threads": stats.threads, "queue": stats.queued, "active": stats.active,
                "rejected": stats.rejected, "largest": stats.threads, "completed": stats.completed});
            (name.to_owned(), told)
        })
        .collect();
    let uptime = call.app.started.elapsed().as_millis() as u64;
    let free = call.app.node.store().available_space();
    Ok(json!({
        "_nodes": {"total": 1, "successful": 1, "failed": 0}, "cluster_name": NODE,
        "nodes": {NODE_ID: {
            "timestamp": engine::clock::now_millis(), "name": NODE, "host": "127.0.0.1",
            "ip": "127.0.0.1", "roles": roles(),
            "indices": indices,
            "jvm": {"uptime_in_millis": uptime},
            "fs": {"total": {"available_in_bytes": free}},
            "thread_pool": pools,
        }},
    }))
}

/// `_license`, which clients ask for before they talk.
pub fn license(_call: &Call) -> Result<Reply, EsError> {
    Reply::ok(
        json!({"license": {"status": "active", "uid": NODE_ID, "type": "basic",
        "issue_date": "2026-01-01T00:00:00.000Z", "issue_date_in_millis": 1_767_225_600_000u64,
        "max_nodes": 1, "issued_to": NODE, "issuer": NODE, "start_date_in_millis": -1}}),
    )
}

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
    json!({"state": "STARTED", "primary": true, "node": NODE_ID, "relocating_node": null})
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
