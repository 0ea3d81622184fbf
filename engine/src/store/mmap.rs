//! Memory maps: the only unsafe code of the store.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::sync::Arc;

use memmap2::Mmap;
use stable_deref_trait::StableDeref;

/// A shared map of a whole file.
#[derive(Clone, Debug)]
pub(super) struct Mapped(Arc<Mmap>);

impl Mapped {
    /// Maps a file that is not empty.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: a map is sound as long as nobody changes or shortens the
        // file under it. Files of a store are sealed before they are opened
        // for reading: they are replaced by rename and removed by unlink,
        // which leave the mapped inode alone. The one kind of file that is
        // cut, a translog with a torn tail, is cut by its only reader after it
        // dropped its view. The store's root is held by an exclusive lock, so
        // that no second node writes there.
        let map = unsafe { Mmap::map(file)? };
        Ok(Self(Arc::new(map)))
    }

    /// The map itself, for advice to the system.
    #[cfg(unix)]
    pub(super) fn map(&self) -> &Mmap {
        &self.0
    }

    /// Lets the system take the memory of a part back. It is only advice.
    #[cfg(unix)]
    pub(super) fn release(&self, start: usize, len: usize) {
        // SAFETY: the map is shared and only read, so every page is one of the file's: the next touch
        // brings the same bytes back. Nothing that was written could be lost.
        let _ = unsafe {
            self.0
                .unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, len)
        };
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

// SAFETY: the bytes belong to the mapping, whose address is fixed until the
// last `Arc` to it is dropped; moving or cloning the handle does not move them.
unsafe impl StableDeref for Mapped {}
