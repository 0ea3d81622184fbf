//! Requests that are wrong, and what they are told.

use serde_json::{Value, json};

use super::{mappings, node, put, refresh, search};
use crate::error::ErrorClass;

#[test]
fn wrong_requests_are_named() {
    let node = node();
    node.create_index("i", &mappings()).unwrap();
    put(&node, "i", 0, json!({"tag": "a", "n": 1, "x": 1.0}));
    refresh(&node, "i");
    let deep = (0..40).fold(
        json!({"avg": {"field": "n"}}),
        |inner, _| json!({"filter": {"match_all": {}}, "aggs": {"a": inner}}),
    );
    let cases: Vec<(Value, &str)> = vec![
        (
            json!({"term": {"field": "tag"}}),
            "Unknown aggregation type [term] did you mean [terms]?",
        ),
        (
            json!({"bucket_sort": {}}),
            "aggregations of type [bucket_sort] are not supported",
        ),
        (
            json!({"terms": {"field": "tag", "sise": 1}}),
            "[terms] unknown field [sise]",
        ),
        (
            json!({"terms": {}}),
            "Required one of fields [field, script], but none were specified.",
        ),
        (
            json!({"terms": {"field": "tag", "size": 0}}),
            "[size] must be greater than 0. Found [0] in [a]",
        ),
        (
            json!({"terms": {"field": "tag", "order": {"b": "asc"}}}),
            "Invalid aggregation order path [b]",
        ),
        (
            json!({"terms": {"field": "tag", "include": "[a"}}),
            "failed to parse regexp",
        ),
        (
            json!({"terms": {"field": "n", "include": "1.*"}}),
            "cannot support regular expression style include/exclude",
        ),
        (
            json!({"terms": {"field": "n", "include": ["x"]}}),
            "on field [n]",
        ),
        (
            json!({"terms": {"field": "title"}}),
            "Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [title]",
        ),
        (
            json!({"terms": {"field": "_id"}}),
            "Fielddata access on the _id field is disallowed",
        ),
        (
            json!({"terms": {"field": "_index"}}),
            "Field [_index] is not supported for aggregation [terms]",
        ),
        (
            json!({"avg": {"field": "tag"}}),
            "Field [tag] of type [keyword] is not supported for aggregation [avg]",
        ),
        (
            json!({"avg": {"field": "n"}, "aggs": {"b": {"avg": {"field": "n"}}}}),
            "Aggregator [a] of type [avg] cannot accept sub-aggregations",
        ),
        (
            json!({"avg": {"script": {}}}),
            "[script] of a [avg] aggregation is not supported",
        ),
        (
            json!({"avg": {"field": "n"}, "sum": {"field": "n"}}),
            "Found two aggregation type definitions in [a]: [avg] and [sum]",
        ),
        (
            json!({"meta": {}}),
            "Missing definition for aggregation [a]",
        ),
        (
            json!([]),
            "Aggregation definition for [a] starts with a [START_ARRAY]",
        ),
        (
            json!({"avg": 1}),
            "Expected [START_OBJECT] under [avg], but got a [VALUE_NUMBER] in [a]",
        ),
        (
            json!({"histogram": {"field": "n", "interval": 0}}),
            "[interval] must be >0 for histogram aggregation",
        ),
        (
            json!({"histogram": {"field": "n", "interval": 1, "extended_bounds": {"min": 2, "max": 1}}}),
            "bounds.min [2] is greater than bounds.max [1]",
        ),
        (
            json!({"histogram": {"field": "x", "interval": 1e-300}}),
            "too many intervals away",
        ),
        (
            json!({"date_histogram": {"field": "when"}}),
            "Invalid interval specified",
        ),
        (
            json!({"date_histogram": {"field": "when", "calendar_interval": "2d"}}),
            "The supplied interval [2d] could not be parsed as a calendar interval.",
        ),
        (
            json!({"date_histogram": {"field": "when", "fixed_interval": "1d", "time_zone": "Mars"}}),
            "a time zone is",
        ),
        (
            json!({"date_histogram": {"field": "when", "fixed_interval": "1d", "format": "qqq"}}),
            "unknown letter [q]",
        ),
        (
            json!({"range": {"field": "n"}}),
            "No [ranges] specified for the [a] aggregation",
        ),
        (
            json!({"date_range": {"field": "when", "ranges": [{"to": "soon"}]}}),
            "failed to parse date field [soon]",
        ),
        (json!({"filters": {}}), "[filters] cannot be null."),
        (
            json!({"filter": {"nothing": {}}}),
            "unknown query [nothing]",
        ),
        (json!({"composite": {}}), "Required [sources]"),
        (
            json!({"composite": {"sources": [{"a": {"terms": {"field": "tag"}}}], "after": {"b": 1}}}),
            "Missing value for [after.a]",
        ),
        (
            json!({"composite": {"sources": [{"a": {"terms": {"field": "tag"}}}, {"a": {"terms": {"field": "n"}}}]}}),
            "found duplicates: [a]",
        ),
        (
            json!({"percentiles": {"field": "n", "percents": [101]}}),
            "percent must be in [0,100], got [101.0]: [a]",
        ),
        (
            json!({"top_hits": {"size": 101}}),
            "Top hits result window is too large",
        ),
        (
            json!({"top_hits": {"explain": true}}),
            "[explain] of a [top_hits] aggregation is not supported",
        ),
        (deep, "aggregations nest deeper than [16]"),
    ];
    for (aggregation, expected) in cases {
        let body = json!({"aggs": {"a": aggregation}});
        let error = search(&node, "i", &body).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(expected), "{aggregation}: {text}");
        assert!(
            matches!(error.class(), ErrorClass::User | ErrorClass::Limit),
            "{text}"
        );
    }
    let name = search(
        &node,
        "i",
        &json!({"aggs": {"a[b]": {"avg": {"field": "n"}}}}),
    );
    assert!(
        name.unwrap_err()
            .to_string()
            .starts_with("Invalid aggregation name [a[b]].")
    );
}

#[test]
fn too_many_buckets_are_refused() {
    let node = node();
    node.create_index("i", &mappings()).unwrap();
    put(&node, "i", 0, json!({"n": 0, "when": 0}));
    put(&node, "i", 1, json!({"n": 1_000_000, "when": "2024-01-01"}));
    refresh(&node, "i");
    for aggregation in [
        json!({"histogram": {"field": "n", "interval": 1}}),
        json!({"date_histogram": {"field": "when", "fixed_interval": "1ms"}}),
        json!({"date_histogram": {"field": "none", "fixed_interval": "1s", "extended_bounds": {"min": 0, "max": 1e12}}}),
    ] {
        let error = search(&node, "i", &json!({"aggs": {"a": aggregation}})).unwrap_err();
        assert_eq!(error.kind(), "too_many_buckets_exception");
        assert!(error.to_string().starts_with(
            "Trying to create too many buckets. Must be less than or equal to: [65536] but was ["
        ));
    }
}
