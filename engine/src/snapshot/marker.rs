//! Markers of what is going on in a repository.
//!
//! A marker is an object that its owner writes anew from time to time. Its age
//! is told by the storage's clock alone: against another marker of the same listing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::error::Result;
use super::layout::{RUNNING, unique_id};
use super::remote::{Remote, failed};
use super::repository::Repository;

/// Beats in the life of a marker.
const BEATS: u32 = 10;
/// How long a wait for others goes on without another look.
const LOOK: Duration = Duration::from_millis(100);

/// What a marker stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Blobs are written that no manifest names yet.
    Snapshot,
    /// Blobs are read.
    Restore,
    /// Blobs are deleted.
    Collect,
}

impl Purpose {
    fn suffix(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Restore => "restore",
            Self::Collect => "collect",
        }
    }

    fn of(key: &Path) -> Option<Self> {
        let (_, suffix) = key.filename()?.rsplit_once('.')?;
        [Self::Snapshot, Self::Restore, Self::Collect]
            .into_iter()
            .find(|purpose| purpose.suffix() == suffix)
    }
}

/// A marker that is renewed as long as it is held.
#[derive(Debug)]
pub(super) struct Marker<'a> {
    remote: &'a Remote,
    key: Path,
    stop: Arc<Notify>,
    lost: Arc<AtomicBool>,
    beats: Option<JoinHandle<()>>,
}

/// The other markers of a repository.
#[derive(Debug, Default)]
pub(super) struct Others {
    pub(super) alive: Vec<Purpose>,
    /// Of processes that died.
    pub(super) dead: Vec<Path>,
    /// The storage's time, as the age of objects is told by; in milliseconds since 1970.
    pub(super) now_ms: i64,
}

impl<'a> Marker<'a> {
    /// Writes a marker. The text is for people.
    pub(super) fn begin(repository: &'a Repository, purpose: Purpose, text: &str) -> Result<Self> {
        let remote = repository.remote();
        let key = Path::from(format!("{RUNNING}/{}.{}", unique_id(), purpose.suffix()));
        let bytes = Bytes::from(format!("{text}\nprocess {}\n", std::process::id()));
        remote.put(&key, bytes.clone(), true)?;
        let (stop, lost) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let beats = beat(
            remote.store(),
            key.clone(),
            bytes,
            repository.options().marker_life,
            Arc::clone(&stop),
            Arc::clone(&lost),
        );
        Ok(Self {
            key,
            stop,
            lost,
            beats: Some(remote.handle().spawn(beats)),
            remote,
        })
    }

    /// Whether nobody took it for dead.
    pub(super) fn is_held(&self) -> Result<bool> {
        if self.lost.load(Ordering::SeqCst) {
            return Ok(false);
        }
        match self.remote.wait(self.remote.store().head(&self.key)) {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(failed(&self.key, "looking for")(error)),
        }
    }

    /// The others there are.
    pub(super) fn others(&self, life: Duration) -> Result<Others> {
        let listed = self.remote.list(RUNNING)?;
        Ok(sort_out(&listed, &self.key, life))
    }

    /// Waits until nobody collects garbage. Whether that came about in time.
    pub(super) fn wait_for_collections(&self, repository: &Repository) -> Result<bool> {
        let options = repository.options();
        let begun = Instant::now();
        loop {
            let others = self.others(options.marker_life)?;
            if !others.alive.contains(&Purpose::Collect) {
                return Ok(true);
            }
            if begun.elapsed() >= options.patience {
                return Ok(false);
            }
            std::thread::sleep(LOOK.min(options.patience));
        }
    }
}

impl Drop for Marker<'_> {
    fn drop(&mut self) {
        self.stop.notify_one();
        // A beat that is under way would bring the marker back.
        if let Some(beats) = self.beats.take() {
            let _ = self.remote.wait(beats);
        }
        if let Err(error) = self.remote.delete(&self.key) {
            tracing::warn!(%error, "a marker stays until it is too old");
        }
    }
}

fn sort_out(listed: &[ObjectMeta], own: &Path, life: Duration) -> Others {
    let newest = listed.iter().map(|meta| meta.last_modified).max();
    let mine = listed.iter().find(|meta| meta.location == *own);
    let mut others = Others::default();
    let Some(now) = mine.map(|meta| meta.last_modified).max(newest) else {
        return others;
    };
    others.now_ms = now.timestamp_millis();
    for meta in listed.iter().filter(|meta| meta.location != *own) {
        let Some(purpose) = Purpose::of(&meta.location) else {
            continue;
        };
        let age = (now - meta.last_modified).to_std().unwrap_or_default();
        if age > life {
            others.dead.push(meta.location.clone());
        } else {
            others.alive.push(purpose);
        }
    }
    others
}

/// Renews a marker until it is told to stop, or the marker is gone.
async fn beat(
    store: Arc<dyn ObjectStore>,
    key: Path,
    bytes: Bytes,
    life: Duration,
    stop: Arc<Notify>,
    lost: Arc<AtomicBool>,
) {
    let mut last = SystemTime::now();
    loop {
        let pause = tokio::time::sleep(life / BEATS);
        futures_util::pin_mut!(pause);
        let stopped = stop.notified();
        futures_util::pin_mut!(stopped);
        if let futures_util::future::Either::Right(_) =
            futures_util::future::select(pause, stopped).await
        {
            return;
        }
        // The wall clock goes on while a machine sleeps.
        let late = last.elapsed().is_ok_and(|gap| gap > life / 2);
        match store.head(&key).await {
            Ok(_) => {}
            Err(object_store::Error::NotFound { .. }) => {
                lost.store(true, Ordering::SeqCst);
                return;
            }
            Err(_) => continue,
        }
        let renewed = store.put(&key, PutPayload::from(bytes.clone())).await;
        if renewed.is_err() {
            continue;
        }
        if late {
            // Somebody may just be taking it for dead.
            let folder = Path::from(RUNNING);
            let listed: Result<Vec<ObjectMeta>, _> = store.list(Some(&folder)).try_collect().await;
            let safe = listed
                .is_ok_and(|all| !sort_out(&all, &key, life).alive.contains(&Purpose::Collect));
            if !safe {
                lost.store(true, Ordering::SeqCst);
                return;
            }
        }
        last = SystemTime::now();
    }
}
