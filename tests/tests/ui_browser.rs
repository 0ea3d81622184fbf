//! The node's page in a headless Chromium: every view of the demo library, by pointer and by keyboard only,
//! in both languages, light and dark. Where there is no Chromium or no npm, the tests say that they were
//! skipped; where `CHROMIUM` names one, it has to be there.
//!
//! `PICTOR_PICTURES=docs/ui` also takes the pictures of the documents; `PICTOR_MEASURE=1` measures.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tests::{Server, ServerOptions, captions, chromium, gif, page_stories, png};

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
        eprintln!("skipped: there is no Chromium");
        return None;
    };
    let Some(stories) = page_stories() else {
        eprintln!("skipped: npm cannot install what the stories need");
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
        ("access", json!({})),
        ("node", json!({"images": [image]})),
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
        eprintln!("skipped: PICTOR_MEASURE is not set");
        return;
    }
    let (stories, browser) = ready().expect("a browser and npm");
    let server = Server::start();
    for seed in 0..1_000 {
        let title = format!("moving squares number {seed}");
        server.add(
            "a.gif",
            gif(96, 72, 4, 120, seed),
            &[("title", &title), ("category", "squares")],
        );
    }
    let known = captions().map_or_else(Vec::new, |captions| {
        captions.into_iter().map(|(_, text)| text).collect()
    });
    let mut lines = String::new();
    for number in 0..99_000_usize {
        let title = match known.get(number % known.len().max(1)) {
            Some(caption) if number < known.len() => caption.clone(),
            Some(caption) => format!("{caption} {number}"),
            None => format!("a picture of thing {number}"),
        };
        lines.push_str(&format!(
            "{}\n{}\n",
            json!({"index": {}}),
            json!({"title": title})
        ));
        if number % 5_000 == 4_999 {
            let bulk = server
                .post("/images/_bulk")
                .body(std::mem::take(&mut lines))
                .send()
                .unwrap();
            assert_eq!(bulk.json::<Value>().unwrap()["errors"], false);
        }
    }
    assert_eq!(
        server
            .post("/images/_forcemerge")
            .send()
            .unwrap()
            .status()
            .as_u16(),
        200
    );
    print!("{}", tell(stories, browser, "measure", &server, &json!({})));
}
