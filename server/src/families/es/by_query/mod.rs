//! `_delete_by_query`, `_update_by_query` without scripts, `_reindex`: tasks, in the background where the
//! request does not wait.

mod plan;
mod run;

use std::sync::Arc;

use engine::request::{SearchRequest, TrackTotalHits};
use serde_json::json;

use self::plan::{Kind, Plan};
use super::call::Call;
use super::error::EsError;
use super::reply::Reply;
use super::tasks;

pub use self::plan::rate;

/// `_delete_by_query`
pub fn delete(call: &Call) -> Result<Reply, EsError> {
    let plan = Plan::by_query(call, Kind::Delete)?;
    let told = format!("delete-by-query [{}]", plan.expression);
    start(call, plan, "indices:data/write/delete/byquery", told)
}

/// `_update_by_query`: writes each document as it is, so that new fields of the mapping reach it.
pub fn update(call: &Call) -> Result<Reply, EsError> {
    let plan = Plan::by_query(call, Kind::Update)?;
    let told = format!("update-by-query [{}]", plan.expression);
    start(call, plan, "indices:data/write/update/byquery", told)
}

/// `_reindex`
pub fn reindex(call: &Call) -> Result<Reply, EsError> {
    let plan = Plan::reindex(call)?;
    let mut told = String::new();
    if let Kind::Reindex { target, .. } = &plan.kind {
        let sources = call.app.node.resolve(&plan.expression)?;
        if sources.iter().any(|source| source.index.name() == target) {
            return Err(EsError::invalid(format!(
                "reindex cannot write into an index its reading from [{target}]"
            )));
        }
        call.check_write(target)?;
        told = format!("reindex from [{}] to [{target}]", plan.expression);
    }
    start(call, plan, "indices:data/write/reindex", told)
}

fn start(call: &Call, plan: Plan, action: &'static str, told: String) -> Result<Reply, EsError> {
    // What is not there is said at once, whoever waits.
    call.app.node.resolve(&plan.expression)?;
    let wait = call.flag("wait_for_completion", true)?;
    if !wait {
        check(call, &plan)?;
    }
    let running = call.app.tasks.begin(action, told, plan.rate);
    if wait {
        let (status, body) = run::run(&call.app, &plan, &running.task)?;
        return Ok(Reply::Json(status, body));
    }
    let id = tasks::name(running.task.id());
    let app = Arc::clone(&call.app);
    call.app
        .tasks
        .spawn(running, move |task| match run::run(&app, &plan, task) {
            Ok((_, body)) => Ok(body),
            Err(error) => Err(error.item()),
        })?;
    Reply::ok(json!({"task": id}))
}

/// Refuses what would fail before the first document: nobody may be left to see it.
fn check(call: &Call, plan: &Plan) -> Result<(), EsError> {
    let request = SearchRequest {
        query: plan.query.clone(),
        size: 0,
        track_total_hits: TrackTotalHits::Off,
        ..SearchRequest::default()
    };
    call.app.node.search(&plan.expression, &request)?;
    if let Kind::Reindex { target, .. } = &plan.kind {
        call.app.node.auto_create(target)?;
    }
    Ok(())
}
