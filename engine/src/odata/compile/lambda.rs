//! `any` and `all`.
//!
//! The index knows which records have some item of a kind, not which have only such. So a condition on
//! an item becomes two sets: the records with an item where it is true, and those with an item where
//! it is not. `any` asks for the first, `all` excludes the second.

use super::Compiler;
use super::condition::present;
use super::schema::{Kind, Shape, Strays};
use super::sets::{Sets, all_of, any_of, everything, not, nothing};
use super::text::subject;
use super::values::Found;
use crate::odata::expr::{
    BinaryOp, Expr, ExprKind, Function, Lambda, Literal, Path, UnaryOp, tag_view,
};
use crate::query::ast::Query;

/// Records, and whether there are no others.
#[derive(Debug, Clone)]
struct Having {
    query: Query,
    exact: bool,
}

impl Having {
    fn exactly(query: Query) -> Self {
        Self { query, exact: true }
    }

    fn within(query: Query) -> Self {
        Self {
            query,
            exact: false,
        }
    }
}

/// A condition on an item.
#[derive(Debug, Clone)]
struct Items {
    /// Records with an item where it is true.
    fulfilled: Having,
    /// Records with an item where it is not true.
    failed: Having,
    /// Whether it is never null.
    two_valued: bool,
}

impl Items {
    fn negated(self) -> Self {
        Self {
            fulfilled: self.failed,
            failed: self.fulfilled,
            two_valued: self.two_valued,
        }
    }
}

/// The list that a lambda goes over.
struct List<'a> {
    path: &'a Path,
    variable: &'a str,
    /// Records in which it has items, and perhaps others.
    there: Query,
    there_exact: bool,
}

impl List<'_> {
    /// What the index cannot tell: there has to be an item.
    fn unknown(&self) -> Items {
        Items {
            fulfilled: Having::within(self.there.clone()),
            failed: Having::within(self.there.clone()),
            two_valued: false,
        }
    }

    /// A condition that is the same on every item.
    fn constant(&self, truth: bool) -> Items {
        let every = Having {
            query: self.there.clone(),
            exact: self.there_exact,
        };
        let never = Items {
            fulfilled: Having::exactly(nothing()),
            failed: every,
            two_valued: true,
        };
        if truth { never.negated() } else { never }
    }
}

