//! The node's health.

use std::path::Path;

use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};

use crate::VERSION;
use crate::app::App;
use crate::http::Caller;
use crate::snapshots::Operation;

/// Where the data lies.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Storage {
    /// The data folder.
    pub path: String,
    /// Bytes that can still be written there, where the system tells.
    pub free_bytes: Option<u64>,
}

/// A snapshot or a restore that failed when nobody waited for it.
#[derive(Debug, Clone, PartialEq, Object)]
pub struct FailedCopy {
    /// The repository.
    pub repository: String,
    /// The snapshot.
    pub snapshot: String,
    /// Why it failed.
    pub reason: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// The node's health.
#[derive(Debug, Clone, Default, PartialEq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Health {
    /// `ok`, or `unavailable`.
    pub status: String,
    /// Why the node cannot serve.
    pub reason: Option<String>,
    /// The node's version.
    pub version: Option<String>,
    /// Seconds since the start.
    pub uptime: Option<f64>,
    /// Pictures.
    pub documents: Option<u64>,
    /// Vectors.
    pub vectors: Option<u64>,
    /// Indices.
    pub indices: Option<u64>,
    /// Segments of all indices.
    pub segments: Option<u64>,
    /// Searches that wait for a thread.
    pub queued_searches: Option<u64>,
    /// Where the data lies.
    pub storage: Option<Storage>,
    /// Snapshots that failed within a day when nobody waited for them, until they are made.
    pub snapshots: Option<Vec<FailedCopy>>,
    /// Restores of that kind.
    pub restores: Option<Vec<FailedCopy>>,
}

impl Example for Health {
    fn example() -> Self {
        Self {
            status: "ok".to_owned(),
            reason: None,
            version: Some("0.1.0".to_owned()),
            uptime: Some(12.5),
            documents: Some(217),
            vectors: Some(0),
            indices: Some(2),
            segments: Some(3),
            queued_searches: Some(0),
            storage: Some(Storage {
                path: "/var/lib/pictor".to_owned(),
                free_bytes: Some(1 << 36),
            }),
            snapshots: None,
            restores: None,
        }
    }
}

/// The answer.
#[derive(Debug, ApiResponse)]
pub enum HealthAnswer {
    /// The node serves.
    #[oai(status = 200)]
    Ok(Json<Health>),
    /// The node cannot serve; `reason` says why.
    #[oai(status = 503)]
    Unavailable(Json<Health>),
}

/// Looks at the node; nothing here waits for a disk. Who may not read learns whether it serves, and no
/// more.
pub(super) fn health(app: &App, caller: Caller) -> HealthAnswer {
    let reason = match app.library.index() {
        Ok(index) => index
            .failure()
            .map(|failure| format!("the library takes no writes until a restart: {failure}")),
        Err(error) => Some(error.to_string()),
    };
    let serves = reason.is_none();
    let status = if serves { "ok" } else { "unavailable" };
    let health = match caller.may_read(&app.settings) {
        true => all(app, status, reason),
        false => Health {
            status: status.to_owned(),
            ..Health::default()
        },
    };
    if serves {
        HealthAnswer::Ok(Json(health))
    } else {
        HealthAnswer::Unavailable(Json(health))
    }
}

fn all(app: &App, status: &str, reason: Option<String>) -> Health {
    let stats = app.node.stats();
    let store = app.node.store();
    let pools = [&app.search_pool, &app.es_pool, &app.heavy_pool];
    let queued: usize = pools.iter().map(|pool| pool.stats().queued).sum();
    Health {
        status: status.to_owned(),
        reason,
        version: Some(VERSION.to_owned()),
        uptime: Some(app.started.elapsed().as_secs_f64()),
        documents: Some(app.library.count()),
        vectors: Some(stats.vectors),
        indices: Some(stats.indices as u64),
        segments: Some(stats.segments as u64),
        queued_searches: Some(queued as u64),
        storage: Some(Storage {
            path: store.full_path(Path::new("")).display().to_string(),
            free_bytes: store.available_space(),
        }),
        snapshots: failed(app, Operation::Snapshot),
        restores: failed(app, Operation::Restore),
    }
}

/// What failed when nobody waited for it; `None` where nothing did.
fn failed(app: &App, operation: Operation) -> Option<Vec<FailedCopy>> {
    let failed = app.repositories.works.failed().into_iter();
    let told = failed.filter(|failed| failed.work.operation == operation);
    let told: Vec<FailedCopy> = told
        .map(|failed| FailedCopy {
            repository: failed.work.repository,
            snapshot: failed.work.snapshot,
            reason: failed.reason,
            at: failed.at_ms,
        })
        .collect();
    Some(told).filter(|told| !told.is_empty())
}
