//! What must not be lost on the way: digits of longs, the width of floats, zones of dates.

use serde_json::{Value, json};

use super::{node, put, refresh, search};
use crate::node::Node;

fn filled(properties: Value, documents: &[Value]) -> Node {
    let node = node();
    let mappings = json!({"mappings": {"properties": properties}});
    node.create_index("i", &mappings).unwrap();
    for (id, document) in documents.iter().enumerate() {
        put(&node, "i", id, document.clone());
        if id % 2 == 1 {
            refresh(&node, "i");
        }
    }
    refresh(&node, "i");
    node
}

fn answer(node: &Node, aggregation: Value) -> Value {
    search(node, "i", &json!({"aggs": {"a": aggregation}})).unwrap()["a"].clone()
}

#[test]
fn longs_are_told_apart_past_the_whole_doubles() {
    let node = filled(
        json!({"l": {"type": "long"}}),
        &[
            json!({"l": 9_007_199_254_740_992_i64}),
            json!({"l": 9_007_199_254_740_993_i64}),
            json!({"l": i64::MAX}),
            json!({"l": i64::MAX - 1}),
        ],
    );
    let count = answer(&node, json!({"cardinality": {"field": "l"}}));
    assert_eq!(count, json!({"value": 4}));
    let terms = answer(
        &node,
        json!({"terms": {"field": "l", "order": {"_key": "asc"}}}),
    );
    let keys: Vec<i64> = terms["buckets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bucket| bucket["key"].as_i64().unwrap())
        .collect();
    assert_eq!(
        keys,
        [
            9_007_199_254_740_992,
            9_007_199_254_740_993,
            i64::MAX - 1,
            i64::MAX
        ]
    );
}

#[test]
fn narrow_floats_have_their_width() {
    let node = filled(
        json!({"f": {"type": "float"}, "h": {"type": "half_float"},
               "s": {"type": "scaled_float", "scaling_factor": 100}}),
        &[json!({"f": 0.1, "h": 0.1, "s": -2.675})],
    );
    let value =
        |kind: &str, field: &str| answer(&node, json!({kind: {"field": field}}))["value"].clone();
    assert_eq!(value("max", "f"), json!(0.100_000_001_490_116_12));
    assert_eq!(value("sum", "h"), json!(0.099_975_585_937_5));
    assert_eq!(value("min", "s"), json!(-2.67));
    let terms = answer(&node, json!({"terms": {"field": "f"}}));
    assert_eq!(terms["buckets"][0]["key"], json!(0.100_000_001_490_116_12));
}

/// All keys of a `composite`, page by page of one bucket.
fn pages(node: &Node, source: Value) -> Vec<Value> {
    let mut keys = Vec::new();
    let mut after = Value::Null;
    loop {
        let mut body = json!({"size": 1, "sources": [{"at": source}]});
        if !after.is_null() {
            body["after"] = after;
        }
        let page = answer(node, json!({"composite": body}));
        let buckets = page["buckets"].as_array().unwrap();
        if buckets.is_empty() {
            return keys;
        }
        keys.push(buckets[0]["key"]["at"].clone());
        assert!(keys.len() < 20, "the paging never ends: {keys:?}");
        after = page["after_key"].clone();
    }
}

#[test]
fn pages_of_dates_end_in_every_zone_and_format() {
    let node = filled(
        json!({"at": {"type": "date"}}),
        &[
            json!({"at": "2024-03-01T03:00:00Z"}),
            json!({"at": "2024-03-02T07:00:00Z"}),
            json!({"at": "2024-04-02T06:00:00Z"}),
            json!({"at": "2024-10-27T00:30:00Z"}),
            json!({"at": "2024-10-27T01:30:00Z"}),
        ],
    );
    let days = json!({"date_histogram": {"field": "at", "calendar_interval": "day",
                      "time_zone": "-05:30", "format": "yyyy-MM-dd"}});
    assert_eq!(
        json!(pages(&node, days)),
        json!(["2024-02-29", "2024-03-02", "2024-04-02", "2024-10-26"])
    );
    let exact = json!({"date_histogram": {"field": "at", "fixed_interval": "30m",
                       "time_zone": "Asia/Kolkata", "format": "strict_date_optional_time"}});
    assert_eq!(pages(&node, exact).len(), 5);
    // A format that does not tell all, and an hour that the clocks show twice.
    let years =
        json!({"date_histogram": {"field": "at", "calendar_interval": "month", "format": "yyyy"}});
    assert_eq!(json!(pages(&node, years)), json!(["2024", "2024", "2024"]));
    let hours = json!({"date_histogram": {"field": "at", "fixed_interval": "1h",
                       "time_zone": "Europe/Berlin", "format": "yyyy-MM-dd HH"}});
    assert_eq!(pages(&node, hours).len(), 5);
    let desc = json!({"date_histogram": {"field": "at", "calendar_interval": "day", "order": "desc",
                      "time_zone": "+09:00", "format": "dd.MM.yyyy"}});
    assert_eq!(pages(&node, desc).len(), 4);
    let terms = json!({"terms": {"field": "at", "format": "yyyy-MM"}});
    assert_eq!(pages(&node, terms).len(), 5);
}

#[test]
fn what_is_not_counted_is_told() {
    let documents: Vec<Value> = (0..40)
        .map(|n| json!({"k": format!("k{n:02}"), "n": n % 4}))
        .collect();
    let node = filled(
        json!({"k": {"type": "keyword"}, "n": {"type": "long"}}),
        &documents,
    );
    let error =
        |body: Value| answer(&node, json!({"terms": body}))["doc_count_error_upper_bound"].clone();
    assert_eq!(error(json!({"field": "k", "size": 5})), 0);
    assert_eq!(
        error(json!({"field": "k", "size": 5, "order": {"_key": "asc"}})),
        0
    );
    // A shard that kept no more than it was asked for does not know about the rest.
    assert_eq!(
        error(json!({"field": "k", "size": 5, "order": {"_count": "asc"}})),
        -1
    );
    assert_eq!(
        error(json!({"field": "n", "size": 5, "order": {"_count": "asc"}})),
        0
    );
    // Nothing is listed where no documents are.
    let histogram = answer(
        &node,
        json!({"histogram": {"field": "n", "interval": 1, "extended_bounds": {"min": 0, "max": 4}},
               "aggs": {"k": {"terms": {"field": "k", "size": 100, "min_doc_count": 0}}}}),
    );
    let listed = |at: usize| {
        histogram["buckets"][at]["k"]["buckets"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((listed(0), listed(4)), (40, 0));
}

#[test]
fn an_empty_filter_is_refused() {
    let node = filled(json!({"n": {"type": "long"}}), &[json!({"n": 1})]);
    let refused = search(&node, "i", &json!({"aggs": {"a": {"filter": {}}}})).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("query malformed, empty clause found"),
        "{refused}"
    );
}
