//! Which snapshots are old enough to go.

use std::time::Duration;

use super::error::Result;
use super::garbage::DeleteReport;
use super::info::SnapshotInfo;
use super::repository::Repository;

/// How many snapshots stay, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// So many of the newest stay, however old they are.
    pub min_count: usize,
    /// No more than so many stay.
    pub max_count: Option<usize>,
    /// Those that are older go.
    pub max_age: Option<Duration>,
}

impl Retention {
    /// The names of the snapshots that are to go at a time, in milliseconds since 1970, oldest
    /// first. The newest one always stays, and one from the future is no older than now.
    pub fn expired(&self, snapshots: &[SnapshotInfo], now_ms: i64) -> Vec<String> {
        let mut newest: Vec<&SnapshotInfo> = snapshots.iter().collect();
        newest.sort_by_key(|info| std::cmp::Reverse(info.finished_ms));
        let keep = self.min_count.max(1);
        let too_old = |info: &SnapshotInfo| {
            self.max_age.is_some_and(|age| {
                let past = now_ms.saturating_sub(info.finished_ms);
                u128::try_from(past).is_ok_and(|past| past > age.as_millis())
            })
        };
        let mut gone: Vec<String> = newest
            .iter()
            .enumerate()
            .skip(keep)
            .filter(|(at, info)| self.max_count.is_some_and(|max| *at >= max) || too_old(info))
            .map(|(_, info)| info.name.clone())
            .collect();
        gone.reverse();
        gone
    }
}

impl Repository {
    /// Deletes the snapshots that are to go at a time, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn retire(&self, retention: &Retention, now_ms: i64) -> Result<DeleteReport> {
        if *retention == Retention::default() {
            return Ok(DeleteReport::default());
        }
        let expired = retention.expired(&self.list()?.snapshots, now_ms);
        if expired.is_empty() {
            return Ok(DeleteReport::default());
        }
        let names: Vec<&str> = expired.iter().map(String::as_str).collect();
        self.delete(&names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay() {
        let snapshots: Vec<SnapshotInfo> = (0..6)
            .map(|at| SnapshotInfo {
                name: format!("s{at}"),
                finished_ms: at * 1_000,
                ..SnapshotInfo::default()
            })
            .collect();
        let expired = |min_count, max_count, max_age: Option<u64>| {
            let retention = Retention {
                min_count,
                max_count,
                max_age: max_age.map(Duration::from_millis),
            };
            retention.expired(&snapshots, 6_000).join(" ")
        };
        assert_eq!(expired(0, None, None), "");
        assert_eq!(expired(0, Some(4), None), "s0 s1");
        assert_eq!(expired(0, Some(0), None), "s0 s1 s2 s3 s4");
        assert_eq!(expired(5, Some(4), None), "s0");
        assert_eq!(expired(0, None, Some(3_000)), "s0 s1 s2");
        assert_eq!(expired(4, None, Some(3_000)), "s0 s1");
    }

    #[test]
    fn a_clock_that_jumps_back_makes_nothing_old() {
        let made = |name: &str, finished_ms| SnapshotInfo {
            name: name.to_owned(),
            finished_ms,
            ..SnapshotInfo::default()
        };
        let snapshots = [made("a", 1_000), made("b", i64::MAX), made("c", 2_000)];
        let retention = Retention {
            max_age: Some(Duration::from_secs(1)),
            ..Retention::default()
        };
        assert_eq!(retention.expired(&snapshots, i64::MIN), [""; 0]);
        assert_eq!(retention.expired(&snapshots, 1_500), [""; 0]);
        assert_eq!(retention.expired(&snapshots, 2_500), ["a"]);
        // However far the clock jumps forward, the newest stays.
        assert_eq!(retention.expired(&snapshots, i64::MAX), ["a", "c"]);
    }
}
