//! Names that lead out of the data folder.

use std::fs;

use serde_json::json;

use super::{assert_well, node, raw};

#[test]
fn names_with_dots_and_slashes_lead_nowhere() {
    let server = node(&[]);
    let root = server.folder().parent().unwrap().to_path_buf();
    fs::write(root.join("secret.gif"), tests::solid_gif(9)).unwrap();
    let before: Vec<_> = fs::read_dir(&root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    for (method, path, body, status, kind) in [
        (
            "PUT",
            "/..%2fx",
            json!({}),
            400,
            "invalid_index_name_exception",
        ),
        ("PUT", "/..", json!({}), 405, ""),
        (
            "PUT",
            "/.%2e%2fx%00y",
            json!({}),
            400,
            "invalid_index_name_exception",
        ),
        (
            "GET",
            "/..%2f..%2fetc%2fpasswd",
            json!(null),
            404,
            "index_not_found_exception",
        ),
        (
            "PUT",
            "/_snapshot/..%2fx",
            json!({"type": "fs", "settings": {"location": "x"}}),
            400,
            "repository_exception",
        ),
        (
            "PUT",
            "/_snapshot/r",
            json!({"type": "fs", "settings": {"location": "../../x"}}),
            400,
            "repository_exception",
        ),
        (
            "PUT",
            "/_snapshot/r",
            json!({"type": "fs", "settings": {"location": "a/../../../x"}}),
            400,
            "repository_exception",
        ),
        (
            "PUT",
            "/_snapshot/r",
            json!({"type": "fs", "settings": {"location": "/etc"}}),
            400,
            "repository_exception",
        ),
        (
            "GET",
            "/notes/_doc/..%2f..%2fx",
            json!(null),
            404,
            "index_not_found_exception",
        ),
    ] {
        let (got, answer) = server.send(method, path, &body);
        if kind.is_empty() {
            assert!(got >= 400, "{method} {path}: {got} {answer}");
            continue;
        }
        assert_eq!(
            (got, &answer["error"]["type"]),
            (status, &json!(kind)),
            "{method} {path}"
        );
    }
    server.ok(
        "PUT",
        "/_snapshot/r",
        &json!({"type": "fs", "settings": {"location": "mine"}}),
    );
    let (status, answer) = server.send("PUT", "/_snapshot/r/..%2f..%2fout", &json!({}));
    assert_eq!(
        (status, &answer["error"]["type"]),
        (400, &json!("invalid_snapshot_name_exception"))
    );

    // Files by path, and by hash.
    let secret = root.join("secret.gif").display().to_string();
    let inbox = server.folder().join("inbox").display().to_string();
    fs::create_dir_all(&inbox).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, format!("{inbox}/link.gif")).unwrap();
    for path in [
        secret.clone(),
        format!("{inbox}/../../secret.gif"),
        format!("{inbox}/link.gif"),
        "/etc/passwd".to_owned(),
    ] {
        let (_, answer) = server.post_json("/api/image/sim/search/path", &json!({"path": path}));
        assert_ne!(answer["code"], 200, "{path}: {answer}");
    }
    for path in [
        "/api/images/..%2f..%2fsecret.gif",
        "/api/images/%2e%2e/content",
        "/api/images/../content",
    ] {
        // As it stands: a client's URL would lose its dots.
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let answer = raw(&server, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
        assert!(answer.contains("\"InvalidHash\""), "{path}: {answer}");
    }
    let shown = server
        .get("/image/preview/..%2f..%2fsecret.gif")
        .send()
        .unwrap();
    assert_eq!(shown.status().as_u16(), 404);

    let after: Vec<_> = fs::read_dir(&root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(before.len(), after.len(), "{after:?}");
    assert_well(&server);
}
