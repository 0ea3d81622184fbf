//! Every rule of GIF search, over HTTP against the real binary.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod bodies;
mod modes;
mod words;

use serde_json::Value;
use tests::{Server, solid_gif};

const INVALID_PAGES: (u16, i64) = (400, 6);

const INVALID_FORMAT: (u16, i64) = (400, 1005);

fn code(answer: &(u16, Value)) -> (u16, i64) {
    (answer.0, answer.1["code"].as_i64().unwrap_or(-1))
}

/// A small library: (title, fields).
fn library() -> (Server, Vec<u64>) {
    let server = Server::start();
    let titles: [(&str, &[(&str, &str)]); 12] = [
        (
            "A cat jumps over the sofa",
            &[("category", "animal"), ("tags", "cat,jump"), ("like", "5")],
        ),
        (
            "Two cats sleep",
            &[
                ("category", "animal"),
                ("tags", "cat"),
                ("uploader", "Mary Smith"),
            ],
        ),
        ("concatenate strings", &[("category", "tech")]),
        (
            "a dog catches a ball",
            &[("category", "animal"), ("tags", "dog")],
        ),
        (
            "可爱的猫咪跳舞",
            &[("category", "动物"), ("tags", "猫"), ("uploader", "小明")],
        ),
        ("我爱机器学习", &[("category", "tech")]),
        ("Cute cat 可爱猫咪 dancing", &[("tags", "cat")]),
        ("dancing robot", &[("like", "50"), ("uploader", "Bob")]),
        ("dance of the planets", &[("like", "9")]),
        ("version 123 released", &[]),
        ("version 124 released", &[]),
        ("Café au lait", &[("uploader", "René")]),
    ];
    let ids = titles
        .iter()
        .enumerate()
        .map(|(number, (title, fields))| {
            let mut all = vec![("title", *title)];
            all.extend_from_slice(fields);
            let seed = u32::try_from(number).unwrap();
            server.add(&format!("{number}.gif"), solid_gif(seed), &all)
        })
        .collect();
    (server, ids)
}

fn sorted(mut titles: Vec<String>) -> Vec<String> {
    titles.sort();
    titles
}
