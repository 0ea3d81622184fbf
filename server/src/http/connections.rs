//! Connections are counted: so many at once, so that the store keeps its descriptors. Past that, whoever
//! was silent longest between two requests goes.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use parking_lot::Mutex;
use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::patience::Patient;

/// After a connection could not be accepted: the system is out of descriptors, most likely, and
/// trying again at once would use up a core.
const BREATH: Duration = Duration::from_millis(50);
/// A connection that was silent for less may be about to send its next request.
const YOUNG: Duration = Duration::from_millis(500);
/// How often a connection is looked for that can go, where none can.
const LOOK: Duration = Duration::from_millis(50);
/// It is in the middle of a request.
const BUSY: u64 = u64::MAX;

/// The connections of a node.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    began: Instant,
    open: Mutex<Open>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by_number: HashMap<u64, Arc<State>>,
}

/// What is known of a connection from outside.
#[derive(Debug)]
struct State {
    /// Since when it is between two requests, in milliseconds; or that it is not.
    idle: AtomicU64,
    /// Whether it has to go.
    leaving: AtomicBool,
    waker: AtomicWaker,
}

/// A place among the connections, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    all: Arc<Connections>,
    number: u64,
    state: Arc<State>,
}

impl Connections {
    /// Allows so many at once.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most: most.max(1),
            began: Instant::now(),
            open: Mutex::default(),
            freed: Notify::new(),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }

    /// Takes a place, if there is one.
    fn take(self: &Arc<Self>) -> Option<Place> {
        let mut open = self.open.lock();
        if open.by_number.len() >= self.most {
            return None;
        }
        let number = open.next;
        open.next += 1;
        let state = Arc::new(State {
            idle: AtomicU64::new(self.now()),
            leaving: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        open.by_number.insert(number, Arc::clone(&state));
        Some(Place {
            all: Arc::clone(self),
            number,
            state,
        })
    }

    /// Lets the connection go that was silent longest.
    fn dismiss(&self) {
        let now = self.now();
        let open = self.open.lock();
        let idle = open.by_number.values().filter_map(|state| {
            let since = state.idle.load(Ordering::Relaxed);
            let left = state.leaving.load(Ordering::Relaxed);
            let old = since != BUSY
                && u128::from(now.saturating_sub(since)) >= YOUNG.as_millis()
                && !left;
            old.then_some((since, state))
        });
        if let Some((_, state)) = idle.min_by_key(|(since, _)| *since) {
            state.leaving.store(true, Ordering::Relaxed);
            state.waker.wake();
        }
    }

    /// Waits for a place.
    pub(super) async fn place(self: &Arc<Self>) -> Place {
        loop {
            if let Some(place) = self.take() {
                return place;
            }
            self.dismiss();
            let _ = timeout(LOOK, self.freed.notified()).await;
        }
    }
}

impl Place {
    /// Takes note that something happened between two requests, or within one.
    pub(super) fn touch(&self, idle: bool) {
        let since = if idle { self.all.now() } else { BUSY };
        self.state.idle.store(since, Ordering::Relaxed);
    }

    /// Returns whether the connection has to go, and wakes the task when it has to later.
    pub(super) fn is_dismissed(&self, cx: &std::task::Context<'_>) -> bool {
        self.state.waker.register(cx.waker());
        self.state.leaving.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.open.lock().by_number.remove(&self.number);
        self.all.freed.notify_one();
    }
}

/// Accepts connections, with patience.
pub(super) struct PatientAcceptor {
    inner: TcpAcceptor,
    patience: Duration,
    connections: Arc<Connections>,
}

impl PatientAcceptor {
    pub(super) fn new(inner: TcpAcceptor, patience: Duration, most: usize) -> Self {
        Self {
            inner,
            patience,
            connections: Connections::new(most),
        }
    }
}

impl Acceptor for PatientAcceptor {
    type Io = Patient<TcpStream>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(
        &mut self,
    ) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, poem::http::uri::Scheme)> {
        match self.inner.accept().await {
            Ok((io, local, remote, scheme)) => {
                // The others wait in the system's queue meanwhile.
                let place = self.connections.place().await;
                let io = Patient::new(io, self.patience, Some(place));
                Ok((io, local, remote, scheme))
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(BREATH).await;
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn past_the_most_the_one_that_was_silent_longest_goes() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(async {
            let all = Connections::new(3);
            let busy = all.place().await;
            busy.touch(false);
            let old = all.place().await;
            sleep(Duration::from_millis(20)).await;
            let young = all.place().await;
            assert!(all.take().is_none());
            let cx = Context::from_waker(Waker::noop());
            let new = tokio::spawn({
                let all = Arc::clone(&all);
                async move { all.place().await }
            });
            while !old.is_dismissed(&cx) {
                assert!(!busy.is_dismissed(&cx) && !young.is_dismissed(&cx));
                sleep(Duration::from_millis(10)).await;
            }
            assert!(!new.is_finished());
            drop(old);
            let new = new.await.unwrap();
            assert!(all.take().is_none());
            drop((busy, young));
            assert!(!new.is_dismissed(&cx) && all.take().is_some());
        });
    }
}
