//! Where the page is, how its files travel, and what it may do.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Server, ServerOptions};

use super::header;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The most bytes of the first view, compressed.
const FIRST_VIEW: usize = 150_000;

#[test]
fn a_browser_gets_the_page_and_a_client_the_greeting() {
    let server = Server::start();
    for (path, accept) in [("/", BROWSER), ("/ui", "*/*"), ("/ui", BROWSER)] {
        let page = server.get(path).header("accept", accept).send().unwrap();
        assert_eq!(page.status().as_u16(), 200, "{path}");
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        let policy = header(&page, "content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob: data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(rule), "{rule} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        assert!(page.text().unwrap().contains("<title>Pictor</title>"));
    }
    for accept in [
        "application/json",
        "*/*",
        "application/vnd.elasticsearch+json; compatible-with=8",
    ] {
        let greeting = server.get("/").header("accept", accept).send().unwrap();
        assert_eq!(header(&greeting, "x-elastic-product"), "Elasticsearch");
        assert_eq!(header(&greeting, "vary"), "accept");
        let greeting: Value = greeting.json().unwrap();
        assert_eq!(greeting["tagline"], "You Know, for Search", "{accept}");
    }
    let head = server
        .client()
        .head(server.url("/"))
        .header("accept", BROWSER);
    let head = head.send().unwrap();
    assert_eq!(
        (head.status().as_u16(), header(&head, "content-type")),
        (200, "text/html; charset=utf-8".to_owned())
    );
    let redirect = server.get("/ui/").send().unwrap();
    // The client follows it.
    assert_eq!(
        (redirect.status().as_u16(), redirect.url().path()),
        (200, "/ui")
    );
    let missing = server.get("/ui/nothing.js").send().unwrap();
    assert_eq!(missing.status().as_u16(), 404);
    assert!(
        missing
            .text()
            .unwrap()
            .contains("no route GET /ui/nothing.js")
    );
}

#[test]
fn ui_stays_reserved_for_other_methods() {
    let server = Server::start();
    let put = server.client().put(server.url("/ui")).send().unwrap();
    let (status, answer): (u16, Value) = (put.status().as_u16(), put.json().unwrap());
    assert_eq!(
        (status, &answer["error"]["type"]),
        (400, &json!("invalid_index_name_exception"))
    );
    let post = server
        .client()
        .request(Method::POST, server.url("/ui/_doc"))
        .json(&json!({}))
        .send()
        .unwrap();
    assert_eq!(post.status().as_u16(), 400);
}

#[test]
fn files_are_compressed_once_and_sent_once() {
    let server = Server::start();
    let get = |encoding: &str, tag: &str| {
        let request = server.get("/ui/app.js").header("accept-encoding", encoding);
        let request = if tag.is_empty() {
            request
        } else {
            request.header("if-none-match", tag)
        };
        request.send().unwrap()
    };
    let plain = get("identity", "");
    let plain_tag = header(&plain, "etag");
    assert_eq!(
        (
            header(&plain, "content-encoding"),
            header(&plain, "content-type")
        ),
        (String::new(), "text/javascript; charset=utf-8".to_owned())
    );
    let text = plain.text().unwrap();
    let packed = get("gzip, br", "");
    let packed_tag = header(&packed, "etag");
    assert_eq!(
        (header(&packed, "content-encoding"), header(&packed, "vary")),
        ("gzip".to_owned(), "accept-encoding".to_owned())
    );
    assert_eq!(header(&packed, "cache-control"), "no-cache");
    let mut unpacked = String::new();
    GzDecoder::new(packed.bytes().unwrap().as_ref())
        .read_to_string(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, text);
    assert_ne!(plain_tag, packed_tag);
    for (encoding, tag) in [("identity", &plain_tag), ("gzip", &packed_tag)] {
        let again = get(encoding, tag);
        assert_eq!(
            (again.status().as_u16(), header(&again, "etag")),
            (304, tag.clone())
        );
        assert_eq!(again.bytes().unwrap().len(), 0);
    }
    assert_eq!(get("identity", "\"other\"").status().as_u16(), 200);
}

/// The files that a script imports before it runs.
fn imports(name: &str, script: &str) -> Vec<String> {
    let folder: Vec<&str> = name.split('/').rev().skip(1).collect();
    script
        .lines()
        .filter(|line| line.starts_with("import ") || line.starts_with("} from "))
        .filter_map(|line| line.split('\'').nth(1))
        .map(|path| {
            let mut parts: Vec<&str> = folder.iter().rev().copied().collect();
            for part in path.split('/') {
                match part {
                    "." => {}
                    ".." => {
                        parts.pop();
                    }
                    part => parts.push(part),
                }
            }
            parts.join("/")
        })
        .collect()
}

#[test]
fn the_first_view_is_small_and_asks_for_all_it_needs_at_once() {
    let server = Server::start();
    let html = server.get("/ui").send().unwrap().text().unwrap();
    let named = |attribute: &str| -> Vec<String> {
        let parts = html.split(attribute).skip(1);
        let names = parts.filter_map(|part| part.split('"').next()?.strip_prefix("ui/"));
        names.map(str::to_owned).collect()
    };
    let preloaded: BTreeSet<String> = named("modulepreload\" href=\"").into_iter().collect();
    let mut needed: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = vec!["app.js".to_owned()];
    while let Some(name) = open.pop() {
        let script = server.get(&format!("/ui/{name}")).send().unwrap();
        assert_eq!(script.status().as_u16(), 200, "{name}");
        let found = imports(&name, &script.text().unwrap());
        needed.insert(name);
        open.extend(found.into_iter().filter(|name| !needed.contains(name)));
    }
    needed.remove("app.js");
    assert_eq!(preloaded, needed);
    let mut bytes = 0;
    let mut all: BTreeSet<String> = needed.iter().map(|name| format!("/ui/{name}")).collect();
    all.extend(
        named("href=\"")
            .iter()
            .chain(&named("src=\""))
            .map(|name| format!("/ui/{name}")),
    );
    all.insert("/ui".to_owned());
    assert!(
        all.contains("/ui/app.js") && all.contains("/ui/style/base.css"),
        "{all:?}"
    );
    for path in all {
        let file = server
            .get(&path)
            .header("accept-encoding", "gzip")
            .send()
            .unwrap();
        assert_eq!(
            (file.status().as_u16(), header(&file, "content-encoding")),
            (200, "gzip".to_owned()),
            "{path}"
        );
        bytes += file.bytes().unwrap().len();
    }
    println!("first view: {bytes} bytes compressed");
    assert!(bytes < FIRST_VIEW, "{bytes}");
}

#[test]
fn the_page_is_open_where_the_library_is_not() {
    let server = Server::with(ServerOptions {
        args: vec!["--private".to_owned()],
        env: vec![("API_KEY".to_owned(), "k".to_owned())],
    });
    let page = server.get("/").header("accept", BROWSER).send().unwrap();
    assert_eq!(page.status().as_u16(), 200);
    for path in ["/ui", "/ui/app.js", "/ui/style/base.css"] {
        assert_eq!(
            server.get(path).send().unwrap().status().as_u16(),
            200,
            "{path}"
        );
    }
    for path in ["/", "/_pictor/searches", "/images/_search", "/docs"] {
        assert_eq!(
            server.get(path).send().unwrap().status().as_u16(),
            401,
            "{path}"
        );
    }
    assert_eq!(server.post_json("/image/search/explore", &json!({})).0, 401);
}
