//! What clauses find and score, beside values that a real peer gave.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::f32::consts::LN_2;
use std::sync::Arc;

use engine::index::{Index, IndexOptions};
use engine::query::ast::Query;
use engine::request::{Highlight, SearchRequest, WriteOp};
use engine::store::{MemStore, Store};
use serde_json::{Value, json};

/// An index of documents that are numbered in the order given.
fn index_of(documents: &[Value]) -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let settings = json!({"analysis": {
        "analyzer": {"e": {"type": "english"}, "std": {"type": "standard"}},
        "normalizer": {"n": {"type": "custom", "filter": ["lowercase"]}}
    }});
    let mappings = json!({"properties": {
        "t": {"type": "text"},
        "near": {"type": "text", "position_increment_gap": 0},
        "e": {"type": "text", "analyzer": "english", "fields": {"std": {"type": "text"}}},
        "k": {"type": "keyword"},
        "kn": {"type": "keyword", "normalizer": "n"},
        "i": {"type": "integer"}, "im": {"type": "integer"}, "d": {"type": "double"},
        "secret": {"type": "text", "index": false},
        "other": {"type": "alias", "path": "t"},
        "o": {"type": "object", "properties": {"n": {"type": "integer"}}}
    }});
    Index::create(&folder, "answers", 0, &settings, &mappings).unwrap();
    let index = Index::open("answers", folder, IndexOptions::default()).unwrap();
    for (n, source) in documents.iter().enumerate() {
        let op = WriteOp::index(Some((n + 1).to_string()), source.clone());
        index.write(vec![op]).remove(0).unwrap();
        if n % 2 == 1 {
            index.refresh().unwrap();
        }
    }
    index.refresh().unwrap();
    index
}

fn texts(texts: &[&str]) -> Index {
    let documents: Vec<Value> = texts.iter().map(|text| json!({"t": text})).collect();
    index_of(&documents)
}

fn search(index: &Index, query: &Value) -> Result<Vec<(usize, f32)>, String> {
    let query = Query::from_json(query).map_err(|error| error.to_string())?;
    let request = SearchRequest {
        query: Some(query),
        size: 1_000,
        ..SearchRequest::default()
    };
    let response = index.search(&request).map_err(|error| error.to_string())?;
    let hits = response.hits.into_iter();
    Ok(hits
        .map(|hit| (hit.id.parse().unwrap(), hit.score.unwrap_or_default()))
        .collect())
}

fn found(index: &Index, query: &Value) -> Vec<usize> {
    let mut ids: Vec<usize> = search(index, query)
        .unwrap()
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    ids.sort_unstable();
    // A clause finds the same where nobody asks for its score.
    let filter = json!({"bool": {"filter": [query]}});
    let mut filtered: Vec<usize> = search(index, &filter)
        .unwrap()
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    filtered.sort_unstable();
    assert_eq!(ids, filtered, "{query}");
    ids
}

fn score(index: &Index, query: &Value) -> f32 {
    search(index, query).unwrap().first().unwrap().1
}

fn near(found: f32, expected: f32) {
    assert!((found - expected).abs() < 1e-4, "{found}, not {expected}");
}

#[test]
fn phrases_find_what_lucene_finds_whether_they_score_or_not() {
    let index = texts(&["c b a", "a c b", "b a c", "a b c", "a x b c"]);
    let phrase = |slop: u32| {
        found(
            &index,
            &json!({"match_phrase": {"t": {"query": "a b c", "slop": slop}}}),
        )
    };
    assert_eq!(phrase(0), [4]);
    assert_eq!(phrase(1), [4, 5]);
    assert_eq!(phrase(2), [2, 3, 4, 5]);
    assert_eq!(phrase(3), [2, 3, 4, 5]);
    assert_eq!(phrase(4), [1, 2, 3, 4, 5]);
    for query in [
        json!({"query_string": {"query": "\"a b c\"~2", "default_field": "t"}}),
        json!({"simple_query_string": {"query": "\"a b c\"~2", "fields": ["t"]}}),
        json!({"multi_match": {"query": "a b c", "type": "phrase", "slop": 2, "fields": ["t"]}}),
        json!({"match_phrase_prefix": {"t": {"query": "a b c", "slop": 2}}}),
    ] {
        assert_eq!(found(&index, &query), [2, 3, 4, 5], "{query}");
    }
}

