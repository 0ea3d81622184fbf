//! `_nodes` with the node's name and parts of what is told of it in the path.

use engine::mapping::wildcard_match;
use serde_json::{Value, json};

use super::call::Call;
use super::error::EsError;
use super::node::{NODE, NODE_ID, nodes_info, nodes_numbers};
use super::reply::Reply;
use super::stats::{INDEX_METRICS, is_metric, known_metrics};

/// Parts of what is told of a node.
const INFO: &[&str] = &[
    "_all",
    "aggregations",
    "http",
    "indices",
    "ingest",
    "jvm",
    "os",
    "plugins",
    "process",
    "settings",
    "thread_pool",
    "transport",
];
/// Parts of a node's numbers.
const NUMBERS: &[&str] = &[
    "_all",
    "adaptive_selection",
    "breaker",
    "discovery",
    "fs",
    "http",
    "indexing_pressure",
    "indices",
    "ingest",
    "jvm",
    "os",
    "process",
    "repositories",
    "script",
    "thread_pool",
    "transport",
];

/// `_nodes/{node}`, `_nodes/{metrics}`, `_nodes/{node}/{metrics}`, and the same with `stats` before metrics.
pub fn parts(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let given = ["node", "metric", "part"].map(|name| call.part(name).unwrap_or_default());
    let (names, numbers, metrics) = match given {
        ["stats", metrics, _] => ("_all", true, metrics),
        [names, "stats", metrics] => (names, true, metrics),
        [first, "", _] if first.split(',').all(|part| INFO.contains(&part.trim())) => {
            ("_all", false, first)
        }
        [names, metrics, ""] => (names, false, metrics),
        _ => {
            return Err(EsError::illegal(format!(
                "no handler found for uri [{}] and method [GET]",
                call.route
            )));
        }
    };
    let (mut out, known) = if numbers {
        (nodes_numbers(call)?, NUMBERS)
    } else {
        (nodes_info(call), INFO)
    };
    let wanted: Vec<&str> = metrics
        .split(',')
        .map(str::trim)
        .filter(|metric| !metric.is_empty())
        .collect();
    known_metrics(call, &wanted, known)?;
    if !names.split(',').any(|name| is_this(name.trim())) {
        out["_nodes"] = json!({"total": 0, "successful": 0, "failed": 0});
        out["nodes"] = json!({});
        return Reply::ok(out);
    }
    if !wanted.is_empty() && !wanted.contains(&"_all") {
        let node = out.pointer_mut(&format!("/nodes/{NODE_ID}"));
        if let Some(Value::Object(node)) = node {
            node.retain(|key, _| !known.contains(&key.as_str()) || wanted.contains(&key.as_str()));
        }
    }
    if let ["stats", _, kinds] = given
        && !kinds.is_empty()
    {
        let kinds: Vec<&str> = kinds.split(',').map(str::trim).collect();
        known_metrics(call, &kinds, INDEX_METRICS)?;
        let indices = out.pointer_mut(&format!("/nodes/{NODE_ID}/indices"));
        if let Some(Value::Object(indices)) = indices.filter(|_| !kinds.contains(&"_all")) {
            indices.retain(|kind, _| is_metric(kind, &kinds));
        }
    }
    Reply::ok(out)
}

/// Whether a name, or what stands for one, means this node.
fn is_this(name: &str) -> bool {
    matches!(
        name,
        "_all" | "_local" | "_master" | "master:true" | "data:true" | "ingest:true" | "127.0.0.1"
    ) || wildcard_match(name, NODE)
        || wildcard_match(name, NODE_ID)
}
