//! Bodies: what is checked first, what is wrong, what is no error.

use serde_json::{Value, json};
use tests::Server;

use super::{INVALID_FORMAT, INVALID_PAGES, code, library};

#[test]
fn pages_are_checked_before_the_rest() {
    let server = Server::start();
    for page in [
        json!(0),
        json!(-1),
        json!(1.0),
        json!("1"),
        json!(null),
        json!(true),
        json!([1]),
        json!(1.5),
    ] {
        let answer = server.search(&json!({"page": page, "type": "nonsense"}));
        assert_eq!(code(&answer), INVALID_PAGES, "{page}");
        assert_eq!(answer.1["info"], "INVALID_PAGES");
        assert_eq!(answer.1["data"], json!({}));
    }
    for page in [1_u64, 2, 1_000_000, u64::MAX] {
        let answer = server.search(&json!({"page": page}));
        assert_eq!(code(&answer), (200, 0), "{page}: {}", answer.1);
        assert_eq!(answer.1["data"]["page_data"], json!([]));
        assert_eq!(answer.1["data"]["page_count"], json!(0));
    }
}

#[test]
fn bad_bodies_say_what_and_where() {
    let server = Server::start();
    let bad = [
        json!({"target": "title"}),
        json!({"target": "", "keyword": "cat"}),
        json!({"target": "title", "keyword": ""}),
        json!({"target": "uploader"}),
        json!({"target": "other", "keyword": "cat"}),
        json!({"target": 5, "keyword": "cat"}),
        json!({"keyword": 5}),
        json!({"keyword": "cat", "type": "unknown"}),
        json!({"keyword": "cat", "type": 7}),
        json!({"category": ["a"]}),
        json!({"tags": "cat"}),
        json!({"tags": [1]}),
        json!({"filter": {}}),
        json!({"filter": ["x"]}),
        json!({"filter": [{"range": {"size": {"gte": 1}}}]}),
        json!({"filter": [{"range": {"width": {"above": 1}}}]}),
        json!({"filter": [{"range": {"width": {"gte": "wide"}}}]}),
        json!({"keyword": "(", "type": "regex"}),
        json!({"keyword": "*a", "type": "regex"}),
        json!({"keyword": "a**", "type": "regex"}),
        json!({"keyword": "(?<=a+)b", "type": "regex"}),
        json!([]),
        json!("cat"),
    ];
    for body in bad {
        let answer = server.search(&body);
        assert_eq!(code(&answer), INVALID_FORMAT, "{body}: {}", answer.1);
        assert_eq!(answer.1["info"], "INVALID_FORMAT", "{body}");
        let error = answer.1["data"]["error"].as_str().unwrap_or_default();
        assert!(!error.is_empty(), "{body}");
    }
    let response = server
        .post("/image/search")
        .body("{\"keyword\":")
        .send()
        .unwrap();
    assert_eq!(response.status().as_u16(), 400);
    let body: Value = serde_json::from_str(&response.text().unwrap()).unwrap();
    assert_eq!(body["code"], 1005);
}

#[test]
fn a_body_that_names_no_text_is_no_error() {
    let (server, _) = library();
    for body in [
        json!({}),
        json!({"target": "", "keyword": ""}),
        json!({"keyword": ""}),
    ] {
        let (status, answer) = server.search(&body);
        assert_eq!(status, 200, "{body}");
        assert_eq!(answer["data"]["page_count"], 2, "{body}");
        assert_eq!(answer["data"]["page_data"].as_array().unwrap().len(), 10);
    }
    let animals = server.titles(&json!({"category": "animal"}));
    assert_eq!(
        animals,
        [
            "A cat jumps over the sofa",
            "Two cats sleep",
            "a dog catches a ball"
        ]
    );
    assert_eq!(server.titles(&json!({"page": 2})).len(), 2);
}
