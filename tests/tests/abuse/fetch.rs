//! URLs that lead into the node's own network.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tests::Server;

use super::{assert_well, node};

/// Serves redirects to where the path says, and counts who comes.
fn trap() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let visits = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&visits);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            seen.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 2_048];
            let read = connection.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let target = request.split(' ').nth(1).unwrap_or_default();
            let target = target.strip_prefix("/to/").unwrap_or("/secret");
            let answer = format!(
                "HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    (port, visits)
}

fn fetched(server: &Server, url: &str) -> String {
    let (status, answer): (u16, Value) =
        server.post_json("/api/image/sim/search/url", &json!({"url": url}));
    assert_eq!(status, 200);
    assert_ne!(answer["code"], 200, "{url}: {answer}");
    answer["msg"].as_str().unwrap().to_owned()
}

#[test]
fn addresses_of_the_own_network_are_not_asked_in_any_writing() {
    let (port, visits) = trap();
    let server = node(&[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[::127.0.0.1]",
        "[fe80::1]",
        "localhost",
        "LOCALHOST.",
        "①②⑦.⓪.⓪.①",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "user:secret@127.0.0.1",
    ] {
        let told = fetched(&server, &format!("http://{host}:{port}/x.gif"));
        assert!(
            told.contains("private, loopback or link-local"),
            "{host}: {told}"
        );
        assert!(!told.contains("secret"), "{told}");
    }
    for url in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1/",
        "data:image/gif;base64,R0lGOD",
    ] {
        let told = fetched(&server, url);
        assert!(told.contains("only http and https"), "{url}: {told}");
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0, "nobody was asked");
    assert_well(&server);
}

#[test]
fn redirects_are_looked_at_as_the_first_url_is() {
    let (port, visits) = trap();
    let server = node(&["--allow-private-urls"]);
    for (target, told) in [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/", "only http and https"),
        ("/to//to//to//to//to//to//to//to/", "redirects"),
    ] {
        let url = format!("http://127.0.0.1:{port}/to/{target}");
        let answer = fetched(&server, &url);
        assert!(answer.contains(told), "{target}: {answer}");
    }
    assert!(visits.load(Ordering::SeqCst) >= 3);
    assert_well(&server);
}
