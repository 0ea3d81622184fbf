//! Snapshots of a node: which repositories there are, and what goes beside the indices.
//!
//! The engine copies indices; the rest goes along by name, part by part (`contents/`). Repositories
//! are known by one small file; what is in them, they say themselves.

mod contents;
mod repositories;
mod works;

pub use contents::{NodeState, Restored, Taken};
pub use repositories::{Registered, Repositories, RepositoryError};
pub use works::{FailedWork, Operation, Refused, RunningWork, Work, Works};
