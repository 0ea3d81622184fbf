//! Numbers come out as they went in, on every way through the family.

use serde_json::{Value, json};
use tests::Server;

use crate::support::ok;

const NUMBERS: &[&str] = &[
    "1e5",
    "1.50",
    "-0",
    "1E-7",
    "123456789012345678901234567890",
    "18446744073709551616",
    "0.30000000000000004",
    "5e-324",
    "2.2250738585072014e-308",
    "8.41",
    "42",
];

fn text(server: &Server, path: &str) -> String {
    let answer = server.get(path).send().unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.text().unwrap()
}

fn posted(server: &Server, path: &str, body: &str) -> String {
    let request = server
        .post(path)
        .header("content-type", "application/json")
        .body(body.to_owned());
    let answer = request.send().unwrap();
    let status = answer.status();
    let text = answer.text().unwrap();
    assert!(status.is_success(), "{path}: {status} {text}");
    text
}

#[test]
fn numbers_come_out_as_they_went_in() {
    let mut server = Server::start();
    let list = NUMBERS.join(",");
    let source = format!("{{\"a\":[{list}],\"b\":{{\"c\":1e5,\"d\":\"\\u0000n1e5\"}},\"n\":7.0}}");
    ok(
        &server,
        "PUT",
        "/w",
        json!({"mappings": {"properties": {"a": {"type": "double"}}}}),
    );
    ok(&server, "PUT", "/w/_doc/1", json!(source.clone()));
    let lines = format!("{{\"index\":{{\"_id\":\"2\"}}}}\n{source}\n");
    ok(&server, "POST", "/w/_bulk?refresh=true", json!(lines));
    let check = |server: &Server, index: &str| {
        for id in [1, 2] {
            assert_eq!(text(server, &format!("/{index}/_source/{id}")), source);
            let found = text(server, &format!("/{index}/_doc/{id}"));
            assert!(found.contains(&format!("\"_source\":{source}")), "{found}");
        }
        for body in [
            "{\"query\":{\"term\":{\"a\":100000}}}",
            "{\"query\":{\"range\":{\"a\":{\"gte\":1e29}}},\"sort\":[\"_doc\"]}",
        ] {
            let found = posted(server, &format!("/{index}/_search"), body);
            assert_eq!(found.matches(&source).count(), 2, "{found}");
        }
        let found = posted(
            server,
            &format!("/{index}/_mget"),
            "{\"ids\":[\"1\",\"2\"]}",
        );
        assert_eq!(found.matches(&source).count(), 2, "{found}");
        let found = posted(
            server,
            &format!("/{index}/_search"),
            "{\"_source\":[\"b.c\"],\"fields\":[\"a\"],\"size\":1}",
        );
        assert!(found.contains("\"_source\":{\"b\":{\"c\":1e5}}"), "{found}");
        assert!(
            found.contains("\"fields\":{\"a\":[100000.0,1.5,"),
            "{found}"
        );
    };
    check(&server, "w");
    // A partial update leaves the others as they were written.
    let updated = posted(
        &server,
        "/w/_update/1?_source=true",
        "{\"doc\":{\"n\":1.10E3}}",
    );
    let changed = source.replace("\"n\":7.0", "\"n\":1.10E3");
    assert!(
        updated.contains(&format!("\"_source\":{changed}")),
        "{updated}"
    );
    ok(
        &server,
        "POST",
        "/w/_update/1?refresh=true",
        json!("{\"doc\":{\"n\":7.0}}"),
    );
    ok(
        &server,
        "POST",
        "/_reindex?refresh=true",
        json!({"source": {"index": "w"}, "dest": {"index": "x"}}),
    );
    check(&server, "x");
    let page = posted(&server, "/w/_search?scroll=1m", "{\"size\":1}");
    assert_eq!(page.matches(&source).count(), 1, "{page}");
    // A log that is replayed, and segments that are merged.
    server.kill();
    server.restart();
    check(&server, "w");
    ok(&server, "POST", "/w/_forcemerge", Value::Null);
    check(&server, "w");
}
