//! `highlight`.

use serde_json::{Value, json};

use super::print::{Out, strings as print_strings};
use super::read::{
    Read, boolean, narrow, object, one_or_many, only_entry, set, string, strings, unexpected,
    unsupported, word,
};
use crate::query::ast::{ParseError, Query};
use crate::request::{Encoder, Highlight, HighlightOptions, HighlightOrder, HighlighterType};

/// The tags of `"tags_schema": "styled"`.
const STYLED: usize = 10;

impl Highlight {
    /// Reads the whole of `highlight`.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn from_json(value: &Value) -> Result<Self, ParseError> {
        let mut highlight = Self::default();
        for (key, value) in object(value)? {
            match key.as_str() {
                "fields" => set(&mut highlight.fields, read_fields(value)),
                "encoder" => set(&mut highlight.encoder, word(value, Encoder::from_word)),
                "tags_schema" => read_schema(&mut highlight.options, value),
                _ => read_option(&mut highlight.options, key, value),
            }
            .map_err(|error| error.within(key))?;
        }
        check_tags(&highlight.options)?;
        Ok(highlight)
    }

    /// The whole of `highlight` as JSON.
    pub fn to_json(&self) -> Value {
        let mut out = print_options(&self.options);
        out.unless("encoder", self.encoder.as_str(), "default");
        let field = |(name, options): &(String, HighlightOptions)| json!({ name: print_options(options).0 });
        // A list keeps the order, and fields that come twice.
        out.put("fields", self.fields.iter().map(field).collect::<Value>());
        Value::Object(out.0)
    }
}

fn read_fields(value: &Value) -> Read<Vec<(String, HighlightOptions)>> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, options)| read_field(name, options))
            .collect(),
        Value::Array(_) => one_or_many(value, |item| {
            let (name, options) = only_entry(item)?;
            read_field(name, options)
        }),
        other => Err(unexpected("an object or a list", other)),
    }
}

fn read_field(name: &str, value: &Value) -> Read<(String, HighlightOptions)> {
    let read = || {
        let mut options = HighlightOptions::default();
        for (key, value) in object(value)? {
            read_option(&mut options, key, value).map_err(|error| error.within(key))?;
        }
        check_tags(&options)?;
        Ok(options)
    };
    let options = read().map_err(|error: ParseError| error.within(name))?;
    Ok((name.to_owned(), options))
}

fn read_option(options: &mut HighlightOptions, key: &str, value: &Value) -> Read<()> {
    match key {
        "pre_tags" => set(&mut options.pre_tags, strings(value)),
        "post_tags" => set(&mut options.post_tags, strings(value)),
        "fragment_size" => set(&mut options.fragment_size, narrow::<usize>(value)),
        "number_of_fragments" => set(&mut options.number_of_fragments, narrow::<usize>(value)),
        "require_field_match" => set(&mut options.require_field_match, boolean(value)),
        "highlight_query" => set(&mut options.highlight_query, Query::from_json(value)),
        "type" => set(&mut options.kind, word(value, HighlighterType::from_word)),
        "no_match_size" => set(&mut options.no_match_size, narrow::<usize>(value)),
        "order" => set(&mut options.order, word(value, HighlightOrder::from_word)),
        "matched_fields" => set(&mut options.matched_fields, strings(value)),
        "boundary_scanner" => set(&mut options.boundary_scanner, string(value)),
        "max_analyzed_offset" => set(&mut options.max_analyzed_offset, narrow::<usize>(value)),
        // Where the text is read from and how much work is spent; the marks are the same.
        "force_source" => boolean(value).map(drop),
        "phrase_limit" => narrow::<usize>(value).map(drop),
        other => Err(unsupported("highlight", other)),
    }
}

fn read_schema(options: &mut HighlightOptions, value: &Value) -> Read<()> {
    match string(value)?.as_str() {
        "default" => Ok(()),
        "styled" => {
            let tag = |n| format!("<em class=\"hlt{n}\">");
            options.pre_tags = Some((1..=STYLED).map(tag).collect());
            options.post_tags = Some(vec!["</em>".to_owned()]);
            Ok(())
        }
        other => {
            let shown: String = other.chars().take(100).collect();
            Err(ParseError::illegal(format!("Unknown tag schema [{shown}]")))
        }
    }
}

fn check_tags(options: &HighlightOptions) -> Read<()> {
    if options.pre_tags.is_some() && options.post_tags.is_none() {
        return Err(ParseError::parsing(
            "pre_tags are set but post_tags are not set",
        ));
    }
    if [&options.pre_tags, &options.post_tags]
        .into_iter()
        .flatten()
        .any(Vec::is_empty)
    {
        return Err(ParseError::parsing(
            "pre_tags or post_tags must not be empty",
        ));
    }
    Ok(())
}

fn print_options(options: &HighlightOptions) -> Out {
    let mut out = Out::default();
    out.some("pre_tags", options.pre_tags.as_deref().map(print_strings))
        .some("post_tags", options.post_tags.as_deref().map(print_strings))
        .some("fragment_size", options.fragment_size)
        .some("number_of_fragments", options.number_of_fragments)
        .some("require_field_match", options.require_field_match)
        .some(
            "highlight_query",
            options.highlight_query.as_ref().map(Query::to_json),
        )
        .some("type", options.kind.map(HighlighterType::as_str))
        .some("no_match_size", options.no_match_size)
        .some("order", options.order.map(HighlightOrder::as_str))
        .some(
            "matched_fields",
            options.matched_fields.as_deref().map(print_strings),
        )
        .some("boundary_scanner", options.boundary_scanner.clone())
        .some("max_analyzed_offset", options.max_analyzed_offset);
    out
}
