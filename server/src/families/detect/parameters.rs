//! Numbers and days of a query string. A parameter that is empty is as good as absent.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use super::answer::DetectFailure;
use crate::detect::MOST_DAYS;

/// How days are written.
pub(super) const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
/// Days of statistics, with both ends, where an end is not given.
const DAYS: i64 = 15;

pub(super) fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

/// A value for a message: not too long.
fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

/// A number from `least` on.
pub(super) fn number(
    name: &str,
    value: Option<&str>,
    least: u64,
) -> Result<Option<u64>, DetectFailure> {
    let Some(text) = given(value) else {
        return Ok(None);
    };
    let number = text.parse::<u64>().ok().filter(|number| *number >= least);
    number.map(Some).ok_or_else(|| {
        DetectFailure::bad(format!(
            "[{name}] must be a whole number from {least}, not \"{}\"",
            shown(text)
        ))
    })
}

fn day(name: &str, value: Option<&str>) -> Result<Option<Date>, DetectFailure> {
    let Some(text) = given(value) else {
        return Ok(None);
    };
    // The parser takes signs and more digits of a year.
    let plain = text.len() == 10 && text.starts_with(|letter: char| letter.is_ascii_digit());
    let date = if plain {
        Date::parse(text, DAY).ok()
    } else {
        None
    };
    date.map(Some).ok_or_else(|| {
        DetectFailure::bad(format!(
            "[{name}] must be a day such as 2026-11-21, not \"{}\"",
            shown(text)
        ))
    })
}

/// Days from `startDate` to `endDate`, as they came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span<'a> {
    start: Option<&'a str>,
    end: Option<&'a str>,
}

impl<'a> Span<'a> {
    pub(super) fn new(start: Option<&'a str>, end: Option<&'a str>) -> Self {
        Self { start, end }
    }

    /// The days that are given.
    pub(super) fn read(self) -> Result<(Option<Date>, Option<Date>), DetectFailure> {
        let (start, end) = (day("startDate", self.start)?, day("endDate", self.end)?);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            return Err(DetectFailure::bad(format!(
                "[startDate] {start} is after [endDate] {end}"
            )));
        }
        Ok((start, end))
    }

    /// The days that are meant: where an end is missing, there are fifteen.
    pub(super) fn whole(self) -> Result<(Date, Date), DetectFailure> {
        let others = Duration::days(DAYS - 1);
        let (start, end) = match self.read()? {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, start.checked_add(others).unwrap_or(Date::MAX)),
            (None, end) => {
                let end = end.unwrap_or_else(|| OffsetDateTime::now_utc().date());
                (end.checked_sub(others).unwrap_or(Date::MIN), end)
            }
        };
        if (end - start).whole_days() >= MOST_DAYS {
            return Err(DetectFailure::bad(format!(
                "[startDate] {start} is more than {MOST_DAYS} days before [endDate] {end}"
            )));
        }
        Ok((start, end))
    }
}

#[cfg(test)]
mod tests {
    use poem::IntoResponse;
    use time::macros::date;

    use super::*;

    async fn message(failure: DetectFailure) -> String {
        let response = failure.into_response();
        assert_eq!(response.status().as_u16(), 400);
        response.into_body().into_string().await.unwrap()
    }

    #[tokio::test]
    async fn numbers_are_checked_by_name() {
        assert_eq!(number("limit", None, 1), Ok(None));
        assert_eq!(number("limit", Some(" "), 1), Ok(None));
        assert_eq!(number("limit", Some("12"), 1), Ok(Some(12)));
        assert_eq!(number("num", Some("0"), 0), Ok(Some(0)));
        for bad in ["0", "-1", "1.5", "ten", "99999999999999999999"] {
            let error = message(number("limit", Some(bad), 1).unwrap_err()).await;
            let expected = format!("[limit] must be a whole number from 1, not \\\"{bad}\\\"");
            assert!(error.contains(&expected), "{error}");
        }
    }

    #[tokio::test]
    async fn days_are_checked_by_name() {
        let span = |start, end| Span::new(start, end);
        let both = span(Some("2024-02-28"), Some("2024-03-01"));
        let days = (date!(2024 - 02 - 28), date!(2024 - 03 - 01));
        assert_eq!(both.whole(), Ok(days));
        let from = span(Some("2024-02-28"), None).whole();
        assert_eq!(from, Ok((date!(2024 - 02 - 28), date!(2024 - 03 - 13))));
        let to = span(Some(""), Some("2024-03-01")).whole();
        assert_eq!(to, Ok((date!(2024 - 02 - 16), date!(2024 - 03 - 01))));
        let today = OffsetDateTime::now_utc().date();
        let (start, end) = span(None, None).whole().unwrap();
        assert!(end >= today && (end - start).whole_days() == 14);
        assert_eq!(span(None, None).read(), Ok((None, None)));
        let last = span(Some("9999-12-30"), None).whole();
        assert_eq!(last, Ok((date!(9999 - 12 - 30), date!(9999 - 12 - 31))));
        for bad in [
            "x",
            "2024-2-1",
            "2024-02-30",
            "20240201",
            "+2024-02-1",
            "2024-02-01T00",
        ] {
            let error = message(span(Some(bad), None).read().unwrap_err()).await;
            assert!(error.contains("[startDate] must be a day"), "{error}");
            let error = message(span(None, Some(bad)).read().unwrap_err()).await;
            assert!(error.contains("[endDate] must be a day"), "{error}");
        }
        let turned = span(Some("2024-03-02"), Some("2024-03-01")).read();
        let error = message(turned.unwrap_err()).await;
        assert!(error.contains("[startDate] 2024-03-02 is after [endDate] 2024-03-01"));
        let long = span(Some("0001-01-01"), Some("9999-12-31")).whole();
        assert!(message(long.unwrap_err()).await.contains("[startDate]"));
    }
}
