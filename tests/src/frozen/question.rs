//! Questions whose answers stay the same in every version.

use serde_json::{Value, json};

use crate::Server;

/// What a node was asked, what of its answer counts, and what that was.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The body.
    pub body: Value,
    /// What counts: a JSON pointer, in which `*` stands for every part.
    pub show: String,
    /// That, once it was asked.
    pub answer: Value,
}

/// The answers of an archive.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// Of the data folder.
    pub opened: Vec<Question>,
    /// Of a node onto which the snapshot was restored.
    pub restored: Vec<Question>,
}

impl Question {
    /// One that was not asked yet.
    pub fn new(method: &str, path: &str, body: Value, show: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            body,
            show: show.to_owned(),
            answer: Value::Null,
        }
    }

    /// Asks a node.
    pub fn ask(&self, server: &Server) -> Value {
        let (status, answer) = server.send(&self.method, &self.path, &self.body);
        assert_eq!(status, 200, "{} {}: {answer}", self.method, self.path);
        let parts: Vec<&str> = self.show.split('/').skip(1).collect();
        part(&answer, &parts)
    }

    fn to_json(&self) -> Value {
        json!({
            "method": self.method, "path": self.path, "body": self.body, "show": self.show,
            "answer": self.answer,
        })
    }

    fn of_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str();
        Some(Self {
            answer: value.get("answer")?.clone(),
            ..Self::new(
                text("method")?,
                text("path")?,
                value.get("body")?.clone(),
                text("show")?,
            )
        })
    }
}

impl Answers {
    /// As a file.
    pub fn to_json(&self) -> Value {
        let list = |questions: &[Question]| -> Vec<Value> {
            questions.iter().map(Question::to_json).collect()
        };
        json!({"opened": list(&self.opened), "restored": list(&self.restored)})
    }

    /// Reads a file.
    pub fn of_json(value: &Value) -> Option<Self> {
        let list = |name: &str| -> Option<Vec<Question>> {
            let questions = value.get(name)?.as_array()?.iter();
            questions.map(Question::of_json).collect()
        };
        Some(Self {
            opened: list("opened")?,
            restored: list("restored")?,
        })
    }
}

/// The part of a value that a pointer's parts lead to.
fn part(value: &Value, parts: &[&str]) -> Value {
    let Some((first, rest)) = parts.split_first() else {
        return value.clone();
    };
    match value {
        Value::Array(items) if *first == "*" => items.iter().map(|item| part(item, rest)).collect(),
        _ => {
            let inner = value.pointer(&format!("/{first}"));
            inner.map_or(Value::Null, |inner| part(inner, rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_every_part() {
        let value = json!({"a": [{"b": 1}, {"b": 2}, {}]});
        assert_eq!(part(&value, &["a", "*", "b"]), json!([1, 2, null]));
        assert_eq!(part(&value, &["a", "1"]), json!({"b": 2}));
        assert_eq!(part(&value, &["x", "*"]), json!(null));
    }

    #[test]
    fn answers_read_back() {
        let question = Question {
            answer: json!([1]),
            ..Question::new("GET", "/x", json!(null), "/a/*")
        };
        let answers = Answers {
            opened: vec![question.clone(), question],
            restored: Vec::new(),
        };
        assert_eq!(Answers::of_json(&answers.to_json()), Some(answers));
    }
}
