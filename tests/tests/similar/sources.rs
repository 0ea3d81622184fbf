//! Paths and URLs are read only where they may be.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::json;
use tests::{Server, ServerOptions};

use super::{failed, png, post};

#[test]
fn paths_are_read_only_where_they_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let allowed = folder.path().join("allowed");
    std::fs::create_dir(&allowed).unwrap();
    std::fs::write(allowed.join("a.png"), png(1)).unwrap();
    std::fs::write(folder.path().join("secret.png"), png(2)).unwrap();
    std::fs::create_dir(folder.path().join("allowed-not")).unwrap();
    std::fs::write(folder.path().join("allowed-not/c.png"), png(3)).unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.png"), allowed.join("link.png")).unwrap();
    let server = Server::with(ServerOptions {
        args: vec!["--allow-path".to_owned(), allowed.display().to_string()],
        env: Vec::new(),
    });
    let path = |name: &str| folder.path().join(name).display().to_string();
    for bad in [
        path("secret.png"),
        path("allowed/../secret.png"),
        path("allowed/link.png"),
        path("allowed-not/c.png"),
        path("allowed/absent.png"),
        path("allowed"),
        "allowed/a.png".to_owned(),
        "/etc/passwd".to_owned(),
        server.folder().join("catalog.meta").display().to_string(),
    ] {
        failed(
            &post(&server, "add/path", json!({"path": bad})),
            "存储图片失败！",
        );
        failed(
            &post(&server, "search/path", json!({"path": bad})),
            "检索图片失败！",
        );
    }
    let answer = post(
        &server,
        "add/path",
        json!({"path": path("allowed/a.png"), "key": "a"}),
    );
    assert_eq!(answer["data"], true);
    let answer = post(
        &server,
        "search/path",
        json!({"path": path("allowed/a.png"), "limit": 1}),
    );
    assert_eq!(answer["data"][0]["key"], "a");
    // The data folder's inbox is allowed by itself.
    let inbox = server.folder().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    std::fs::write(inbox.join("b.png"), png(4)).unwrap();
    let answer = post(&server, "add/path", json!({"path": inbox.join("b.png")}));
    assert_eq!(answer["data"], true);
}

/// Serves one answer a connection: by path a picture, a redirect, or too much.
fn pictures(target: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let target = target.to_owned();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = [0u8; 4096];
            let read = connection.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, more, body) = match path.as_str() {
                "/cat.png?x=1" => ("200 OK", String::new(), png(5)),
                "/moved" => ("302 Found", format!("location: {target}\r\n"), Vec::new()),
                "/loop" => ("302 Found", "location: /loop\r\n".to_owned(), Vec::new()),
                "/large" => ("200 OK", String::new(), vec![0; 3 << 20]),
                _ => ("404 Not Found", String::new(), Vec::new()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n",
                body.len()
            );
            let _ = connection.write_all(head.as_bytes());
            let _ = connection.write_all(&body);
        }
    });
    address
}

#[test]
fn urls_are_fetched_only_from_where_they_may() {
    let address = pictures("file:///etc/passwd");
    let port = address.rsplit(':').next().unwrap();
    let strict = Server::start();
    for url in [
        format!("{address}/cat.png?x=1"),
        format!("http://localhost:{port}/cat.png?x=1"),
        format!("http://[::ffff:127.0.0.1]:{port}/cat.png?x=1"),
        format!("http://2130706433:{port}/cat.png?x=1"),
        "file:///etc/passwd".to_owned(),
        "ftp://example.org/x.png".to_owned(),
        "nonsense".to_owned(),
        String::new(),
    ] {
        failed(
            &post(&strict, "add/url", json!({"url": url})),
            "存储图片失败！",
        );
        failed(
            &post(&strict, "search/url", json!({"url": url})),
            "检索图片失败！",
        );
    }
    let open = Server::with(ServerOptions {
        args: ["--allow-private-urls", "--max-file-bytes", "1000000"]
            .map(str::to_owned)
            .to_vec(),
        env: Vec::new(),
    });
    let url = format!("{address}/cat.png?x=1");
    let answer = post(
        &open,
        "add/url",
        json!({"url": url, "key": "u", "imgPath": "there"}),
    );
    assert_eq!(answer["data"], true, "{answer}");
    let answer = post(&open, "search/url", json!({"url": url}));
    assert_eq!(answer["data"][0]["key"], "u");
    assert_eq!(answer["data"][0]["filepath"], "there");
    let (_, found) = open.search(&json!({"keyword": "cat"}));
    assert_eq!(
        found["data"]["total"], 1,
        "the name in the URL is its title: {found}"
    );
    for bad in ["/moved", "/loop", "/large", "/absent"] {
        let answer = post(&open, "add/url", json!({"url": format!("{address}{bad}")}));
        failed(&answer, "存储图片失败！");
    }
}
