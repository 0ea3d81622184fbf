//! The metadata shorthand: `rating>=4.5`, `model~diffusion`, `is_favorite`, `!is_nsfw`.

use super::error::{Code, ODataError};
use super::expr::{BinaryOp, Expr, ExprKind, Function, Lambda, Literal, Path, tag_view};
use crate::query::plan_lower;

/// The variable that stands for a field's value, or each of a list's.
const VALUE: &str = "v";

/// Reads one condition, decoded. It becomes what OData would write for it:
/// `field` itself, `field in (null,false)` for its absence, else a comparison or
/// `contains(tolower(…),'…')` of any of the field's values, so that `tags=cat` finds what one expects;
/// `field!=v` is the negation of `field=v`.
///
/// # Errors
/// `InvalidFilter` when a name or an operator is missing.
pub fn condition(text: &str) -> Result<Expr, ODataError> {
    let wrong = |message: &str, position: usize| {
        ODataError::new(Code::InvalidFilter, message, text, text, position)
    };
    let (negated, rest) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let found = rest
        .char_indices()
        .find(|(at, letter)| {
            matches!(letter, '=' | '~' | '<' | '>')
                || (*letter == '!' && rest.get(at + 1..).is_some_and(|next| next.starts_with('=')))
        })
        .map(|(at, _)| at);
    let name = rest.get(..found.unwrap_or(rest.len())).unwrap_or(rest);
    let name_end = name.chars().count() + usize::from(negated);
    let name = name.trim();
    if name.is_empty() {
        return Err(wrong("expected the name of a field", usize::from(negated)));
    }
    let Some(at) = found else {
        let field = Expr::field(name);
        return Ok(if negated {
            let neither = vec![Expr::literal(Literal::Null), Expr::literal(false)];
            Expr::new(ExprKind::In(Box::new(field), neither))
        } else {
            field
        });
    };
    if negated {
        return Err(wrong("expected no value after `!` and a name", name_end));
    }
    let rest = rest.get(at..).unwrap_or_default();
    let (op, value) = [
        ("!=", Some(BinaryOp::Ne)),
        (">=", Some(BinaryOp::Ge)),
        ("<=", Some(BinaryOp::Le)),
        ("=", Some(BinaryOp::Eq)),
        (">", Some(BinaryOp::Gt)),
        ("<", Some(BinaryOp::Lt)),
        ("~", None),
    ]
    .into_iter()
    .find_map(|(sign, op)| Some((op, rest.strip_prefix(sign)?)))
    .ok_or_else(|| wrong("expected one of = != ~ > >= < <=", name_end))?;
    let item = Expr::new(ExprKind::Path(Path {
        variable: Some(VALUE.to_owned()),
        names: Vec::new(),
    }));
    let found = match op {
        // The view of a tag is one flag.
        Some(op) if tag_view(name).is_some() => return Ok(compared(op, &Expr::field(name), value)),
        Some(BinaryOp::Ne) => compared(BinaryOp::Eq, &item, value),
        Some(op) => compared(op, &item, value),
        None => {
            let lower: String = value.chars().map(plan_lower).collect();
            let item = Expr::new(ExprKind::Call(Function::ToLower, vec![item]));
            Expr::new(ExprKind::Call(
                Function::Contains,
                vec![item, Expr::literal(lower)],
            ))
        }
    };
    let any = Expr::new(ExprKind::Lambda(Lambda {
        path: Path::field(name),
        all: false,
        body: Some((VALUE.to_owned(), Box::new(found))),
    }));
    Ok(if op == Some(BinaryOp::Ne) {
        any.negated()
    } else {
        any
    })
}

fn compared(op: BinaryOp, subject: &Expr, value: &str) -> Expr {
    let with = |literal: Literal| Expr::binary(op, subject.clone(), Expr::literal(literal));
    // A number past a double's range stays a text.
    let number = Literal::number(value)
        .filter(|number| !matches!(number, Literal::Double(double) if !double.is_finite()));
    if let Some(number) = number {
        return with(number);
    }
    // `true` is a text like any other, but people also write it for flags.
    let flag = match value {
        "true" => true,
        "false" => false,
        _ => return with(value.into()),
    };
    let both = vec![with(value.into()), with(flag.into())];
    match op {
        BinaryOp::Eq => Expr::new(ExprKind::Or(both)),
        BinaryOp::Ne => Expr::new(ExprKind::And(both)),
        _ => with(value.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_odata_would() {
        for (text, expected) in [
            ("rating>=4.5", "rating/any(v: v ge 4.5)"),
            ("rating=4", "rating/any(v: v eq 4)"),
            ("steps<-3", "steps/any(v: v lt -3)"),
            ("steps<=3", "steps/any(v: v le 3)"),
            ("steps>3", "steps/any(v: v gt 3)"),
            ("model!=a=b", "not model/any(v: v eq 'a=b')"),
            (
                "model~Stable-Diffusion",
                "model/any(v: contains(tolower(v),'stable-diffusion'))",
            ),
            ("is_favorite", "is_favorite"),
            ("!is_nsfw", "is_nsfw in (null,false)"),
            ("flag=true", "flag/any(v: v eq 'true' or v eq true)"),
            ("flag!=false", "not flag/any(v: v eq 'false' or v eq false)"),
            ("tag_x!=true", "tag_x ne 'true' and tag_x ne true"),
            ("name=it's", "name/any(v: v eq 'it''s')"),
            ("name=", "name/any(v: v eq '')"),
            ("x=1e999", "x/any(v: v eq '1e999')"),
            ("x=inf", "x/any(v: v eq 'inf')"),
            ("x=99999999999999999999", "x/any(v: v eq 1e20)"),
        ] {
            assert_eq!(condition(text).unwrap().to_string(), expected, "{text}");
        }
        for (text, position) in [("=5", 0), ("!", 1), ("!a=b", 2), ("", 0), ("~x", 0)] {
            let error = condition(text).unwrap_err();
            assert_eq!(
                (error.code, error.position),
                (Code::InvalidFilter, position),
                "{text}"
            );
        }
    }
}
