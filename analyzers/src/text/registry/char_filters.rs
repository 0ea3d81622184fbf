//! Character filters from their names and parameters.

use std::sync::Arc;

use super::params::Params;
use super::tokenizers::regex;
use crate::text::char_filter::{CharFilter, HtmlStrip, Mapping, PatternReplace};
use crate::text::error::AnalysisError;

/// The most entries of a mapping.
const MAX_MAPPINGS: usize = 10_000;

/// A character filter of a built-in type; nothing where there is no such type.
pub(super) fn build(
    kind: &str,
    params: &Params<'_>,
) -> Result<Option<Arc<dyn CharFilter>>, AnalysisError> {
    Ok(Some(match kind {
        "html_strip" => {
            let kept = params.strings("escaped_tags")?.unwrap_or_default();
            Arc::new(HtmlStrip::new(
                kept.into_iter().map(str::to_owned).collect(),
            ))
        }
        "mapping" => Arc::new(mapping(params)?),
        "pattern_replace" => {
            if params.string("pattern")?.is_none() {
                return Err(params.invalid("pattern", "is required"));
            }
            let replacement = params.string("replacement")?.unwrap_or_default().to_owned();
            Arc::new(PatternReplace::new(regex(params, "")?, replacement))
        }
        _ => return Ok(None),
    }))
}

fn mapping(params: &Params<'_>) -> Result<Mapping, AnalysisError> {
    params.no_file("mappings_path", "mappings")?;
    let Some(rules) = params.strings("mappings")? else {
        return Err(params.invalid("mappings", "is required"));
    };
    if rules.len() > MAX_MAPPINGS {
        let reason = format!("must not have more than {MAX_MAPPINGS} entries");
        return Err(params.invalid("mappings", reason));
    }
    let pairs: Result<Vec<(String, String)>, AnalysisError> = rules
        .into_iter()
        .map(|rule| {
            rule.split_once("=>")
                .map(|(key, value)| (unescape(key.trim()), unescape(value.trim())))
                .filter(|(key, _)| !key.is_empty())
                .ok_or_else(|| {
                    params.invalid("mappings", format!("[{rule}] is not of the form `a => b`"))
                })
        })
        .collect();
    Ok(Mapping::new(pairs?))
}

/// Resolves `\n`, `\t`, `\\`, `\u0041` and the like.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let rest = chars.as_str();
                let code = rest
                    .get(..4)
                    .and_then(|hex| u32::from_str_radix(hex, 16).ok());
                match code.and_then(char::from_u32) {
                    Some(decoded) => {
                        out.push(decoded);
                        chars = rest.get(4..).unwrap_or_default().chars();
                    }
                    None => out.push('u'),
                }
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}
