//! From a setting's name and text to a record field and its value.

use serde_json::{Number, Value};

/// Names of the record's own fields, which a file's parameters never set.
/// Names that begin with `tag_` are views of a record's tags and reserved too.
pub const RESERVED_NAMES: &[&str] = &[
    "id",
    "hash",
    "keys",
    "name",
    "title",
    "uploader",
    "uploader_id",
    "category",
    "tags",
    "width",
    "height",
    "duration",
    "frames",
    "size",
    "format",
    "like",
    "pub_time",
    "created_at",
];

/// Longer names are not settings but text that happened to hold a colon.
const MAX_NAME: usize = 64;

/// Endings of names whose values are fractions even when they look whole.
/// An index fixes a field's type by the first value it meets.
const FRACTIONS: &[&str] = &["scale", "strength", "weight", "multiplier", "ratio"];

/// Endings of names whose values are labels even when they look like numbers.
const LABELS: &[&str] = &["hash", "hashes", "version", "sampler", "model"];

/// The field for a setting: snake case, clear of the record's own fields.
pub(super) fn field_name(key: &str) -> Option<String> {
    let mut name = String::new();
    for letter in key.chars() {
        if letter.is_alphanumeric() {
            name.extend(letter.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() || name.len() > MAX_NAME {
        return None;
    }
    Some(if name == "size" {
        "image_size".to_owned()
    } else if RESERVED_NAMES.contains(&name) || name.starts_with("tag_") {
        format!("sd_{name}")
    } else {
        name.to_owned()
    })
}

/// The value of a field: a number where the text is one, else the text.
pub(super) fn value(name: &str, text: String) -> Value {
    let ends_with = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends_with(LABELS) || !is_decimal(&text) {
        return Value::String(text);
    }
    let whole = !text.contains('.') && !ends_with(FRACTIONS);
    let number = if whole {
        text.parse::<i64>().ok().map(Number::from)
    } else {
        text.parse::<f64>().ok().and_then(Number::from_f64)
    };
    number.map_or(Value::String(text), Value::Number)
}

/// Whether the text is a plain decimal number that reads back unchanged: no
/// exponent, no leading zeros, no sign but a minus.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let magnitude = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match magnitude.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (magnitude, None),
    };
    digits(whole) && fraction.is_none_or(digits) && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_in_snake_case() {
        assert_eq!(field_name("CFG scale").as_deref(), Some("cfg_scale"));
        assert_eq!(
            field_name("ADetailer model 2nd").as_deref(),
            Some("adetailer_model_2nd")
        );
        assert_eq!(field_name(" _Size_ ").as_deref(), Some("image_size"));
        assert_eq!(field_name("Created at").as_deref(), Some("sd_created_at"));
        assert_eq!(field_name("--"), None);
        assert_eq!(field_name(&"x".repeat(65)), None);
    }

    #[test]
    fn values_by_their_text_and_name() {
        assert_eq!(value("steps", "20".into()), json!(20));
        assert_eq!(value("cfg_scale", "7".into()), json!(7.0));
        assert_eq!(value("eta", "-0.5".into()), json!(-0.5));
        assert_eq!(value("model_hash", "123456".into()), json!("123456"));
        assert_eq!(value("seed", "1e5".into()), json!("1e5"));
        assert_eq!(value("seed", "007".into()), json!("007"));
        assert_eq!(value("anything", "NaN".into()), json!("NaN"));
        assert_eq!(
            value("seed", "18446744073709551616".into()),
            json!("18446744073709551616")
        );
    }
}
