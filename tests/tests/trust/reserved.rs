//! The library's index and the node's own, by every way that leads to an index.

use serde_json::{Value, json};

use crate::{KEY, assert_same, fill, node, state};

const OWN: [&str; 2] = [".links", ".detections"];

fn send(server: &tests::Server, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = server
        .client()
        .request(method, server.url(path))
        .bearer_auth(KEY);
    if let Some(lines) = body.as_str() {
        request = request
            .header("content-type", "application/x-ndjson")
            .body(lines.to_owned());
    } else if !body.is_null() {
        request = request.json(body);
    }
    let response = request.send().unwrap();
    let status = response.status().as_u16();
    (status, response.json().unwrap_or_default())
}

/// Ways to an index of a name that would change it, or take its name.
fn ways(name: &str) -> Vec<(&'static str, String, Value)> {
    let alias = |action: Value| json!({"actions": [action]});
    vec![
        ("DELETE", format!("/{name}"), Value::Null),
        ("DELETE", format!("/things,{name}"), Value::Null),
        ("POST", format!("/{name}/_close"), Value::Null),
        (
            "POST",
            "/_aliases".into(),
            alias(json!({"remove_index": {"index": name}})),
        ),
        (
            "POST",
            "/_aliases".into(),
            alias(json!({"remove_index": {"indices": ["things", name]}})),
        ),
        (
            "POST",
            "/_aliases".into(),
            alias(json!({"add": {"index": name, "alias": "leak"}})),
        ),
        (
            "POST",
            "/_aliases".into(),
            alias(json!({"add": {"indices": ["things", name], "aliases": ["leak"]}})),
        ),
        (
            "POST",
            "/_aliases".into(),
            alias(json!({"add": {"index": "things", "alias": name}})),
        ),
        ("PUT", format!("/{name}/_alias/leak"), json!({})),
        ("POST", format!("/{name}/_aliases/leak"), json!({})),
        ("PUT", format!("/things/_alias/{name}"), json!({})),
        ("PUT", "/made".into(), json!({"aliases": {name: {}}})),
        ("PUT", format!("/{name}"), json!({})),
        (
            "PUT",
            format!("/{name}/_settings"),
            json!({"index.blocks.write": true}),
        ),
        (
            "PUT",
            format!("/{name}/_settings"),
            json!({"index": {"blocks": {"read_only": true}}}),
        ),
        (
            "POST",
            "/_snapshot/r/s/_restore?wait_for_completion=true".into(),
            json!({"indices": "things", "rename_pattern": "things", "rename_replacement": name}),
        ),
        (
            "POST",
            "/_snapshot/r/s/_restore?wait_for_completion=true".into(),
            json!({"indices": name}),
        ),
    ]
}

/// Ways that read or write documents, which the library has and the node's own indices have not.
fn documents(name: &str) -> Vec<(&'static str, String, Value)> {
    let all = json!({"query": {"match_all": {}}});
    let lines = format!("{{\"index\":{{\"_index\":\"{name}\",\"_id\":\"7\"}}}}\n{{\"a\":1}}\n");
    vec![
        ("PUT", format!("/{name}/_doc/7"), json!({"a": 1})),
        ("PUT", format!("/{name}/_create/7"), json!({"a": 1})),
        ("POST", format!("/{name}/_doc"), json!({"a": 1})),
        (
            "POST",
            format!("/{name}/_update/7"),
            json!({"doc": {"a": 1}, "doc_as_upsert": true}),
        ),
        ("DELETE", format!("/{name}/_doc/7"), Value::Null),
        ("POST", "/_bulk".into(), json!(lines)),
        ("POST", format!("/{name}/_bulk"), json!(lines)),
        ("POST", format!("/{name}/_delete_by_query"), all.clone()),
        ("POST", format!("/{name}/_update_by_query"), all.clone()),
        (
            "POST",
            "/_reindex".into(),
            json!({"source": {"index": name}, "dest": {"index": "made"}}),
        ),
        (
            "POST",
            "/_reindex".into(),
            json!({"source": {"index": "things"}, "dest": {"index": name}}),
        ),
        ("POST", format!("/{name}/_search"), all.clone()),
        ("GET", format!("/{name}/_doc/7"), Value::Null),
        ("GET", format!("/{name}"), Value::Null),
        ("GET", format!("/{name}/_settings"), Value::Null),
        (
            "PUT",
            format!("/{name}/_mapping"),
            json!({"properties": {"a": {"type": "long"}}}),
        ),
        (
            "PUT",
            format!("/{name}/_settings"),
            json!({"index.refresh_interval": "9s"}),
        ),
        ("POST", format!("/{name}/_pit?keep_alive=1m"), Value::Null),
        ("POST", format!("/{name}/_search?scroll=1m"), all),
        (
            "POST",
            "/things/_search".into(),
            json!({"query": {"terms": {"a": {"index": name, "id": "7", "path": "a"}}}}),
        ),
        (
            "POST",
            "/things/_search".into(),
            json!({"query": {"more_like_this": {"fields": ["text"], "like": [{"_index": name, "_id": "7"}]}}}),
        ),
        ("POST", format!("/{name}/_open"), Value::Null),
        ("POST", format!("/{name}/_forcemerge"), Value::Null),
        ("POST", format!("/{name}/_analyze"), json!({"text": "x"})),
        ("GET", format!("/{name}/_field_caps?fields=*"), Value::Null),
        ("GET", format!("/{name}/_stats"), Value::Null),
        ("GET", format!("/_cat/indices/{name}"), Value::Null),
    ]
}

