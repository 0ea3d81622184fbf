//! Bodies of types that a route does not read.

use crate::{node, raw};

#[test]
fn elasticsearchs_routes_refuse_other_types_in_its_words() {
    let server = node(&[], &[]);
    for (kind, reason) in [
        (
            "text/plain",
            "Content-Type header [text/plain] is not supported",
        ),
        (
            "application/x-www-form-urlencoded",
            "Content-Type header [application/x-www-form-urlencoded] is not supported",
        ),
        ("", "Content-Type header is missing"),
    ] {
        for (method, path) in [
            ("PUT", "/made/_doc/1"),
            ("POST", "/_bulk"),
            ("POST", "/_search"),
            ("POST", "/_aliases"),
            ("POST", "/images/_close"),
        ] {
            let headers: &[(&str, &str)] = match kind {
                "" => &[],
                kind => &[("content-type", kind)],
            };
            let answer = raw(&server, method, path, headers, b"{\"a\":1}\n");
            assert_eq!(answer.status, 406, "{path} {kind}");
            let body = serde_json::json!({"error": reason, "status": 406});
            assert_eq!(answer.json(), body, "{path} {kind}");
            assert_eq!(answer.header("x-elastic-product"), "Elasticsearch");
        }
    }
    for kind in [
        "application/json",
        "application/json; charset=UTF-8",
        "application/vnd.elasticsearch+json;compatible-with=8",
        "application/vnd.elasticsearch+json; compatible-with=8",
    ] {
        let headers = [("content-type", kind)];
        let answer = raw(&server, "PUT", "/made/_doc/1", &headers, b"{\"a\":1}");
        assert!(
            matches!(answer.status, 200 | 201),
            "{kind}: {}",
            answer.body
        );
    }
    for kind in [
        "application/x-ndjson",
        "application/vnd.elasticsearch+x-ndjson; compatible-with=8",
    ] {
        let lines = b"{\"index\":{\"_index\":\"made\"}}\n{\"a\":1}\n";
        let answer = raw(&server, "POST", "/_bulk", &[("content-type", kind)], lines);
        assert_eq!(answer.status, 200, "{kind}: {}", answer.body);
    }
}

#[test]
fn what_curl_calls_a_form_is_json_unless_a_browser_sent_it() {
    let server = node(&[], &[]);
    let form = ("content-type", "application/x-www-form-urlencoded");
    let text = ("content-type", "text/plain;charset=UTF-8");
    let own = ("origin", "http://localhost");
    let site = ("sec-fetch-site", "same-origin");
    for (path, body, status) in [
        ("/image/search", "{}", 200),
        ("/flag-image", "{\"image_prompt\":\"x\"}", 201),
        ("/api/images", "{}", 200),
        ("/api/image/sim/del/id", "{\"id\":\"9\"}", 200),
    ] {
        for headers in [&[form][..], &[text], &[]] {
            let answer = raw(&server, "POST", path, headers, body.as_bytes());
            assert_eq!(answer.status, status, "{path} {headers:?}: {}", answer.body);
        }
        for headers in [
            &[form, own][..],
            &[text, own],
            &[own],
            &[form, site],
            &[("content-type", "application/octet-stream")],
            &[("content-type", "multipart/form-data; boundary=x")],
        ] {
            let answer = raw(&server, "POST", path, headers, body.as_bytes());
            assert_eq!(answer.status, 415, "{path} {headers:?}: {}", answer.body);
        }
    }
    let told = |path: &str| raw(&server, "POST", path, &[form, own], b"{}").json();
    assert_eq!(told("/image/search")["code"], 1005);
    assert_eq!(told("/api/images")["error"]["code"], "UnsupportedMediaType");
    assert!(told("/flag-image")["error"].is_string());
    assert_eq!(told("/api/image/sim/del/id")["code"], 500);
    // Suggestions never fail, whatever the body.
    let answer = raw(&server, "POST", "/image/search/suggest", &[text, own], b"x");
    assert_eq!(
        (answer.status, answer.json()["code"].as_i64()),
        (200, Some(0))
    );
}

#[test]
fn forms_with_files_are_multipart() {
    let server = node(&[], &[]);
    for path in [
        "/image/upload",
        "/api/image/sim/add/file",
        "/api/image/sim/search/file",
    ] {
        for kind in [
            "application/json",
            "application/x-www-form-urlencoded",
            "image/png",
        ] {
            let answer = raw(&server, "POST", path, &[("content-type", kind)], b"{}");
            assert_eq!(answer.status, 415, "{path} {kind}: {}", answer.body);
            assert!(
                answer.body.contains("multipart/form-data"),
                "{}",
                answer.body
            );
        }
    } // What is no form has no part of that name, as clients of the family know it.
    let kind = ("content-type", "application/json");
    let answer = raw(&server, "POST", "/api/detect", &[kind], b"{}");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"], "No images provided");
}
