//! Dates, times, instants and durations, with OData's way of writing them.
//!
//! Fractions of a second are kept to the nanosecond; what is finer is cut off.

mod calendar;
mod date;
mod date_time;
mod duration;
mod scan;
mod time_of_day;

pub use date::Date;
pub use date_time::DateTime;
pub use duration::Duration;
pub use time_of_day::TimeOfDay;

/// Nanoseconds in a second.
pub(super) const SECOND: i64 = 1_000_000_000;
/// Nanoseconds in a day.
pub(super) const DAY: i64 = 86_400 * SECOND;

/// A fraction of a second as it is written: without trailing zeros, nothing for none.
fn fraction(nanos: i64) -> String {
    if nanos == 0 {
        return String::new();
    }
    let digits = format!("{nanos:09}");
    format!(".{}", digits.trim_end_matches('0'))
}
