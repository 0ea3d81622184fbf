//! A read-only view of a whole file.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::sync::Arc;

use tantivy::directory::OwnedBytes;

use super::mmap::Mapped;

/// How much of a file is read at once where all of it is.
const PIECE: usize = 8 << 20;

/// An immutable view of a file or of a part of one: mapped, or on the heap.
/// Clones are cheap and share the bytes, which live as long as any of them.
#[derive(Clone)]
pub struct Blob {
    bytes: OwnedBytes,
    map: Option<Mapped>,
}

/// How a part of a blob is going to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Here and there: read-ahead would be wasted.
    Random,
    /// From the beginning to the end.
    Sequential,
    /// Soon: load it now.
    WillNeed,
}

impl Blob {
    pub(super) fn map(file: &File) -> io::Result<Self> {
        if file.metadata()?.len() == 0 {
            return Ok(Self::from(Vec::new()));
        }
        let map = Mapped::new(file)?;
        Ok(Self {
            bytes: OwnedBytes::new(map.clone()),
            map: Some(map),
        })
    }

    /// A part of the view; `None` when the range lies outside.
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        self.bytes.get(range.clone())?;
        Some(Self {
            bytes: self.bytes.slice(range),
            map: self.map.clone(),
        })
    }

    /// Tells the system how the view will be read. It is only advice: nothing
    /// happens for a view on the heap, or when the system does not take it.
    pub fn advise(&self, access: Access) {
        #[cfg(unix)]
        if let Some(map) = &self.map
            && !self.bytes.is_empty()
        {
            let advice = match access {
                Access::Random => memmap2::Advice::Random,
                Access::Sequential => memmap2::Advice::Sequential,
                Access::WillNeed => memmap2::Advice::WillNeed,
            };
            let start = self.bytes.as_ptr().addr() - map.as_ptr().addr();
            let _ = map.map().advise_range(advice, start, self.bytes.len());
        }
        #[cfg(not(unix))]
        let _ = access;
    }

    /// The CRC-32 of the bytes, read from the beginning to the end a piece at a time. What is mapped is
    /// loaded ahead of that, and is not kept in this process's memory for it.
    pub fn checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        let mut begin = 0;
        while begin < self.len() {
            let end = (begin + PIECE).min(self.len());
            let Some(piece) = self.slice(begin..end) else {
                break;
            };
            piece.advise(Access::WillNeed);
            hasher.update(&piece);
            piece.release();
            begin = end;
        }
        hasher.finalize()
    }

    /// Lets the system take the memory of what is mapped back; it is read again when it is needed.
    fn release(&self) {
        #[cfg(unix)]
        if let Some(map) = &self.map
            && !self.bytes.is_empty()
        {
            map.release(
                self.bytes.as_ptr().addr() - map.as_ptr().addr(),
                self.bytes.len(),
            );
        }
    }

    /// Whether the bytes are mapped from a file.
    pub fn is_mapped(&self) -> bool {
        self.map.is_some()
    }

    /// The same bytes as tantivy holds them.
    pub fn into_owned_bytes(self) -> OwnedBytes {
        self.bytes
    }
}

impl Deref for Blob {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.as_slice()
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes: OwnedBytes::new(bytes),
            map: None,
        }
    }
}

impl From<Arc<[u8]>> for Blob {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self {
            bytes: OwnedBytes::new(bytes),
            map: None,
        }
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob")
            .field("len", &self.bytes.len())
            .field("mapped", &self.is_mapped())
            .finish()
    }
}
