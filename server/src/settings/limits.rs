//! What a request may cost.

use std::time::Duration;

use super::machine;

/// Bounds on what a request may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a picture's file.
    pub max_file_bytes: u64,
    /// Room that writes leave free on the disk.
    pub min_free_bytes: u64,
    /// Pixels of a picture.
    pub max_pixels: u64,
    /// Frames of a GIF.
    pub max_frames: u32,
    /// Bytes of a bulk request.
    pub max_bulk_bytes: u64,
    /// Bytes of the body of a read.
    pub max_read_bytes: u64,
    /// Bytes of memory for the bodies of all requests together, with what they are parsed into.
    pub max_bodies_bytes: u64,
    /// Bytes of one answer of documents.
    pub max_answer_bytes: u64,
    /// Bytes of memory for all answers together.
    pub max_answers_bytes: u64,
    /// Connections at once.
    pub max_connections: usize,
    /// Links that are made in a second.
    pub max_links_per_second: u32,
    /// The time that a client may take for a head, for a body without a file, and to take a piece of an
    /// answer.
    pub client_timeout: Duration,
    /// The time of a query.
    pub query_timeout: Duration,
    /// The time of a regular expression.
    pub regex_timeout: Duration,
    /// Searches that may wait.
    pub search_queue: usize,
    /// Writes that may wait.
    pub write_queue: usize,
}

/// The least and the most that bodies, or answers, may take together by default, in bytes.
const SHARED: (u64, u64) = (192 << 20, 512 << 20);
/// The part of the memory that they may take.
const SHARED_PART: u64 = 16;
/// The most connections by default.
const CONNECTIONS: u64 = 8_192;

impl Default for Limits {
    fn default() -> Self {
        let shared = (machine::memory() / SHARED_PART).clamp(SHARED.0, SHARED.1);
        // The other half is the store's.
        let connections = (machine::descriptors() / 2).clamp(8, CONNECTIONS);
        Self {
            max_read_bytes: 2 << 20,
            max_bodies_bytes: shared,
            max_answer_bytes: shared / 2,
            max_answers_bytes: shared,
            max_connections: usize::try_from(connections).unwrap_or(usize::MAX),
            max_links_per_second: 50,
            max_file_bytes: 32 << 20,
            min_free_bytes: 256 << 20,
            max_pixels: 100_000_000,
            max_frames: 2_000,
            max_bulk_bytes: 64 << 20,
            client_timeout: Duration::from_secs(30),
            query_timeout: Duration::from_secs(30),
            regex_timeout: Duration::from_secs(2),
            search_queue: 1_024,
            write_queue: 256,
        }
    }
}

impl Limits {
    /// The time that a client may take for a body with a file.
    pub fn file_timeout(&self) -> Duration {
        self.client_timeout.saturating_mul(10)
    }

    /// The limits of decoding.
    pub fn pictures(&self) -> analyzers::image::Limits {
        analyzers::image::Limits {
            max_pixels: self.max_pixels,
            max_frames: self.max_frames,
            ..analyzers::image::Limits::default()
        }
    }
}
