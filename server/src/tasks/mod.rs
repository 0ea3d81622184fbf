//! Work on many documents that can be watched, slowed down and stopped, and that may go on after its
//! request was answered.
//!
//! What goes on in the background has a pool of its own, so that it never takes the place of requests; a
//! full one refuses. What it came to is kept for a while, the newest of them.

mod task;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::pool::{Pool, PoolError, PoolFuture};
use parking_lot::Mutex;
use serde_json::Value;

pub use task::{Progress, Task, TaskView};

/// Tasks that go on in the background at once.
const THREADS: usize = 2;
/// Tasks that wait for their turn.
const QUEUE: usize = 32;
/// Results that are kept.
const KEPT: usize = 256;
/// How long they are.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// With the job of those in the background: without it, none would begin.
    running: BTreeMap<u64, (Arc<Task>, Option<PoolFuture<()>>)>,
    ended: VecDeque<(Instant, Arc<Task>)>,
}

/// The tasks of a node.
#[derive(Debug)]
pub struct Tasks {
    pool: Pool,
    state: Arc<Mutex<State>>,
}

/// A task that runs; it is listed for as long as this lives.
#[derive(Debug)]
pub struct Running {
    /// The task.
    pub task: Arc<Task>,
    state: Arc<Mutex<State>>,
    keep: bool,
}

impl Tasks {
    /// None yet.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn new() -> Result<Self, PoolError> {
        Ok(Self {
            pool: Pool::new("tasks", THREADS, QUEUE)?,
            state: Arc::default(),
        })
    }

    /// Lists a task; `rate` is how many documents it may do in a second, `None` for as many as it can.
    pub fn begin(&self, action: &'static str, description: String, rate: Option<f64>) -> Running {
        let mut state = self.state.lock();
        state.next += 1;
        let task = Arc::new(Task::new(state.next, action, description, rate));
        state.running.insert(task.id(), (Arc::clone(&task), None));
        Running {
            task,
            state: Arc::clone(&self.state),
            keep: false,
        }
    }

    /// Goes on with a task in the background and keeps what it comes to.
    ///
    /// # Errors
    /// When too many wait already.
    pub fn spawn(
        &self,
        mut running: Running,
        work: impl FnOnce(&Task) -> Result<Value, Value> + Send + 'static,
    ) -> Result<(), PoolError> {
        let id = running.task.id();
        let job = self.pool.submit(move || {
            running.keep = true;
            let outcome = work(&running.task);
            running.task.end(outcome);
        })?;
        if let Some((_, kept)) = self.state.lock().running.get_mut(&id) {
            *kept = Some(job);
        }
        Ok(())
    }

    /// Goes on with a task on a thread of its own, for work that goes on for hours, and keeps what it
    /// comes to.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn spawn_apart(
        &self,
        mut running: Running,
        name: &str,
        work: impl FnOnce(&Task) -> Result<Value, Value> + Send + 'static,
    ) -> std::io::Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned());
        thread
            .spawn(move || {
                running.keep = true;
                let outcome = work(&running.task);
                running.task.end(outcome);
            })
            .map(|_| ())
    }

    /// The tasks that run, in the order in which they began.
    pub fn running(&self) -> Vec<Arc<Task>> {
        let state = self.state.lock();
        state
            .running
            .values()
            .map(|(task, _)| Arc::clone(task))
            .collect()
    }

    /// A task that runs, or that ended not long ago.
    pub fn get(&self, id: u64) -> Option<Arc<Task>> {
        let mut state = self.state.lock();
        forget(&mut state);
        let ended = || {
            let mut ended = state.ended.iter();
            ended
                .find(|(_, task)| task.id() == id)
                .map(|(_, task)| task)
        };
        let running = state.running.get(&id).map(|(task, _)| task);
        running.or_else(ended).cloned()
    }

    /// Asks everything to stop.
    pub fn stop(&self) {
        self.running().iter().for_each(|task| task.cancel());
    }
}

/// Drops results that are old, and the oldest where there are too many.
fn forget(state: &mut State) {
    while let Some((at, _)) = state.ended.front()
        && (at.elapsed() > KEPT_FOR || state.ended.len() > KEPT)
    {
        state.ended.pop_front();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.state.lock();
        if let Some((task, _)) = state.running.remove(&self.task.id())
            && self.keep
        {
            // Where the work panicked there is no outcome: nobody may wait for one.
            task.end(Err(serde_json::json!({
                "type": "exception", "reason": "an error inside the node; its log says more",
            })));
            state.ended.push_back((Instant::now(), task));
            forget(&mut state);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ended(tasks: &Tasks, id: u64) -> TaskView {
        for _ in 0..2_000 {
            let view = tasks.get(id).unwrap().view();
            if view.outcome.is_some() && tasks.running().is_empty() {
                return view;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("task {id} does not end");
    }

    #[test]
    fn results_are_kept_and_those_of_answered_requests_are_not() {
        let tasks = Tasks::new().unwrap();
        let first = tasks.begin("a", "first".to_owned(), None);
        let id = first.task.id();
        assert_eq!(tasks.running().len(), 1);
        drop(first);
        assert!(tasks.get(id).is_none());
        let second = tasks.begin("a", "second".to_owned(), None);
        let id = second.task.id();
        tasks
            .spawn(second, |task| {
                task.progress(|progress| progress.total = 3);
                Ok(json!({"done": 3}))
            })
            .unwrap();
        let view = ended(&tasks, id);
        assert_eq!(view.outcome, Some(Ok(json!({"done": 3}))));
        assert_eq!(
            (view.progress.total, view.description.as_str()),
            (3, "second")
        );
        for n in 0..KEPT as u64 + 5 {
            let running = tasks.begin("a", n.to_string(), None);
            let last = running.task.id();
            tasks.spawn(running, |_| Ok(Value::Null)).unwrap();
            ended(&tasks, last);
        }
        assert!(tasks.get(id).is_none(), "the oldest go");
    }

    #[test]
    fn work_that_panics_ends_with_an_error() {
        let tasks = Tasks::new().unwrap();
        let running = tasks.begin("a", String::new(), None);
        let id = running.task.id();
        tasks.spawn(running, |_| panic!("wrong")).unwrap();
        let outcome = ended(&tasks, id).outcome.unwrap();
        assert_eq!(outcome.unwrap_err()["type"], "exception");
    }

    #[test]
    fn a_slow_task_is_cancelled_where_it_waits() {
        let tasks = Tasks::new().unwrap();
        let running = tasks.begin("a", String::new(), Some(0.001));
        let task = Arc::clone(&running.task);
        tasks
            .spawn(running, |task| Ok(json!(task.pause(1_000, Duration::ZERO))))
            .unwrap();
        task.cancel();
        let view = ended(&tasks, task.id());
        assert_eq!(view.outcome, Some(Ok(json!(false))));
        assert!(view.cancelled);
    }

    #[test]
    fn a_slow_task_goes_on_when_it_may_be_faster() {
        let tasks = Tasks::new().unwrap();
        let running = tasks.begin("a", String::new(), Some(0.001));
        let task = Arc::clone(&running.task);
        tasks
            .spawn(running, |task| Ok(json!(task.pause(1_000, Duration::ZERO))))
            .unwrap();
        task.rethrottle(None);
        let view = ended(&tasks, task.id());
        assert_eq!((view.outcome, view.rate), (Some(Ok(json!(true))), None));
    }
}
