//! The names of an index's settings: one that is none is refused, so that a slip of the pen is no surprise
//! later.

use serde_json::Value;

use super::IndexSettings;
use crate::error::{EngineError, Result};

/// Settings that an index can be made with. Those that have no meaning on one node, and those of plugins
/// that clients of clusters send along, change nothing; a name that ends with a dot stands for all below it.
const KNOWN: &[&str] = &[
    "allocation.",
    "analysis.",
    "analyze.",
    "auto_expand_replicas",
    "blocks.",
    "codec",
    "creation_date",
    "creation_date_string",
    "fielddata.",
    "flush_after_merge",
    "format",
    "gc_deletes",
    "hidden",
    "highlight.",
    "indexing.",
    "knn",
    "knn.",
    "lifecycle.",
    "load_fixed_bitset_filters_eagerly",
    "mapping.",
    "max_adjacency_matrix_filters",
    "max_docvalue_fields_search",
    "max_inner_result_window",
    "max_ngram_diff",
    "max_refresh_listeners",
    "max_regex_length",
    "max_rescore_window",
    "max_result_window",
    "max_script_fields",
    "max_shingle_diff",
    "max_slices_per_scroll",
    "max_terms_count",
    "merge.",
    "number_of_replicas",
    "number_of_routing_shards",
    "number_of_shards",
    "opendistro.",
    "opensearch.",
    "optimize_auto_generated_id",
    "pictor.",
    "plugins.",
    "priority",
    "provided_name",
    "queries.",
    "query.",
    "query_string.",
    "refresh_interval",
    "remote_store.",
    "replication.",
    "requests.",
    "resize.",
    "routing.",
    "routing_partition_size",
    "search.",
    "shard.",
    "soft_deletes.",
    "store.",
    "translog.",
    "unassigned.",
    "uuid",
    "verified_before_close",
    "version.",
    "warmer.",
    "write.",
    "xpack.",
];

/// Settings that would change what a search answers, and that this engine does not have, with the one value
/// that is what it does.
const ABSENT: &[(&str, Option<&str>)] = &[
    ("default_pipeline", Some("_none")),
    ("final_pipeline", Some("_none")),
    ("mode", Some("standard")),
    ("similarity.default.type", Some("BM25")),
    ("similarity.", None),
    ("sort.", None),
];

/// Settings that are numbers, with the least that each may be.
const LEAST: &[(&str, i64)] = &[("number_of_replicas", 0), ("number_of_shards", 1)];

fn fits(known: &str, name: &str) -> bool {
    known == name || (known.ends_with('.') && name.starts_with(known))
}

impl IndexSettings {
    /// Checks the names of settings that an index is to be made with.
    ///
    /// # Errors
    /// When one is unknown, or stands for what this engine does not do.
    pub fn check_names(settings: &Value) -> Result<()> {
        for (full, value) in Self::dotted(settings)? {
            let name = full.strip_prefix("index.").unwrap_or(&full);
            let absent = ABSENT.iter().find(|(known, _)| fits(known, name));
            if let Some((_, same)) = absent {
                if value.is_null() || same.is_some_and(|same| value.as_str() == Some(same)) {
                    continue;
                }
                return Err(EngineError::Settings(format!(
                    "setting [{full}] is not supported"
                )));
            }
            if let Some((_, least)) = LEAST.iter().find(|(counted, _)| *counted == name) {
                check_number(&full, &value, *least)?;
            }
            if !KNOWN.iter().any(|known| fits(known, name)) && !is_group(name, &value) {
                return Err(EngineError::Settings(format!(
                    "unknown setting [{full}] please check that any required plugins are installed, or check the breaking changes documentation for removed settings"
                )));
            }
        }
        Ok(())
    }
}

fn check_number(name: &str, value: &Value, least: i64) -> Result<()> {
    let number = match value {
        Value::Null => return Ok(()),
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    };
    let told = match number {
        Some(number) if number >= least => return Ok(()),
        Some(_) => format!("must be >= {least}"),
        None => "is no whole number".to_owned(),
    };
    let value = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    Err(EngineError::Settings(format!(
        "Failed to parse value [{value}] for setting [{name}] {told}"
    )))
}

/// An empty group of settings says nothing.
fn is_group(name: &str, value: &Value) -> bool {
    let empty = value.as_object().is_some_and(serde_json::Map::is_empty);
    let group = format!("{name}.");
    empty && KNOWN.contains(&group.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_known_or_refused() {
        for settings in [
            json!(null),
            json!({"number_of_shards": 1, "index": {"refresh_interval": "1s", "analysis": {}}}),
            json!({"index.knn": true, "index.routing.allocation.enable": "all"}),
            json!({"index.number_of_shards": "3", "number_of_replicas": 0}),
            json!({"index": {"similarity": {"default": {"type": "BM25"}}}}),
        ] {
            assert!(IndexSettings::check_names(&settings).is_ok(), "{settings}");
        }
        for (settings, told) in [
            (
                json!({"index": {"nonsense": 1}}),
                "unknown setting [index.nonsense]",
            ),
            (
                json!({"refresh_intervall": "1s"}),
                "unknown setting [index.refresh_intervall]",
            ),
            (
                json!({"number_of_replicas": -1}),
                "Failed to parse value [-1] for setting [index.number_of_replicas] must be >= 0",
            ),
            (
                json!({"index": {"number_of_shards": "0"}}),
                "Failed to parse value [0] for setting [index.number_of_shards] must be >= 1",
            ),
            (
                json!({"index.number_of_shards": "many"}),
                "Failed to parse value [many] for setting [index.number_of_shards] is no whole number",
            ),
            (
                json!({"index.sort.field": "n"}),
                "setting [index.sort.field] is not supported",
            ),
            (
                json!({"index.similarity.default.type": "boolean"}),
                "setting [index.similarity.default.type] is not supported",
            ),
        ] {
            let error = IndexSettings::check_names(&settings)
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
