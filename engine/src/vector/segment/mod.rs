//! A segment: an immutable file of vectors with their graph, mapped and
//! searched where it lies.
//!
//! Vectors have internal ids, sorted by the highest layer they belong to, and
//! within it by ordinal: layer `l` is the ids below a number, the search enters
//! at id 0, and the documents that a filter allows are found by walking sorted
//! runs.

mod header;
mod lookup;
mod tombstones;
mod verify;
mod view;
mod write;

#[cfg(test)]
mod tests;

pub(super) use header::{DEGREES, MAX_LAYERS, MAX_VECTORS};
pub use header::{Header, MAX_MODEL_NAME, Model, Section};
pub use tombstones::{read_tombstones, write_tombstones};
pub(super) use view::View;
pub use write::{SegmentSpec, freeze};

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{Result, VectorError};
use super::search::ScratchPool;
use crate::store::{Access, Blob, Store};

/// Marks the free places of a list of links.
pub(super) const NONE: u32 = u32::MAX;

/// An open segment.
pub struct Segment {
    header: Header,
    blob: Blob,
    places: [Range<usize>; 6],
    /// The file as a person would look for it.
    file: PathBuf,
    pub(super) scratch: ScratchPool,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("file", &self.file)
            .field("vectors", &self.header.vectors)
            .finish_non_exhaustive()
    }
}

impl Segment {
    /// Opens a segment: the header is read and checked against the file's
    /// length, nothing else is touched.
    ///
    /// # Errors
    /// When the file is not there, or its header is damaged.
    pub fn open(store: &dyn Store, path: &Path) -> Result<Self> {
        let file = store.full_path(path);
        let corrupt = |offset, reason| VectorError::Corrupt {
            file: file.clone(),
            offset,
            reason,
        };
        let mut blob = store.open(path)?;
        if cfg!(target_endian = "big") {
            return Err(corrupt(
                0,
                "segments are read on little-endian machines only".into(),
            ));
        }
        // A map begins on a page. What lies on the heap may begin anywhere:
        // shared slices are aligned for the largest number.
        if !blob.as_ptr().cast::<u64>().is_aligned() {
            blob = Blob::from(Arc::<[u8]>::from(&blob[..]));
        }
        let header =
            Header::decode(&blob, blob.len() as u64).map_err(|(at, why)| corrupt(at, why))?;
        // The lengths were checked against the file's, which lies in memory.
        let places = header
            .places()
            .0
            .map(|place| place.start as usize..place.end as usize);
        let segment = Self {
            header,
            blob,
            places,
            scratch: ScratchPool::default(),
            file,
        };
        segment.advise();
        Ok(segment)
    }

    /// Links and codes are wanted at once; of the vectors few are read, here and there.
    fn advise(&self) {
        for (section, access) in [
            (Section::Base, Access::WillNeed),
            (Section::Upper, Access::WillNeed),
            (Section::Codes, Access::WillNeed),
            (Section::Vectors, Access::Random),
        ] {
            if let Some(part) = self.blob.slice(self.place(section)) {
                part.advise(access);
            }
        }
    }

    /// What the segment says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The file, for messages.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The file's length.
    pub fn bytes(&self) -> u64 {
        self.blob.len() as u64
    }

    /// Where a section lies in the file.
    pub fn place(&self, section: Section) -> Range<usize> {
        self.places[section as usize].clone()
    }

    fn section(&self, section: Section) -> &[u8] {
        self.blob.get(self.place(section)).unwrap_or_default()
    }

    pub(super) fn corrupt(&self, offset: u64, reason: impl Into<String>) -> VectorError {
        VectorError::Corrupt {
            file: self.file.clone(),
            offset,
            reason: reason.into(),
        }
    }

    /// The sections as numbers.
    pub(super) fn view(&self) -> Result<View<'_>> {
        View::new(self)
    }
}
