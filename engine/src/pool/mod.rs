//! A bounded pool of threads for work that would block the runtime.
//!
//! Jobs wait in a bounded queue. When it is full the caller is told at once,
//! so that it can answer "too many requests" instead of piling work up. A job
//! that panics is one failed job: the panic is caught and logged, and the
//! thread goes on.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};

use crossbeam::channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

/// Why a job has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The queue is full: try again later.
    #[error("the {pool} pool is busy: {queued} jobs are waiting")]
    Full {
        /// The pool.
        pool: String,
        /// Jobs in its queue.
        queued: usize,
    },
    /// The job panicked.
    #[error("a job of the {pool} pool panicked: {message}")]
    Panicked {
        /// The pool.
        pool: String,
        /// What the panic said.
        message: String,
    },
    /// The pool is closed, or it was closed before the job ran.
    #[error("the {pool} pool is closed")]
    Closed {
        /// The pool.
        pool: String,
    },
    /// A thread could not be started.
    #[error("cannot start a thread of the {pool} pool: {reason}")]
    Spawn {
        /// The pool.
        pool: String,
        /// What the system said.
        reason: String,
    },
}

type Job = Box<dyn FnOnce() + Send>;

/// How nice a thread is that gives way: it has a tenth of the time of one that does not.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Lets the system prefer all other threads, and those that this one starts from now on as little. On Linux
/// alone, where each thread has a priority of its own. One that is nicer already stays so: the whole node may
/// have been started behind others.
fn give_way() {
    #[cfg(target_os = "linux")]
    if rustix::process::getpriority_process(None).is_ok_and(|own| own < NICE)
        && let Err(error) = rustix::process::setpriority_process(None, NICE)
    {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

#[derive(Debug, Default)]
struct Gauges {
    active: AtomicU64,
    completed: AtomicU64,
    rejected: AtomicU64,
    panicked: AtomicU64,
    abandoned: AtomicU64,
}

/// What a pool is doing and has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    /// Its threads.
    pub threads: usize,
    /// Jobs that wait.
    pub queued: usize,
    /// Jobs that run now.
    pub active: u64,
    /// Jobs that ran to their end, with those that panicked.
    pub completed: u64,
    /// Jobs that found the queue full.
    pub rejected: u64,
    /// Jobs that panicked.
    pub panicked: u64,
    /// Jobs that nobody waited for any more when their turn came, and that did not run.
    pub abandoned: u64,
}

/// A bounded pool of threads. Dropping it lets the queued jobs finish and joins the threads.
pub struct Pool {
    name: Arc<str>,
    sender: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    gauges: Arc<Gauges>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("name", &self.name)
            .field("stats", &self.stats())
            .finish()
    }
}

impl Pool {
    /// Starts a pool of at least one thread and a queue of at least one job.
    ///
    /// # Errors
    /// When the system does not give the threads.
    pub fn new(name: &str, threads: usize, queue_len: usize) -> Result<Self, PoolError> {
        Self::start(name, threads, queue_len, || {})
    }

    /// The same, whose threads give way to all others where cores are short: for long computations beside
    /// which others are to stay fast.
    ///
    /// # Errors
    /// When the system does not give the threads.
    pub fn behind(name: &str, threads: usize, queue_len: usize) -> Result<Self, PoolError> {
        Self::start(name, threads, queue_len, give_way)
    }

    fn start(name: &str, threads: usize, queue_len: usize, begin: fn()) -> Result<Self, PoolError> {
        let (sender, receiver) = bounded::<Job>(queue_len.max(1));
        let mut pool = Self {
            name: Arc::from(name),
            sender: Some(sender),
            threads: Vec::new(),
            gauges: Arc::default(),
        };
        for number in 0..threads.max(1) {
            let receiver: Receiver<Job> = receiver.clone();
            let thread = thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || {
                    begin();
                    receiver.iter().for_each(|job| job());
                })
                .map_err(|error| PoolError::Spawn {
                    pool: name.to_owned(),
                    reason: error.to_string(),
                })?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Queues a job. Its result is awaited, or waited for by [`PoolFuture::wait`].
    /// A job whose future was dropped before its turn does not run.
    ///
    /// # Errors
    /// [`PoolError::Full`] when the queue is full.
    pub fn submit<T, F>(&self, work: F) -> Result<PoolFuture<T>, PoolError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let gauges = Arc::clone(&self.gauges);
        let name = Arc::clone(&self.name);
        let span = tracing::Span::current();
        let job: Job = Box::new(move || {
            if sender.is_closed() {
                gauges.abandoned.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let _entered = span.enter();
            gauges.active.fetch_add(1, Ordering::Relaxed);
            let result = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
                gauges.panicked.fetch_add(1, Ordering::Relaxed);
                let message = message_of(panic);
                tracing::error!(pool = %name, %message, "a job panicked");
                PoolError::Panicked {
                    pool: name.to_string(),
                    message,
                }
            });
            gauges.active.fetch_sub(1, Ordering::Relaxed);
            gauges.completed.fetch_add(1, Ordering::Relaxed);
            // Whoever asked may have gone meanwhile; dropping a result may
            // run foreign code, which must not take the thread along.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(sender.send(result))));
        });
        let Some(queue) = &self.sender else {
            return Err(self.closed());
        };
        match queue.try_send(job) {
            Ok(()) => Ok(PoolFuture {
                receiver,
                name: Arc::clone(&self.name),
            }),
            Err(TrySendError::Full(_)) => {
                self.gauges.rejected.fetch_add(1, Ordering::Relaxed);
                Err(PoolError::Full {
                    pool: self.name.to_string(),
                    queued: queue.len(),
                })
            }
            Err(TrySendError::Disconnected(_)) => Err(self.closed()),
        }
    }

    /// What the pool is doing and has done.
    pub fn stats(&self) -> PoolStats {
        let get = |gauge: &AtomicU64| gauge.load(Ordering::Relaxed);
        PoolStats {
            threads: self.threads.len(),
            queued: self.sender.as_ref().map_or(0, Sender::len),
            active: get(&self.gauges.active),
            completed: get(&self.gauges.completed),
            rejected: get(&self.gauges.rejected),
            panicked: get(&self.gauges.panicked),
            abandoned: get(&self.gauges.abandoned),
        }
    }

    fn closed(&self) -> PoolError {
        PoolError::Closed {
            pool: self.name.to_string(),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Without senders the threads end when the queue is empty.
        self.sender = None;
        let this = thread::current().id();
        for thread in self.threads.drain(..) {
            // The last owner of a pool may be one of its own jobs.
            if thread.thread().id() != this && thread.join().is_err() {
                tracing::error!(pool = %self.name, "a thread of the pool died");
            }
        }
    }
}

fn message_of(panic: Box<dyn Any + Send>) -> String {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    // The payload's own destructor may panic too.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(panic)));
    message
}

/// The result of a job, as soon as it is there.
#[derive(Debug)]
#[must_use = "a job whose future is dropped does not run"]
pub struct PoolFuture<T> {
    receiver: oneshot::Receiver<Result<T, PoolError>>,
    name: Arc<str>,
}

impl<T> PoolFuture<T> {
    /// Blocks the thread until the result is there. Not for the runtime's own threads.
    ///
    /// # Errors
    /// When the job panicked or the pool was closed.
    pub fn wait(self) -> Result<T, PoolError> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(self);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl<T> Future for PoolFuture<T> {
    type Output = Result<T, PoolError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.receiver).poll(context).map(|received| {
            received.unwrap_or_else(|_| {
                Err(PoolError::Closed {
                    pool: self.name.to_string(),
                })
            })
        })
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
