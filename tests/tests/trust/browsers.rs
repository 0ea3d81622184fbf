//! What a browser can be made to send by a page of another site, and what it learns.

use std::io::Read;

use serde_json::{Value, json};

use crate::operations::{Needs, operations};
use crate::{KEY, Raw, assert_same, fill, node, raw, state};

const EVIL: (&str, &str) = ("origin", "http://evil.example");

/// What says that a page of another site asks.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[EVIL],
    &[("origin", "null")],
    &[("origin", "http://localhost:3000")],
    &[("origin", "https://localhost.evil.example")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[
        EVIL,
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "no-cors"),
    ],
    &[
        ("origin", "http://localhost"),
        ("sec-fetch-site", "cross-site"),
    ],
];

#[test]
fn a_page_of_another_site_writes_nothing_and_reads_nothing_of_the_owner() {
    let server = node(&[], &[]);
    fill(&server);
    let all = operations(&server);
    let before = state(&server);
    for operation in all.iter().filter(|one| one.needs == Needs::Key) {
        let path = operation.with(&["things", "1", "s"]);
        let (kind, body) = operation.example();
        for foreign in FOREIGN {
            let mut headers = foreign.to_vec();
            if !kind.is_empty() {
                headers.push(("content-type", kind));
            }
            let answer = raw(&server, &operation.method, &path, &headers, &body);
            let told = format!("{} {path} {headers:?}: {}", operation.method, answer.body);
            assert_eq!(answer.status, 403, "{told}");
            assert_eq!(answer.header("access-control-allow-origin"), "", "{told}");
        }
    }
    for path in ["/image/createlink/1", "/createlink/1"] {
        assert_eq!(
            raw(&server, "GET", path, &[EVIL], b"").status,
            403,
            "{path}"
        );
    }
    assert_same(&before, &state(&server), "from a page of another site");
    // As a page sends it without being asked: a text, no preflight.
    let actions = b"{\"actions\":[{\"remove_index\":{\"index\":\"images\"}}]}";
    let text = ("content-type", "text/plain;charset=UTF-8");
    assert_eq!(
        raw(&server, "POST", "/_aliases", &[EVIL, text], actions).status,
        403
    );
    assert_eq!(
        raw(&server, "POST", "/_aliases", &[text], actions).status,
        406
    );
    // What is read is not for that page: no header lets it.
    let read = raw(&server, "GET", "/_cat/indices", &[EVIL], b"");
    assert_eq!(read.status, 200);
    assert_eq!(read.header("access-control-allow-origin"), "");
    // The node's own page, people and programs go on.
    for own in [
        &[
            ("origin", "http://localhost"),
            ("sec-fetch-site", "same-origin"),
        ][..],
        &[("sec-fetch-site", "none")],
        &[],
    ] {
        let mut headers = own.to_vec();
        headers.push(("content-type", "application/json"));
        let answer = raw(&server, "PUT", "/mine/_doc/1", &headers, b"{}");
        assert!(
            matches!(answer.status, 200 | 201),
            "{own:?}: {}",
            answer.body
        );
    }
}

