//! `moto`'s server of S3's protocol, with one bucket.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};

use super::{Lack, ServerOptions, python, skip};

/// The bucket's name.
const BUCKET: &str = "pictures";
/// Who asks. The server wants a name to know whose objects may be read, and checks no signature.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=0";

/// A bucket that a process of its own holds in memory; it goes with the test.
#[derive(Debug)]
pub struct Bucket {
    process: Child,
    address: String,
    client: Client,
}

impl Bucket {
    /// Starts the server; `None` where it cannot be had, which is said.
    pub fn start() -> Option<Self> {
        let Some(python) = python() else {
            skip(Lack::PythonPackages, "moto cannot be installed");
            return None;
        };
        // The server chooses its port itself, and says which.
        let mut process = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto starts");
        let mut lines = BufReader::new(process.stderr.take().expect("its output"));
        let mut line = String::new();
        let mut said = String::new();
        let address = loop {
            line.clear();
            let read = lines.read_line(&mut line).expect("its output");
            assert!(read > 0, "moto ended: {said}");
            if let Some((_, address)) = line.split_once("Running on ") {
                break address.trim().to_owned();
            }
            said.push_str(&line);
        };
        // It tells of every request, which must not fill the pipe.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        let bucket = Self {
            process,
            address,
            client: Client::new(),
        };
        let made = bucket.signed(Method::PUT, "").send().expect("an answer");
        assert_eq!(made.status().as_u16(), 200);
        Some(bucket)
    }

    /// The server's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The bucket's name.
    pub fn name(&self) -> &'static str {
        BUCKET
    }

    /// A node that has the bucket's keys.
    pub fn options(&self) -> ServerOptions {
        ServerOptions {
            args: Vec::new(),
            env: self.keys(),
        }
    }

    /// The bucket's keys, as the environment has them.
    pub fn keys(&self) -> Vec<(String, String)> {
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
            .map(|name| (name.to_owned(), "testing".to_owned()))
            .to_vec()
    }

    /// The names of the objects below a prefix, sorted.
    pub fn keys_below(&self, prefix: &str) -> Vec<String> {
        let path = format!("?list-type=2&max-keys=1000&prefix={prefix}");
        let listed = self.signed(Method::GET, &path).send();
        let listed = listed.and_then(Response::text).expect("a listing");
        let mut keys: Vec<String> = listed
            .split("<Key>")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once("</Key>")?.0.to_owned()))
            .collect();
        keys.sort();
        keys
    }

    /// An object's bytes.
    pub fn object(&self, key: &str) -> Vec<u8> {
        let found = self.signed(Method::GET, &format!("/{key}")).send();
        let found = found.expect("an answer");
        assert_eq!(found.status().as_u16(), 200, "{key}");
        found.bytes().expect("its bytes").to_vec()
    }

    /// Replaces an object, past the node.
    pub fn replace(&self, key: &str, bytes: Vec<u8>) {
        let put = self.signed(Method::PUT, &format!("/{key}")).body(bytes);
        assert_eq!(put.send().expect("an answer").status().as_u16(), 200);
    }

    fn signed(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/{BUCKET}{path}", self.address);
        self.client
            .request(method, url)
            .header("authorization", SIGNED)
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
