//! What a request may cost.

use std::time::Duration;

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

impl Default for Limits {
    fn default() -> Self {
        Self {
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
