//! Flagged generations over HTTP, and their database beside the node.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use tests::{Server, ServerOptions, binary, png, solid_gif};

fn keyed(args: &[&str]) -> Server {
    Server::with(ServerOptions {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: vec![("API_KEY".to_owned(), "the-key".to_owned())],
    })
}

fn flag(server: &Server, body: &Value) -> i64 {
    let (status, answer) = server.post_json("/flag-image", body);
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["message"], "Image flagged successfully");
    assert_eq!(answer.as_object().unwrap().len(), 2);
    answer["id"].as_i64().unwrap()
}

/// A request with a query: the status and the JSON of the answer.
fn listed(server: &Server, query: &[(&str, &str)]) -> (u16, Value) {
    let response = server.get("/flags").query(query).send().unwrap();
    (response.status().as_u16(), response.json().unwrap())
}

fn ids(server: &Server, query: &[(&str, &str)]) -> Vec<i64> {
    let (status, body) = listed(server, query);
    assert_eq!(status, 200, "{body}");
    let flags = body["flags"].as_array().unwrap();
    flags
        .iter()
        .map(|flag| flag["id"].as_i64().unwrap())
        .collect()
}

fn sent(server: &Server, method: &str, path: &str, body: &str) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = server.client().request(method, server.url(path));
    let response = request.body(body.to_owned()).send().unwrap();
    (response.status().as_u16(), response.json().unwrap())
}

fn export(server: &Server, format: &str) -> Vec<u8> {
    let path = format!("/flags/export?format={format}");
    let response = server.get(&path).send().unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert!(
        response.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment; filename=\"flags.")
    );
    response.bytes().unwrap().to_vec()
}

