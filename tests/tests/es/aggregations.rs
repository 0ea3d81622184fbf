//! Aggregations.

use serde_json::json;
use tests::Server;

use crate::support::{fails, filled, ok, send};

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

/// As a dashboard asks it: in the zone of its reader, whose clocks are set on a day in between.
#[test]
fn days_are_those_of_a_named_time_zone() {
    let server = Server::start();
    let mappings = json!({"mappings": {"properties": {"at": {"type": "date"}}}});
    ok(&server, "PUT", "/seen", mappings);
    for (id, at) in [
        ("1", "2024-03-30T22:59:59Z"),
        ("2", "2024-03-30T23:00:00Z"),
        ("3", "2024-03-31T21:59:59Z"),
        ("4", "2024-03-31T22:00:00Z"),
    ] {
        let path = format!("/seen/_doc/{id}?refresh=true");
        send(&server, "PUT", &path, json!({"at": at}));
    }
    let zone = "Europe/Berlin";
    let body = json!({
        "size": 0,
        "query": {"range": {"at": {"gte": "2024-03-30", "lte": "2024-03-31", "time_zone": zone}}},
        "aggs": {
            "days": {"date_histogram": {"field": "at", "calendar_interval": "1d", "time_zone": zone,
                "min_doc_count": 0}},
            "hours": {"date_histogram": {"field": "at", "fixed_interval": "12h", "time_zone": zone,
                "min_doc_count": 1, "format": "yyyy-MM-dd HH:mm"}},
            "parts": {"composite": {"sources": [{"day": {"date_histogram": {"field": "at",
                "calendar_interval": "day", "time_zone": zone, "format": "dd.MM."}}}]}},
            "march": {"date_range": {"field": "at", "time_zone": zone, "ranges": [
                {"from": "2024-03-31", "to": "2024-03-31||+1d/d"}]}},
        },
    });
    let found = ok(&server, "POST", "/seen/_search", body);
    assert_eq!(found["hits"]["total"]["value"], 3, "the last is of April");
    let aggs = &found["aggregations"];
    assert_eq!(
        aggs["days"]["buckets"],
        json!([
            {"key_as_string": "2024-03-30T00:00:00.000+01:00", "key": 1_711_753_200_000_i64, "doc_count": 1},
            {"key_as_string": "2024-03-31T00:00:00.000+01:00", "key": 1_711_839_600_000_i64, "doc_count": 2},
        ])
    );
    let hours: Vec<_> = aggs["hours"]["buckets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bucket| {
            (
                bucket["key_as_string"].as_str().unwrap(),
                bucket["doc_count"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        hours,
        [
            ("2024-03-30 12:00", 1),
            ("2024-03-31 00:00", 1),
            ("2024-03-31 12:00", 1)
        ]
    );
    assert_eq!(
        aggs["parts"]["buckets"],
        json!([{"key": {"day": "30.03."}, "doc_count": 1}, {"key": {"day": "31.03."}, "doc_count": 2}])
    );
    let march = &aggs["march"]["buckets"][0];
    assert_eq!(
        (
            &march["doc_count"],
            &march["from_as_string"],
            &march["to_as_string"]
        ),
        (
            &json!(2),
            &json!("2024-03-31T00:00:00.000+01:00"),
            &json!("2024-04-01T00:00:00.000+02:00")
        )
    );
    let wrong = json!({"aggs": {"x": {"date_histogram": {"field": "at", "calendar_interval": "day",
        "time_zone": "Europe/Atlantis"}}}});
    let (status, _, told) = fails(&server, "POST", "/seen/_search", wrong);
    assert_eq!(status, 400);
    assert!(told.contains("[Europe/Atlantis]"), "{told}");
}
