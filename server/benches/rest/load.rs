//! Two kinds of load: as fast as answers come, and as fast as it is asked for.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::Value;

use super::corpus::INDEX;

/// What became of requests.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How long those took that were answered.
    pub times: Vec<Duration>,
    /// Those that were told that the node is full.
    pub refused: usize,
    /// Those with any other end.
    pub failed: usize,
    /// How long all of it took.
    pub elapsed: Duration,
}

impl Outcome {
    /// Answers in a second.
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.elapsed.as_secs_f64()
    }

    fn percentile(&self, share: f64) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = (share * times.len() as f64) as usize;
        let time = times.get(at.min(times.len().saturating_sub(1)));
        time.map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:.0} a second, p50 {:.2} ms, p99 {:.2} ms; answered {}, 429 {}, failed {}",
            self.rate(),
            self.percentile(0.5),
            self.percentile(0.99),
            self.times.len(),
            self.refused,
            self.failed
        )
    }
}

/// Threads that each begin the next one as soon as theirs is answered.
pub fn closed(threads: usize, count: usize, run: impl Fn(usize) -> bool + Sync) -> Outcome {
    let next = AtomicUsize::new(0);
    let outcome = Mutex::new(Outcome::default());
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        break;
                    }
                    let begun = Instant::now();
                    let answered = run(n);
                    let mut outcome = outcome.lock();
                    if answered {
                        outcome.times.push(begun.elapsed());
                    } else {
                        outcome.failed += 1;
                    }
                }
            });
        }
    });
    let mut outcome = outcome.into_inner();
    outcome.elapsed = started.elapsed();
    outcome
}

/// Searches that begin at a rate, whoever is still waiting.
pub fn open(address: &str, searches: &[Value], rate: f64, span: Duration) -> Outcome {
    let sender = Sender::new(address, searches);
    let count = (rate * span.as_secs_f64()) as usize;
    runtime().block_on(async {
        let started = Instant::now();
        let mut pending = tokio::task::JoinSet::new();
        for n in 0..count {
            let due = started + Duration::from_secs_f64(n as f64 / rate);
            tokio::time::sleep_until(due.into()).await;
            pending.spawn(Arc::clone(&sender).send(n));
            while pending.try_join_next().is_some() {}
        }
        while pending.join_next().await.is_some() {}
        sender.outcome(started)
    })
}

/// Searches of which so many always wait.
pub fn kept(address: &str, searches: &[Value], in_flight: usize, span: Duration) -> Outcome {
    let sender = Sender::new(address, searches);
    runtime().block_on(async {
        let started = Instant::now();
        let mut pending = tokio::task::JoinSet::new();
        let mut n = 0;
        while started.elapsed() < span {
            while pending.len() < in_flight {
                pending.spawn(Arc::clone(&sender).send(n));
                n += 1;
            }
            pending.join_next().await;
        }
        while pending.join_next().await.is_some() {}
        sender.outcome(started)
    })
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

/// Sends searches, and counts what becomes of them.
struct Sender {
    client: reqwest::Client,
    url: String,
    bodies: Vec<String>,
    outcome: Mutex<Outcome>,
}

impl Sender {
    fn new(address: &str, searches: &[Value]) -> Arc<Self> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60));
        Arc::new(Self {
            client: client.build().unwrap(),
            url: format!("{address}/{INDEX}/_search"),
            bodies: searches.iter().map(Value::to_string).collect(),
            outcome: Mutex::default(),
        })
    }

    async fn send(self: Arc<Self>, n: usize) {
        let request = self.client.post(&self.url);
        let request = request.header("content-type", "application/json");
        let request = request.body(self.bodies[n % self.bodies.len()].clone());
        let begun = Instant::now();
        let status = match request.send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                answer.bytes().await.map_or(0, |_| status)
            }
            Err(_) => 0,
        };
        let mut outcome = self.outcome.lock();
        match status {
            200 => outcome.times.push(begun.elapsed()),
            429 => outcome.refused += 1,
            _ => outcome.failed += 1,
        }
    }

    fn outcome(&self, started: Instant) -> Outcome {
        let mut outcome = std::mem::take(&mut *self.outcome.lock());
        outcome.elapsed = started.elapsed();
        outcome
    }
}
