//! The real binary as a child process.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use serde_json::Value;
use tempfile::TempDir;

use super::corpus::{INDEX, definition};

/// A node with a folder of its own.
pub struct RealNode {
    child: Child,
    address: String,
    client: Client,
    _folder: TempDir,
}

impl RealNode {
    /// Starts one with the default settings.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pictor"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log-level",
                "error",
                "--data",
            ])
            .arg(folder.path().join("data"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the node ended");
            if let Some(address) = line.trim().strip_prefix("listening on ") {
                break address.to_owned();
            }
        };
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        let client = Client::builder().timeout(Duration::from_secs(120)).build();
        let node = Self {
            child,
            address,
            client: client.unwrap(),
            _folder: folder,
        };
        let made = node.client.put(node.url("")).json(&definition()).send();
        assert_eq!(made.unwrap().status().as_u16(), 200);
        node
    }

    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{INDEX}{path}", self.address)
    }

    /// Sends bulks one after another, then makes them searchable.
    pub fn fill(&self, bulks: &[String]) -> Duration {
        let started = Instant::now();
        for bulk in bulks {
            let sent = self
                .client
                .post(self.url("/_bulk"))
                .body(bulk.clone())
                .send();
            let answer: Value = sent.unwrap().json().unwrap();
            assert_eq!(answer["errors"], false);
        }
        let refreshed = self.client.post(self.url("/_refresh")).send().unwrap();
        assert_eq!(refreshed.status().as_u16(), 200);
        started.elapsed()
    }

    /// Runs a search; whether it was answered.
    pub fn search(&self, body: &Value) -> bool {
        let sent = self.client.post(self.url("/_search")).json(body).send();
        let answer = sent.unwrap();
        let fine = answer.status().is_success();
        fine && !answer.bytes().unwrap().is_empty()
    }

    fn memory(&self, key: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(key));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kilobytes.unwrap_or_default() << 10
    }

    /// Bytes of memory that it holds.
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS")
    }

    /// The most that it ever held.
    pub fn peak(&self) -> u64 {
        self.memory("VmHWM")
    }
}

impl Drop for RealNode {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
