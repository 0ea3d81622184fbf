//! What an upload or a catalogue says about a picture, checked.

mod checks;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::error::LibraryError;
use super::record::Measures;

pub use checks::now;
use checks::{
    MAX_LABEL, MAX_METADATA, MAX_TAGS, MAX_TEXT, check_name, check_value, filled, moment, whole,
};

/// What is said about a picture; everything may be missing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields {
    /// File name.
    pub name: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Who uploaded it.
    pub uploader: Option<String>,
    /// The uploader's number.
    pub uploader_id: Option<i64>,
    /// Category.
    pub category: Option<String>,
    /// Tags, each once.
    pub tags: Vec<String>,
    /// The label of an external system.
    pub key: Option<String>,
    /// Where that system has the picture.
    pub filepath: Option<String>,
    /// Likes.
    pub like: Option<i64>,
    /// RFC 3339, UTC.
    pub pub_time: Option<String>,
    /// Other fields.
    pub metadata: Map<String, Value>,
}

type Result<T, E = LibraryError> = std::result::Result<T, E>;

impl Fields {
    /// Takes a text field of a form. Unknown ones are ignored.
    ///
    /// # Errors
    /// When the value is none for the field.
    pub fn set_text(&mut self, name: &str, text: &str) -> Result<()> {
        match name {
            "title" => self.title = filled(name, text, MAX_TEXT)?,
            "uploader" => self.uploader = filled(name, text, MAX_TEXT)?,
            "category" => self.category = filled(name, text, MAX_LABEL)?,
            "key" => self.key = filled(name, text, MAX_LABEL)?,
            "imgPath" => self.filepath = filled(name, text, MAX_LABEL)?,
            "uploader_id" => self.uploader_id = whole(name, text)?,
            "like" => self.like = whole(name, text)?,
            "pub_time" => {
                let text = text.trim();
                self.pub_time = if text.is_empty() {
                    None
                } else {
                    Some(moment(name, text)?)
                };
            }
            "tags" => self.add_tags_text(text)?,
            "metadata" if text.trim().is_empty() => {}
            "metadata" => {
                let value = serde_json::from_str(text).map_err(|error| {
                    LibraryError::field(name, format!("is not a JSON object: {error}"))
                })?;
                self.add_metadata(&value)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes a file's name: the last part of the path, without control characters.
    ///
    /// # Errors
    /// When it is too long.
    pub fn set_file_name(&mut self, path: &str) -> Result<()> {
        let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: String = last.chars().filter(|letter| !letter.is_control()).collect();
        self.name = filled("name", clean.trim(), MAX_LABEL)?;
        Ok(())
    }

    /// Reads a record of a catalogue: the contract's fields by their names, everything else as
    /// metadata. The measures are what it says of a picture without a file.
    ///
    /// # Errors
    /// When a value is none for its field.
    pub fn from_catalogue(record: &Map<String, Value>) -> Result<(Self, Measures)> {
        let mut fields = Self::default();
        let mut measures = Measures::default();
        for (name, value) in record {
            if value.is_null() {
                continue;
            }
            let text = || {
                value.as_str().ok_or_else(|| {
                    LibraryError::field(name, format!("must be a string, not {value}"))
                })
            };
            let unsigned = || {
                value.as_u64().ok_or_else(|| {
                    LibraryError::field(name, format!("must be a whole number, not {value}"))
                })
            };
            match name.as_str() {
                "file" | "id" | "hash" | "created_at" | "keys" => {}
                "name" => fields.set_file_name(text()?)?,
                "filepath" => fields.set_text("imgPath", text()?)?,
                "title" | "uploader" | "category" | "key" | "imgPath" | "pub_time" => {
                    fields.set_text(name, text()?)?;
                }
                "uploader_id" | "like" => {
                    let number = value.as_i64().ok_or_else(|| {
                        LibraryError::field(name, format!("must be a whole number, not {value}"))
                    })?;
                    if name == "like" {
                        fields.like = Some(number);
                    } else {
                        fields.uploader_id = Some(number);
                    }
                }
                "tags" => match value {
                    Value::Array(tags) => fields.add_tags(tags)?,
                    Value::String(text) => fields.add_tags_text(text)?,
                    other => {
                        return Err(LibraryError::field(
                            "tags",
                            format!("must be a list of strings, not {other}"),
                        ));
                    }
                },
                "metadata" => fields.add_metadata(value)?,
                "width" => measures.width = unsigned()?,
                "height" => measures.height = unsigned()?,
                "frames" => measures.frames = unsigned()?,
                "size" => measures.size = unsigned()?,
                "format" => measures.format = text()?.to_owned(),
                "duration" => {
                    measures.duration = value
                        .as_f64()
                        .filter(|seconds| *seconds >= 0.0)
                        .ok_or_else(|| {
                            LibraryError::field(
                                name,
                                format!("must be a number of seconds, not {value}"),
                            )
                        })?;
                }
                _ => fields.add_one(name, value)?,
            }
        }
        Ok((fields, measures))
    }

    /// Adds metadata that a file itself carries; what was said beside the file wins.
    pub fn add_file_metadata(&mut self, fields: &Map<String, Value>) {
        for (name, value) in fields {
            if check_name(name).is_ok() && self.metadata.len() < MAX_METADATA {
                self.metadata
                    .entry(name.clone())
                    .or_insert_with(|| value.clone());
            }
        }
    }

    fn add_tags_text(&mut self, text: &str) -> Result<()> {
        if text.trim_start().starts_with('[')
            && let Ok(Value::Array(tags)) = serde_json::from_str(text)
        {
            return self.add_tags(&tags);
        }
        text.split([',', '，'])
            .try_for_each(|tag| self.add_tag(tag.trim()))
    }

    fn add_tags(&mut self, tags: &[Value]) -> Result<()> {
        tags.iter().try_for_each(|tag| match tag {
            Value::String(tag) => self.add_tag(tag.trim()),
            other => Err(LibraryError::field(
                "tags",
                format!("must hold strings, not {other}"),
            )),
        })
    }

    fn add_tag(&mut self, tag: &str) -> Result<()> {
        if let Some(tag) = filled("tags", tag, MAX_LABEL)?
            && !self.tags.contains(&tag)
        {
            if self.tags.len() >= MAX_TAGS {
                return Err(LibraryError::field(
                    "tags",
                    format!("has more than {MAX_TAGS} tags"),
                ));
            }
            self.tags.push(tag);
        }
        Ok(())
    }

    fn add_metadata(&mut self, value: &Value) -> Result<()> {
        let Value::Object(object) = value else {
            return Err(LibraryError::field(
                "metadata",
                format!("must be a JSON object, not {value}"),
            ));
        };
        object
            .iter()
            .try_for_each(|(name, value)| self.add_one(name, value))
    }

    /// Takes one field of metadata, or the boolean view of a tag.
    ///
    /// # Errors
    /// When the name or the value cannot be.
    pub(super) fn add_one(&mut self, name: &str, value: &Value) -> Result<()> {
        if value.is_null() {
            return Ok(());
        }
        // The boolean view of tags.
        if let Some(tag) = name.strip_prefix("tag_").filter(|tag| !tag.is_empty()) {
            return match value {
                Value::Bool(true) => self.add_tag(tag),
                Value::Bool(false) => {
                    self.tags.retain(|other| other != tag);
                    Ok(())
                }
                other => Err(LibraryError::field(
                    format!("metadata.{name}"),
                    format!("must be true or false, not {other}"),
                )),
            };
        }
        let checked = check_name(name).and_then(|()| check_value(value));
        checked.map_err(|reason| LibraryError::field(format!("metadata.{name}"), reason))?;
        if self.metadata.len() >= MAX_METADATA && !self.metadata.contains_key(name) {
            return Err(LibraryError::field(
                "metadata",
                format!("has more than {MAX_METADATA} fields"),
            ));
        }
        self.metadata.insert(name.to_owned(), value.clone());
        Ok(())
    }
}
