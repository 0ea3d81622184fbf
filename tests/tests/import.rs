//! `pictor import`: a catalogue of real captions, folders and ZIP files with damaged ones among
//! them, and runs that go on where an earlier one stopped.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    Lack, Server, ServerOptions, binary, captions, gif, pictures_folder, png, skip, solid_gif,
};

struct Ran {
    ok: bool,
    out: String,
    err: String,
}

fn import(source: &Path, data: &Path, more: &[&str]) -> Ran {
    let output = Command::new(binary())
        .arg("import")
        .arg(source)
        .arg("--data")
        .arg(data)
        .args(more)
        .output()
        .unwrap();
    Ran {
        ok: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn serve(data: &Path) -> Server {
    Server::on(data, ServerOptions::default())
}

fn documents(server: &Server) -> u64 {
    server.get_json("/health").1["documents"].as_u64().unwrap()
}

fn total(server: &Server, body: &Value) -> u64 {
    server.search(body).1["data"]["total"].as_u64().unwrap()
}

#[test]
fn real_captions_import_as_a_catalogue() {
    let Some(captions) = captions() else {
        skip(Lack::Corpus, "the real captions are not here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (source, data) = (folder.path().join("gifs.jsonl"), folder.path().join("data"));
    let mut catalogue = String::new();
    for (name, caption) in &captions {
        let line = json!({"name": name, "title": caption, "category": "caption"});
        catalogue.push_str(&format!("{line}\n"));
    }
    fs::write(&source, catalogue).unwrap();
    let ran = import(&source, &data, &[]);
    assert!(ran.ok, "{}{}", ran.out, ran.err);
    let counts = format!(
        "imported {}, already there 0, skipped 0, failed 0",
        captions.len()
    );
    assert!(ran.out.contains(&counts), "{}", ran.out);
    // Again: nothing is there twice.
    let again = import(&source, &data, &[]);
    assert!(again.ok, "{}", again.err);
    assert!(
        again
            .out
            .contains(&format!("imported 0, already there {}", captions.len())),
        "{}",
        again.out
    );
    let server = serve(&data);
    assert_eq!(documents(&server), captions.len() as u64);
    // Each of a few captions is found by its whole title, and every mode agrees with a plain count.
    for (_, caption) in captions.iter().step_by(997) {
        let same = captions
            .iter()
            .filter(|(_, other)| other == caption)
            .count() as u64;
        assert_eq!(
            total(&server, &json!({"keyword": caption})),
            same,
            "{caption}"
        );
    }
    for word in ["guitar", "skateboard", "kisses", "xylophone"] {
        let holds = captions
            .iter()
            .filter(|(_, caption)| caption.to_lowercase().contains(word))
            .count() as u64;
        let found = total(&server, &json!({"keyword": word, "type": "partial"}));
        assert_eq!(found, holds, "{word}");
        let found = total(
            &server,
            &json!({"keyword": format!("(?i){word}"), "type": "regex"}),
        );
        assert_eq!(found, holds, "{word} as a pattern");
    }
}

#[test]
fn a_killed_import_goes_on_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (source, data) = (folder.path().join("c.jsonl"), folder.path().join("data"));
    let mut catalogue = String::new();
    for number in 0..30_000 {
        let line = json!({"title": format!("record number {number}"), "tags": ["many"]});
        catalogue.push_str(&format!("{line}\n"));
    }
    fs::write(&source, catalogue).unwrap();
    for wait in [150, 400, 700] {
        let mut child = Command::new(binary())
            .arg("import")
            .arg(&source)
            .arg("--data")
            .arg(&data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let ran = import(&source, &data, &[]);
    assert!(ran.ok, "{}", ran.err);
    let server = serve(&data);
    assert_eq!(documents(&server), 30_000);
    for number in [0, 999, 1_000, 15_123, 29_999] {
        let body = json!({"keyword": format!("record number {number}")});
        assert_eq!(total(&server, &body), 1, "{number}");
    }
    drop(server);
    // Lines that were added go in; a catalogue that changed before them is refused.
    let mut file = fs::OpenOptions::new().append(true).open(&source).unwrap();
    writeln!(file, "{}", json!({"title": "one more"})).unwrap();
    let more = import(&source, &data, &[]);
    assert!(
        more.out.contains("imported 1, already there 30000"),
        "{}",
        more.out
    );
    let text = fs::read_to_string(&source).unwrap();
    fs::write(
        &source,
        text.replacen("record number 5\"", "record number five\"", 1),
    )
    .unwrap();
    let changed = import(&source, &data, &[]);
    assert!(!changed.ok);
    assert!(changed.err.contains("--restart"), "{}", changed.err);
}

#[test]
fn a_catalogue_names_the_lines_that_fail() {
    let folder = tempfile::tempdir().unwrap();
    let (source, data) = (folder.path().join("c.jsonl"), folder.path().join("data"));
    let report = folder.path().join("report.jsonl");
    fs::create_dir(folder.path().join("files")).unwrap();
    fs::write(folder.path().join("files/good.gif"), solid_gif(1)).unwrap();
    fs::write(folder.path().join("files/bad.gif"), b"no picture").unwrap();
    fs::write(
        &source,
        concat!(
            "{\"title\": \"with a file\", \"file\": \"files/good.gif\", \"tags\": [\"x\"]}\n",
            "{\"title\": \"no file\", \"width\": 300, \"height\": 200, \"mood\": \"calm\"}\n",
            "\n",
            "not json\n",
            "{\"title\": 5}\n",
            "{\"title\": \"absent\", \"file\": \"files/absent.gif\"}\n",
            "{\"title\": \"broken\", \"file\": \"files/bad.gif\"}\n",
            "[1]\n",
            "{\"title\": \"last line without its end\"}",
        ),
    )
    .unwrap();
    let path = report.to_str().unwrap();
    let ran = import(&source, &data, &["--report", path]);
    assert!(!ran.ok, "failures are an exit status");
    assert!(ran.out.contains("imported 3,"), "{}", ran.out);
    assert!(ran.out.contains("failed 5"), "{}", ran.out);
    let failures: Vec<Value> = fs::read_to_string(&report)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(failures.len(), 5);
    for (line, what) in [
        (4, "JSON"),
        (5, "title"),
        (6, "absent.gif"),
        (7, "bad.gif"),
        (8, "object"),
    ] {
        let named = failures.iter().any(|failure| {
            let text = failure.to_string();
            text.contains(&format!("{line}")) && text.contains(what)
        });
        assert!(named, "line {line}, {what}: {failures:?}");
    }
    let lenient = import(&source, &data, &["--lenient"]);
    assert!(lenient.ok, "{}", lenient.err);
    let server = serve(&data);
    assert_eq!(documents(&server), 3);
    assert_eq!(total(&server, &json!({"keyword": "no file"})), 1);
    assert_eq!(
        total(&server, &json!({"keyword": "last line without its end"})),
        1
    );
}

#[test]
fn folders_and_zip_files_import_what_can_be_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("pictures");
    fs::create_dir_all(source.join("deep/er")).unwrap();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("one.gif", solid_gif(1)),
        ("deep/two.png", png(9, 9, 2)),
        ("deep/er/三.gif", gif(10, 10, 3, 50, 3)),
        ("deep/copy of one.gif", solid_gif(1)),
        ("cut.gif", gif(30, 30, 3, 50, 4)[..200].to_vec()),
        ("notes.txt", b"not a picture".to_vec()),
    ];
    for (name, bytes) in &files {
        fs::write(source.join(name), bytes).unwrap();
    }
    let archive = folder.path().join("pictures.zip");
    let mut writer = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    for (name, bytes) in &files {
        let options: zip::write::FileOptions<'_, '_, ()> = zip::write::FileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap();
    for (number, from) in [&source, &archive].into_iter().enumerate() {
        let data = folder.path().join(format!("data{number}"));
        let ran = import(from, &data, &[]);
        assert!(!ran.ok, "a damaged file is an exit status: {}", ran.out);
        assert!(ran.out.contains("imported 3,"), "{}", ran.out);
        assert!(ran.err.contains("cut.gif"), "{}", ran.err);
        let server = serve(&data);
        assert_eq!(documents(&server), 3, "the copy is the same picture");
        assert_eq!(total(&server, &json!({"keyword": "三"})), 1);
        drop(server);
        let again = import(from, &data, &["--lenient"]);
        assert!(again.ok);
        assert!(again.out.contains("imported 0,"), "{}", again.out);
    }
}

#[test]
fn real_pictures_import_from_a_folder() {
    let Some(pictures) = pictures_folder() else {
        skip(Lack::Corpus, "the real pictures are not here");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ran = import(&pictures, &data, &["--threads", "2"]);
    assert!(ran.ok, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("imported 7,"), "{}", ran.out);
    let server = serve(&data);
    for (title, duration) in [
        ("Cake", 0.0),
        ("Milk", 1.54),
        ("Muffin", 2.1),
        ("Noodles", 0.9),
        ("Strawberry", 1.1),
    ] {
        let (_, answer) = server.search(&json!({"keyword": title}));
        let hit = &answer["data"]["page_data"][0];
        let measured = hit["duration"].as_f64().unwrap();
        assert!((measured - duration).abs() < 1e-6, "{title}: {measured}");
    }
}

#[test]
fn what_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let absent = folder.path().join("absent.jsonl");
    let ran = import(&absent, &data, &[]);
    assert!(!ran.ok);
    assert!(ran.err.contains("absent.jsonl"), "{}", ran.err);
    let odd = folder.path().join("odd.rar");
    fs::write(&odd, b"Rar!").unwrap();
    let ran = import(&odd, &data, &[]);
    assert!(!ran.ok);
    assert!(ran.err.contains("odd.rar"), "{}", ran.err);
}
