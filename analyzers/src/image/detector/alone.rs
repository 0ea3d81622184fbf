//! Keeping the arithmetic on one thread.
//!
//! The library below spreads its products of matrices over all cores. Ours are small: the threads would
//! cost more than they do (measured: four times the time of a step of training), and take the cores
//! that searches need. So each thread that computes has a pool of one for what it calls.

use std::cell::OnceCell;

use rayon::{ThreadPool, ThreadPoolBuilder};

thread_local! {
    static POOL: OnceCell<Option<ThreadPool>> = const { OnceCell::new() };
}

/// Runs work whose inner parallelism has one thread; several callers run side by side.
pub(super) fn alone<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    POOL.with(|pool| {
        let pool = pool.get_or_init(|| ThreadPoolBuilder::new().num_threads(1).build().ok());
        match pool {
            Some(pool) => pool.install(work),
            // No thread to be had: it's slower then, and no more.
            None => work(),
        }
    })
}
