//! The checksums of tantivy's files, which it writes and never reads.

use std::path::PathBuf;

use serde::Deserialize;
use tantivy::index::{SegmentComponent, SegmentMeta};

/// At the very end of each file.
const MAGIC: u32 = 1337;
/// The length of the footer and the magic number.
const TAIL: usize = 8;

/// What a footer says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Footer {
    /// Looked at by tantivy; here only whether it is whole.
    #[serde(rename = "version")]
    _version: Version,
    crc: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "named so that they are looked for")]
struct Version {
    major: u32,
    minor: u32,
    patch: u32,
    index_format_version: u32,
}

/// The files of a segment, all of which are there as long as a commit names it.
pub fn files_of(segment: &SegmentMeta) -> Vec<PathBuf> {
    let mut components = vec![
        SegmentComponent::Postings,
        SegmentComponent::Positions,
        SegmentComponent::FastFields,
        SegmentComponent::FieldNorms,
        SegmentComponent::Terms,
        SegmentComponent::Store,
    ];
    if segment.has_deletes() {
        components.push(SegmentComponent::Delete);
    }
    let paths = components.into_iter();
    paths
        .map(|component| segment.relative_path(component))
        .collect()
}

/// Compares a file with the checksum in its footer.
///
/// # Errors
/// Where in the file the fault shows, and what it is; of a wrong checksum, where that stands.
pub fn verify_file(file: &[u8]) -> Result<(), (u64, String)> {
    let end = file.len();
    let wrong = |offset: usize, reason: &str| (offset as u64, reason.to_owned());
    let number = |at: usize| -> Option<u32> {
        let bytes = file.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let tail = end
        .checked_sub(TAIL)
        .ok_or_else(|| wrong(end, "the file ends before its footer"))?;
    if number(tail + 4) != Some(MAGIC) {
        return Err(wrong(
            tail + 4,
            "the file does not end with its magic number",
        ));
    }
    let length = number(tail).map_or(usize::MAX, |length| length as usize);
    let begin = tail
        .checked_sub(length)
        .ok_or_else(|| wrong(tail, "the footer is longer than the file"))?;
    let footer: Footer = file
        .get(begin..tail)
        .and_then(|bytes| serde_json::from_slice(bytes).ok())
        .ok_or_else(|| wrong(begin, "the footer cannot be read"))?;
    if crc32fast::hash(file.get(..begin).unwrap_or_default()) != footer.crc {
        return Err(wrong(begin, "wrong checksum"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use tantivy::doc;
    use tantivy::schema::{STORED, Schema, TEXT};

    use super::*;
    use crate::store::{MemStore, Store};
    use crate::text::directory::StoreDirectory;

    #[test]
    fn every_flipped_and_every_cut_byte_shows() {
        let store = MemStore::new();
        let mut schema = Schema::builder();
        let title = schema.add_text_field("title", TEXT | STORED);
        let directory = StoreDirectory::new(Arc::new(store.clone()));
        let index = tantivy::Index::open_or_create(directory, schema.build()).unwrap();
        let mut writer: tantivy::IndexWriter =
            index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.add_document(doc!(title => "a cat")).unwrap();
        writer.commit().unwrap();
        let names = store.list(Path::new("")).unwrap();
        let files = names.iter().filter(|name| !name.ends_with(".json"));
        let mut seen = 0;
        for name in files.filter(|name| !name.ends_with(".temp")) {
            seen += 1;
            let whole = store.open(Path::new(name)).unwrap().to_vec();
            assert_eq!(verify_file(&whole), Ok(()), "{name}");
            let footer = whole.windows(2).rposition(|pair| pair == b"{\"").unwrap();
            let footer = whole[..footer].windows(2).rposition(|pair| pair == b"{\"");
            for at in 0..footer.unwrap_or_default() {
                let mut bad = whole.clone();
                bad[at] ^= 4;
                let (_, reason) = verify_file(&bad).unwrap_err();
                assert_eq!(reason, "wrong checksum", "{name} {at}");
            }
            for at in 0..whole.len() {
                let (offset, _) = verify_file(&whole[..at]).unwrap_err();
                assert!(offset <= at as u64, "{name} cut at {at}: {offset}");
            }
        }
        assert!(seen >= 5, "{names:?}");
    }
}
