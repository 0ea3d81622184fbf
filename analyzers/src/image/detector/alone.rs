//! Keeping the arithmetic on one thread.
//!
//! The library below spreads its products of matrices over all cores. Ours are small: the threads would
//! cost more than they do (measured: four times the time of a step of training), and take the cores
//! that searches need. So each thread that computes is a pool of one for what it calls: with a thread beside it,
//! the two would hand the work to and fro between cores, and hold both against everybody else.

use std::cell::OnceCell;

use rayon::{ThreadPool, ThreadPoolBuilder};

thread_local! {
    static POOL: OnceCell<Option<ThreadPool>> = const { OnceCell::new() };
}

/// Runs work whose inner parallelism has one thread; several callers run side by side.
pub(super) fn alone<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    POOL.with(|pool| {
        let pool = pool.get_or_init(|| {
            let builder = ThreadPoolBuilder::new().num_threads(1);
            builder.use_current_thread().build().ok()
        });
        match pool {
            Some(pool) => pool.install(work),
            // No thread to be had: it's slower then, and no more.
            None => work(),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::thread;

    use rayon::prelude::*;

    use super::*;

    #[test]
    fn all_runs_on_the_thread_that_calls() {
        let callers: Vec<_> = (0..3)
            .map(|_| {
                thread::spawn(|| {
                    let own = thread::current().id();
                    let used = alone(|| {
                        let each = (0..1_000).into_par_iter();
                        each.map(|_| thread::current().id()).collect::<Vec<_>>()
                    });
                    assert_eq!(used, vec![own; 1_000]);
                    // Within itself, and again.
                    assert_eq!(alone(|| alone(|| 7)), 7);
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
    }
}
