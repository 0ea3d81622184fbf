//! Sizes as Elasticsearch's settings have them.

/// Reads a number of bytes, with or without a unit: `512`, `512b`, `40mb`, `1.5gb`. Returns nothing for a text that is no
/// size.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|letter: char| letter.is_ascii_alphabetic());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let factor: u64 = match unit {
        "" | "b" => 1,
        "k" | "kb" => 1 << 10,
        "m" | "mb" => 1 << 20,
        "g" | "gb" => 1 << 30,
        "t" | "tb" => 1 << 40,
        _ => return None,
    };
    let number = number.trim();
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor);
    }
    let fraction: f64 = number.parse().ok()?;
    let bytes = fraction * factor as f64;
    (bytes.is_finite() && (0.0..1e18).contains(&bytes)).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [
            ("12", 12),
            ("1kb", 1024),
            ("1.5 MB", 3 << 19),
            ("2g", 2 << 30),
        ] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for bad in [
            "",
            "mb",
            "-1",
            "1xb",
            "nan",
            "1e30gb",
            "99999999999999999999t",
        ] {
            assert_eq!(parse_size(bad), None, "{bad}");
        }
    }
}
