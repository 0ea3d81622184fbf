//! The parameters of `phrase`.

use serde_json::{Map, Value};

use super::super::direct::Direct;
use super::super::parse::{
    flag, float, illegal, object, required, size, string, unknown, unsupported, whole,
};
use crate::error::Result;

/// The most words that may be asked for by `token_limit`.
const LARGEST_TOKEN_LIMIT: usize = 100;

/// How the likelihood of words that were not seen together is estimated.
#[derive(Debug, Clone, Copy)]
pub(super) enum Smoothing {
    /// A share of the shorter one's.
    Backoff(f64),
    /// As if everything had been seen so often more.
    Laplace(f64),
}

/// A `phrase` suggester.
pub(in crate::suggest::request) struct PhraseOptions {
    pub(in crate::suggest::request) field: String,
    pub(in crate::suggest::request) size: usize,
    pub(super) analyzer: Option<String>,
    pub(super) max_errors: f64,
    pub(super) confidence: f64,
    pub(super) real_word: f64,
    pub(super) gram_size: usize,
    pub(super) separator: String,
    pub(super) token_limit: usize,
    pub(super) generators: Vec<Direct>,
    pub(super) tags: Option<(String, String)>,
    pub(super) smoothing: Smoothing,
}

impl PhraseOptions {
    pub(in crate::suggest::request) fn read(body: &Map<String, Value>) -> Result<Self> {
        let mut field = None;
        let mut out = Self {
            field: String::new(),
            size: 5,
            analyzer: None,
            max_errors: 1.0,
            confidence: 1.0,
            real_word: 0.95,
            gram_size: 1,
            separator: " ".to_owned(),
            token_limit: 10,
            generators: Vec::new(),
            tags: None,
            smoothing: Smoothing::Backoff(0.4),
        };
        for (key, value) in body {
            match key.as_str() {
                "field" => field = Some(string(value, key)?),
                "size" => out.size = size(value)?,
                "analyzer" => out.analyzer = Some(string(value, key)?),
                "max_errors" => {
                    out.max_errors = float(value, key)?;
                    if out.max_errors <= 0.0 {
                        return Err(illegal("max_error must be > 0.0".to_owned()));
                    }
                }
                "confidence" => {
                    out.confidence = float(value, key)?;
                    if out.confidence < 0.0 {
                        return Err(illegal("confidence must be >= 0.0".to_owned()));
                    }
                }
                "real_word_error_likelihood" => {
                    out.real_word = float(value, key)?;
                    if out.real_word <= 0.0 {
                        return Err(illegal(
                            "real_word_error_likelihood must be > 0.0".to_owned(),
                        ));
                    }
                }
                "gram_size" => {
                    out.gram_size = whole(value, key)?;
                    if out.gram_size == 0 {
                        return Err(illegal("gramSize must be >= 1".to_owned()));
                    }
                    if out.gram_size > 3 {
                        return Err(unsupported("phrase", "gram_size above 3"));
                    }
                }
                "separator" => out.separator = string(value, key)?,
                "token_limit" => {
                    out.token_limit = whole(value, key)?;
                    if out.token_limit == 0 {
                        return Err(illegal("token_limit must be >= 1".to_owned()));
                    }
                    out.token_limit = out.token_limit.min(LARGEST_TOKEN_LIMIT);
                }
                "direct_generator" => {
                    let list = match value {
                        Value::Array(list) => list.as_slice(),
                        one => std::slice::from_ref(one),
                    };
                    for item in list {
                        out.generators.push(generator(object(item, key)?)?);
                    }
                }
                "highlight" => out.tags = Some(tags(object(value, key)?)?),
                "smoothing" => out.smoothing = smoothing(object(value, key)?)?,
                "force_unigrams" => {
                    flag(value, key)?;
                }
                "shard_size" => {
                    whole(value, key)?;
                }
                "collate" => return Err(unsupported("phrase", "collate")),
                other => return Err(unknown("phrase", other)),
            }
        }
        out.field = required(field)?;
        if out.generators.is_empty() {
            out.generators.push(Direct::default());
        }
        Ok(out)
    }
}

fn generator(body: &Map<String, Value>) -> Result<Direct> {
    let mut direct = Direct::default();
    for (key, value) in body {
        match key.as_str() {
            "pre_filter" | "post_filter" => return Err(unsupported("phrase", key)),
            key => {
                if !direct.parameter("phrase", key, value)? {
                    return Err(unknown("direct_generator", key));
                }
            }
        }
    }
    required(direct.field.clone())?;
    Ok(direct)
}

fn tags(body: &Map<String, Value>) -> Result<(String, String)> {
    if let Some(other) = body
        .keys()
        .find(|key| !matches!(key.as_str(), "pre_tag" | "post_tag"))
    {
        return Err(unknown("phrase", &format!("highlight.{other}")));
    }
    match (body.get("pre_tag"), body.get("post_tag")) {
        (Some(pre), Some(post)) => Ok((string(pre, "pre_tag")?, string(post, "post_tag")?)),
        _ => Err(illegal(
            "Pre and post tag must both be null or both not be null.".to_owned(),
        )),
    }
}

fn smoothing(body: &Map<String, Value>) -> Result<Smoothing> {
    let mut out = None;
    for (key, value) in body {
        let parameters = object(value, key)?;
        let parameter = |name: &str, default: f64| {
            parameters
                .get(name)
                .map_or(Ok(default), |value| float(value, name))
        };
        out = Some(match key.as_str() {
            "stupid_backoff" => Smoothing::Backoff(parameter("discount", 0.4)?),
            "laplace" => Smoothing::Laplace(parameter("alpha", 0.5)?),
            other => return Err(unsupported("phrase", &format!("smoothing.{other}"))),
        });
    }
    out.ok_or_else(|| illegal("Missing one object in [smoothing]".to_owned()))
}
