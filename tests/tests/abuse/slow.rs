//! Slow clients, large heads, broken requests, and many connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{assert_well, connect, node, raw, rest};

/// Long enough that the test takes a while, and no more.
const PATIENT: &[&str] = &["--client-timeout-ms", "1500"];

#[test]
fn heads_that_come_drop_by_drop_are_hung_up_on() {
    let server = node(PATIENT);
    let mut slow: Vec<TcpStream> = (0..20).map(|_| connect(&server)).collect();
    let began = Instant::now();
    let mut gone = 0;
    for byte in b"GET /health HTTP/1.1\r\nhost: localhost\r\nx-drop: "
        .iter()
        .chain([b'a'; 2_000].iter())
    {
        gone = slow
            .iter_mut()
            .map(|connection| connection.write_all(&[*byte]))
            .filter(Result::is_err)
            .count();
        if gone == 20 {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{gone} of 20 are gone"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(gone, 20);
    // One that says nothing at all meanwhile may go on.
    let mut quiet = connect(&server);
    std::thread::sleep(Duration::from_millis(2_000));
    quiet
        .write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    assert!(rest(&mut quiet).starts_with("HTTP/1.1 200 OK"));
    assert_well(&server);
}

#[test]
fn bodies_that_do_not_come_are_not_waited_for() {
    let server = node(PATIENT);
    for (path, status, told) in [
        ("/image/search", "400", "the body did not arrive within"),
        ("/notes/_search", "408", "the body did not arrive in time"),
        ("/flag-image", "400", "the body did not arrive within"),
    ] {
        let mut connection = connect(&server);
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: 1000\r\n\r\n{{\"key"
        );
        connection.write_all(head.as_bytes()).unwrap();
        let answer = rest(&mut connection);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {answer}"
        );
        assert!(answer.contains(told), "{path}: {answer}");
    }
    assert_well(&server);
}

#[test]
fn answers_that_nobody_takes_are_given_up() {
    let server = node(PATIENT);
    let text = "x".repeat(200_000);
    for n in 0..40 {
        let path = format!("/notes/_doc/{n}");
        server.ok("PUT", &path, &json!({"text": text}));
    }
    server.ok("POST", "/notes/_refresh", &json!(null));
    let mut connection = connect(&server);
    let body = r#"{"size":40}"#;
    let request = format!(
        "POST /notes/_search HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_secs(5));
    // What is in the system's buffers is there still; the rest never comes.
    let mut read = Vec::new();
    let _ = connection.read_to_end(&mut read);
    assert!(read.starts_with(b"HTTP/1.1 200 OK"));
    assert!(read.len() < 8_000_000, "{}", read.len());
    assert_well(&server);
}

#[test]
fn heads_that_are_too_large_or_none_are_refused() {
    let server = node(&[]);
    let many: String = (0..5_000).map(|n| format!("h{n}: 1\r\n")).collect();
    let long = "a".repeat(1 << 20);
    for (request, status) in [
        (
            format!("GET /health HTTP/1.1\r\nhost: localhost\r\nx: {long}\r\n\r\n"),
            "431",
        ),
        (
            format!("GET /health HTTP/1.1\r\nhost: localhost\r\n{many}\r\n"),
            "431",
        ),
        (
            format!("GET /{long} HTTP/1.1\r\nhost: localhost\r\n\r\n"),
            "431",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), "400"),
        (
            "GET /health HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n".to_owned(),
            "400",
        ),
        (
            "POST /image/search HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\
             transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
                .to_owned(),
            "400",
        ),
    ] {
        let answer = raw(&server, request.as_bytes());
        let shown: String = request.chars().take(60).collect();
        assert!(
            answer.is_empty() || answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{shown}: {answer}"
        );
    }
    assert_well(&server);
}

#[test]
fn thousands_of_idle_connections_do_not_stop_searches() {
    let server = node(&[]);
    server.add("a.gif", tests::solid_gif(1), &[("title", "still here")]);
    let mut idle = Vec::new();
    for _ in 0..2_000 {
        let address = server.address().strip_prefix("http://").unwrap();
        match TcpStream::connect(address) {
            Ok(connection) => idle.push(connection),
            Err(error) => {
                eprintln!("only {} connections can be had here: {error}", idle.len());
                break;
            }
        }
    }
    // Each is really taken up: some speak, and are answered.
    for connection in idle.iter_mut().step_by(97) {
        connection
            .write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .unwrap();
        let mut begin = [0; 15];
        connection.read_exact(&mut begin).unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200 OK");
    }
    for _ in 0..20 {
        assert_eq!(
            server.titles(&json!({"keyword": "still here"})),
            ["still here"]
        );
    }
    assert!(idle.len() > 200, "{}", idle.len());
    drop(idle);
    assert_well(&server);
}
