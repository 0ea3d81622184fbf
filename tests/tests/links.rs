//! Share links, previews, downloads and ZIP files.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::io::{Cursor, Read};

use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG};
use serde_json::{Value, json};
use tests::{Server, solid_gif};

fn link(server: &Server, id: u64, kind: &str) -> String {
    let (status, answer) = server.get_json(&format!("/image/createlink/{id}"));
    assert_eq!(status, 200, "{answer}");
    let link = answer["data"][kind].as_str().unwrap_or_default().to_owned();
    assert!(link.starts_with(server.address()), "{link}");
    link
}

#[test]
fn links_preview_and_download_survive_restarts() {
    let mut server = Server::start();
    let bytes = solid_gif(1);
    let id = server.add("猫 one.gif", bytes.clone(), &[("title", "cat")]);
    let preview = link(&server, id, "preview_link");
    let download = link(&server, id, "download_link");
    let get = |server: &Server, link: &str| server.client().get(link).send().unwrap();
    let shown = get(&server, &preview);
    assert_eq!(shown.headers()[CONTENT_TYPE], "image/gif");
    assert!(
        !shown
            .headers()
            .get(CONTENT_DISPOSITION)
            .is_some_and(|v| v.to_str().unwrap().starts_with("attachment"))
    );
    assert_eq!(shown.bytes().unwrap(), bytes);
    let saved = get(&server, &download);
    let name = saved.headers()[CONTENT_DISPOSITION]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(name.starts_with("attachment"), "{name}");
    assert!(
        name.contains("filename*=UTF-8''%E7%8C%AB%20one.gif"),
        "{name}"
    );
    assert_eq!(saved.bytes().unwrap(), bytes);
    let old = server.address().to_owned();
    assert!(server.stop());
    server.restart();
    let again = preview.replace(&old, server.address());
    assert_eq!(get(&server, &again).bytes().unwrap(), bytes);
    assert_eq!(
        server
            .get(&format!("/image/preview/{id}"))
            .send()
            .unwrap()
            .bytes()
            .unwrap(),
        bytes
    );
}

#[test]
fn unknown_ids_and_tokens_are_code_9() {
    let server = Server::start();
    for id in ["99", "0", "-1", "abc", "1.5"] {
        let (status, answer) = server.get_json(&format!("/image/createlink/{id}"));
        assert_eq!((status, &answer["code"]), (400, &json!(9)), "{id}");
        assert_eq!(answer["info"], "GIFS_NOT_FOUND");
        assert_eq!(answer["data"], json!({}));
    }
    for path in [
        "/image/preview/99",
        "/image/download/nonsense",
        "/image/downloadzip?token=x",
    ] {
        let (status, answer) = server.get_json(path);
        assert_eq!((status, &answer["code"]), (404, &json!(9)), "{path}");
    }
    for body in [
        json!({}),
        json!({"gif_ids": []}),
        json!({"gif_ids": [99]}),
        json!({"gif_ids": "1"}),
        json!([1]),
    ] {
        let (status, answer) = server.post_json("/image/createziplink", &body);
        assert_eq!((status, &answer["code"]), (400, &json!(9)), "{body}");
    }
}

#[test]
fn ranges_and_etags_work() {
    let server = Server::start();
    let bytes = solid_gif(2);
    let id = server.add("a.gif", bytes.clone(), &[]);
    let path = format!("/image/preview/{id}");
    let range = |range: &str| server.get(&path).header("Range", range).send().unwrap();
    let part = range("bytes=2-5");
    assert_eq!(part.status().as_u16(), 206);
    assert_eq!(
        part.headers()[CONTENT_RANGE],
        format!("bytes 2-5/{}", bytes.len()).as_str()
    );
    assert_eq!(part.bytes().unwrap(), &bytes[2..=5]);
    assert_eq!(
        range("bytes=-3").bytes().unwrap(),
        &bytes[bytes.len() - 3..]
    );
    assert_eq!(
        range(&format!("bytes={}-", bytes.len())).status().as_u16(),
        416
    );
    let whole = server.get(&path).send().unwrap();
    let tag = whole.headers()[ETAG].clone();
    let same = server
        .get(&path)
        .header("If-None-Match", tag)
        .send()
        .unwrap();
    assert_eq!(same.status().as_u16(), 304);
}

#[test]
fn zip_files_hold_every_picture_under_a_safe_unique_name() {
    let server = Server::start();
    let names = ["../../evil.gif", "same.gif", "same.gif", "a\\b:c.gif"];
    let mut files = Vec::new();
    let ids: Vec<u64> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let bytes = solid_gif(10 + u32::try_from(number).unwrap());
            files.push(bytes.clone());
            server.add(name, bytes, &[])
        })
        .collect();
    let (status, answer) = server.post_json("/image/createziplink", &json!({"gif_ids": ids}));
    assert_eq!(status, 200);
    let link = answer["data"]["downloadzip_link"].as_str().unwrap();
    assert!(link.contains("/image/downloadzip?token="), "{link}");
    let get = |headers: &[(&str, &str)]| {
        let request = server.client().get(link);
        let add =
            |request: RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
        headers.iter().fold(request, add).send().unwrap()
    };
    let whole = get(&[]);
    let header = |answer: &Response, name: &str| {
        let value = answer
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    let tag = header(&whole, "etag");
    assert_eq!(header(&whole, "content-type"), "application/zip");
    let length = header(&whole, "content-length");
    let body = whole.bytes().unwrap();
    assert_eq!(length, body.len().to_string());
    assert_eq!(get(&[("if-none-match", &tag)]).status().as_u16(), 304);
    for (range, wanted) in [
        ("bytes=0-3", 0..4),
        ("bytes=40-", 40..body.len()),
        ("bytes=-22", body.len() - 22..body.len()),
    ] {
        let part = get(&[("range", range), ("if-range", &tag)]);
        let shown = format!("bytes {}-{}/{length}", wanted.start, wanted.end - 1);
        assert_eq!(
            (part.status().as_u16(), header(&part, "content-range")),
            (206, shown)
        );
        assert_eq!(part.bytes().unwrap(), body[wanted], "{range}");
    }
    let past = get(&[("range", &format!("bytes={length}-"))]);
    assert_eq!(
        (past.status().as_u16(), header(&past, "content-range")),
        (416, format!("bytes */{length}"))
    );
    let mut archive = zip::ZipArchive::new(Cursor::new(body)).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    let mut contents = Vec::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert!(
            !name.contains(['/', '\\']) && !name.contains("..") && name.ends_with(".gif"),
            "{name}"
        );
        assert!(seen.insert(name.to_lowercase()), "{name} twice");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        contents.push(bytes);
    }
    contents.sort();
    files.sort();
    assert_eq!(contents, files);
    // A token of one kind opens nothing of another.
    let token = link.rsplit('=').next().unwrap();
    let wrong: (u16, Value) = server.get_json(&format!("/image/preview/{token}"));
    assert_eq!(wrong.0, 404);
}