fn rows(path: &Path) -> Vec<(i64, String)> {
    let database = Connection::open(path).unwrap();
    let mut statement = database
        .prepare("SELECT id, image_prompt FROM flags ORDER BY id")
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_flag_is_kept_as_it_was_given() {
    let mut server = Server::start();
    let body = json!({
        "image_prompt": "a castle, 城堡 🏰 \"night\"", "steps": 30, "sampler": "Euler a",
        "cfg_scale": 7.0, "seed": "42", "size": "512x768", "model_hash": "6e430185",
        "model_name": "sd-v1-5", "seed_resize_from": -1, "denoising_strength": 0.7,
        "reason": "violent", "more": {"a": [1, true, null]},
    });
    let id = flag(&server, &body);
    server.restart();
    let (status, kept) = server.get_json(&format!("/flags/{id}"));
    assert_eq!(status, 200);
    let mut expected = body;
    let fields = expected.as_object_mut().unwrap();
    let extra = json!({"reason": fields.remove("reason"), "more": fields.remove("more")});
    fields.insert("id".to_owned(), json!(id));
    fields.insert("created_at".to_owned(), kept["created_at"].clone());
    fields.insert("extra".to_owned(), extra);
    assert_eq!(kept, expected);
    assert!(kept["created_at"].as_str().unwrap().ends_with('Z'));

    let sparse = flag(&server, &json!({"image_prompt": 7}));
    let (_, kept) = server.get_json(&format!("/flags/{sparse}"));
    assert_eq!(kept["image_prompt"], 7);
    assert_eq!(kept["steps"], Value::Null);
    assert_eq!(kept["extra"], json!({}));
    assert_eq!(
        sent(&server, "DELETE", &format!("/flags/{id}"), ""),
        (200, json!({"success": true}))
    );
    for method in ["GET", "DELETE"] {
        let (status, body) = sent(&server, method, &format!("/flags/{id}"), "");
        assert_eq!(status, 404);
        assert_eq!(body, json!({"error": format!("no flag has the id {id}")}));
    }
}

#[test]
fn bad_requests_say_what_is_wrong() {
    let server = Server::start();
    let long = format!("{{\"image_prompt\": \"{}\"}}", "x".repeat(1 << 20));
    for (body, part) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ("\"x\"", "not a JSON object"),
        ("{}", "[image_prompt] is missing"),
        ("{\"image_prompt\": \"\"}", "[image_prompt] is empty"),
        ("{\"image_prompt\": {}}", "not an object"),
        (
            "{\"image_prompt\": \"a\", \"seed\": [1]}",
            "[seed] must be a string or a number",
        ),
        (&long, "longer than 1048576 bytes"),
        (&"[".repeat(100_000), "not JSON"),
    ] {
        let (status, answer) = sent(&server, "POST", "/flag-image", body);
        assert_eq!(status, 400, "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(part), "{answer}");
    }
    for (name, value) in [
        ("skip", "-1"),
        ("take", "many"),
        ("take", "1.5"),
        ("since", "yesterday"),
        ("until", "2026-02-30"),
        ("q", &"word ".repeat(40)),
    ] {
        let (status, answer) = listed(&server, &[(name, value)]);
        assert_eq!(status, 400, "{name}={value}: {answer}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.starts_with(&format!("[{name}]")), "{error}");
    }
    for (method, path, status) in [
        ("GET", "/flags/x", 400),
        ("GET", "/flags/export?format=xml", 400),
        ("GET", "/flags/1/2", 404),
        ("GET", "/sdapi/v1/txt2img", 404),
        ("PUT", "/flags", 405),
        ("GET", "/flag-image", 405),
    ] {
        let (found, answer) = sent(&server, method, path, "");
        assert_eq!(found, status, "{method} {path}: {answer}");
        assert!(answer["error"].is_string(), "{answer}");
    }
    // A prompt that just fits is one.
    let prompt = "x".repeat((1 << 20) - 100);
    let id = flag(&server, &json!({"image_prompt": prompt}));
    assert_eq!(ids(&server, &[]), [id], "nothing else was kept");
    let (_, kept) = server.get_json(&format!("/flags/{id}"));
    assert_eq!(kept["image_prompt"].as_str(), Some(prompt.as_str()));
}

#[test]
fn listings_by_words_model_and_time() {
    let server = Server::start();
    let prompts = [
        "a red cat",
        "red light, a cat",
        "一只红色的猫",
        "'; DROP TABLE flags; --",
    ];
    for (at, prompt) in prompts.iter().enumerate() {
        let model = if at % 2 == 0 {
            json!("even")
        } else {
            json!(at)
        };
        flag(
            &server,
            &json!({"image_prompt": prompt, "model_name": model}),
        );
    }
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a [i64]);
    let table: [Row<'_>; 14] = [
        (&[], &[4, 3, 2, 1]),
        (&[("take", "2")], &[4, 3]),
        (&[("skip", "1"), ("take", "2")], &[3, 2]),
        (&[("take", "0")], &[]),
        (&[("q", "cat RED")], &[2, 1]),
        (&[("q", "\"red cat\"")], &[1]),
        (&[("q", "猫")], &[3]),
        (&[("q", "drop table")], &[4]),
        (&[("q", "' OR 1=1 --")], &[]),
        (&[("q", "\"unclosed")], &[]),
        (&[("model_name", "even")], &[3, 1]),
        (&[("model_name", "3")], &[4]),
        (&[("model_name", "even' OR '1'='1")], &[]),
        (&[("q", "cat"), ("model_name", "even")], &[1]),
    ];
    for (query, expected) in table {
        assert_eq!(ids(&server, query), expected, "{query:?}");
    }
    let (_, page) = listed(&server, &[("take", "1"), ("q", "cat")]);
    assert_eq!(page["total"], 2);
    assert_eq!(page["flags"][0]["image_prompt"], "red light, a cat");

    let at = |id: i64| {
        let (_, kept) = server.get_json(&format!("/flags/{id}"));
        kept["created_at"].as_str().unwrap().to_owned()
    };
    // Both ends count.
    assert!(ids(&server, &[("since", &at(2)), ("until", &at(2))]).contains(&2));
    let day = at(1)[..10].to_owned();
    assert_eq!(ids(&server, &[("since", &day)]).len(), 4);
    assert!(ids(&server, &[("since", "2999-01-01")]).is_empty());
    assert!(ids(&server, &[("until", "2000-01-01T00:00:00+02:00")]).is_empty());

    for _ in 0..200 {
        flag(&server, &json!({"image_prompt": "many"}));
    }
    let (_, page) = listed(&server, &[("take", "100000")]);
    assert_eq!(page["flags"].as_array().unwrap().len(), 200);
    assert_eq!(page["total"], 204);
    assert_eq!(ids(&server, &[]).len(), 50);
}

#[test]
fn every_route_but_png_info_needs_the_key() {
    let server = keyed(&[]);
    let routes = [
        ("POST", "/flag-image"),
        ("GET", "/flags"),
        ("GET", "/flags/1"),
        ("DELETE", "/flags/1"),
        ("GET", "/flags/export"),
    ];
    for (method, path) in routes {
        for key in [None, Some("wrong"), Some("")] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let mut request = server.client().request(method, server.url(path));
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            let response = request.body("{\"image_prompt\": \"x\"}").send().unwrap();
            assert_eq!(response.status().as_u16(), 401, "{path} {key:?}");
            let body: Value = response.json().unwrap();
            assert!(body["error"].as_str().unwrap().contains("key"), "{body}");
        }
    }
    let body = json!({"image_prompt": "x"});
    let post = server.post("/flag-image").bearer_auth("the-key");
    assert_eq!(post.json(&body).send().unwrap().status().as_u16(), 201);
    let get = server.get("/flags").bearer_auth("the-key").send().unwrap();
    assert_eq!(get.json::<Value>().unwrap()["total"], 1);
    let image = json!({"image": STANDARD.encode(png(2, 2, 1))});
    assert_eq!(server.post_json("/sdapi/v1/png-info", &image).0, 200);
    assert_eq!(
        keyed(&["--private"])
            .post_json("/sdapi/v1/png-info", &image)
            .0,
        401
    );
}

