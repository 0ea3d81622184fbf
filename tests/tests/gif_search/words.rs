//! Suggestions and hot words, and the routes by their other names.

use serde_json::{Value, json};
use tests::Server;

use super::library;

#[test]
fn suggestions_complete_then_correct_and_never_fail() {
    let (server, _) = library();
    let suggest = |body: Value| -> Vec<String> {
        let (status, answer) = server.post_json("/image/search/suggest", &body);
        assert_eq!(status, 200, "{body}: {answer}");
        serde_json::from_value(answer["data"]["suggestions"].clone()).unwrap()
    };
    assert_eq!(
        suggest(json!({"query": "dan"}))[..2],
        ["dancing robot", "dance of the planets"]
    );
    let rob = suggest(json!({"query": "ROB"}));
    assert_eq!(rob.first().map(String::as_str), Some("dancing robot"));
    let corrected = suggest(json!({"query": "dancign robot"}));
    assert!(
        corrected.iter().any(|text| text == "dancing robot"),
        "{corrected:?}"
    );
    assert!(suggest(json!({"query": "dancign robot", "correct": false})).is_empty());
    let names = suggest(json!({"query": "Mary Smth", "target": "uploader"}));
    assert_eq!(names, ["Mary Smith"]);
    for odd in [
        json!(null),
        json!([]),
        json!("x"),
        json!({"query": 5}),
        json!({"target": 7, "correct": "x"}),
    ] {
        assert!(suggest(odd).len() <= 10);
    }
    let response = server
        .post("/image/search/suggest")
        .body("not json")
        .send()
        .unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(
        server
            .post_json("/search/suggest", &json!({"query": "dan"}))
            .0,
        200
    );
}

#[test]
fn hot_words_count_first_pages_that_found_something() {
    let (mut server, _) = library();
    let hot = |server: &Server| -> Vec<String> {
        let (status, answer) = server.get_json("/image/search/hotwords");
        assert_eq!(status, 200);
        let words: Vec<String> = serde_json::from_value(answer["data"].clone()).unwrap();
        assert_eq!(
            server.post_json("/search/hotwords", &json!({})).1["data"],
            answer["data"]
        );
        words
    };
    assert!(hot(&server).is_empty());
    for _ in 0..3 {
        server.titles(&json!({"keyword": " Cat ", "type": "partial"}));
    }
    server.titles(&json!({"keyword": "dog", "type": "partial"}));
    server.titles(&json!({"keyword": "dog", "type": "partial", "page": 2}));
    server.titles(&json!({"keyword": "nothing at all", "type": "partial"}));
    assert_eq!(hot(&server), ["cat", "dog"]);
    assert!(server.stop());
    server.restart();
    assert_eq!(hot(&server), ["cat", "dog"]);
}

#[test]
fn aliases_answer_like_their_routes() {
    let (server, ids) = library();
    let body = json!({"keyword": "cat", "type": "partial"});
    let page = |path: &str| server.post_json(path, &body).1["data"]["page_data"].clone();
    assert_eq!(page("/search"), page("/image/search"));
    assert_eq!(server.get_json(&format!("/createlink/{}", ids[0])).0, 200);
}
