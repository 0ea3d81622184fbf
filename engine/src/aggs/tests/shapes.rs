//! Answers, letter by letter.

use serde_json::{Value, json};

use super::{delete, mappings, node, put, refresh, search};
use crate::node::Node;

/// Six sales over three segments, and one that was deleted.
fn sales() -> Node {
    let node = node();
    node.create_index("sales", &mappings()).unwrap();
    let documents = [
        json!({"tag": ["hat", "red"], "title": "a hat", "n": 1, "x": 10.0, "when": "2015-01-01T00:00:00Z", "flag": true}),
        json!({"tag": "hat", "n": 2, "x": 175.0, "when": "2015-01-15T12:00:00Z", "flag": false}),
        json!({"tag": "shirt", "n": 3, "x": 50.5, "when": "2015-02-10T08:30:00Z", "flag": true}),
        json!({"tag": "shirt", "n": [3, 4], "x": 200.0, "when": "2015-04-01T00:00:00Z"}),
        json!({"tag": "bag", "n": 5, "when": "2015-04-02T00:00:00Z", "flag": true}),
        json!({"title": "nothing"}),
        json!({"tag": "gone", "n": 99, "x": 9999.0, "when": "2020-01-01", "flag": false}),
    ];
    for (id, document) in documents.into_iter().enumerate() {
        put(&node, "sales", id, document);
        if id % 3 == 1 {
            refresh(&node, "sales");
        }
    }
    delete(&node, "sales", 6);
    refresh(&node, "sales");
    node
}

fn check(cases: &[(Value, &str)]) {
    let node = sales();
    for (aggregation, expected) in cases {
        let body = json!({"aggs": {"a": aggregation}});
        let found = search(&node, "sales", &body).unwrap();
        assert_eq!(found["a"].to_string(), *expected, "{aggregation}");
    }
}