#[test]
fn values_of_a_list_lie_as_far_apart_as_the_mapping_says() {
    let lists = |field: &str| {
        index_of(&[
            json!({ field: ["quick", "fox brown"] }),
            json!({ field: ["quick fox"] }),
            json!({ field: ["the quick", "the", "fox"] }),
        ])
    };
    let phrase = |index: &Index, field: &str, slop: u32| {
        found(
            index,
            &json!({"match_phrase": {field: {"query": "quick fox", "slop": slop}}}),
        )
    };
    let apart = lists("t");
    assert_eq!(phrase(&apart, "t", 0), [2]);
    assert_eq!(phrase(&apart, "t", 99), [2]);
    assert_eq!(phrase(&apart, "t", 100), [1, 2]);
    assert_eq!(phrase(&apart, "t", 201), [1, 2, 3]);
    assert_eq!(phrase(&lists("near"), "near", 0), [1, 2]);
    assert_eq!(phrase(&lists("e"), "e", 99), [2]);
    // Words that the analyzer removes leave gaps, which count without slop.
    let gaps = index_of(&[json!({"e": "fox the dog"}), json!({"e": "fox dog"})]);
    let words = |text: &str| found(&gaps, &json!({"match_phrase": {"e": text}}));
    assert_eq!(words("fox the dog"), [1]);
    assert_eq!(words("fox dog"), [2]);
}

#[test]
fn texts_without_a_word_do_not_count() {
    let index = texts(&["fox", "dog", "", "!!"]);
    near(score(&index, &json!({"match": {"t": "fox"}})), LN_2);
    near(score(&index, &json!({"match_phrase": {"t": "fox"}})), LN_2);
    // The same before and after what was deleted is merged away.
    let long = "word ".repeat(75);
    let index = texts(&[&format!("{long} fox"), &long, "fox dog", "dog", &long]);
    index.write(vec![WriteOp::delete("2")]).remove(0).unwrap();
    index.refresh().unwrap();
    index.force_merge().unwrap();
    let merged = search(&index, &json!({"match": {"t": "fox"}})).unwrap();
    // Four texts of 76, 2, 1 and 75 words; the lengths 76 and 2 are kept as 76 and 2.
    let average = (76.0 + 2.0 + 1.0 + 75.0) / 4.0;
    let rarity = (1.0_f32 + (4.0 - 2.0 + 0.5) / (2.0 + 0.5)).ln();
    let expected = |length: f32| rarity * 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * length / average));
    near(merged[0].1, expected(2.0));
    near(merged[1].1, expected(76.0));
}

#[test]
fn scores_are_the_peers() {
    let index = index_of(&[
        json!({"t": "fox", "im": [30, 2], "e": "fox"}),
        json!({"t": "dog", "im": [7], "e": "dog"}),
    ]);
    let function = |boost: f32| {
        json!({"function_score": {"query": {"term": {"t": "fox"}}, "functions": [{"weight": 10}],
            "boost_mode": "replace", "boost": boost}})
    };
    near(score(&index, &function(1.0)), 10.0);
    near(score(&index, &function(2.0)), 10.0);
    let multiplied = json!({"function_score": {"query": {"term": {"t": "fox"}},
        "functions": [{"weight": 10}], "boost": 2}});
    near(score(&index, &multiplied), 20.0 * LN_2);
    let factor = json!({"function_score": {"query": {"term": {"t": "fox"}},
        "field_value_factor": {"field": "im"}, "boost_mode": "replace"}});
    near(score(&index, &factor), 2.0);
    // A phrase scores by its best field, and a field that is named twice counts once.
    let phrase = json!({"simple_query_string": {"query": "\"fox\"", "fields": ["t", "e"]}});
    near(score(&index, &phrase), LN_2);
    let words = json!({"simple_query_string": {"query": "fox", "fields": ["t", "e"]}});
    near(score(&index, &words), 2.0 * LN_2);
    let twice = json!({"simple_query_string": {"query": "fox", "fields": ["t", "t"]}});
    near(score(&index, &twice), LN_2);
    let shared = json!({"multi_match": {"query": "fox", "fields": ["t", "e"],
        "type": "most_fields", "tie_breaker": 0.5}});
    near(score(&index, &shared), 1.5 * LN_2);
}

