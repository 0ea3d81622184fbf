//! Conditions of all kinds.

use super::Compiler;
use super::schema::{Kind, Shape, Strays};
use super::sets::{Sets, all_of, any_of, everything, not, nothing};
use super::values::Found;
use crate::odata::eval::Evaluator;
use crate::odata::expr::{BinaryOp, Expr, ExprKind, Literal, Path, UnaryOp, tag_view};
use crate::query::ast::{Exists, Query, Scalar, Term, Terms};

impl Compiler<'_> {
    pub(super) fn constant(&self, expr: &Expr) -> Option<Literal> {
        Evaluator::constant(expr, self.now)
    }

    /// The field at a path of the record.
    pub(super) fn shape(&self, names: &[String]) -> Option<Shape> {
        let mut shape = self.schema.shape(&names.join("."))?;
        // The index does not tell a name with a dot from a path.
        if names.iter().any(|name| name.contains('.')) {
            shape.odd = Strays::Unknown;
        }
        Some(shape)
    }

    pub(super) fn sets(&self, expr: &Expr) -> Sets {
        if let Some(literal) = self.constant(expr) {
            return Sets::constant(match literal {
                Literal::Bool(flag) => Some(flag),
                _ => None,
            });
        }
        let each = |items: &[Expr]| items.iter().map(|item| self.sets(item)).collect();
        match &expr.kind {
            ExprKind::And(items) => Sets::all(each(items)),
            ExprKind::Or(items) => Sets::any(each(items)),
            ExprKind::Unary(UnaryOp::Not, inner) => self.sets(inner).negated(),
            ExprKind::Path(path) => self.flag(path),
            ExprKind::Binary(op, left, right) if op.is_comparison() => {
                self.comparison(*op, left, right)
            }
            ExprKind::In(item, items) => self.one_of(item, items),
            ExprKind::InList(item, path) => self.item_of(item, path),
            ExprKind::Lambda(lambda) => self.lambda(lambda),
            ExprKind::Call(function, arguments) => self
                .text_condition(*function, arguments)
                .unwrap_or_else(|| self.strict(expr)),
            _ => self.strict(expr),
        }
    }

    /// A condition that is null where something that it needs is null.
    fn strict(&self, expr: &Expr) -> Sets {
        let there = self.needed(expr);
        Sets::about(there.clone(), there)
    }

    /// Where everything is there without which an expression is null.
    pub(super) fn needed(&self, expr: &Expr) -> Query {
        match &expr.kind {
            ExprKind::Path(path) => self.presence(path).0,
            ExprKind::Unary(_, inner)
            | ExprKind::Cast(Some(inner), _)
            | ExprKind::IsOf(Some(inner), _) => self.needed(inner),
            ExprKind::Binary(op, left, right) if !op.is_comparison() => {
                all_of(vec![self.needed(left), self.needed(right)])
            }
            ExprKind::Call(_, arguments) => {
                all_of(arguments.iter().map(|item| self.needed(item)).collect())
            }
            ExprKind::Literal(Literal::Null) => nothing(),
            _ => everything(),
        }
    }

    /// Where a field of the record has a value, and whether that is exact.
    pub(super) fn presence(&self, path: &Path) -> (Query, bool) {
        match (&path.variable, path.names.as_slice()) {
            (Some(_), _) | (None, []) => (everything(), false),
            (None, [name]) if tag_view(name).is_some() => (everything(), true),
            (None, names) => self
                .shape(names)
                .map_or((nothing(), true), |shape| present(&shape)),
        }
    }

    /// A field as a condition.
    fn flag(&self, path: &Path) -> Sets {
        if let [name] = path.names.as_slice()
            && let Some(tag) = tag_view(name)
        {
            return self.tag(tag);
        }
        let Some(shape) = self.shape(&path.names) else {
            return Sets::constant(None);
        };
        let sets = match shape.kind {
            Kind::Boolean => {
                let is = |flag: bool| Query::Term(Term::new(&shape.path, flag));
                let mut sets = Sets::exact(is(true), is(false));
                // A list is no condition, whatever it holds.
                sets.exact = shape.lists.is_none();
                sets
            }
            Kind::Other => Sets::about(present(&shape).0, present(&shape).0),
            _ => Sets::constant(None),
        };
        with_odd(sets, &shape)
    }

    /// Whether a record has a tag.
    pub(super) fn tag(&self, tag: &str) -> Sets {
        self.shape(&["tags".to_owned()])
            .map_or(Sets::constant(Some(false)), |shape| {
                self.has_item(&shape, &Literal::from(tag))
            })
    }

    /// Whether a list has an item.
    fn has_item(&self, shape: &Shape, item: &Literal) -> Sets {
        if matches!(item, Literal::Null) {
            return Sets::constant(Some(false));
        }
        let sets = match self.found(shape, BinaryOp::Eq, item) {
            Found::Exactly(query) => Sets::of(query),
            Found::Within(query) => Sets::about(query, everything()),
            Found::Never => Sets::constant(Some(false)),
        };
        with_odd(sets, shape)
    }

    fn item_of(&self, item: &Expr, path: &Path) -> Sets {
        let view = path
            .names
            .first()
            .is_some_and(|name| tag_view(name).is_some());
        if path.variable.is_some() || view {
            return Sets::unknown();
        }
        let Some(shape) = self.shape(&path.names) else {
            return Sets::constant(Some(false));
        };
        match self.constant(item) {
            Some(item) => self.has_item(&shape, &item),
            None => Sets::about(present(&shape).0, everything()),
        }
    }

    fn one_of(&self, item: &Expr, items: &[Expr]) -> Sets {
        if let Some(sets) = self.one_of_texts(item, items) {
            return sets;
        }
        let folded = self.constant(item).map(Expr::literal);
        let item = folded.as_ref().unwrap_or(item);
        if !matches!(item.kind, ExprKind::Path(_) | ExprKind::Literal(_)) {
            // One question for all of the list, which may be long.
            let something = |other: &Expr| {
                self.constant(other)
                    .is_some_and(|literal| !matches!(literal, Literal::Null))
            };
            return if items.iter().all(something) {
                Sets::about(self.needed(item), everything())
            } else {
                Sets::unknown()
            };
        }
        let equal = |other: &Expr| self.comparison(BinaryOp::Eq, item, other);
        Sets::any(items.iter().map(equal).collect())
    }

    /// One clause for many texts.
    fn one_of_texts(&self, item: &Expr, items: &[Expr]) -> Option<Sets> {
        let ExprKind::Path(path) = &item.kind else {
            return None;
        };
        if items.len() < 2 || path.variable.is_some() {
            return None;
        }
        let shape = self.shape(&path.names)?;
        let terms = shape.terms.as_ref().filter(|_| shape.kind == Kind::Text)?;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let Some(Literal::String(text)) = self.constant(item) else {
                return None;
            };
            if terms
                .limit
                .is_some_and(|limit| text.chars().count() > limit)
            {
                return None;
            }
            values.push(Scalar::String(text));
        }
        let query = Query::Terms(Terms::new(&terms.path, values));
        Some(single(Found::Exactly(query), &shape))
    }
}

