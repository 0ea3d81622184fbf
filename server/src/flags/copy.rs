//! Consistent copies of the database, made while it is written to.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use tempfile::NamedTempFile;

use super::error::FlagsError;
use super::schema::PATIENCE;

/// How the names of copies begin that are being made.
const PREFIX: &str = "flags-copy-";
/// Between two tries while the database is locked.
const PAUSE: Duration = Duration::from_millis(20);

/// Removes the copies that a node left behind which was killed. What cannot be removed is in
/// nobody's way.
pub(super) fn remove_leftovers(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// A place for a copy, on the disk of the database: the system's folder may be small.
pub(super) fn place(folder: &Path) -> Result<NamedTempFile, FlagsError> {
    tempfile::Builder::new()
        .prefix(PREFIX)
        .suffix(".db")
        .tempfile_in(folder)
        .map_err(|source| FlagsError::Io {
            path: folder.to_owned(),
            source,
        })
}

/// Copies the database as it is at one moment, into one plain file without a log beside it.
pub(super) fn copy(reader: &Connection, path: &Path, target: &Path) -> Result<(), FlagsError> {
    let failed = |error| FlagsError::of(path, error);
    let mut copy = Connection::open(target).map_err(failed)?;
    // A copy that is not finished is worth nothing, so it need not be synced on the way.
    copy.execute_batch("PRAGMA synchronous = OFF")
        .map_err(failed)?;
    {
        let backup = Backup::new(reader, &mut copy).map_err(failed)?;
        let until = Instant::now() + PATIENCE;
        loop {
            // All pages in one step: writes of another connection would make it begin anew
            // between two steps, and they do not wait for readers.
            match backup.step(-1).map_err(failed)? {
                StepResult::Done => break,
                StepResult::More => {}
                _ if Instant::now() < until => std::thread::sleep(PAUSE),
                _ => return Err(FlagsError::Busy),
            }
        }
    }
    // The copy says that it has a log, as the database does: without one it can be read anywhere,
    // also where nothing can be written beside it.
    copy.execute_batch("PRAGMA journal_mode = DELETE")
        .map_err(failed)?;
    copy.close().map_err(|(_, error)| failed(error))
}
