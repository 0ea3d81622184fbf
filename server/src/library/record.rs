//! One record a picture.

use serde_json::{Map, Value, json};

use super::fields::Fields;

/// A label of an external system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The label.
    pub key: String,
    /// Where that system has the picture: a label too, nothing is read from it.
    pub filepath: Option<String>,
}

/// What the node measures of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    /// Pixels.
    pub width: u64,
    /// Pixels.
    pub height: u64,
    /// Seconds of one loop; 0 for a still.
    pub duration: f64,
    /// Frames.
    pub frames: u64,
    /// Bytes.
    pub size: u64,
    /// `gif`, `png`, `jpeg` or `webp`; empty without a file.
    pub format: String,
}

/// A picture's record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The picture's number.
    pub id: u64,
    /// The SHA-256 of its file; `None` without a file.
    pub hash: Option<String>,
    /// Labels of external systems.
    pub keys: Vec<Key>,
    /// File name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Who uploaded it.
    pub uploader: String,
    /// The uploader's number.
    pub uploader_id: i64,
    /// Category.
    pub category: String,
    /// Tags.
    pub tags: Vec<String>,
    /// What was measured.
    pub measures: Measures,
    /// Likes.
    pub like: i64,
    /// RFC 3339, UTC.
    pub pub_time: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// All other fields.
    pub metadata: Map<String, Value>,
}

/// The fields that every record has; metadata has other names.
pub const OWN_FIELDS: &[&str] = analyzers::image::RESERVED_NAMES;

/// Who uploaded it when nobody says.
const ANONYMOUS: &str = "anonymous";

impl Record {
    /// A new record. `created_at` is now; `hash` and `measures` come from the file.
    pub fn new(
        id: u64,
        hash: Option<&str>,
        measures: Measures,
        fields: Fields,
        created_at: String,
    ) -> Self {
        let name = fields.name.unwrap_or_else(|| match hash {
            Some(hash) => format!("{hash}.{}", measures.format),
            None => String::new(),
        });
        let title = fields.title.unwrap_or_else(|| stem(&name).to_owned());
        let keys = fields.key.map(|key| Key {
            key,
            filepath: fields.filepath,
        });
        Self {
            id,
            hash: hash.map(str::to_owned),
            keys: keys.into_iter().collect(),
            name,
            title,
            uploader: fields.uploader.unwrap_or_else(|| ANONYMOUS.to_owned()),
            uploader_id: fields.uploader_id.unwrap_or_default(),
            category: fields.category.unwrap_or_default(),
            tags: fields.tags,
            measures,
            like: fields.like.unwrap_or_default(),
            pub_time: fields.pub_time.unwrap_or_else(|| created_at.clone()),
            created_at,
            metadata: fields.metadata,
        }
    }

    /// As it is indexed.
    pub fn to_source(&self) -> Value {
        let mut out = Map::new();
        let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
        put("id", json!(self.id));
        if let Some(hash) = &self.hash {
            put("hash", json!(hash));
        }
        let keys = self
            .keys
            .iter()
            .map(|key| json!({"key": key.key, "filepath": key.filepath}));
        put("keys", keys.collect());
        put("name", json!(self.name));
        put("title", json!(self.title));
        put("uploader", json!(self.uploader));
        put("uploader_id", json!(self.uploader_id));
        put("category", json!(self.category));
        put("tags", json!(self.tags));
        put("width", json!(self.measures.width));
        put("height", json!(self.measures.height));
        put("duration", json!(self.measures.duration));
        put("frames", json!(self.measures.frames));
        put("size", json!(self.measures.size));
        put("format", json!(self.measures.format));
        put("like", json!(self.like));
        put("pub_time", json!(self.pub_time));
        put("created_at", json!(self.created_at));
        for (key, value) in &self.metadata {
            out.entry(key.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(out)
    }

    /// Reads a record back. Records may have come by other ways than the library: what is missing
    /// or of another type gets its default. `None` where there is no number.
    pub fn from_source(id: &str, source: &Value) -> Option<Self> {
        let source = source.as_object()?;
        let text = |key: &str| {
            let text = source.get(key).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let unsigned = |key: &str| source.get(key).and_then(Value::as_u64).unwrap_or_default();
        let signed = |key: &str| source.get(key).and_then(Value::as_i64).unwrap_or_default();
        let keys = list(source.get("keys")).iter().filter_map(|key| {
            Some(Key {
                key: key.get("key")?.as_str()?.to_owned(),
                filepath: key
                    .get("filepath")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            })
        });
        let tags = list(source.get("tags")).iter().filter_map(Value::as_str);
        let metadata = source
            .iter()
            .filter(|(key, _)| !OWN_FIELDS.contains(&key.as_str()));
        Some(Self {
            id: id.parse().ok()?,
            hash: source
                .get("hash")
                .and_then(Value::as_str)
                .map(str::to_owned),
            keys: keys.collect(),
            name: text("name"),
            title: text("title"),
            uploader: text("uploader"),
            uploader_id: signed("uploader_id"),
            category: text("category"),
            tags: tags.map(str::to_owned).collect(),
            measures: Measures {
                width: unsigned("width"),
                height: unsigned("height"),
                duration: source
                    .get("duration")
                    .and_then(Value::as_f64)
                    .unwrap_or_default(),
                frames: unsigned("frames"),
                size: unsigned("size"),
                format: text("format"),
            },
            like: signed("like"),
            pub_time: text("pub_time"),
            created_at: text("created_at"),
            metadata: metadata
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        })
    }
}

/// A list, or the one value in its place.
fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// A file name without its extension.
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_the_round_trip() {
        let mut fields = Fields {
            name: Some("a cat.v2.gif".to_owned()),
            key: Some("k".to_owned()),
            tags: vec!["x".to_owned()],
            ..Fields::default()
        };
        fields.metadata.insert("rating".to_owned(), json!(4.5));
        let measures = Measures {
            width: 3,
            format: "gif".to_owned(),
            ..Measures::default()
        };
        let now = "2026-01-01T00:00:00Z".to_owned();
        let record = Record::new(7, Some(&"ab".repeat(32)), measures, fields, now);
        assert_eq!(record.title, "a cat.v2");
        assert_eq!(record.uploader, "anonymous");
        assert_eq!(record.pub_time, record.created_at);
        let source = record.to_source();
        assert_eq!(source["keys"], json!([{"key": "k", "filepath": null}]));
        assert_eq!(Record::from_source("7", &source), Some(record));
    }

    #[test]
    fn titles_come_from_names() {
        for (name, title) in [
            ("cat.gif", "cat"),
            ("cat", "cat"),
            (".gif", ".gif"),
            ("a.b.c", "a.b"),
            ("a.", "a."),
        ] {
            assert_eq!(stem(name), title);
        }
    }
}
