//! Carries a plan out: page by page over what matched when it began.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::EngineError;
use engine::index::Index;
use engine::query::ast::{Bool, Query};
use engine::request::{
    Bounds, Hit, Order, SearchRequest, Sort, TrackTotalHits, VersionType, WriteOp, WriteOutcome,
};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::plan::{Kind, Plan};
use crate::app::App;
use crate::families::es::error::EsError;
use crate::families::es::{images, tasks};
use crate::tasks::{Progress, Task};

/// How long what matched is kept; each page begins the time anew.
const KEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// Bytes of documents of a page.
const PAGE_BYTES: u64 = 16 << 20;

/// A point in time that goes when its reader is done.
struct Point<'a> {
    app: &'a App,
    id: String,
}

impl Drop for Point<'_> {
    fn drop(&mut self) {
        self.app.node.close_pit(&self.id);
    }
}

/// What it came to: a status and a body.
pub type Outcome = Result<(StatusCode, Value), EsError>;

/// Carries a plan out.
pub fn run(app: &App, plan: &Plan, task: &Task) -> Outcome {
    let started = Instant::now();
    let mut failures = Vec::new();
    let target = match &plan.kind {
        Kind::Reindex { target, .. } => Some(app.node.auto_create(target)?),
        Kind::Delete | Kind::Update => None,
    };
    for source in app.node.resolve(&plan.expression)? {
        source.index.refresh()?;
    }
    let point = Point {
        app,
        id: app.node.open_pit(&plan.expression, KEEP)?,
    };
    let mut request = first_page(plan);
    let mut left = plan.limit.unwrap_or(u64::MAX);
    let mut first = true;
    while left > 0 {
        let page_started = Instant::now();
        if task.is_cancelled() {
            break;
        }
        request.bounds = Some(page_bounds(app, request.size));
        let response = match app.node.search_pit(&point.id, &request) {
            // A page of large documents is a shorter one.
            Err(EngineError::AnswerTooLarge { .. }) if request.size > 1 => {
                request.size = (request.size / 2).max(1);
                continue;
            }
            response => response?,
        };
        if first {
            first = false;
            let matched = response.total.map_or(0, |total| total.value);
            task.progress(|progress| progress.total = matched.min(left));
            request.track_total_hits = TrackTotalHits::Off;
        }
        let mut hits = response.hits;
        let full = hits.len() == request.size;
        hits.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let Some(last) = hits.last() else { break };
        request.search_after.clone_from(&last.sort);
        let count = hits.len() as u64;
        left -= count;
        task.progress(|progress| progress.batches += 1);
        write_page(app, plan, task, target.as_ref(), hits, &mut failures)?;
        if !failures.is_empty() || !full || left == 0 {
            break;
        }
        if !task.pause(count, page_started.elapsed()) {
            break;
        }
    }
    if plan.refresh {
        let changed = match &plan.kind {
            Kind::Reindex { .. } => target.into_iter().collect(),
            Kind::Delete | Kind::Update => {
                let targets = app.node.resolve(&plan.expression)?.into_iter();
                targets.map(|target| target.index).collect::<Vec<_>>()
            }
        };
        for index in changed {
            index.refresh()?;
        }
    }
    Ok(answer(plan, task, started, failures))
}

/// What a page may cost; a single document may be as large as it is.
fn page_bounds(app: &App, size: usize) -> Bounds {
    let bytes = if size > 1 { PAGE_BYTES } else { u64::MAX };
    Bounds::new(app.settings.limits.query_timeout, bytes)
}

fn first_page(plan: &Plan) -> SearchRequest {
    SearchRequest {
        query: Some(Query::Bool(Bool {
            filter: plan.query.iter().cloned().collect(),
            ..Bool::default()
        })),
        size: plan.batch,
        sort: vec![Sort::Doc(Order::Asc)],
        source: plan.source.clone(),
        version: true,
        seq_no_primary_term: true,
        track_total_hits: TrackTotalHits::Exact,
        ..SearchRequest::default()
    }
}

