//! Walks over expressions. They recurse; the parser bounds how deep trees are.

use std::collections::BTreeSet;

use super::{Expr, ExprKind, Path, tag_view};

impl Expr {
    /// Calls `visit` with each direct part.
    pub fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Path(_) | ExprKind::Count(_) => {}
            ExprKind::Unary(_, inner) | ExprKind::InList(inner, _) => visit(inner),
            ExprKind::Binary(_, left, right) => {
                visit(left);
                visit(right);
            }
            ExprKind::And(items) | ExprKind::Or(items) | ExprKind::Call(_, items) => {
                items.iter().for_each(visit);
            }
            ExprKind::In(item, items) => {
                visit(item);
                items.iter().for_each(visit);
            }
            ExprKind::Lambda(lambda) => {
                if let Some((_, body)) = &lambda.body {
                    visit(body);
                }
            }
            ExprKind::Case(arms) => {
                for (condition, value) in arms {
                    visit(condition);
                    visit(value);
                }
            }
            ExprKind::Cast(inner, _) | ExprKind::IsOf(inner, _) => {
                if let Some(inner) = inner {
                    visit(inner);
                }
            }
        }
    }

    /// Calls `visit` with this expression and all its parts.
    pub fn for_each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        self.for_each_child(&mut |child| child.for_each(visit));
    }

    /// The path that it names itself, whatever it does with it.
    pub(crate) fn own_path(&self) -> Option<&Path> {
        match &self.kind {
            ExprKind::Path(path) | ExprKind::Count(path) | ExprKind::InList(_, path) => Some(path),
            ExprKind::Lambda(lambda) => Some(&lambda.path),
            _ => None,
        }
    }

    /// The record's fields that it reads: what has to be loaded to evaluate it.
    pub fn fields(&self) -> BTreeSet<&str> {
        let mut fields = BTreeSet::new();
        self.for_each(&mut |part| {
            if let Some(path) = part.own_path()
                && path.variable.is_none()
                && let Some(name) = path.names.first()
            {
                fields.insert(name.as_str());
                if tag_view(name).is_some() {
                    fields.insert("tags");
                }
            }
        });
        fields
    }

    /// Whether it may be true or false, as far as can be told without a record.
    pub(crate) fn may_be_condition(&self) -> bool {
        use super::{EdmType, Literal, UnaryOp};
        match &self.kind {
            ExprKind::Literal(literal) => matches!(literal, Literal::Null | Literal::Bool(_)),
            ExprKind::Binary(op, ..) => op.is_comparison(),
            ExprKind::Unary(op, _) => *op == UnaryOp::Not,
            ExprKind::Count(_) => false,
            ExprKind::Call(function, _) => function.is_condition(),
            ExprKind::Cast(_, edm) => *edm == EdmType::Boolean,
            ExprKind::Case(arms) => arms.iter().any(|(_, value)| value.may_be_condition()),
            _ => true,
        }
    }
}