#[test]
fn cross_fields_blend_within_groups_of_one_analyzer() {
    let index = index_of(&[
        json!({"t": "bill", "near": "smith", "e": "jones"}),
        json!({"t": "smith", "near": "bill", "e": "bill"}),
        json!({"t": "smith", "near": "jones", "e": "smith"}),
        json!({"t": "smith", "near": "x", "e": "x"}),
    ]);
    let cross = |fields: &[&str]| {
        json!({"multi_match": {"query": "bill smith", "fields": fields, "type": "cross_fields",
            "operator": "and"}})
    };
    assert_eq!(found(&index, &cross(&["t", "near"])), [1, 2]);
    // A word of one group does not stand in for a word of the other.
    assert_eq!(found(&index, &cross(&["t", "e"])), Vec::<usize>::new());
    // Each of "smith" counts as found in three of four, in the rarer field once more.
    let idf = |found: f32| (1.0_f32 + (4.0 - found + 0.5) / (found + 0.5)).ln();
    let smith = json!({"multi_match": {"query": "smith", "fields": ["t", "near"],
        "type": "cross_fields"}});
    let hits = search(&index, &smith).unwrap();
    let of = |id: usize| hits.iter().find(|(found, _)| *found == id).unwrap().1;
    near(of(2), idf(3.0));
    near(of(1), idf(4.0));
}

#[test]
fn normalizers_are_applied_whatever_the_clause() {
    let index = index_of(&[json!({"kn": "Abc"}), json!({"kn": "xyz"})]);
    for query in [
        json!({"term": {"kn": "ABC"}}),
        json!({"terms": {"kn": ["ABC"]}}),
        json!({"match": {"kn": "aBC"}}),
        json!({"match_phrase": {"kn": "aBC"}}),
        json!({"match_bool_prefix": {"kn": "AB"}}),
        json!({"prefix": {"kn": "A"}}),
        json!({"wildcard": {"kn": "A*"}}),
        json!({"wildcard": {"kn": r"\A?C"}}),
        json!({"regexp": {"kn": "A.C"}}),
        json!({"fuzzy": {"kn": "ABD"}}),
        json!({"match": {"kn": {"query": "ABD", "fuzziness": 1}}}),
        json!({"range": {"kn": {"lt": "X"}}}),
        json!({"query_string": {"query": "kn:ABC"}}),
        json!({"query_string": {"query": "kn:A*"}}),
        json!({"query_string": {"query": "kn:A?C"}}),
        json!({"query_string": {"query": "kn:/A.C/"}}),
        json!({"query_string": {"query": "kn:ABD~1"}}),
        json!({"query_string": {"query": "kn:[A TO B]"}}),
        json!({"simple_query_string": {"query": "AB*", "fields": ["kn"]}}),
        json!({"multi_match": {"query": "ABC", "fields": ["kn", "k"], "type": "cross_fields"}}),
    ] {
        let expected: &[usize] = if query == json!({"wildcard": {"kn": r"\A?C"}}) {
            // What is escaped stays as it is.
            &[]
        } else {
            &[1]
        };
        assert_eq!(found(&index, &query), expected, "{query}");
    }
}

#[test]
fn parts_of_words_are_normalised_and_not_analysed() {
    let index = index_of(&[
        json!({"e": "therapy runs", "t": "foo bar"}),
        json!({"e": "fox", "t": "foo-bar foobar"}),
    ]);
    let text = |query: &str| found(&index, &json!({"query_string": {"query": query}}));
    // Neither is a stop word taken for one, nor a stem for a stem.
    assert_eq!(text("e:THE*"), [1]);
    assert_eq!(text("e:runs*"), Vec::<usize>::new());
    assert_eq!(text("e:RU?"), [1]);
    assert_eq!(text("t:foo-ba*"), Vec::<usize>::new());
    assert_eq!(text("t:foob*"), [2]);
    assert_eq!(text("e:fox~0"), [2]);
    assert_eq!(text("e:fax~0"), Vec::<usize>::new());
    assert_eq!(text("e:fax~1"), [2]);
    let simple = json!({"simple_query_string": {"query": "THE*", "fields": ["e"]}});
    assert_eq!(found(&index, &simple), [1]);
}

