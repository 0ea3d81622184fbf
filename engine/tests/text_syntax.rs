//! The text syntaxes and likeness on a real index.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::sync::Arc;

use engine::index::{Index, IndexOptions};
use engine::query::ast::Query;
use engine::request::{Highlight, SearchRequest, WriteOp};
use engine::store::{MemStore, Store};
use proptest::prelude::*;
use serde_json::{Value, json};

const TITLES: [&str; 8] = [
    "red cat on a sofa",
    "black cat jumps",
    "red dog",
    "black dog and red cat",
    "cathedral in the rain",
    "two DOGS",
    "a jumping cat, a jumping dog",
    "C++ in action",
];

fn library() -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let mappings = json!({"properties": {
        "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "tag": {"type": "keyword"}, "age": {"type": "long"}, "day": {"type": "date"}
    }});
    Index::create(&folder, "syntax", 0, &json!({}), &mappings).unwrap();
    let index = Index::open("syntax", folder, IndexOptions::default()).unwrap();
    for (n, title) in TITLES.iter().enumerate() {
        let mut source = json!({"title": title, "age": n, "day": format!("2024-01-0{}", n + 1)});
        if n % 2 == 0 {
            source["tag"] = json!(["Even", format!("t{n}")]);
        }
        let op = WriteOp::index(Some(n.to_string()), source);
        index.write(vec![op]).remove(0).unwrap();
        if n % 3 == 2 {
            index.refresh().unwrap();
        }
    }
    index.refresh().unwrap();
    index
}