/// Writes the documents of a page, those of one index together.
fn write_page(
    app: &App,
    plan: &Plan,
    task: &Task,
    target: Option<&Arc<Index>>,
    mut hits: Vec<Hit>,
    failures: &mut Vec<Value>,
) -> Result<(), EsError> {
    while !hits.is_empty() {
        let name = hits
            .first()
            .map(|hit| hit.index.clone())
            .unwrap_or_default();
        let same = match target {
            Some(_) => hits.len(),
            None => hits.iter().take_while(|hit| hit.index == name).count(),
        };
        let rest = hits.split_off(same);
        let index = match target {
            Some(index) => Arc::clone(index),
            None => app.node.index(&name)?,
        };
        let ids: Vec<String> = hits.iter().map(|hit| hit.id.clone()).collect();
        let ops: Result<_, EsError> = hits.into_iter().map(|hit| op(&plan.kind, hit)).collect();
        let ops = ops?;
        for (id, result) in ids.into_iter().zip(images::write(app, &index, ops)) {
            match result {
                Ok(result) => task.progress(|progress| count(progress, result.result)),
                Err(error) => {
                    let conflict = error.status == StatusCode::CONFLICT;
                    task.progress(|progress| progress.conflicts += u64::from(conflict));
                    if !conflict || !plan.proceed {
                        failures.push(json!({
                            "index": index.name(), "id": id, "cause": error.item(),
                            "status": error.status.as_u16(),
                        }));
                    }
                }
            }
        }
        if !failures.is_empty() {
            break;
        }
        hits = rest;
    }
    Ok(())
}

fn op(kind: &Kind, hit: Hit) -> Result<WriteOp, EsError> {
    let source = hit.source_verbatim()?.unwrap_or_else(|| json!({}));
    Ok(match kind {
        Kind::Delete => WriteOp::Delete {
            id: hit.id,
            if_seq_no: hit.seq_no,
            if_primary_term: hit.primary_term,
            version: None,
            version_type: VersionType::Internal,
        },
        // New fields of the mapping reach the document.
        Kind::Update => WriteOp::Update {
            id: hit.id,
            doc: Some(source),
            upsert: None,
            doc_as_upsert: false,
            detect_noop: false,
            if_seq_no: hit.seq_no,
            if_primary_term: hit.primary_term,
        },
        Kind::Reindex {
            create, external, ..
        } => WriteOp::Index {
            id: Some(hit.id),
            source,
            op_type_create: *create,
            if_seq_no: None,
            if_primary_term: None,
            version: hit.version.filter(|_| *external),
            version_type: if *external {
                VersionType::External
            } else {
                VersionType::Internal
            },
        },
    })
}

fn count(progress: &mut Progress, outcome: WriteOutcome) {
    match outcome {
        WriteOutcome::Created => progress.created += 1,
        WriteOutcome::Updated => progress.updated += 1,
        WriteOutcome::Deleted => progress.deleted += 1,
        WriteOutcome::Noop | WriteOutcome::NotFound => progress.noops += 1,
    }
}

fn answer(plan: &Plan, task: &Task, started: Instant, failures: Vec<Value>) -> (StatusCode, Value) {
    let view = task.view();
    let mut out = Map::new();
    out.insert("took".into(), json!(started.elapsed().as_millis() as u64));
    out.insert("timed_out".into(), json!(false));
    out.extend(tasks::status(&view, matches!(plan.kind, Kind::Delete)));
    if let Kind::Reindex { .. } = plan.kind {
        out.insert("created".into(), json!(view.progress.created));
    }
    if view.cancelled {
        out.insert("canceled".into(), json!("by user request"));
    }
    let status = if failures.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::CONFLICT
    };
    out.insert("failures".into(), Value::Array(failures));
    (status, Value::Object(out))
}
