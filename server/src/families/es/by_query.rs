//! `_delete_by_query`, `_update_by_query` without scripts, `_reindex`: page by page over what matched
//! when they began.

use std::time::Instant;

use engine::query::ast::Query;
use engine::request::{
    Order, SearchRequest, Sort, SourceFilter, VersionType, WriteOp, WriteOutcome,
};
use serde_json::{Map, Value, json};

use super::call::{Call, visible};
use super::error::EsError;
use super::images;
use super::reply::Reply;

/// Documents that are changed together.
const BATCH: usize = 1_000;

#[derive(Default)]
struct Done {
    total: u64,
    created: u64,
    updated: u64,
    deleted: u64,
    batches: u64,
    conflicts: u64,
    noops: u64,
    failures: Vec<Value>,
}

impl Done {
    fn answer(self, started: Instant) -> Value {
        json!({
            "took": started.elapsed().as_millis() as u64, "timed_out": false, "total": self.total,
            "updated": self.updated, "created": self.created, "deleted": self.deleted,
            "batches": self.batches, "version_conflicts": self.conflicts, "noops": self.noops,
            "retries": {"bulk": 0, "search": 0}, "throttled_millis": 0,
            "requests_per_second": -1.0, "throttled_until_millis": 0, "failures": self.failures,
        })
    }

    fn count(&mut self, outcome: WriteOutcome) {
        match outcome {
            WriteOutcome::Created => self.created += 1,
            WriteOutcome::Updated => self.updated += 1,
            WriteOutcome::Deleted => self.deleted += 1,
            WriteOutcome::Noop | WriteOutcome::NotFound => self.noops += 1,
        }
    }
}

struct Plan {
    query: Option<Query>,
    limit: Option<u64>,
    proceed: bool,
    source: SourceFilter,
}

fn plan(call: &Call, body: &mut Map<String, Value>) -> Result<Plan, EsError> {
    let query = match (super::search::query_string(call)?, body.remove("query")) {
        (Some(query), _) | (None, Some(query)) => Some(Query::from_json(&query)?),
        (None, None) => None,
    };
    let conflicts = match (call.get("conflicts"), body.remove("conflicts")) {
        (Some(word), _) => word.to_owned(),
        (None, Some(Value::String(word))) => word,
        _ => "abort".to_owned(),
    };
    let proceed = match conflicts.as_str() {
        "proceed" => true,
        "abort" => false,
        other => {
            return Err(EsError::illegal(format!(
                "conflicts may only be \"proceed\" or \"abort\" but was [{other}]"
            )));
        }
    };
    let limit = match body.remove("max_docs").or_else(|| body.remove("size")) {
        None => call.number("max_docs")?,
        Some(value) => Some(value.as_u64().filter(|n| *n > 0).ok_or_else(|| {
            EsError::illegal(format!(
                "[max_docs] should be greater than 0, not [{value}]"
            ))
        })?),
    };
    Ok(Plan {
        query,
        limit,
        proceed,
        source: SourceFilter::default(),
    })
}

const PARAMETERS: &[&str] = &[
    "q",
    "df",
    "default_operator",
    "analyzer",
    "lenient",
    "conflicts",
    "max_docs",
    "refresh",
    "wait_for_completion",
    "scroll",
    "scroll_size",
    "slices",
    "requests_per_second",
    "search_timeout",
];

/// Calls with each page of the documents that match.
fn each(
    call: &Call,
    expression: &str,
    plan: &Plan,
    mut page: impl FnMut(Vec<engine::request::Hit>) -> Result<bool, EsError>,
) -> Result<(), EsError> {
    for target in call.app.node.resolve(expression)? {
        target.index.refresh()?;
        let mut clauses: Vec<Query> = plan.query.iter().cloned().collect();
        clauses.extend(target.filter.clone());
        let mut request = SearchRequest {
            query: Some(Query::Bool(engine::query::ast::Bool {
                filter: clauses,
                ..Default::default()
            })),
            size: BATCH,
            sort: vec![Sort::Doc(Order::Asc)],
            source: plan.source.clone(),
            version: true,
            seq_no_primary_term: true,
            ..SearchRequest::default()
        };
        loop {
            let mut hits = target.index.search(&request)?.hits;
            let full = hits.len() == BATCH;
            request.search_after = hits.last_mut().and_then(|hit| hit.sort.take());
            if hits.is_empty() || !page(hits)? || !full {
                break;
            }
        }
    }
    Ok(())
}

