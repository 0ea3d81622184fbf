//! Freezes what this version writes: `cargo run -p tests --example freeze -- NAME` makes
//! `tests/fixtures/NAME.zip`. Done once when a format changed; what is there is never made again.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "where something fails, it stops"
)]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tests::frozen::{Answers, Question, REPOSITORY, SNAPSHOT, copy, folder, restored};
use tests::{Server, ServerOptions, binary, gif, png};
use zip::write::SimpleFileOptions;

fn main() {
    let name = std::env::args().nth(1).expect("a name");
    let target = folder().join(format!("{name}.zip"));
    assert!(!target.exists(), "{} is frozen", target.display());
    let work = tempfile::tempdir().expect("a folder");
    let data = work.path().join("data");
    fill(&data);

    let copied = work.path().join("copied");
    copy(&data, &copied);
    let node = Server::on(&copied, ServerOptions::default());
    let opened = questions().into_iter().chain(later());
    let opened = opened.map(|question| asked(question, &node)).collect();
    let other = restored(&data, &work.path().join("other"));
    let restored = questions().into_iter();
    let restored = restored.map(|question| asked(question, &other)).collect();
    let answers = Answers { opened, restored }.to_json();

    fs::create_dir_all(folder()).expect("a folder");
    let mut archive = zip::ZipWriter::new(File::create(&target).expect("a file"));
    let options = SimpleFileOptions::default();
    archive
        .start_file("answers.json", options)
        .expect("an entry");
    let text = serde_json::to_string_pretty(&answers).expect("JSON");
    archive.write_all(text.as_bytes()).expect("an entry");
    add(&mut archive, &data, "data");
    archive.finish().expect("an archive");
    println!("{text}\nwrote {}", target.display());
}

/// A node with a bit of everything, killed while its last writes are only in its logs.
fn fill(data: &Path) {
    let catalogue = data.with_extension("jsonl");
    fs::write(&catalogue, "{\"title\": \"a record without a file\"}\n").expect("a file");
    let mut import = Command::new(binary());
    import.arg("import").arg(&catalogue).arg("--data").arg(data);
    assert!(import.status().expect("an import").success());

    let mut server = Server::on(data, ServerOptions::default());
    for n in 0..8 {
        let title = format!("picture number {n}");
        let tags = if n % 2 == 0 {
            "even,number"
        } else {
            "odd,number"
        };
        server.add(
            "x.gif",
            gif(40, 30, 3, 100, n),
            &[("title", &title), ("tags", tags)],
        );
    }
    server.add("跳舞.png", png(64, 48, 9), &[("title", "一只猫在跳舞")]);
    let index = json!({
        "settings": {"analysis": {
            "filter": {"same": {"type": "synonym", "synonyms": ["word, term"]}},
            "analyzer": {"mine": {"type": "custom", "tokenizer": "standard",
                "filter": ["lowercase", "same"]}}}},
        "mappings": {"properties": {
            "text": {"type": "text", "analyzer": "mine", "fields": {"keyword": {"type": "keyword"}}},
            "n": {"type": "long"}, "day": {"type": "date"}, "from": {"type": "ip"},
            "loose": {"type": "flattened"}, "hint": {"type": "completion"},
            "v": {"type": "dense_vector", "dims": 3, "similarity": "l2_norm"}}},
        "aliases": {"small": {"filter": {"range": {"n": {"lt": 5}}}}},
    });
    server.ok("PUT", "/notes", &index);
    for n in 0..30 {
        write(&server, n);
        if n == 14 {
            server.ok("POST", "/notes/_refresh", &json!(null));
        }
    }
    server.ok("DELETE", "/notes/_doc/3", &json!(null));
    server.ok("POST", "/notes/_forcemerge", &json!(null));
    server.ok("DELETE", "/notes/_doc/4", &json!(null));
    let template = json!({"index_patterns": ["log-*"], "template": {"mappings": {"properties": {
        "level": {"type": "keyword"}}}}});
    server.ok("PUT", "/_index_template/logs", &template);
    server.ok(
        "PUT",
        "/log-1/_doc/1?refresh=true",
        &json!({"level": "LOUD"}),
    );
    let (status, flagged) = server.post_json(
        "/flag-image",
        &json!({"image_prompt": "a cat", "steps": 20}),
    );
    assert_eq!(status, 201, "{flagged}");
    let form = reqwest::blocking::multipart::Part::bytes(png(80, 60, 3)).file_name("plate.png");
    let form = reqwest::blocking::multipart::Form::new().part("images", form);
    let detected = server.post("/api/detect").multipart(form).send();
    assert_eq!(detected.expect("an answer").status().as_u16(), 200);
    server.titles(&json!({"keyword": "picture number 1"}));
    let repository = json!({"type": "fs", "settings": {"location": REPOSITORY}});
    server.ok("PUT", &format!("/_snapshot/{REPOSITORY}"), &repository);
    let path = format!("/_snapshot/{REPOSITORY}/{SNAPSHOT}?wait_for_completion=true");
    server.ok("PUT", &path, &json!({}));

    // After the snapshot: some of it in a commit, the rest in the logs.
    server.ok("DELETE", "/notes/_doc/5?refresh=true", &json!(null));
    server.add(
        "late.gif",
        gif(24, 24, 2, 50, 77),
        &[("title", "a late picture")],
    );
    for n in 30..34 {
        write(&server, n);
    }
    server.ok(
        "POST",
        "/notes/_update/7",
        &json!({"doc": {"text": "changed later"}}),
    );
    server.ok("DELETE", "/notes/_doc/8", &json!(null));
    server.kill();
}

