//! Comparisons. They are true or false on every record, never null.

use super::Compiler;
use super::condition::{present, single};
use super::schema::Kind;
use super::sets::{Sets, all_of, any_of, everything, not, nothing};
use super::text::subject;
use super::values::{Found, part_of_date};
use crate::odata::eval::{Value, holds};
use crate::odata::expr::{BinaryOp, Expr, ExprKind, Function, Literal, Path, UnaryOp, tag_view};

impl Compiler<'_> {
    pub(super) fn comparison(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Sets {
        if op == BinaryOp::Ne {
            return self.comparison(BinaryOp::Eq, left, right).negated();
        }
        match (self.constant(left), self.constant(right)) {
            (Some(left), Some(right)) => constant(op, &left, &right),
            (None, Some(literal)) => self.with_literal(op, left, &literal),
            (Some(literal), None) => self.with_literal(op.flipped(), right, &literal),
            (None, None) if op == BinaryOp::Eq => Sets::unknown(),
            (None, None) => {
                let there = all_of(vec![self.needed(left), self.needed(right)]);
                Sets::about(there, everything())
            }
        }
    }

    /// Compares with a value, by any operator but `ne`.
    fn with_literal(&self, op: BinaryOp, expr: &Expr, literal: &Literal) -> Sets {
        match &expr.kind {
            ExprKind::Path(path) if path.variable.is_none() => self.field(op, path, literal),
            ExprKind::Call(Function::ToLower, _) if op == BinaryOp::Eq => self
                .equals_in_lower_case(expr, literal)
                .unwrap_or_else(|| self.by_record(op, expr, literal)),
            ExprKind::Call(function @ (Function::Year | Function::Date), arguments) => self
                .near_date(op, *function, arguments, literal)
                .unwrap_or_else(|| self.by_record(op, expr, literal)),
            ExprKind::Unary(UnaryOp::Not, _)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::In(..)
            | ExprKind::InList(..)
            | ExprKind::Lambda(_) => self.condition_as_value(op, expr, literal),
            ExprKind::Binary(inner, ..) if inner.is_comparison() => {
                self.condition_as_value(op, expr, literal)
            }
            ExprKind::Call(function, _) if function.is_condition() => {
                self.condition_as_value(op, expr, literal)
            }
            _ => self.by_record(op, expr, literal),
        }
    }

    /// What only the record can tell; but null is known to compare with null alone.
    fn by_record(&self, op: BinaryOp, expr: &Expr, literal: &Literal) -> Sets {
        let there = self.needed(expr);
        match (literal, op) {
            (Literal::Null, BinaryOp::Eq) => Sets::about(everything(), there),
            (Literal::Null, _) => Sets::constant(Some(false)),
            _ => Sets::about(there, everything()),
        }
    }

    /// `(condition) eq true` and the like.
    fn condition_as_value(&self, op: BinaryOp, expr: &Expr, literal: &Literal) -> Sets {
        let when = |flag: bool| holds(op, &Value::Bool(flag), &Value::from_literal(literal));
        // Neither true nor false compares with anything else, but with null.
        let null = matches!(literal, Literal::Null);
        if !null && !matches!(literal, Literal::Bool(_)) || null && op != BinaryOp::Eq {
            return Sets::constant(Some(false));
        }
        let sets = self.sets(expr);
        let query = match (when(true), when(false)) {
            (true, false) => sets.yes,
            (false, true) => sets.no,
            (false, false) if !null => nothing(),
            // Both sets are needed. Nested, they would double what is asked with each level.
            _ if !matches!(expr.kind, ExprKind::Call(..)) => return Sets::unknown(),
            (true, _) => any_of(vec![sets.yes, sets.no]),
            _ if sets.exact => all_of(vec![not(sets.yes), not(sets.no)]),
            _ => everything(),
        };
        if sets.exact {
            Sets::of(query)
        } else {
            Sets::about(query, everything())
        }
    }

    fn field(&self, op: BinaryOp, path: &Path, literal: &Literal) -> Sets {
        if let [name] = path.names.as_slice()
            && let Some(tag) = tag_view(name)
        {
            let has = self.tag(tag);
            let when = |flag: bool| holds(op, &Value::Bool(flag), &Value::from_literal(literal));
            return match (when(true), when(false)) {
                (true, false) => has,
                (false, true) => has.negated(),
                (same, _) => Sets::constant(Some(same)),
            };
        }
        let Some(shape) = self.shape(&path.names) else {
            return constant(op, &Literal::Null, literal);
        };
        if matches!(literal, Literal::Null) {
            if op != BinaryOp::Eq {
                return Sets::constant(Some(false));
            }
            return match present(&shape) {
                (there, true) => Sets::of(there).negated(),
                (..) => Sets::unknown(),
            };
        }
        single(self.found(&shape, op, literal), &shape)
    }

    /// `year(field) eq 2024` and the like.
    fn near_date(
        &self,
        op: BinaryOp,
        function: Function,
        arguments: &[Expr],
        literal: &Literal,
    ) -> Option<Sets> {
        let [Expr { kind, .. }] = arguments else {
            return None;
        };
        let ExprKind::Path(path) = kind else {
            return None;
        };
        if path.variable.is_some() {
            return None;
        }
        let shape = self.shape(&path.names)?;
        Some(single(part_of_date(&shape, function, op, literal)?, &shape))
    }

    /// `tolower(field) eq 'text'`.
    fn equals_in_lower_case(&self, expr: &Expr, literal: &Literal) -> Option<Sets> {
        let Literal::String(text) = literal else {
            return None;
        };
        let subject = subject(expr)?;
        if subject.path.variable.is_some() || !subject.accepts(text) {
            return None;
        }
        let shape = self.shape(&subject.path.names)?;
        if shape.kind != Kind::Text {
            return None;
        }
        let query = subject.wildcard(&shape, false, text, false)?;
        Some(single(Found::Exactly(query), &shape))
    }
}

/// Two values that every record compares alike.
fn constant(op: BinaryOp, left: &Literal, right: &Literal) -> Sets {
    let (left, right) = (Value::from_literal(left), Value::from_literal(right));
    Sets::constant(Some(holds(op, &left, &right)))
}
