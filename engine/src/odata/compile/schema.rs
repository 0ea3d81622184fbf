//! What the index holds of a field.

use std::collections::BTreeSet;

use crate::mapping::{Field, FieldType, Mapping};
use crate::query::ast::Query;

/// Tells what the index holds of fields.
pub trait Schema {
    /// A field, by its path with dots; `None` when no record has it.
    fn shape(&self, path: &str) -> Option<Shape>;
}

/// What the values of a field are, as the index holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Strings.
    Text,
    /// Numbers.
    Number {
        /// Whole ones of 64 bits only.
        whole: bool,
    },
    /// True and false.
    Boolean,
    /// RFC 3339 days and instants, written as strings, from 1678 to 2261.
    Date,
    /// Something that the index can only tell to be there.
    Other,
}

/// Records of which something that is said of a field is not true.
#[derive(Debug, Clone, PartialEq)]
pub enum Strays {
    /// There are none.
    None,
    /// These, and perhaps others.
    Where(Box<Query>),
    /// Nobody knows which.
    Unknown,
}

impl Strays {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// Where a field's strings are as terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermPath {
    /// The path.
    pub path: String,
    /// Strings longer than so many characters are left out.
    pub limit: Option<usize>,
}

/// A field.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Its path: where its numbers are, and whether it has a value.
    pub path: String,
    /// What its values are.
    pub kind: Kind,
    /// Where its strings are as terms.
    pub terms: Option<TermPath>,
    /// Where parts of its strings can be looked for.
    pub parts: Option<String>,
    /// The records with a value that the index does not hold as it is written.
    pub odd: Strays,
    /// The records with a list.
    pub lists: Strays,
}

impl Shape {
    /// The path by which the index sorts as evaluation would; `None` where it cannot.
    pub fn sort_path(&self) -> Option<&str> {
        if !self.odd.is_none() || !self.lists.is_none() {
            return None;
        }
        match self.kind {
            Kind::Number { .. } | Kind::Boolean | Kind::Date => Some(&self.path),
            Kind::Text => {
                let terms = self.terms.as_ref().filter(|terms| terms.limit.is_none());
                terms.map(|terms| terms.path.as_str())
            }
            Kind::Other => None,
        }
    }
}

/// The schema of an index, from its mapping.
pub struct MappingSchema<'a> {
    /// The mapping.
    pub mapping: &'a Mapping,
    /// The text fields whose inner parts are indexed.
    pub substring: &'a BTreeSet<String>,
    /// The records with odd values of a field: see [`Shape::odd`].
    pub odd: &'a dyn Fn(&str) -> Strays,
    /// The records with a list in a field.
    pub lists: &'a dyn Fn(&str) -> Strays,
}

impl MappingSchema<'_> {
    fn terms(&self, path: &str, field: &Field) -> Option<TermPath> {
        let plain =
            |field: &Field| field.index && field.kind == FieldType::Keyword { normalizer: None };
        if plain(field) {
            return Some(TermPath {
                path: path.to_owned(),
                limit: field.ignore_above,
            });
        }
        // The one that leaves the least out.
        let (name, sub) = field
            .fields
            .iter()
            .filter(|(_, sub)| plain(sub))
            .max_by_key(|(_, sub)| sub.ignore_above.unwrap_or(usize::MAX))?;
        Some(TermPath {
            path: format!("{path}.{name}"),
            limit: sub.ignore_above,
        })
    }

    fn gets_copies(&self, path: &str) -> bool {
        let mut fields = self.mapping.fields();
        fields.any(|(_, field)| field.copy_to.iter().any(|target| target == path))
    }
}

impl Schema for MappingSchema<'_> {
    fn shape(&self, path: &str) -> Option<Shape> {
        let field = self.mapping.field(path)?;
        let kind = match &field.kind {
            FieldType::Text { .. } | FieldType::Keyword { .. } => Kind::Text,
            FieldType::Number(kind) => Kind::Number {
                whole: kind.is_whole(),
            },
            FieldType::Boolean => Kind::Boolean,
            FieldType::Date { format: None } => Kind::Date,
            FieldType::Date { .. }
            | FieldType::Object { .. }
            | FieldType::Ip
            | FieldType::Flattened { .. }
            | FieldType::Completion(_)
            | FieldType::Alias { .. }
            | FieldType::Vector(_) => Kind::Other,
        };
        let hidden = !field.index
            || field.null_value.is_some()
            || matches!(field.kind, FieldType::Object { enabled: false, .. })
            || self.gets_copies(path);
        let odd = if hidden {
            Strays::Unknown
        } else {
            (self.odd)(path)
        };
        Some(Shape {
            path: path.to_owned(),
            kind,
            terms: self.terms(path, field),
            parts: self.substring.contains(path).then(|| path.to_owned()),
            odd,
            lists: (self.lists)(path),
        })
    }
}
