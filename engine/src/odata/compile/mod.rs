//! From a condition to what the index can find, and what is left to look at.
//!
//! The index does not know null as the language does, so each part of a condition becomes two sets of
//! records: where it is true, and where it is false. A part that the index cannot answer exactly
//! becomes supersets, and is evaluated on the candidates that remain.

mod comparison;
mod condition;
mod index_schema;
mod lambda;
mod schema;
mod sets;
mod text;
mod values;

pub use index_schema::IndexSchema;
pub(in crate::odata) use index_schema::SchemaOf;
pub use schema::{Kind, MappingSchema, Schema, Shape, Strays, TermPath};

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value as Json, json};

use super::columns::held_in_columns;
use super::eval::Evaluator;
use super::expr::{Expr, ExprKind, Span, UnaryOp, tag_view};
use super::temporal::DateTime;
use crate::query::ast::Query;
use sets::{all_of, is_everything};

/// Who answers a part of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// The index alone.
    Index,
    /// The index gives candidates, on which it is evaluated.
    Candidates,
    /// It is evaluated on whatever the other parts leave.
    Records,
}

impl Answered {
    /// The answer as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Candidates => "candidates",
            Self::Records => "records",
        }
    }
}

/// A part of a condition, and where it went. All parts have to be true.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The part.
    pub expr: Expr,
    /// Who answers it.
    pub answered: Answered,
    /// What the index is asked for it.
    pub query: Query,
}

/// A condition, divided.
#[derive(Debug)]
pub struct Compiled {
    /// What the index finds: every record that matches, and perhaps others.
    pub query: Query,
    /// What is left to evaluate on what the index finds; `None` when that is exact.
    pub residual: Option<Arc<Evaluator>>,
    /// The fields that this reads from columns, but for records with values that those do not hold as
    /// they are.
    pub columns: Vec<String>,
    /// The fields that it reads from stored records.
    pub stored: Vec<String>,
    /// Which part went where.
    pub parts: Vec<Part>,
}

impl Compiled {
    /// When evaluation has to stop at the latest, also within a text.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.residual = self
            .residual
            .map(|residual| match Arc::try_unwrap(residual) {
                Ok(residual) => Arc::new(residual.with_deadline(deadline)),
                // Somebody works with it already.
                Err(shared) => shared,
            });
        self
    }

    /// Which part went where, as JSON.
    pub fn explain(&self) -> Json {
        let part = |part: &Part| {
            let Span { start, end } = part.expr.span;
            json!({
                "expression": part.expr.to_string(),
                "start": start,
                "end": end,
                "answered_by": part.answered.as_str(),
                "query": part.query.to_json(),
            })
        };
        json!({
            "query": self.query.to_json(),
            "residual": self.residual.as_ref().map(|left| left.expr().to_string()),
            "columns": self.columns,
            "stored": self.stored,
            "parts": self.parts.iter().map(part).collect::<Vec<_>>(),
        })
    }
}

/// Divides a condition between the index and its evaluation. `now` is what `now()` says.
pub fn compile(filter: &Expr, schema: &dyn Schema, now: DateTime) -> Compiled {
    let compiler = Compiler { schema, now };
    let mut parts = Vec::new();
    compiler.divide(filter, true, &mut parts);
    let left = parts
        .iter()
        .filter(|part| part.answered != Answered::Index)
        .map(|part| part.expr.clone())
        .collect();
    let left = Expr::all(left);
    let (columns, stored) = left.as_ref().map_or_else(Default::default, |left| {
        let fields = left.fields().into_iter().map(str::to_owned);
        fields
            .filter(|name| tag_view(name).is_none())
            .partition(|name| compiler.in_columns(name))
    });
    Compiled {
        query: all_of(parts.iter().map(|part| part.query.clone()).collect()),
        residual: left.map(|expr| Arc::new(Evaluator::new(expr, now))),
        columns,
        stored,
        parts,
    }
}

struct Compiler<'a> {
    schema: &'a dyn Schema,
    now: DateTime,
}

impl Compiler<'_> {
    /// Whether a field is read from columns where it is evaluated.
    fn in_columns(&self, name: &str) -> bool {
        let shape = (!name.contains('.')).then(|| self.schema.shape(name));
        shape.is_some_and(|shape| shape.is_none_or(|shape| held_in_columns(&shape)))
    }

    /// Collects the parts that have to hold for a condition to be true, or else false.
    fn divide(&self, expr: &Expr, wanted: bool, parts: &mut Vec<Part>) {
        match (&expr.kind, wanted) {
            (ExprKind::And(items), true) | (ExprKind::Or(items), false) => {
                for item in items {
                    self.divide(item, wanted, parts);
                }
            }
            (ExprKind::Unary(UnaryOp::Not, inner), _) => self.divide(inner, !wanted, parts),
            _ => {
                let sets = self.sets(expr);
                let query = if wanted { sets.yes } else { sets.no };
                let answered = match (sets.exact, is_everything(&query)) {
                    (true, _) => Answered::Index,
                    (false, true) => Answered::Records,
                    (false, false) => Answered::Candidates,
                };
                let expr = if wanted {
                    expr.clone()
                } else {
                    expr.clone().negated()
                };
                parts.push(Part {
                    expr,
                    answered,
                    query,
                });
            }
        }
    }
}
