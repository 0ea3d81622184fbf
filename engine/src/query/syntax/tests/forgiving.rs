//! `simple_query_string`.

use serde_json::{Value, json};

use super::{simple, word};

#[test]
fn the_forgiving_syntax_binds_from_left_to_right() {
    let on = |text: &str| simple(json!({"query": text, "fields": ["title"]}));
    let (a, b, c) = (word("a"), word("b"), word("c"));
    let not = |query: &Value| json!({"bool": {"should": [{"match_all": {}}], "must_not": [query]}});
    for (text, expected) in [
        ("a", a.clone()),
        ("a b", json!({"bool": {"should": [a, b]}})),
        ("a + b", json!({"bool": {"must": [a, b]}})),
        ("a | b", json!({"bool": {"should": [a, b]}})),
        (
            "a + b | c",
            json!({"bool": {"should": [{"bool": {"must": [a, b]}}, c]}}),
        ),
        (
            "a + (b | c)",
            json!({"bool": {"must": [a, {"bool": {"should": [b, c]}}]}}),
        ),
        ("a + -b", json!({"bool": {"must": [a, not(&b)]}})),
        ("--a", a.clone()),
        (
            "\"a b\"~2",
            json!({"match_phrase": {"title": {"query": "a b", "slop": 2}}}),
        ),
        ("ca*", json!({"prefix": {"title": {"value": "ca"}}})),
        (r"ca\*", word("ca*")),
        (
            "wrd~1",
            json!({"fuzzy": {"title": {"value": "wrd", "fuzziness": 1}}}),
        ),
        (
            "wrd~",
            json!({"fuzzy": {"title": {"value": "wrd", "fuzziness": 2}}}),
        ),
        ("wrd~x", word("wrd")),
        // What is no operator is passed over.
        ("(a", a.clone()),
        ("a)) b", json!({"bool": {"should": [a, b]}})),
        ("\"a", a.clone()),
        ("+ | -", json!({"match_none": {}})),
        ("", json!({"match_none": {}})),
    ] {
        assert_eq!(on(text), expected, "{text}");
    }
    assert_eq!(
        simple(json!({"query": "a + b", "fields": ["title"], "flags": "NONE"})),
        word("a + b")
    );
    assert_eq!(
        simple(json!({"query": "a b c", "fields": ["title"], "minimum_should_match": 2})),
        json!({"bool": {"should": [a, b, c], "minimum_should_match": 2}})
    );
    // Words and patterns sum over fields, phrases score where they are best.
    let fields = json!(["title", "body"]);
    assert_eq!(
        simple(json!({"query": "ca*", "fields": fields})),
        json!({"dis_max": {"tie_breaker": 1.0, "queries": [
            {"prefix": {"title": {"value": "ca"}}}, {"prefix": {"body": {"value": "ca"}}}
        ]}})
    );
    assert_eq!(
        simple(json!({"query": "\"a b\"", "fields": fields})),
        json!({"dis_max": {"queries": [
            {"match_phrase": {"title": {"query": "a b"}}},
            {"match_phrase": {"body": {"query": "a b"}}}
        ]}})
    );
    assert_eq!(simple(json!({"query": "*"})), json!({"match_all": {}}));
}