fn write(server: &Server, n: u32) {
    let body = json!({
        "text": format!("word {n}"), "n": n, "day": format!("2026-03-{:02}", n % 28 + 1),
        "from": format!("10.0.0.{n}"), "loose": {"a": {"b": n % 3}}, "hint": format!("hint {n}"),
        "v": [n, 1, 2],
    });
    server.ok("PUT", &format!("/notes/_doc/{n}"), &body);
}

/// What the snapshot knows too.
fn questions() -> Vec<Question> {
    let words =
        |body: Value| Question::new("POST", "/image/search", body, "/data/page_data/*/title");
    let notes = |query: Value| {
        let body = json!({"query": query, "size": 100, "sort": ["n"]});
        Question::new("POST", "/notes/_search", body, "/hits/hits/*/_source")
    };
    vec![
        words(json!({"keyword": "picture number 3", "type": "perfect"})),
        words(json!({"keyword": "number [12]$", "type": "regex"})),
        words(json!({"keyword": "跳舞", "type": "partial"})),
        Question::new(
            "GET",
            "/api/images?$filter=tags/any(t:%20t%20eq%20%27even%27)&$orderby=id",
            Value::Null,
            "/images/*/metadata",
        ),
        notes(json!({"match_all": {}})),
        notes(json!({"match": {"text": "term"}})),
        notes(json!({"range": {"day": {"gte": "2026-03-20"}}})),
        notes(json!({"term": {"from": "10.0.0.0/30"}})),
        notes(json!({"term": {"loose.a.b": "2"}})),
        Question::new("POST", "/small/_count", json!({}), "/count"),
        Question::new(
            "POST",
            "/notes/_search",
            json!({"knn": {"field": "v", "query_vector": [7, 1, 2], "k": 5, "num_candidates": 50}}),
            "/hits/hits/*/_id",
        ),
        Question::new(
            "POST",
            "/notes/_search",
            json!({"suggest": {"s": {"prefix": "hint 1", "completion": {"field": "hint", "size": 3}}}}),
            "/suggest/s/0/options/*/text",
        ),
        Question::new("GET", "/notes/_mapping", Value::Null, "/notes/mappings"),
        Question::new(
            "GET",
            "/_index_template/logs",
            Value::Null,
            "/index_templates/0/index_template/template/mappings",
        ),
        Question::new("GET", "/log-1/_doc/1", Value::Null, "/_source"),
        Question::new("GET", "/flags", Value::Null, "/flags/*/image_prompt"),
        Question::new("GET", "/api/data/search", Value::Null, "/data/*/name"),
    ]
}

/// What came after it.
fn later() -> Vec<Question> {
    vec![
        Question::new("GET", "/notes/_doc/7", Value::Null, "/_source"),
        Question::new("GET", "/notes/_doc/33", Value::Null, "/_version"),
        Question::new(
            "POST",
            "/image/search",
            json!({"keyword": "late", "type": "partial"}),
            "/data/page_data/*/title",
        ),
        Question::new(
            "GET",
            &format!("/_snapshot/{REPOSITORY}/_all"),
            Value::Null,
            "/snapshots/*/indices",
        ),
    ]
}

fn asked(question: Question, server: &Server) -> Question {
    let answer = question.ask(server);
    Question { answer, ..question }
}

/// Adds a folder with all that is in it, but its lock.
fn add(archive: &mut zip::ZipWriter<File>, folder: &Path, name: &str) {
    let options = SimpleFileOptions::default();
    archive.add_directory(name, options).expect("an entry");
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    for path in paths {
        let file = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let inner = format!("{name}/{file}");
        if path.is_dir() {
            add(archive, &path, &inner);
        } else if file != ".lock" {
            archive.start_file(inner, options).expect("an entry");
            archive
                .write_all(&fs::read(&path).expect("a file"))
                .expect("an entry");
        }
    }
}
