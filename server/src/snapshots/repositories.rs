//! The repositories that a node knows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::snapshot::{Repository, SnapshotError};
use engine::store::frame::{Kind, read_framed, write_framed};
use engine::store::{Store, StoreError, create_folders};
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::works::Works;
use crate::settings::Settings;

const FILE: &str = "repositories.meta";
const VERSION: u16 = 1;
/// The most repositories.
const MAX: usize = 100;
/// Settings that hold keys: they are never written down.
const KEYS: &[&str] = &[
    "access_key",
    "secret_key",
    "session_token",
    "access_key_id",
    "secret_access_key",
];

/// Why a repository cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// The engine refused or failed.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The list cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was asked for cannot be.
    #[error("{0}")]
    Wrong(String),
    /// No such repository.
    #[error("[{0}] missing")]
    Missing(String),
}

/// A repository as it was registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// `fs` or `s3`.
    #[serde(rename = "type")]
    pub kind: String,
    /// As they were given.
    pub settings: Value,
}

/// The repositories of a node.
#[derive(Debug)]
pub struct Repositories {
    store: Arc<dyn Store>,
    known: RwLock<BTreeMap<String, Registered>>,
    open: Mutex<BTreeMap<String, Arc<Repository>>>,
    /// Snapshots and restores that go on.
    pub works: Works,
}

impl Repositories {
    /// The repositories that are known.
    ///
    /// # Errors
    /// When the list is damaged.
    pub fn load(store: Arc<dyn Store>) -> Result<Self, RepositoryError> {
        let path = Path::new(FILE);
        let known = match read_framed(store.as_ref(), path, Kind::Repositories, &[VERSION]) {
            Ok((_, bytes)) => serde_json::from_slice(&bytes).map_err(|error| {
                StoreError::corrupt(&store.full_path(path), 20, error.to_string())
            })?,
            Err(error) if error.is_not_found() => BTreeMap::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            store,
            known: RwLock::new(known),
            open: Mutex::default(),
            works: Works::default(),
        })
    }

    /// All of them, by name.
    pub fn all(&self) -> BTreeMap<String, Registered> {
        self.known.read().clone()
    }

    /// Registers a repository; it is looked at first where `verify`.
    ///
    /// # Errors
    /// When it cannot be used, or its place is not allowed.
    pub fn put(
        &self,
        settings: &Settings,
        name: &str,
        registered: Registered,
        verify: bool,
    ) -> Result<(), RepositoryError> {
        let bad = name.is_empty()
            || name.len() > 255
            || name.contains(['#', '/', '\\', '*', '?', '"', '<', '>', '|', ' ', ','])
            || name.starts_with(['_', '-', '+']);
        if bad {
            return Err(RepositoryError::Wrong(format!(
                "[{name}] Invalid repository name: it is empty, too long, begins with _, - or +, or \
                 holds one of # / \\ * ? \" < > | , or a space"
            )));
        }
        if let Some(key) = KEYS
            .iter()
            .find(|key| registered.settings.get(**key).is_some())
        {
            return Err(RepositoryError::Wrong(format!(
                "[{name}] setting [{key}] is not taken, since it would be written down: give keys by \
                 the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"
            )));
        }
        let repository = Arc::new(opened(settings, name, &registered)?);
        if verify {
            repository.probe()?;
        }
        let mut known = self.known.read().clone();
        known.insert(name.to_owned(), registered);
        if known.len() > MAX {
            return Err(RepositoryError::Wrong(format!(
                "a node knows at most {MAX} repositories"
            )));
        }
        self.save(&known)?;
        *self.known.write() = known;
        self.open.lock().insert(name.to_owned(), repository);
        Ok(())
    }

    /// Forgets repositories; what is in them stays.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn forget(&self, name: &str) -> Result<(), RepositoryError> {
        let mut known = self.known.read().clone();
        let before = known.len();
        known.retain(|known, _| !engine::mapping::wildcard_match(name, known));
        if known.len() == before {
            return Err(RepositoryError::Missing(name.to_owned()));
        }
        self.save(&known)?;
        self.open.lock().retain(|name, _| known.contains_key(name));
        self.works.forget(|name| known.contains_key(name));
        *self.known.write() = known;
        Ok(())
    }

    /// A repository.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be opened.
    pub fn get(&self, settings: &Settings, name: &str) -> Result<Arc<Repository>, RepositoryError> {
        let registered = self.known.read().get(name).cloned();
        let registered = registered.ok_or_else(|| RepositoryError::Missing(name.to_owned()))?;
        let mut open = self.open.lock();
        if let Some(repository) = open.get(name) {
            return Ok(Arc::clone(repository));
        }
        let repository = Arc::new(opened(settings, name, &registered)?);
        open.insert(name.to_owned(), Arc::clone(&repository));
        Ok(repository)
    }

    /// Asks all snapshots and restores to stop.
    pub fn stop(&self) {
        self.works.stop();
    }

    fn save(&self, known: &BTreeMap<String, Registered>) -> Result<(), RepositoryError> {
        let bytes = json!(known).to_string().into_bytes();
        write_framed(
            self.store.as_ref(),
            Path::new(FILE),
            Kind::Repositories,
            VERSION,
            &bytes,
        )?;
        Ok(())
    }
}

/// Opens a repository; a folder has to lie where files may be written by path.
fn opened(
    settings: &Settings,
    name: &str,
    registered: &Registered,
) -> Result<Repository, RepositoryError> {
    let mut told = registered.settings.clone();
    if registered.kind == "fs" {
        let location = told
            .get("location")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if location.is_empty() {
            return Err(RepositoryError::Wrong(format!("[{name}] missing location")));
        }
        let place = place(settings, location).ok_or_else(|| {
            RepositoryError::Wrong(format!(
                "[{name}] location [{location}] doesn't match any of the locations that are allowed: the \
                 data folder's [snapshots], and those of --allow-path"
            ))
        })?;
        if let Some(told) = told.as_object_mut() {
            told.insert("location".to_owned(), json!(place.display().to_string()));
        }
    }
    Ok(Repository::open(name, &registered.kind, &told)?)
}

/// The real folder of a location, made where it is not there; `None` where it is not allowed.
fn place(settings: &Settings, location: &str) -> Option<PathBuf> {
    let snapshots = settings.data.join("snapshots");
    create_folders(&snapshots).ok()?;
    let wanted = snapshots.join(location);
    if wanted
        .components()
        .any(|part| matches!(part, std::path::Component::ParentDir))
    {
        return None;
    }
    // What is there decides where the path leads; only then is the rest made.
    let mut there = wanted.as_path();
    while !there.exists() {
        there = there.parent()?;
    }
    if !settings.allows(&there.canonicalize().ok()?) {
        return None;
    }
    create_folders(&wanted).ok()?;
    let real = wanted.canonicalize().ok()?;
    settings.allows(&real).then_some(real)
}