#[test]
fn metrics() {
    check(&[
        (json!({"avg": {"field": "n"}}), r#"{"value":3.0}"#),
        (json!({"avg": {"field": "none"}}), r#"{"value":null}"#),
        (json!({"sum": {"field": "none"}}), r#"{"value":0.0}"#),
        (json!({"max": {"field": "none"}}), r#"{"value":null}"#),
        (
            json!({"min": {"field": "x", "missing": 1}}),
            r#"{"value":1.0}"#,
        ),
        (
            json!({"max": {"field": "when"}, "meta": {"unit": "day"}}),
            r#"{"meta":{"unit":"day"},"value":1427932800000.0,"value_as_string":"2015-04-02T00:00:00.000Z"}"#,
        ),
        (
            json!({"max": {"field": "when", "format": "yyyy/MM/dd"}}),
            r#"{"value":1427932800000.0,"value_as_string":"2015/04/02"}"#,
        ),
        (
            json!({"stats": {"field": "x"}}),
            r#"{"count":4,"min":10.0,"max":200.0,"avg":108.875,"sum":435.5}"#,
        ),
        (
            json!({"stats": {"field": "none"}}),
            r#"{"count":0,"min":null,"max":null,"avg":null,"sum":0.0}"#,
        ),
        (
            json!({"stats": {"field": "n", "format": "0.00"}}),
            r#"{"count":6,"min":1.0,"max":5.0,"avg":3.0,"sum":18.0,"min_as_string":"1.00","max_as_string":"5.00","avg_as_string":"3.00","sum_as_string":"18.00"}"#,
        ),
        (
            json!({"extended_stats": {"field": "n", "sigma": 3}}),
            r#"{"count":6,"min":1.0,"max":5.0,"avg":3.0,"sum":18.0,"sum_of_squares":64.0,"variance":1.6666666666666667,"variance_population":1.6666666666666667,"variance_sampling":2.0,"std_deviation":1.2909944487358056,"std_deviation_population":1.2909944487358056,"std_deviation_sampling":1.4142135623730951,"std_deviation_bounds":{"upper":6.872983346207417,"lower":-0.872983346207417,"upper_population":6.872983346207417,"lower_population":-0.872983346207417,"upper_sampling":7.242640687119286,"lower_sampling":-1.2426406871192857}}"#,
        ),
        (json!({"value_count": {"field": "tag"}}), r#"{"value":6}"#),
        (json!({"value_count": {"field": "n"}}), r#"{"value":6}"#),
        (
            json!({"cardinality": {"field": "tag", "precision_threshold": 10}}),
            r#"{"value":4}"#,
        ),
        (json!({"cardinality": {"field": "n"}}), r#"{"value":5}"#),
        (
            json!({"percentiles": {"field": "n", "percents": [75, 50]}}),
            r#"{"values":{"50.0":3.0,"75.0":3.75}}"#,
        ),
        (
            json!({"percentiles": {"field": "none", "percents": [50], "keyed": false}}),
            r#"{"values":[{"key":50.0,"value":null}]}"#,
        ),
        (
            json!({"percentiles": {"field": "when", "percents": [0]}}),
            r#"{"values":{"0.0":1420070400000.0,"0.0_as_string":"2015-01-01T00:00:00.000Z"}}"#,
        ),
    ]);
}

#[test]
fn terms() {
    check(&[
        (
            json!({"terms": {"field": "tag", "size": 2}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":2,"buckets":[{"key":"hat","doc_count":2},{"key":"shirt","doc_count":2}]}"#,
        ),
        (
            json!({"terms": {"field": "flag"}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":1,"key_as_string":"true","doc_count":3},{"key":0,"key_as_string":"false","doc_count":1}]}"#,
        ),
        (
            json!({"terms": {"field": "n", "order": {"_key": "desc"}, "size": 2, "show_term_doc_count_error": true}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":4,"buckets":[{"key":5,"doc_count":1,"doc_count_error_upper_bound":0},{"key":4,"doc_count":1,"doc_count_error_upper_bound":0}]}"#,
        ),
        (
            json!({"terms": {"field": "x", "include": [50.5, 10]}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":10.0,"doc_count":1},{"key":50.5,"doc_count":1}]}"#,
        ),
        (
            json!({"terms": {"field": "tag", "include": ".*a.*", "exclude": ["bag"], "missing": "naked"}, "aggs": {"top": {"max": {"field": "n"}}}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"hat","doc_count":2,"top":{"value":2.0}},{"key":"naked","doc_count":1,"top":{"value":null}}]}"#,
        ),
        (
            json!({"terms": {"field": "tag", "min_doc_count": 0, "order": [{"top": "desc"}, {"_count": "asc"}]}, "aggs": {"top": {"max": {"field": "x"}}}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"shirt","doc_count":2,"top":{"value":200.0}},{"key":"hat","doc_count":2,"top":{"value":175.0}},{"key":"red","doc_count":1,"top":{"value":10.0}},{"key":"bag","doc_count":1,"top":{"value":null}}]}"#,
        ),
        (
            json!({"terms": {"field": "when", "size": 1, "format": "yyyy-MM-dd"}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":4,"buckets":[{"key":1420070400000,"key_as_string":"2015-01-01","doc_count":1}]}"#,
        ),
        (
            json!({"terms": {"field": "none"}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[]}"#,
        ),
    ]);
}

#[test]
fn filters_and_ranges() {
    check(&[
        (
            json!({"filter": {"term": {"tag": "hat"}}, "aggs": {"s": {"sum": {"field": "n"}}}}),
            r#"{"doc_count":2,"s":{"value":3.0}}"#,
        ),
        (json!({"missing": {"field": "x"}}), r#"{"doc_count":2}"#),
        (json!({"missing": {"field": "none"}}), r#"{"doc_count":6}"#),
        (
            json!({"filters": {"other_bucket_key": "rest", "filters": {"s": {"term": {"tag": "shirt"}}, "b": {"term": {"tag": "bag"}}}}}),
            r#"{"buckets":{"b":{"doc_count":1},"s":{"doc_count":2},"rest":{"doc_count":3}}}"#,
        ),
        (
            json!({"filters": {"other_bucket": true, "filters": [{"range": {"n": {"gte": 3}}}]}}),
            r#"{"buckets":[{"doc_count":3},{"doc_count":3}]}"#,
        ),
        (
            json!({"range": {"field": "x", "ranges": [{"from": 100}, {"to": 100}, {"key": "mid", "from": 50, "to": 180}]}}),
            r#"{"buckets":[{"key":"*-100.0","to":100.0,"doc_count":2},{"key":"mid","from":50.0,"to":180.0,"doc_count":2},{"key":"100.0-*","from":100.0,"doc_count":2}]}"#,
        ),
        (
            json!({"range": {"field": "n", "keyed": true, "ranges": [{"to": 3}, {"from": 3}]}, "aggs": {"m": {"min": {"field": "x"}}}}),
            r#"{"buckets":{"*-3.0":{"to":3.0,"doc_count":2,"m":{"value":10.0}},"3.0-*":{"from":3.0,"doc_count":3,"m":{"value":50.5}}}}"#,
        ),
        (
            json!({"date_range": {"field": "when", "format": "MM-yyyy", "ranges": [{"to": "02-2015"}, {"from": "02-2015"}]}}),
            r#"{"buckets":[{"key":"*-02-2015","to":1422748800000.0,"to_as_string":"02-2015","doc_count":2},{"key":"02-2015-*","from":1422748800000.0,"from_as_string":"02-2015","doc_count":3}]}"#,
        ),
        (
            json!({"date_range": {"field": "when", "keyed": true, "ranges": [{"key": "old", "to": "2015-04-02||-1d/d"}]}}),
            r#"{"buckets":{"old":{"to":1427846400000.0,"to_as_string":"2015-04-01T00:00:00.000Z","doc_count":3}}}"#,
        ),
    ]);
}

#[test]
fn histograms() {
    check(&[
        (
            json!({"histogram": {"field": "x", "interval": 50}}),
            r#"{"buckets":[{"key":0.0,"doc_count":1},{"key":50.0,"doc_count":1},{"key":100.0,"doc_count":0},{"key":150.0,"doc_count":1},{"key":200.0,"doc_count":1}]}"#,
        ),
        (
            json!({"histogram": {"field": "n", "interval": 2, "offset": 1, "keyed": true, "min_doc_count": 1, "order": {"_count": "asc"}}}),
            r#"{"buckets":{"5.0":{"key":5.0,"doc_count":1},"1.0":{"key":1.0,"doc_count":2},"3.0":{"key":3.0,"doc_count":2}}}"#,
        ),
        (
            json!({"histogram": {"field": "n", "interval": 1, "hard_bounds": {"min": 4, "max": 9}, "extended_bounds": {"min": 4, "max": 6}}, "aggs": {"m": {"avg": {"field": "x"}}}}),
            r#"{"buckets":[{"key":4.0,"doc_count":1,"m":{"value":200.0}},{"key":5.0,"doc_count":1,"m":{"value":null}},{"key":6.0,"doc_count":0,"m":{"value":null}}]}"#,
        ),
        (
            json!({"date_histogram": {"field": "when", "calendar_interval": "month"}}),
            r#"{"buckets":[{"key_as_string":"2015-01-01T00:00:00.000Z","key":1420070400000,"doc_count":2},{"key_as_string":"2015-02-01T00:00:00.000Z","key":1422748800000,"doc_count":1},{"key_as_string":"2015-03-01T00:00:00.000Z","key":1425168000000,"doc_count":0},{"key_as_string":"2015-04-01T00:00:00.000Z","key":1427846400000,"doc_count":2}]}"#,
        ),
        (
            json!({"date_histogram": {"field": "when", "fixed_interval": "30d", "format": "yyyy-MM-dd", "min_doc_count": 1, "keyed": true}}),
            r#"{"buckets":{"2014-12-06":{"key_as_string":"2014-12-06","key":1417824000000,"doc_count":1},"2015-01-05":{"key_as_string":"2015-01-05","key":1420416000000,"doc_count":1},"2015-02-04":{"key_as_string":"2015-02-04","key":1423008000000,"doc_count":1},"2015-03-06":{"key_as_string":"2015-03-06","key":1425600000000,"doc_count":2}}}"#,
        ),
        (
            json!({"date_histogram": {"field": "when", "calendar_interval": "year", "time_zone": "-01:00", "extended_bounds": {"min": "2014-06-01", "max": "2015-06-01"}}}),
            r#"{"buckets":[{"key_as_string":"2014-01-01T00:00:00.000-01:00","key":1388538000000,"doc_count":1},{"key_as_string":"2015-01-01T00:00:00.000-01:00","key":1420074000000,"doc_count":4}]}"#,
        ),
    ]);
}

#[test]
fn composites() {
    check(&[
        (
            json!({"composite": {"size": 3, "sources": [{"t": {"terms": {"field": "tag"}}}, {"n": {"terms": {"field": "n", "order": "desc"}}}]}}),
            r#"{"after_key":{"t":"hat","n":1},"buckets":[{"key":{"t":"bag","n":5},"doc_count":1},{"key":{"t":"hat","n":2},"doc_count":1},{"key":{"t":"hat","n":1},"doc_count":1}]}"#,
        ),
        (
            json!({"composite": {"size": 2, "after": {"t": "hat", "n": 1}, "sources": [{"t": {"terms": {"field": "tag"}}}, {"n": {"terms": {"field": "n", "order": "desc"}}}]}, "aggs": {"s": {"sum": {"field": "x"}}}}),
            r#"{"after_key":{"t":"shirt","n":4},"buckets":[{"key":{"t":"red","n":1},"doc_count":1,"s":{"value":10.0}},{"key":{"t":"shirt","n":4},"doc_count":1,"s":{"value":200.0}}]}"#,
        ),
        (
            json!({"composite": {"sources": [{"d": {"date_histogram": {"field": "when", "calendar_interval": "1M", "format": "yyyy-MM"}}}, {"f": {"terms": {"field": "flag", "missing_bucket": true}}}]}}),
            r#"{"after_key":{"d":"2015-04","f":true},"buckets":[{"key":{"d":"2015-01","f":false},"doc_count":1},{"key":{"d":"2015-01","f":true},"doc_count":1},{"key":{"d":"2015-02","f":true},"doc_count":1},{"key":{"d":"2015-04","f":null},"doc_count":1},{"key":{"d":"2015-04","f":true},"doc_count":1}]}"#,
        ),
        (
            json!({"composite": {"after": {"d": "2015-02"}, "sources": [{"d": {"date_histogram": {"field": "when", "calendar_interval": "1M", "format": "yyyy-MM"}}}]}}),
            r#"{"after_key":{"d":"2015-04"},"buckets":[{"key":{"d":"2015-04"},"doc_count":2}]}"#,
        ),
        (
            json!({"composite": {"sources": [{"x": {"histogram": {"field": "x", "interval": 100}}}]}}),
            r#"{"after_key":{"x":200.0},"buckets":[{"key":{"x":0.0},"doc_count":2},{"key":{"x":100.0},"doc_count":1},{"key":{"x":200.0},"doc_count":1}]}"#,
        ),
        (
            json!({"composite": {"sources": [{"x": {"terms": {"field": "none"}}}]}}),
            r#"{"buckets":[]}"#,
        ),
    ]);
}

#[test]
fn top_hits() {
    check(&[
        (
            json!({"terms": {"field": "tag", "size": 1}, "aggs": {"best": {"top_hits": {"size": 1, "sort": [{"n": "desc"}], "_source": ["n"]}}}}),
            r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":4,"buckets":[{"key":"hat","doc_count":2,"best":{"hits":{"total":{"value":2,"relation":"eq"},"max_score":null,"hits":[{"_index":"sales","_id":"1","_score":null,"_source":{"n":2},"sort":[2]}]}}}]}"#,
        ),
        (
            json!({"filter": {"term": {"tag": "bag"}}, "aggs": {"best": {"top_hits": {"_source": false}}}}),
            r#"{"doc_count":1,"best":{"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.0,"hits":[{"_index":"sales","_id":"4","_score":1.0}]}}}"#,
        ),
        (
            json!({"filter": {"term": {"tag": "none"}}, "aggs": {"best": {"top_hits": {}}}}),
            r#"{"doc_count":0,"best":{"hits":{"total":{"value":0,"relation":"eq"},"max_score":null,"hits":[]}}}"#,
        ),
    ]);
}

#[test]
fn post_filters_and_deleted_documents_do_not_count() {
    let node = sales();
    let body = json!({
        "query": {"exists": {"field": "tag"}},
        "post_filter": {"term": {"tag": "bag"}},
        "aggs": {"c": {"value_count": {"field": "x"}}}
    });
    assert_eq!(
        search(&node, "sales", &body).unwrap(),
        json!({"c": {"value": 4}})
    );
    let scored = json!({
        "query": {"function_score": {"functions": [{"field_value_factor": {"field": "n", "missing": 0}}], "boost_mode": "replace"}},
        "min_score": 2.5,
        "aggs": {"c": {"value_count": {"field": "x"}}, "t": {"top_hits": {"size": 1, "_source": false}}}
    });
    let found = search(&node, "sales", &scored).unwrap();
    assert_eq!(found["c"], json!({"value": 2}));
    assert_eq!(found["t"]["hits"]["max_score"], json!(5.0));
    assert_eq!(found["t"]["hits"]["hits"][0]["_id"], json!("4"));
}

#[test]
fn indices_merge_what_they_have() {
    let node = sales();
    node.create_index(
        "more",
        &json!({"mappings": {"properties": {
            "tag": {"type": "keyword"}, "n": {"type": "double"}, "other": {"type": "date"}
        }}}),
    )
    .unwrap();
    put(
        &node,
        "more",
        0,
        json!({"tag": "hat", "n": 2.5, "other": "2024-01-01"}),
    );
    put(&node, "more", 1, json!({"tag": "hat", "n": 3.0}));
    refresh(&node, "more");
    let body = json!({"aggs": {
        "n": {"terms": {"field": "n", "size": 3}},
        "tag": {"terms": {"field": "tag", "size": 1}, "aggs": {"best": {"top_hits": {"size": 2, "_source": false, "sort": [{"n": "desc"}]}}}},
        "other": {"date_histogram": {"field": "other", "calendar_interval": "day"}},
        "when": {"max": {"field": "when"}}
    }});
    let found = search(&node, "sales,more", &body).unwrap();
    assert_eq!(
        found["n"].to_string(),
        r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":3,"buckets":[{"key":3.0,"doc_count":3},{"key":1.0,"doc_count":1},{"key":2.0,"doc_count":1}]}"#
    );
    assert_eq!(found["tag"]["buckets"][0]["doc_count"], json!(4));
    let hits = &found["tag"]["buckets"][0]["best"]["hits"];
    assert_eq!(hits["total"]["value"], json!(4));
    assert_eq!(hits["hits"][0]["sort"], json!([3.0]));
    assert_eq!(hits["hits"][1]["sort"], json!([2.5]));
    assert_eq!(
        found["other"]["buckets"][0]["key_as_string"],
        json!("2024-01-01T00:00:00.000Z")
    );
    assert_eq!(
        found["when"]["value_as_string"],
        json!("2015-04-02T00:00:00.000Z")
    );
    let other = json!({"mappings": {"properties": {"n": {"type": "keyword"}}}});
    node.create_index("clash", &other).unwrap();
    put(&node, "clash", 0, json!({"n": "one"}));
    refresh(&node, "clash");
    let body = json!({"aggs": {"a": {"terms": {"field": "n"}}}});
    let error = search(&node, "sales,clash", &body).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Merging/Reducing the aggregations failed when computing the aggregation [a] because the \
         field you gave in the aggregation query existed as two different types in two different \
         indices"
    );
}

#[test]
fn sizes_bound_what_several_indices_give() {
    let node = node();
    for (index, tags) in [("a", ["x", "x", "y"]), ("b", ["y", "z", "z"])] {
        node.create_index(index, &mappings()).unwrap();
        for (id, tag) in tags.into_iter().enumerate() {
            put(&node, index, id, json!({"tag": tag, "n": id}));
        }
        refresh(&node, index);
    }
    let terms = |size: usize| {
        let body = json!({"aggs": {"a": {
            "terms": {"field": "tag", "size": size, "shard_size": 1, "show_term_doc_count_error": true},
            "aggs": {"n": {"sum": {"field": "n"}}}
        }}});
        search(&node, "a,b", &body).unwrap()["a"].to_string()
    };
    assert_eq!(
        terms(3),
        r#"{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"x","doc_count":2,"doc_count_error_upper_bound":0,"n":{"value":1.0}},{"key":"y","doc_count":2,"doc_count_error_upper_bound":0,"n":{"value":2.0}},{"key":"z","doc_count":2,"doc_count_error_upper_bound":0,"n":{"value":3.0}}]}"#
    );
    assert_eq!(
        terms(1),
        r#"{"doc_count_error_upper_bound":4,"sum_other_doc_count":4,"buckets":[{"key":"x","doc_count":2,"doc_count_error_upper_bound":2,"n":{"value":1.0}}]}"#
    );
    let none = search(&node, "a,b", &json!({"aggs": {}})).unwrap();
    assert_eq!(none, Value::Null);
}
