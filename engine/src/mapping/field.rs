//! One field of a mapping.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::vector::VectorField;
use crate::error::{EngineError, Result};

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

/// The width of a whole or broken number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// 64 bits, whole.
    Long,
    /// 32 bits, whole.
    Integer,
    /// 16 bits, whole.
    Short,
    /// 8 bits, whole.
    Byte,
    /// 64 bits.
    Double,
    /// 32 bits.
    Float,
    /// 16 bits.
    HalfFloat,
}

impl NumberKind {
    /// The type's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Integer => "integer",
            Self::Short => "short",
            Self::Byte => "byte",
            Self::Double => "double",
            Self::Float => "float",
            Self::HalfFloat => "half_float",
        }
    }

    /// Whether values have no fraction.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Long | Self::Integer | Self::Short | Self::Byte)
    }

    /// The smallest and largest whole value.
    pub fn bounds(self) -> (i64, i64) {
        match self {
            Self::Integer => (i32::MIN.into(), i32::MAX.into()),
            Self::Short => (i16::MIN.into(), i16::MAX.into()),
            Self::Byte => (i8::MIN.into(), i8::MAX.into()),
            _ => (i64::MIN, i64::MAX),
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
            index: true,
            ignore_above: None,
            ignore_malformed: false,
            null_value: None,
            copy_to: Vec::new(),
            fields: BTreeMap::new(),
            inert: Map::new(),
        }
    }

    /// An empty object.
    pub fn object() -> Self {
        Self::of(FieldType::Object {
            dynamic: None,
            enabled: true,
            properties: BTreeMap::new(),
        })
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
            kind => out.insert("type".into(), json!(kind.name())),
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

/// Adds fields to fields; what is there may only gain, never change its type.
pub(super) fn merge_properties(
    into: &mut BTreeMap<String, Field>,
    from: &BTreeMap<String, Field>,
    prefix: &str,
) -> Result<()> {
    for (name, new) in from {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        let Some(old) = into.get_mut(name) else {
            into.insert(name.clone(), new.clone());
            continue;
        };
        match (&mut old.kind, &new.kind) {
            (
                FieldType::Object {
                    properties: old,
                    dynamic,
                    ..
                },
                FieldType::Object {
                    properties: new,
                    dynamic: new_dynamic,
                    ..
                },
            ) => {
                if new_dynamic.is_some() {
                    *dynamic = *new_dynamic;
                }
                merge_properties(old, new, &path)?;
                continue;
            }
            (
                FieldType::Text {
                    analyzer,
                    search_analyzer,
                },
                FieldType::Text {
                    analyzer: new_analyzer,
                    search_analyzer: new_search,
                },
            ) => {
                if analyzer != new_analyzer {
                    return Err(EngineError::IllegalArgument(format!(
                        "Mapper for [{path}] conflicts with existing mapper: Cannot update \
                         parameter [analyzer] from [{analyzer}] to [{new_analyzer}]"
                    )));
                }
                search_analyzer.clone_from(new_search);
            }
            (FieldType::Vector(old), FieldType::Vector(new))
                if old.opensearch == new.opensearch =>
            {
                old.merge(new, &path)?;
                continue;
            }
            (old, new) if old.name() != new.name() => {
                return Err(EngineError::IllegalArgument(format!(
                    "mapper [{path}] cannot be changed from type [{}] to [{}]",
                    old.name(),
                    new.name()
                )));
            }
            _ => {}
        }
        old.ignore_above = new.ignore_above.or(old.ignore_above);
        merge_properties(&mut old.fields, &new.fields, &path)?;
    }
    Ok(())
}
