//! The thorough check of a database that no node has open.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::error::FlagsError;
use super::{Flags, Result, schema};

impl Flags {
    /// Reads the whole database: every page, every index, and whether the words are those of the rows.
    /// Nothing is written but what a crash left in its log.
    ///
    /// # Errors
    /// What is damaged; [`FlagsError::Words`] where [`Flags::rebuild`] helps.
    pub fn verify(path: &Path) -> Result<()> {
        let connection = open(path)?;
        let failed = |error| FlagsError::of(path, error);
        if schema::check_owner(&connection, path)? == 0 {
            // Empty: the node makes it anew.
            return Ok(());
        }
        let mut statement = connection
            .prepare("PRAGMA integrity_check(10)")
            .map_err(failed)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0));
        let found: Vec<String> = rows.and_then(Iterator::collect).map_err(failed)?;
        if found != ["ok"] {
            let reason = found.join("; ");
            let path = path.to_owned();
            // Entries of an index that are missing or too many; the rows themselves are sound.
            return Err(if found.iter().all(|line| line.contains("index")) {
                FlagsError::Words { path, reason }
            } else {
                FlagsError::Damaged { path, reason }
            });
        }
        schema::check(&connection, path)?;
        let words = "INSERT INTO flags_words (flags_words, rank) VALUES ('integrity-check', 1)";
        connection
            .execute(words, [])
            .map(|_| ())
            .map_err(|error| FlagsError::Words {
                path: path.to_owned(),
                reason: format!("the words are not those of the rows: {error}"),
            })
    }

    /// Makes the indices and the words again of the rows.
    ///
    /// # Errors
    /// When the rows cannot be read, or nothing can be written.
    pub fn rebuild(path: &Path) -> Result<()> {
        let connection = open(path)?;
        connection
            .execute_batch("REINDEX; INSERT INTO flags_words (flags_words) VALUES ('rebuild');")
            .map_err(|error| FlagsError::of(path, error))?;
        drop(connection);
        Self::verify(path)
    }
}

fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags);
    let connection = connection.map_err(|error| FlagsError::of(path, error))?;
    connection
        .busy_timeout(schema::PATIENCE)
        .map_err(|error| FlagsError::of(path, error))?;
    Ok(connection)
}