#[test]
fn a_name_that_was_bound_to_the_node_is_not_answered() {
    let server = node(&["--allow-host", "gifs.lan:81"], &[]);
    fill(&server);
    let all = operations(&server);
    let before = state(&server);
    for operation in &all {
        let path = operation.with(&["things", "1", "s"]);
        let (kind, body) = operation.example();
        let mut headers = vec![("host", "evil.example:7700")];
        if !kind.is_empty() {
            headers.push(("content-type", kind));
        }
        let answer = raw(&server, &operation.method, &path, &headers, &body);
        let told = format!(
            "{} {path}: {} {}",
            operation.method, answer.status, answer.body
        );
        assert_eq!(answer.status, 403, "{told}");
        let named = answer.body.contains("--allow-host") && answer.body.contains("evil.example");
        assert!(named || operation.method == "HEAD", "{told}");
    }
    assert_same(&before, &state(&server), "under another name");
    let html = ("accept", "text/html");
    for path in [
        "/",
        "/ui",
        "/ui/app.js",
        "/docs",
        "/openapi.json",
        "/nothing",
        "/a/b/c/d",
    ] {
        let answer = raw(&server, "GET", path, &[("host", "evil.example"), html], b"");
        assert_eq!(answer.status, 403, "{path}");
    }
    for host in [
        "",
        "localhost.evil.example",
        "gifs.lan",
        "gifs.lan:82",
        "10.1.2.3",
    ] {
        let answer = raw(&server, "GET", "/health", &[("host", host)], b"");
        assert_eq!(answer.status, 403, "{host}");
    }
    for host in ["LOCALHOST.:9", "127.9.9.9", "[::1]:7700", "gifs.lan.:81"] {
        let answer = raw(&server, "GET", "/health", &[("host", host)], b"");
        assert_eq!(answer.status, 200, "{host}: {}", answer.body);
    }
    // One that is asked for is asked for twice: both count.
    let twice = [("host", "localhost"), ("host", "evil.example")];
    assert_eq!(raw(&server, "GET", "/health", &twice, b"").status, 403);
    let absolute = raw(&server, "GET", "http://evil.example/health", &[], b"");
    assert_eq!(absolute.status, 403);
    // The key protects where there is one.
    let keyed = node(&[], &[("API_KEY", KEY)]);
    let answer = raw(&keyed, "GET", "/health", &[("host", "evil.example")], b"");
    assert_eq!(answer.status, 200);
}

#[test]
fn what_a_browser_has_of_basic_is_no_leave_for_other_sites() {
    let server = node(&[], &[("API_KEY", KEY)]);
    let basic = format!("Basic {}", {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(format!("me:{KEY}"))
    });
    let kind = ("content-type", "application/json");
    let put = |headers: &[(&str, &str)]| raw(&server, "PUT", "/mine/_doc/1", headers, b"{}").status;
    assert_eq!(put(&[kind, ("authorization", &basic)]), 201);
    assert_eq!(put(&[kind, ("authorization", &basic), EVIL]), 403);
    let bearer = format!("Bearer {KEY}");
    assert_eq!(put(&[kind, ("authorization", &bearer), EVIL]), 200);
}

const PREFLIGHT: (&str, &str) = ("access-control-request-method", "PUT");

fn names(answer: &Raw, header: &str) -> Vec<String> {
    let value = answer.header(header).to_ascii_lowercase();
    value.split(',').map(|one| one.trim().to_owned()).collect()
}

