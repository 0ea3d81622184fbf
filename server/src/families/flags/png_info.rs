//! What a picture says about how it was generated.

use std::sync::Arc;

use analyzers::image::{Format, Limits, png_text, sniff};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value, json};

use super::answer::FlagsFailure;
use super::infotext;
use crate::app::App;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Texts that the web UI leaves out of `items`: they tell about the file, not the picture.
const IGNORED: [&str; 16] = [
    "jfif",
    "jfif_version",
    "jfif_unit",
    "jfif_density",
    "dpi",
    "exif",
    "loop",
    "background",
    "timestamp",
    "duration",
    "progressive",
    "progression",
    "icc_profile",
    "chromaticity",
    "photoshop",
    "parameters",
];

pub(super) async fn png_info(
    app: &Arc<App>,
    body: Result<Value, String>,
) -> Result<Value, FlagsFailure> {
    let Value::Object(mut fields) = body.map_err(FlagsFailure::bad)? else {
        return Err(FlagsFailure::bad("the body is not a JSON object"));
    };
    let image = match fields.shift_remove("image") {
        Some(Value::String(text)) => text,
        None | Some(Value::Null) => return Err(FlagsFailure::bad("[image] is missing")),
        Some(_) => return Err(FlagsFailure::bad("[image] must be a string")),
    };
    let settings = &app.settings.limits;
    let (limits, largest) = (settings.pictures(), settings.max_file_bytes);
    let read = app
        .search_pool
        .submit(move || read(&decoded(&image, largest)?, &limits))?;
    read.await?
}

fn decoded(text: &str, largest: u64) -> Result<Vec<u8>, FlagsFailure> {
    let text = text.trim();
    let data = match text.strip_prefix("data:") {
        None => text,
        Some(rest) => match rest.split_once(',') {
            Some((kind, data)) if kind.to_ascii_lowercase().ends_with(";base64") => data,
            _ => {
                let message = "[image] the data URL must be of the form data:image/png;base64,…";
                return Err(FlagsFailure::bad(message));
            }
        },
    };
    // Some encoders break lines.
    let data: Vec<u8> = data
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    if data.is_empty() {
        return Err(FlagsFailure::bad("[image] is empty"));
    }
    let bytes = BASE64
        .decode(&data)
        .map_err(|error| FlagsFailure::bad(format!("[image] is not base64: {error}")))?;
    if bytes.len() as u64 > largest {
        return Err(FlagsFailure::bad(format!(
            "[image] the picture is over the limit of {largest} bytes"
        )));
    }
    Ok(bytes)
}

/// Pictures of other formats hold no such texts.
fn read(bytes: &[u8], limits: &Limits) -> Result<Value, FlagsFailure> {
    let texts = match sniff(bytes) {
        None => {
            let message = "[image] the file is not a GIF, PNG, JPEG or WebP picture";
            return Err(FlagsFailure::bad(message));
        }
        Some(Format::Png) => png_text(bytes, limits)
            .map_err(|error| FlagsFailure::bad(format!("[image] {error}")))?,
        Some(_) => Vec::new(),
    };
    let mut info = String::new();
    let mut items = Map::new();
    for chunk in texts {
        if chunk.keyword == "parameters" {
            info = chunk.text;
        } else if !IGNORED.contains(&chunk.keyword.as_str()) {
            items.insert(chunk.keyword, Value::from(chunk.text));
        }
    }
    let parameters = infotext::parse(&info);
    Ok(json!({"info": info, "items": items, "parameters": parameters}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_with_and_without_a_prefix() {
        for text in [
            "aGk+Pw==",
            "aGk+Pw",
            " aGk+\nPw== ",
            "data:image/png;base64,aGk+Pw==",
            "data:;BASE64,aGk+Pw",
        ] {
            assert_eq!(decoded(text, 10).unwrap(), b"hi>?", "{text}");
        }
        for bad in ["", " ", "a", "é", "data:image/png,xx", "data:x;base64"] {
            let error = decoded(bad, 10).unwrap_err();
            assert!(error.message.starts_with("[image] "), "{bad}");
        }
        assert!(
            decoded("aGk+Pw==", 3)
                .unwrap_err()
                .message
                .contains("3 bytes")
        );
    }

    #[test]
    fn other_pictures_say_nothing_and_other_files_are_refused() {
        let gif = read(b"GIF89a...", &Limits::default()).unwrap();
        assert_eq!(
            gif,
            json!({"info": "", "items": {}, "parameters": {"Prompt": "", "Negative prompt": ""}})
        );
        let refused = |bytes: &[u8]| read(bytes, &Limits::default()).unwrap_err().message;
        assert_eq!(
            refused(b"%PDF-1.4"),
            "[image] the file is not a GIF, PNG, JPEG or WebP picture"
        );
        let cut = refused(b"\x89PNG\r\n\x1a\n\0\0");
        assert!(
            cut.starts_with("[image] the PNG file can't be decoded"),
            "{cut}"
        );
    }
}
