use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::request::{
    Hit, Missing, Order, SearchRequest, SearchResponse, Sort, SortField, SortMode, Source,
    SourceFilter, Total, TotalRelation, TrackTotalHits, WriteOutcome, WriteResult,
};

fn read(value: Value) -> SearchRequest {
    SearchRequest::from_json(&value).unwrap()
}

fn error(value: Value) -> String {
    SearchRequest::from_json(&value).unwrap_err().to_string()
}

#[test]
fn an_empty_body_is_all_defaults() {
    assert_eq!(read(json!({})), SearchRequest::default());
    assert_eq!(SearchRequest::default().to_json(), json!({}));
}

#[test]
fn what_is_printed_reads_back_equal() {
    for value in [
        json!({"query": {"match_all": {}}, "from": 5, "size": 0}),
        json!({"sort": ["_score", "_doc", {"like": {"order": "desc", "missing": "_first", "mode": "avg", "unmapped_type": "long", "format": "yyyy", "numeric_type": "long"}}], "search_after": [1.5, 2, null]}),
        json!({"sort": [{"_score": {"order": "asc"}}, {"_doc": {"order": "desc"}}, {"a": {"order": "asc", "missing": 7}}]}),
        json!({"_source": false}),
        json!({"_source": {"includes": ["a*"], "excludes": ["a.b"]}}),
        json!({"highlight": {"pre_tags": ["<b>"], "post_tags": ["</b>"], "fragment_size": 20, "number_of_fragments": 0, "require_field_match": false, "encoder": "html", "fields": [
            {"title": {"highlight_query": {"match_all": {}}, "type": "plain", "no_match_size": 5, "order": "score"}},
            {"t*": {"matched_fields": ["title"], "boundary_scanner": "word", "max_analyzed_offset": 9}}
        ]}}),
        json!({"track_total_hits": false, "min_score": 0.1, "track_scores": true}),
        json!({"track_total_hits": 100, "post_filter": {"match_none": {}}, "timeout": "1500ms", "terminate_after": 3}),
        json!({"explain": true, "profile": true, "version": true, "seq_no_primary_term": true}),
        json!({"stored_fields": ["_none_"], "docvalue_fields": ["a"], "fields": [{"field": "d", "format": "epoch_millis"}]}),
        json!({"collapse": {"field": "uploader", "inner_hits": {"name": "x"}, "max_concurrent_group_searches": 4}}),
        json!({"aggs": {"a": {"terms": {"field": "b"}}}, "suggest": {"s": {}}, "rescore": {"window_size": 5, "query": {"rescore_query": {"match_all": {}}}}, "rank": {"rrf": {"rank_window_size": 20, "rank_constant": 5}}}),
        json!({"indices_boost": [{"a": 1.5}], "pit": {"id": "x", "keep_alive": "1m"}, "stats": ["g"]}),
    ] {
        let request = read(value.clone());
        assert_eq!(request.to_json(), value);
        assert_eq!(read(request.to_json()), request);
    }
}

#[test]
fn other_forms_mean_the_same() {
    for (short, long) in [
        (
            json!({"sort": "like"}),
            json!({"sort": [{"like": {"order": "asc"}}]}),
        ),
        (
            json!({"sort": {"like": "DESC"}}),
            json!({"sort": [{"like": {"order": "desc"}}]}),
        ),
        (
            json!({"sort": [{"a": "asc", "b": {"missing": "_last"}}]}),
            json!({"sort": [{"a": {"order": "asc"}}, {"b": {"order": "asc"}}]}),
        ),
        (
            json!({"sort": [{"_score": "desc"}, "_shard_doc"]}),
            json!({"sort": ["_score", "_doc"]}),
        ),
        (
            json!({"_source": "a"}),
            json!({"_source": {"includes": ["a"]}}),
        ),
        (
            json!({"_source": ["a", "b"]}),
            json!({"_source": {"includes": ["a", "b"]}}),
        ),
        (
            json!({"_source": {"exclude": "a"}}),
            json!({"_source": {"excludes": ["a"]}}),
        ),
        (json!({"_source": []}), json!({})),
        (
            json!({"track_total_hits": "true", "size": "10", "from": 0.0}),
            json!({}),
        ),
        (
            json!({"track_total_hits": -1}),
            json!({"track_total_hits": false}),
        ),
        (json!({"timeout": "60s"}), json!({"timeout": "1m"})),
        (json!({"aggregations": {}}), json!({"aggs": {}})),
        (
            json!({"indices_boost": {"a": 2}}),
            json!({"indices_boost": [{"a": 2.0}]}),
        ),
        (
            json!({"highlight": {"fields": {"a": {}, "b": {"force_source": true}}}}),
            json!({"highlight": {"fields": [{"a": {}}, {"b": {}}]}}),
        ),
    ] {
        assert_eq!(read(short).to_json(), long);
    }
    let styled = read(json!({"highlight": {"tags_schema": "styled", "fields": {"a": {}}}}));
    let tags = styled.highlight.unwrap().options.pre_tags.unwrap();
    assert_eq!((tags.len(), tags[0].as_str()), (10, "<em class=\"hlt1\">"));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (value, expected) in [
        (
            json!({"foo": {}}),
            "unknown key [foo] for a START_OBJECT in [foo]",
        ),
        (
            json!({"foo": 1}),
            "unknown key [foo] for a VALUE_NUMBER in [foo]",
        ),
        (json!([]), "expected an object but found [START_ARRAY]"),
        (
            json!({"size": -1}),
            "[-1] is no whole number that is not negative at [size]",
        ),
        (
            json!({"size": 1.5}),
            "[1.5] is no whole number that is not negative at [size]",
        ),
        (
            json!({"query": null}),
            "[_na] query malformed, must start with start_object, got [null] at [query]",
        ),
        (
            json!({"query": {"bool": {"must": {"x": {}}}}}),
            "unknown query [x] at [query.bool.must.x]",
        ),
        (
            json!({"sort": [{"a": {"wrong": 1}}]}),
            "[sort] does not support [wrong] at [sort[0].a.wrong]",
        ),
        (
            json!({"sort": {"_script": {}}}),
            "sorting by [_script] is not supported at [sort._script]",
        ),
        (
            json!({"sort": {"a": "up"}}),
            "unknown value [up] at [sort.a]",
        ),
        (
            json!({"_source": {"only": []}}),
            "[_source] does not support [only] at [_source.only]",
        ),
        (
            json!({"search_after": [1]}),
            "Sort must contain at least one field. at [search_after]",
        ),
        (
            json!({"search_after": [], "sort": "a"}),
            "Values must contains at least one value. at [search_after]",
        ),
        (
            json!({"timeout": "5"}),
            "failed to parse [5] as a time value: unit is missing or unrecognized at [timeout]",
        ),
        (
            json!({"script_fields": {}}),
            "[script_fields] is not supported at [script_fields]",
        ),
        (json!({"collapse": {}}), "Required [field] at [collapse]"),
        (
            json!({"highlight": {"fields": {"a": {"b": 1}}}}),
            "[highlight] does not support [b] at [highlight.fields.a.b]",
        ),
        (
            json!({"highlight": {"pre_tags": "<b>"}}),
            "pre_tags are set but post_tags are not set at [highlight]",
        ),
        (
            json!({"explain": "maybe"}),
            "Failed to parse value [maybe] as only [true] or [false] are allowed. at [explain]",
        ),
    ] {
        assert_eq!(error(value), expected);
    }
    assert!(error(json!({"timeout": "99999999999999999d"})).contains("out of range"));
    assert!(error(json!({"min_score": 1e300})).contains("no number that a float can hold"));
    assert!(error(json!({"stored_fields": vec!["a"; 5_000]})).contains("allowed maximum"));
}

