//! Lists of files, kept as blobs of their own.
//!
//! A list is cut into tables where the paths say so, and not by count: a file
//! more or less changes one table, and the next snapshot brings only that one.

use serde::{Deserialize, Serialize};

use super::error::{Result, SnapshotError};
use super::hash::ContentHash;
use super::layout::blob_key;

/// The longest blob that a manifest may name.
pub(super) const MAX_PART: u64 = 1 << 30;
/// The longest table.
const MAX_TABLE: u64 = 256 << 20;
/// About one path of so many ends a table.
const CUT: u32 = 512;
/// The most files of a table.
const MAX_FILES: usize = 4_096;
/// The most parts of the files of a table.
const MAX_PARTS: usize = 1 << 16;
/// The version that is written.
const VERSION: u32 = 1;

/// A blob: a piece of a file, or a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Part {
    #[serde(rename = "h")]
    pub(super) hash: ContentHash,
    #[serde(rename = "n")]
    pub(super) bytes: u64,
}

/// A file and the blobs that it is made of, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    #[serde(rename = "f")]
    pub(super) path: String,
    #[serde(rename = "p")]
    pub(super) parts: Vec<Part>,
}

impl FileEntry {
    pub(super) fn bytes(&self) -> u64 {
        self.parts
            .iter()
            .fold(0, |sum, part| sum.saturating_add(part.bytes))
    }
}

/// A list of files in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct FileTables {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) tables: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
struct Table<F> {
    version: u32,
    files: F,
}

/// The bytes of the tables of a list; sorts it by path.
pub(super) fn encode(entries: &mut [FileEntry]) -> Result<Vec<Vec<u8>>> {
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut tables = Vec::new();
    let mut rest: &[FileEntry] = entries;
    while !rest.is_empty() {
        let mut parts = 0;
        let end = rest.iter().take(MAX_FILES).position(|entry| {
            parts += entry.parts.len();
            parts >= MAX_PARTS || crc32fast::hash(entry.path.as_bytes()).is_multiple_of(CUT)
        });
        let end = end.map_or(rest.len().min(MAX_FILES), |last| last + 1);
        let (files, after) = rest.split_at(end);
        let table = Table {
            version: VERSION,
            files,
        };
        let bytes = serde_json::to_vec(&table)
            .map_err(|error| crate::EngineError::Internal(error.to_string()))?;
        tables.push(bytes);
        rest = after;
    }
    Ok(tables)
}

/// The files of a table whose bytes are what its name promises.
pub(super) fn decode(part: Part, bytes: &[u8]) -> Result<Vec<FileEntry>> {
    let damaged = |reason: String| SnapshotError::damaged(blob_key(part.hash), reason);
    let table: Table<Vec<FileEntry>> = serde_json::from_slice(bytes)
        .map_err(|error| damaged(format!("no list of files: {error}")))?;
    if table.version != VERSION {
        return Err(damaged(format!(
            "a list of files of version {}, this node reads {VERSION}",
            table.version
        )));
    }
    for entry in &table.files {
        if let Some(part) = entry.parts.iter().find(|part| part.bytes > MAX_PART) {
            return Err(damaged(format!(
                "[{}] has a part of {} bytes, the most are {MAX_PART}",
                entry.path, part.bytes
            )));
        }
    }
    Ok(table.files)
}

impl FileTables {
    /// Refuses tables that would take too much memory.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.tables.iter().find(|part| part.bytes > MAX_TABLE) {
            Some(part) => Err(format!("a list of files of {} bytes", part.bytes)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn entry(at: usize) -> FileEntry {
        let content = format!("content {at}");
        FileEntry {
            path: format!("files/{:02x}/{at}", at % 256),
            parts: vec![Part {
                hash: ContentHash::of(content.as_bytes()),
                bytes: content.len() as u64,
            }],
        }
    }

    fn read(tables: &[Vec<u8>]) -> Vec<FileEntry> {
        let tables = tables.iter().map(|bytes| {
            let part = Part {
                hash: ContentHash::of(bytes),
                bytes: bytes.len() as u64,
            };
            decode(part, bytes).unwrap()
        });
        tables.flatten().collect()
    }

    #[test]
    fn are_read_back_and_change_little() {
        let mut entries: Vec<FileEntry> = (0..6_000).map(entry).collect();
        let before = encode(&mut entries).unwrap();
        assert!(before.len() > 4);
        assert_eq!(read(&before), entries);
        entries.remove(3_000);
        entries.push(entry(7_777));
        let after = encode(&mut entries).unwrap();
        assert_eq!(read(&after), entries);
        let known: BTreeSet<_> = before.iter().collect();
        let new = after.iter().filter(|table| !known.contains(table)).count();
        assert!(new <= 2, "{new} of {} tables are new", after.len());
        assert!(encode(&mut []).unwrap().is_empty());
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let part = Part {
            hash: ContentHash::of(b""),
            bytes: 0,
        };
        for bytes in [
            &b""[..],
            b"[]",
            br#"{"version":2,"files":[]}"#,
            br#"{"version":1,"files":[{"f":"x","p":[{"h":"00","n":1}]}]}"#,
        ] {
            let error = decode(part, bytes).unwrap_err();
            assert!(error.is_damage() && error.to_string().contains("blobs/e3/e3b0c4"));
        }
        let huge = format!(
            r#"{{"version":1,"files":[{{"f":"x","p":[{{"h":"{}","n":{}}}]}}]}}"#,
            part.hash,
            MAX_PART + 1
        );
        let error = decode(part, huge.as_bytes()).unwrap_err();
        assert!(error.is_damage(), "{error}");
    }
}
