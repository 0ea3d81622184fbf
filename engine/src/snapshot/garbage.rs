//! Deleting snapshots, and the blobs that none needs.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use object_store::path::Path;

use super::error::Result;
use super::hash::ContentHash;
use super::layout::{BLOBS, blob_hash};
use super::manifest::Manifest;
use super::marker::{Marker, Purpose};
use super::remote::fetch;
use super::repository::{Found, Repository};
use super::table::{Part, decode};

/// Blobs that are deleted between two looks at the own marker.
const BATCH: usize = 500;
/// How often a deletion looks whether a snapshot that it cancelled has ended.
const LOOK: Duration = Duration::from_millis(20);

/// What a collection of garbage did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CleanupReport {
    /// Blobs that were deleted.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Blobs that no snapshot names and that are too young to go.
    pub young: u64,
    /// Why nothing was deleted; the next collection finds it again.
    pub deferred: Option<String>,
}

/// What a deletion did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeleteReport {
    /// The snapshots that are gone.
    pub deleted: Vec<String>,
    /// Their blobs.
    pub cleanup: CleanupReport,
}

impl Repository {
    /// Deletes snapshots, and at once the blobs that only they had. A snapshot that this process
    /// is making is cancelled. While another is made, the blobs stay for a later
    /// [`Repository::cleanup`].
    ///
    /// # Errors
    /// When one is not there (then none is deleted), or the storage fails.
    pub fn delete(&self, names: &[&str]) -> Result<DeleteReport> {
        self.writable()?;
        let aborted = self.abort(names)?;
        let found: Vec<Found> = self
            .manifests()?
            .into_iter()
            .filter(|found| names.contains(&found.name.as_str()))
            .collect();
        let there = |name: &&&str| found.iter().any(|found| found.name == **name);
        if let Some(name) = names
            .iter()
            .find(|name| !there(name) && !aborted.iter().any(|gone| gone == *name))
        {
            return Err(self.missing(name));
        }
        let mut parts = Named::default();
        for found in &found {
            // A manifest that cannot be read can still be deleted; its blobs wait for their age.
            if let Ok(Some(manifest)) = self.manifest(found)
                && let Err(error) = self.add_parts(&manifest, &mut parts)
            {
                tracing::warn!(snapshot = found.name, %error, "some blobs stay for a cleanup");
            }
        }
        let mut deleted = aborted;
        for found in found {
            self.remote().delete(&found.key)?;
            if !deleted.contains(&found.name) {
                deleted.push(found.name);
            }
        }
        let own = parts.hashes();
        let cleanup = match self.collect(&own) {
            Ok(report) => report,
            // The snapshots are gone, which is what was asked for.
            Err(error) => CleanupReport {
                deferred: Some(error.to_string()),
                ..CleanupReport::default()
            },
        };
        Ok(DeleteReport { deleted, cleanup })
    }

    /// Deletes blobs that no snapshot names and that are older than the grace period.
    ///
    /// # Errors
    /// When a manifest or a list is damaged, for nobody knows what it names, or the storage fails.
    pub fn cleanup(&self) -> Result<CleanupReport> {
        self.writable()?;
        self.collect(&HashSet::new())
    }

    /// Cancels those of the snapshots that this process makes, and waits for their end.
    fn abort(&self, names: &[&str]) -> Result<Vec<String>> {
        let mut aborted = Vec::new();
        for name in names {
            let Some(progress) = self.running.lock().get(*name).cloned() else {
                continue;
            };
            progress.cancel();
            aborted.push((*name).to_owned());
        }
        let begun = Instant::now();
        while aborted
            .iter()
            .any(|name| self.running.lock().contains_key(name))
        {
            if begun.elapsed() > self.options().patience {
                return Err(self.busy("the snapshot is being cancelled"));
            }
            std::thread::sleep(LOOK);
        }
        Ok(aborted)
    }

    /// Deletes what no manifest names: of `own` at once, the rest when it is old enough.
    fn collect(&self, own: &HashSet<ContentHash>) -> Result<CleanupReport> {
        let _one_at_a_time = self.collecting.lock();
        let options = self.options();
        let mut report = CleanupReport::default();
        let marker = Marker::begin(self, Purpose::Collect, "collecting garbage")?;
        let others = marker.others(options.marker_life)?;
        if let Some(purpose) = others.alive.first() {
            report.deferred = Some(match purpose {
                Purpose::Snapshot => "a snapshot is being made".to_owned(),
                Purpose::Restore => "a snapshot is being read".to_owned(),
                Purpose::Collect => "garbage is being collected already".to_owned(),
            });
            return Ok(report);
        }
        // Gone before any blob is: who was taken for dead will notice.
        for dead in &others.dead {
            self.remote().delete(dead)?;
        }
        let blobs = self.remote().list(BLOBS)?;
        let named = self.named()?;
        let grace = i64::try_from(options.grace.as_millis()).unwrap_or(i64::MAX);
        let mut gone: Vec<(Path, u64)> = Vec::new();
        for blob in blobs {
            let Some(hash) = blob_hash(&blob.location) else {
                continue;
            };
            if named.contains(&hash) {
                continue;
            }
            let modified = blob.last_modified.timestamp_millis();
            let old = others.now_ms.saturating_sub(modified) >= grace;
            if old || own.contains(&hash) {
                gone.push((blob.location, blob.size));
            } else {
                report.young += 1;
            }
        }
        for batch in gone.chunks(BATCH) {
            if !marker.is_held()? {
                report.deferred = Some("the collection stood still for too long".to_owned());
                break;
            }
            let keys = batch.iter().map(|(key, _)| key.clone()).collect();
            self.remote().delete_all(keys)?;
            report.blobs += batch.len() as u64;
            report.bytes += batch.iter().map(|(_, bytes)| bytes).sum::<u64>();
        }
        Ok(report)
    }

    /// All blobs that a manifest names.
    fn named(&self) -> Result<HashSet<ContentHash>> {
        let mut parts = Named::default();
        for found in self.manifests()? {
            if let Some(manifest) = self.manifest(&found)? {
                self.add_parts(&manifest, &mut parts)?;
            }
        }
        Ok(parts.hashes())
    }

    fn add_parts(&self, manifest: &Manifest, named: &mut Named) -> Result<()> {
        for list in manifest.lists() {
            for table in &list.tables {
                if named.tables.contains(table) {
                    // Of a snapshot that was looked at before, and the same.
                    continue;
                }
                let bytes = self.remote().wait(fetch(self.remote().store(), *table))?;
                for file in decode(*table, &bytes)? {
                    named.pieces.extend(file.parts);
                }
                named.tables.insert(*table);
            }
        }
        Ok(())
    }
}

/// What manifests name. Tables are told apart from pieces of files: a file may hold the bytes of
/// a table, and has not been followed by that.
#[derive(Debug, Default)]
struct Named {
    tables: HashSet<Part>,
    pieces: HashSet<Part>,
}

impl Named {
    fn hashes(self) -> HashSet<ContentHash> {
        let parts = self.tables.into_iter().chain(self.pieces);
        parts.map(|part| part.hash).collect()
    }
}