#[test]
fn values_arrive_typed() {
    let request = read(json!({
        "timeout": "2s",
        "track_total_hits": 50,
        "sort": [{"a": {"order": "desc", "missing": "x", "mode": "median"}}],
    }));
    assert_eq!(request.timeout, Some(Duration::from_secs(2)));
    assert_eq!(request.track_total_hits, TrackTotalHits::UpTo(50));
    let field = SortField {
        missing: Missing::Value(json!("x")),
        mode: Some(SortMode::Median),
        ..SortField::new("a", Order::Desc)
    };
    assert_eq!(request.sort, [Sort::Field(field)]);
}

#[test]
fn answers_have_elasticsearchs_shape() {
    let response = SearchResponse {
        took_ms: 3,
        total: Some(Total {
            value: 7,
            relation: TotalRelation::Gte,
        }),
        max_score: Some(0.1),
        hits: vec![Hit {
            index: "images".to_owned(),
            id: "1".to_owned(),
            score: Some(0.1),
            source: Some(Source::of(&json!({"a": 1}))),
            matched_queries: vec!["q".to_owned()],
            ..Hit::default()
        }],
        shards: 1,
        ..SearchResponse::default()
    };
    assert_eq!(
        response.to_json(),
        json!({
            "took": 3,
            "timed_out": false,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {
                "total": {"value": 7, "relation": "gte"},
                "max_score": 0.1,
                "hits": [{"_index": "images", "_id": "1", "_score": 0.1, "_source": {"a": 1}, "matched_queries": ["q"]}],
            },
        })
    );
    let uncounted = SearchResponse::default().to_json();
    assert_eq!(uncounted["hits"], json!({"max_score": null, "hits": []}));

    let result = WriteResult {
        index: Some("images".to_owned()),
        id: "1".to_owned(),
        version: 2,
        seq_no: 9,
        primary_term: 1,
        result: WriteOutcome::Updated,
    };
    assert_eq!(
        result.to_json(),
        json!({
            "_index": "images", "_id": "1", "_version": 2, "result": "updated",
            "_shards": {"total": 1, "successful": 1, "failed": 0},
            "_seq_no": 9, "_primary_term": 1,
        })
    );
}

proptest! {
    #[test]
    fn scores_print_short_and_read_back(bits: u32) {
        let score = f32::from_bits(bits);
        prop_assume!(score.is_finite());
        let request = SearchRequest { min_score: Some(score), ..SearchRequest::default() };
        let back = read(request.to_json()).min_score.unwrap();
        prop_assert_eq!(back, score);
    }

    #[test]
    fn times_read_back(nanos: u64) {
        let request = SearchRequest {
            timeout: Some(Duration::from_nanos(nanos)),
            ..SearchRequest::default()
        };
        prop_assert_eq!(read(request.to_json()), request);
    }

    #[test]
    fn source_filters_never_invent(includes in prop::collection::vec("[abc.*]{0,5}", 0..3), excludes in prop::collection::vec("[abc.*]{0,5}", 0..3)) {
        let source = json!({"a": {"b": [1, {"c": 2}], "c": null}, "b": "x", "c": [[{"a": 1}]]});
        let filter = SourceFilter::from_json(&json!({"includes": includes, "excludes": excludes})).unwrap();
        let kept = filter.filter(source.clone()).unwrap();
        for (key, value) in kept.as_object().unwrap() {
            prop_assert!(source.get(key).is_some(), "{}", value);
        }
        prop_assert_eq!(SourceFilter::from_json(&filter.to_json()).unwrap(), filter);
    }
}
