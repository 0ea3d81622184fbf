//! The README's tour: every request is sent to a demo, and the answers are those that are printed.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::PathBuf;

use reqwest::blocking::multipart::{Form, Part};
use serde_json::Value;
use tests::{Server, solid_gif};

/// The requests of the tour with the answers below them.
fn tour() -> Vec<(String, Value)> {
    let readme = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = std::fs::read_to_string(readme).unwrap();
    let mut pairs = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("```sh\ncurl ") {
        let (request, after) = after.split_once("\n```").unwrap();
        let answer = after
            .strip_prefix("\n```json\n")
            .unwrap_or_else(|| panic!("no answer below: curl {request}"));
        let (answer, after) = answer.split_once("\n```").unwrap();
        let answer = serde_json::from_str(answer)
            .unwrap_or_else(|error| panic!("the answer below {request}: {error}"));
        pairs.push((request.to_owned(), answer));
        rest = after;
    }
    pairs
}

/// The words of a command line, as a shell takes them apart (single quotes only).
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for ch in line.chars() {
        match ch {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(ch),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Does what curl would do.
fn send(server: &Server, request: &str) -> Value {
    let mut words = words(request).into_iter();
    let (mut url, mut body, mut form) = (None, None, None);
    let mut headers = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-s" => {}
            "-H" => headers.push(words.next().unwrap()),
            "-d" => body = words.next(),
            "-F" => {
                let field = words.next().unwrap();
                let (name, value) = field.split_once('=').unwrap();
                let so_far: Form = form.take().unwrap_or_default();
                form = Some(match value.strip_prefix('@') {
                    Some(file) => {
                        let part = Part::bytes(solid_gif(7)).file_name(file.to_owned());
                        so_far.part(name.to_owned(), part)
                    }
                    None => so_far.text(name.to_owned(), value.to_owned()),
                });
            }
            _ => url = Some(word),
        }
    }
    let url = url.unwrap();
    let path = url.strip_prefix("http://127.0.0.1:7700").unwrap();
    let mut built = match (body, form) {
        (Some(body), None) => server.post(path).body(body),
        (None, Some(form)) => server.post(path).multipart(form),
        _ => server.get(path),
    };
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        built = built.header(name, value);
    }
    built.send().unwrap().json().unwrap()
}

/// Where an answer is not the printed one.
fn difference(printed: &Value, real: &Value, path: &str) -> Option<String> {
    match (printed, real) {
        (Value::String(text), _) if text == "…" => None,
        (Value::Object(printed), Value::Object(real)) => {
            let open = printed.contains_key("…");
            let further = real.keys().find(|key| !open && !printed.contains_key(*key));
            if let Some(key) = further {
                return Some(format!("{path}/{key} is not printed"));
            }
            printed
                .iter()
                .filter(|(key, _)| *key != "…")
                .find_map(|(key, value)| match real.get(key) {
                    Some(real) => difference(value, real, &format!("{path}/{key}")),
                    None => Some(format!("{path}/{key} is not there")),
                })
        }
        (Value::Array(printed), Value::Array(real)) => {
            let open = printed.last().is_some_and(|last| last == "…");
            let count = printed.len() - usize::from(open);
            if real.len() < count || (!open && real.len() > count) {
                return Some(format!("{path}: {} elements, printed {count}", real.len()));
            }
            let pairs = printed.iter().take(count).zip(real).enumerate();
            pairs
                .map(|(at, (printed, real))| difference(printed, real, &format!("{path}/{at}")))
                .find_map(|difference| difference)
        }
        _ if printed == real => None,
        _ => Some(format!("{path}: {real}, printed {printed}")),
    }
}

#[test]
fn every_answer_of_the_tour_is_the_printed_one() {
    let server = Server::demo();
    let tour = tour();
    assert!(tour.len() >= 12, "{} requests", tour.len());
    for (request, printed) in tour {
        let real = send(&server, &request);
        if let Some(difference) = difference(&printed, &real, "") {
            panic!("curl {request}\n{difference}\n{real}");
        }
    }
}
