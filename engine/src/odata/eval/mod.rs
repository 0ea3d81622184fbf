//! What an expression is on a record.
//!
//! Conditions are true, false or null, and `and`, `or`, `not`, `any` and `all` are three-valued; only
//! true matches. Comparisons are true or false, also with null; arithmetic and functions of null are
//! null, and so they are of values that they are not made for.

mod arithmetic;
mod compare;
mod convert;
mod functions;
mod record;
mod run;
mod value;

pub use compare::compare_keys;
pub(in crate::odata) use compare::holds;
pub(in crate::odata) use functions::lower;
pub use record::Record;
pub use value::Value;

use std::collections::HashMap;
use std::time::Instant;

use analyzers::pattern::PyPattern;
use serde_json::Value as Json;

use super::ecmascript;
use super::error::{Fault, ODataError};
use super::expr::{Expr, ExprKind, Function, Literal};
use super::temporal::DateTime;
use run::{Run, too_late};

/// An expression, ready to be evaluated on many records.
#[derive(Debug)]
pub struct Evaluator {
    expr: Expr,
    /// The patterns that are written out.
    patterns: HashMap<String, PyPattern>,
    now: DateTime,
    deadline: Option<Instant>,
}

impl Evaluator {
    /// Prepares an expression; `now` is what `now()` says.
    pub fn new(expr: Expr, now: DateTime) -> Self {
        let mut patterns = HashMap::new();
        expr.for_each(&mut |part| {
            let ExprKind::Call(Function::MatchesPattern, arguments) = &part.kind else {
                return;
            };
            if let Some(ExprKind::Literal(Literal::String(pattern))) =
                arguments.get(1).map(|argument| &argument.kind)
                && let Ok(compiled) = PyPattern::compile(&ecmascript::translate(pattern))
            {
                patterns.insert(pattern.clone(), compiled);
            }
        });
        Self {
            expr,
            patterns,
            now,
            deadline: None,
        }
    }

    /// When to stop at the latest, however many records are left.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The expression.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// That the time is over.
    pub(in crate::odata) fn too_late(&self) -> ODataError {
        too_late(&self.expr).in_text("$filter", &self.expr.to_string())
    }

    /// Whether it is true on a record.
    ///
    /// # Errors
    /// `FilterTooComplex` when that takes more steps, memory or time than it may.
    pub fn matches(&self, record: &dyn Record) -> Result<bool, ODataError> {
        Ok(self.truth(record)? == Some(true))
    }

    /// Whether it is true or false on a record; `None` for neither.
    ///
    /// # Errors
    /// As [`Self::matches`].
    pub fn truth(&self, record: &dyn Record) -> Result<Option<bool>, ODataError> {
        Ok(self.value(record)?.truth())
    }

    /// Its value on a record.
    ///
    /// # Errors
    /// As [`Self::matches`].
    pub fn value<'r>(&'r self, record: &'r dyn Record) -> Result<Value<'r>, ODataError> {
        Run::new(self, record)
            .value(&self.expr)
            .map_err(|fault: Fault| fault.in_text("$filter", &self.expr.to_string()))
    }

    /// The value of a part that reads nothing of the record; `None` when it is none that can be
    /// written, or costs too much.
    pub(in crate::odata) fn constant(expr: &Expr, now: DateTime) -> Option<Literal> {
        if let ExprKind::Literal(literal) = &expr.kind {
            return Some(literal.clone());
        }
        let mut reads = false;
        expr.for_each(&mut |part| {
            let record = matches!(part.kind, ExprKind::Cast(None, _) | ExprKind::IsOf(None, _));
            reads |= record || part.own_path().is_some();
        });
        if reads {
            return None;
        }
        Self::new(expr.clone(), now)
            .value(&Json::Null)
            .ok()?
            .to_literal()
    }
}
