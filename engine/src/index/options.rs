//! How an index works, and what bounds its searches.

use std::time::Duration;

use crate::translog::Durability;

/// How an index works.
#[derive(Debug, Clone)]
pub struct IndexOptions {
    /// When writes are synced.
    pub durability: Durability,
    /// How long a write stays unsearchable at most without a refresh.
    pub refresh_interval: Duration,
    /// The memory of the indexing buffer, in bytes.
    pub writer_memory: usize,
    /// Writes that may wait for the indexer.
    pub queue: usize,
    /// Bytes of the device that writes leave free.
    pub reserve: u64,
    /// Up to so many bytes of files are compared with their checksums before the index opens: 256 MiB are some
    /// 30 ms where the system has them in memory. Of more, the rest is read in the background, and
    /// searches are refused from the moment on that damage shows: a large index opens at once.
    pub verify_at_once: u64,
    /// Bounds on searches.
    pub limits: Limits,
}

/// Bounds on the work of one search.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The time of a query.
    pub query_timeout: Duration,
    /// The time of a regular expression.
    pub regex_budget: Duration,
    /// The steps of a regular expression, over all texts.
    pub regex_steps: u64,
    /// `from` + `size` may not go past it.
    pub result_window: usize,
    /// Terms that one prefix, wildcard or regular expression may stand for.
    pub max_expansions: usize,
    /// Bytes of documents, fragments and fields that one answer may hold.
    pub answer_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_timeout: Duration::from_secs(30),
            regex_budget: Duration::from_secs(2),
            regex_steps: 50_000_000,
            result_window: 10_000,
            max_expansions: 65_536,
            answer_bytes: 256 << 20,
        }
    }
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            durability: Durability::Request,
            refresh_interval: Duration::from_secs(1),
            writer_memory: 64 * 1024 * 1024,
            reserve: 256 * 1024 * 1024,
            queue: 4_096,
            verify_at_once: 256 << 20,
            limits: Limits::default(),
        }
    }
}
