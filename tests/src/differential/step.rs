//! Requests in a text that people can read.
//!
//! A step begins with `## name`; its next line has method and path, the lines after that are the body, and
//! `= name path/to/value` keeps a value of the answer for `{{name}}` in later steps. `QUERY index` and
//! `AGGS index` are searches with just that. Lines that begin with `# ` are for the reader.

use serde_json::{Value, json};

/// A request.
#[derive(Debug, Clone)]
pub struct Step {
    /// Says what it is about; no two are the same.
    pub name: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The body, if it has one.
    pub body: Option<String>,
    /// Values of the answer that later steps use: name and path.
    pub keeps: Vec<(String, String)>,
}

/// The steps of a text.
///
/// # Panics
/// When the text is not as described.
pub fn steps(text: &str) -> Vec<Step> {
    text.split("\n## ").skip(1).map(step).collect()
}

fn step(text: &str) -> Step {
    let mut lines = text.lines();
    let name = lines.next().expect("a name").trim().to_owned();
    let request = lines.next().unwrap_or_else(|| panic!("{name}: no request"));
    let (method, path) = request
        .split_once(' ')
        .unwrap_or_else(|| panic!("{name}: no path"));
    let (mut body, mut keeps) = (Vec::new(), Vec::new());
    for line in lines.filter(|line| !line.trim().is_empty() && !line.starts_with("# ")) {
        match line
            .strip_prefix("= ")
            .and_then(|kept| kept.split_once(' '))
        {
            Some((name, path)) => keeps.push((name.to_owned(), path.to_owned())),
            None => body.push(line),
        }
    }
    let part = || -> Value {
        let text = body.join("\n");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (method, path, body) = match method {
        "QUERY" => {
            let body = json!({"query": part(), "size": 20, "_source": false});
            ("POST", format!("/{path}/_search"), Some(body.to_string()))
        }
        "AGGS" => {
            let body = json!({"aggs": part(), "size": 0});
            ("POST", format!("/{path}/_search"), Some(body.to_string()))
        }
        _ => {
            let text = (!body.is_empty()).then(|| body.join("\n") + "\n");
            (method, path.to_owned(), text)
        }
    };
    Step {
        method: method.to_owned(),
        name,
        path,
        body,
        keeps,
    }
}
