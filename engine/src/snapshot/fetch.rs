//! Reading blobs in order, some ahead.

use std::collections::VecDeque;
use std::io;

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::error::{Result, SnapshotError};
use super::progress::SnapshotProgress;
use super::remote::{Remote, fetch};
use super::repository::Repository;
use super::table::{FileEntry, FileTables, Part, decode};
use super::throttle::Throttle;

/// The contents of blobs, in the order in which they were asked for.
pub(super) struct Fetcher<'a> {
    remote: &'a Remote,
    progress: &'a SnapshotProgress,
    throttle: Throttle,
    asked: Box<dyn Iterator<Item = Part> + 'a>,
    window: VecDeque<JoinHandle<Result<Bytes>>>,
    ahead: usize,
}

impl<'a> Fetcher<'a> {
    pub(super) fn new(
        repository: &'a Repository,
        progress: &'a SnapshotProgress,
        asked: impl Iterator<Item = Part> + 'a,
    ) -> Self {
        let options = repository.options();
        Self {
            remote: repository.remote(),
            progress,
            throttle: Throttle::new(options.restore_rate),
            asked: Box::new(asked),
            window: VecDeque::new(),
            ahead: options.parallel.max(1),
        }
    }

    /// The next content; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>> {
        while self.window.len() < self.ahead {
            let Some(part) = self.asked.next() else { break };
            self.throttle.pass(part.bytes, self.progress)?;
            let task = fetch(self.remote.store(), part);
            self.window.push_back(self.remote.handle().spawn(task));
        }
        self.progress.check()?;
        let Some(first) = self.window.pop_front() else {
            return Ok(None);
        };
        let bytes = self.remote.wait(first).map_err(|error| {
            crate::EngineError::Internal(format!("a thread that fetched a blob died: {error}"))
        })??;
        self.progress.moved(bytes.len() as u64);
        self.progress.bytes_done(bytes.len() as u64);
        Ok(Some(bytes))
    }
}

impl Drop for Fetcher<'_> {
    fn drop(&mut self) {
        for task in &self.window {
            task.abort();
        }
    }
}

/// A file, read blob by blob.
pub(super) struct FileReader<'f, 'a> {
    fetcher: &'f mut Fetcher<'a>,
    /// Blobs that were not taken yet.
    left: usize,
    current: Bytes,
    /// Why reading failed: an I/O error cannot carry it whole.
    failure: Option<SnapshotError>,
}

impl<'f, 'a> FileReader<'f, 'a> {
    /// The next file, whose parts the fetcher comes to next.
    pub(super) fn new(fetcher: &'f mut Fetcher<'a>, entry: &FileEntry) -> Self {
        Self {
            fetcher,
            left: entry.parts.len(),
            current: Bytes::new(),
            failure: None,
        }
    }

    /// The next piece; empty after the last.
    pub(super) fn piece(&mut self) -> Result<Bytes> {
        while self.current.is_empty() && self.left > 0 {
            self.left -= 1;
            self.current = self.fetcher.next()?.unwrap_or_default();
        }
        Ok(std::mem::take(&mut self.current))
    }

    /// Passes over what was not read, so that the next file begins.
    pub(super) fn finish(mut self) -> Result<()> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        while self.left > 0 {
            self.left -= 1;
            self.fetcher.next()?;
        }
        Ok(())
    }
}

impl io::Read for FileReader<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut piece = match self.piece() {
            Ok(piece) => piece,
            Err(error) => {
                let shown = io::Error::other(error.to_string());
                self.failure.get_or_insert(error);
                return Err(shown);
            }
        };
        let taken = piece.len().min(into.len());
        let head = piece.split_to(taken);
        for (to, from) in into.iter_mut().zip(&head) {
            *to = *from;
        }
        self.current = piece;
        Ok(taken)
    }
}

impl Repository {
    /// The files of a list.
    pub(super) fn files(
        &self,
        list: &FileTables,
        progress: &SnapshotProgress,
    ) -> Result<Vec<FileEntry>> {
        let mut entries = Vec::new();
        for part in &list.tables {
            progress.check()?;
            let bytes = self.remote().wait(fetch(self.remote().store(), *part))?;
            entries.extend(decode(*part, &bytes)?);
        }
        Ok(entries)
    }
}
