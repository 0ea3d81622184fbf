//! What a node takes of the machine, as the system counts it, and limits that it is started under.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::Server;

/// Between two looks at a process.
const INTERVAL: Duration = Duration::from_millis(10);

/// Limits of the system on a process; nothing that is `None` is limited.
#[derive(Debug, Default, Clone, Copy)]
pub struct Limits {
    /// Bytes of private writable memory (`RLIMIT_DATA`): heap and stacks, not mapped files. An allocation
    /// past it fails, which ends the process.
    pub memory: Option<u64>,
    /// Open descriptors (`RLIMIT_NOFILE`).
    pub descriptors: Option<u64>,
}

impl Limits {
    /// The command that sets the limits and becomes what follows it; empty where there are none.
    pub(crate) fn launcher(self) -> Vec<String> {
        let mut script = String::new();
        if let Some(bytes) = self.memory {
            script.push_str(&format!("ulimit -d {} && ", bytes >> 10));
        }
        if let Some(count) = self.descriptors {
            script.push_str(&format!("ulimit -n {count} && "));
        }
        if script.is_empty() {
            return Vec::new();
        }
        script.push_str("exec \"$0\" \"$@\"");
        vec!["sh".to_owned(), "-c".to_owned(), script]
    }
}

/// What a process holds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of memory that are resident now.
    pub memory: u64,
    /// The most bytes that were resident at once since the start, or since [`Server::forget_peak`].
    pub peak: u64,
    /// Threads.
    pub threads: u64,
    /// Open descriptors.
    pub descriptors: u64,
}

impl Usage {
    /// Reads what a process holds; `None` where the system does not tell (no `/proc`), or it is gone.
    pub fn of(process: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        let descriptors = fs::read_dir(format!("/proc/{process}/fd")).ok()?;
        Some(Self {
            memory: number("VmRSS:")? << 10,
            peak: number("VmHWM:")? << 10,
            threads: number("Threads:")?,
            descriptors: descriptors.count() as u64,
        })
    }

    /// The larger of each value.
    #[must_use]
    pub fn most(self, other: Self) -> Self {
        Self {
            memory: self.memory.max(other.memory),
            peak: self.peak.max(other.peak),
            threads: self.threads.max(other.threads),
            descriptors: self.descriptors.max(other.descriptors),
        }
    }
}

impl Server {
    /// What the node holds now.
    ///
    /// # Panics
    /// Where there is no `/proc`, or the node ended.
    pub fn usage(&self) -> Usage {
        Usage::of(self.process()).expect("a running node, and /proc")
    }

    /// Begins the peak of memory anew; false where the system does not let it.
    pub fn forget_peak(&self) -> bool {
        fs::write(format!("/proc/{}/clear_refs", self.process()), "5").is_ok()
    }

    /// Does something, and gives what came of it with the most that the node held meanwhile. Memory is
    /// the system's own peak; threads and descriptors are looked at a hundred times a second.
    ///
    /// # Panics
    /// Where there is no `/proc`, or the node ended.
    pub fn watched<T>(&self, work: impl FnOnce() -> T) -> (T, Usage) {
        self.forget_peak();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let looks = scope.spawn(|| {
                let mut most = Usage::default();
                while !done.load(Ordering::SeqCst) {
                    most = Usage::of(self.process()).map_or(most, |now| most.most(now));
                    std::thread::sleep(INTERVAL);
                }
                most
            });
            // Whoever looks ends also where the work fails.
            let ending = Ending(&done);
            let came = work();
            drop(ending);
            let most = looks.join().expect("looking at a process");
            (came, most.most(self.usage()))
        })
    }
}

struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
