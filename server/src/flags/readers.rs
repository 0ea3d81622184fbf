//! Connections that read, beside the one that writes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};

use super::error::FlagsError;
use super::schema::PATIENCE;

/// Connections that are kept open while nobody reads.
const KEPT: usize = 4;
/// Steps of SQLite's machine between two looks at the clock: well under a millisecond.
const STEPS: i32 = 10_000;

/// Connections that read. There are as many as reads at the same time, which the node's pools bound.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: &Path, timeout: Duration) -> Self {
        Self {
            path: path.to_owned(),
            timeout,
            idle: Mutex::default(),
        }
    }

    /// Reads within the time for a query.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, FlagsError> {
        let failed = |error| FlagsError::of(&self.path, error);
        let deadline = Instant::now() + self.timeout;
        self.lend(|reader| {
            let late = move || Instant::now() >= deadline;
            reader.progress_handler(STEPS, Some(late)).map_err(failed)?;
            let result = work(reader).map_err(failed);
            reader
                .progress_handler(0, None::<fn() -> bool>)
                .map_err(failed)?;
            result
        })
    }

    /// Lends a connection, however long it takes. One that failed is closed and not lent again.
    pub(super) fn lend<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, FlagsError>,
    ) -> Result<T, FlagsError> {
        let idle = self.idle.lock().pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => open(&self.path).map_err(|error| FlagsError::of(&self.path, error))?,
        };
        let result = work(&mut reader)?;
        let mut idle = self.idle.lock();
        if idle.len() < KEPT {
            idle.push(reader);
        }
        Ok(result)
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}
