//! The formats of dates that have a name.

/// The pattern of a named format, with or without `strict_`; `None` for what is a pattern itself.
/// Fractions of seconds have any number of digits.
pub(super) fn pattern_of(name: &str) -> Option<&'static str> {
    let plain = name.strip_prefix("strict_").unwrap_or(name);
    Some(match plain {
        "basic_date" => "yyyyMMdd",
        "basic_date_time" => "yyyyMMdd'T'HHmmss.SSSX",
        "basic_date_time_no_millis" => "yyyyMMdd'T'HHmmssX",
        "basic_ordinal_date" => "yyyyDDD",
        "basic_ordinal_date_time" => "yyyyDDD'T'HHmmss.SSSX",
        "basic_ordinal_date_time_no_millis" => "yyyyDDD'T'HHmmssX",
        "basic_time" => "HHmmss.SSSX",
        "basic_time_no_millis" => "HHmmssX",
        "basic_t_time" => "'T'HHmmss.SSSX",
        "basic_t_time_no_millis" => "'T'HHmmssX",
        "basic_week_date" => "YYYY'W'wwe",
        "basic_week_date_time" => "YYYY'W'wwe'T'HHmmss.SSSX",
        "basic_week_date_time_no_millis" => "YYYY'W'wwe'T'HHmmssX",
        "date_hour" => "yyyy-MM-dd'T'HH",
        "date_hour_minute" => "yyyy-MM-dd'T'HH:mm",
        "date_hour_minute_second_millis" | "date_hour_minute_second_fraction" => {
            "yyyy-MM-dd'T'HH:mm:ss.SSS"
        }
        "hour" => "HH",
        "hour_minute" => "HH:mm",
        "hour_minute_second" => "HH:mm:ss",
        "hour_minute_second_millis" | "hour_minute_second_fraction" => "HH:mm:ss.SSS",
        "ordinal_date" => "yyyy-DDD",
        "ordinal_date_time" => "yyyy-DDD'T'HH:mm:ss.SSSX",
        "ordinal_date_time_no_millis" => "yyyy-DDD'T'HH:mm:ssX",
        "time" => "HH:mm:ss.SSSX",
        "time_no_millis" => "HH:mm:ssX",
        "t_time" => "'T'HH:mm:ss.SSSX",
        "t_time_no_millis" => "'T'HH:mm:ssX",
        "week_date" => "YYYY-'W'ww-e",
        "week_date_time" => "YYYY-'W'ww-e'T'HH:mm:ss.SSSX",
        "week_date_time_no_millis" => "YYYY-'W'ww-e'T'HH:mm:ssX",
        "weekyear" | "week_year" => "YYYY",
        "weekyear_week" => "YYYY-'W'ww",
        "weekyear_week_day" => "YYYY-'W'ww-e",
        "year_month_day" => "yyyy-MM-dd",
        _ => return None,
    })
}

/// Whether a format is ISO 8601, of which as much is read as is there.
pub(super) fn is_iso(name: &str) -> bool {
    matches!(
        name.strip_prefix("strict_").unwrap_or(name),
        "date_optional_time"
            | "date_optional_time_nanos"
            | "date_time"
            | "date_time_no_millis"
            | "date"
            | "iso8601"
            | "rfc3339_lenient"
            | "year_month"
            | "year"
            | "date_hour_minute_second"
    )
}
