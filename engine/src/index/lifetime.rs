//! The lifetime of an open index: operations enter it, and whoever ends it waits for those under way.

use std::sync::OnceLock;

use parking_lot::{Condvar, Mutex};

/// Why an index takes no more operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It was closed by name: what names it is told so.
    Closed,
    /// It was deleted, or another took its place.
    Deleted,
    /// The node stops, or opens it again.
    Stopped,
}

/// Counts the operations under way, until the index ends.
#[derive(Debug, Default)]
pub(crate) struct Lifetime {
    end: OnceLock<End>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    /// Everything is given back: the folder may be another's.
    over: bool,
}

/// An operation under way; it leaves when this is dropped.
#[derive(Debug)]
pub(crate) struct Entered<'a> {
    lifetime: &'a Lifetime,
}

impl Lifetime {
    /// Begins an operation that may write to the index's folder.
    ///
    /// # Errors
    /// Why there are no more operations.
    pub(crate) fn enter(&self) -> Result<Entered<'_>, End> {
        let mut state = self.state.lock();
        match self.end.get() {
            Some(end) => Err(*end),
            None => {
                state.under_way += 1;
                Ok(Entered { lifetime: self })
            }
        }
    }

    /// Why the index takes no more operations; `None` while it does.
    pub(crate) fn end(&self) -> Option<End> {
        self.end.get().copied()
    }

    /// Lets no operation begin any more and waits for those under way. Returns whether the caller is the one to
    /// finish the index; all others return when that is done.
    pub(crate) fn finish(&self, end: End) -> bool {
        let mut state = self.state.lock();
        if self.end.set(end).is_err() {
            while !state.over {
                self.changed.wait(&mut state);
            }
            return false;
        }
        while state.under_way > 0 {
            self.changed.wait(&mut state);
        }
        true
    }

    /// Says that everything was given back.
    pub(crate) fn over(&self) {
        self.state.lock().over = true;
        self.changed.notify_all();
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.lifetime.state.lock().under_way -= 1;
        self.lifetime.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn whoever_ends_it_waits_for_what_is_under_way_and_the_rest_for_the_end() {
        let lifetime = Lifetime::default();
        let left = AtomicBool::new(false);
        let entered = lifetime.enter().unwrap();
        std::thread::scope(|scope| {
            let first = scope.spawn(|| {
                assert!(lifetime.finish(End::Closed));
                assert!(left.load(Ordering::SeqCst));
                lifetime.over();
            });
            while lifetime.end().is_none() {
                std::thread::yield_now();
            }
            let second = scope.spawn(|| assert!(!lifetime.finish(End::Deleted)));
            assert_eq!(lifetime.enter().map(|_| ()), Err(End::Closed));
            left.store(true, Ordering::SeqCst);
            drop(entered);
            first.join().unwrap();
            second.join().unwrap();
        });
        assert_eq!(lifetime.end(), Some(End::Closed));
    }
}
