//! Sends steps to one side.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use super::Step;

/// What a side answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer(pub Value);

impl Answer {
    /// `{"name", "status", "body"}` as a name and an answer.
    pub fn named(mut line: Value) -> (String, Self) {
        let name = line["name"].take().as_str().unwrap_or_default().to_owned();
        if let Some(object) = line.as_object_mut() {
            object.remove("name");
        }
        (name, Self(line))
    }

    /// The answer with its name in front.
    pub fn with_name(&self, name: &str) -> Value {
        let mut line = json!({"name": name});
        let parts = self.0.as_object().into_iter().flatten();
        for (key, value) in parts {
            line[key] = value.clone();
        }
        line
    }
}

/// One side, and the values that its answers gave for later steps.
#[derive(Debug)]
pub struct Player {
    client: Client,
    base: String,
    kept: BTreeMap<String, String>,
}

impl Player {
    /// The side at an address such as `http://127.0.0.1:9200`.
    pub fn new(base: &str) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(60)).build();
        Self {
            client: client.expect("a client"),
            base: base.trim_end_matches('/').to_owned(),
            kept: BTreeMap::new(),
        }
    }

    fn filled(&self, text: &str) -> String {
        let all = self.kept.iter();
        all.fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{{{name}}}}}"), value)
        })
    }

    /// Sends a step.
    ///
    /// # Panics
    /// When nobody answers.
    pub fn play(&mut self, step: &Step) -> Answer {
        let method = Method::from_bytes(step.method.as_bytes()).expect("a method");
        let url = format!("{}{}", self.base, self.filled(&step.path));
        let mut request = self.client.request(method, url);
        if let Some(body) = &step.body {
            let lines = ["_bulk", "_msearch"]
                .iter()
                .any(|end| step.path.contains(end));
            let kind = if lines {
                "application/x-ndjson"
            } else {
                "application/json"
            };
            request = request.header("content-type", kind).body(self.filled(body));
        }
        let response = request
            .send()
            .unwrap_or_else(|error| panic!("{}: {error}", step.name));
        let status = response.status().as_u16();
        let text = response.text().expect("a body");
        let body = if text.trim().is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or_else(|_| cells(&text))
        };
        for (name, path) in &step.keeps {
            let value = body.pointer(&format!("/{path}")).and_then(Value::as_str);
            self.kept
                .insert(name.clone(), value.unwrap_or("none").to_owned());
        }
        Answer(json!({"status": status, "body": body}))
    }
}

/// A table in words: how wide its columns are does not matter.
fn cells(text: &str) -> Value {
    let words = |line: &str| line.split_whitespace().map(Value::from).collect::<Value>();
    text.lines().map(words).collect()
}
