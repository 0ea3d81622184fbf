//! Connections: how many there may be, what becomes of those of another protocol, and of those whose request
//! was refused.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::json;
use tests::{Limits, Server, ServerOptions};

use super::{assert_well, connect, node, rest};

#[test]
fn http2_is_not_spoken_without_tls() {
    let server = node(&[]);
    let mut connection = connect(&server);
    // The preface, and settings with a window of 0.
    connection
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0")
        .unwrap();
    let mut told = Vec::new();
    connection.read_to_end(&mut told).unwrap();
    // Settings, then a frame that says to go away (7) since HTTP/1.1 is required (13).
    assert_eq!(told.len(), 9 + 17, "{told:?}");
    assert_eq!((told[3], told[9 + 3], told[25]), (4, 7, 13), "{told:?}");
    // An upgrade is not taken either.
    let mut connection = connect(&server);
    connection
        .write_all(
            b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\n\
            upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n",
        )
        .unwrap();
    let mut begin = [0; 15];
    connection.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
    assert_well(&server);
}

#[test]
fn past_the_most_connections_the_oldest_idle_ones_go() {
    let server = node(&["--max-connections", "20"]);
    let mut idle = Vec::new();
    for n in 0..60 {
        let mut connection = connect(&server);
        connection
            .write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .unwrap();
        let mut begin = [0; 15];
        connection.read_exact(&mut begin).unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200 OK", "{n}");
        idle.push(connection);
    }
    assert!(descriptors(&server) < 120, "{}", descriptors(&server));
    // The first was told to go long ago.
    let told = rest(&mut idle[0]);
    assert!(!told.contains("HTTP/1.1"), "{told}");
    assert_well(&server);
}

fn descriptors(server: &Server) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.process()));
    open.unwrap().count()
}

#[test]
fn the_store_keeps_its_descriptors_beside_idle_connections() {
    let limits = Limits {
        descriptors: Some(200),
        ..Limits::default()
    };
    let server = Server::limited(ServerOptions::default(), limits);
    let _idle: Vec<TcpStream> = (0..134).map(|_| connect(&server)).collect();
    for n in 0..20 {
        let (index, path) = (n % 5, format!("/i{}/_doc/{n}?refresh=true", n % 5));
        let (status, answer) = server.send("PUT", &path, &json!({"n": n}));
        assert_eq!(status, 201, "{index}: {answer}");
    }
    let (status, health) = server.get_json("/health");
    assert_eq!((status, &health["status"]), (200, &json!("ok")), "{health}");
    let (_, count) = server.send("GET", "/i*/_count", &json!(null));
    assert_eq!(count["count"], 20);
    assert_well(&server);
}

/// Reads one answer: its head and its body.
fn one(reader: &mut BufReader<TcpStream>) -> (String, String) {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        head += &line.to_lowercase();
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8_lossy(&body).into_owned())
}

#[test]
fn connections_survive_a_refusal_or_say_that_they_do_not() {
    let server = Server::with(ServerOptions {
        args: Vec::new(),
        env: vec![("API_KEY".to_owned(), "secret".to_owned())],
    });
    let open = node(&[]);
    let long = 3 << 20;
    for (server, request, length, status) in [
        (&server, "PUT /x/_doc/1", 1_000, 401),
        (&server, "POST /x/_bulk", long, 401),
        (&server, "POST /flag-image", long, 401),
        (&open, "POST /nothing/here/at/all", long, 404),
        (&open, "PUT /image/search", long, 405),
        (&open, "POST /_search", long, 413),
        (&open, "POST /image/search", long, 400),
        (&open, "POST /image/search", 10, 400),
    ] {
        let connection = connect(server);
        let mut writer = connection.try_clone().unwrap();
        let mut reader = BufReader::new(connection);
        let head = format!(
            "{request} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n"
        );
        writer.write_all(head.as_bytes()).unwrap();
        writer.write_all(&vec![b'x'; length]).unwrap();
        let (head, body) = one(&mut reader);
        assert!(
            head.starts_with(&format!("http/1.1 {status} "))
                || (status == 404 && head.starts_with("http/1.1 400 ")),
            "{request}: {head}{body}"
        );
        assert!(!head.contains("connection: close"), "{request}: {head}");
        writer
            .write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .unwrap();
        let (head, body) = one(&mut reader);
        assert!(head.starts_with("http/1.1 200 "), "{request}: {head}");
        assert!(body.contains("\"ok\""), "{body}");
    }
    // What is too long to be read on, and what is not sent before it is asked for.
    for more in ["", "expect: 100-continue\r\n"] {
        let mut connection = connect(&server);
        let head = format!(
            "PUT /x/_doc/1 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9000000000\r\n{more}\r\n"
        );
        connection.write_all(head.as_bytes()).unwrap();
        let told = rest(&mut connection).to_lowercase();
        assert!(told.starts_with("http/1.1 401 "), "{told}");
        assert!(told.contains("connection: close"), "{told}");
    }
    assert_eq!(server.get_json("/health").0, 200);
}

#[test]
fn links_come_at_a_rate() {
    let server = node(&["--max-links-per-second", "1"]);
    let id = server.add("a.gif", tests::solid_gif(1), &[]);
    let path = format!("/image/createlink/{id}");
    let statuses: Vec<u16> = (0..12).map(|_| server.get_json(&path).0).collect();
    assert_eq!(statuses[..4], [200; 4]);
    assert!(statuses.contains(&429), "{statuses:?}");
    let answers =
        (0..12).map(|_| server.post_json("/image/createziplink", &json!({"gif_ids": [id]})));
    let refused = answers.into_iter().find(|(status, _)| *status == 429);
    let (_, refused) = refused.unwrap();
    assert_eq!(
        (&refused["info"], &refused["data"]["error"]),
        (
            &json!("TOO_MANY_REQUESTS"),
            &json!("more than 1 links a second are being made; try again later")
        )
    );
    assert_well(&server);
}
