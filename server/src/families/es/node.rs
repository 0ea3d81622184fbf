//! The node as a cluster of one.

use engine::EngineError;
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::expression::Wildcards;
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
    let expression = call.index_as(Wildcards::All)?;
    // Closed indices are well, and have a shard that waits.
    let (targets, closed, there) = match call.app.node.named_indices(expression) {
        Ok(named) => {
            let (closed, open): (Vec<_>, Vec<_>) =
                named.into_iter().partition(|entry| entry.closed);
            let open = open.iter().map(|entry| call.app.node.index(&entry.name));
            let open: Vec<_> = open.filter_map(Result::ok).collect();
            (open, closed, true)
        }
        // Who waits for an index that does not come is told so at once.
        Err(EngineError::IndexNotFound(_)) => (Vec::new(), Vec::new(), false),
        Err(error) => return Err(error.into()),
    };
    let failed = targets
        .iter()
        .filter(|index| index.failure().is_some())
        .count();
    let status = if failed > 0 || !there { "red" } else { "green" };
    let shards = targets.len() - failed + closed.len();
    let come = there
        && call.get("wait_for_nodes").is_none_or(nodes_come)
        && match call.get("wait_for_active_shards") {
            None | Some("all") => true,
            Some(count) => count.parse().is_ok_and(|count: usize| count <= shards),
        };
    let mut out = json!({
        "cluster_name": NODE, "status": status, "timed_out": !come, "number_of_nodes": 1,
        "number_of_data_nodes": 1, "active_primary_shards": shards, "active_shards": shards,
        "relocating_shards": 0, "initializing_shards": 0, "unassigned_shards": failed,
        "delayed_unassigned_shards": 0, "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0, "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": if shards + failed == 0 {
            100.0
        } else {
            100.0 * shards as f64 / (shards + failed) as f64
        },
    });
    let level = call.get("level").unwrap_or("cluster");
    if !matches!(level, "cluster" | "indices" | "shards") {
        return Err(EsError::illegal(format!(
            "level parameter must be one of [cluster] or [indices] or [shards] but was [{level}]"
        )));
    }
    if level != "cluster" {
        let states = targets
            .iter()
            .map(|index| (index.name().to_owned(), index.failure().is_some()));
        let closed = closed.into_iter().map(|entry| (entry.name, false));
        let each: Map<String, Value> = states
            .chain(closed)
            .map(|(name, failed)| {
                let status = if failed { "red" } else { "green" };
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
                (name, one)
            })
            .collect();
        out["indices"] = Value::Object(each);
    }
    let status = if come {
        StatusCode::OK
    } else {
        StatusCode::REQUEST_TIMEOUT
    };
    Ok(Reply::Json(status, out))
}

/// Whether the one node is as many as `wait_for_nodes` asks for: `2`, `>=2`, `ge(2)` and the like.
fn nodes_come(wanted: &str) -> bool {
    let wanted = wanted.trim();
    let named = wanted
        .strip_suffix(')')
        .and_then(|inner| inner.split_once('('));
    let signs = [">=", "<=", ">", "<"];
    let signed = signs
        .iter()
        .find_map(|sign| Some((*sign, wanted.strip_prefix(sign)?)));
    let (how, count) = named.or(signed).unwrap_or(("=", wanted));
    let Ok(count) = count.trim().parse::<u64>() else {
        return false;
    };
    match how {
        ">=" | "ge" => 1 >= count,
        "<=" | "le" => 1 <= count,
        ">" | "gt" => 1 > count,
        "<" | "lt" => 1 < count,
        _ => count == 1,
    }
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
    let address = call.app.address().to_string();
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
        ("es", &call.app.es_pool),
        ("heavy", &call.app.heavy_pool),
        ("by_query", &call.app.long_pool),
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
