//! `query_string`.

use serde_json::json;

use super::{lucene, title, word};

#[test]
fn lucenes_operators_combine_as_they_do_there() {
    let (a, b, c) = (word("a"), word("b"), word("c"));
    for (text, expected) in [
        ("a", a.clone()),
        ("(a)", a.clone()),
        ("+a", a.clone()),
        ("a b", json!({"bool": {"should": [a, b]}})),
        ("a OR b", json!({"bool": {"should": [a, b]}})),
        ("a || b", json!({"bool": {"should": [a, b]}})),
        ("a AND b", json!({"bool": {"must": [a, b]}})),
        ("a && b", json!({"bool": {"must": [a, b]}})),
        // Not by precedence: AND binds both of its neighbours.
        (
            "a OR b AND c",
            json!({"bool": {"should": [a], "must": [b, c]}}),
        ),
        (
            "a AND b OR c",
            json!({"bool": {"must": [a, b], "should": [c]}}),
        ),
        (
            "a AND (b OR c)",
            json!({"bool": {"must": [a, {"bool": {"should": [b, c]}}]}}),
        ),
        ("+a b", json!({"bool": {"must": [a], "should": [b]}})),
        (
            "a -b !c",
            json!({"bool": {"should": [a], "must_not": [b, c]}}),
        ),
        (
            "a AND NOT b",
            json!({"bool": {"must": [a], "must_not": [b]}}),
        ),
        ("NOT a", json!({"bool": {"must_not": [a]}})),
        // What only excludes is about everything but that, in brackets too.
        ("(NOT a)", json!({"bool": {"must_not": [a]}})),
        (
            "a AND (NOT b)",
            json!({"bool": {"must": [a, {"bool": {"must_not": [b]}}]}}),
        ),
        (
            "a -(-b)",
            json!({"bool": {"should": [a], "must_not": [{"bool": {"must_not": [b]}}]}}),
        ),
        // What analysis leaves nothing of is no clause.
        ("a AND the", a.clone()),
        ("a - b", json!({"bool": {"should": [a, b]}})),
    ] {
        assert_eq!(title(text), expected, "{text}");
    }
    let and = |text: &str| {
        lucene(json!({"query": text, "default_field": "title", "default_operator": "and"})).unwrap()
    };
    let all = |text: &str| json!({"match": {"title": {"query": text, "operator": "and"}}});
    assert_eq!(and("a b"), json!({"bool": {"must": [all("a"), all("b")]}}));
    assert_eq!(
        and("a OR b c"),
        json!({"bool": {"should": [all("a"), all("b")], "must": [all("c")]}})
    );
}

#[test]
fn lucenes_terms_are_what_they_say() {
    for (text, expected) in [
        (
            "\"a b\"~3^2",
            json!({"match_phrase": {"title": {"query": "a b", "slop": 3, "boost": 2.0}}}),
        ),
        ("wrd~", json!({"fuzzy": {"title": {"value": "wrd"}}})),
        (
            "Wrd~1",
            json!({"fuzzy": {"title": {"value": "wrd", "fuzziness": 1}}}),
        ),
        (
            "word~0",
            json!({"fuzzy": {"title": {"value": "word", "fuzziness": 0}}}),
        ),
        (
            "word~0.6",
            json!({"fuzzy": {"title": {"value": "word", "fuzziness": 0}}}),
        ),
        (
            "word~1.5",
            json!({"fuzzy": {"title": {"value": "word", "fuzziness": 1}}}),
        ),
        ("Ca*", json!({"prefix": {"title": {"value": "ca"}}})),
        ("C?t*", json!({"wildcard": {"title": {"value": "c?t*"}}})),
        (
            r"a\*b*c",
            json!({"wildcard": {"title": {"value": r"a\*b*c"}}}),
        ),
        (
            r"/j.n\/x/",
            json!({"regexp": {"title": {"value": "j.n/x"}}}),
        ),
        (r"a\:b\u0041", word("a:bA")),
        (
            "age:5^3",
            json!({"match": {"age": {"query": "5", "boost": 3.0}}}),
        ),
        ("age:>=5", json!({"range": {"age": {"gte": "5"}}})),
        (
            "age:(>1 AND <5)",
            json!({"bool": {"must": [{"range": {"age": {"gt": "1"}}}, {"range": {"age": {"lt": "5"}}}]}}),
        ),
        (
            "age:(>1 <5)",
            json!({"bool": {"should": [{"range": {"age": {"gt": "1"}}}, {"range": {"age": {"lt": "5"}}}]}}),
        ),
        (
            "age:[3 TO 7}",
            json!({"range": {"age": {"gte": "3", "lt": "7"}}}),
        ),
        ("age:{* TO 7]", json!({"range": {"age": {"lte": "7"}}})),
        ("age:[* TO *]", json!({"exists": {"field": "age"}})),
        ("_exists_:tag", json!({"exists": {"field": "tag"}})),
        ("tag:*", json!({"exists": {"field": "tag"}})),
        ("*:*", json!({"match_all": {}})),
        ("nowhere:a", json!({"match_none": {}})),
        (
            "tag:(x y)",
            json!({"bool": {"should": [{"match": {"tag": {"query": "x"}}}, {"match": {"tag": {"query": "y"}}}]}}),
        ),
        (
            r"t\*:x",
            json!({"dis_max": {"queries": [{"match": {"tag": {"query": "x"}}}, {"match": {"title": {"query": "x"}}}]}}),
        ),
    ] {
        assert_eq!(title(text), expected, "{text}");
    }
    assert_eq!(
        lucene(json!({"query": "*", "fields": ["*"]})).unwrap(),
        json!({"match_all": {}})
    );
    assert_eq!(
        lucene(json!({"query": " "})).unwrap(),
        json!({"match_none": {}})
    );
    assert_eq!(
        lucene(json!({"query": "a:b", "escape": true, "default_field": "title"})).unwrap(),
        word("a:b")
    );
}

