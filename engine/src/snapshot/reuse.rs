//! What a repository has already.

use std::collections::HashMap;

use super::create::Making;
use super::error::Result;
use super::hash::ContentHash;
use super::layout::{BLOBS, blob_hash};
use super::manifest::Manifest;
use super::repository::Repository;
use super::table::{FileTables, Part};

/// Manifests that are looked at for files that are known by their names.
const LOOK_BACK: usize = 8;

/// Earlier snapshots, newest first.
pub(super) struct Earlier(Vec<Manifest>);

impl Repository {
    /// All blobs with their lengths.
    pub(super) fn blobs(&self) -> Result<HashMap<ContentHash, u64>> {
        let listed = self.remote().list(BLOBS)?;
        let blobs = listed
            .iter()
            .filter_map(|meta| Some((blob_hash(&meta.location)?, meta.size)));
        Ok(blobs.collect())
    }

    /// The last snapshots. One that is damaged saves nobody any work, that is all.
    pub(super) fn earlier(&self) -> Result<Earlier> {
        let found = self.manifests()?;
        let newest = found.iter().rev().take(LOOK_BACK);
        let manifests = newest.filter_map(|found| self.manifest(found).ok().flatten());
        Ok(Earlier(manifests.collect()))
    }
}

impl Earlier {
    fn list_of(&self, uuid: &str) -> Option<&FileTables> {
        let indices = self.0.iter().flat_map(|manifest| &manifest.indices);
        let mut same = indices.filter(|index| index.uuid == uuid);
        same.next().map(|index| &index.files)
    }

    /// The files of an index as its last snapshot had them, by path.
    pub(super) fn files_of(&self, making: &Making<'_>, uuid: &str) -> HashMap<String, Vec<Part>> {
        let list = self.list_of(uuid);
        let files = list.map(|list| making.repository.files(list, making.progress));
        let files = files.and_then(Result::ok).unwrap_or_default();
        let pairs = files.into_iter().map(|file| (file.path, file.parts));
        pairs.collect()
    }
}
