//! Clients that mean no good: each gets an exact answer, and the node is well afterwards.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod bombs;
mod connections;
mod fetch;
mod memory;
mod paths;
mod secrets;
mod slow;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use tests::{Server, ServerOptions};

/// A node with further arguments.
fn node(args: &[&str]) -> Server {
    Server::with(ServerOptions {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: Vec::new(),
    })
}

/// A connection of its own.
fn connect(server: &Server) -> TcpStream {
    let address = server.address().strip_prefix("http://").unwrap();
    let connection = TcpStream::connect(address).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    connection
}

/// All that comes until the other side ends the connection.
fn rest(connection: &mut TcpStream) -> String {
    let mut read = Vec::new();
    // A connection that is reset has ended too.
    let _ = connection.read_to_end(&mut read);
    String::from_utf8_lossy(&read).into_owned()
}

/// What raw bytes are answered.
fn raw(server: &Server, bytes: &[u8]) -> String {
    let mut connection = connect(server);
    // The node may answer, and hang up, before it has read everything.
    let _ = connection.write_all(bytes);
    rest(&mut connection)
}

/// The node answers, takes a picture in, and finds it.
fn assert_well(server: &Server) {
    let (status, health) = server.get_json("/health");
    assert_eq!((status, &health["status"]), (200, &json!("ok")), "{health}");
    let id = server.add(
        "well.gif",
        tests::solid_gif(4_711),
        &[("title", "all is well")],
    );
    assert_eq!(
        server.titles(&json!({"keyword": "all is well"})),
        ["all is well"]
    );
    let path = format!("/api/images?$filter=id%20eq%20{id}");
    let (status, listed) = server.get_json(&path);
    assert_eq!(
        (status, listed["images"].as_array().unwrap().len()),
        (200, 1)
    );
}