#[test]
fn without_a_key_only_this_machine_is_answered() {
    let server = Server::with(ServerOptions {
        args: ["--listen", "0.0.0.0:0", "--insecure"]
            .map(str::to_owned)
            .to_vec(),
        env: Vec::new(),
    });
    for (method, path) in [
        ("POST", "/flag-image"),
        ("GET", "/flags"),
        ("GET", "/flags/export"),
    ] {
        let (status, body) = sent(&server, method, path, "{\"image_prompt\": \"x\"}");
        assert_eq!(status, 401, "{path}");
        assert!(
            body["error"].as_str().unwrap().contains("API_KEY"),
            "{body}"
        );
    }
    assert_eq!(server.get_json("/health").0, 200);
}

#[test]
fn what_was_answered_is_there_after_a_kill() {
    let mut server = Server::start();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (client, url) = (server.client().clone(), server.url("/flag-image"));
            thread::spawn(move || {
                let mut answered = Vec::new();
                for number in 0.. {
                    let prompt = format!("prompt {writer} {number}");
                    let post = client.post(&url).json(&json!({"image_prompt": prompt}));
                    let Ok(response) = post.send() else { break };
                    assert_eq!(response.status().as_u16(), 201);
                    let Ok(body) = response.json::<Value>() else {
                        break;
                    };
                    answered.push((body["id"].as_i64().unwrap(), prompt));
                }
                answered
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(700));
    // While posts are on their way.
    server.kill();
    let answered = writers.into_iter().map(|writer| writer.join().unwrap());
    let acknowledged: Vec<(i64, String)> = answered.flatten().collect();
    server.restart();
    let kept: BTreeSet<(i64, String)> = rows(&server.folder().join("flags.db"))
        .into_iter()
        .collect();
    for row in &acknowledged {
        assert!(kept.contains(row), "{row:?} is lost");
    }
    // At most one post of each writer was written and not answered.
    assert!(kept.len() <= acknowledged.len() + 4);
    let unique: BTreeSet<i64> = acknowledged.iter().map(|(id, _)| *id).collect();
    assert_eq!(unique.len(), acknowledged.len());
    let (_, page) = listed(&server, &[("q", "\"prompt 0 0\"")]);
    assert_eq!(page["total"], 1);
}

#[test]
fn the_database_is_read_while_the_node_writes() {
    let server = Server::start();
    let path = server.folder().join("flags.db");
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let server = &server;
                scope.spawn(move || {
                    for number in 0..25 {
                        flag(
                            server,
                            &json!({"image_prompt": format!("p {writer} {number}")}),
                        );
                    }
                })
            })
            .collect();
        let mut last = 0;
        while !writers.iter().all(thread::ScopedJoinHandle::is_finished) {
            let seen = rows(&path).len();
            assert!(seen >= last, "rows went");
            last = seen;
            assert!(
                export(&server, "jsonl")
                    .iter()
                    .filter(|&&b| b == b'\n')
                    .count()
                    >= last
            );
        }
    });
    assert_eq!(rows(&path).len(), 100);
    let output = Command::new("sqlite3")
        .arg(&path)
        .arg("PRAGMA journal_mode; SELECT count(*), min(id), max(id) FROM flags;")
        .output();
    match output {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout), "wal\n100|1|100\n"),
        Err(error) => eprintln!("skipped: no sqlite3: {error}"),
    }
    // A row that somebody adds by hand is a flag like others, and a lock is waited for.
    let other = Connection::open(&path).unwrap();
    other
        .execute(
            "INSERT INTO flags (image_prompt, steps) VALUES ('by hand', 'x')",
            [],
        )
        .unwrap();
    assert_eq!(ids(&server, &[("q", "hand")]), [101]);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| flag(&server, &json!({"image_prompt": "waits"})));
        thread::sleep(Duration::from_millis(300));
        assert_eq!(
            ids(&server, &[("take", "1")]),
            [101],
            "reading does not wait"
        );
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(waiting.join().unwrap(), 102);
    });
}

