//! Where a picture comes from.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use super::answer::SimError;
use crate::app::App;

/// Which field of a body says where the picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Url,
    Path,
    Base64,
}

impl Place {
    fn field(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Path => "path",
            Self::Base64 => "base64",
        }
    }
}

/// A body that is an object.
pub(super) fn object(body: Result<Value, String>) -> Result<Map<String, Value>, SimError> {
    match body.map_err(SimError)? {
        Value::Object(object) => Ok(object),
        _ => Err(SimError("the body is not a JSON object".to_owned())),
    }
}

/// A text of a body; `None` where it is absent or null.
pub(super) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, SimError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(SimError(format!("[{name}] must be a string"))),
    }
}

/// The picture that a body names.
pub(super) async fn picture(
    app: &Arc<App>,
    body: &Map<String, Value>,
    place: Place,
) -> Result<Vec<u8>, SimError> {
    let name = place.field();
    let value = text(body, name)?
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| SimError(format!("[{name}] is missing")))?;
    let limit = app.settings.limits.max_file_bytes;
    match place {
        Place::Url => app
            .fetcher
            .fetch(value, limit)
            .await
            .map_err(|error| SimError(format!("[url] {error}"))),
        Place::Path => {
            let (app, path) = (Arc::clone(app), value.to_owned());
            let read = app
                .clone()
                .write_pool
                .submit(move || from_path(&app, &path, limit))?;
            read.await?
        }
        Place::Base64 => from_base64(value, limit),
    }
}

fn from_path(app: &App, path: &str, limit: u64) -> Result<Vec<u8>, SimError> {
    let wrong = |reason: &str| SimError(format!("[path] {path}: {reason}"));
    let given = Path::new(path);
    if !given.is_absolute() {
        return Err(wrong("must be absolute"));
    }
    // One answer for what is not allowed and what is not there: nobody learns what files exist.
    let unknown =
        "no file below a folder that --allow-path names, nor below the data folder's inbox";
    let real = given.canonicalize().map_err(|_| wrong(unknown))?;
    if !app.settings.allows(&real) {
        return Err(wrong(unknown));
    }
    let file = File::open(&real).map_err(|error| wrong(&error.to_string()))?;
    let known = file.metadata().map_err(|error| wrong(&error.to_string()))?;
    if !known.is_file() {
        return Err(wrong("is no file"));
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| wrong(&error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(wrong(&format!(
            "the file is over the limit of {limit} bytes"
        )));
    }
    Ok(bytes)
}

/// A picture in base64: both alphabets, with or without padding, with or without a `data:` prefix.
///
/// # Errors
/// When it is none, or over the limit.
pub fn from_base64(text: &str, limit: u64) -> Result<Vec<u8>, SimError> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
    let data = match text.strip_prefix("data:") {
        None => text,
        Some(rest) => {
            let (kind, data) = rest
                .split_once(',')
                .ok_or_else(|| SimError("[base64] the data URL has no comma".to_owned()))?;
            if !kind.to_ascii_lowercase().ends_with(";base64") {
                return Err(SimError("[base64] the data URL is not base64".to_owned()));
            }
            data
        }
    };
    // Some encoders break lines.
    let plain: String = data
        .chars()
        .filter(|ch| !ch.is_ascii_whitespace())
        .collect();
    if plain.is_empty() {
        return Err(SimError("[base64] is empty".to_owned()));
    }
    let decoded = if plain.contains(['-', '_']) {
        URL_SAFE.decode(&plain)
    } else {
        STANDARD.decode(&plain)
    };
    let bytes = decoded.map_err(|error| SimError(format!("[base64] {error}")))?;
    if bytes.len() as u64 > limit {
        return Err(SimError(format!(
            "[base64] the picture is over the limit of {limit} bytes"
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_in_all_its_forms() {
        for text in [
            "aGk+Pw==",
            "aGk+Pw",
            "aGk-Pw",
            "data:image/png;base64,aGk+Pw==",
            "data:image/GIF;BASE64,aGk+Pw",
            "aGk+\nPw==",
        ] {
            assert_eq!(from_base64(text, 10).unwrap(), b"hi>?", "{text}");
        }
        for (bad, limit, reason) in [
            ("", 10, "[base64] is empty"),
            ("a", 10, "[base64] Invalid input length: 1"),
            ("é", 10, "[base64] Invalid symbol 195, offset 0."),
            (
                "data:image/png,xx",
                10,
                "[base64] the data URL is not base64",
            ),
            (
                "data:image/png;base64",
                10,
                "[base64] the data URL has no comma",
            ),
            (
                "aGk+Pw==",
                3,
                "[base64] the picture is over the limit of 3 bytes",
            ),
        ] {
            assert_eq!(from_base64(bad, limit).unwrap_err().0, reason, "{bad}");
        }
    }
}
