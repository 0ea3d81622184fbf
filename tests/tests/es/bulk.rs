//! Bulks: each action by itself, all of them in one answer.

use serde_json::{Value, json};
use tests::{Server, ServerOptions};

use crate::support::{fails, ok, send};

#[test]
fn a_line_that_is_none_refuses_them_all_and_says_where() {
    let server = Server::start();
    for (lines, told) in [
        (
            "{\"index\":{\"_id\":\"1\"}}\n{\"x\":1}\n{\"put\":{}}\n{}\n",
            "Malformed action/metadata line [3], expected field [create], [delete], [index] or [update] but found [put]",
        ),
        (
            "{\"index\":{\"_id\":\"1\"}}\n{\"x\":1}\n{\"index\":{\"_id\":\"2\",\"color\":1}}\n{}\n",
            "Action/metadata line [3] contains an unknown parameter [color]",
        ),
        (
            "{\"index\":{\"_id\":\"1\"}}\n{\"x\":1}\n{\"index\":{\"_id\":\"2\"}}\n",
            "Malformed action/metadata line [3], its source is missing",
        ),
        (
            "{\"index\":{\"_id\":\"1\"}}\n{\"x\":1}",
            "The bulk request must be terminated by a newline [\\n]",
        ),
    ] {
        let (status, _, reason) = fails(&server, "POST", "/a/_bulk", json!(lines));
        assert_eq!((status, reason.as_str()), (400, told));
    }
    assert_eq!(
        send(&server, "HEAD", "/a", Value::Null).0,
        404,
        "nothing was written"
    );
}

#[test]
fn outcomes_come_in_the_order_of_the_actions_over_several_parts() {
    let server = Server::start();
    let mut lines = String::new();
    for n in 0..4_500 {
        let index = ["a", "b"][n % 2];
        lines.push_str(&format!(
            "{{\"index\":{{\"_index\":\"{index}\",\"_id\":\"{n}\"}}}}\n"
        ));
        // Every thousandth document is none.
        lines.push_str(if n % 1_000 == 999 {
            "{\"n\":\n"
        } else {
            "{\"n\":1}\n"
        });
    }
    let answer = ok(&server, "POST", "/_bulk?refresh=true", json!(lines));
    assert_eq!(answer["errors"], true);
    let items = answer["items"].as_array().unwrap();
    assert_eq!(items.len(), 4_500);
    for (n, item) in items.iter().enumerate() {
        let item = &item["index"];
        assert_eq!(item["_id"], n.to_string());
        assert_eq!(item["_index"], ["a", "b"][n % 2]);
        let wrong = n % 1_000 == 999;
        assert_eq!(item["status"], if wrong { 400 } else { 201 }, "{item}");
        if wrong {
            assert_eq!(item["error"]["type"], "mapper_parsing_exception");
        }
    }
    let count = ok(&server, "GET", "/a,b/_count", Value::Null)["count"].clone();
    assert_eq!(count, 4_496);
    let one = json!("{\"delete\":{\"_index\":\"a\",\"_id\":\"0\"}}\n");
    let filtered = ok(
        &server,
        "POST",
        "/_bulk?filter_path=items.*.result,errors",
        one,
    );
    assert_eq!(
        filtered,
        json!({"errors": false, "items": [{"delete": {"result": "deleted"}}]})
    );
}

#[test]
fn a_body_beyond_the_limit_is_refused_by_name() {
    let server = Server::with(ServerOptions {
        args: vec!["--max-bulk-bytes".to_owned(), "1000".to_owned()],
        env: Vec::new(),
    });
    let long = format!("{{\"index\":{{}}}}\n{{\"x\":\"{}\"}}\n", "y".repeat(2_000));
    let (status, kind, reason) = fails(&server, "POST", "/a/_bulk", json!(long));
    assert_eq!((status, kind.as_str()), (413, "content_too_long_exception"));
    assert!(reason.contains("1000 bytes"), "{reason}");
    assert_eq!(send(&server, "HEAD", "/a", Value::Null).0, 404);
}

#[test]
fn aliases_are_required_pipelines_refused_and_updated_sources_answered() {
    let server = Server::start();
    ok(&server, "PUT", "/plain", json!({"aliases": {"named": {}}}));
    let lines = |index: &str, action: Value, source: Value| {
        let mut action = action;
        let name = action.as_object().unwrap().keys().next().unwrap().clone();
        action[&name]["_index"] = json!(index);
        json!(format!("{action}\n{source}\n"))
    };
    let item = |body: Value, path: &str| {
        let answer = ok(&server, "POST", path, body);
        let item = answer["items"][0].as_object().unwrap();
        item.values().next().unwrap().clone()
    };
    let action = json!({"index": {"_id": "1", "require_alias": true}});
    let refused = item(lines("plain", action.clone(), json!({"n": 1})), "/_bulk");
    assert_eq!(refused["status"], 404);
    assert_eq!(
        refused["error"]["reason"],
        "no such index [plain] and [require_alias] request flag is [true] and [plain] is not an alias"
    );
    assert_eq!(
        item(lines("named", action, json!({"n": 1})), "/_bulk")["status"],
        201
    );
    let action = json!({"index": {"_id": "2"}});
    let refused = item(
        lines("gone", action.clone(), json!({})),
        "/_bulk?require_alias=true",
    );
    assert_eq!(refused["status"], 404);
    for path in [
        "/plain/_doc/3?require_alias=true",
        "/plain/_update/1?require_alias=true",
    ] {
        let body = json!({"doc": {"n": 1}});
        let (status, kind, _) = fails(&server, "POST", path, body);
        assert_eq!(
            (status, kind.as_str()),
            (404, "index_not_found_exception"),
            "{path}"
        );
    }

    let action = json!({"index": {"_id": "2", "pipeline": "clean"}});
    let refused = item(lines("plain", action, json!({})), "/_bulk");
    assert_eq!(
        refused["error"]["reason"],
        "pipeline with id [clean] does not exist"
    );
    let body = lines("plain", json!({"index": {"_id": "2"}}), json!({}));
    let (status, _, reason) = fails(&server, "POST", "/_bulk?pipeline=clean", body);
    assert_eq!(
        (status, reason.as_str()),
        (400, "pipeline with id [clean] does not exist")
    );

    let update = json!({"doc": {"m": 2}});
    let in_meta = item(
        lines(
            "plain",
            json!({"update": {"_id": "1", "_source": ["m"]}}),
            update.clone(),
        ),
        "/_bulk",
    );
    assert_eq!(in_meta["get"]["_source"], json!({"m": 2}));
    assert_eq!(in_meta["get"]["found"], true);
    let in_query = item(
        lines(
            "plain",
            json!({"update": {"_id": "1"}}),
            json!({"doc": {"m": 3}}),
        ),
        "/_bulk?_source=true",
    );
    assert_eq!(in_query["get"]["_source"], json!({"n": 1, "m": 3}));
    assert_eq!(in_query["get"]["_seq_no"], in_query["_seq_no"]);
    let in_body = json!({"doc": {"m": 4}, "_source": "m"});
    let answer = ok(&server, "POST", "/plain/_update/1", in_body);
    assert_eq!(answer["get"]["_source"], json!({"m": 4}));
    let silent = ok(&server, "POST", "/plain/_update/1", update);
    assert_eq!(silent.get("get"), None);
}
