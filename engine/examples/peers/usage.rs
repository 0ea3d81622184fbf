//! What the process has used, where the system tells.

/// Seconds of processor time, of all threads.
pub fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name before the bracket may hold spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| -> f64 {
        let value = fields.split_whitespace().nth(field);
        value.and_then(|value| value.parse().ok()).unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// Memory in KB.
#[derive(Clone, Copy)]
pub struct Memory {
    /// All that is resident, pages of mapped files included.
    pub resident: u64,
    /// The part that belongs to no file.
    pub anonymous: u64,
}

/// What is resident now.
pub fn memory() -> Memory {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let field = |name: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
            .unwrap_or(0)
    };
    Memory {
        resident: field("Rss:"),
        anonymous: field("Anonymous:"),
    }
}
