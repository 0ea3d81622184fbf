//! Requests and what is expected of all answers.

use reqwest::Method;
use serde_json::{Value, json};
use tests::Server;

/// Sends a request: the status and the JSON of the answer.
pub fn send(server: &Server, method: &str, path: &str, body: Value) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = server.client().request(method, server.url(path));
    if !body.is_null() {
        let text = body
            .as_str()
            .map_or_else(|| body.to_string(), str::to_owned);
        request = request
            .header("content-type", "application/json")
            .body(text);
    }
    let response = request.send().unwrap();
    assert_eq!(
        response.headers()["x-elastic-product"],
        "Elasticsearch",
        "{path}"
    );
    let status = response.status().as_u16();
    (status, response.json().unwrap_or_default())
}

/// The answer of a request that succeeds.
pub fn ok(server: &Server, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = send(server, method, path, body);
    assert!(
        (200..300).contains(&status),
        "{method} {path}: {status} {answer}"
    );
    answer
}

/// The status, and the type and reason of what went wrong: of a search that ran, on its shard.
pub fn fails(server: &Server, method: &str, path: &str, body: Value) -> (u16, String, String) {
    let (status, answer) = send(server, method, path, body);
    let error = &answer["error"];
    assert_eq!(answer["status"], status, "{method} {path}: {answer}");
    let cause = &error["root_cause"][0];
    if error["type"] == "search_phase_execution_exception" {
        assert_eq!(error["failed_shards"][0]["reason"]["type"], cause["type"]);
    } else {
        assert_eq!(cause["type"], error["type"], "{answer}");
    }
    (
        status,
        cause["type"].as_str().unwrap().to_owned(),
        cause["reason"].as_str().unwrap().to_owned(),
    )
}

/// The ids of hits, in order.
pub fn ids(answer: &Value) -> Vec<&str> {
    let hits = answer["hits"]["hits"].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["_id"].as_str().unwrap())
        .collect()
}

/// An index of ten documents.
pub fn filled() -> Server {
    let server = Server::start();
    ok(
        &server,
        "PUT",
        "/things",
        json!({"mappings": {"properties": {
            "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
            "n": {"type": "integer"}, "price": {"type": "scaled_float", "scaling_factor": 100},
            "at": {"type": "date"}, "ip": {"type": "ip"}, "flag": {"type": "boolean"}, "tags": {"type": "keyword"}}}}),
    );
    let mut lines = String::new();
    for n in 0..10 {
        let source = json!({
            "title": format!("{} number {n}", if n % 2 == 0 { "red car" } else { "blue boat" }),
            "n": n, "price": f64::from(n) + 0.25, "at": format!("2024-0{}-15T10:00:00Z", n / 4 + 1),
            "ip": format!("10.0.0.{n}"), "flag": n % 3 == 0, "tags": ["all", format!("t{}", n % 2)],
        });
        lines.push_str(&format!(
            "{}\n{source}\n",
            json!({"index": {"_id": n.to_string()}})
        ));
    }
    let answer = ok(&server, "POST", "/things/_bulk?refresh=true", json!(lines));
    assert_eq!(answer["errors"], false, "{answer}");
    server
}

/// As [`send`], for routes of other families too.
pub fn send_any(server: &Server, method: &str, path: &str) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let response = server
        .client()
        .request(method, server.url(path))
        .send()
        .unwrap();
    (
        response.status().as_u16(),
        response.json().unwrap_or_default(),
    )
}
