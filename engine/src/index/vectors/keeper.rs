//! Seals and merges the vectors of an index in the background.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::{Condvar, Mutex};

use super::super::Shared;
use super::super::indexer::{Desk, Message};
use crate::error::Result;
use crate::vector::{Progress, VectorError};

/// Indices whose vectors are worked on at once, in the whole process. Others are asked for again by their
/// next commit.
const AT_ONCE: usize = 8;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Starts a thread when there is work; it ends with the work.
#[derive(Default)]
pub(crate) struct Keeper {
    state: Mutex<State>,
    ended: Condvar,
    progress: Progress,
}

#[derive(Default)]
struct State {
    running: bool,
    /// There may be more work: whether all that is fresh is to be sealed.
    again: Option<bool>,
    stopped: bool,
}

/// One of the threads of [`AT_ONCE`].
struct Slot;

impl Slot {
    fn take() -> Option<Self> {
        let taken = |running: usize| (running < AT_ONCE).then_some(running + 1);
        RUNNING
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, taken)
            .ok()
            .map(|_| Self)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Keeper {
    /// Says that there may be work. With `all`, what is fresh is sealed however little it is: then the
    /// translog can go, and opening replays nothing.
    pub(crate) fn wake(&self, shared: &Arc<Shared>, desk: &Weak<Desk>, all: bool) {
        let mut state = self.state.lock();
        if state.stopped {
            return;
        }
        if state.running {
            state.again = Some(state.again.unwrap_or_default() || all);
            return;
        }
        let (Some(slot), Some(desk)) = (Slot::take(), desk.upgrade()) else {
            return;
        };
        let own = Arc::clone(shared);
        let thread = std::thread::Builder::new()
            .name(format!("vectors-{}", shared.name))
            .spawn(move || {
                work(&own, &desk, all);
                drop(slot);
            });
        match thread {
            Ok(_) => state.running = true,
            Err(error) => tracing::error!(%error, "no thread for the vectors: they stay fresh"),
        }
    }

    /// Lets no thread start any more and waits for one that runs; a build that is under way is given up and done
    /// again another time.
    pub(crate) fn stop(&self) {
        self.progress.cancel();
        let mut state = self.state.lock();
        state.stopped = true;
        while state.running {
            self.ended.wait(&mut state);
        }
    }

    /// Whether there is more work; else the thread counts as ended.
    fn goes_on(&self) -> Option<bool> {
        let mut state = self.state.lock();
        let again = state.again.take().filter(|_| !state.stopped);
        if again.is_none() {
            state.running = false;
            self.ended.notify_all();
        }
        again
    }
}

fn work(shared: &Arc<Shared>, desk: &Arc<Desk>, all: bool) {
    let mut next = Some(all);
    while let Some(all) = next {
        match catch_unwind(AssertUnwindSafe(|| keep(shared, desk, all))) {
            Ok(Ok(()) | Err(crate::EngineError::Vector(VectorError::Cancelled))) => {}
            // What is fresh stays so, and in the translog: it is tried again with the next wake.
            Ok(Err(error)) => {
                tracing::error!(index = %shared.name, %error, "vectors cannot be sealed");
            }
            Err(_) => tracing::error!(index = %shared.name, "sealing vectors panicked"),
        }
        next = shared.keeper.goes_on();
    }
}

fn keep(shared: &Arc<Shared>, desk: &Arc<Desk>, all: bool) -> Result<()> {
    let progress = &shared.keeper.progress;
    for (path, vectors) in shared.vectors.all() {
        let set = &vectors.set;
        let mut changed = false;
        if set.needs_seal() || (all && vectors.log_from().is_some()) {
            changed |= set.seal(progress)?;
        }
        while set.needs_merge() && set.merge(progress)? {
            changed = true;
        }
        if changed {
            tracing::debug!(index = %shared.name, path, "sealed vectors");
            // Searches use the new segments from the next snapshot on.
            let _ = desk.send(Message::Republish);
        }
    }
    Ok(())
}