#[test]
fn several_fields_take_neighbouring_words_together() {
    let fields = json!(["title^2", "body"]);
    assert_eq!(
        lucene(json!({"query": "a b", "fields": fields, "minimum_should_match": 2})).unwrap(),
        json!({"dis_max": {"queries": [
            {"match": {"title": {"query": "a b", "boost": 2.0}}},
            {"match": {"body": {"query": "a b"}}}
        ]}})
    );
    let each = |text: &str| {
        json!({"dis_max": {"queries": [
            {"match": {"title": {"query": text, "boost": 2.0}}},
            {"match": {"body": {"query": text}}}
        ]}})
    };
    assert_eq!(
        lucene(json!({"query": "a OR b OR c", "fields": fields, "minimum_should_match": 2}))
            .unwrap(),
        json!({"bool": {"should": [each("a"), each("b"), each("c")], "minimum_should_match": 2}})
    );
    assert_eq!(
        lucene(json!({"query": "a b", "fields": ["title", "body"], "type": "cross_fields", "default_operator": "and"})).unwrap(),
        json!({"multi_match": {"query": "a b", "fields": ["title", "body"], "type": "cross_fields", "operator": "and", "lenient": true}})
    );
    // The minimum is about the outermost clause, which may be that of one field's words.
    assert_eq!(
        lucene(json!({"query": "a-b", "fields": ["title"], "minimum_should_match": 2})).unwrap(),
        json!({"match": {"title": {"query": "a-b", "minimum_should_match": 2}}})
    );
    // A field that is named twice counts once, with its last weight; a pattern multiplies.
    assert_eq!(
        lucene(json!({"query": "a", "fields": ["title", "body", "title^3", "ti*^2"]})).unwrap(),
        json!({"dis_max": {"queries": [
            {"match": {"title": {"query": "a", "boost": 6.0}}}, {"match": {"body": {"query": "a"}}}
        ]}})
    );
    // The type says how fields share, but a phrase is one.
    assert_eq!(
        lucene(json!({"query": "a \"a b\"", "fields": ["title", "body"], "type": "most_fields"}))
            .unwrap(),
        json!({"bool": {"should": [
            {"dis_max": {"tie_breaker": 1.0, "queries": [
                {"match": {"title": {"query": "a"}}}, {"match": {"body": {"query": "a"}}}
            ]}},
            {"dis_max": {"queries": [
                {"match_phrase": {"title": {"query": "a b"}}},
                {"match_phrase": {"body": {"query": "a b"}}}
            ]}}
        ]}})
    );
    assert_eq!(
        lucene(json!({"query": "a b", "fields": ["title"], "type": "phrase"})).unwrap(),
        json!({"match_phrase": {"title": {"query": "a b"}}})
    );
    // Over every field, those that a word does not fit are left out.
    assert_eq!(
        lucene(json!({"query": "x*"})).unwrap(),
        json!({"dis_max": {"queries": [
            {"prefix": {"body": {"value": "x"}}}, {"prefix": {"tag": {"value": "x"}}},
            {"prefix": {"title": {"value": "x"}}}
        ]}})
    );
}

#[test]
fn what_lucene_refuses_is_refused() {
    for text in [
        "a AND",
        "(a",
        "a)",
        "()",
        "\"a",
        "/a",
        "title:",
        "[1 TO",
        "[1 2]",
        "a^",
        "a^x",
        "AND a",
        "a AND OR b",
        "a]",
        ":a",
        "t*:x",
        "t*:x*",
        "a\\",
        "\\u00g1",
        "a -",
        "a/b",
    ] {
        let error = lucene(json!({"query": text})).unwrap_err();
        assert!(
            error.starts_with(&format!("Failed to parse query [{text}]")),
            "{text}: {error}"
        );
    }
    let leading = lucene(json!({"query": "*a", "allow_leading_wildcard": false})).unwrap_err();
    assert!(leading.contains("not allowed as first character"));
    let deep = format!("{}a{}", "(".repeat(60), ")".repeat(60));
    assert!(
        lucene(json!({"query": deep}))
            .unwrap_err()
            .contains("nests deeper")
    );
    let long = "a ".repeat(20_000);
    assert!(
        lucene(json!({"query": long}))
            .unwrap_err()
            .contains("max allowed length")
    );
    let many = "a OR ".repeat(5_000) + "a";
    assert!(
        lucene(json!({"query": many, "fields": ["title"]}))
            .unwrap_err()
            .contains("maxClauseCount")
    );
}
