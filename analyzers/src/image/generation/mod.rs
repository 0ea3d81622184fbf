//! The parameters image generators write into PNG files.

mod names;
mod settings;

use serde_json::{Map, Value};

pub use names::RESERVED_NAMES;
use settings::{is_settings_line, pairs};

/// A generation's parameters, read from a `parameters` text chunk as the
/// Stable Diffusion web interfaces write it.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationParameters {
    /// The text as it stands in the file.
    pub raw: String,
    /// The parameters by record field name, in the order of the file:
    /// `prompt`, `negative_prompt`, then the settings in snake case (`steps`,
    /// `sampler`, `cfg_scale`, `seed`, `model`, `model_hash`, …).
    ///
    /// A setting called `Size` becomes `image_size`, because a record's
    /// `size` counts bytes; other settings named like one of
    /// [`RESERVED_NAMES`] get the prefix `sd_`. A prompt that is empty is left out.
    pub fields: Map<String, Value>,
}

/// More settings than any interface writes; the rest of the line stays in
/// `raw`, so that a crafted file can't flood an index with field names.
const MAX_FIELDS: usize = 128;

impl GenerationParameters {
    /// Reads a `parameters` text. Never fails: a text that isn't of the usual
    /// form is one long prompt.
    #[must_use]
    pub fn parse(raw: &str) -> Self {
        let lines: Vec<&str> = raw.trim().lines().collect();
        let settings_at = settings_line(&lines);
        let (texts, settings) = lines.split_at(settings_at);

        let mut prompt = Vec::new();
        let mut negative: Option<Vec<&str>> = None;
        for line in texts {
            match (line.strip_prefix("Negative prompt:"), &mut negative) {
                (Some(start), None) => negative = Some(vec![start]),
                (_, Some(negative)) => negative.push(line),
                (_, None) => prompt.push(*line),
            }
        }

        let mut fields = Map::new();
        let mut put = |name: &str, lines: &[&str]| {
            let text = lines.join("\n");
            if !text.trim().is_empty() {
                fields.insert(name.to_owned(), Value::from(text.trim()));
            }
        };
        put("prompt", &prompt);
        put("negative_prompt", &negative.unwrap_or_default());

        let (line, extra) = settings.split_first().unwrap_or((&"", &[]));
        let extra = extra.iter().filter_map(|line| line.split_once(':'));
        let extra = extra.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
        for (key, text) in pairs(line).into_iter().chain(extra) {
            if fields.len() == MAX_FIELDS {
                break;
            }
            if let Some(name) = names::field_name(&key)
                && !fields.contains_key(&name)
            {
                let value = names::value(&name, text);
                fields.insert(name, value);
            }
        }
        Self {
            raw: raw.to_owned(),
            fields,
        }
    }
}

/// The index of the line that holds the settings, or the number of lines.
fn settings_line(lines: &[&str]) -> usize {
    let steps = lines.iter().rposition(|line| {
        line.strip_prefix("Steps:")
            .is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    });
    let last = lines.len().saturating_sub(1);
    match (steps, lines.last()) {
        (Some(at), _) => at,
        (None, Some(line)) if is_settings_line(line) => last,
        _ => lines.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(raw: &str) -> Value {
        Value::Object(GenerationParameters::parse(raw).fields)
    }

    #[test]
    fn the_usual_form() {
        let raw = "a cat, (masterpiece:1.2),\nsitting\nNegative prompt: blurry,\nlow quality\n\
            Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 123, Size: 512x768, \
            Model hash: 6e430185, Model: sd-v1-5, Denoising strength: 0.7, Clip skip: 2, \
            Lora hashes: \"a: b, c: d\", Version: 1.10";
        let parsed = GenerationParameters::parse(raw);
        assert_eq!(parsed.raw, raw);
        assert_eq!(
            Value::Object(parsed.fields),
            json!({
                "prompt": "a cat, (masterpiece:1.2),\nsitting",
                "negative_prompt": "blurry,\nlow quality",
                "steps": 20, "sampler": "Euler a", "cfg_scale": 7.0, "seed": 123,
                "image_size": "512x768", "model_hash": "6e430185", "model": "sd-v1-5",
                "denoising_strength": 0.7, "clip_skip": 2, "lora_hashes": "a: b, c: d",
                "version": "1.10",
            })
        );
    }

    #[test]
    fn order_is_that_of_the_file() {
        let parsed =
            GenerationParameters::parse("p\nSteps: 1, Sampler: S, Zeta: 1, Alpha: 2, Seed: 3");
        let names: Vec<&String> = parsed.fields.keys().collect();
        assert_eq!(
            names,
            ["prompt", "steps", "sampler", "zeta", "alpha", "seed"]
        );
    }

    #[test]
    fn missing_parts() {
        assert_eq!(fields(""), json!({}));
        assert_eq!(fields("just a prompt"), json!({"prompt": "just a prompt"}));
        assert_eq!(
            fields("a: b, c\nwith: two"),
            json!({"prompt": "a: b, c\nwith: two"})
        );
        assert_eq!(
            fields("Negative prompt: no\nSteps: 5, Sampler: x, Seed: 1"),
            json!({"negative_prompt": "no", "steps": 5, "sampler": "x", "seed": 1})
        );
        assert_eq!(
            fields("Steps: 5, Sampler: x, Seed: 1"),
            json!({"steps": 5, "sampler": "x", "seed": 1})
        );
    }

    #[test]
    fn record_fields_are_never_overridden() {
        let parsed = fields(
            "p\nSteps: 1, Sampler: x, Seed: 99999999999999999999, Width: 512, Title: t, \
             Tag cat: true, ID: 7, Prompt: other, Steps: 2",
        );
        assert_eq!(
            parsed,
            json!({
                "prompt": "p", "steps": 1, "sampler": "x", "seed": "99999999999999999999",
                "sd_width": 512, "sd_title": "t", "sd_tag_cat": "true", "sd_id": 7,
            })
        );
    }

    #[test]
    fn lines_behind_the_settings_are_read_too() {
        let parsed = fields("p\nSteps: 1, Sampler: x, Seed: 2\nTemplate: a {b|c}, d");
        assert_eq!(parsed["template"], "a {b|c}, d");
        assert_eq!(parsed["prompt"], "p");
    }

    #[test]
    fn a_flood_of_settings_is_bounded() {
        let settings: Vec<String> = (0..5000).map(|n| format!("K{n}: {n}")).collect();
        let parsed = fields(&format!("p\nSteps: 1, {}", settings.join(", ")));
        assert_eq!(parsed.as_object().unwrap().len(), MAX_FIELDS);
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses(raw in ".{0,80}", tail in "(Steps: [0-9]{1,3}, )?([A-Z\" :,\\\\a-z0-9]{0,60})") {
            let text = format!("{raw}\n{tail}");
            let parsed = GenerationParameters::parse(&text);
            proptest::prop_assert!(parsed.fields.len() <= MAX_FIELDS);
            for name in RESERVED_NAMES {
                proptest::prop_assert!(!parsed.fields.contains_key(*name));
            }
        }
    }
}
