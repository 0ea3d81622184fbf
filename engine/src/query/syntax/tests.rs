use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::query::ast::Query;

/// `title` and `body` have words, `tag` is exact, `age` is a number; `the` is no word.
struct Fake;

impl Fields for Fake {
    fn matching(&self, pattern: &str) -> Vec<String> {
        ["age", "body", "tag", "title"]
            .into_iter()
            .filter(|path| crate::mapping::wildcard_match(pattern, path))
            .map(str::to_owned)
            .collect()
    }

    fn kind(&self, path: &str) -> FieldKind {
        match path {
            "title" | "body" => FieldKind::Words,
            "tag" => FieldKind::Exact,
            "age" => FieldKind::Value,
            _ => FieldKind::Unknown,
        }
    }

    fn is_wordless(&self, _path: &str, _analyzer: Option<&str>, text: &str) -> bool {
        text.split(|letter: char| !letter.is_alphanumeric())
            .all(|word| word.is_empty() || word == "the")
    }

    fn normalized(&self, path: &str, text: &str) -> String {
        match path {
            "title" | "body" => text.to_lowercase(),
            _ => text.to_owned(),
        }
    }

    fn wildcards_are_whole(&self, _path: &str) -> bool {
        false
    }

    fn fits(&self, query: &Query) -> bool {
        match query {
            Query::Match(clause) if clause.field == "age" => {
                crate::query::plan::scalar_text(&clause.query)
                    .parse::<i64>()
                    .is_ok()
            }
            Query::Prefix(clause) => clause.field != "age",
            _ => true,
        }
    }
}

fn lucene(body: Value) -> Result<Value, String> {
    let Query::QueryString(clause) =
        Query::from_json(&json!({ "query_string": body })).map_err(|error| error.to_string())?
    else {
        return Err("another clause".to_owned());
    };
    query_string(&clause, &Fake)
        .map(|query| query.to_json())
        .map_err(|error| error.to_string())
}

/// A text on the field `title`.
fn title(text: &str) -> Value {
    lucene(json!({"query": text, "default_field": "title"})).unwrap()
}

fn simple(body: Value) -> Value {
    let Query::SimpleQueryString(clause) =
        Query::from_json(&json!({ "simple_query_string": body })).unwrap()
    else {
        panic!("another clause");
    };
    simple_query_string(&clause, &Fake).unwrap().to_json()
}

fn word(text: &str) -> Value {
    json!({"match": {"title": {"query": text}}})
}

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
        // Only the whole query is about everything but something.
        (
            "a AND (NOT b)",
            json!({"bool": {"must": [a, {"match_none": {}}]}}),
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
            "word~0.6",
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
            "t*:x",
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
        json!({"multi_match": {"query": "a b", "fields": ["title", "body"], "type": "cross_fields", "operator": "and", "tie_breaker": 0.0, "lenient": true}})
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
        "a~1.5",
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

#[test]
fn the_forgiving_syntax_binds_from_left_to_right() {
    let on = |text: &str| simple(json!({"query": text, "fields": ["title"]}));
    let (a, b, c) = (word("a"), word("b"), word("c"));
    let not = |query: &Value| json!({"bool": {"must_not": [query]}});
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
    assert_eq!(simple(json!({"query": "*"})), json!({"match_all": {}}));
}

/// Texts with much of what means something.
fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "the",
            " ",
            "AND",
            "OR",
            "NOT",
            "+",
            "-",
            "!",
            "(",
            ")",
            ":",
            "^",
            "2",
            "~",
            "\"",
            "[",
            "]",
            "{",
            "}",
            " TO ",
            "*",
            "?",
            "\\",
            "/",
            "|",
            "&&",
            "age:",
            "_exists_:",
            "<",
            ">",
            "=",
            "猫",
            "\u{3000}",
            "\\u0041",
            ".5",
        ]),
        0..40,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_text_is_answered(text in texts(), raw in ".{0,30}", flags in 0_u16..1024, all: bool) {
        for text in [text, raw] {
            let mut clause = QueryString::new(text.clone());
            if all {
                clause.default_field = Some("title".to_owned());
            }
            if let Ok(query) = query_string(&clause, &Fake) {
                prop_assert_eq!(Query::from_json(&query.to_json()).ok(), Some(query));
            }
            clause.escape = true;
            let _ = query_string(&clause, &Fake);
            let mut forgiving = SimpleQueryString::new(text);
            forgiving.flags = crate::query::ast::SimpleFlags(flags);
            prop_assert!(simple_query_string(&forgiving, &Fake).is_ok());
        }
    }
}

#[test]
fn many_changes_of_operators_do_not_nest_without_bound() {
    let text = "a + b | ".repeat(600) + "c";
    let mut clause = SimpleQueryString::new(text);
    clause.fields = vec![crate::query::ast::FieldBoost::new("title", 1.0)];
    let query = simple_query_string(&clause, &Fake).unwrap();
    fn depth(query: &Query) -> usize {
        1 + query.children().into_iter().map(depth).max().unwrap_or(0)
    }
    assert!(depth(&query) <= MAX_DEPTH + 2);
}