/// Where a field has a value, and whether that is exact.
pub(super) fn present(shape: &Shape) -> (Query, bool) {
    let exists = Query::Exists(Exists::new(crate::text::own_mark(&shape.path)));
    match &shape.odd {
        Strays::None => (exists, true),
        // What is odd is there all the same.
        Strays::Where(odd) => (any_of(vec![exists, (**odd).clone()]), true),
        Strays::Unknown => (everything(), false),
    }
}

/// The sets with the records added of which the index does not know enough.
pub(super) fn with_odd(sets: Sets, shape: &Shape) -> Sets {
    match &shape.odd {
        Strays::None => sets,
        Strays::Where(odd) => Sets::about(
            any_of(vec![sets.yes, (**odd).clone()]),
            any_of(vec![sets.no, (**odd).clone()]),
        ),
        Strays::Unknown => Sets::unknown(),
    }
}

/// A comparison with a field's one value, when `found` is where any of its values compares so. A list
/// never does.
pub(super) fn single(found: Found, shape: &Shape) -> Sets {
    let sets = match found {
        Found::Never => Sets::constant(Some(false)),
        Found::Within(query) => Sets::about(query, everything()),
        Found::Exactly(query) => match &shape.lists {
            Strays::None => Sets::of(query),
            Strays::Where(lists) => {
                let no = any_of(vec![not(query.clone()), (**lists).clone()]);
                Sets::about(query, no)
            }
            Strays::Unknown => Sets::about(query, everything()),
        },
    };
    with_odd(sets, shape)
}
