//! What the machine, or the container, has to give.

use std::fs;
use std::path::Path;

/// Memory that is assumed where the system does not say, in bytes.
const ASSUMED: u64 = 4 << 30;

/// Returns the memory that the process may use, in bytes: the machine's, or that of its control group.
pub fn memory() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| total(&text));
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = limit_files(&groups);
    let limits = limits.iter().filter_map(|file| {
        fs::read_to_string(Path::new(file))
            .ok()?
            .trim()
            .parse()
            .ok()
    });
    limits.chain(machine).min().unwrap_or(ASSUMED)
}

/// Returns `MemTotal` of `/proc/meminfo`, in bytes.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Returns the files that may hold a limit, of the group that `/proc/self/cgroup` names and those that it is
/// in.
fn limit_files(groups: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(number), Some(kinds), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let (root, file) = match (number, kinds) {
            ("0", "") => ("/sys/fs/cgroup", "memory.max"),
            (_, kinds) if kinds.split(',').any(|kind| kind == "memory") => {
                ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
            }
            _ => continue,
        };
        let mut path = path.trim_end_matches('/');
        loop {
            out.push(format!("{root}{path}/{file}"));
            match path.rfind('/') {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => break,
            }
        }
    }
    out
}

/// Returns how many descriptors the process may come to hold, once it has raised its limit as far as it can.
#[cfg(unix)]
pub fn descriptors() -> u64 {
    use rustix::process::{Resource, getrlimit};
    let limit = getrlimit(Resource::Nofile);
    limit.maximum.or(limit.current).unwrap_or(1 << 20)
}

/// Returns how many descriptors the process may come to hold.
#[cfg(not(unix))]
pub fn descriptors() -> u64 {
    8_192
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_the_least_of_what_is_said() {
        assert_eq!(
            total("MemTotal:       24684000 kB\nMemFree: 1 kB\n"),
            Some(24_684_000 * 1024)
        );
        assert_eq!(total("MemFree: 1 kB\n"), None);
        assert_eq!(
            limit_files("0::/system.slice/pictor.service\n"),
            [
                "/sys/fs/cgroup/system.slice/pictor.service/memory.max",
                "/sys/fs/cgroup/system.slice/memory.max",
                "/sys/fs/cgroup/memory.max",
            ]
        );
        assert_eq!(
            limit_files("5:cpu,memory:/a\n4:pids:/a\n"),
            [
                "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            ]
        );
        assert!(memory() > 1 << 20);
        assert!(descriptors() > 16);
    }
}
