//! The whole specification with hostile values for every parameter: without the key nothing changes, and a
//! private node tells nothing.

use tests::Server;

use crate::operations::{Needs, Operation, operations};
use crate::{KEY, MARK, assert_same, fill, node, raw, state};

/// Values that look like other routes, leave the path, or are too much of it.
const HOSTILE: &[&str] = &[
    "_search",
    "_count",
    "_mget",
    "_analyze",
    "_pit",
    "_explain",
    "scroll",
    "health",
    "a%2F_search",
    "things%2F_count",
    "%2e%2e",
    "..",
    ".",
    "%5Fsearch",
    "_search%00",
    "*",
    "",
    ".links",
];

/// The sets of values that an operation is tried with.
fn sets(operation: &Operation) -> Vec<Vec<String>> {
    let long = "x".repeat(2_000);
    let hostile = HOSTILE.iter().map(|&value| value.to_owned()).chain([long]);
    let hostile: Vec<String> = hostile.collect();
    let mut sets = vec![vec!["things".to_owned(), "1".to_owned(), "s".to_owned()]];
    match operation.parameters() {
        0 => {}
        1 => sets.extend(hostile.into_iter().map(|value| vec![value])),
        _ => {
            for value in hostile {
                sets.push(vec!["things".to_owned(), value.clone(), value.clone()]);
                sets.push(vec![value.clone(), "1".to_owned(), value]);
            }
        }
    }
    sets
}

fn each(
    server: &Server,
    all: &[Operation],
    mut check: impl FnMut(&Operation, &str, bool, &crate::Raw),
) {
    for operation in all {
        let (kind, body) = operation.example();
        let headers: &[(&str, &str)] = match kind {
            "" => &[],
            kind => &[("content-type", kind)],
        };
        for values in sets(operation) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let path = operation.with(&values);
            // What another operation with less needs takes as its own is that one's.
            let other = all.iter().any(|other| {
                other.id != operation.id
                    && other.needs != operation.needs
                    && other.fits(&operation.method, &path)
            });
            let answer = raw(server, &operation.method, &path, headers, &body);
            check(operation, &path, other, &answer);
        }
    }
}

#[test]
fn without_the_key_nothing_changes_whatever_the_parameters() {
    let server = node(&[], &[("API_KEY", KEY)]);
    fill(&server);
    let all = operations(&server);
    let before = state(&server);
    let mut refused = 0;
    each(&server, &all, |operation, path, other, answer| {
        let told = format!(
            "{} {path}: {} {}",
            operation.method, answer.status, answer.body
        );
        assert!(answer.status < 500, "{told}");
        if operation.needs != Needs::Key || other || path.contains("//") || path.ends_with('/') {
            return;
        }
        let similar = path.starts_with("/api/image/sim/");
        let expected = if similar { 200 } else { 401 };
        assert_eq!(answer.status, expected, "{told}");
        assert!(!similar || answer.body.contains("请求非法"), "{told}");
        if !similar {
            let challenge = answer.header("www-authenticate");
            assert_eq!(
                challenge, "Basic realm=\"security\", Bearer, ApiKey",
                "{told}"
            );
        }
        refused += 1;
    });
    assert!(refused > 1_000, "{refused}");
    assert_same(&before, &state(&server), "without the key");
}

#[test]
fn a_private_node_tells_nothing_without_the_key() {
    let server = node(&["--private"], &[("API_KEY", KEY)]);
    fill(&server);
    let all = operations(&server);
    let before = state(&server);
    let folder = server.folder().display().to_string();
    each(&server, &all, |operation, path, _, answer| {
        let told = format!(
            "{} {path}: {} {}",
            operation.method, answer.status, answer.body
        );
        for secret in [MARK, &folder, "uptime", "things\""] {
            assert!(!answer.body.contains(secret), "{told}");
        }
        let open = all
            .iter()
            .any(|one| one.needs == Needs::Nothing && one.fits(&operation.method, path));
        let similar = path.starts_with("/api/image/sim/");
        assert!(open || similar || answer.status == 401, "{told}");
    });
    let health = raw(&server, "GET", "/health", &[], b"");
    assert_eq!(
        (health.status, health.body.as_str()),
        (200, "{\"status\":\"ok\"}")
    );
    for path in [
        "/docs",
        "/openapi.yaml",
        "/openapi.json",
        "/",
        "/nothing/at/all",
    ] {
        assert_eq!(raw(&server, "GET", path, &[], b"").status, 401, "{path}");
    }
    // A number is no link; a link is its own key.
    assert_eq!(
        raw(&server, "GET", "/image/preview/1", &[], b"").status,
        401
    );
    let link = crate::keyed(
        &server,
        "GET",
        "/image/createlink/1",
        &serde_json::Value::Null,
    );
    let link = link["data"]["preview_link"].as_str().unwrap();
    let (_, path) = link.split_once("/image/").unwrap();
    let shown = raw(&server, "GET", &format!("/image/{path}"), &[], b"");
    assert_eq!(shown.status, 200);
    assert_same(&before, &state(&server), "a private node");
}
