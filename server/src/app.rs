//! A running node: the engine, the library, and what the families share.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Instant;

use analyzers::image::detector::Detector;
use engine::budget::Budget;
use engine::clock::now_millis;
use engine::pool::{Pool, PoolError};
use engine::store::{FsStore, StoreError};
use engine::suggest::HotPhrases;
use engine::{EngineError, Node};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::detect::Detections;
use crate::families::gif::hotwords;
use crate::families::images::Thumbnails;
use crate::families::similar::Fetcher;
use crate::flags::{Flags, FlagsError};
use crate::library::{self, Library, LibraryError, Models};
use crate::links::Links;
use crate::recent::RecentSearches;
use crate::settings::Settings;
use crate::snapshots::{Repositories, RepositoryError};
use crate::tasks::Tasks;

/// Memory for uploads that are under way, in bytes, when each is as large as it may be.
const UPLOAD_BYTES: u64 = 2 << 30;

/// Copies of the database of flags that may be on their way to clients.
const EXPORTS: usize = 4;

/// Requests for detection that are under way: each has a file of what was drawn so far.
const DETECTIONS: usize = 8;

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An index cannot be opened.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The library cannot be opened.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The list of repositories is damaged.
    #[error(transparent)]
    Repositories(#[from] RepositoryError),
    /// The flags cannot be opened.
    #[error(transparent)]
    Flags(#[from] FlagsError),
    /// A model cannot be run.
    #[error("{0}")]
    Model(#[from] analyzers::embed::ModelError),
    /// URLs cannot be fetched.
    #[error("no connections can be made: {0}")]
    Fetch(String),
    /// The system gives no threads.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

/// A node and everything on it. Opening and closing block.
#[derive(Debug)]
pub struct App {
    /// How it is set.
    pub settings: Settings,
    /// The engine.
    pub node: Node,
    /// The pictures.
    pub library: Library,
    /// Flagged generations.
    pub flags: Flags,
    /// Share links.
    pub links: Links,
    /// Finds defects.
    pub detector: Arc<Detector>,
    /// Records of detections.
    pub detections: Detections,
    /// The repositories of snapshots.
    pub repositories: Repositories,
    /// Thumbnails that were made lately.
    pub thumbnails: Thumbnails,
    /// Fetches pictures from URLs.
    pub fetcher: Fetcher,
    /// What is searched for.
    pub hot: Arc<HotPhrases>,
    /// The searches of late.
    pub recent: RecentSearches,
    /// Memory for the bodies of requests, with what they are parsed into.
    pub bodies: Arc<Budget>,
    /// Memory for answers.
    pub answers: Arc<Budget>,
    /// Where searches of pictures run, and other short reads.
    pub search_pool: Pool,
    /// Where Elasticsearch's searches and reads run: they may be anybody's.
    pub es_pool: Pool,
    /// Where reads run that are many in one.
    pub heavy_pool: Pool,
    /// Where operations on many documents run that somebody waits for: each takes a thread for as long as it
    /// takes.
    pub long_pool: Pool,
    /// Where writes run.
    pub write_pool: Pool,
    /// Where pictures are searched for defects: it leaves cores to searches.
    pub detect_pool: Pool,
    /// Room for requests for detection.
    pub detect_room: Arc<Semaphore>,
    /// Operations on many documents.
    pub tasks: Tasks,
    /// Room for uploads: each holds its file in memory while it arrives and waits.
    pub upload_room: Arc<Semaphore>,
    /// Room for copies of the database of flags: each takes disk while it is sent.
    pub export_room: Arc<Semaphore>,
    /// When it started.
    pub started: Instant,
    /// Where it listens, once it does.
    address: OnceLock<SocketAddr>,
    /// Fills the fields of models that lack vectors.
    completing: Mutex<Option<JoinHandle<()>>>,
    stopping: AtomicBool,
}

impl App {
    /// Takes note of the address that the node listens at: a port that was left to the system has a
    /// number by now.
    pub fn listens_at(&self, address: SocketAddr) {
        let _ = self.address.set(address);
    }

    /// Where the node listens.
    pub fn address(&self) -> SocketAddr {
        self.address.get().copied().unwrap_or(self.settings.listen)
    }

    /// Opens the data folder, recovering what is in it.
    ///
    /// # Errors
    /// When the folder is in use or damaged; the message names the file.
    pub fn open(settings: Settings) -> Result<Arc<Self>, OpenError> {
        let store = Arc::new(FsStore::open(&settings.data)?);
        let node = Node::open(store, settings.node_options(crate::reserved::RESERVED))?;
        let models = Models::open(
            settings.image_model.as_deref(),
            settings.text_model.as_deref(),
        )?;
        let library = Library::open(&node, &settings.limits, models)?;
        let links = Links::open(&node, settings.limits.max_links_per_second)?;
        let detector = match &settings.detector_model {
            Some(path) => Detector::open(path)?,
            None => Detector::built_in()?,
        };
        let detections = Detections::open(&node)?;
        let repositories = Repositories::load(node.store())?;
        let flags = Flags::open(&settings.data, settings.limits.query_timeout)?;
        let hot = Arc::new(hotwords::load(node.store().as_ref()));
        let limits = &settings.limits;
        let search_pool = Pool::new("search", settings.search_threads, limits.search_queue)?;
        let es_pool = Pool::new("es", settings.search_threads, limits.search_queue)?;
        let heavy_pool = Pool::new("heavy", settings.search_threads, limits.search_queue)?;
        let long_pool = Pool::new("by_query", settings.write_threads, limits.write_queue)?;
        let write_pool = Pool::new("write", settings.write_threads, limits.write_queue)?;
        let detect_threads = settings.detect_threads;
        // Each request has a few pictures in the queue: it is never full.
        let detect_pool =
            Pool::behind("detect", detect_threads, DETECTIONS * (detect_threads + 1))?;
        let bodies = Budget::new("bodies", limits.max_bodies_bytes);
        let answers = Budget::new("answers", limits.max_answers_bytes);
        let uploads = (UPLOAD_BYTES / limits.max_file_bytes.max(1)).clamp(4, 1_024);
        Ok(Arc::new(Self {
            node,
            library,
            flags,
            links,
            detector: Arc::new(detector),
            detections,
            repositories,
            thumbnails: Thumbnails::default(),
            fetcher: Fetcher::new(settings.allow_private_urls)
                .map_err(|error| OpenError::Fetch(error.to_string()))?,
            hot,
            recent: RecentSearches::default(),
            bodies,
            answers,
            search_pool,
            es_pool,
            heavy_pool,
            long_pool,
            write_pool,
            detect_pool,
            detect_room: Arc::new(Semaphore::new(DETECTIONS)),
            tasks: Tasks::new()?,
            upload_room: Arc::new(Semaphore::new(uploads as usize)),
            export_room: Arc::new(Semaphore::new(EXPORTS)),
            started: Instant::now(),
            address: OnceLock::new(),
            completing: Mutex::new(None),
            stopping: AtomicBool::new(false),
            settings,
        }))
    }

    /// Writes the hot words down, if there are new ones. A failure is logged: the next time may do.
    pub fn save_hot_words(&self) {
        if let Err(error) = hotwords::save(self.node.store().as_ref(), &self.hot) {
            tracing::warn!(%error, "the hot words could not be saved");
        }
    }

    /// Removes the links that have expired.
    pub fn purge_links(&self) {
        match self.links.purge(now_millis()) {
            Ok(0) => {}
            Ok(purged) => tracing::debug!(purged, "removed expired links"),
            Err(error) => tracing::warn!(%error, "expired links could not be removed"),
        }
    }

    /// Describes the records that lack vectors in the fields of the node's models, where there may be
    /// such: in the background, beside everything else.
    pub fn complete_vectors(self: &Arc<Self>) {
        let mut completing = self.completing.lock();
        let runs = completing
            .as_ref()
            .is_some_and(|thread| !thread.is_finished());
        if runs || self.library.embedding().fields.is_complete() {
            return;
        }
        let app = Arc::clone(self);
        let thread = std::thread::Builder::new().name("describe".to_owned());
        let started =
            thread.spawn(
                move || match library::complete(&app.library, 1, &app.stopping, |_| {}) {
                    Ok(done) => tracing::info!(
                        records = done.records,
                        failed = done.failed,
                        stopped = done.stopped,
                        "described records by the node's models"
                    ),
                    Err(error) => {
                        tracing::error!(%error, "records still lack vectors of the node's models");
                    }
                },
            );
        match started {
            Ok(thread) => *completing = Some(thread),
            Err(error) => tracing::error!(%error, "no thread to describe records"),
        }
    }

    /// Writes everything down and stops. What runs meanwhile may fail.
    ///
    /// # Errors
    /// When something could not be written; whatever was acknowledged is durable all the same.
    pub fn close(&self) -> Result<(), OpenError> {
        self.repositories.stop();
        self.tasks.stop();
        self.stopping.store(true, Ordering::Relaxed);
        if let Some(thread) = self.completing.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that described records died");
        }
        self.save_hot_words();
        self.flags.close();
        let library = self.library.close();
        self.node.close()?;
        Ok(library?)
    }
}
