//! The committed specification is the one that the binary prints, and the page of it is whole.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::PathBuf;
use std::process::Command;

use tests::{Server, binary};

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../openapi.yaml")
}

#[test]
fn the_committed_specification_has_not_drifted() {
    let printed = Command::new(binary()).arg("openapi").output().unwrap();
    assert!(printed.status.success());
    let printed = String::from_utf8(printed.stdout).unwrap();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(committed(), &printed).unwrap();
    }
    let there = std::fs::read_to_string(committed()).unwrap();
    let differs = there
        .lines()
        .zip(printed.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| there.lines().count().min(printed.lines().count()));
    assert!(
        there == printed,
        "openapi.yaml differs from `pictor openapi` at line {}; rewrite it with \
         UPDATE_OPENAPI=1 cargo test -p tests --test spec",
        differs + 1
    );
}

#[test]
fn a_node_serves_its_specification_and_a_page_of_it() {
    let server = Server::start();
    let yaml = server.get("/openapi.yaml").send().unwrap().text().unwrap();
    assert_eq!(yaml, std::fs::read_to_string(committed()).unwrap());
    let (status, json) = server.get_json("/openapi.json");
    assert_eq!(status, 200);
    let paths = json["paths"].as_object().unwrap();
    for path in [
        "/image/upload",
        "/image/search",
        "/image/search/suggest",
        "/image/search/hotwords",
        "/image/createlink/{gif_id}",
        "/image/createziplink",
        "/image/preview/{id_or_token}",
        "/image/download/{id_or_token}",
        "/image/downloadzip",
        "/search",
        "/search/suggest",
        "/search/hotwords",
        "/createlink/{gif_id}",
        "/flag-image",
        "/flags",
        "/flags/{id}",
        "/flags/export",
        "/sdapi/v1/png-info",
        "/health",
    ] {
        assert!(paths.contains_key(path), "{path} in {:?}", paths.keys());
    }
    let operations: Vec<&str> = paths
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let count: usize = paths
        .values()
        .map(|path| path.as_object().unwrap().len())
        .sum();
    assert_eq!(operations.len(), count, "each operation has a name");
    let unique: std::collections::BTreeSet<_> = operations.iter().collect();
    assert_eq!(unique.len(), count, "and no two have the same");

    let page = server.get("/docs").send().unwrap();
    assert_eq!(page.status().as_u16(), 200);
    let html = page.text().unwrap();
    assert!(html.contains("searchGifs") || html.contains("/image/search"));
    for outside in ["<script src=\"http", "<link rel=\"stylesheet\" href=\"http"] {
        assert!(
            !html.contains(outside),
            "the page asks another host: {outside}"
        );
    }
}
