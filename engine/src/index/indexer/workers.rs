//! The threads that all indices of the process share.
//!
//! They come as they are needed, up to a bound, and go when there is nothing to do for a while. A thousand indices
//! cost no more threads than one that is as busy.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::{Arc, LazyLock, Weak};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::desk::Desk;

/// The most threads.
const MOST: usize = 16;
/// How long a thread stays without work.
const PATIENCE: Duration = Duration::from_secs(10);

/// The threads, the indexers that have work, and those that have some later.
pub(super) struct Workers {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    line: VecDeque<Arc<Desk>>,
    alarms: BinaryHeap<Reverse<Alarm>>,
    threads: usize,
    idle: usize,
}

struct Alarm {
    at: Instant,
    desk: Weak<Desk>,
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

static WORKERS: LazyLock<Workers> = LazyLock::new(|| Workers {
    state: Mutex::default(),
    news: Condvar::new(),
});

impl Workers {
    pub(super) fn shared() -> &'static Self {
        &WORKERS
    }

    /// Lets an indexer work soon.
    pub(super) fn line_up(&'static self, desk: Arc<Desk>) {
        let mut state = self.state.lock();
        state.line.push_back(desk);
        self.look_after(&mut state);
    }

    /// Lets an indexer work at some time.
    pub(super) fn wake_at(&'static self, at: Instant, desk: &Arc<Desk>) {
        let mut state = self.state.lock();
        let desk = Arc::downgrade(desk);
        state.alarms.push(Reverse(Alarm { at, desk }));
        self.look_after(&mut state);
    }

    /// Wakes a thread, or starts one where none is idle.
    fn look_after(&'static self, state: &mut State) {
        if state.idle > 0 {
            self.news.notify_one();
        }
        let watched = state.idle > 0 || state.threads > 0;
        let wanted = state.line.len() > state.idle || !watched;
        if !wanted || state.threads >= MOST {
            return;
        }
        let spawned = std::thread::Builder::new()
            .name("indexer".to_owned())
            .spawn(|| self.run());
        match spawned {
            Ok(_) => state.threads += 1,
            // Those that there are do it later; without any, the next message tries again.
            Err(error) => tracing::error!(%error, "no thread for an indexer"),
        }
    }

    fn run(&'static self) {
        let mut state = self.state.lock();
        loop {
            let due = state.due(Instant::now());
            if !due.is_empty() {
                drop(state);
                due.iter()
                    .filter_map(Weak::upgrade)
                    .for_each(|desk| desk.ring());
                state = self.state.lock();
                continue;
            }
            if let Some(desk) = state.line.pop_front() {
                drop(state);
                desk.work();
                drop(desk);
                state = self.state.lock();
                continue;
            }
            let patience = Instant::now() + PATIENCE;
            let until = match state.alarms.peek() {
                Some(Reverse(alarm)) => alarm.at.min(patience),
                None => patience,
            };
            state.idle += 1;
            let waited = self.news.wait_until(&mut state, until);
            state.idle -= 1;
            let over = waited.timed_out() && Instant::now() >= patience;
            let watched = state.alarms.is_empty() || state.idle > 0;
            if over && state.line.is_empty() && watched {
                state.threads -= 1;
                return;
            }
        }
    }
}

impl State {
    /// Takes the alarms whose time has come.
    fn due(&mut self, now: Instant) -> Vec<Weak<Desk>> {
        let mut due = Vec::new();
        while self
            .alarms
            .peek()
            .is_some_and(|Reverse(alarm)| alarm.at <= now)
        {
            if let Some(Reverse(alarm)) = self.alarms.pop() {
                due.push(alarm.desk);
            }
        }
        due
    }
}
