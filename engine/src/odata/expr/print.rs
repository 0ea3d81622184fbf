//! Expressions as text, with as few parentheses as they need.

use std::fmt;

use super::operator::{PRIMARY_LEVEL, UNARY_LEVEL};
use super::{Expr, ExprKind, Literal, Path, UnaryOp};

impl Expr {
    /// How tightly its outermost operator binds.
    fn level(&self) -> u8 {
        match &self.kind {
            ExprKind::Or(_) => 0,
            ExprKind::And(_) => 1,
            ExprKind::Binary(op, ..) => op.level(),
            ExprKind::Unary(..) => UNARY_LEVEL,
            _ => PRIMARY_LEVEL,
        }
    }

    fn fmt_in(&self, f: &mut fmt::Formatter<'_>, least: u8) -> fmt::Result {
        if self.level() < least {
            write!(f, "({self})")
        } else {
            write!(f, "{self}")
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = self.variable.iter().chain(&self.names);
        if let Some(first) = names.next() {
            f.write_str(first)?;
        }
        names.try_for_each(|name| write!(f, "/{name}"))
    }
}

fn list<'a>(f: &mut fmt::Formatter<'_>, items: impl IntoIterator<Item = &'a Expr>) -> fmt::Result {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            f.write_str(",")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

fn chain(f: &mut fmt::Formatter<'_>, word: &str, items: &[Expr], least: u8) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            write!(f, " {word} ")?;
        }
        item.fmt_in(f, least)?;
    }
    Ok(())
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Literal(literal) => write!(f, "{literal}"),
            ExprKind::Path(path) => write!(f, "{path}"),
            ExprKind::Count(path) => write!(f, "{path}/$count"),
            ExprKind::Unary(UnaryOp::Not, inner) => {
                f.write_str("not ")?;
                inner.fmt_in(f, UNARY_LEVEL)
            }
            ExprKind::Unary(UnaryOp::Negate, inner) => match &inner.kind {
                // A minus right before a number would be the number's own.
                ExprKind::Literal(Literal::String(_)) => write!(f, "-{inner}"),
                ExprKind::Literal(_) | ExprKind::In(..) | ExprKind::InList(..) => {
                    write!(f, "-({inner})")
                }
                _ => {
                    f.write_str("-")?;
                    inner.fmt_in(f, PRIMARY_LEVEL)
                }
            },
            ExprKind::Binary(op, left, right) => {
                left.fmt_in(f, op.level())?;
                write!(f, " {} ", op.word())?;
                right.fmt_in(f, op.level() + 1)
            }
            ExprKind::And(items) => chain(f, "and", items, 2),
            ExprKind::Or(items) => chain(f, "or", items, 1),
            ExprKind::In(item, items) => {
                item.fmt_in(f, PRIMARY_LEVEL)?;
                f.write_str(" in (")?;
                list(f, items)?;
                f.write_str(")")
            }
            ExprKind::InList(item, path) => {
                item.fmt_in(f, PRIMARY_LEVEL)?;
                write!(f, " in {path}")
            }
            ExprKind::Lambda(lambda) => {
                let name = if lambda.all { "all" } else { "any" };
                write!(f, "{}/{name}(", lambda.path)?;
                if let Some((variable, body)) = &lambda.body {
                    write!(f, "{variable}: {body}")?;
                }
                f.write_str(")")
            }
            ExprKind::Call(function, arguments) => {
                write!(f, "{function}(")?;
                list(f, arguments)?;
                f.write_str(")")
            }
            ExprKind::Case(arms) => {
                f.write_str("case(")?;
                for (at, (condition, value)) in arms.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{condition} : {value}")?;
                }
                f.write_str(")")
            }
            ExprKind::Cast(inner, edm) => typed(f, "cast", inner.as_deref(), edm),
            ExprKind::IsOf(inner, edm) => typed(f, "isof", inner.as_deref(), edm),
        }
    }
}

fn typed(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    inner: Option<&Expr>,
    edm: &super::EdmType,
) -> fmt::Result {
    match inner {
        Some(inner) => write!(f, "{name}({inner},{edm})"),
        None => write!(f, "{name}({edm})"),
    }
}
