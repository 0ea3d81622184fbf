//! What each mode compiles to, as the query language prints it.

use serde_json::{Value, json};

use super::*;

fn search(body: Value) -> SearchRequest {
    compile(&GifSearch::from_json(&body).unwrap(), None).unwrap()
}

fn query(body: Value) -> Value {
    search(body).query.unwrap().to_json()
}

#[test]
fn no_text_is_everything_by_id() {
    assert_eq!(query(json!({})), json!({"match_all": {}}));
    let request = search(json!({"category": "a", "tags": ["x", "y"]}));
    assert_eq!(
        request.query.unwrap().to_json(),
        json!({"bool": {"filter": [
            {"term": {"category": {"value": "a"}}},
            {"term": {"tags": {"value": "x"}}},
            {"term": {"tags": {"value": "y"}}}
        ]}})
    );
    assert!(matches!(&request.sort[0], Sort::Field(field) if field.field == "id"));
    assert!(request.highlight.is_none());
}

#[test]
fn perfect_and_regex_are_constant_and_by_id() {
    assert_eq!(
        query(json!({"keyword": "A cat"})),
        json!({"constant_score": {"filter": {"term": {"title.keyword": {"value": "A cat"}}}}})
    );
    let request = search(json!({"keyword": "^a", "type": "regex", "target": "uploader"}));
    assert_eq!(
        request.query.unwrap().to_json(),
        json!({"constant_score": {"filter": {"python_regexp": {"uploader": {"value": "^a"}}}}})
    );
    assert!(matches!(request.sort[0], Sort::Field(_)));
}

#[test]
fn partial_ranks_by_class_then_score() {
    let request = search(json!({"keyword": "Cat", "type": "partial"}));
    assert!(matches!(request.sort[0], Sort::Score(Order::Desc)));
    assert_eq!(request.highlight.unwrap().fields[0].0, "title");
    let compiled = request.query.unwrap().to_json();
    let inner = &compiled["function_score"];
    let ways = inner["query"]["bool"]["must"][0]["dis_max"]["queries"]
        .as_array()
        .unwrap();
    assert_eq!(ways.len(), 3);
    assert_eq!(
        ways[0],
        json!({"match": {"title": {"query": "cat", "analyzer": "keyword"}}})
    );
    assert_eq!(
        ways[1]["constant_score"]["filter"],
        json!({"prefix": {"title": {"value": "cat"}}})
    );
    assert_eq!(
        ways[2]["constant_score"]["filter"],
        json!({"wildcard": {"title": {"value": "*cat*", "case_insensitive": true}}})
    );
    let functions = inner["functions"].as_array().unwrap();
    assert_eq!(functions.len(), 2);
    assert_eq!(functions[0]["weight"], 1000.0);
    assert_eq!(
        functions[1]["filter"],
        json!({"bool": {"filter": [{"prefix": {"title": {"value": "cat"}}}]}})
    );
    assert_eq!(
        (&inner["score_mode"], &inner["boost_mode"]),
        (&json!("sum"), &json!("sum"))
    );
}

#[test]
fn keywords_without_words_are_looked_for_as_they_are() {
    for mode in ["partial", "fuzzy"] {
        assert_eq!(
            query(json!({"keyword": " *!? ", "type": mode})),
            json!({"constant_score": {"filter": {"wildcard": {"title": {
                "value": "*\\*!\\?*", "case_insensitive": true}}}}})
        );
        assert_eq!(
            query(json!({"keyword": "  ", "type": mode})),
            json!({"match_none": {}})
        );
    }
}

#[test]
fn fuzzy_gives_a_bonus_for_each_step_nearer() {
    let compiled = query(json!({"keyword": "ab cats dancing", "type": "fuzzy"}));
    let inner = &compiled["function_score"];
    let must = inner["query"]["bool"]["must"].as_array().unwrap();
    assert_eq!(must.len(), 3);
    assert_eq!(must[1]["match"]["title"]["fuzziness"], "AUTO");
    assert_eq!(must[1]["match"]["title"]["digits"], "exact");
    // None for two letters, one for four, two for seven.
    assert_eq!(inner["functions"].as_array().unwrap().len(), 3);
    let short = query(json!({"keyword": "ab", "type": "fuzzy"}));
    assert!(short.get("bool").is_some());
}

#[test]
fn related_wants_a_share_of_the_words() {
    assert_eq!(
        query(json!({"keyword": "happy cats", "type": "related"})),
        json!({"match": {"title.related": {
            "query": "happy cats", "minimum_should_match": "2<70%"}}})
    );
}

#[test]
fn filters_combine_with_text() {
    let compiled = query(json!({"keyword": "cat", "filter": [
        {"range": {"width": {"gte": 10, "lt": 20}}}, {"range": {"duration": {"gt": 0.5}}}]}));
    assert_eq!(compiled["bool"]["must"].as_array().unwrap().len(), 1);
    assert_eq!(
        compiled["bool"]["filter"],
        json!([{"range": {"width": {"gte": 10, "lt": 20}}}, {"range": {"duration": {"gt": 0.5}}}])
    );
}
