//! The truth between commits: an append-only, checksummed log of operations.
//!
//! A write is acknowledged when [`Translog::sync`] returned for it. The log is
//! a row of files, its generations; a commit of the index makes the older ones
//! superfluous and [`Translog::trim`] deletes them. Opening checks every record;
//! those that the last commit does not hold are then read one by one.
//!
//! A log belongs to one [`Translog`] at a time, and refuses everything once it
//! was closed.
//!
//! # What opening accepts
//! A machine that loses power while the log is written leaves a last record
//! that is cut short or that holds bytes which never reached the disk. Such a
//! *torn tail* was not acknowledged and is cut off. The rule, exactly:
//!
//! - A record is good when its length is plausible and inside the file, its
//!   checksum holds (over generation, offset and payload, so that bytes of
//!   another place do not pass) and its payload is a valid operation.
//! - At the first record that is not good, in the **last** generation: the file
//!   is cut there when bytes are missing, as a write that was interrupted leaves
//!   it. If a good record begins at any later offset, if a record is whole but
//!   was written for another place, or if the lengths lead exactly to the end of
//!   the file and no byte there is missing, the file was good once and is
//!   damaged now: an error that names file and offset.
//! - In an earlier generation every bad record is such an error, since a
//!   generation is synced whole before the next one is begun.
//! - A record whose checksum holds but which is no operation is an error anywhere.
//! - A last generation whose header is cut short or bad, with no good record
//!   after it, was being created: it is made again.
//! - A generation that is missing between others is an error, and so are
//!   operations missing between the commit and the first generation.

mod error;
mod log;
mod op;
mod position;
mod record;
mod recover;
mod replay;
mod tail;

#[cfg(test)]
mod tests;

pub use error::TranslogError;
pub use log::{Durability, Location, Translog, TranslogStats};
pub use op::Op;
pub use record::MAX_PAYLOAD;
pub use recover::TornTail;
pub use replay::Replay;