#[test]
fn sharing_with_other_sites_is_off_and_right_when_it_is_on() {
    let app = ("origin", "https://app.example");
    let off = node(&[], &[]);
    let answer = raw(&off, "OPTIONS", "/things/_doc/1", &[app, PREFLIGHT], b"");
    assert_ne!(answer.status, 204);
    assert!(
        !answer.head.to_lowercase().contains("access-control"),
        "{}",
        answer.head
    );

    let on = node(
        &["--cors-origin", "https://app.example", "--private"],
        &[("API_KEY", KEY)],
    );
    let wanted = (
        "access-control-request-headers",
        "authorization, content-type",
    );
    let answer = raw(
        &on,
        "OPTIONS",
        "/things/_doc/1",
        &[app, PREFLIGHT, wanted],
        b"",
    );
    assert_eq!(answer.status, 204, "{}", answer.body);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://app.example"
    );
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    for method in ["get", "head", "post", "put", "delete"] {
        let allowed = names(&answer, "access-control-allow-methods");
        assert!(allowed.iter().any(|one| one == method), "{method}");
    }
    for header in [
        "authorization",
        "content-type",
        "token",
        "if-match",
        "range",
    ] {
        let allowed = names(&answer, "access-control-allow-headers");
        assert!(allowed.iter().any(|one| one == header), "{header}");
    }
    let evil = raw(&on, "OPTIONS", "/things/_doc/1", &[EVIL, PREFLIGHT], b"");
    assert_eq!(evil.status, 403);
    assert_eq!(evil.header("access-control-allow-origin"), "");
    assert!(names(&evil, "vary").contains(&"origin".to_owned()));

    let bearer = format!("Bearer {KEY}");
    let key = ("authorization", bearer.as_str());
    let kind = ("content-type", "application/json");
    let site = ("sec-fetch-site", "cross-site");
    let put = raw(&on, "PUT", "/things/_doc/1", &[app, site, key, kind], b"{}");
    assert_eq!(put.status, 201, "{}", put.body);
    assert_eq!(
        put.header("access-control-allow-origin"),
        "https://app.example"
    );
    for header in ["etag", "location", "content-disposition", "warning"] {
        let exposed = names(&put, "access-control-expose-headers");
        assert!(exposed.iter().any(|one| one == header), "{header}");
    }
    // A refusal can be read by those who are allowed; answers of others differ.
    let refused = raw(&on, "GET", "/things/_doc/1", &[app], b"");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://app.example"
    );
    let plain = raw(&on, "GET", "/health", &[], b"");
    assert_eq!(plain.header("access-control-allow-origin"), "");
    assert!(names(&plain, "vary").contains(&"origin".to_owned()));

    let any = node(&["--cors-origin", "*"], &[]);
    let answer = raw(&any, "GET", "/health", &[EVIL], b"");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let hidden = raw(
        &any,
        "GET",
        "/health",
        &[EVIL, ("host", "evil.example")],
        b"",
    );
    assert_eq!(
        hidden.status, 403,
        "a setting for origins is none for hosts"
    );
}

#[test]
fn every_answer_tells_browsers_what_it_is() {
    let server = node(&[], &[]);
    fill(&server);
    let html = ("accept", "text/html");
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/ui"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/health"),
        ("GET", "/image/preview/1"),
        ("GET", "/image/download/1"),
        ("GET", "/image/preview/99"),
        ("GET", "/things/_search"),
        ("GET", "/_cat/indices"),
        ("GET", "/nothing/at/all"),
        ("PUT", "/image/search"),
        ("POST", "/_search/nothing"),
        ("GET", "/flags/export?format=csv"),
    ] {
        let answer = raw(&server, method, path, &[html], b"");
        let told = format!("{path}: {}", answer.head);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{told}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{told}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{told}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{told}");
        assert!(policy.contains("frame-ancestors 'none'"), "{told}");
        assert!(
            !policy.contains("script-src 'unsafe") && !policy.contains("*"),
            "{told}"
        );
    }
    for path in ["/image/preview/1", "/things/_search"] {
        let policy = raw(&server, "GET", path, &[], b"").header("content-security-policy");
        assert!(
            policy.contains("sandbox") && !policy.contains("script-src"),
            "{policy}"
        );
    }
    let docs = server
        .get("/docs")
        .header("accept-encoding", "gzip")
        .send()
        .unwrap();
    assert_eq!(docs.headers()["content-encoding"], "gzip");
    assert_eq!(docs.headers()["cache-control"], "no-cache");
    let tag = docs.headers()["etag"].clone();
    let packed = docs.bytes().unwrap();
    let mut page = String::new();
    flate2::read::GzDecoder::new(packed.as_ref())
        .read_to_string(&mut page)
        .unwrap();
    assert!(page.contains("SwaggerUIBundle({") && packed.len() * 2 < page.len());
    let again = server.get("/docs").header("accept-encoding", "gzip");
    let again = again.header("if-none-match", tag).send().unwrap();
    assert_eq!(again.status().as_u16(), 304);
    let spec: Value = server.get_json("/openapi.json").1;
    let schemes = spec["components"]["securitySchemes"].as_object().unwrap();
    let names: Vec<&String> = schemes.keys().collect();
    assert_eq!(names, ["apiKey", "basic", "bearer", "token"]);
    assert_eq!(
        spec["paths"]["/flags"]["get"]["security"],
        json!([{"bearer": []}, {"basic": []}, {"apiKey": []}])
    );
}