impl Compiler<'_> {
    pub(super) fn lambda(&self, lambda: &Lambda) -> Sets {
        let path = &lambda.path;
        let view = path
            .names
            .first()
            .is_some_and(|name| tag_view(name).is_some());
        if path.variable.is_some() || view {
            return Sets::unknown();
        }
        let Some(shape) = self.shape(&path.names) else {
            return Sets::constant(Some(lambda.all));
        };
        let (there, there_exact) = present(&shape);
        let Some((variable, body)) = &lambda.body else {
            return if there_exact {
                Sets::of(there)
            } else {
                Sets::unknown()
            };
        };
        let list = List {
            path,
            variable,
            there,
            there_exact,
        };
        let items = self.items(body, &list);
        if lambda.all {
            let exact = items.failed.exact && items.two_valued;
            let yes = if items.failed.exact {
                not(items.failed.query.clone())
            } else if there_exact {
                any_of(vec![not(list.there), items.fulfilled.query])
            } else {
                everything()
            };
            Sets {
                yes,
                no: items.failed.query,
                exact,
            }
        } else {
            let exact = items.fulfilled.exact && items.two_valued;
            let no = if exact {
                not(items.fulfilled.query.clone())
            } else {
                everything()
            };
            Sets {
                yes: items.fulfilled.query,
                no,
                exact,
            }
        }
    }

    fn items(&self, body: &Expr, list: &List<'_>) -> Items {
        if let Some(Literal::Bool(flag)) = self.constant(body) {
            return list.constant(flag);
        }
        match &body.kind {
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let items = self.items(inner, list);
                // Where it is null, its negation is too: that is a failure of both.
                if items.two_valued {
                    items.negated()
                } else {
                    list.unknown()
                }
            }
            ExprKind::Or(parts) => self.any_item(parts, list),
            ExprKind::And(parts) => {
                let negated = |part: &Expr| self.items(part, list).negated();
                joined(parts.iter().map(negated).collect()).negated()
            }
            ExprKind::In(item, others) => {
                let equal = |other: &Expr| self.item_comparison(BinaryOp::Eq, item, other, list);
                joined(others.iter().map(equal).collect())
            }
            ExprKind::Binary(op, left, right) if op.is_comparison() => {
                self.item_comparison(*op, left, right, list)
            }
            ExprKind::Call(function, arguments) if function.is_condition() => self
                .item_text(*function, arguments, list)
                .unwrap_or_else(|| list.unknown()),
            _ => list.unknown(),
        }
    }

    fn any_item(&self, parts: &[Expr], list: &List<'_>) -> Items {
        joined(parts.iter().map(|part| self.items(part, list)).collect())
    }

    /// The field that an item's path names.
    fn item_shape(&self, path: &Path, list: &List<'_>) -> Option<Shape> {
        if path.variable.as_deref() != Some(list.variable) {
            return None;
        }
        let names: Vec<String> = list.path.names.iter().chain(&path.names).cloned().collect();
        self.shape(&names)
    }

    fn item_comparison(&self, op: BinaryOp, left: &Expr, right: &Expr, list: &List<'_>) -> Items {
        let (op, path, literal) = match (&left.kind, &right.kind) {
            (ExprKind::Path(path), _) if path.variable.is_some() => {
                (op, path, self.constant(right))
            }
            (_, ExprKind::Path(path)) if path.variable.is_some() => {
                (op.flipped(), path, self.constant(left))
            }
            _ => return list.unknown(),
        };
        let (Some(literal), Some(shape)) = (literal, self.item_shape(path, list)) else {
            return list.unknown();
        };
        if op == BinaryOp::Ne {
            return self
                .item_compared(BinaryOp::Eq, path, &literal, &shape, list)
                .map_or_else(|| list.unknown(), Items::negated);
        }
        self.item_compared(op, path, &literal, &shape, list)
            .unwrap_or_else(|| list.unknown())
    }

    /// An item, or its field, compared with a value by any operator but `ne`.
    fn item_compared(
        &self,
        op: BinaryOp,
        path: &Path,
        literal: &Literal,
        shape: &Shape,
        list: &List<'_>,
    ) -> Option<Items> {
        // An item itself is never null; a field of it may be, which its index does not tell.
        let itself = path.names.is_empty();
        if matches!(literal, Literal::Null) {
            return itself.then(|| list.constant(false));
        }
        let fulfilled = match self.found(shape, op, literal) {
            Found::Never if itself => return Some(odd_too(list.constant(false), shape)),
            Found::Never => Having::exactly(nothing()),
            Found::Exactly(query) => Having::exactly(query),
            Found::Within(query) => Having::within(query),
        };
        let opposite = match op {
            BinaryOp::Gt => Some(BinaryOp::Le),
            BinaryOp::Ge => Some(BinaryOp::Lt),
            BinaryOp::Lt => Some(BinaryOp::Ge),
            BinaryOp::Le => Some(BinaryOp::Gt),
            _ => None,
        };
        let failed = match opposite.filter(|_| itself) {
            Some(opposite) => match self.found(shape, opposite, literal) {
                Found::Exactly(query) => Having::exactly(query),
                _ => Having::within(list.there.clone()),
            },
            None => Having::within(list.there.clone()),
        };
        let items = Items {
            fulfilled,
            failed,
            two_valued: true,
        };
        Some(odd_too(items, shape))
    }

    fn item_text(&self, function: Function, arguments: &[Expr], list: &List<'_>) -> Option<Items> {
        let [text, other] = arguments else {
            return None;
        };
        let subject = subject(text)?;
        let shape = self.item_shape(subject.path, list)?;
        let Literal::String(other) = self.constant(other)? else {
            return None;
        };
        if shape.kind != Kind::Text {
            return None;
        }
        let query = subject.query(&shape, function, &other)?;
        let items = Items {
            fulfilled: Having::exactly(query),
            failed: Having::within(list.there.clone()),
            two_valued: subject.path.names.is_empty(),
        };
        Some(odd_too(items, &shape))
    }
}

/// Some of several conditions.
fn joined(items: Vec<Items>) -> Items {
    let exact = items.iter().all(|item| item.fulfilled.exact);
    let alone = items.len() == 1 && items.iter().all(|item| item.failed.exact);
    let two_valued = items.iter().all(|item| item.two_valued);
    let (fulfilled, failed) = items
        .into_iter()
        .map(|item| (item.fulfilled.query, item.failed.query))
        .unzip();
    Items {
        fulfilled: Having {
            query: any_of(fulfilled),
            exact,
        },
        // The items that fail one and another need not be the same.
        failed: Having {
            query: all_of(failed),
            exact: alone,
        },
        two_valued,
    }
}

fn odd_too(items: Items, shape: &Shape) -> Items {
    let widened = |some: Having| match &shape.odd {
        Strays::None => some,
        Strays::Where(odd) => Having::within(any_of(vec![some.query, (**odd).clone()])),
        Strays::Unknown => Having::within(everything()),
    };
    Items {
        fulfilled: widened(items.fulfilled),
        failed: widened(items.failed),
        // Odd values may be of types on which text functions are null.
        two_valued: items.two_valued && shape.odd.is_none(),
    }
}
