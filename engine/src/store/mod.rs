//! The storage that everything durable is written through.
//!
//! A [`Store`] is a folder of files with few operations, each with a stated
//! effect on durability, so that the node can run on a disk ([`FsStore`]), in
//! memory ([`MemStore`], which can show what a power loss would leave), and on
//! a store that fails on demand ([`testing::FaultStore`]).
//!
//! Rules that hold for every implementation:
//! - Paths are relative to the store's root; what could leave it is refused.
//! - Bytes written to a file are durable after [`StoreFile::sync`].
//! - That a file has a name (after [`Store::create`], [`Store::rename`]) or has
//!   it no longer (after [`Store::delete`]) is durable after
//!   [`Store::sync_dir`] of its folder, and not before.
//! - [`Store::write_atomic`], [`Store::truncate`], [`Store::create_dir_all`]
//!   and [`Store::delete_dir_all`] are durable when they return.

mod blob;
mod claim;
mod error;
mod fenced;
mod folders;
pub mod frame;
mod fs;
mod mem;
mod mmap;
mod overlay;
mod path;
mod room;
mod scoped;
pub mod testing;

#[cfg(test)]
mod tests;

pub use blob::{Access, Blob};
pub use claim::{Claim, Claims};
pub use error::StoreError;
pub use fenced::Fenced;
pub use folders::create_folders;
pub use fs::FsStore;
pub use mem::MemStore;
pub use overlay::Overlay;
pub use room::check_room;
pub use scoped::{Scoped, sub};

use std::fmt::Debug;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A store's result.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A file being written.
pub trait StoreFile: Write + Send + Sync + Debug {
    /// Makes all that was written so far durable. After a failure nothing may
    /// be assumed about any byte since the last success.
    ///
    /// # Errors
    /// When the system could not.
    fn sync(&mut self) -> Result<()>;

    /// The file's length, with what was written.
    fn len(&self) -> u64;

    /// Whether the file is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A folder of files.
pub trait Store: Send + Sync + Debug + 'static {
    /// A view of a whole file as it is now. The file must not change while
    /// the view is held; it may be renamed, replaced and deleted.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    fn open(&self, path: &Path) -> Result<Blob>;

    /// A new file, for writing. Folders on the way are made.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it is there already.
    fn create(&self, path: &Path) -> Result<Box<dyn StoreFile>>;

    /// A file that is there, for writing at its end.
    ///
    /// # Errors
    /// When it is not there.
    fn append(&self, path: &Path) -> Result<Box<dyn StoreFile>>;

    /// Cuts a file to a length that is not more than it has, durably.
    ///
    /// # Errors
    /// When it is not there or shorter.
    fn truncate(&self, path: &Path, len: u64) -> Result<()>;

    /// Makes or replaces a file: a reader sees the old or the new bytes, never
    /// a mix, also after a power loss. Durable on return. Folders on the way are made.
    ///
    /// # Errors
    /// When it could not; the file then has its old or its new bytes.
    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<()>;

    /// Gives a file another name, replacing what has that name.
    ///
    /// # Errors
    /// When it is not there.
    fn rename(&self, from: &Path, to: &Path) -> Result<()>;

    /// Removes a file. Views of it stay valid.
    ///
    /// # Errors
    /// When it is not there.
    fn delete(&self, path: &Path) -> Result<()>;

    /// Removes a folder with all that it holds: all or nothing, durable on
    /// return. A folder that is not there is no error.
    ///
    /// # Errors
    /// When the system could not.
    fn delete_dir_all(&self, dir: &Path) -> Result<()>;

    /// Whether there is a file or folder of that name.
    ///
    /// # Errors
    /// When that cannot be told.
    fn exists(&self, path: &Path) -> Result<bool>;

    /// The names in a folder, sorted, without the folder's own path; none
    /// where there is no such folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn list(&self, dir: &Path) -> Result<Vec<String>>;

    /// The length of a file.
    ///
    /// # Errors
    /// When it is not there.
    fn len(&self, path: &Path) -> Result<u64>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// When the system could not.
    fn sync_dir(&self, dir: &Path) -> Result<()>;

    /// Makes a folder and those above it, where they are not there, durably.
    ///
    /// # Errors
    /// When the system could not.
    fn create_dir_all(&self, dir: &Path) -> Result<()>;

    /// Bytes that can still be written, where that can be told.
    fn available_space(&self) -> Option<u64>;

    /// Bytes of the whole device, where that can be told.
    fn total_space(&self) -> Option<u64> {
        None
    }

    /// A path as a person would look for it, for messages.
    fn full_path(&self, path: &Path) -> PathBuf;

    /// Makes a folder somebody's own until the claim is dropped, whichever view of the store it is asked
    /// through. It need not be there yet, and what lies above and below it can be claimed by others.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while another claim of the same folder lives.
    fn claim(&self, dir: &Path) -> Result<Claim>;
}
