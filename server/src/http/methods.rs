//! Which methods a path takes, for the header `Allow` of a 405 (RFC 9110, section 15.5.6).

use serde_json::Value;

/// The paths of the specification with their methods.
#[derive(Debug, Default)]
pub struct Methods(Vec<(Vec<String>, String)>);

impl Methods {
    /// Reads the specification (JSON).
    pub fn of(spec: &str) -> Self {
        let spec: Value = serde_json::from_str(spec).unwrap_or_default();
        let paths = spec.get("paths").and_then(Value::as_object);
        let rows = paths.into_iter().flatten().map(|(path, operations)| {
            let mut methods: Vec<String> = operations
                .as_object()
                .into_iter()
                .flat_map(|operations| operations.keys())
                .map(|method| method.to_ascii_uppercase())
                .collect();
            // GET answers HEAD too.
            if methods.iter().any(|method| method == "GET")
                && !methods.iter().any(|method| method == "HEAD")
            {
                methods.push("HEAD".to_owned());
            }
            (
                path.split('/').map(str::to_owned).collect(),
                methods.join(", "),
            )
        });
        Self(rows.collect())
    }

    /// The methods of a path, as the header wants them.
    pub fn allowed(&self, path: &str) -> Option<&str> {
        let parts: Vec<&str> = path.split('/').collect();
        let parameters = |row: &[String]| row.iter().filter(|part| is_parameter(part)).count();
        self.0
            .iter()
            .filter(|(row, _)| {
                row.len() == parts.len()
                    && row
                        .iter()
                        .zip(&parts)
                        .all(|(have, given)| is_parameter(have) || have == given)
            })
            .min_by_key(|(row, _)| parameters(row))
            .map(|(_, methods)| methods.as_str())
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_particular_path_counts() {
        let spec = r#"{"paths": {"/a/{id}": {"get": {}}, "/a/b": {"post": {}, "put": {}}}}"#;
        let methods = Methods::of(spec);
        assert_eq!(methods.allowed("/a/1"), Some("GET, HEAD"));
        assert_eq!(methods.allowed("/a/b"), Some("POST, PUT"));
        assert_eq!(methods.allowed("/a"), None);
    }
}
