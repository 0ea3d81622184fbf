//! Who may do what.

use serde_json::{Value, json};
use tests::{Server, ServerOptions};

use crate::support::{fails, send_any};

#[test]
fn keys_guard_writes_and_reads_of_private_nodes() {
    let options = |args: &[&str]| ServerOptions {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: vec![("API_KEY".to_owned(), "key".to_owned())],
    };
    let server = Server::with(options(&[]));
    for (method, path) in [
        ("PUT", "/x"),
        ("POST", "/x/_doc"),
        ("POST", "/_bulk"),
        ("DELETE", "/x"),
        ("POST", "/_aliases"),
        ("POST", "/_reindex"),
        ("PUT", "/_snapshot/r"),
    ] {
        let (status, kind, _) = fails(&server, method, path, json!({}));
        assert_eq!(
            (status, kind.as_str()),
            (401, "security_exception"),
            "{method} {path}"
        );
    }
    for (method, path) in [
        ("POST", "/_search"),
        ("POST", "/_msearch"),
        ("POST", "/images/_count"),
        ("GET", "/_cat/indices"),
        ("POST", "/_analyze"),
    ] {
        assert_ne!(send_any(&server, method, path).0, 401, "{method} {path}");
    }
    let private = Server::with(options(&["--private"]));
    assert_eq!(fails(&private, "GET", "/_search", Value::Null).0, 401);
    let open = private
        .get("/_search")
        .header("authorization", "Bearer key")
        .send()
        .unwrap();
    assert_eq!(open.status().as_u16(), 200);
}