fn by_query(
    call: &Call,
    make: impl Fn(engine::request::Hit) -> WriteOp,
    required: bool,
) -> Result<Reply, EsError> {
    call.allow(PARAMETERS)?;
    let started = Instant::now();
    let mut body = call.object()?;
    if body.contains_key("script") {
        return Err(EsError::illegal("[script] is not supported by this node"));
    }
    let plan = plan(call, &mut body)?;
    if let Some(key) = body.keys().next() {
        return Err(EsError::parsing(format!("unknown key [{key}]")));
    }
    if required && plan.query.is_none() {
        return Err(EsError::new(
            poem::http::StatusCode::BAD_REQUEST,
            "action_request_validation_exception",
            "Validation Failed: 1: query is missing;",
        ));
    }
    let mut done = Done::default();
    each(call, call.index()?, &plan, |mut hits| {
        if let Some(limit) = plan.limit {
            hits.truncate(usize::try_from(limit - done.total).unwrap_or(usize::MAX));
        }
        let Some(first) = hits.first() else {
            return Ok(false);
        };
        let index = call.app.node.index(&first.index)?;
        let names: Vec<(String, String)> = hits
            .iter()
            .map(|hit| (hit.index.clone(), hit.id.clone()))
            .collect();
        done.total += hits.len() as u64;
        done.batches += 1;
        let ops = hits.into_iter().map(&make).collect();
        let mut go_on = true;
        for ((index, id), result) in names.into_iter().zip(images::write(&call.app, &index, ops)) {
            match result {
                Ok(result) => done.count(result.result),
                Err(error) => {
                    done.conflicts += u64::from(error.status.as_u16() == 409);
                    if error.status.as_u16() != 409 || !plan.proceed {
                        go_on = false;
                        done.failures.push(
                            json!({"index": index, "id": id, "cause": error.item(), "status": error.status.as_u16()}),
                        );
                    }
                }
            }
        }
        Ok(go_on && plan.limit.is_none_or(|limit| done.total < limit))
    })?;
    if call.wants_refresh()? {
        for target in call.app.node.resolve(call.index()?)? {
            target.index.refresh()?;
        }
    }
    let conflict = !done.failures.is_empty();
    let status = if conflict {
        poem::http::StatusCode::CONFLICT
    } else {
        poem::http::StatusCode::OK
    };
    Ok(Reply::Json(status, done.answer(started)))
}

/// `_delete_by_query`
pub fn delete(call: &Call) -> Result<Reply, EsError> {
    by_query(
        call,
        |hit| WriteOp::Delete {
            id: hit.id,
            if_seq_no: hit.seq_no,
            if_primary_term: hit.primary_term,
            version: None,
            version_type: VersionType::Internal,
        },
        true,
    )
}

/// `_update_by_query`: writes each document as it is, so that new fields of the mapping reach it.
pub fn update(call: &Call) -> Result<Reply, EsError> {
    by_query(
        call,
        |hit| WriteOp::Update {
            id: hit.id,
            doc: Some(hit.source.unwrap_or_else(|| json!({}))),
            upsert: None,
            doc_as_upsert: false,
            detect_noop: false,
            if_seq_no: hit.seq_no,
            if_primary_term: hit.primary_term,
        },
        false,
    )
}

