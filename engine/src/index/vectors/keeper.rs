//! The thread that seals and merges the vectors of an index in the background.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use parking_lot::Mutex;

use super::super::Shared;
use super::super::indexer::Message;
use crate::error::Result;
use crate::vector::{Progress, VectorError};

/// After so long without writes, what is fresh is sealed however little it is: then the translog
/// can go, and opening replays nothing.
const IDLE: Duration = Duration::from_secs(60);

/// Starts the thread when there is work, and stops it.
#[derive(Default)]
pub(crate) struct Keeper {
    running: Mutex<Option<Running>>,
    progress: Arc<Progress>,
}

struct Running {
    wake: Sender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Says that there may be work.
    pub(crate) fn wake(&self, shared: &Arc<Shared>, indexer: &Sender<Message>) {
        let mut running = self.running.lock();
        if let Some(running) = running.as_ref() {
            let _ = running.wake.try_send(());
            return;
        }
        let (wake, woken) = bounded(1);
        let (shared, indexer) = (Arc::clone(shared), indexer.clone());
        let progress = Arc::clone(&self.progress);
        let thread = std::thread::Builder::new()
            .name(format!("vectors-{}", shared.name))
            .spawn(move || work(&shared, &indexer, &woken, &progress));
        match thread {
            Ok(thread) => {
                let _ = wake.try_send(());
                *running = Some(Running { wake, thread });
            }
            Err(error) => tracing::error!(%error, "no thread for the vectors: they stay fresh"),
        }
    }

    /// Stops the thread; a build that is under way is given up and done again another time.
    pub(crate) fn stop(&self) {
        self.progress.cancel();
        if let Some(running) = self.running.lock().take() {
            drop(running.wake);
            let _ = running.thread.join();
        }
    }
}

fn work(
    shared: &Arc<Shared>,
    indexer: &Sender<Message>,
    woken: &Receiver<()>,
    progress: &Progress,
) {
    loop {
        let idle = match woken.recv_timeout(IDLE) {
            Ok(()) => false,
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        match keep(shared, indexer, idle, progress) {
            Ok(()) => {}
            Err(crate::EngineError::Vector(VectorError::Cancelled)) => return,
            // What is fresh stays so, and in the translog: it is tried again with the next wake.
            Err(error) => {
                tracing::error!(index = %shared.name, %error, "vectors cannot be sealed");
            }
        }
    }
}

fn keep(
    shared: &Arc<Shared>,
    indexer: &Sender<Message>,
    idle: bool,
    progress: &Progress,
) -> Result<()> {
    for (path, vectors) in shared.vectors.all() {
        let set = &vectors.set;
        let mut changed = false;
        if set.needs_seal() || (idle && vectors.log_from().is_some()) {
            changed |= set.seal(progress)?;
        }
        while set.needs_merge() && set.merge(progress)? {
            changed = true;
        }
        if changed {
            tracing::debug!(index = %shared.name, path, "sealed vectors");
            // Searches use the new segments from the next snapshot on.
            let _ = indexer.send(Message::Republish);
        }
    }
    Ok(())
}
