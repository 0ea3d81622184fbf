//! Blocks of indices.

use serde_json::json;

use crate::support::{fails, filled, ok};

#[test]
fn blocks_refuse_with_the_status_of_their_kind() {
    let server = filled();
    ok(&server, "PUT", "/blocked/_doc/1", json!({"n": 1}));
    for (block, expected, code) in [
        ("write", 403, "FORBIDDEN/8/"),
        ("read_only", 403, "FORBIDDEN/5/"),
        ("read_only_allow_delete", 429, "TOO_MANY_REQUESTS/12/"),
    ] {
        let set = |on: bool| json!({ format!("index.blocks.{block}"): on });
        ok(&server, "PUT", "/blocked/_settings", set(true));
        let (status, kind, reason) = fails(&server, "PUT", "/blocked/_doc/2", json!({"n": 2}));
        assert_eq!(status, expected, "{block}");
        assert_eq!(kind, "cluster_block_exception");
        assert!(reason.contains(code), "{reason}");
        ok(&server, "PUT", "/blocked/_settings", set(false));
    }
    ok(&server, "PUT", "/blocked/_doc/2", json!({"n": 2}));
}
