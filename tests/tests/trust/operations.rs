//! The operations of the specification, and requests to them.

use serde_json::Value;
use tests::Server;

use crate::keyed;

/// What an operation needs, as its `security` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The key on a private node.
    ReadersKey,
    /// The key.
    Key,
}

/// An operation of the specification.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub needs: Needs,
    /// The content type of its body, if it has one.
    pub body: Option<String>,
}

/// All operations of a node.
pub fn operations(server: &Server) -> Vec<Operation> {
    let spec = keyed(server, "GET", "/openapi.json", &Value::Null);
    let mut out = Vec::new();
    for (path, methods) in spec["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let security = operation["security"].as_array();
            let security = security.unwrap_or_else(|| panic!("{method} {path}: no security"));
            let open = security
                .iter()
                .any(|one| one.as_object().is_some_and(|one| one.is_empty()));
            let content = operation["requestBody"]["content"].as_object();
            out.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                needs: match (open, security.len()) {
                    (true, 1) => Needs::Nothing,
                    (true, _) => Needs::ReadersKey,
                    (false, _) => Needs::Key,
                },
                body: content.and_then(|content| content.keys().next().cloned()),
            });
        }
    }
    assert!(out.len() > 200, "{}", out.len());
    out
}

impl Operation {
    /// Its path with a value for each parameter, by their order.
    pub fn with(&self, values: &[&str]) -> String {
        let mut values = values.iter().cycle();
        let parts = self
            .path
            .split('/')
            .map(|part| match part.starts_with('{') {
                true => (*values.next().unwrap()).to_owned(),
                false => part.to_owned(),
            });
        parts.collect::<Vec<_>>().join("/")
    }

    /// How many parameters its path has.
    pub fn parameters(&self) -> usize {
        self.path.matches('{').count()
    }

    /// Whether a path with a method is one of this operation's, by its shape.
    pub fn fits(&self, method: &str, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let own: Vec<&str> = self.path.split('/').collect();
        let given: Vec<&str> = path.split('/').collect();
        let reads = self.method == method || (self.method == "GET" && method == "HEAD");
        reads
            && own.len() == given.len()
            && own
                .iter()
                .zip(&given)
                .all(|(own, given)| own == given || own.starts_with('{') && !given.is_empty())
    }

    /// A body that would change something, and its content type.
    pub fn example(&self) -> (&'static str, Vec<u8>) {
        let lines = "{\"index\":{\"_index\":\"made\",\"_id\":\"1\"}}\n{\"a\":1}\n";
        match self.body.as_deref() {
            None => ("", Vec::new()),
            Some("multipart/form-data") => {
                let file = tests::solid_gif(9);
                let mut form = Vec::new();
                for name in ["file", "images"] {
                    form.extend_from_slice(
                        format!(
                            "--xx\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"a.gif\"\r\n\r\n"
                        )
                        .as_bytes(),
                    );
                    form.extend_from_slice(&file);
                    form.extend_from_slice(b"\r\n");
                }
                form.extend_from_slice(b"--xx--\r\n");
                ("multipart/form-data; boundary=xx", form)
            }
            Some("application/json") => {
                let body: &str = match self.id.as_str() {
                    id if id.contains("Aliases") => {
                        r#"{"actions":[{"add":{"index":"things","alias":"made"}}]}"#
                    }
                    "esReindex" => r#"{"source":{"index":"things"},"dest":{"index":"made"}}"#,
                    "esDeleteByQuery" | "esUpdateByQuery" => r#"{"query":{"match_all":{}}}"#,
                    "esUpdateDocument" => r#"{"doc":{"n":666}}"#,
                    id if id.contains("Template") => r#"{"index_patterns":["made-*"]}"#,
                    id if id.contains("Settings") => r#"{"index":{"refresh_interval":"7s"}}"#,
                    id if id.contains("Mapping") => r#"{"properties":{"made":{"type":"long"}}}"#,
                    "flagImage" => r#"{"image_prompt":"made"}"#,
                    "deleteSimilarById" => r#"{"id":"1"}"#,
                    "updateImage" => r#"{"title":"made"}"#,
                    _ => r#"{"a":1}"#,
                };
                ("application/json", body.as_bytes().to_vec())
            }
            Some(_) => ("application/x-ndjson", lines.as_bytes().to_vec()),
        }
    }
}
