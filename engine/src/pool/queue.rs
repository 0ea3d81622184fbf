//! The queue between a pool's callers and its threads: bounded, first in first out.
//!
//! A thread that finds it empty sleeps at once. Receivers of channels yield some times before they do, since
//! the next message may be near: on a core that a long computation shares, each yield hands it the core until
//! the scheduler's next tick, and a job that comes meanwhile waits for just this thread (measured beside the
//! detection of defects: 4 ms in the slowest of a hundred searches). For the same reason the lock is the
//! standard library's, which never yields.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    /// Items that wait.
    pub(super) waiting: usize,
}

#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// An item came, or the queue was closed.
    changed: Condvar,
    most: usize,
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

impl<T> Queue<T> {
    /// An empty queue for so many items.
    pub(super) fn new(most: usize) -> Self {
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                closed: false,
            }),
            changed: Condvar::new(),
            most,
        }
    }

    /// Puts an item at the end. A refused one is dropped.
    pub(super) fn push(&self, item: T) -> Result<(), Refused> {
        let mut state = self.lock();
        let waiting = state.waiting.len();
        if waiting >= self.most {
            // What its destructor does is not for this lock.
            drop(state);
            return Err(Refused { waiting });
        }
        state.waiting.push_back(item);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// The first item, as soon as there is one; none when the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<T> {
        let empty = |state: &mut State<T>| state.waiting.is_empty() && !state.closed;
        let state = self.changed.wait_while(self.lock(), empty);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.waiting.pop_front()
    }

    /// Lets [`Self::pop`] end when nothing waits any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub(super) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Nothing that runs under the lock can fail halfway: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn first_in_first_out_up_to_its_bound() {
        let queue = Queue::new(2);
        assert_eq!((queue.push(1), queue.push(2)), (Ok(()), Ok(())));
        assert_eq!(queue.push(3), Err(Refused { waiting: 2 }));
        assert_eq!((queue.pop(), queue.len()), (Some(1), 1));
        assert_eq!(queue.push(4), Ok(()));
        queue.close();
        assert_eq!(
            [queue.pop(), queue.pop(), queue.pop()],
            [Some(2), Some(4), None]
        );
    }

    #[test]
    fn every_item_goes_to_one_thread_and_closing_wakes_all() {
        let queue = Queue::new(10_000);
        let mut taken: Vec<u32> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| std::iter::from_fn(|| queue.pop()).collect::<Vec<u32>>()))
                .collect();
            for item in 0..10_000 {
                queue.push(item).unwrap();
            }
            queue.close();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        taken.sort_unstable();
        assert_eq!(taken, (0..10_000).collect::<Vec<u32>>());
    }
}
