//! Snapshots of a node: which repositories there are, and what goes beside the indices.
//!
//! The engine copies indices; the library's files go along by name. Repositories are known by one
//! small file; what is in them, they say themselves.

mod extra;
mod repositories;

pub use extra::{Restored, files};
pub use repositories::{Registered, Repositories, RepositoryError};