/// Whether an answer says that something of it went wrong.
fn failed(status: u16, answer: &Value) -> bool {
    let item = answer.pointer("/items/0").and_then(Value::as_object);
    let item = item.and_then(|item| item.values().next());
    status >= 400 || item.is_some_and(|item| item["status"].as_u64() >= Some(400))
}

#[test]
fn no_way_leads_to_the_nodes_own_indices_or_takes_their_names() {
    let server = node(&[], &[("API_KEY", KEY)]);
    fill(&server);
    let before = state(&server);
    for name in OWN {
        for (method, path, body) in ways(name).into_iter().chain(documents(name)) {
            let (status, answer) = send(&server, method, &path, &body);
            assert!(
                failed(status, &answer),
                "{method} {path} {body}: {status} {answer}"
            );
            assert!(status < 500, "{method} {path} {body}: {status} {answer}");
        }
        let (_, answer) = send(
            &server,
            "POST",
            "/_mget",
            &json!({"docs": [{"_index": name, "_id": "7"}]}),
        );
        assert_eq!(
            answer["docs"][0]["error"]["type"],
            "index_not_found_exception"
        );
        let lines = format!("{{\"index\":\"{name}\"}}\n{{}}\n");
        let (_, answer) = send(&server, "POST", "/_msearch", &json!(lines));
        assert_eq!(answer["responses"][0]["status"], 404, "{answer}");
    }
    for pattern in [".*", ".l*", "*,.*", ".links*,.detections*"] {
        let (_, found) = send(&server, "GET", &format!("/{pattern}/_search"), &Value::Null);
        let text = found.to_string();
        assert!(
            OWN.iter().all(|name| !text.contains(name)),
            "{pattern}: {text}"
        );
        let actions = json!({"actions": [{"add": {"index": pattern, "alias": "leak"}},
            {"remove": {"index": pattern, "alias": "leak", "must_exist": false}}]});
        send(&server, "POST", "/_aliases", &actions);
        let (status, _) = send(&server, "GET", "/_alias/leak", &Value::Null);
        assert_eq!(status, 404, "{pattern}");
    }
    assert_same(&before, &state(&server), "the node's own indices");
    let link = crate::keyed(&server, "GET", "/image/createlink/1", &Value::Null);
    assert_eq!(link["code"], 0, "links are still made: {link}");
}

#[test]
fn the_library_stays_whole_by_every_way() {
    let server = node(&[], &[("API_KEY", KEY)]);
    fill(&server);
    let before = state(&server);
    for name in ["images", "gif"] {
        for (method, path, body) in ways(name) {
            let (status, answer) = send(&server, method, &path, &body);
            let told = format!("{method} {path} {body}: {status} {answer}");
            // An alias of others may be called `gif`: searches of GIFs cover it then.
            let theirs = name == "gif"
                && (path.ends_with("_alias/gif")
                    || body.to_string().contains("\"alias\":\"gif\"")
                    || body.to_string().contains("\"gif\":{}"));
            if theirs {
                if path == "/made" {
                    send(&server, "DELETE", "/made", &Value::Null);
                } else {
                    send(&server, "DELETE", "/things/_alias/gif", &Value::Null);
                }
                continue;
            }
            assert!((400..500).contains(&status), "{told}");
        }
    }
    // Patterns pass over it.
    for (method, path, body) in [
        (
            "POST",
            "/_aliases",
            json!({"actions": [{"remove_index": {"index": "im*"}}]}),
        ),
        (
            "POST",
            "/_aliases",
            json!({"actions": [{"add": {"index": "im*", "alias": "leak"}}]}),
        ),
        ("PUT", "/im*/_settings", json!({"index.blocks.write": true})),
        ("DELETE", "/im*", Value::Null),
        ("POST", "/im*/_close", Value::Null),
    ] {
        let (status, answer) = send(&server, method, path, &body);
        assert!(status < 500, "{method} {path}: {answer}");
    }
    assert_same(&before, &state(&server), "the library");
    let health = crate::keyed(&server, "GET", "/health", &Value::Null);
    assert_eq!(health["status"], "ok");
}