#[test]
fn brackets_that_exclude_are_about_all_others() {
    let index = texts(&["fox", "ran", "fox ran", "dog"]);
    let text = |query: &str| {
        found(
            &index,
            &json!({"query_string": {"query": query, "default_field": "t"}}),
        )
    };
    assert_eq!(text("(NOT ran)"), [1, 4]);
    assert_eq!(text("fox AND (NOT ran)"), [1]);
    assert_eq!(text("fox -(-ran)"), [3]);
    assert_eq!(text("(-fox -ran)"), [4]);
}

#[test]
fn minimums_resolve_as_lucenes() {
    let index = texts(&["a", "a b", "a b c", "d"]);
    let of = |words: &[&str], rest: Value| {
        let should: Vec<Value> = words
            .iter()
            .map(|word| json!({"term": {"t": word}}))
            .collect();
        let mut clause = json!({"should": should});
        for (key, value) in rest.as_object().unwrap() {
            clause[key] = value.clone();
        }
        found(&index, &json!({ "bool": clause }))
    };
    let abc = ["a", "b", "c"];
    for (minimum, expected) in [
        (json!(0), vec![1, 2, 3]),
        (json!(-1), vec![2, 3]),
        (json!(-3), vec![1, 2, 3]),
        (json!(-9), vec![1, 2, 3]),
        (json!("50%"), vec![1, 2, 3]),
        (json!("67%"), vec![2, 3]),
        (json!("-34%"), vec![2, 3]),
        (json!("2<75%"), vec![2, 3]),
        (json!("3<1"), vec![3]),
        (json!("1 < 1 2<3"), vec![3]),
        (json!("9<1 2<1"), vec![3]),
        (json!(4), vec![]),
    ] {
        let found = of(&abc, json!({"minimum_should_match": minimum}));
        assert_eq!(found, expected, "{minimum}");
    }
    for minimum in [json!(0), json!(-1), json!("50%")] {
        let found = of(&["a"], json!({"minimum_should_match": minimum}));
        assert_eq!(found, [1, 2, 3], "{minimum}");
    }
    let d = json!([{"term": {"t": "d"}}]);
    // Beside what is required, nothing optional has to match.
    let beside = of(&["a"], json!({"minimum_should_match": 0, "filter": d}));
    assert_eq!(beside, [4]);
    let alone = |clause: Value| found(&index, &json!({ "bool": clause }));
    assert_eq!(alone(json!({"minimum_should_match": 1})), [1, 2, 3, 4]);
    assert_eq!(
        alone(json!({"minimum_should_match": 1, "filter": d})),
        Vec::<usize>::new()
    );
    assert_eq!(
        alone(json!({"minimum_should_match": 1, "must_not": d})),
        [1, 2, 3]
    );
    let words = |body: Value| found(&index, &json!({"match": {"t": body}}));
    assert_eq!(
        words(json!({"query": "a b c", "minimum_should_match": "2"})),
        [2, 3]
    );
    assert_eq!(
        words(json!({"query": "a", "minimum_should_match": "5"})),
        [1, 2, 3]
    );
    // Words that are all required are no optional ones.
    assert_eq!(
        words(json!({"query": "a b", "operator": "and", "minimum_should_match": "50%"})),
        [2, 3]
    );
    assert_eq!(
        words(json!({"query": "a b", "operator": "and", "minimum_should_match": "1"})),
        Vec::<usize>::new()
    );
}

#[test]
fn english_is_porters_and_lower_case_is_lucenes() {
    let index = index_of(&[
        json!({"e": "us", "t": "İstanbul"}),
        json!({"e": "generally", "t": "ISTANBUL"}),
        json!({"e": "the fox's cafés", "t": "ISTANBUL̇"}),
    ]);
    let english = |text: &str| found(&index, &json!({"match": {"e": text}}));
    assert_eq!(english("use"), [1]);
    assert_eq!(english("generous"), [2]);
    assert_eq!(english("fox"), [3]);
    assert_eq!(english("café"), [3]);
    assert_eq!(found(&index, &json!({"match": {"t": "istanbul"}})), [1, 2]);
}

