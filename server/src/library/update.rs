//! Changing the fields of a record.

use engine::index::Document;
use serde_json::{Map, Value, json};

use super::changes::Change;
use super::record::stem;
use super::{Fields, Library, LibraryError, Record, Result, VECTORS};

/// The fields that only the node sets.
pub const READ_ONLY: &[&str] = &[
    "id",
    "hash",
    "keys",
    "width",
    "height",
    "duration",
    "frames",
    "size",
    "format",
    "created_at",
];
/// The most fields of one change.
const MAX_FIELDS: usize = 1_000;

/// A record that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// The fields, in the order of the change.
    pub fields: Vec<String>,
}

impl Library {
    /// The document of a picture by its file's hash.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn document(&self, hash: &str) -> Result<Option<Document>> {
        match self.find(hash)? {
            Some(id) => Ok(self.index()?.get(&id.to_string())?),
            None => Ok(None),
        }
    }

    /// Sets fields of the picture with a hash; null takes a field away. All of them or none. The
    /// change is durable on return, and to be found after [`Self::refresh`]. `None` where there is
    /// no such picture.
    ///
    /// `expected` is asked with the record's tag, and may refuse.
    ///
    /// # Errors
    /// When a field cannot be set, has a value that it cannot have, or the tag is refused.
    pub fn update(
        &self,
        hash: &str,
        fields: &Map<String, Value>,
        expected: impl Fn(&str) -> bool,
    ) -> Result<Option<Updated>> {
        check(fields)?;
        let Some(id) = self.find(hash)? else {
            return Ok(None);
        };
        let mut there = false;
        self.change_locked(id, |document| {
            there = true;
            let tag = tag_of(document);
            if !expected(&tag) {
                return Err(LibraryError::Precondition(tag));
            }
            let record = Record::from_source(&document.id, &document.source)
                .ok_or(LibraryError::NotFound(id))?;
            let doc = self.merged(&record, fields)?;
            Ok(if doc.is_empty() {
                Change::Nothing
            } else {
                Change::Merge(Value::Object(doc))
            })
        })?;
        let names = fields.keys().cloned().collect();
        Ok(there.then_some(Updated { fields: names }))
    }

    /// The change as the index merges it.
    fn merged(&self, record: &Record, fields: &Map<String, Value>) -> Result<Map<String, Value>> {
        let mut doc = Map::new();
        let mut tags: Option<Vec<String>> = None;
        for (name, value) in fields {
            if let Some(tag) = name.strip_prefix("tag_").filter(|tag| !tag.is_empty()) {
                let list = tags.get_or_insert_with(|| record.tags.clone());
                match value {
                    Value::Bool(true) => {
                        if !list.iter().any(|other| other == tag) {
                            list.push(tag.to_owned());
                        }
                    }
                    Value::Bool(false) | Value::Null => list.retain(|other| other != tag),
                    other => {
                        return Err(LibraryError::field(
                            name,
                            format!("must be true or false, not {other}"),
                        ));
                    }
                }
                continue;
            }
            if name == "tags" {
                tags = Some(checked(name, value)?.tags);
                continue;
            }
            let value = self.value(record, name, value)?;
            doc.insert(name.clone(), value);
        }
        if let Some(tags) = tags {
            let mut whole = Fields::default();
            // Once more together: there may be too many.
            whole.set_text("tags", &json!(tags).to_string())?;
            doc.insert("tags".to_owned(), json!(tags));
        }
        if let Some(Value::String(title)) = doc.get("title") {
            let vectors = self.embedding().source(None, Some(title))?;
            doc.insert(VECTORS.to_owned(), vectors);
        }
        Ok(doc)
    }

    /// What a field becomes; null becomes the default of a field that every record has.
    fn value(&self, record: &Record, name: &str, value: &Value) -> Result<Value> {
        let own = checked(name, value)?;
        Ok(match name {
            "title" => json!(own.title.unwrap_or_else(|| stem(&record.name).to_owned())),
            "uploader" => json!(own.uploader.unwrap_or_else(|| "anonymous".to_owned())),
            "category" => json!(own.category.unwrap_or_default()),
            "name" => json!(own.name.unwrap_or_else(|| record.name.clone())),
            "uploader_id" => json!(own.uploader_id.unwrap_or_default()),
            "like" => json!(own.like.unwrap_or_default()),
            "pub_time" => json!(own.pub_time.unwrap_or_else(|| record.created_at.clone())),
            _ => value.clone(),
        })
    }
}

/// One field, read as a catalogue's record is.
fn checked(name: &str, value: &Value) -> Result<Fields> {
    let one = Map::from_iter([(name.to_owned(), value.clone())]);
    match name {
        "title" | "uploader" | "category" | "name" | "uploader_id" | "like" | "pub_time"
        | "tags" => Ok(Fields::from_catalogue(&one)?.0),
        _ => {
            let mut fields = Fields::default();
            // Null takes the field away, but its name has to be one all the same.
            let stand_in = Value::Bool(true);
            let value = if value.is_null() { &stand_in } else { value };
            fields.add_one(name, value)?;
            Ok(fields)
        }
    }
}

fn check(fields: &Map<String, Value>) -> Result<()> {
    if fields.len() > MAX_FIELDS {
        return Err(LibraryError::field(
            "body",
            format!("sets more than {MAX_FIELDS} fields"),
        ));
    }
    match fields
        .keys()
        .find(|name| READ_ONLY.contains(&name.as_str()))
    {
        Some(name) => Err(LibraryError::ReadOnly(name.clone())),
        None => Ok(()),
    }
}

/// The tag of a document as it is: another with each write.
pub fn tag_of(document: &Document) -> String {
    format!("\"{}-{}\"", document.id, document.seq)
}
