//! `_tasks`: operations by query that run, and what those came to that nobody waited for.

use std::sync::Arc;
use std::time::Duration;

use engine::mapping::wildcard_match;
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::by_query;
use super::call::Call;
use super::contexts::time_value;
use super::error::EsError;
use super::node::{NODE, NODE_ID};
use super::reply::Reply;
use crate::tasks::{Task, TaskView};

/// How long somebody waits for a task unless told otherwise.
const WAIT: Duration = Duration::from_secs(30);
/// How often a task is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(25);

/// A task's name.
pub(super) fn name(id: u64) -> String {
    format!("{NODE_ID}:{id}")
}

/// How far a task is, as its status and its answer say it.
pub(super) fn status(view: &TaskView, deletes: bool) -> Map<String, Value> {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let progress = &view.progress;
    let mut out = Map::new();
    out.insert("total".into(), json!(progress.total));
    if !deletes {
        out.insert("updated".into(), json!(progress.updated));
    }
    for (key, count) in [
        ("deleted", progress.deleted),
        ("batches", progress.batches),
        ("version_conflicts", progress.conflicts),
        ("noops", progress.noops),
    ] {
        out.insert(key.into(), json!(count));
    }
    out.insert("retries".into(), json!({"bulk": 0, "search": 0}));
    out.insert("throttled_millis".into(), json!(millis(view.throttled)));
    let rate = view.rate.unwrap_or(-1.0);
    out.insert("requests_per_second".into(), json!(rate));
    out.insert("throttled_until_millis".into(), json!(millis(view.waits)));
    out
}

/// A task as lists show it.
fn shown(view: &TaskView, detailed: bool) -> Value {
    let mut out = json!({
        "node": NODE_ID, "id": view.id, "type": "transport", "action": view.action,
        "start_time_in_millis": view.started_ms,
        "running_time_in_nanos": u64::try_from(view.ran.as_nanos()).unwrap_or(u64::MAX),
        "cancellable": true, "cancelled": view.cancelled, "headers": {},
    });
    if detailed && view.action.starts_with(super::snapshots::ACTIONS) {
        out["description"] = json!(view.description);
    } else if detailed {
        let mut told = status(view, view.action.ends_with("delete/byquery"));
        if view.action.ends_with("reindex") {
            told.insert("created".into(), json!(view.progress.created));
        }
        out["status"] = Value::Object(told);
        out["description"] = json!(view.description);
    }
    out
}

/// The number of a task that a request names.
fn number(name: &str) -> Result<u64, EsError> {
    let (node, number) = name
        .split_once(':')
        .ok_or_else(|| EsError::illegal(format!("malformed task id {name}")))?;
    let number = number
        .parse()
        .map_err(|_| EsError::illegal(format!("malformed task id {name}")))?;
    if node == NODE_ID {
        Ok(number)
    } else {
        Err(missing(name))
    }
}

fn missing(name: &str) -> EsError {
    EsError::new(
        StatusCode::NOT_FOUND,
        "resource_not_found_exception",
        format!("task [{name}] isn't running and hasn't stored its results"),
    )
}

/// The running tasks that a request's parameters name.
fn chosen(call: &Call) -> Vec<Arc<Task>> {
    let fits = |names: Option<&str>, value: &str| {
        names.is_none_or(|names| {
            let mut names = names.split(',');
            names.any(|name| wildcard_match(name.trim(), value))
        })
    };
    let here = call.get("nodes").is_none_or(|nodes| {
        let local = ["_local", "_all", "_master"];
        nodes.split(',').any(|node| {
            local.contains(&node) || wildcard_match(node, NODE_ID) || wildcard_match(node, NODE)
        })
    });
    // A task's children would be tasks of other nodes.
    let own = call.get("parent_task_id").is_none_or(str::is_empty);
    if !here || !own {
        return Vec::new();
    }
    let all = call.app.tasks.running().into_iter();
    all.filter(|task| fits(call.get("actions"), task.action()))
        .collect()
}

