//! The real binary as a child process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use reqwest::blocking::multipart::{Form, Part};
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::Value;
use tempfile::TempDir;

use crate::watched::Limits;

/// The binary, built once for a run; `PICTOR_BIN` names another.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("PICTOR_BIN") {
            return PathBuf::from(path);
        }
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut build = Command::new(env!("CARGO"));
        // The whole workspace's features: with those of one package, its dependencies would be built again.
        build.args([
            "build",
            "--quiet",
            "--locked",
            "--workspace",
            "--bin",
            "pictor",
        ]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let status = build.current_dir(&root).status().expect("cargo runs");
        assert!(status.success(), "the binary does not build");
        // A test runs from target/PROFILE/deps.
        let test = std::env::current_exe().expect("a test has a path");
        let profile = test
            .parent()
            .and_then(Path::parent)
            .expect("target/PROFILE");
        profile.join(format!("pictor{}", std::env::consts::EXE_SUFFIX))
    })
}

/// How a server is started.
#[derive(Debug, Default, Clone)]
pub struct ServerOptions {
    /// Further arguments of `serve`.
    pub args: Vec<String>,
    /// Further variables of its environment.
    pub env: Vec<(String, String)>,
}

/// A running node with a folder of its own.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: String,
    /// The command: `serve` or `demo`.
    name: &'static str,
    folder: Option<TempDir>,
    path: PathBuf,
    options: ServerOptions,
    limits: Limits,
    client: Client,
}

impl Server {
    /// Starts a node with the default settings.
    pub fn start() -> Self {
        Self::with(ServerOptions::default())
    }

    /// Starts a node with other settings.
    pub fn with(options: ServerOptions) -> Self {
        Self::limited(options, Limits::default())
    }

    /// Starts a node under limits of the system.
    pub fn limited(options: ServerOptions, limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("data");
        let mut server = Self::command("serve", &path, options, limits);
        server.folder = Some(folder);
        server
    }

    /// Starts the demo: a sample library of GIFs.
    pub fn demo() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("data");
        let mut server = Self::command("demo", &path, ServerOptions::default(), Limits::default());
        server.folder = Some(folder);
        server
    }

    /// Starts a node on a folder that stays.
    pub fn on(path: &Path, options: ServerOptions) -> Self {
        Self::command("serve", path, options, Limits::default())
    }

    fn command(name: &'static str, path: &Path, options: ServerOptions, limits: Limits) -> Self {
        let (child, address) = spawn(name, path, &options, limits);
        let client = Client::builder()
            .timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(4)
            .build()
            .expect("a client");
        Self {
            child,
            address,
            name,
            folder: None,
            path: path.to_owned(),
            options,
            limits,
            client,
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The node's folder.
    pub fn folder(&self) -> &Path {
        &self.path
    }

    /// Kills the process as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts the process again on the same folder.
    pub fn restart(&mut self) {
        self.kill();
        let (child, address) = spawn(self.name, &self.path, &self.options, self.limits);
        self.child = child;
        self.address = address;
    }

    /// Stops the process as a supervisor does; whether it ended well within ten seconds.
    pub fn stop(&mut self) -> bool {
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            match self.child.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                Err(_) => return false,
            }
        }
        false
    }

    /// A client without redirects or retries.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// GET.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    /// POST.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    /// POST of a JSON body: the status and the JSON of the answer.
    pub fn post_json(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.post(path).json(body).send().expect("an answer"))
    }

    /// GET: the status and the JSON of the answer.
    pub fn get_json(&self, path: &str) -> (u16, Value) {
        answer(self.get(path).send().expect("an answer"))
    }

    /// Any method with a JSON body: the status and the JSON of the answer, null where it has none.
    pub fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.client.request(method, self.url(path)).json(body);
        let response = request.send().expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().unwrap_or_default())
    }

    /// [`Self::send`], where all goes well: the JSON of the answer.
    pub fn ok(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(method, path, body);
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {answer}"
        );
        answer
    }

    /// Uploads a file with text fields.
    pub fn upload(&self, name: &str, bytes: Vec<u8>, fields: &[(&str, &str)]) -> (u16, Value) {
        let mut form = Form::new().part("file", Part::bytes(bytes).file_name(name.to_owned()));
        for (key, value) in fields {
            form = form.text((*key).to_owned(), (*value).to_owned());
        }
        answer(
            self.post("/image/upload")
                .multipart(form)
                .send()
                .expect("an answer"),
        )
    }

    /// Uploads a file and gives its id.
    pub fn add(&self, name: &str, bytes: Vec<u8>, fields: &[(&str, &str)]) -> u64 {
        let (status, body) = self.upload(name, bytes, fields);
        assert_eq!(status, 200, "{body}");
        body.pointer("/data/id")
            .and_then(Value::as_u64)
            .unwrap_or_else(|| panic!("no id: {body}"))
    }

    /// Searches GIFs.
    pub fn search(&self, body: &Value) -> (u16, Value) {
        self.post_json("/image/search", body)
    }

    /// The titles that a search of GIFs finds on its page, in order.
    pub fn titles(&self, body: &Value) -> Vec<String> {
        let (status, answer) = self.search(body);
        assert_eq!(status, 200, "{answer}");
        let page = answer.pointer("/data/page_data").and_then(Value::as_array);
        page.unwrap_or_else(|| panic!("no page: {answer}"))
            .iter()
            .map(|hit| {
                hit.get("title")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect()
    }
}

/// The status and the JSON of an answer.
fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().expect("a body");
    let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: no JSON: {text}"));
    (status, value)
}

fn spawn(name: &str, path: &Path, options: &ServerOptions, limits: Limits) -> (Child, String) {
    let launcher = limits.launcher();
    let mut command = match launcher.split_first() {
        Some((program, args)) => {
            let mut command = Command::new(program);
            command.args(args).arg(binary());
            command
        }
        None => Command::new(binary()),
    };
    command
        .arg(name)
        .arg("--data")
        .arg(path)
        .args(["--log-level", "warn"])
        .args(&options.args)
        .env_remove("API_KEY")
        .env_remove("TOKEN")
        .envs(
            options
                .env
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str())),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    if !options.args.iter().any(|arg| arg == "--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    let mut child = command.spawn().expect("the binary starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    while lines.read_line(&mut line).expect("its output") > 0 {
        if let Some(address) = line.trim().strip_prefix("listening on ") {
            let address = address.to_owned();
            // What it prints later must not fill the pipe.
            std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
            return (child, address);
        }
        line.clear();
    }
    panic!("the node ended before it listened: {:?}", child.wait());
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
