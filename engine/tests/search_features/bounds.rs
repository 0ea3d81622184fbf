//! What a request may cost: one time and one sum of bytes for all that it does.

use std::sync::Arc;
use std::time::Duration;

use engine::budget::Budget;
use engine::request::{Bounds, SearchRequest};
use engine::{EngineError, Node};
use serde_json::{Value, json};

use super::{MINUTE, node, request};

fn within(body: Value, bounds: &Bounds) -> SearchRequest {
    SearchRequest {
        bounds: Some(bounds.clone()),
        ..request(body)
    }
}

fn error(node: &Node, body: &Value, bounds: &Bounds) -> EngineError {
    let found = node.search("pets-*", &within(body.clone(), bounds));
    found.unwrap_err()
}

/// Each asks for something else of the hits.
fn bodies() -> [Value; 7] {
    [
        json!({}),
        json!({"sort": ["n"], "fields": ["*"]}),
        json!({"query": {"match": {"title": "cat"}}, "highlight": {"fields": {"title": {}}}}),
        json!({"collapse": {"field": "kind", "inner_hits": {"size": 10}}}),
        json!({"size": 0, "aggs": {"k": {"terms": {"field": "kind"}, "aggs": {"h": {"top_hits": {}}}}}}),
        json!({"explain": true, "query": {"match": {"title": {"query": "cat", "_name": "c"}}}}),
        json!({"_source": ["title"], "docvalue_fields": ["n"]}),
    ]
}

#[test]
fn an_answer_has_one_sum_of_bytes_whatever_it_holds() {
    let node = node();
    for body in bodies() {
        let enough = Bounds::new(MINUTE, 1 << 20);
        node.search("pets-*", &within(body.clone(), &enough))
            .unwrap();
        let little = Bounds::new(MINUTE, 1_000);
        let error = error(&node, &body, &little);
        assert!(
            matches!(error, EngineError::AnswerTooLarge { limit: 1_000 }),
            "{body}: {error}"
        );
    }
    // Searches of one request count together.
    let all = Bounds::new(MINUTE, 20_000);
    let many = (0..100).map(|_| node.search("pets-*", &within(json!({}), &all)));
    let good = many.take_while(Result::is_ok).count();
    assert!((1..20).contains(&good), "{good}");
}

#[test]
fn a_request_has_one_deadline_whatever_it_does() {
    let node = node();
    for body in bodies() {
        let over = Bounds::new(Duration::ZERO, 1 << 20);
        let error = error(&node, &body, &over);
        assert!(matches!(error, EngineError::Timeout(0)), "{body}: {error}");
    }
}

#[test]
fn answers_share_a_budget_until_they_are_dropped() {
    let node = node();
    let budget = Budget::new("answers", 300_000);
    let sharing = || Bounds::sharing(MINUTE, 1 << 20, &budget);
    let held: Vec<Bounds> = (0..4)
        .map(|_| {
            let bounds = sharing();
            node.search("pets-*", &within(json!({}), &bounds)).unwrap();
            bounds
        })
        .collect();
    let full = error(&node, &json!({}), &sharing());
    assert!(matches!(full, EngineError::Exhausted(_)), "{full}");
    drop(held);
    assert_eq!(budget.used(), 0);
    node.search("pets-*", &within(json!({}), &sharing()))
        .unwrap();
    assert_eq!(Arc::strong_count(&budget), 1);
}

#[test]
fn each_page_of_a_scroll_is_within_the_bounds_of_who_asks_for_it() {
    let node = node();
    let budget = Budget::new("answers", 1 << 20);
    let first = Bounds::sharing(MINUTE, 1 << 20, &budget);
    let body = within(json!({"size": 5}), &first);
    let (id, page) = node.open_scroll("pets-*", &body, MINUTE).unwrap();
    drop((first, body));
    // What is kept for the next page counts for nobody's answer.
    assert_eq!((page.hits.len(), budget.used()), (5, 0));
    let little = Bounds::new(MINUTE, 100);
    let error = node.scroll(&id, None, Some(&little)).unwrap_err();
    assert!(matches!(error, EngineError::AnswerTooLarge { .. }));
    // The page that was too large comes again.
    let second = node.scroll(&id, None, None).unwrap();
    let third = node.scroll(&id, None, None).unwrap();
    assert_eq!((second.hits.len(), third.hits.len()), (5, 2));
}
