//! Where each field of an expression is read from.

use std::collections::BTreeSet;

use crate::odata::Evaluator;
use crate::odata::compile::{Kind, Schema, SchemaOf, Shape, Strays};
use crate::odata::expr::tag_view;
use crate::search::Context;

/// A column, or what stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// No record has the field.
    Absent,
    /// Whole numbers of a path.
    Wholes(String),
    /// Doubles of a path.
    Doubles(String),
    /// Booleans of a path.
    Flags(String),
    /// Instants of a path.
    Instants(String),
    /// Texts of a path that lie unpacked beside the segments.
    Unpacked(String),
    /// Texts of a path, in its dictionary.
    Terms(String),
    /// The stored record alone.
    Stored,
}

/// A field that an expression reads.
#[derive(Debug)]
pub(super) struct Planned {
    pub name: String,
    pub source: Source,
    /// Whether some records have values that the columns do not hold as they are.
    pub odd: bool,
    /// Whether some records have lists.
    pub lists: bool,
}

/// The fields that expressions read.
pub(super) fn plan<'a>(
    context: &Context,
    evaluators: impl Iterator<Item = &'a Evaluator>,
) -> Vec<Planned> {
    let schema = SchemaOf { context };
    let names: BTreeSet<&str> = evaluators.flat_map(|one| one.expr().fields()).collect();
    names
        .into_iter()
        .filter(|name| tag_view(name).is_none())
        .map(|name| field(&schema, name))
        .collect()
}

fn field(schema: &SchemaOf<'_>, name: &str) -> Planned {
    let planned = |source, odd, lists| Planned {
        name: name.to_owned(),
        source,
        odd,
        lists,
    };
    // The index does not tell a name with a dot from a path.
    if name.contains('.') {
        return planned(Source::Stored, false, false);
    }
    let Some(shape) = schema.shape(name) else {
        return planned(Source::Absent, false, false);
    };
    match source(&shape) {
        Some(source) => planned(source, !shape.odd.is_none(), !shape.lists.is_none()),
        None => planned(Source::Stored, false, false),
    }
}

/// Whether a field's values are read from columns, except those that its index does not hold as they are.
pub(in crate::odata) fn held_in_columns(shape: &Shape) -> bool {
    source(shape).is_some()
}

fn source(shape: &Shape) -> Option<Source> {
    if shape.odd == Strays::Unknown || shape.lists == Strays::Unknown {
        return None;
    }
    let path = shape.path.clone();
    match shape.kind {
        Kind::Number { whole: true } => Some(Source::Wholes(path)),
        Kind::Number { whole: false } => Some(Source::Doubles(path)),
        Kind::Boolean => Some(Source::Flags(path)),
        Kind::Date => Some(Source::Instants(path)),
        Kind::Text => match (&shape.parts, &shape.terms) {
            (Some(parts), _) => Some(Source::Unpacked(parts.clone())),
            (None, Some(terms)) if terms.limit.is_none() => Some(Source::Terms(terms.path.clone())),
            _ => None,
        },
        Kind::Other => None,
    }
}