/// A list of tasks in the grouping that a request asks for.
fn grouped(call: &Call, tasks: &[Arc<Task>], detailed: bool) -> Result<Reply, EsError> {
    let each = || tasks.iter().map(|task| task.view());
    let named = || -> Map<String, Value> {
        let each = each().map(|view| (name(view.id), shown(&view, detailed)));
        each.collect()
    };
    match call.get("group_by") {
        None | Some("nodes") if tasks.is_empty() => Reply::ok(json!({"nodes": {}})),
        None | Some("nodes") => {
            let address = call.app.address().to_string();
            Reply::ok(json!({"nodes": {NODE_ID: {
                "name": NODE, "transport_address": address, "host": "127.0.0.1",
                "ip": address, "roles": super::node::roles(), "tasks": named(),
            }}}))
        }
        Some("parents") => Reply::ok(json!({"tasks": named()})),
        Some("none") => {
            let list: Vec<Value> = each().map(|view| shown(&view, detailed)).collect();
            Reply::ok(json!({"tasks": list}))
        }
        Some(other) => Err(EsError::illegal(format!(
            "No enum constant for [group_by] with value [{other}]: nodes, parents or none"
        ))),
    }
}

const CHOICE: &[&str] = &[
    "actions",
    "nodes",
    "parent_task_id",
    "group_by",
    "wait_for_completion",
];

/// `GET _tasks`
pub fn list(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[CHOICE, &["detailed"]].concat())?;
    grouped(call, &chosen(call), call.flag("detailed", false)?)
}

/// `GET _tasks/{id}`
pub fn get(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["wait_for_completion"])?;
    let id = call.part("task_id").unwrap_or_default();
    let task = call.app.tasks.get(number(id)?).ok_or_else(|| missing(id))?;
    let view = task.view();
    let mut out = json!({"completed": view.outcome.is_some(), "task": shown(&view, true)});
    match view.outcome {
        Some(Ok(response)) => out["response"] = response,
        Some(Err(error)) => out["error"] = error,
        None => {}
    }
    Reply::ok(out)
}

/// Waits for the task that a request wants to see the end of; the runtime does, no thread of a pool.
pub(super) async fn wait(call: &Call) {
    let waits = call.flag("wait_for_completion", false).unwrap_or(false);
    let named = call.part("task_id").map(number);
    let (true, Some(Ok(id))) = (waits, named) else {
        return;
    };
    let limit = call.get("timeout").map_or(Ok(WAIT), time_value);
    let until = std::time::Instant::now() + limit.unwrap_or(WAIT);
    while let Some(task) = call.app.tasks.get(id)
        && !task.has_ended()
        && std::time::Instant::now() < until
    {
        tokio::time::sleep(LOOK).await;
    }
}

/// `POST _tasks/_cancel`
pub fn cancel_all(call: &Call) -> Result<Reply, EsError> {
    call.allow(CHOICE)?;
    let tasks = chosen(call);
    tasks.iter().for_each(|task| task.cancel());
    grouped(call, &tasks, true)
}

/// The running task that the path names.
fn named(call: &Call) -> Result<Arc<Task>, EsError> {
    let id = call.part("task_id").unwrap_or_default();
    let found = call.app.tasks.get(number(id)?);
    found.filter(|task| !task.has_ended()).ok_or_else(|| {
        EsError::new(
            StatusCode::NOT_FOUND,
            "resource_not_found_exception",
            format!("task [{id}] is not found"),
        )
    })
}

/// `POST _tasks/{id}/_cancel`
pub fn cancel(call: &Call) -> Result<Reply, EsError> {
    call.allow(CHOICE)?;
    let task = named(call)?;
    task.cancel();
    grouped(call, &[task], true)
}

/// `POST _reindex/{id}/_rethrottle` and the like
pub fn rethrottle(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["requests_per_second", "group_by"])?;
    if call.get("requests_per_second").is_none() {
        return Err(EsError::invalid(
            "requests_per_second is a required parameter",
        ));
    }
    let task = named(call)?;
    task.rethrottle(by_query::rate(call)?);
    grouped(call, &[task], true)
}
