//! Settings that are times and sizes.

use std::time::Duration;

use serde_json::Value;

use super::settings::wrong;
use crate::error::{EngineError, Result};
use crate::query::date::parse_duration_ms;
use crate::size::parse_size;

/// The shortest refresh interval: a commit costs that much.
const OFTEN: Duration = Duration::from_millis(100);
/// The refresh interval of an index that asks for none (`-1`).
const NEVER: Duration = Duration::MAX;
/// Bytes of the log after which there is a commit, where the settings do not say.
const FLUSH_BYTES: u64 = 256 << 20;
/// The least that they can say: a file of the log is never smaller.
const LEAST_FLUSH_BYTES: u64 = 56;
/// How long versions of deleted documents are remembered, where the settings do not say.
const GC_DELETES: Duration = Duration::from_secs(60);

/// A time between refreshes; `None` for the default.
pub(super) fn interval(value: &Value) -> Result<Option<Duration>> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        other => return Err(wrong("index.refresh_interval", other)),
    };
    if text == "-1" {
        return Ok(Some(NEVER));
    }
    Ok(Some(time("index.refresh_interval", &text)?.max(OFTEN)))
}

/// A time with its unit.
fn time(setting: &str, text: &str) -> Result<Duration> {
    let millis = match text.parse::<u32>() {
        Ok(0) => Some(0.0),
        Ok(_) => None,
        Err(_) => parse_duration_ms(text),
    };
    millis
        .filter(|millis| *millis >= 0.0)
        .and_then(|millis| Duration::try_from_secs_f64(millis / 1000.0).ok())
        .ok_or_else(|| {
            EngineError::Settings(format!(
                "failed to parse setting [{setting}] with value [{text}] as a time value: unit is \
                 missing or unrecognized"
            ))
        })
}

/// `gc_deletes`; `-1` is for as long as the node has room for them.
pub(super) fn gc_deletes(value: Option<&Value>) -> Result<Duration> {
    const NAME: &str = "index.gc_deletes";
    let text = match value {
        None | Some(Value::Null) => return Ok(GC_DELETES),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => return Err(wrong(NAME, other)),
    };
    if text == "-1" {
        return Ok(Duration::MAX);
    }
    time(NAME, &text)
}

/// `translog.flush_threshold_size`, a number of bytes with its unit.
pub(super) fn flush_bytes(translog: Option<&Value>) -> Result<u64> {
    const NAME: &str = "index.translog.flush_threshold_size";
    let value = translog.and_then(|translog| translog.get("flush_threshold_size"));
    let text = match value {
        None | Some(Value::Null) => return Ok(FLUSH_BYTES),
        Some(Value::String(text)) => text.trim().to_lowercase(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => return Err(wrong(NAME, other)),
    };
    let has_unit = text.ends_with(|letter: char| letter.is_ascii_alphabetic());
    let bytes = parse_size(&text).filter(|_| has_unit).ok_or_else(|| {
        EngineError::Settings(format!(
            "failed to parse setting [{NAME}] with value [{text}] as a size in bytes: unit is \
             missing or unrecognized"
        ))
    })?;
    if bytes < LEAST_FLUSH_BYTES {
        return Err(EngineError::Settings(format!(
            "failed to parse value [{text}] for setting [{NAME}], must be >= \
             [{LEAST_FLUSH_BYTES}b]"
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::IndexSettings;
    use super::*;

    #[test]
    fn times_and_sizes_have_units_and_defaults() {
        let read = |settings: Value| {
            IndexSettings::from_json(&settings)
                .map(|read| (read.refresh_interval, read.flush_bytes, read.gc_deletes))
                .map_err(|error| error.to_string())
        };
        let minute = Duration::from_secs(60);
        assert_eq!(read(json!({})), Ok((None, 256 << 20, minute)));
        let given = json!({"index": {"refresh_interval": "1h", "gc_deletes": "5m",
                                     "translog": {"flush_threshold_size": "1.5mb"}}});
        assert_eq!(read(given), Ok((Some(60 * minute), 3 << 19, 5 * minute)));
        let never = json!({"index.refresh_interval": -1, "index.gc_deletes": "-1",
                           "index.translog.flush_threshold_size": "64KB"});
        assert_eq!(read(never), Ok((Some(NEVER), 64 << 10, Duration::MAX)));
        assert_eq!(
            read(json!({"refresh_interval": "1ms", "gc_deletes": "0"})),
            Ok((Some(OFTEN), FLUSH_BYTES, Duration::ZERO))
        );
        for (wrong, told) in [
            (
                json!({"gc_deletes": "60"}),
                "[index.gc_deletes] with value [60] as a time value",
            ),
            (
                json!({"gc_deletes": true}),
                "[true] for setting [index.gc_deletes]",
            ),
            (
                json!({"translog.flush_threshold_size": "512"}),
                "[index.translog.flush_threshold_size] with value [512] as a size in bytes",
            ),
            (
                json!({"translog.flush_threshold_size": "8b"}),
                "must be >= [56b]",
            ),
            (
                json!({"translog.flush_threshold_size": [1]}),
                "Failed to parse value [[1]]",
            ),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn stored_values_that_were_never_read_do_not_matter() {
        let stored = json!({"gc_deletes": "x", "index": {"translog": {"flush_threshold_size": 5},
                                                        "max_result_window": 7}});
        assert!(IndexSettings::from_json(&stored).is_err());
        let read = IndexSettings::of_stored(&stored).unwrap();
        let plain = IndexSettings::from_json(&json!({"max_result_window": 7})).unwrap();
        assert_eq!(read.raw, stored);
        assert_eq!(
            IndexSettings {
                raw: plain.raw.clone(),
                ..read
            },
            plain
        );
        assert!(IndexSettings::of_stored(&json!({"max_result_window": "x"})).is_err());
    }
}
