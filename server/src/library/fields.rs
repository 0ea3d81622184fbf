//! What an upload or a catalogue says about a picture, checked.

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::error::LibraryError;
use super::record::{Measures, OWN_FIELDS};

/// The longest title or uploader, in bytes: an exact value of the index.
const MAX_TEXT: usize = 32_000;
/// The longest label (category, tag, key, path, name), in bytes.
const MAX_LABEL: usize = 4_096;
/// The most tags of a picture.
const MAX_TAGS: usize = 1_000;
/// The most metadata fields of a picture.
const MAX_METADATA: usize = 512;
/// The longest name of a metadata field, in bytes.
const MAX_NAME: usize = 128;

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

fn check_name(name: &str) -> std::result::Result<(), String> {
    if OWN_FIELDS.contains(&name) || name == super::VECTORS {
        return Err("is a field of the record itself, not metadata".to_owned());
    }
    if name.len() > MAX_NAME {
        return Err(format!("has a name longer than {MAX_NAME} bytes"));
    }
    let bad = name.is_empty()
        || name.starts_with(['_', '$'])
        || name.chars().any(|c| c.is_control() || c == '.');
    if bad {
        return Err(
            "has a name that is empty, begins with _ or $, or holds a dot or control character"
                .to_owned(),
        );
    }
    Ok(())
}

fn check_value(value: &Value) -> std::result::Result<(), String> {
    let scalar = |value: &Value| match value {
        Value::String(text) if text.len() > MAX_TEXT => {
            Err(format!("is longer than {MAX_TEXT} bytes"))
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(()),
        other => Err(format!(
            "must be a string, a number, a boolean or a list of these, not {other}"
        )),
    };
    match value {
        Value::Array(items) if items.len() > MAX_TAGS => {
            Err(format!("has more than {MAX_TAGS} values"))
        }
        Value::Array(items) => items.iter().try_for_each(scalar),
        one => scalar(one),
    }
}

/// A text that is not too long; a blank one is as good as none.
fn filled(field: &str, text: &str, max: usize) -> Result<Option<String>> {
    if text.len() > max {
        return Err(LibraryError::field(
            field,
            format!("is {} bytes long; at most {max} are allowed", text.len()),
        ));
    }
    Ok((!text.trim().is_empty()).then(|| text.to_owned()))
}

fn whole(field: &str, text: &str) -> Result<Option<i64>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        LibraryError::field(field, format!("must be a whole number, not \"{shown}\""))
    })
}

/// A moment in RFC 3339, or a bare date; as RFC 3339 in UTC.
fn moment(field: &str, text: &str) -> Result<String> {
    let day = time::macros::format_description!("[year]-[month]-[day]");
    let second = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let parsed = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| PrimitiveDateTime::parse(text, &second).map(PrimitiveDateTime::assume_utc))
        .or_else(|_| Date::parse(text, &day).map(|date| date.midnight().assume_utc()));
    parsed
        .ok()
        .and_then(|moment| moment.checked_to_offset(UtcOffset::UTC))
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            LibraryError::field(
                field,
                format!("must be a time such as 2026-01-31T08:00:00Z, not \"{shown}\""),
            )
        })
}

/// Now, to the millisecond, in RFC 3339.
pub fn now() -> String {
    let nanos = i128::from(engine::clock::now_millis()) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Fields> {
        let mut fields = Fields::default();
        for (name, text) in pairs {
            fields.set_text(name, text)?;
        }
        Ok(fields)
    }

    #[test]
    fn forms_are_read() {
        let fields = with(&[
            ("title", "A cat"),
            ("like", " 7 "),
            ("tags", "a, b"),
            ("tags", "[\"b\", \"c,d\"]"),
            ("tags", "e"),
            ("pub_time", "2024-05-01T14:00:00+02:00"),
            (
                "metadata",
                "{\"rating\": 4.5, \"tag_f\": true, \"tag_a\": false, \"gone\": null}",
            ),
            ("unknown", "x"),
        ])
        .unwrap();
        assert_eq!(fields.title.as_deref(), Some("A cat"));
        assert_eq!(fields.like, Some(7));
        assert_eq!(fields.tags, ["b", "c,d", "e", "f"]);
        assert_eq!(fields.pub_time.as_deref(), Some("2024-05-01T12:00:00Z"));
        assert_eq!(Value::Object(fields.metadata), json!({"rating": 4.5}));
        assert_eq!(with(&[("title", " ")]).unwrap().title, None);
        assert_eq!(moment("t", "2024-05-01").unwrap(), "2024-05-01T00:00:00Z");
    }

    #[test]
    fn wrong_values_name_their_field() {
        for (name, text, begin) in [
            ("like", "many", "[like] must be a whole number"),
            ("uploader_id", "1.5", "[uploader_id] must be a whole number"),
            ("pub_time", "yesterday", "[pub_time] must be a time"),
            (
                "pub_time",
                "9999-12-31T23:59:59-23:00",
                "[pub_time] must be a time",
            ),
            ("metadata", "[1]", "[metadata] must be a JSON object"),
            ("metadata", "{", "[metadata] is not a JSON object"),
            (
                "metadata",
                "{\"id\": 5}",
                "[metadata.id] is a field of the record",
            ),
            (
                "metadata",
                "{\"a\": {\"b\": 1}}",
                "[metadata.a] must be a string",
            ),
            ("metadata", "{\"a.b\": 1}", "[metadata.a.b] has a name"),
            (
                "metadata",
                "{\"tag_x\": 1}",
                "[metadata.tag_x] must be true or false",
            ),
            ("tags", "[1]", "[tags] must hold strings"),
        ] {
            let message = with(&[(name, text)]).unwrap_err().to_string();
            assert!(message.starts_with(begin), "{name} {text}: {message}");
        }
        assert!(with(&[("title", &"x".repeat(MAX_TEXT + 1))]).is_err());
    }

    #[test]
    fn catalogues_are_read() {
        let record = json!({"file": "a.gif", "title": "t", "width": 5, "duration": 1.5,
            "tags": ["x"], "steps": 20, "filepath": "/x", "like": 3, "uploader": null});
        let (fields, measures) = Fields::from_catalogue(record.as_object().unwrap()).unwrap();
        assert_eq!((measures.width, measures.duration), (5, 1.5));
        assert_eq!(fields.like, Some(3));
        assert_eq!(fields.filepath.as_deref(), Some("/x"));
        assert_eq!(Value::Object(fields.metadata), json!({"steps": 20}));
        let wrong = json!({"title": 5});
        assert!(Fields::from_catalogue(wrong.as_object().unwrap()).is_err());
    }

    #[test]
    fn file_names_lose_their_paths() {
        let mut fields = Fields::default();
        for (path, name) in [
            ("../../evil.gif", Some("evil.gif")),
            ("C:\\a\\b.gif", Some("b.gif")),
            ("a\nb.gif", Some("ab.gif")),
            ("猫 one.gif", Some("猫 one.gif")),
            ("x/", None),
        ] {
            fields.set_file_name(path).unwrap();
            assert_eq!(fields.name.as_deref(), name, "{path}");
        }
    }
}
