//! Reading a snapshot back.

use std::collections::HashSet;

use super::error::{Result, SnapshotError};
use super::fetch::Fetcher;
use super::progress::SnapshotProgress;
use super::remote::fetch;
use super::repository::Repository;
use super::table::{Part, decode};

/// An object of a repository that does not hold what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The object.
    pub object: String,
    /// What is wrong with it.
    pub reason: String,
    /// A file that needs it; the snapshot, where it is a manifest.
    pub file: String,
}

/// What reading a snapshot back found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Blobs that were read.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those that are damaged or gone.
    pub damaged: Vec<Damage>,
}

impl Repository {
    /// Reads everything that a snapshot is made of, and compares it with its hashes.
    ///
    /// # Errors
    /// When there is none of that name, its manifest is damaged, it was cancelled, or the storage
    /// fails. Damaged blobs are no error: the report names them.
    pub fn verify(&self, name: &str, progress: &SnapshotProgress) -> Result<VerifyReport> {
        let _marker = self.reading_marker(name);
        let manifest = self.manifest_of(name)?;
        let mut report = VerifyReport::default();
        // Apart: a file may hold the bytes of a table.
        let (mut tables, mut seen) = (HashSet::new(), HashSet::new());
        let mut wanted: Vec<(Part, String)> = Vec::new();
        for list in manifest.lists() {
            for table in &list.tables {
                progress.check()?;
                if !tables.insert(*table) {
                    continue;
                }
                let read = self
                    .remote()
                    .wait(fetch(self.remote().store(), *table))
                    .and_then(|bytes| decode(*table, &bytes));
                let Some(files) = report.note(*table, "a list of files", read)? else {
                    continue;
                };
                for file in files {
                    for part in &file.parts {
                        if seen.insert(*part) {
                            wanted.push((*part, file.path.clone()));
                        }
                    }
                }
            }
        }
        let bytes = wanted.iter().map(|(part, _)| part.bytes).sum();
        progress.plan(wanted.len() as u64, bytes);
        let parts = wanted.iter().map(|(part, _)| *part);
        let mut fetcher = Fetcher::new(self, progress, parts);
        for (part, file) in &wanted {
            let read = fetcher.next();
            report.note(*part, file, read)?;
            progress.file_done();
        }
        Ok(report)
    }
}

impl VerifyReport {
    /// Counts a blob; `None` when it is damaged.
    fn note<T>(&mut self, part: Part, file: &str, read: Result<T>) -> Result<Option<T>> {
        self.blobs += 1;
        self.bytes = self.bytes.saturating_add(part.bytes);
        match read {
            Ok(content) => Ok(Some(content)),
            Err(SnapshotError::Damaged { object, reason }) => {
                self.damaged.push(Damage {
                    object,
                    reason,
                    file: file.to_owned(),
                });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
