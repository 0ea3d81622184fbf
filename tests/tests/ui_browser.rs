//! The node's page in a headless Chromium: every view of the demo library, by pointer and by keyboard only,
//! in both languages, light and dark. Where there is no Chromium or no npm, the tests say that they were
//! skipped; where `CHROMIUM` names one, it has to be there.
//!
//! `PICTOR_PICTURES=docs/ui` also takes the pictures of the documents; `PICTOR_MEASURE=1` measures.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tests::{
    Lack, Server, ServerOptions, binary, captions, chromium, gif, page_stories, png, skip,
};

/// Tells a story of `tests/ui`; what it found out.
fn tell(stories: &Path, browser: &Path, story: &str, server: &Server, options: &Value) -> String {
    let output = Command::new("node")
        .arg(stories.join("run.mjs"))
        .args([story, server.address(), &options.to_string()])
        .env("CHROMIUM", browser)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && told.trim_end().ends_with("OK"),
        "{story}: {told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    told
}

/// What the stories need: their folder and a browser.
fn ready() -> Option<(&'static Path, &'static Path)> {
    let Some(browser) = chromium() else {
        skip(Lack::Browser, "there is no Chromium");
        return None;
    };
    let Some(stories) = page_stories() else {
        skip(Lack::Npm, "what the stories need cannot be installed");
        return None;
    };
    Some((stories, browser))
}

fn written(folder: &Path, name: &str, bytes: Vec<u8>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn the_demo_is_searched_looked_at_and_managed() {
    let Some((stories, browser)) = ready() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let new = [
        written(folder.path(), "new.gif", gif(40, 30, 3, 100, 77)),
        written(folder.path(), "other.gif", gif(40, 30, 3, 100, 78)),
    ];
    let broken = written(
        folder.path(),
        "broken.gif",
        b"GIF89a and nothing more".to_vec(),
    );
    let image = written(folder.path(), "sheet.png", png(64, 64, 120));
    let server = Server::demo();
    if let Some(pictures) = std::env::var_os("PICTOR_PICTURES") {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(pictures);
        std::fs::create_dir_all(&root).unwrap();
        tell(
            stories,
            browser,
            "pictures",
            &server,
            &json!({"folder": root}),
        );
    }
    for (story, options) in [
        ("search", json!({})),
        ("keyboard", json!({})),
        ("node", json!({"images": [image]})),
        // After records of every kind are there.
        ("access", json!({})),
        ("library", json!({"files": new, "broken": broken})),
    ] {
        tell(stories, browser, story, &server, &options);
    }
}

#[test]
fn a_private_node_asks_for_its_key() {
    let Some((stories, browser)) = ready() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(ServerOptions {
        args: vec!["--private".to_owned()],
        env: vec![("API_KEY".to_owned(), "the-right-one".to_owned())],
    });
    for seed in 0..3 {
        let form = reqwest::blocking::multipart::Part::bytes(gif(32, 24, 3, 100, seed));
        let form = reqwest::blocking::multipart::Form::new().part("file", form.file_name("a.gif"));
        let upload = server.post("/image/upload").bearer_auth("the-right-one");
        assert_eq!(
            upload.multipart(form).send().unwrap().status().as_u16(),
            200
        );
    }
    let file = written(folder.path(), "new.gif", gif(32, 24, 3, 100, 99));
    let options = json!({"key": "the-right-one", "count": 3, "file": file});
    tell(stories, browser, "keys", &server, &options);
}

/// Typing among 100,000 titles, and scrolling through 1,000 results.
#[test]
fn it_is_measured_when_asked() {
    if std::env::var_os("PICTOR_MEASURE").is_none() {
        skip(Lack::Wish, "PICTOR_MEASURE is not set");
        return;
    }
    let (stories, browser) = ready().expect("a browser and npm");
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for seed in 0..1_000 {
        let name = format!("{seed}.gif");
        written(folder.path(), &name, gif(96, 72, 4, 120, seed));
        let title = format!("moving squares number {seed}");
        let line = json!({"file": name, "title": title, "category": "squares"});
        lines.push_str(&format!("{line}\n"));
    }
    let captions = captions().unwrap_or_default();
    let known: Vec<String> = captions.into_iter().map(|(_, text)| text).collect();
    for number in 0..99_000_usize {
        let title = match known.get(number % known.len().max(1)) {
            Some(caption) if number < known.len() => caption.clone(),
            Some(caption) => format!("{caption} {number}"),
            None => format!("a picture of thing {number}"),
        };
        lines.push_str(&format!("{}\n", json!({"title": title})));
    }
    let catalogue = written(folder.path(), "catalogue.jsonl", lines.into_bytes());
    let data = folder.path().join("data");
    let import = Command::new(binary())
        .arg("import")
        .arg(&catalogue)
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert!(
        import.status.success(),
        "{}",
        String::from_utf8_lossy(&import.stderr)
    );
    let server = Server::on(&data, ServerOptions::default());
    assert_eq!(server.get_json("/health").1["documents"], 100_000);
    print!("{}", tell(stories, browser, "measure", &server, &json!({})));
}
