//! Aggregations.

use serde_json::json;

use crate::support::{fails, filled, ok};

#[test]
fn aggregations_count_and_measure() {
    let server = filled();
    let answer = ok(
        &server,
        "POST",
        "/things/_search",
        json!({"size": 0, "query": {"range": {"n": {"lt": 8}}}, "aggs": {
            "tags": {"terms": {"field": "tags"}, "aggs": {"sum": {"sum": {"field": "n"}}}},
            "months": {"date_histogram": {"field": "at", "calendar_interval": "month"}},
            "steps": {"histogram": {"field": "n", "interval": 4}},
            "parts": {"range": {"field": "n", "ranges": [{"to": 2}, {"from": 2, "to": 6}, {"from": 6}]}},
            "stats": {"extended_stats": {"field": "n"}},
            "half": {"percentiles": {"field": "n", "percents": [50]}},
            "flags": {"filters": {"filters": {"yes": {"term": {"flag": true}}, "no": {"term": {"flag": false}}}}},
            "best": {"top_hits": {"size": 1, "sort": [{"n": "desc"}], "_source": ["n"]}},
            "none": {"missing": {"field": "nothing"}},
            "pairs": {"composite": {"size": 2, "sources": [{"t": {"terms": {"field": "tags"}}}]}},
        }}),
    );
    let found = &answer["aggregations"];
    assert_eq!(
        found["tags"]["buckets"],
        json!([
            {"key": "all", "doc_count": 8, "sum": {"value": 28.0}},
            {"key": "t0", "doc_count": 4, "sum": {"value": 12.0}},
            {"key": "t1", "doc_count": 4, "sum": {"value": 16.0}}
        ])
    );
    assert_eq!(
        found["months"]["buckets"][1]["key_as_string"],
        "2024-02-01T00:00:00.000Z"
    );
    assert_eq!(found["months"]["buckets"][1]["doc_count"], 4);
    assert_eq!(
        found["steps"]["buckets"],
        json!([{"key": 0.0, "doc_count": 4}, {"key": 4.0, "doc_count": 4}])
    );
    let parts: Vec<_> = found["parts"]["buckets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["doc_count"].as_u64().unwrap())
        .collect();
    assert_eq!(parts, [2, 4, 2]);
    assert_eq!(
        (&found["stats"]["avg"], &found["stats"]["max"]),
        (&json!(3.5), &json!(7.0))
    );
    assert_eq!(found["half"]["values"]["50.0"], 3.5);
    assert_eq!(found["flags"]["buckets"]["yes"]["doc_count"], 3);
    assert_eq!(found["best"]["hits"]["hits"][0]["_source"], json!({"n": 7}));
    assert_eq!(found["none"]["doc_count"], 8);
    assert_eq!(found["pairs"]["after_key"], json!({"t": "t0"}));
    let (status, _, told) = fails(
        &server,
        "POST",
        "/things/_search",
        json!({"aggs": {"x": {"nonsense": {}}}}),
    );
    assert_eq!(status, 400);
    assert!(told.contains("nonsense"), "{told}");
}
