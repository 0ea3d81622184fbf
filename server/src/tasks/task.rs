//! One task: how far it is, how fast it may go, and what it came to.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use engine::clock::now_millis;
use engine::snapshot::SnapshotProgress;
use parking_lot::{Condvar, Mutex};
use serde_json::Value;

/// How far a task is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Documents that it will look at.
    pub total: u64,
    /// Documents that it made.
    pub created: u64,
    /// Documents that it wrote again.
    pub updated: u64,
    /// Documents that it deleted.
    pub deleted: u64,
    /// Pages of documents that it looked at.
    pub batches: u64,
    /// Documents that others changed meanwhile.
    pub conflicts: u64,
    /// Documents that it left as they were.
    pub noops: u64,
}

#[derive(Debug)]
struct State {
    progress: Progress,
    rate: Option<f64>,
    cancelled: bool,
    throttled: Duration,
    waits_until: Option<Instant>,
    outcome: Option<Result<Value, Value>>,
    ran: Option<Duration>,
}

/// Work that can be watched and stopped.
#[derive(Debug)]
pub struct Task {
    id: u64,
    action: &'static str,
    description: String,
    started_ms: i64,
    started: Instant,
    state: Mutex<State>,
    changed: Condvar,
    /// A snapshot or a restore that stops with it.
    stops: OnceLock<Arc<SnapshotProgress>>,
}

/// A task as it is at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskView {
    /// Its number on this node.
    pub id: u64,
    /// What it does, as clients name it.
    pub action: &'static str,
    /// What it does to what.
    pub description: String,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// How long it has run.
    pub ran: Duration,
    /// How far it is.
    pub progress: Progress,
    /// Documents that it may do in a second; `None` for as many as it can.
    pub rate: Option<f64>,
    /// Whether it was asked to stop.
    pub cancelled: bool,
    /// How long it waited so as not to be too fast.
    pub throttled: Duration,
    /// How long it still waits for that.
    pub waits: Duration,
    /// What it came to; `None` while it runs.
    pub outcome: Option<Result<Value, Value>>,
}

impl Task {
    pub(super) fn new(
        id: u64,
        action: &'static str,
        description: String,
        rate: Option<f64>,
    ) -> Self {
        Self {
            id,
            action,
            description,
            started_ms: now_millis(),
            started: Instant::now(),
            state: Mutex::new(State {
                progress: Progress::default(),
                rate,
                cancelled: false,
                throttled: Duration::ZERO,
                waits_until: None,
                outcome: None,
                ran: None,
            }),
            changed: Condvar::new(),
            stops: OnceLock::new(),
        }
    }

    /// Its number on this node.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What it does, as clients name it.
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// Counts what was done.
    pub fn progress(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.state.lock().progress);
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.state.lock().cancelled
    }

    /// Whether it ended.
    pub fn has_ended(&self) -> bool {
        self.state.lock().outcome.is_some()
    }

    /// Lets a snapshot or a restore stop where the task is asked to.
    pub fn stops(&self, progress: &Arc<SnapshotProgress>) {
        // A task does one thing.
        let _ = self.stops.set(Arc::clone(progress));
        if self.is_cancelled() {
            progress.cancel();
        }
    }

    /// Asks it to stop, which it does before its next page.
    pub fn cancel(&self) {
        self.state.lock().cancelled = true;
        if let Some(progress) = self.stops.get() {
            progress.cancel();
        }
        self.changed.notify_all();
    }

    /// Changes how many documents it may do in a second, at once where that is more.
    pub fn rethrottle(&self, rate: Option<f64>) {
        self.state.lock().rate = rate;
        self.changed.notify_all();
    }

    /// Waits until documents that took some time have taken what the rate gives them; false when it was
    /// asked to stop.
    pub fn pause(&self, documents: u64, took: Duration) -> bool {
        let begun = Instant::now();
        let mut state = self.state.lock();
        loop {
            if state.cancelled {
                break;
            }
            let Some(until) = due(state.rate, documents)
                .and_then(|due| begun.checked_add(due.saturating_sub(took)))
            else {
                break;
            };
            if until <= Instant::now() {
                break;
            }
            state.waits_until = Some(until);
            self.changed.wait_until(&mut state, until);
        }
        state.waits_until = None;
        if state.rate.is_some() {
            state.throttled += begun.elapsed();
        }
        !state.cancelled
    }

    /// Says what it came to; the first word counts.
    pub(super) fn end(&self, outcome: Result<Value, Value>) {
        let mut state = self.state.lock();
        if state.outcome.is_none() {
            state.outcome = Some(outcome);
            state.ran = Some(self.started.elapsed());
        }
    }

    /// The task as it is now.
    pub fn view(&self) -> TaskView {
        let state = self.state.lock();
        let now = Instant::now();
        TaskView {
            id: self.id,
            action: self.action,
            description: self.description.clone(),
            started_ms: self.started_ms,
            ran: state.ran.unwrap_or_else(|| self.started.elapsed()),
            progress: state.progress,
            rate: state.rate,
            cancelled: state.cancelled,
            throttled: state.throttled,
            waits: state
                .waits_until
                .map_or(Duration::ZERO, |until| until.saturating_duration_since(now)),
            outcome: state.outcome.clone(),
        }
    }
}

/// How long a rate gives some documents.
#[expect(clippy::cast_precision_loss, reason = "pages are small")]
fn due(rate: Option<f64>, documents: u64) -> Option<Duration> {
    let rate = rate.filter(|rate| *rate > 0.0)?;
    Duration::try_from_secs_f64(documents as f64 / rate).ok()
}
