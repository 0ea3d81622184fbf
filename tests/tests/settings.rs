//! Settings of the real binary: their order, what is refused, and who may do what.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::process::{Command, Output};

use serde_json::{Value, json};
use tests::{Server, ServerOptions, binary, solid_gif};

fn options(args: &[&str], env: &[(&str, &str)]) -> ServerOptions {
    ServerOptions {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: env
            .iter()
            .map(|&(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
    }
}

/// Runs the binary where it is expected to end by itself.
fn run(args: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(binary());
    command.args(args).env_remove("API_KEY").env_remove("TOKEN");
    for (key, value) in env {
        command.env(key, value);
    }
    command.output().unwrap()
}

fn refused(args: &[&str], env: &[(&str, &str)]) -> String {
    let output = run(args, env);
    assert!(!output.status.success(), "{args:?} was accepted");
    String::from_utf8(output.stderr).unwrap()
}

/// Whether a picture passes the limit on files.
fn accepted(server: &Server) -> bool {
    server.upload("x.gif", solid_gif(1), &[]).0 == 200
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pictor.toml");
    std::fs::write(&file, "max_file_bytes = 20\n").unwrap();
    let file = file.to_str().unwrap();
    assert!(!accepted(&Server::with(options(&["--config", file], &[]))));
    let big = ("PICTOR_MAX_FILE_BYTES", "100000");
    assert!(accepted(&Server::with(options(
        &["--config", file],
        &[big]
    ))));
    let args = ["--config", file, "--max-file-bytes", "10"];
    assert!(!accepted(&Server::with(options(&args, &[big]))));
}

#[test]
fn a_settings_file_is_read_strictly() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pictor.toml");
    for (text, names) in [
        ("max_file_bites = 20\n", "max_file_bites"),
        ("listen = 7\n", "line 1"),
        ("\n\nlisten = \n", "3"),
    ] {
        std::fs::write(&file, text).unwrap();
        let path = file.to_str().unwrap();
        let data = folder.path().join("data");
        let error = refused(
            &["serve", "--data", data.to_str().unwrap(), "--config", path],
            &[],
        );
        assert!(
            error.contains("pictor.toml") && error.contains(names),
            "{error}"
        );
    }
    let error = refused(&["serve", "--config", "/no/such/file.toml"], &[]);
    assert!(error.contains("/no/such/file.toml"), "{error}");
}

#[test]
fn other_than_loopback_needs_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let open = ["serve", "--data", data, "--listen", "0.0.0.0:0"];
    let error = refused(&open, &[]);
    assert!(
        error.contains("API_KEY") && error.contains("--insecure"),
        "{error}"
    );
    let error = refused(&["serve", "--data", data, "--listen", "nowhere"], &[]);
    assert!(error.contains("nowhere"), "{error}");
    // `--listen` comes first in the harness; the last one of a flag that is given twice is refused.
    let key = [("API_KEY", "a-key"), ("PICTOR_PRIVATE", "true")];
    let server = Server::with(options(&[], &key));
    assert_eq!(server.get_json("/health").0, 200);
}

#[test]
fn a_folder_serves_one_process_only() {
    let server = Server::start();
    let data = server.folder().to_str().unwrap();
    let error = refused(&["serve", "--data", data, "--listen", "127.0.0.1:0"], &[]);
    assert!(
        error.contains("in use") || error.contains("locked"),
        "{error}"
    );
    let error = refused(&["import", data, "--data", data], &[]);
    assert!(
        error.contains("in use") || error.contains("locked"),
        "{error}"
    );
}

/// Every route with what it answers without a key, on a node that has one and on a private one.
#[test]
fn every_route_asks_for_the_key_where_it_must() {
    let reads: &[(&str, &str, Option<Value>)] = &[
        ("POST", "/image/search", Some(json!({}))),
        ("POST", "/search", Some(json!({}))),
        ("POST", "/image/search/suggest", Some(json!({}))),
        ("POST", "/search/suggest", Some(json!({}))),
        ("GET", "/image/search/hotwords", None),
        ("POST", "/image/search/hotwords", None),
        ("GET", "/search/hotwords", None),
        ("GET", "/image/createlink/1", None),
        ("GET", "/createlink/1", None),
        (
            "POST",
            "/image/createziplink",
            Some(json!({"gif_ids": [1]})),
        ),
    ];
    let key = ("API_KEY", "correct-horse");
    let send = |server: &Server, method: &str, path: &str, body: Option<&Value>, bearer: &str| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = server.client().request(method, server.url(path));
        if !bearer.is_empty() {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().unwrap_or_default();
        (status, body)
    };
    for private in [false, true] {
        let args: &[&str] = if private { &["--private"] } else { &[] };
        let server = Server::with(options(args, &[key]));
        let (status, body) = server.upload("x.gif", solid_gif(1), &[]);
        assert_eq!((status, &body["code"]), (401, &json!(1001)));
        assert_eq!(body["info"], "UNAUTHORIZED");
        for (method, path, body) in reads {
            let (status, answer) = send(&server, method, path, body.as_ref(), "");
            // Links of a picture that is not there are code 9.
            let open = if path.contains("create") { 400 } else { 200 };
            assert_eq!(status, if private { 401 } else { open }, "{path}: {answer}");
            if private {
                assert_eq!(answer["code"], 1001, "{path}");
                assert_eq!(send(&server, method, path, body.as_ref(), "wrong").0, 401);
            }
            assert_eq!(
                send(&server, method, path, body.as_ref(), "correct-horse").0,
                open,
                "{path}"
            );
        }
        // Open whatever the settings: health, and links whose token nobody guesses.
        assert_eq!(server.get_json("/health").0, 200);
        assert_eq!(
            server
                .get_json(&format!("/image/preview/{}", "x".repeat(43)))
                .0,
            404
        );
    }
}

#[test]
fn unknown_routes_and_methods_answer_in_the_envelope() {
    let server = Server::start();
    for path in ["/image/nothing", "/image/search/more/and/more"] {
        let (status, body) = server.get_json(path);
        assert_eq!(
            (status, &body["code"]),
            (404, &json!(1004)),
            "{path}: {body}"
        );
    }
    let put = server.client().put(server.url("/image/search"));
    let answer = put.send().unwrap();
    assert_eq!(answer.status().as_u16(), 405);
    assert!(answer.headers().contains_key("allow"));
    let body: Value = answer.json().unwrap();
    assert!(
        body["code"].is_number() && body["data"]["error"].is_string(),
        "{body}"
    );
}

#[test]
fn help_tells_every_setting() {
    let help = run(&["serve", "--help"], &[]);
    let text = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "--data",
        "--listen",
        "--config",
        "--public-url",
        "--allow-host",
        "--cors-origin",
        "--private",
        "--insecure",
        "--allow-path",
        "--max-file-bytes",
        "--regex-timeout-ms",
        "API_KEY",
    ] {
        assert!(text.contains(flag), "{flag} is not in the help");
    }
    let unknown = refused(&["serve", "--dta", "x"], &[]);
    assert!(
        unknown.contains("--data"),
        "it names the nearest flag: {unknown}"
    );
}
