//! What became of the items, and why some failed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use serde_json::json;

use super::ImportError;
use crate::cli::progress::Progress;

/// Failures that are shown; the report file has all.
const SHOWN: u64 = 20;

/// How many items went which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New.
    pub created: u64,
    /// There before.
    pub known: u64,
    /// No pictures.
    pub skipped: u64,
    /// Refused.
    pub failed: u64,
}

/// An item that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file, entry or catalogue.
    pub source: String,
    /// The catalogue's line, from 1.
    pub line: Option<u64>,
    /// Why.
    pub error: String,
}

/// The report of an import.
#[derive(Debug)]
pub struct Report {
    counts: Counts,
    file: Option<(PathBuf, BufWriter<File>)>,
}

impl Report {
    /// Begins; `path` is where failures are written.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn new(path: Option<PathBuf>) -> Result<Self, ImportError> {
        let file = match path {
            None => None,
            Some(path) => match File::create(&path) {
                Ok(file) => Some((path, BufWriter::new(file))),
                Err(source) => return Err(ImportError::Report { path, source }),
            },
        };
        Ok(Self {
            counts: Counts::default(),
            file,
        })
    }

    /// The counts so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Counts what was taken in.
    pub fn add(&mut self, created: u64, known: u64) {
        self.counts.created += created;
        self.counts.known += known;
    }

    /// Counts what is no picture.
    pub fn skip(&mut self) {
        self.counts.skipped += 1;
    }

    /// Counts and writes down what failed.
    ///
    /// # Errors
    /// When the report cannot be written.
    pub fn fail(&mut self, failure: &Failure, progress: &Progress) -> Result<(), ImportError> {
        self.counts.failed += 1;
        if self.counts.failed <= SHOWN {
            let line = failure
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            progress.say(&format!("{}{line}: {}", failure.source, failure.error));
        } else if self.counts.failed == SHOWN + 1 {
            progress.say("more failures are not shown; --report FILE writes all of them");
        }
        if let Some((path, file)) = &mut self.file {
            let entry = json!({
                "source": failure.source, "line": failure.line, "error": failure.error
            });
            writeln!(file, "{entry}").map_err(|source| ImportError::Report {
                path: path.clone(),
                source,
            })?;
        }
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&mut self) -> Result<(), ImportError> {
        if let Some((path, file)) = &mut self.file {
            file.flush().map_err(|source| ImportError::Report {
                path: path.clone(),
                source,
            })?;
        }
        Ok(())
    }
}
