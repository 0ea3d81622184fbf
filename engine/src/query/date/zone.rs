//! Time zones: offsets, and names of the IANA database, whose rules the program carries.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::{DateError, format};

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(Rules);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rules {
    /// The same all the time.
    Offset(UtcOffset),
    /// By the date.
    Named(TimeZone),
}

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(Rules::Offset(UtcOffset::UTC));

    /// Reads `Z`, an offset such as `+08:00` (also behind `UTC`, `GMT` or `UT`), or a name such as
    /// `Europe/Berlin`.
    ///
    /// # Errors
    /// When it is none of these.
    pub(crate) fn named(name: &str) -> Result<Self, DateError> {
        let behind = ["UTC", "GMT", "UT"].into_iter().find_map(|prefix| {
            let rest = name.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with(['+', '-'])).then_some(rest)
        });
        let offset = match behind.unwrap_or(name) {
            "" if behind.is_some() => Some(UtcOffset::UTC),
            text => match text.as_bytes() {
                // Java takes an hour of one digit.
                [sign, digit] => {
                    format::offset(&format!("{}0{}", char::from(*sign), char::from(*digit)))
                }
                _ => format::offset(text),
            },
        };
        if let Some(offset) = offset {
            return Ok(Self(Rules::Offset(offset)));
        }
        // What is no name may be a path: only names are looked up.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
        if name.bytes().all(is_name)
            && let Ok(zone) = TimeZone::get(name)
        {
            return Ok(Self(Rules::Named(zone)));
        }
        Err(DateError::new(
            name,
            "a time zone is `Z`, `UTC`, an offset such as `+08:00` or a name such as `Europe/Berlin`",
        ))
    }

    /// Whether its clocks are never set.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self.0, Rules::Offset(_))
    }

    /// How far its clocks are ahead at a moment, in seconds since 1970.
    pub(crate) fn offset_at(&self, seconds: i64) -> UtcOffset {
        match &self.0 {
            Rules::Offset(offset) => *offset,
            Rules::Named(zone) => Timestamp::from_second(seconds)
                .ok()
                .and_then(|moment| {
                    UtcOffset::from_whole_seconds(zone.to_offset(moment).seconds()).ok()
                })
                .unwrap_or(UtcOffset::UTC),
        }
    }

    /// A moment as its clocks show it.
    pub(crate) fn shown(&self, moment: OffsetDateTime) -> Option<OffsetDateTime> {
        moment.checked_to_offset(self.offset_at(moment.unix_timestamp()))
    }

    /// The moment at which its clocks show a time. A time that they skip is as much later; of one that they
    /// show twice, it is the first, as in Java's `LocalDateTime.atZone`.
    pub(crate) fn moment(&self, local: PrimitiveDateTime) -> Option<OffsetDateTime> {
        let zone = match &self.0 {
            Rules::Offset(offset) => return Some(local.assume_offset(*offset)),
            Rules::Named(zone) => zone,
        };
        let civil = DateTime::new(
            i16::try_from(local.year()).ok()?,
            i8::try_from(u8::from(local.month())).ok()?,
            i8::try_from(local.day()).ok()?,
            i8::try_from(local.hour()).ok()?,
            i8::try_from(local.minute()).ok()?,
            i8::try_from(local.second()).ok()?,
            i32::try_from(local.nanosecond()).ok()?,
        );
        let moment = zone.to_ambiguous_timestamp(civil.ok()?).compatible().ok()?;
        let moment = OffsetDateTime::from_unix_timestamp_nanos(moment.as_nanosecond()).ok()?;
        self.shown(moment)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn names_and_offsets_are_read() {
        let offset = |name: &str, at: i64| Zone::named(name).unwrap().offset_at(at).whole_minutes();
        let (winter, summer) = (1_705_276_800, 1_721_001_600);
        for (name, in_winter, in_summer) in [
            ("Z", 0, 0),
            ("UTC", 0, 0),
            ("GMT", 0, 0),
            ("+08:00", 480, 480),
            ("UTC+8", 480, 480),
            ("GMT-03:30", -210, -210),
            ("Europe/Berlin", 60, 120),
            ("America/New_York", -300, -240),
            ("Asia/Shanghai", 480, 480),
            ("Asia/Kolkata", 330, 330),
            ("Australia/Lord_Howe", 660, 630),
            ("Etc/UTC", 0, 0),
        ] {
            assert_eq!(offset(name, winter), in_winter, "{name}");
            assert_eq!(offset(name, summer), in_summer, "{name}");
        }
        for wrong in [
            "",
            "Mars",
            "Europe/Atlantis",
            "../etc/localtime",
            "+99",
            "UTC8",
            "UTC+",
        ] {
            let error = Zone::named(wrong).unwrap_err().to_string();
            assert!(error.contains("a time zone is"), "{wrong}: {error}");
        }
    }

    #[test]
    fn times_that_are_skipped_are_later_and_of_two_it_is_the_first() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for (local, moment) in [
            (datetime!(2024-01-15 12:00), datetime!(2024-01-15 11:00 UTC)),
            (datetime!(2024-03-31 02:30), datetime!(2024-03-31 01:30 UTC)),
            (datetime!(2024-10-27 02:30), datetime!(2024-10-27 00:30 UTC)),
            (datetime!(2024-10-27 03:00), datetime!(2024-10-27 02:00 UTC)),
        ] {
            assert_eq!(berlin.moment(local), Some(moment), "{local}");
        }
    }
}
