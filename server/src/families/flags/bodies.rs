//! Bodies and answers, as the specification shows them.

use std::collections::HashMap;

use poem_openapi::types::{Any, Example};
use poem_openapi::{Object, Union};
use serde_json::{Value, json};

/// A string or a number; it comes back as it was given.
#[derive(Debug, Clone, Union)]
#[oai(rename = "TextOrNumber")]
pub enum Given {
    /// A string.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Any number.
    Number(f64),
}

/// An image to flag. Any other field is kept in `extra`.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct FlagBody {
    // Described by their type: words beside a reference would become an `allOf` of a union, which
    // generators of clients refuse.
    // The prompt; not empty.
    pub image_prompt: Given,
    // Sampling steps.
    pub steps: Option<Given>,
    // The sampler.
    pub sampler: Option<Given>,
    // The scale of the guidance.
    pub cfg_scale: Option<Given>,
    // The seed.
    pub seed: Option<Given>,
    // Width and height.
    pub size: Option<Given>,
    // The model's hash.
    pub model_hash: Option<Given>,
    // The model's name.
    pub model_name: Option<Given>,
    // What the seed was resized from.
    pub seed_resize_from: Option<Given>,
    // The denoising's strength.
    pub denoising_strength: Option<Given>,
}

impl Example for FlagBody {
    fn example() -> Self {
        Self {
            image_prompt: Given::Text("a castle at night, masterpiece".to_owned()),
            steps: Some(Given::Whole(30)),
            sampler: Some(Given::Text("Euler a".to_owned())),
            cfg_scale: Some(Given::Number(7.5)),
            seed: Some(Given::Whole(1_234_567)),
            size: Some(Given::Text("512x768".to_owned())),
            model_hash: Some(Given::Text("6e430185".to_owned())),
            model_name: Some(Given::Text("sd-v1-5".to_owned())),
            seed_resize_from: None,
            denoising_strength: Some(Given::Number(0.7)),
        }
    }
}

/// A flag that was kept.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct Flagged {
    /// In words.
    pub message: String,
    /// Its number; no other flag ever gets it.
    pub id: i64,
}

impl Example for Flagged {
    fn example() -> Self {
        Self {
            message: super::add::MESSAGE.to_owned(),
            id: 17,
        }
    }
}

/// A flag.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct FlagRecord {
    /// Its number.
    pub id: i64,
    /// When it came, UTC (RFC 3339).
    pub created_at: String,
    // The prompt.
    pub image_prompt: Given,
    // Sampling steps. Null where it was not given.
    pub steps: Option<Given>,
    // The sampler. Null where it was not given.
    pub sampler: Option<Given>,
    // The scale of the guidance. Null where it was not given.
    pub cfg_scale: Option<Given>,
    // The seed. Null where it was not given.
    pub seed: Option<Given>,
    // Width and height. Null where it was not given.
    pub size: Option<Given>,
    // The model's hash. Null where it was not given.
    pub model_hash: Option<Given>,
    // The model's name. Null where it was not given.
    pub model_name: Option<Given>,
    // What the seed was resized from. Null where it was not given.
    pub seed_resize_from: Option<Given>,
    // The denoising's strength. Null where it was not given.
    pub denoising_strength: Option<Given>,
    /// Further fields.
    pub extra: Any<Value>,
}

impl Example for FlagRecord {
    fn example() -> Self {
        let body = FlagBody::example();
        Self {
            id: 17,
            created_at: "2026-11-21T09:30:00.125Z".to_owned(),
            image_prompt: body.image_prompt,
            steps: body.steps,
            sampler: body.sampler,
            cfg_scale: body.cfg_scale,
            seed: body.seed,
            size: body.size,
            model_hash: body.model_hash,
            model_name: body.model_name,
            seed_resize_from: body.seed_resize_from,
            denoising_strength: body.denoising_strength,
            extra: Any(json!({"reason": "violent"})),
        }
    }
}

/// A page of flags.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct FlagList {
    /// The flags, newest first.
    pub flags: Vec<FlagRecord>,
    /// How many match.
    pub total: u64,
}

impl Example for FlagList {
    fn example() -> Self {
        Self {
            flags: vec![FlagRecord::example()],
            total: 1,
        }
    }
}

/// A flag that was deleted.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct FlagDeleted {
    /// Always true.
    pub success: bool,
}

impl Example for FlagDeleted {
    fn example() -> Self {
        Self { success: true }
    }
}

/// A picture to read.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct PngInfoBody {
    /// The file in base64, with or without `data:image/png;base64,` in front.
    pub image: String,
}

impl Example for PngInfoBody {
    fn example() -> Self {
        let pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
        Self {
            image: format!("data:image/png;base64,{pixel}"),
        }
    }
}

/// What a picture says about how it was generated.
#[derive(Debug, Clone, Object)]
#[oai(example)]
pub struct PngInfo {
    /// The text as it stands in the file; empty where there is none.
    pub info: String,
    /// The file's other texts, by their names.
    pub items: HashMap<String, String>,
    /// The parameters of the text, by the web UI's names; all values are strings.
    pub parameters: HashMap<String, String>,
}

impl Example for PngInfo {
    fn example() -> Self {
        let pairs = |pairs: &[(&str, &str)]| {
            let owned = pairs.iter();
            owned
                .map(|&(key, value)| (key.to_owned(), value.to_owned()))
                .collect()
        };
        Self {
            info: "a cat\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, Seed: 1".to_owned(),
            items: HashMap::new(),
            // One entry: a map has no order, and the specification must not change.
            parameters: pairs(&[("Prompt", "a cat")]),
        }
    }
}

/// An error.
#[derive(Debug, Clone, Object)]
pub struct FlagsErrorBody {
    /// What is wrong.
    pub error: String,
}