fn found(index: &Index, query: Value) -> Vec<usize> {
    let request = SearchRequest {
        query: Some(Query::from_json(&query).unwrap()),
        size: 50,
        ..SearchRequest::default()
    };
    let hits = index.search(&request).unwrap().hits;
    let mut ids: Vec<usize> = hits.iter().map(|hit| hit.id.parse().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn lucenes_syntax_finds() {
    let index = library();
    let find = |text: &str| {
        found(
            &index,
            json!({"query_string": {"query": text, "default_field": "title"}}),
        )
    };
    for (text, expected) in [
        ("cat", vec![0, 1, 3, 6]),
        ("cat AND red", vec![0, 3]),
        ("cat -red", vec![1, 6]),
        ("+cat black", vec![0, 1, 3, 6]),
        ("(red OR black) AND dog", vec![2, 3]),
        ("\"red cat\"", vec![0, 3]),
        ("\"cat red\"", vec![]),
        ("\"black red\"~3", vec![3]),
        ("cat*", vec![0, 1, 3, 4, 6]),
        ("C?t", vec![0, 1, 3, 6]),
        ("*og", vec![2, 3, 6]),
        ("/dogs?/", vec![2, 3, 5, 6]),
        ("cut~1", vec![0, 1, 3, 6]),
        ("age:[2 TO 4}", vec![2, 3]),
        ("age:>=6", vec![6, 7]),
        ("age:(>1 AND <4)", vec![2, 3]),
        ("day:{2024-01-02 TO 2024-01-04]", vec![2, 3]),
        ("day:[2024-01-07 TO *]", vec![6, 7]),
        ("_exists_:tag", vec![0, 2, 4, 6]),
        ("NOT _exists_:tag", vec![1, 3, 5, 7]),
        ("tag:Even AND dog", vec![2, 6]),
        ("title.raw:\"red dog\"", vec![2]),
        ("title.raw:red\\ d*", vec![2]),
        ("title:(red AND dog)", vec![2, 3]),
        ("*:*", (0..8).collect()),
        ("_id:3 OR _id:5", vec![3, 5]),
        ("nowhere:x", vec![]),
    ] {
        assert_eq!(find(text), expected, "{text}");
    }
    let everywhere = |text: &str| found(&index, json!({"query_string": {"query": text}}));
    assert_eq!(everywhere("7"), [7]);
    assert_eq!(everywhere("t4"), [4]);
    assert_eq!(everywhere("Even AND sofa"), [0]);
    assert_eq!(everywhere("2024-01-05"), [4]);
    let several = |body: Value| found(&index, json!({ "query_string": body }));
    assert_eq!(
        several(
            json!({"query": "red OR cat OR black", "fields": ["title"], "minimum_should_match": 2})
        ),
        [0, 1, 3]
    );
    let wrong =
        Query::from_json(&json!({"query_string": {"query": "age:x", "default_field": "title"}}))
            .unwrap();
    let request = SearchRequest {
        query: Some(wrong),
        ..SearchRequest::default()
    };
    assert_eq!(
        index.search(&request).unwrap_err().kind(),
        "query_shard_exception"
    );
    let broken = Query::from_json(&json!({"query_string": {"query": "(a"}})).unwrap();
    let request = SearchRequest {
        query: Some(broken),
        ..SearchRequest::default()
    };
    let error = index.search(&request).unwrap_err();
    assert!(error.to_string().starts_with("Failed to parse query [(a]"));
    assert_eq!(error.kind(), "query_shard_exception");
}

#[test]
fn the_forgiving_syntax_finds() {
    let index = library();
    let find = |text: &str| {
        found(
            &index,
            json!({"simple_query_string": {"query": text, "fields": ["title"]}}),
        )
    };
    for (text, expected) in [
        ("red + cat", vec![0, 3]),
        ("sofa | rain", vec![0, 4]),
        ("cat + -red", vec![1, 6]),
        ("\"red cat\"", vec![0, 3]),
        ("cath* | so*", vec![0, 4]),
        ("(black | two) + dog*", vec![3, 5]),
        ("cut~1", vec![0, 1, 3, 6]),
        ("((( \"", vec![]),
    ] {
        assert_eq!(find(text), expected, "{text}");
    }
    assert_eq!(
        found(&index, json!({"simple_query_string": {"query": "sofa"}})),
        [0]
    );
}

#[test]
fn likeness_looks_for_telling_terms() {
    let index = library();
    let like = |body: Value| found(&index, json!({ "more_like_this": body }));
    let loose = json!({"min_term_freq": 1, "min_doc_freq": 1, "fields": ["title"]});
    let with = |more: Value| {
        let mut body = loose.clone();
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    assert_eq!(
        like(with(
            json!({"like": "the sofa and the rain", "minimum_should_match": 1, "stop_words": ["the", "and"]})
        )),
        [0, 4]
    );
    assert_eq!(
        like(with(
            json!({"like": {"_id": "2"}, "minimum_should_match": 2})
        )),
        [3]
    );
    assert_eq!(
        like(with(
            json!({"like": {"_id": "2"}, "minimum_should_match": 2, "include": true})
        )),
        [2, 3]
    );
    assert_eq!(
        like(with(
            json!({"like": "red dog", "unlike": "red", "minimum_should_match": 1})
        )),
        [2, 3, 6]
    );
    assert_eq!(
        like(with(
            json!({"like": "red sofa", "max_doc_freq": 1, "minimum_should_match": 1})
        )),
        [0]
    );
    assert_eq!(
        like(with(json!({"like": {"doc": {"title": "cathedral"}}}))),
        [4]
    );
    assert_eq!(
        like(
            json!({"like": "red red dog dog", "fields": ["title"], "min_doc_freq": 3, "minimum_should_match": 2})
        ),
        [2, 3]
    );
    assert_eq!(
        like(with(json!({"like": {"_id": "none"}}))),
        Vec::<usize>::new()
    );
    // The rarest first: of these only `sofa` is looked for.
    assert_eq!(
        like(with(json!({"like": "red sofa", "max_query_terms": 1}))),
        [0]
    );
}

#[test]
fn what_is_found_is_marked() {
    let index = library();
    let request = SearchRequest {
        query: Some(
            Query::from_json(&json!({"query_string": {"query": "title:(sofa OR cathed*)"}}))
                .unwrap(),
        ),
        highlight: Some(Highlight {
            fields: vec![("title".to_owned(), Default::default())],
            ..Highlight::default()
        }),
        ..SearchRequest::default()
    };
    let hits = index.search(&request).unwrap().hits;
    let mut marked: Vec<String> = hits
        .iter()
        .map(|hit| {
            hit.highlight.as_ref().unwrap()["title"][0]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    marked.sort();
    assert_eq!(
        marked,
        [
            "<em>cathedral</em> in the rain",
            "red cat on a <em>sofa</em>"
        ]
    );
}

#[test]
fn no_text_breaks_a_search() {
    let index = library();
    let part = prop::sample::select(vec![
        "cat",
        "red",
        " ",
        " AND ",
        " OR ",
        "NOT ",
        "+",
        "-",
        "(",
        ")",
        "title:",
        "age:",
        "tag:",
        "day:",
        "_exists_:",
        "^2",
        "~",
        "~1",
        "\"",
        "[",
        "]",
        "{1 TO 3}",
        "[2024 TO *]",
        "*",
        "?",
        "\\",
        "/d.g/",
        "|",
        ">",
        "<=",
        "猫",
        "7",
    ]);
    let texts = prop::collection::vec(part, 0..14).prop_map(|parts| parts.concat());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 150,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&texts, |text| {
        for lenient in [false, true] {
            let clauses = [
                json!({"query_string": {"query": text, "lenient": lenient}}),
                json!({"query_string": {"query": text, "fields": ["title", "age"], "lenient": lenient}}),
                json!({"simple_query_string": {"query": text, "fields": ["title", "age"], "lenient": true}}),
                json!({"simple_query_string": {"query": text}}),
            ];
            for (number, clause) in clauses.iter().enumerate() {
                let request = SearchRequest {
                    query: Some(Query::from_json(clause).unwrap()),
                    ..SearchRequest::default()
                };
                let answer = index.search(&request);
                // The forgiving syntax answers everything.
                prop_assert!(number < 2 || answer.is_ok(), "{clause}: {answer:?}");
                if let Err(error) = answer {
                    prop_assert_eq!(error.class(), engine::ErrorClass::User, "{}", clause);
                }
            }
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn the_deepest_texts_fit_a_workers_stack() {
    let index = library();
    let groups = (0..49).fold("cat".to_owned(), |inner, n| {
        let operator = if n % 2 == 0 { "AND" } else { "OR" };
        format!("(cat {operator} {inner})^2")
    });
    let changes = "cat + black | ".repeat(300) + "cat";
    for (text, deep) in [
        ("query_string", groups.as_str()),
        ("simple_query_string", changes.as_str()),
    ] {
        let leaf = json!({text: {"query": deep, "fields": ["title"]}});
        let nested = (0..98).fold(leaf, |inner, _| json!({"bool": {"must": [inner]}}));
        assert_eq!(found(&index, nested)[..2], [0, 1], "{text}");
    }
}
