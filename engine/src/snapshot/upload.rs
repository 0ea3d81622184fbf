//! Sending blobs that the repository has not.

use std::collections::HashMap;

use bytes::Bytes;
use object_store::{ObjectStoreExt, PutPayload};
use tokio::task::JoinSet;

use super::error::Result;
use super::hash::ContentHash;
use super::layout::blob_key;
use super::progress::SnapshotProgress;
use super::remote::failed;
use super::repository::Repository;
use super::table::Part;
use super::throttle::Throttle;

/// Sends what is new, several blobs at a time.
pub(super) struct Uploader<'a> {
    repository: &'a Repository,
    progress: &'a SnapshotProgress,
    throttle: Throttle,
    /// What the repository has, with its length.
    blobs: HashMap<ContentHash, u64>,
    tasks: JoinSet<Result<()>>,
    added_blobs: u64,
    added_bytes: u64,
}

impl<'a> Uploader<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        progress: &'a SnapshotProgress,
        blobs: HashMap<ContentHash, u64>,
    ) -> Self {
        Self {
            repository,
            progress,
            throttle: Throttle::new(repository.options().snapshot_rate),
            blobs,
            tasks: JoinSet::new(),
            added_blobs: 0,
            added_bytes: 0,
        }
    }

    /// Whether the repository has a blob, or will have it when this is finished.
    pub(super) fn has(&self, part: &Part) -> bool {
        self.blobs.get(&part.hash) == Some(&part.bytes)
    }

    /// Sends one blob, where it is new.
    pub(super) fn blob(&mut self, content: &[u8]) -> Result<Part> {
        self.progress.check()?;
        let part = Part {
            hash: ContentHash::of(content),
            bytes: content.len() as u64,
        };
        if !self.has(&part) {
            self.throttle.pass(part.bytes, self.progress)?;
            self.wait_for(self.repository.options().parallel.max(1) - 1)?;
            let store = self.repository.remote().store();
            let payload = PutPayload::from(Bytes::copy_from_slice(content));
            let send = async move {
                let key = blob_key(part.hash);
                // Whatever lies there under that name is not that content.
                let sent = store.put(&key, payload).await;
                sent.map(|_| ()).map_err(failed(key, "writing"))
            };
            self.tasks.spawn_on(send, self.repository.remote().handle());
            self.blobs.insert(part.hash, part.bytes);
            self.added_blobs += 1;
            self.added_bytes += part.bytes;
            self.progress.moved(part.bytes);
        }
        Ok(part)
    }

    /// Sends a file, in pieces of `piece` bytes or the repository's where these are shorter; an
    /// empty one has no blobs.
    pub(super) fn file(&mut self, content: &[u8], piece: Option<usize>) -> Result<Vec<Part>> {
        let longest = self.repository.options().chunk_bytes;
        let longest = piece.map_or(longest, |piece| piece.min(longest)).max(1);
        let mut parts = Vec::new();
        for chunk in content.chunks(longest) {
            parts.push(self.blob(chunk)?);
            self.progress.bytes_done(chunk.len() as u64);
        }
        Ok(parts)
    }

    /// Waits until no more than so many blobs are under way.
    fn wait_for(&mut self, left: usize) -> Result<()> {
        while self.tasks.len() > left {
            let Some(done) = self.repository.remote().wait(self.tasks.join_next()) else {
                break;
            };
            done.map_err(|error| {
                crate::EngineError::Internal(format!("a thread that sent a blob died: {error}"))
            })??;
        }
        Ok(())
    }

    /// Waits for everything: the blobs that were new, and their bytes.
    pub(super) fn finish(mut self) -> Result<(u64, u64)> {
        self.wait_for(0)?;
        Ok((self.added_blobs, self.added_bytes))
    }
}
