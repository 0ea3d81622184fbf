//! Making, checking and opening the file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::FlagsError;
use super::value::COLUMNS;

/// The version that this node writes, in SQLite's `user_version`.
pub(super) const VERSION: i64 = 1;
/// How long somebody else's lock is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Files up to this size are read as a whole when they are opened, which takes well under a second.
/// Larger ones would keep the node from starting; damage deep inside is then an error where it is met.
const CHECKED_BYTES: u64 = 64 << 20;

/// Columns of values have no type, so SQLite converts nothing: "20" and 20 stay what they were.
const SCHEMA: &str = "
CREATE TABLE flags (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  image_prompt NOT NULL,
  steps,
  sampler,
  cfg_scale,
  seed,
  size,
  model_hash,
  model_name,
  seed_resize_from,
  denoising_strength,
  extra TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX flags_by_created_at ON flags (created_at);
CREATE INDEX flags_by_model_name ON flags (model_name);
CREATE VIRTUAL TABLE flags_words USING fts5 (
  image_prompt, content = 'flags', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER flags_inserted AFTER INSERT ON flags BEGIN
  INSERT INTO flags_words (rowid, image_prompt) VALUES (new.id, new.image_prompt);
END;
CREATE TRIGGER flags_deleted AFTER DELETE ON flags BEGIN
  INSERT INTO flags_words (flags_words, rowid, image_prompt) VALUES ('delete', old.id, old.image_prompt);
END;
CREATE TRIGGER flags_updated AFTER UPDATE ON flags BEGIN
  INSERT INTO flags_words (flags_words, rowid, image_prompt) VALUES ('delete', old.id, old.image_prompt);
  INSERT INTO flags_words (rowid, image_prompt) VALUES (new.id, new.image_prompt);
END;
PRAGMA user_version = 1;
";

/// The statement that keeps a flag: its time, its values in the order of [`COLUMNS`], and the rest.
pub(super) fn insert() -> String {
    let places = ["?"; COLUMNS.len() + 2].join(", ");
    let columns = COLUMNS.join(", ");
    format!("INSERT INTO flags (created_at, {columns}, extra) VALUES ({places})")
}

/// Opens the connection that writes.
pub(super) fn open(path: &Path) -> Result<Connection, FlagsError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| FlagsError::of(path, error);
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    // Whose file it is comes first: one that is not ours stays as it is.
    let version = check_owner(&connection, path)?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(failed)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(FlagsError::Foreign {
            path: path.to_owned(),
            reason: format!("it cannot keep a write-ahead log, its journal is \"{mode}\""),
        });
    }
    // FULL: a commit is on disk before it is answered. The log shrinks again after a large one.
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;")
        .map_err(failed)?;
    if version == 0 {
        create(&mut connection).map_err(failed)?;
    }
    check(&connection, path)?;
    Ok(connection)
}

/// The version of the file; 0 for an empty one.
pub(super) fn check_owner(connection: &Connection, path: &Path) -> Result<i64, FlagsError> {
    let number = |sql| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(|error| FlagsError::of(path, error))
    };
    let version = number("PRAGMA user_version")?;
    if version > VERSION {
        return Err(FlagsError::Newer {
            path: path.to_owned(),
            version,
            supported: VERSION,
        });
    }
    if version <= 0 && number("SELECT count(*) FROM sqlite_schema")? > 0 {
        return Err(FlagsError::Foreign {
            path: path.to_owned(),
            reason: format!("its user_version is {version} and it has tables"),
        });
    }
    Ok(version.max(0))
}

/// All or nothing: a crash meanwhile leaves an empty file.
fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(SCHEMA)?;
    transaction.commit()
}

pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), FlagsError> {
    let columns = format!(
        "SELECT id, created_at, {}, extra FROM flags, (SELECT rowid FROM flags_words LIMIT 0)",
        COLUMNS.join(", ")
    );
    connection
        .prepare(&columns)
        .map(drop)
        .map_err(|error| match FlagsError::of(path, error) {
            FlagsError::Sql { source, .. } => FlagsError::Foreign {
                path: path.to_owned(),
                reason: source.to_string(),
            },
            other => other,
        })?;
    let size = std::fs::metadata(path).map_or(0, |file| file.len());
    if size > CHECKED_BYTES {
        return Ok(());
    }
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| FlagsError::of(path, error))?;
    if found == "ok" {
        return Ok(());
    }
    Err(FlagsError::Damaged {
        path: path.to_owned(),
        reason: found,
    })
}
