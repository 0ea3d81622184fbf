//! The lines of a bulk: an action, and the document that follows most of them.

use engine::budget::Charge;
use engine::request::{VersionType, WriteOp};
use serde_json::{Map, Value};

use crate::families::es::call::Call;
use crate::families::es::documents::{refuse_pipeline, signed, source, update_op};
use crate::families::es::error::EsError;
use crate::http::{JsonError, parse};

/// What an action may say.
const KNOWN: &[&str] = &[
    "_index",
    "_id",
    "_type",
    "routing",
    "_routing",
    "version",
    "_version",
    "version_type",
    "_version_type",
    "if_seq_no",
    "if_primary_term",
    "retry_on_conflict",
    "_retry_on_conflict",
    "pipeline",
    "require_alias",
    "dynamic_templates",
    "_source",
    "op_type",
];

/// Memory of what is said of an action, in bytes.
const MOST_META: usize = 256 << 10;

/// An action, and its document's line.
#[derive(Debug)]
pub struct Action<'a> {
    /// `index`, `create`, `update` or `delete`.
    pub name: &'static str,
    /// Where to.
    pub index: String,
    /// The document's id, if it has one yet.
    pub id: Option<String>,
    meta: Map<String, Value>,
    source: &'a [u8],
}

/// The actions of a body, one after another.
#[derive(Debug)]
pub struct Actions<'a> {
    rest: &'a [u8],
    default: &'a str,
    line: usize,
}

impl<'a> Actions<'a> {
    /// The actions of lines that end; `default` is the index of those that name none.
    ///
    /// # Errors
    /// When there is nothing, or the last line has no end.
    pub fn new(body: &'a [u8], default: &'a str) -> Result<Self, EsError> {
        match body.last() {
            None => Err(EsError::unreadable("request body is required")),
            Some(b'\n') => Ok(Self {
                rest: body,
                default,
                line: 0,
            }),
            Some(_) => Err(EsError::illegal(
                "The bulk request must be terminated by a newline [\\n]",
            )),
        }
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        let end = self.rest.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        self.line += 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn action(&mut self, line: &[u8]) -> Result<Action<'a>, EsError> {
        let at = self.line;
        let malformed = |reason: String| {
            EsError::illegal(format!("Malformed action/metadata line [{at}], {reason}"))
        };
        let header = match parse(line, MOST_META) {
            Ok(header) => header,
            Err(error @ JsonError::TooLarge(_)) => return Err(error.into()),
            Err(error) => return Err(malformed(format!("it is not JSON: {error}"))),
        };
        let object = match header {
            Value::Object(object) if object.len() == 1 => object,
            _ => return Err(malformed("expected an object with one action".to_owned())),
        };
        let Some((name, meta)) = object.into_iter().next() else {
            return Err(malformed("expected an object with one action".to_owned()));
        };
        let name = match name.as_str() {
            "index" => "index",
            "create" => "create",
            "update" => "update",
            "delete" => "delete",
            other => {
                return Err(malformed(format!(
                    "expected field [create], [delete], [index] or [update] but found [{other}]"
                )));
            }
        };
        let Value::Object(meta) = meta else {
            return Err(malformed(format!(
                "expected START_OBJECT but found [{meta}]"
            )));
        };
        if let Some(key) = meta.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            return Err(EsError::illegal(format!(
                "Action/metadata line [{at}] contains an unknown parameter [{key}]"
            )));
        }
        let index = match meta.get("_index") {
            Some(Value::String(name)) => name.clone(),
            _ => self.default.to_owned(),
        };
        if index.is_empty() {
            return Err(EsError::invalid("index is missing"));
        }
        let id = match meta.get("_id") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        let source = if name == "delete" {
            &[]
        } else {
            self.line()
                .ok_or_else(|| malformed("its source is missing".to_owned()))?
        };
        Ok(Action {
            name,
            index,
            id,
            meta,
            source,
        })
    }
}

impl<'a> Iterator for Actions<'a> {
    type Item = Result<Action<'a>, EsError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.line()?;
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Some(self.action(line));
            }
        }
    }
}

