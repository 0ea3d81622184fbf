//! Keys are in no log and in no answer.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tests::{binary, solid_gif};

const KEY: &str = "k3y-of-the-node-1234567890";
const TOKEN: &str = "t0ken-of-pictures-1234567890";
const S3: &str = "s3cret-of-the-bucket-1234567890";

#[test]
fn keys_are_in_no_log_and_in_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = Command::new(binary())
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log-level",
            "trace",
            "--data",
        ])
        .arg(folder.path().join("data"))
        .envs([("API_KEY", KEY), ("TOKEN", TOKEN)])
        .envs([
            ("AWS_ACCESS_KEY_ID", "testing"),
            ("AWS_SECRET_ACCESS_KEY", S3),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = node.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = log.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut out = node.stdout.take().unwrap();
    let mut line = Vec::new();
    let mut byte = [0];
    while out.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    let line = String::from_utf8(line).unwrap();
    let address = line.strip_prefix("listening on ").unwrap().to_owned();
    let client = reqwest::blocking::Client::new();
    let mut answers = String::new();
    let mut ask = |request: reqwest::blocking::RequestBuilder| {
        let answer = request.send().unwrap();
        answers.push_str(&format!("{:?}", answer.headers()));
        answers.push_str(&answer.text().unwrap());
    };
    let url = |path: &str| format!("{address}{path}");
    for key in [KEY, "wrong"] {
        ask(client.get(url("/flags")).bearer_auth(key));
        ask(client.get(url("/flags?key=x")).header("token", TOKEN));
        ask(client
            .post(url("/flag-image"))
            .bearer_auth(key)
            .json(&json!({"image_prompt": "a"})));
        ask(client
            .post(url("/api/image/sim/search/url"))
            .header("token", TOKEN)
            .json(&json!({"url": "http://u:pass-in-url-123456@127.0.0.1/"})));
        ask(client.put(url("/_snapshot/r")).bearer_auth(key).json(&json!({"type": "s3", "settings": {"bucket": "b", "endpoint": "http://127.0.0.1:9", "secret_key": S3}})));
        ask(client.put(url("/_snapshot/r")).bearer_auth(key).json(&json!({"type": "s3", "settings": {"bucket": "b", "region": "us-east-1", "endpoint": "http://127.0.0.1:9"}})));
        ask(client.get(url("/_nodes")).bearer_auth(key));
        ask(client
            .get(url("/_cluster/settings?include_defaults=true"))
            .bearer_auth(key));
        ask(client.get(url("/health")).bearer_auth(key));
        let form = reqwest::blocking::multipart::Form::new();
        let part = reqwest::blocking::multipart::Part::bytes(solid_gif(1)).file_name("a.gif");
        ask(client
            .post(url("/image/upload"))
            .bearer_auth(key)
            .multipart(form.part("file", part)));
    }
    let pid = node.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    let began = Instant::now();
    while node.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(20) {
            node.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = reader.join().unwrap();
    assert!(log.contains("answered"), "the log has the requests: {log}");
    let settings = std::fs::read(folder.path().join("data/repositories.meta")).unwrap_or_default();
    let stored = String::from_utf8_lossy(&settings).into_owned();
    for secret in [KEY, TOKEN, S3, "pass-in-url-123456"] {
        for (place, text) in [("log", &log), ("answers", &answers), ("file", &stored)] {
            assert!(!text.contains(secret), "{secret} is in the {place}");
        }
    }
}
