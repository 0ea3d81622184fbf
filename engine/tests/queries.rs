//! Clauses on titles as they are: several languages, patterns, closeness, marks.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::sync::Arc;

use analyzers::pattern::{Budget, PyPattern};
use engine::index::{Index, IndexOptions};
use engine::query::ast::Query;
use engine::request::{Highlight, HighlightOptions, Order, SearchRequest, Sort, WriteOp};
use engine::store::{MemStore, Store};
use serde_json::{Value, json};

const TITLES: [&str; 14] = [
    "A cat jumps over the sofa",
    "Two cats sleep",
    "concatenate strings",
    "a dog catches a ball",
    "可爱的猫咪跳舞",
    "我爱机器学习",
    "Cute cat 可爱猫咪 dancing",
    "dancing robot",
    "dance of the planets",
    "version 123 released",
    "version 124 released",
    "Café au lait",
    "",
    "line one\nline two",
];

fn library() -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let settings = json!({"index": {"pictor": {"substring": ["title"]}}});
    let mappings = json!({"properties": {
        "id": {"type": "long"},
        "title": {"type": "text", "analyzer": "chinese", "fields": {
            "keyword": {"type": "keyword"},
            "related": {"type": "text", "analyzer": "related", "search_analyzer": "related_search"}
        }}
    }});
    Index::create(&folder, "queries", 0, &settings, &mappings).unwrap();
    let index = Index::open("queries", folder, IndexOptions::default()).unwrap();
    for (n, title) in TITLES.iter().enumerate() {
        let op = WriteOp::index(Some(n.to_string()), json!({"id": n, "title": title}));
        index.write(vec![op]).remove(0).unwrap();
        if n % 4 == 3 {
            // Several segments.
            index.refresh().unwrap();
        }
    }
    index.refresh().unwrap();
    index
}

fn request(query: &Value) -> SearchRequest {
    SearchRequest {
        query: Some(Query::from_json(query).unwrap()),
        size: 50,
        ..SearchRequest::default()
    }
}

fn titles(index: &Index, request: &SearchRequest) -> Vec<String> {
    let response = index.search(request).unwrap();
    let title = |source: Value| source["title"].as_str().unwrap().to_owned();
    response
        .hits
        .into_iter()
        .map(|hit| title(hit.source_value().unwrap().unwrap()))
        .collect()
}

fn by_id(index: &Index, query: &Value) -> Vec<String> {
    let request = SearchRequest {
        sort: vec![Sort::field("id", Order::Asc)],
        ..request(query)
    };
    titles(index, &request)
}

#[test]
fn chinese_and_english_meet_in_one_title() {
    let index = library();
    let matching = |text: &str| {
        by_id(
            &index,
            &json!({"match": {"title": {"query": text, "operator": "and"}}}),
        )
    };
    assert_eq!(matching("猫咪"), [TITLES[4], TITLES[6]]);
    assert_eq!(matching("猫"), [TITLES[4], TITLES[6]]);
    assert_eq!(matching("DANCING 猫咪"), [TITLES[6]]);
    let phrase = |text: &str| by_id(&index, &json!({"match_phrase": {"title": text}}));
    assert_eq!(phrase("机器学习"), [TITLES[5]]);
    assert_eq!(phrase("器学"), [TITLES[5]]);
    assert!(phrase("学机").is_empty());
    assert_eq!(phrase("cat 可爱"), [TITLES[6]]);
}

#[test]
fn synonyms_and_stems_relate() {
    let index = library();
    let related = |text: &str| {
        by_id(
            &index,
            &json!({"match": {"title.related": {"query": text}}}),
        )
    };
    assert!(related("kitten").contains(&TITLES[0].to_owned()));
    assert!(related("cat").contains(&TITLES[4].to_owned()));
    assert!(related("danced").contains(&TITLES[7].to_owned()));
    assert!(related("xylophone").is_empty());
}

#[test]
fn a_bonus_for_whole_words_orders_them_before_inner_parts() {
    let index = library();
    let whole = json!({"match": {"title": {"query": "cat", "analyzer": "keyword"}}});
    let inner = json!({"wildcard": {"title": {"value": "*cat*", "case_insensitive": true}}});
    let tiers = json!({"function_score": {
        "query": {"dis_max": {"queries": [whole, {"constant_score": {"filter": inner, "boost": 0.000001}}]}},
        "functions": [{"filter": whole, "weight": 1000}],
        "score_mode": "sum", "boost_mode": "sum"
    }});
    let found = titles(&index, &request(&tiers));
    assert_eq!(found.len(), 5);
    assert!(
        found[..2].contains(&TITLES[0].to_owned()) && found[..2].contains(&TITLES[6].to_owned())
    );
}

#[test]
fn no_digit_is_a_typo_when_digits_are_exact() {
    let index = library();
    let fuzzy = |digits: &Value| {
        let mut clause = json!({"query": "version 125", "operator": "and", "fuzziness": "AUTO"});
        if !digits.is_null() {
            clause["digits"] = digits.clone();
        }
        by_id(&index, &json!({"match": {"title": clause}}))
    };
    assert_eq!(fuzzy(&Value::Null), [TITLES[9], TITLES[10]]);
    assert!(fuzzy(&json!("exact")).is_empty());
    let swapped = json!({"fuzzy": {"title": {"value": "robto"}}});
    assert_eq!(by_id(&index, &swapped), [TITLES[7]]);
}

#[test]
fn pythons_patterns_find_what_a_scan_finds() {
    let index = library();
    for pattern in [
        "cat",
        "(?i)CAT",
        "^a",
        r"\d+",
        r"(?<=version )\d{3}",
        "猫.跳",
        r"(.)\1",
        "",
        "$",
        r"o\Z",
        "(?m)^line",
        "x|dog",
        "[^a-z]$",
        r"\bdanc\w+\b",
        "(?s)one.line",
        "é",
        "zzz",
    ] {
        let compiled = PyPattern::compile(pattern).unwrap();
        let expected: Vec<&str> = TITLES
            .into_iter()
            .filter(|title| compiled.search(title, &Budget::default()).unwrap())
            .collect();
        let query = json!({"python_regexp": {"title": {"value": pattern}}});
        assert_eq!(by_id(&index, &query), expected, "{pattern}");
    }
    let wrong = request(&json!({"python_regexp": {"title": {"value": "(a"}}}));
    let error = index.search(&wrong).unwrap_err().to_string();
    assert!(error.contains("position 0"), "{error}");
}

#[test]
fn wildcards_match_the_whole_text_of_substring_fields() {
    let index = library();
    let wildcard = |value: &str| {
        by_id(
            &index,
            &json!({"wildcard": {"title": {"value": value, "case_insensitive": true}}}),
        )
    };
    assert_eq!(wildcard("*CAT*").len(), 5);
    assert_eq!(wildcard("d*"), [TITLES[7], TITLES[8]]);
    assert_eq!(wildcard("*学?"), [TITLES[5]]);
    assert_eq!(wildcard("*").len(), TITLES.len());
}

#[test]
fn marks_show_what_was_found() {
    let index = library();
    let mut request = request(&json!({"match": {"title": "猫咪 dancing"}}));
    request.highlight = Some(Highlight {
        fields: vec![("title".to_owned(), HighlightOptions::default())],
        ..Highlight::default()
    });
    let response = index.search(&request).unwrap();
    let marked: Vec<String> = response
        .hits
        .into_iter()
        .map(|hit| {
            hit.highlight.unwrap()["title"][0]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(marked[0], "Cute cat 可爱<em>猫咪</em> <em>dancing</em>");
}
