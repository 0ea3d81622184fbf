//! Operations on what matches: answered when they are done, or watched as tasks.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::Server;

use crate::support::{fails, ok, send};

/// An index of so many documents.
fn counted(count: usize) -> Server {
    let server = Server::start();
    let lines: String = (0..count)
        .map(|n| format!("{{\"index\":{{\"_id\":\"{n}\"}}}}\n{{\"n\":{n}}}\n"))
        .collect();
    let answer = ok(&server, "POST", "/many/_bulk?refresh=true", json!(lines));
    assert_eq!(answer["errors"], false);
    server
}

fn begun(server: &Server, path: &str, body: Value) -> String {
    let answer = ok(server, "POST", path, body);
    answer["task"].as_str().unwrap().to_owned()
}

/// The task once it has looked at so many pages.
fn after_pages(server: &Server, task: &str, pages: u64) -> Value {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let seen = ok(server, "GET", &format!("/_tasks/{task}"), Value::Null);
        if seen["task"]["status"]["batches"].as_u64().unwrap() >= pages {
            return seen;
        }
        assert!(Instant::now() < until, "{seen}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn answers_count_what_was_done() {
    let server = counted(2_500);
    let copied = ok(
        &server,
        "POST",
        "/_reindex?refresh=true",
        json!({"source": {"index": "many", "size": 1_000}, "dest": {"index": "copy"}}),
    );
    for (key, value) in [
        ("total", 2_500),
        ("created", 2_500),
        ("updated", 0),
        ("batches", 3),
    ] {
        assert_eq!(copied[key], value, "{key}: {copied}");
    }
    let again = ok(
        &server,
        "POST",
        "/_reindex?refresh=true",
        json!({"max_docs": 7, "source": {"index": "many"}, "dest": {"index": "copy"}}),
    );
    assert_eq!((&again["total"], &again["updated"]), (&json!(7), &json!(7)));
    let refused =
        json!({"source": {"index": "many"}, "dest": {"index": "copy", "op_type": "create"}});
    let (status, answer) = send(&server, "POST", "/_reindex", refused);
    assert_eq!((status, &answer["version_conflicts"]), (409, &json!(1_000)));
    assert_eq!(
        answer["failures"][0]["cause"]["type"],
        "version_conflict_engine_exception"
    );
    let proceed = json!({"conflicts": "proceed", "source": {"index": "many"}, "dest": {"index": "copy", "op_type": "create"}});
    let answer = ok(&server, "POST", "/_reindex", proceed);
    assert_eq!(
        (&answer["version_conflicts"], &answer["failures"]),
        (&json!(2_500), &json!([]))
    );
    let path = "/copy/_delete_by_query?refresh=true&scroll_size=100&slices=2";
    let deleted = ok(
        &server,
        "POST",
        path,
        json!({"query": {"range": {"n": {"lt": 250}}}}),
    );
    assert_eq!(
        (&deleted["deleted"], &deleted["batches"]),
        (&json!(250), &json!(3))
    );
    assert_eq!(deleted.get("updated"), None);
    assert_eq!(
        ok(&server, "GET", "/copy/_count", Value::Null)["count"],
        2_250
    );
    let updated = ok(
        &server,
        "POST",
        "/copy/_update_by_query?q=n:300",
        Value::Null,
    );
    assert_eq!(
        (&updated["updated"], updated.get("created")),
        (&json!(1), None)
    );
}

#[test]
fn a_task_is_listed_slowed_down_and_kept() {
    let server = counted(50);
    let path = "/_reindex?wait_for_completion=false&requests_per_second=5";
    let body = json!({"source": {"index": "many", "size": 10}, "dest": {"index": "copy"}});
    let task = begun(&server, path, body);
    let seen = after_pages(&server, &task, 2);
    assert_eq!(seen["completed"], false);
    let status = &seen["task"]["status"];
    assert_eq!(
        (&status["total"], &status["requests_per_second"]),
        (&json!(50), &json!(5.0))
    );
    assert_eq!(seen["task"]["action"], "indices:data/write/reindex");
    assert_eq!(seen["task"]["description"], "reindex from [many] to [copy]");
    let listed = ok(
        &server,
        "GET",
        "/_tasks?detailed=true&actions=*reindex",
        Value::Null,
    );
    let node = task.split_once(':').unwrap().0;
    assert_eq!(listed["nodes"][node]["tasks"][&task]["status"]["total"], 50);
    let bare = ok(&server, "GET", "/_tasks?group_by=parents", Value::Null);
    assert_eq!(bare["tasks"][&task].get("status"), None);
    assert_eq!(
        ok(&server, "GET", "/_tasks?actions=*byquery", Value::Null),
        json!({"nodes": {}})
    );
    let faster = format!("/_reindex/{task}/_rethrottle?requests_per_second=-1");
    ok(&server, "POST", &faster, Value::Null);
    let wait = format!("/_tasks/{task}?wait_for_completion=true&timeout=30s");
    let done = ok(&server, "GET", &wait, Value::Null);
    assert_eq!(done["completed"], true, "{done}");
    assert_eq!(
        (&done["response"]["created"], &done["response"]["batches"]),
        (&json!(50), &json!(5))
    );
    assert!(done["response"]["throttled_millis"].as_u64().unwrap() > 0);
    let kept = ok(&server, "GET", &format!("/_tasks/{task}"), Value::Null);
    assert_eq!(kept["response"], done["response"]);
    let cancel = format!("/_tasks/{task}/_cancel");
    assert_eq!(
        fails(&server, "POST", &cancel, Value::Null).0,
        404,
        "it is over"
    );
}

#[test]
fn a_task_that_is_cancelled_stops_between_pages() {
    let server = counted(50);
    let path = "/many/_delete_by_query?wait_for_completion=false&requests_per_second=0.01&scroll_size=10&refresh=true";
    let task = begun(&server, path, json!({"query": {"match_all": {}}}));
    after_pages(&server, &task, 1);
    let stopped = ok(
        &server,
        "POST",
        "/_tasks/_cancel?actions=*delete/byquery",
        Value::Null,
    );
    let node = task.split_once(':').unwrap().0;
    assert_eq!(stopped["nodes"][node]["tasks"][&task]["cancelled"], true);
    let wait = format!("/_tasks/{task}?wait_for_completion=true");
    let done = ok(&server, "GET", &wait, Value::Null);
    assert_eq!(done["response"]["canceled"], "by user request", "{done}");
    assert_eq!(done["response"]["deleted"], 10);
    assert_eq!(ok(&server, "GET", "/many/_count", Value::Null)["count"], 40);
}

#[test]
fn what_others_change_meanwhile_is_a_conflict() {
    for (conflicts, deleted, kept) in [("proceed", 49, 1), ("abort", 19, 31)] {
        let server = counted(50);
        let path = format!(
            "/many/_delete_by_query?wait_for_completion=false&requests_per_second=0.01&scroll_size=10&refresh=true&conflicts={conflicts}"
        );
        let task = begun(&server, &path, json!({"query": {"match_all": {}}}));
        after_pages(&server, &task, 1);
        ok(
            &server,
            "PUT",
            "/many/_doc/15?refresh=true",
            json!({"n": 99}),
        );
        let faster = format!("/_delete_by_query/{task}/_rethrottle?requests_per_second=-1");
        ok(&server, "POST", &faster, Value::Null);
        let wait = format!("/_tasks/{task}?wait_for_completion=true");
        let response = ok(&server, "GET", &wait, Value::Null)["response"].clone();
        assert_eq!(response["version_conflicts"], 1, "{response}");
        assert_eq!(response["deleted"], deleted, "{conflicts}");
        let failures = response["failures"].as_array().unwrap();
        assert_eq!(failures.len(), usize::from(conflicts == "abort"));
        assert_eq!(
            ok(&server, "GET", "/many/_count", Value::Null)["count"],
            kept
        );
        assert_eq!(
            ok(&server, "GET", "/many/_source/15", Value::Null),
            json!({"n": 99})
        );
    }
}

#[test]
fn what_cannot_be_done_is_said_by_name() {
    let server = counted(1);
    let reindex = |more: Value| {
        let mut body = json!({"source": {"index": "many"}, "dest": {"index": "copy"}});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        fails(&server, "POST", "/_reindex", body)
    };
    assert_eq!(
        reindex(json!({"script": {"source": "x"}})).2,
        "[script] is not supported by this node"
    );
    assert_eq!(
        reindex(json!({"nonsense": 1})).1,
        "x_content_parse_exception"
    );
    let remote = json!({"source": {"index": "many", "remote": {"host": "http://x"}}});
    assert_eq!(
        reindex(remote).2,
        "[remote] of [reindex] is not supported by this node"
    );
    assert_eq!(
        reindex(json!({"dest": {"index": "docs"}})).1,
        "invalid_index_name_exception"
    );
    for (path, told) in [
        (
            "/many/_delete_by_query",
            "Validation Failed: 1: query is missing;",
        ),
        (
            "/many/_update_by_query?requests_per_second=0",
            "[requests_per_second] must be a float greater than 0. Use -1 to disable throttling. Found [0]",
        ),
        (
            "/many/_update_by_query?slices=0",
            "[slices] must be at least 1, or \"auto\"",
        ),
        (
            "/many/_update_by_query?refresh=maybe",
            "Unknown value for refresh: [maybe].",
        ),
        (
            "/many/_update_by_query?scroll_size=0",
            "a batch has 1 to 10000 documents, not [0]",
        ),
        ("/_tasks/x/_cancel", "malformed task id x"),
        (
            "/_reindex/a:1/_rethrottle",
            "Validation Failed: 1: requests_per_second is a required parameter;",
        ),
    ] {
        let (status, _, reason) = fails(&server, "POST", path, json!({}));
        assert_eq!((status, reason.as_str()), (400, told), "{path}");
    }
    assert_eq!(fails(&server, "GET", "/_tasks/other:1", Value::Null).0, 404);
    assert_eq!(
        send(&server, "HEAD", "/copy", Value::Null).0,
        404,
        "nothing was made"
    );
}
