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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let url = format!("{address}/{INDEX}/_search");
    let outcome = Arc::new(Mutex::new(Outcome::default()));
    let started = Instant::now();
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let mut pending = tokio::task::JoinSet::new();
        let count = (rate * span.as_secs_f64()) as usize;
        for n in 0..count {
            let due = started + Duration::from_secs_f64(n as f64 / rate);
            tokio::time::sleep_until(due.into()).await;
            let body = searches[n % searches.len()].to_string();
            let request = client.post(&url).header("content-type", "application/json");
            let request = request.body(body);
            let outcome = Arc::clone(&outcome);
            pending.spawn(async move {
                let begun = Instant::now();
                let status = match request.send().await {
                    Ok(answer) => {
                        let status = answer.status().as_u16();
                        answer.bytes().await.map_or(0, |_| status)
                    }
                    Err(_) => 0,
                };
                let mut outcome = outcome.lock();
                match status {
                    200 => outcome.times.push(begun.elapsed()),
                    429 => outcome.refused += 1,
                    _ => outcome.failed += 1,
                }
            });
            while pending.try_join_next().is_some() {}
        }
        while pending.join_next().await.is_some() {}
    });
    let mut outcome = std::mem::take(&mut *outcome.lock());
    outcome.elapsed = started.elapsed();
    outcome
}