impl Action<'_> {
    /// How long its document is.
    pub fn bytes(&self) -> usize {
        self.source.len()
    }

    /// The write that it asks for, and what of an updated document is to be answered.
    ///
    /// # Errors
    /// When its document is none, or something is missing.
    pub fn op(
        &self,
        call: &Call,
        charge: &mut Charge,
    ) -> Result<(WriteOp, Option<Value>), EsError> {
        let id = || {
            self.id
                .clone()
                .ok_or_else(|| EsError::invalid("id is missing"))
        };
        let (if_seq_no, if_primary_term) =
            (self.number("if_seq_no")?, self.number("if_primary_term")?);
        refuse_pipeline(self.get("pipeline").and_then(Value::as_str))?;
        let op = match self.name {
            "delete" => WriteOp::Delete {
                id: id()?,
                if_seq_no,
                if_primary_term,
                version: self.number("version")?,
                version_type: self.version_type()?,
            },
            "update" => {
                let Value::Object(body) = source(call, self.source, charge)? else {
                    return Err(EsError::parsing("the body of an update is an object"));
                };
                let wanted = body.get("_source").or_else(|| self.meta.get("_source"));
                let wanted = wanted.cloned();
                let op = update_op(&id()?, body, if_seq_no, if_primary_term)?;
                return Ok((op, wanted));
            }
            _ => WriteOp::Index {
                id: self.id.clone(),
                source: source(call, self.source, charge)?,
                op_type_create: self.name == "create"
                    || self.meta.get("op_type").and_then(Value::as_str) == Some("create"),
                if_seq_no,
                if_primary_term,
                version: self.number("version")?,
                version_type: self.version_type()?,
            },
        };
        Ok((op, None))
    }

    /// Whether it goes to an alias only, if it says.
    pub fn requires_alias(&self) -> Option<bool> {
        self.meta.get("require_alias").and_then(Value::as_bool)
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let old = || self.meta.get(&format!("_{name}"));
        self.meta.get(name).or_else(old)
    }

    /// A number of the action, or of a text that is one.
    fn number(&self, name: &str) -> Result<Option<u64>, EsError> {
        let text = match self.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        signed(name, &text).map(Some)
    }

    fn version_type(&self) -> Result<VersionType, EsError> {
        match self.get("version_type").and_then(Value::as_str) {
            None => Ok(VersionType::Internal),
            Some(word) => VersionType::from_word(word)
                .ok_or_else(|| EsError::illegal(format!("No version type match [{word}]"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String, usize)>, String> {
        let actions = Actions::new(text.as_bytes(), "own").map_err(|error| error.reason)?;
        actions
            .map(|action| {
                let action = action.map_err(|error| error.reason)?;
                let id = action.id.clone().unwrap_or_default();
                Ok((
                    format!("{} {}", action.name, action.index),
                    id,
                    action.bytes(),
                ))
            })
            .collect()
    }

    #[test]
    fn lines_are_read_one_after_another() {
        let text = "{\"index\":{}}\r\n{}\n\n{\"delete\":{\"_index\":\"x\",\"_id\":7}}\n";
        let found = read(text).unwrap();
        assert_eq!(found[0], ("index own".to_owned(), String::new(), 2));
        assert_eq!(found[1], ("delete x".to_owned(), "7".to_owned(), 0));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn errors_name_the_line() {
        for (text, told) in [
            ("", "request body is required"),
            (
                "{}",
                "The bulk request must be terminated by a newline [\\n]",
            ),
            (
                "{}\n",
                "Malformed action/metadata line [1], expected an object with one action",
            ),
            (
                "{\"index\":{}}\n{}\n{\"put\":{}}\n",
                "Malformed action/metadata line [3], expected field [create], [delete], [index] or [update] but found [put]",
            ),
            (
                "{\"index\":{}}\n",
                "Malformed action/metadata line [1], its source is missing",
            ),
            (
                "\n{\"index\":{\"x\":1}}\n{}\n",
                "Action/metadata line [2] contains an unknown parameter [x]",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), told, "{text}");
        }
    }
}
