//! Who is answered: keys, hosts, pages of other sites, types of bodies, and indices that are not the users'.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod bodies;
mod browsers;
mod keys;
mod operations;
mod reserved;
mod walk;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tests::{Server, ServerOptions, png, solid_gif};

const KEY: &str = "correct-horse";
/// A word that stands in everything that a node of these tests holds.
const MARK: &str = "zebrafinch";

fn node(args: &[&str], env: &[(&str, &str)]) -> Server {
    Server::with(ServerOptions {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: env
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    })
}

/// An answer as it came over the wire.
struct Raw {
    status: u16,
    head: String,
    body: String,
}

impl Raw {
    /// A header's value; empty where there is none.
    fn header(&self, name: &str) -> String {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        values.next().map_or("", |(_, value)| value).to_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Sends a request as it stands: no client cleans its path or adds a header. `host` is one of `headers` or
/// `localhost`.
fn raw(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Raw {
    let address = server.address().trim_start_matches("http://");
    let address = address.replace("0.0.0.0", "127.0.0.1");
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        head.push_str("host: localhost\r\n");
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    // The node may answer, and hang up, before it has read everything.
    let _ = stream.write_all(&bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Raw {
        status: status.unwrap_or_else(|| panic!("{method} {path}: no answer: {answer}")),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// A request with the key that has to go well.
fn keyed(server: &Server, method: &str, path: &str, body: &Value) -> Value {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = server
        .client()
        .request(method.clone(), server.url(path))
        .bearer_auth(KEY);
    if !body.is_null() {
        request = request.json(body);
    }
    let response = request.send().unwrap();
    let status = response.status();
    let text = response.text().unwrap();
    assert!(status.is_success(), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// Fills a node with something of everything: pictures, documents, aliases, templates, flags, detections, a
/// link, a repository with a snapshot.
fn fill(server: &Server) {
    let form = |part: &'static str, name: &str, bytes: Vec<u8>| {
        let bytes = reqwest::blocking::multipart::Part::bytes(bytes).file_name(name.to_owned());
        reqwest::blocking::multipart::Form::new().part(part, bytes)
    };
    let send = |path: &str, form| {
        let request = server.post(path).bearer_auth(KEY).multipart(form);
        assert_eq!(request.send().unwrap().status().as_u16(), 200, "{path}");
    };
    let picture = form("file", "mark.gif", solid_gif(1));
    send(
        "/image/upload",
        picture.text("title", format!("{MARK} picture")),
    );
    send(
        "/api/detect",
        form("images", "zebrafinch.png", png(32, 32, 1)),
    );
    let ok = |method: &str, path: &str, body: Value| keyed(server, method, path, &body);
    ok("PUT", "/things", json!({"aliases": {"them": {}}}));
    for id in 1..=3 {
        let source = json!({"text": format!("{MARK} {id}"), "n": id});
        ok("PUT", &format!("/things/_doc/{id}?refresh=true"), source);
    }
    ok(
        "PUT",
        "/_index_template/t",
        json!({"index_patterns": ["t-*"]}),
    );
    ok("PUT", "/_component_template/c", json!({"template": {}}));
    ok("PUT", "/_template/l", json!({"index_patterns": ["l-*"]}));
    ok(
        "POST",
        "/flag-image",
        json!({"image_prompt": format!("{MARK} prompt")}),
    );
    ok("GET", "/image/createlink/1", Value::Null);
    let place = server.folder().join("snapshots/r");
    ok(
        "PUT",
        "/_snapshot/r",
        json!({"type": "fs", "settings": {"location": place}}),
    );
    ok(
        "PUT",
        "/_snapshot/r/s?wait_for_completion=true",
        json!({"include_global_state": false}),
    );
}

/// All that a node holds, as whoever has the key sees it.
fn state(server: &Server) -> Vec<(String, Value)> {
    keyed(server, "POST", "/_refresh", &Value::Null);
    let mut state = Vec::new();
    for path in [
        "/_cat/indices?format=json&h=index,status,docs.count&s=index&expand_wildcards=all",
        "/_mapping",
        "/_settings",
        "/_alias",
        "/_index_template",
        "/_component_template",
        "/_template",
        "/_snapshot",
        "/_snapshot/r/_all",
        "/_cluster/settings",
        "/flags",
        "/api/data/getRecent",
        "/api/images",
        "/_search?size=1000&seq_no_primary_term=true&version=true",
    ] {
        let mut value = keyed(server, "GET", path, &Value::Null);
        if let Some(object) = value.as_object_mut() {
            object.remove("took");
        }
        state.push((path.to_owned(), value));
    }
    let mut health = keyed(server, "GET", "/health", &Value::Null);
    let wanted = ["documents", "vectors", "indices", "status"];
    let health = health.as_object_mut().unwrap();
    health.retain(|name, _| wanted.contains(&name.as_str()));
    state.push(("/health".to_owned(), json!(health)));
    state
}

/// Asserts that two states are the same, naming the first part that is not.
fn assert_same(before: &[(String, Value)], after: &[(String, Value)], told: &str) {
    for ((path, before), (_, after)) in before.iter().zip(after) {
        assert_eq!(before, after, "{told}: {path}");
    }
}
