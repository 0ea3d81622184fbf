//! One field of a mapping.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::completion::CompletionField;
use super::number::NumberKind;
use super::vector::VectorField;

/// How deep a flattened object may nest where its mapping does not say.
pub(super) const DEPTH_LIMIT: usize = 20;

/// The positions between two values of a list of texts where the mapping does not say.
const POSITION_GAP: u32 = 100;

/// What happens to fields that a mapping does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dynamic {
    /// They are added.
    #[default]
    True,
    /// They are kept in the source and cannot be searched.
    False,
    /// The document is refused.
    Strict,
}

impl Dynamic {
    /// The setting's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::False => "false",
            Self::Strict => "strict",
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldType {
    /// Words.
    Text {
        /// The analyzer of values.
        analyzer: String,
        /// The analyzer of queries, when it is another.
        search_analyzer: Option<String>,
    },
    /// Exact strings.
    Keyword {
        /// What is done to values and queries before they are compared.
        normalizer: Option<String>,
    },
    /// Numbers.
    Number(NumberKind),
    /// True and false.
    Boolean,
    /// Instants, UTC.
    Date {
        /// The formats that values may have; `None` for the default.
        format: Option<String>,
    },
    /// Addresses of version 4 and 6.
    Ip,
    /// An object whose leaves are exact strings, whatever their names.
    Flattened {
        /// How deep it may nest.
        depth_limit: usize,
    },
    /// Texts that are completed.
    Completion(CompletionField),
    /// Another name of a field.
    Alias {
        /// The field's path.
        path: String,
    },
    /// Vectors.
    Vector(VectorField),
    /// Fields of its own.
    Object {
        /// What happens to unknown fields in it; `None` for what holds outside.
        dynamic: Option<Dynamic>,
        /// Whether its fields are indexed at all.
        enabled: bool,
        /// The fields.
        properties: BTreeMap<String, Field>,
    },
}

impl FieldType {
    /// The type's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Keyword { .. } => "keyword",
            Self::Number(kind) => kind.as_str(),
            Self::Boolean => "boolean",
            Self::Date { .. } => "date",
            Self::Ip => "ip",
            Self::Flattened { .. } => "flattened",
            Self::Completion(_) => "completion",
            Self::Alias { .. } => "alias",
            Self::Vector(vector) => vector.type_name(),
            Self::Object { .. } => "object",
        }
    }
}

/// One field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What it holds.
    pub kind: FieldType,
    /// The type's name as it was declared, where the kind stands for several.
    pub declared: Option<&'static str>,
    /// Whether it can be searched.
    pub index: bool,
    /// Strings longer than so many characters are kept but not indexed.
    pub ignore_above: Option<usize>,
    /// Whether values of the wrong type are skipped instead of refused.
    pub ignore_malformed: bool,
    /// What stands in for an explicit null.
    pub null_value: Option<Value>,
    /// Fields that get this field's values too.
    pub copy_to: Vec<String>,
    /// The same values under other types.
    pub fields: BTreeMap<String, Field>,
    /// Parameters that are kept as they are and change nothing here.
    pub inert: Map<String, Value>,
}

impl Field {
    /// A field of a type, everything else at its default.
    pub fn of(kind: FieldType) -> Self {
        Self {
            kind,
            declared: None,
            index: true,
            ignore_above: None,
            ignore_malformed: false,
            null_value: None,
            copy_to: Vec::new(),
            fields: BTreeMap::new(),
            inert: Map::new(),
        }
    }

    /// The format of a date.
    pub fn date_format(&self) -> Option<&str> {
        match &self.kind {
            FieldType::Date { format } => format.as_deref(),
            _ => None,
        }
    }

    /// The positions between two values of a list of texts.
    pub fn position_gap(&self) -> u32 {
        let gap = self.inert.get("position_increment_gap");
        gap.and_then(super::parameters::whole)
            .unwrap_or(POSITION_GAP)
    }

