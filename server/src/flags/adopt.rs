//! The flags of a copy, put in place where there are none.

use std::io::{Read, Write};
use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tempfile::NamedTempFile;

use super::error::FlagsError;
use super::value::COLUMNS;
use super::{Flags, Result, copy, schema};

/// What became of the flags of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopted {
    /// They are here now, so many.
    All(u64),
    /// There were flags already: nothing was changed.
    Own,
}

impl Flags {
    /// Keeps the bytes of a copy beside the database until [`Flags::adopt`]; they go when the file
    /// is dropped.
    ///
    /// # Errors
    /// When they cannot be read or written.
    pub fn receive(&self, content: &mut dyn Read) -> Result<NamedTempFile> {
        let mut place = copy::place(&self.folder)?;
        let written = std::io::copy(content, place.as_file_mut())
            .and_then(|_| place.as_file_mut().flush())
            .map_err(|source| FlagsError::Io {
                path: place.path().to_owned(),
                source,
            });
        written.map(|()| place)
    }

    /// Takes over the flags of a copy, all or none, under the ids that they have there; only where
    /// there are none. No id of the copy is given out again, and none that was given out here.
    ///
    /// # Errors
    /// When the copy is damaged, of a newer version or none of flags, or nothing can be written.
    pub fn adopt(&self, copy: &Path) -> Result<Adopted> {
        check(copy)?;
        let failed = |error| FlagsError::of(&self.path, error);
        let mut writer = self.writer.lock();
        // Not inside of a transaction, where no other file can be attached.
        writer
            .execute("ATTACH DATABASE ?1 AS coming", [copy.to_string_lossy()])
            .map_err(failed)?;
        let done = take(&mut writer);
        let detached = writer.execute_batch("DETACH DATABASE coming");
        let adopted = done.map_err(failed)?;
        detached.map_err(failed)?;
        Ok(adopted)
    }
}

/// Whether a file is a whole database of flags.
fn check(path: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| FlagsError::of(path, error))?;
    if schema::check_owner(&connection, path)? == 0 {
        return Err(FlagsError::Foreign {
            path: path.to_owned(),
            reason: "it is empty".to_owned(),
        });
    }
    schema::check(&connection, path)
}

fn take(writer: &mut Connection) -> rusqlite::Result<Adopted> {
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let there: bool =
        transaction.query_row("SELECT EXISTS (SELECT 1 FROM main.flags)", [], |row| {
            row.get(0)
        })?;
    if there {
        return Ok(Adopted::Own);
    }
    let columns = format!("id, created_at, {}, extra", COLUMNS.join(", "));
    // The triggers put the words in place.
    let count = transaction.execute(
        &format!(
            "INSERT INTO main.flags ({columns}) SELECT {columns} FROM coming.flags ORDER BY id"
        ),
        [],
    )?;
    transaction.execute_batch(
        "INSERT INTO main.sqlite_sequence (name, seq)
           SELECT 'flags', 0 WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = 'flags');
         UPDATE main.sqlite_sequence SET seq = max(
           seq, coalesce((SELECT seq FROM coming.sqlite_sequence WHERE name = 'flags'), 0)
         ) WHERE name = 'flags';",
    )?;
    transaction.commit()?;
    Ok(Adopted::All(count as u64))
}
