//! A repository in a bucket, held by `moto`'s S3 server; skipped where that cannot be installed.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Server, ServerOptions, gif, python};

/// `moto`'s server; it ends with the test.
struct Moto {
    process: Child,
    address: String,
}

impl Moto {
    /// Starts it with one bucket, `pictures`; `None` where it cannot be had.
    fn start() -> Option<Self> {
        let python = python()?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = port.local_addr().unwrap().port().to_string();
        let process = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
        };
        let client = reqwest::blocking::Client::new();
        let began = Instant::now();
        loop {
            let put = client.put(format!("{}/pictures", moto.address)).send();
            if put.is_ok_and(|answer| answer.status().is_success()) {
                return Some(moto);
            }
            assert!(began.elapsed() < Duration::from_secs(60), "moto is silent");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn options(&self) -> ServerOptions {
        let key = |name: &str| (name.to_owned(), "testing".to_owned());
        ServerOptions {
            args: Vec::new(),
            env: vec![key("AWS_ACCESS_KEY_ID"), key("AWS_SECRET_ACCESS_KEY")],
        }
    }

    fn register(&self, server: &Server) {
        let body = json!({"type": "s3", "settings": {
            "bucket": "pictures", "base_path": "node", "endpoint": self.address, "region": "us-east-1"}});
        assert_eq!(put(server, "/_snapshot/bucket", &body).0, 200);
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn put(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let answer = server.client().put(server.url(path)).json(body).send();
    let answer = answer.unwrap();
    (answer.status().as_u16(), answer.json().unwrap())
}

#[test]
fn a_bucket_holds_a_repository() {
    let Some(moto) = Moto::start() else {
        eprintln!("skipped: moto cannot be installed");
        return;
    };
    let mut server = Server::with(moto.options());
    moto.register(&server);
    let mut ids = Vec::new();
    for n in 0..6 {
        let title = format!("picture number {n}");
        ids.push(server.add("x.gif", gif(40, 30, 3, 100, n), &[("title", &title)]));
    }
    let (status, made) = put(
        &server,
        "/_snapshot/bucket/one?wait_for_completion=true",
        &json!({}),
    );
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["snapshot"]["state"], "SUCCESS");
    let (_, listed) = server.get_json("/_cat/snapshots/bucket?format=json");
    assert_eq!(listed[0]["id"], "one");
    let file = |server: &Server, id: u64| {
        let answer = server.get(&format!("/image/preview/{id}")).send().unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.bytes().unwrap()
    };
    let before: Vec<_> = ids.iter().map(|id| file(&server, *id)).collect();
    server.kill();

    let restored = Server::with(moto.options());
    moto.register(&restored);
    let (status, answer) = restored.post_json(
        "/_snapshot/bucket/one/_restore?wait_for_completion=true",
        &json!({}),
    );
    assert_eq!(status, 200, "{answer}");
    let titles = restored.titles(&json!({"keyword": "picture number 3"}));
    assert_eq!(titles.first().map(String::as_str), Some("picture number 3"));
    let after: Vec<_> = ids.iter().map(|id| file(&restored, *id)).collect();
    assert_eq!(before, after);

    let gone = restored
        .client()
        .delete(restored.url("/_snapshot/bucket/one"));
    assert_eq!(gone.send().unwrap().status().as_u16(), 200);
    let (status, missing) = restored.get_json("/_snapshot/bucket/one");
    assert_eq!(status, 404);
    assert_eq!(missing["error"]["type"], "snapshot_missing_exception");
}
