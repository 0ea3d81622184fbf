use serde_json::{Value, json};

use crate::query::ast::{MinimumShouldMatch, ParseErrorKind, Query};

fn error(value: Value) -> String {
    Query::from_json(&value).unwrap_err().to_string()
}

#[test]
fn what_is_printed_reads_back_equal() {
    for value in [
        json!({"match_all": {}}),
        json!({"match_none": {"_name": "n"}}),
        json!({"match": {"title": {"query": "red cat", "operator": "and", "fuzziness": "AUTO", "minimum_should_match": "2<75%", "analyzer": "english", "boost": 1.5}}}),
        json!({"match": {"title": {"query": 5, "fuzziness": 1, "digits": "exact", "_name": "x"}}}),
        json!({"match_phrase": {"title": {"query": "red cat", "slop": 2}}}),
        json!({"match_phrase_prefix": {"title": {"query": "red c", "max_expansions": 7}}}),
        json!({"match_bool_prefix": {"title": {"query": "red c"}}}),
        json!({"multi_match": {"query": "cat", "fields": ["title^3", "tags"], "type": "most_fields", "tie_breaker": 0.3}}),
        json!({"term": {"category": {"value": "animal", "case_insensitive": true}}}),
        json!({"terms": {"tags": ["a", 1, true], "boost": 2.0}}),
        json!({"terms_set": {"tags": {"terms": ["a", "b"], "minimum_should_match_script": {"source": "2"}}}}),
        json!({"terms_set": {"tags": {"terms": ["a"], "minimum_should_match_field": "needed"}}}),
        json!({"range": {"width": {"gte": 10, "lt": 20.5}}}),
        json!({"range": {"when": {"gt": "now-1d/d", "format": "yyyy", "time_zone": "+08:00"}}}),
        json!({"exists": {"field": "hash"}}),
        json!({"prefix": {"name": {"value": "ca"}}}),
        json!({"wildcard": {"name": {"value": "c*t", "case_insensitive": true}}}),
        json!({"regexp": {"name": {"value": "c.*", "flags": "INTERSECTION|INTERVAL"}}}),
        json!({"python_regexp": {"title": {"value": "(?i)cat"}}}),
        json!({"query_string": {"query": "a AND b", "fields": ["title^2", "*"], "default_operator": "and", "type": "cross_fields", "fuzziness": 1, "phrase_slop": 3, "lenient": true, "time_zone": "+01:00", "minimum_should_match": "50%", "boost": 2.0, "_name": "q"}}),
        json!({"query_string": {"query": "a", "default_field": "title", "allow_leading_wildcard": false, "escape": true, "tie_breaker": 0.5}}),
        json!({"simple_query_string": {"query": "a | b", "fields": ["title"], "flags": "AND|OR|PREFIX", "default_operator": "and", "quote_field_suffix": ".raw", "_name": "s"}}),
        json!({"simple_query_string": {"query": "", "flags": "NONE"}}),
        json!({"more_like_this": {"fields": ["title"], "like": ["a text", {"_id": "1"}, {"_index": "x", "_id": "2"}, {"doc": {"title": "t"}}], "unlike": ["b"], "min_term_freq": 1, "max_doc_freq": 9, "stop_words": ["the"], "minimum_should_match": 2, "boost_terms": 1.5, "include": true}}),
        json!({"fuzzy": {"name": {"value": "cta", "fuzziness": "AUTO:4,7", "transpositions": false}}}),
        json!({"ids": {"values": ["1", "2"]}}),
        json!({"bool": {"must": [{"match_all": {}}], "should": [{"term": {"a": {"value": 1}}}], "must_not": [{"match_none": {}}], "minimum_should_match": -1}}),
        json!({"boosting": {"positive": {"match_all": {}}, "negative": {"match_none": {}}, "negative_boost": 0.2}}),
        json!({"constant_score": {"filter": {"match_all": {}}, "boost": 0.0}}),
        json!({"dis_max": {"queries": [{"match_all": {}}], "tie_breaker": 0.5}}),
        json!({"function_score": {"query": {"match_all": {}}, "functions": [
            {"filter": {"match_none": {}}, "weight": 3.0},
            {"field_value_factor": {"field": "like", "modifier": "log1p", "missing": 1.0}},
            {"gauss": {"when": {"origin": "2024-01-01", "scale": "10d", "decay": 0.3}, "multi_value_mode": "avg"}},
            {"random_score": {"seed": 5, "field": "id"}}
        ], "score_mode": "sum", "boost_mode": "replace", "min_score": 0.5}}),
    ] {
        let query = Query::from_json(&value).unwrap();
        assert_eq!(query.to_json(), value);
        assert_eq!(Query::from_json(&query.to_json()).unwrap(), query);
    }
}

