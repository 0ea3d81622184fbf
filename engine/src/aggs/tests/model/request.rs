//! What is asked for.

use serde_json::{Value, json};

pub(super) fn composite(after: Option<&Value>) -> Value {
    let mut body = json!({"size": 4, "sources": [
        {"t": {"terms": {"field": "tag"}}},
        {"n": {"histogram": {"field": "n", "interval": 3, "order": "desc"}}},
        {"f": {"terms": {"field": "flag", "missing_bucket": true}}}
    ]});
    if let Some(after) = after {
        body["after"] = after.clone();
    }
    json!({"aggs": {"c": {"composite": body, "aggs": {"c": {"value_count": {"field": "x"}}}}}})
}

pub(super) fn request() -> Value {
    json!({"aggs": {
        "terms": {"terms": {"field": "tag", "size": 3}, "aggs": {"s": {"sum": {"field": "x"}}}},
        "by_metric": {
            "terms": {"field": "tag", "order": {"m": "desc"}},
            "aggs": {
                "m": {"max": {"field": "n"}},
                "h": {"top_hits": {"size": 1, "sort": [{"x": "asc"}]}}
            }
        },
        "numbers": {"terms": {"field": "n", "size": 50, "order": {"_key": "desc"}, "missing": -100}},
        "histogram": {
            "histogram": {"field": "x", "interval": 2.5, "offset": 0.5},
            "aggs": {"a": {"avg": {"field": "n"}}}
        },
        "months": {"date_histogram": {"field": "when", "calendar_interval": "month", "format": "yyyy-MM-dd"}},
        "ranges": {"range": {"field": "n", "ranges": [{"to": 0}, {"from": -1, "to": 4}, {"from": 4}]}},
        "filter": {"filter": {"term": {"flag": true}}, "aggs": {
            "d": {"cardinality": {"field": "n"}}, "t": {"value_count": {"field": "tag"}}
        }},
        "filters": {"filters": {"other_bucket": true, "filters": {
            "ant": {"term": {"tag": "ant"}}, "big": {"range": {"n": {"gt": 2}}}
        }}},
        "missing": {"missing": {"field": "x"}},
        "stats": {"stats": {"field": "n"}},
        "median": {"percentiles": {"field": "n", "percents": [50]}},
        "distinct": {"cardinality": {"field": "tag"}},
        "avg": {"avg": {"field": "x"}},
        "sum": {"sum": {"field": "x", "missing": 0.25}},
        "min": {"min": {"field": "x"}},
        "max": {"max": {"field": "x"}},
        "extended": {"extended_stats": {"field": "n"}},
        "days": {"date_histogram": {"field": "when", "fixed_interval": "10d", "offset": "+6h",
            "time_zone": "+08:00", "min_doc_count": 1}},
        "dates": {"date_range": {"field": "when", "ranges": [
            {"to": "2024-01-20"}, {"from": "2024-01-20||/M", "to": "2024-02-10T12:00:00Z"}
        ]}},
        "some": {"terms": {"field": "tag", "include": "[a-d].*", "exclude": ["bee"],
            "min_doc_count": 2, "order": {"_key": "asc"}}},
        "flags": {"terms": {"field": "flag", "min_doc_count": 0}}
    }})
}