#[test]
fn ranges_and_existence() {
    let index = index_of(&[
        json!({"i": 27, "t": "", "o": {}}),
        json!({"i": 28, "t": "x", "o": [{}]}),
        json!({"i": 40, "o": {"n": 5}}),
    ]);
    let range = |body: Value| found(&index, &json!({"range": body}));
    assert_eq!(range(json!({"i": {"lt": 28, "lte": null}})), [1, 2, 3]);
    assert_eq!(range(json!({"i": {"lte": null, "lt": 28}})), [1]);
    assert_eq!(range(json!({"i": {"gte": 28, "gt": 28}})), [3]);
    assert_eq!(range(json!({"t": {}})), [1, 2]);
    let exists = |field: &str| found(&index, &json!({"exists": {"field": field}}));
    assert_eq!(exists("o"), [3]);
    assert_eq!(exists("o.n"), [3]);
    assert_eq!(exists("t"), [1, 2]);
    assert_eq!(found(&index, &json!({"ids": {}})), Vec::<usize>::new());
}

#[test]
fn what_does_not_fit_a_field_is_refused() {
    let index = index_of(&[json!({"i": 1, "k": "a b", "t": "a b", "d": 1.5})]);
    for (query, reason) in [
        (
            json!({"term": {"i": 2_147_483_648_u64}}),
            "Value [2147483648] is out of range for an integer",
        ),
        (
            json!({"terms": {"i": ["-2147483649"]}}),
            "out of range for an integer",
        ),
        (
            json!({"match": {"i": {"query": "1", "fuzziness": 1}}}),
            "Can only use fuzzy queries",
        ),
        (json!({"fuzzy": {"d": "1"}}), "Can only use fuzzy queries"),
        (
            json!({"match_phrase_prefix": {"k": "a"}}),
            "Can only use phrase prefix queries",
        ),
        (
            json!({"match_phrase_prefix": {"i": 1}}),
            "Can only use phrase prefix queries",
        ),
        (
            json!({"match_phrase": {"k": {"query": "a b", "analyzer": "standard"}}}),
            "Can only use phrase queries",
        ),
        (
            json!({"query_string": {"query": "t*:q*"}}),
            "Failed to parse query",
        ),
        (
            json!({"match_phrase_prefix": {"secret": "a"}}),
            "Cannot search on field [secret]",
        ),
        (
            json!({"match_bool_prefix": {"secret": "a"}}),
            "Cannot search on field [secret]",
        ),
        (
            json!({"multi_match": {"query": "a", "fields": ["t", "secret"]}}),
            "Cannot search on field [secret]",
        ),
    ] {
        let error = search(&index, &query).unwrap_err();
        assert!(error.contains(reason), "{query}: {error}");
    }
    for (query, expected) in [
        (json!({"term": {"i": 1.5}}), vec![]),
        (json!({"range": {"i": {"lte": 2_147_483_648_u64}}}), vec![1]),
        (
            json!({"match": {"i": {"query": "1", "fuzziness": 1, "lenient": true}}}),
            vec![],
        ),
        (
            json!({"match": {"k": {"query": "A B", "analyzer": "standard"}}}),
            vec![],
        ),
        (
            json!({"match": {"k": {"query": "a b", "analyzer": "keyword"}}}),
            vec![1],
        ),
        (
            json!({"multi_match": {"query": "b", "fields": ["t", "i", "k"], "lenient": true,
                "type": "phrase_prefix"}}),
            vec![1],
        ),
        (
            json!({"multi_match": {"query": format!("b {}", "x".repeat(300)), "fields": ["t", "k"],
                "fuzziness": "AUTO"}}),
            vec![1],
        ),
    ] {
        assert_eq!(found(&index, &query), expected, "{query}");
    }
}

#[test]
fn what_no_document_could_fit_is_refused_when_an_index_is_made() {
    let create = |settings: &Value, mappings: &Value| {
        let folder: Arc<dyn Store> = Arc::new(MemStore::new());
        Index::create(&folder, "x", 0, settings, mappings).map_err(|error| error.to_string())
    };
    let none = json!({});
    let dated = |format: &str| json!({"properties": {"d": {"type": "date", "format": format}}});
    for format in [
        "basic_ordinal_date",
        "strict_week_date_time",
        "dd/MMM/yyyy||epoch_second",
    ] {
        assert_eq!(create(&none, &dated(format)), Ok(()), "{format}");
    }
    for format in ["basic_ordinal", "yyyy-qq", "date||nothing"] {
        let error = create(&none, &dated(format)).unwrap_err();
        assert!(
            error.contains(&format!("Invalid format: [{format}]")),
            "{error}"
        );
    }
    let quoted = json!({"properties": {"t": {"type": "text", "search_quote_analyzer": "nobody"}}});
    assert!(
        create(&none, &quoted)
            .unwrap_err()
            .contains("analyzer [nobody]")
    );
    let gap = json!({"properties": {"t": {"type": "text", "position_increment_gap": -1}}});
    assert!(
        create(&none, &gap)
            .unwrap_err()
            .contains("position_increment_gap")
    );
    let grams = |most: Value| {
        json!({"max_ngram_diff": most, "analysis": {"tokenizer": {
            "g": {"type": "ngram", "min_gram": 1, "max_gram": 50}}}})
    };
    assert_eq!(create(&grams(json!(49)), &none), Ok(()));
    let error = create(&grams(json!(48)), &none).unwrap_err();
    assert!(error.contains("[48] but was [49]"), "{error}");
}

