//! Generated images that were flagged, in an SQLite database of their own.
//!
//! `flags.db` lies in the data folder for people: anyone may read, copy or correct it with `sqlite3`
//! while the node runs. Hence plain columns with their natural names, words that SQLite's own
//! full-text index keeps by triggers (a row that was changed by hand is found as well), and nothing
//! cached in memory that a change from outside could make wrong.
//!
//! | file | what |
//! |---|---|
//! | `schema.rs` | making, checking and opening the file |
//! | `value.rs` | a flag, and its values: a text stays a text, a number a number |
//! | `query.rs`, `words.rs` | which flags a listing shows |
//! | `readers.rs` | connections that read |
//! | `copy.rs` | consistent copies |
//! | `verify.rs` | the thorough check, and what it can mend |
//! | `adopt.rs` | the flags of a copy, put in place |
//! | `error.rs` | what can fail |

mod adopt;
mod copy;
mod error;
mod query;
mod readers;
mod schema;
#[cfg(test)]
mod tests;
mod value;
mod verify;
mod words;

use std::path::{Path, PathBuf};
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use tempfile::NamedTempFile;
use time::OffsetDateTime;

pub use adopt::Adopted;
pub use error::FlagsError;
pub use query::{FlagPage, FlagQuery, timestamp};
pub use value::{COLUMNS, Flag, NewFlag, Refusal, Scalar};
pub use words::{Words, WordsError};

use readers::Readers;

/// The database's name in the data folder.
pub const FILE: &str = "flags.db";

type Result<T, E = FlagsError> = std::result::Result<T, E>;

/// The flags of a node. All methods block.
#[derive(Debug)]
pub struct Flags {
    folder: PathBuf,
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Readers,
}

impl Flags {
    /// Opens the database of a data folder, or makes it. A read may take as long as `timeout`.
    ///
    /// # Errors
    /// When the file is damaged, of a newer version, or no database of flags; the message names it.
    pub fn open(folder: &Path, timeout: Duration) -> Result<Self> {
        let path = folder.join(FILE);
        copy::remove_leftovers(folder);
        let writer = schema::open(&path)?;
        Ok(Self {
            folder: folder.to_owned(),
            writer: Mutex::new(writer),
            readers: Readers::new(&path, timeout),
            path,
        })
    }

    /// Keeps a flag; it is on disk when this returns. Gives its id, which no other flag ever gets.
    ///
    /// # Errors
    /// When it cannot be written; then it is not kept.
    pub fn add(&self, flag: &NewFlag) -> Result<i64> {
        let created_at = timestamp(OffsetDateTime::now_utc());
        let extra = serde_json::Value::Object(flag.extra.clone()).to_string();
        let mut values: Vec<ToSqlOutput<'_>> = vec![ToSqlOutput::from(created_at.as_str())];
        values.extend(flag.values.iter().map(value::bound));
        values.push(ToSqlOutput::from(extra.as_str()));
        let writer = self.writer.lock();
        // One statement is one transaction, with what the triggers do.
        let inserted = writer.execute(&schema::insert(), params_from_iter(values));
        inserted.map_err(|error| FlagsError::of(&self.path, error))?;
        Ok(writer.last_insert_rowid())
    }

    /// Removes a flag; whether it was there.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn delete(&self, id: i64) -> Result<bool> {
        let writer = self.writer.lock();
        let removed = writer.execute("DELETE FROM flags WHERE id = ?1", [id]);
        Ok(removed.map_err(|error| FlagsError::of(&self.path, error))? > 0)
    }

    /// A flag.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get(&self, id: i64) -> Result<Option<Flag>> {
        let sql = format!("{} WHERE id = ?1", query::select());
        self.readers
            .read(|reader| reader.query_row(&sql, [id], Flag::read).optional())
    }

    /// A page of flags, newest first, and how many match.
    ///
    /// # Errors
    /// When they cannot be read within the time.
    pub fn list(&self, query: &FlagQuery) -> Result<FlagPage> {
        self.readers.read(|reader| query.run(reader))
    }

    /// The largest id that there is; 0 without flags.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_id(&self) -> Result<i64> {
        let sql = "SELECT coalesce(max(id), 0) FROM flags";
        self.readers
            .read(|reader| reader.query_row(sql, [], |row| row.get(0)))
    }

    /// The flags with ids above `after` and up to `last`, by id: as many as come to about `bytes`,
    /// at least one where there is one. A listing of any size is read in such pieces, so that no
    /// slow client keeps the database from tidying its log.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn piece(&self, after: i64, last: i64, bytes: usize) -> Result<Vec<Flag>> {
        let sql = format!(
            "{} WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT 1000",
            query::select()
        );
        self.readers.read(|reader| {
            let mut statement = reader.prepare(&sql)?;
            let mut rows = statement.query([after, last])?;
            let (mut flags, mut size) = (Vec::new(), 0_usize);
            while size < bytes
                && let Some(row) = rows.next()?
            {
                let flag = Flag::read(row)?;
                size = size.saturating_add(flag.size());
                flags.push(flag);
            }
            Ok(flags)
        })
    }

    /// Writes a consistent copy of the database to a file, which must be new or empty.
    ///
    /// # Errors
    /// When the copy cannot be made.
    pub fn copy_to(&self, target: &Path) -> Result<()> {
        self.readers
            .lend(|reader| copy::copy(reader, &self.path, target))
    }

    /// A consistent copy of the database, in a file whose name is gone already: it goes with its
    /// last handle.
    ///
    /// # Errors
    /// When the copy cannot be made.
    pub fn copy(&self) -> Result<std::fs::File> {
        let place = self.copy_beside()?;
        let opened = place.reopen();
        opened.map_err(|source| FlagsError::Io {
            path: place.path().to_owned(),
            source,
        })
    }

    /// A consistent copy of the database in the data folder, which goes when it is dropped.
    ///
    /// # Errors
    /// When the copy cannot be made.
    pub fn copy_beside(&self) -> Result<NamedTempFile> {
        let place = copy::place(&self.folder)?;
        self.copy_to(place.path())?;
        Ok(place)
    }

    /// Puts everything into the one file, so that a copy of the folder is plain to read. Nothing is
    /// lost where this fails: the log beside the file holds it.
    pub fn close(&self) {
        let writer = self.writer.lock();
        if let Err(error) = writer.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(file = %self.path.display(), %error, "the log of flags stays beside them");
        }
    }
}