    /// The analyzer of phrases in queries, when it is another than that of words.
    pub fn quote_analyzer(&self) -> Option<&str> {
        self.inert.get("search_quote_analyzer")?.as_str()
    }

    /// Whether its values lie in columns, for order and aggregations.
    pub fn has_columns(&self) -> bool {
        let wanted = self.inert.get("doc_values").is_none_or(|value| {
            !matches!(value, Value::Bool(false)) && value.as_str() != Some("false")
        });
        let kind = matches!(
            self.kind,
            FieldType::Keyword { .. }
                | FieldType::Number(_)
                | FieldType::Boolean
                | FieldType::Date { .. }
                | FieldType::Ip
                | FieldType::Flattened { .. }
        );
        wanted && kind
    }

    /// Whether its values are in the index in some way: what lies in columns can be searched too.
    pub fn is_kept(&self) -> bool {
        self.index || self.has_columns()
    }

    /// An empty object.
    pub fn object() -> Self {
        Self::of(FieldType::Object {
            dynamic: None,
            enabled: true,
            properties: BTreeMap::new(),
        })
    }

    /// The type's name, as it was declared.
    pub fn type_name(&self) -> &'static str {
        self.declared.unwrap_or_else(|| self.kind.name())
    }

    /// The field as a mapping prints it.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        match &self.kind {
            FieldType::Object {
                dynamic,
                enabled,
                properties,
            } => {
                if let Some(dynamic) = dynamic {
                    out.insert("dynamic".into(), json!(dynamic.as_str()));
                }
                if !enabled {
                    out.insert("type".into(), json!("object"));
                    out.insert("enabled".into(), json!(false));
                }
                if properties.is_empty() {
                    out.insert("type".into(), json!("object"));
                } else {
                    out.insert("properties".into(), properties_to_json(properties));
                }
                return Value::Object(out);
            }
            _ => out.insert("type".into(), json!(self.type_name())),
        };
        match &self.kind {
            FieldType::Text {
                analyzer,
                search_analyzer,
            } => {
                if analyzer != "standard" {
                    out.insert("analyzer".into(), json!(analyzer));
                }
                if let Some(search_analyzer) = search_analyzer {
                    out.insert("search_analyzer".into(), json!(search_analyzer));
                }
            }
            FieldType::Keyword {
                normalizer: Some(normalizer),
            } => {
                out.insert("normalizer".into(), json!(normalizer));
            }
            FieldType::Date {
                format: Some(format),
            } => {
                out.insert("format".into(), json!(format));
            }
            FieldType::Number(NumberKind::ScaledFloat(factor)) => {
                out.insert("scaling_factor".into(), json!(factor.value()));
            }
            FieldType::Flattened { depth_limit } if *depth_limit != DEPTH_LIMIT => {
                out.insert("depth_limit".into(), json!(depth_limit));
            }
            FieldType::Completion(completion) => completion.print(&mut out),
            FieldType::Alias { path } => {
                out.insert("path".into(), json!(path));
            }
            FieldType::Vector(vector) => vector.print(&mut out),
            _ => {}
        }
        if !self.index {
            out.insert("index".into(), json!(false));
        }
        if let Some(limit) = self.ignore_above {
            out.insert("ignore_above".into(), json!(limit));
        }
        if self.ignore_malformed {
            out.insert("ignore_malformed".into(), json!(true));
        }
        if let Some(value) = &self.null_value {
            out.insert("null_value".into(), value.clone());
        }
        match self.copy_to.as_slice() {
            [] => {}
            [one] => {
                out.insert("copy_to".into(), json!(one));
            }
            several => {
                out.insert("copy_to".into(), json!(several));
            }
        }
        out.extend(self.inert.clone());
        if !self.fields.is_empty() {
            out.insert("fields".into(), properties_to_json(&self.fields));
        }
        Value::Object(out)
    }
}

pub(super) fn properties_to_json(properties: &BTreeMap<String, Field>) -> Value {
    Value::Object(
        properties
            .iter()
            .map(|(name, field)| (name.clone(), field.to_json()))
            .collect(),
    )
}