#[test]
fn patterns_are_lucenes() {
    let index = index_of(&[json!({"k": "", "t": "foo"}), json!({"k": "ab", "t": "@"})]);
    let finds = |query: Value| found(&index, &query);
    assert_eq!(finds(json!({"wildcard": {"k": ""}})), Vec::<usize>::new());
    assert_eq!(finds(json!({"wildcard": {"k": "*"}})), [1, 2]);
    assert_eq!(
        finds(json!({"fuzzy": {"k": {"value": "", "fuzziness": 2}}})),
        [1]
    );
    assert_eq!(finds(json!({"regexp": {"t": "foo&.*"}})), [1]);
    assert_eq!(
        finds(json!({"regexp": {"k": {"value": "@", "flags": "NONE"}}})),
        Vec::<usize>::new()
    );
    assert_eq!(finds(json!({"regexp": {"k": "@"}})), [1, 2]);
    let error = search(&index, &json!({"regexp": {"t": "[f-]oo"}})).unwrap_err();
    assert!(error.contains("invalid range"), "{error}");
}

fn marked(index: &Index, query: &Value, fields: &Value) -> Vec<String> {
    let request = SearchRequest {
        query: Some(Query::from_json(query).unwrap()),
        highlight: Some(Highlight::from_json(&json!({ "fields": fields })).unwrap()),
        size: 10,
        ..SearchRequest::default()
    };
    let hits = index.search(&request).unwrap().hits;
    let mut out: Vec<String> = hits
        .into_iter()
        .filter_map(|hit| hit.highlight)
        .flat_map(|marks| marks.into_iter().map(|(_, value)| value))
        .map(|value| value[0].as_str().unwrap().to_owned())
        .collect();
    out.sort();
    out
}

#[test]
fn what_matched_is_marked() {
    let index = index_of(&[json!({"t": "red cat sat on a cat", "kn": "Abc", "k": "x9"})]);
    for (query, field, expected) in [
        (
            json!({"match_phrase": {"t": "red cat"}}),
            "t",
            "<em>red</em> <em>cat</em> sat on a cat",
        ),
        (
            json!({"match_phrase_prefix": {"t": "red ca"}}),
            "t",
            "<em>red</em> <em>cat</em> sat on a cat",
        ),
        (
            json!({"match_phrase_prefix": {"other": "red ca"}}),
            "t",
            "<em>red</em> <em>cat</em> sat on a cat",
        ),
        (
            json!({"range": {"t": {"gte": "o", "lt": "s"}}}),
            "t",
            "<em>red</em> cat sat <em>on</em> a cat",
        ),
        (
            json!({"query_string": {"query": "t:[sa TO sz] OR t:/re./"}}),
            "t",
            "<em>red</em> cat <em>sat</em> on a cat",
        ),
        (
            json!({"regexp": {"t": "c.t"}}),
            "t",
            "red <em>cat</em> sat on a <em>cat</em>",
        ),
        (
            json!({"terms_set": {"t": {"terms": ["sat", "x"],
                "minimum_should_match_script": {"source": "1"}}}}),
            "t",
            "red cat <em>sat</em> on a cat",
        ),
        (json!({"python_regexp": {"k": r"\d"}}), "k", "<em>x9</em>"),
        (json!({"prefix": {"kn": "AB"}}), "kn", "<em>Abc</em>"),
        (json!({"term": {"kn": "ABC"}}), "kn", "<em>Abc</em>"),
    ] {
        assert_eq!(
            marked(&index, &query, &json!({ field: {} })),
            [expected],
            "{query}"
        );
    }
}
