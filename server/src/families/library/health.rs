//! The node's health.

use std::path::Path;

use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};

use crate::VERSION;
use crate::app::App;
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
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Health {
    /// `ok`, or `unavailable`.
    pub status: String,
    /// Why the node cannot serve.
    pub reason: Option<String>,
    /// The node's version.
    pub version: String,
    /// Seconds since the start.
    pub uptime: f64,
    /// Pictures.
    pub documents: u64,
    /// Vectors.
    pub vectors: u64,
    /// Indices.
    pub indices: u64,
    /// Segments of all indices.
    pub segments: u64,
    /// Searches that wait for a thread.
    pub queued_searches: u64,
    /// Where the data lies.
    pub storage: Storage,
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
            version: "0.1.0".to_owned(),
            uptime: 12.5,
            documents: 217,
            vectors: 0,
            indices: 2,
            segments: 3,
            queued_searches: 0,
            storage: Storage {
                path: "/var/lib/pictor".to_owned(),
                free_bytes: Some(1 << 36),
            },
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

/// Looks at the node; nothing here waits for a disk.
pub(super) fn health(app: &App) -> HealthAnswer {
    let stats = app.node.stats();
    let reason = match app.library.index() {
        Ok(index) => index
            .failure()
            .map(|failure| format!("the library takes no writes until a restart: {failure}")),
        Err(error) => Some(error.to_string()),
    };
    let store = app.node.store();
    let health = Health {
        status: if reason.is_none() {
            "ok"
        } else {
            "unavailable"
        }
        .to_owned(),
        reason: reason.clone(),
        version: VERSION.to_owned(),
        uptime: app.started.elapsed().as_secs_f64(),
        documents: app.library.count(),
        vectors: stats.vectors,
        indices: stats.indices as u64,
        segments: stats.segments as u64,
        queued_searches: app.search_pool.stats().queued as u64,
        storage: Storage {
            path: store.full_path(Path::new("")).display().to_string(),
            free_bytes: store.available_space(),
        },
        snapshots: failed(app, Operation::Snapshot),
        restores: failed(app, Operation::Restore),
    };
    if reason.is_none() {
        HealthAnswer::Ok(Json(health))
    } else {
        HealthAnswer::Unavailable(Json(health))
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