/// `_reindex`
pub fn reindex(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "refresh",
        "wait_for_completion",
        "requests_per_second",
        "scroll",
        "slices",
        "max_docs",
        "conflicts",
        "require_alias",
    ])?;
    let started = Instant::now();
    let mut body = call.object()?;
    if body.contains_key("script") {
        return Err(EsError::illegal("[script] is not supported by this node"));
    }
    let part = |body: &mut Map<String, Value>, name: &str| match body.remove(name) {
        Some(Value::Object(part)) => Ok(part),
        _ => Err(EsError::parsing(format!(
            "[{name}] of [reindex] is an object"
        ))),
    };
    let mut from = part(&mut body, "source")?;
    let mut to = part(&mut body, "dest")?;
    if from.contains_key("remote") {
        return Err(EsError::illegal(
            "[remote] of [reindex] is not supported by this node",
        ));
    }
    let expression = match from.remove("index") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(",")
        }
        _ => return Err(EsError::parsing("[source.index] of [reindex] is missing")),
    };
    visible(&expression)?;
    let Some(Value::String(target)) = to.remove("index") else {
        return Err(EsError::parsing("[dest.index] of [reindex] is missing"));
    };
    let create = match to.remove("op_type").as_ref().and_then(Value::as_str) {
        None | Some("index") => false,
        Some("create") => true,
        Some(other) => {
            return Err(EsError::illegal(format!(
                "opType must be 'create' or 'index', found: [{other}]"
            )));
        }
    };
    let external = matches!(
        to.remove("version_type").as_ref().and_then(Value::as_str),
        Some("external" | "external_gt")
    );
    let source_filter = from.remove("_source");
    from.remove("size");
    let mut scoped = from.clone();
    if let Some(value) = body.remove("max_docs").or_else(|| body.remove("size")) {
        scoped.insert("max_docs".into(), value);
    }
    if let Some(value) = body.remove("conflicts") {
        scoped.insert("conflicts".into(), value);
    }
    let mut plan = plan(call, &mut scoped)?;
    let unknown = scoped.keys().chain(body.keys()).chain(to.keys()).next();
    if let Some(key) = unknown {
        return Err(EsError::parsing(format!("[reindex] unknown field [{key}]")));
    }
    if let Some(filter) = source_filter {
        plan.source = SourceFilter::from_json(&filter)?;
    }
    let targets = call.app.node.resolve(&expression)?;
    if targets.iter().any(|source| source.index.name() == target) {
        return Err(EsError::new(
            poem::http::StatusCode::BAD_REQUEST,
            "action_request_validation_exception",
            format!(
                "Validation Failed: 1: reindex cannot write into an index its reading from [{target}];"
            ),
        ));
    }
    let index = call.write_index(&target)?;
    let mut done = Done::default();
    each(call, &expression, &plan, |mut hits| {
        if let Some(limit) = plan.limit {
            hits.truncate(usize::try_from(limit - done.total).unwrap_or(usize::MAX));
        }
        done.total += hits.len() as u64;
        done.batches += 1;
        let ids: Vec<String> = hits.iter().map(|hit| hit.id.clone()).collect();
        let ops = hits.into_iter().map(|hit| WriteOp::Index {
            id: Some(hit.id),
            source: hit.source.unwrap_or_else(|| json!({})),
            op_type_create: create,
            if_seq_no: None,
            if_primary_term: None,
            version: hit.version.filter(|_| external),
            version_type: if external {
                VersionType::External
            } else {
                VersionType::Internal
            },
        });
        let mut go_on = true;
        for (id, result) in ids
            .into_iter()
            .zip(images::write(&call.app, &index, ops.collect()))
        {
            match result {
                Ok(result) => done.count(result.result),
                Err(error) => {
                    let conflict = error.status.as_u16() == 409;
                    done.conflicts += u64::from(conflict);
                    if !conflict || !plan.proceed {
                        go_on = false;
                        done.failures.push(
                            json!({"index": target, "id": id, "cause": error.item(), "status": error.status.as_u16()}),
                        );
                    }
                }
            }
        }
        Ok(go_on && plan.limit.is_none_or(|limit| done.total < limit))
    })?;
    call.refresh(&index)?;
    let status = if done.failures.is_empty() {
        poem::http::StatusCode::OK
    } else {
        poem::http::StatusCode::CONFLICT
    };
    Ok(Reply::Json(status, done.answer(started)))
}