#[test]
fn exports_hold_every_flag() {
    let server = Server::start();
    assert_eq!(export(&server, "jsonl"), b"");
    for (prompt, seed) in [
        ("=1+1", json!(-1)),
        ("two\nlines, \"quoted\" 猫", json!("-1")),
        ("x", json!(0.5)),
    ] {
        flag(
            &server,
            &json!({"image_prompt": prompt, "seed": seed, "tag": "é"}),
        );
    }
    // More than one piece.
    for _ in 0..8 {
        flag(&server, &json!({"image_prompt": "long ".repeat(20_000)}));
    }
    let folder = tempfile::tempdir().unwrap();
    for format in ["", "sqlite"] {
        let path = folder.path().join(format!("copy{format}.db"));
        std::fs::write(&path, export(&server, format)).unwrap();
        assert_eq!(rows(&path), rows(&server.folder().join("flags.db")));
        let copy = Connection::open(&path).unwrap();
        let check: String = copy
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(check, "ok");
    }
    let lines = String::from_utf8(export(&server, "jsonl")).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (_, page) = listed(&server, &[]);
    let mut newest_first = lines.clone();
    newest_first.reverse();
    assert_eq!(page["flags"], Value::Array(newest_first));

    let csv = String::from_utf8(export(&server, "csv")).unwrap();
    let at = |line: usize| lines[line]["created_at"].as_str().unwrap().to_owned();
    let head = "id,created_at,image_prompt,steps,sampler,cfg_scale,seed,size,model_hash,model_name,\
                seed_resize_from,denoising_strength,extra\r\n";
    let expected = format!(
        "{head}1,{},'=1+1,,,,-1,,,,,,\"{{\"\"tag\"\":\"\"é\"\"}}\"\r\n\
         2,{},\"two\nlines, \"\"quoted\"\" 猫\",,,,-1,,,,,,\"{{\"\"tag\"\":\"\"é\"\"}}\"\r\n\
         3,{},x,,,,0.5,,,,,,\"{{\"\"tag\"\":\"\"é\"\"}}\"\r\n4,",
        at(0),
        at(1),
        at(2)
    );
    assert!(
        csv.starts_with(&expected),
        "{}",
        csv.chars().take(600).collect::<String>()
    );
    assert_eq!(csv.matches("\r\n").count(), 12);
    let left = std::fs::read_dir(server.folder()).unwrap().flatten();
    let left = left.filter(|file| file.file_name().to_string_lossy().contains("copy"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_database_that_cannot_be_used_keeps_the_node_from_starting() {
    let mut server = Server::start();
    flag(&server, &json!({"image_prompt": "x"}));
    server.kill();
    let path = server.folder().join("flags.db");
    let start = || {
        let mut command = Command::new(binary());
        command.arg("serve").arg("--data").arg(server.folder());
        let output = command.args(["--listen", "127.0.0.1:0"]).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let database = Connection::open(&path).unwrap();
    database.execute_batch("PRAGMA user_version = 9").unwrap();
    drop(database);
    let error = start();
    assert!(
        error.contains("flags.db") && error.contains("version 9"),
        "{error}"
    );
    std::fs::write(&path, vec![7; 8192]).unwrap();
    let error = start();
    assert!(
        error.contains("flags.db") && error.contains("damaged"),
        "{error}"
    );
}

/// A PNG with text chunks.
fn described(texts: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
    encoder.set_color(png::ColorType::Rgb);
    for (keyword, text) in texts {
        encoder
            .add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())
            .unwrap();
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 12]).unwrap();
    drop(writer);
    bytes
}

#[test]
fn png_info_is_that_of_the_web_ui() {
    let server = Server::start();
    let ask = |image: Value| server.post_json("/sdapi/v1/png-info", &json!({"image": image}));
    let info = "a cat, 猫\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, \
                Seed: 123, Size: 512x768, Model hash: 6e430185, Model: sd-v1-5, Clip skip: 2";
    let bytes = described(&[("parameters", info), ("Software", "x"), ("dpi", "7")]);
    let plain = STANDARD.encode(&bytes);
    let expected = json!({
        "info": info,
        "items": {"Software": "x"},
        "parameters": {
            "Prompt": "a cat, 猫", "Negative prompt": "blurry", "Steps": "20",
            "Sampler": "Euler a", "CFG scale": "7", "Seed": "123", "Size-1": "512",
            "Size-2": "768", "Model hash": "6e430185", "Model": "sd-v1-5", "Clip skip": "2",
        },
    });
    assert_eq!(ask(json!(plain)), (200, expected.clone()));
    assert_eq!(
        ask(json!(format!("data:image/png;base64,{plain}"))),
        (200, expected)
    );
    let empty =
        json!({"info": "", "items": {}, "parameters": {"Prompt": "", "Negative prompt": ""}});
    for bytes in [png(2, 2, 1), solid_gif(1)] {
        assert_eq!(ask(json!(STANDARD.encode(bytes))), (200, empty.clone()));
    }
    for (image, part) in [
        (json!("%%%"), "not base64"),
        (json!(""), "[image] is empty"),
        (json!(STANDARD.encode("plain text")), "not a GIF, PNG"),
        (
            json!(STANDARD.encode(&bytes[..bytes.len() - 20])),
            "[image]",
        ),
        (json!(7), "must be a string"),
        (Value::Null, "[image] is missing"),
    ] {
        let (status, body) = ask(image);
        assert_eq!(status, 400, "{body}");
        assert!(body["error"].as_str().unwrap().contains(part), "{body}");
    }
    let long = "x".repeat(2 << 20);
    let (status, body) = ask(json!(STANDARD.encode(described(&[("parameters", &long)]))));
    assert_eq!(status, 400);
    assert!(
        body["error"].as_str().unwrap().contains("text metadata"),
        "{body}"
    );
    // The answer of one step is the request of the other.
    let (_, answer) = ask(json!(plain));
    let parameters = &answer["parameters"];
    let id = flag(
        &server,
        &json!({"image_prompt": parameters["Prompt"], "seed": parameters["Seed"]}),
    );
    assert_eq!(ids(&server, &[("q", "猫")]), [id]);
}