#[test]
fn short_forms_are_the_long_ones() {
    for (short, long) in [
        (
            json!({"match": {"a": "x"}}),
            json!({"match": {"a": {"query": "x"}}}),
        ),
        (
            json!({"term": {"a": 1}}),
            json!({"term": {"a": {"value": 1}}}),
        ),
        (
            json!({"prefix": {"a": "x"}}),
            json!({"prefix": {"a": {"value": "x"}}}),
        ),
        (
            json!({"wildcard": {"a": {"wildcard": "x*"}}}),
            json!({"wildcard": {"a": {"value": "x*"}}}),
        ),
        (
            json!({"bool": {"must": {"match_all": {}}}}),
            json!({"bool": {"must": [{"match_all": {}}]}}),
        ),
        (
            json!({"range": {"a": {"from": 1, "to": 2, "include_upper": false}}}),
            json!({"range": {"a": {"gte": 1, "lt": 2}}}),
        ),
        (
            json!({"function_score": {"weight": 2}}),
            json!({"function_score": {"query": {"match_all": {}}, "functions": [{"weight": 2.0}]}}),
        ),
    ] {
        assert_eq!(Query::from_json(&short).unwrap().to_json(), long);
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (value, expected) in [
        (
            json!({"bool": {"must": [{"match_all": {}}, {"nope": {}}]}}),
            "unknown query [nope] at [bool.must[1].nope]",
        ),
        (
            json!({"match": {"a": {"query": "x", "foo": 1}}}),
            "[match] query does not support [foo] at [match.a]",
        ),
        (
            json!({"match": {"a": "x", "b": "y"}}),
            "[match] query doesn't support multiple fields, found [a] and [b] at [match]",
        ),
        (
            json!({"bool": {"mustt": []}}),
            "[bool] query does not support [mustt] at [bool]",
        ),
        (
            json!({"range": {"a": {"gte": {}}}}),
            "[range] failed to parse field [gte] of [{}] at [range.gte]",
        ),
        (
            json!({"match_all": {"boost": 1e300}}),
            "[match_all] failed to parse field [boost] of [1e+300] at [match_all.boost]",
        ),
        (
            json!({"match_all": {}, "match_none": {}}),
            "[match_all] malformed query, expected [END_OBJECT] but found [FIELD_NAME] [match_none]",
        ),
        (json!({}), "query malformed, empty clause found"),
        (json!({"knn": {}}), "[knn] requires 'field' field at [knn]"),
    ] {
        assert_eq!(error(value), expected);
    }
    assert!(error(json!([])).contains("must start with start_object"));
}

#[test]
fn depth_and_clauses_are_bounded() {
    let mut deep = json!({"match_all": {}});
    for _ in 0..110 {
        deep = json!({"constant_score": {"filter": deep}});
    }
    assert_eq!(
        Query::from_json(&deep).unwrap_err().kind,
        ParseErrorKind::TooDeep
    );
    // The deepest that is allowed fits a worker's stack, whatever the clause.
    for wrap in [
        |inner| json!({"function_score": {"functions": [{"filter": inner, "weight": 1}]}}),
        |inner| json!({"bool": {"must_not": [inner]}}),
        |inner| json!({"dis_max": {"queries": [inner]}}),
        |inner| json!({"boosting": {"positive": inner, "negative": {"match_none": {}}, "negative_boost": 0.5}}),
    ] {
        let nested = (0..98).fold(json!({"match_all": {}}), |inner, _| wrap(inner));
        let query = Query::from_json(&nested).unwrap();
        assert_eq!(Query::from_json(&query.to_json()).unwrap(), query);
    }
    let many: Vec<Value> = (0..5_000).map(|n| json!({"term": {"a": n}})).collect();
    let many = json!({"bool": {"should": many}});
    assert_eq!(
        Query::from_json(&many).unwrap_err().kind,
        ParseErrorKind::TooManyClauses
    );
}

#[test]
fn minimum_should_match_resolves_like_elasticsearchs() {
    for (text, clauses, expected) in [
        ("2", 5, 2),
        ("-1", 5, 4),
        ("75%", 5, 3),
        ("-25%", 5, 4),
        ("2<75%", 2, 2),
        ("2<75%", 4, 3),
        ("2<-25% 9<-3", 10, 7),
        ("0", 3, 0),
        ("9", 3, 9),
    ] {
        let parsed = MinimumShouldMatch::parse(text).unwrap();
        assert_eq!(parsed.resolve(clauses), expected, "{text} of {clauses}");
        assert_eq!(parsed.to_string(), text);
    }
    assert!(MinimumShouldMatch::parse("many").is_err());
}
