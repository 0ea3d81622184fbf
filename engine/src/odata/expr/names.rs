//! Names that no record has.

use super::{Expr, ExprKind, Path};
use crate::odata::error::{Code, ODataError};

/// What the boolean views of tags begin with.
const TAG_VIEW: &str = "tag_";

/// The tag of which a name is the view.
pub fn tag_view(name: &str) -> Option<&str> {
    name.strip_prefix(TAG_VIEW).filter(|tag| !tag.is_empty())
}

/// Refuses names that no record has on the right side of comparisons, where they are most likely
/// texts whose quotes were forgotten. Elsewhere such a name is an absent value.
///
/// # Errors
/// `InvalidFilter` with a hint, at the name.
pub fn check_names(
    expr: &Expr,
    target: &str,
    text: &str,
    known: &dyn Fn(&str) -> bool,
) -> Result<(), ODataError> {
    let mut stray: Option<&Expr> = None;
    let check = |right: &Expr| -> bool {
        let ExprKind::Path(Path {
            variable: None,
            names,
        }) = &right.kind
        else {
            return false;
        };
        names
            .first()
            .is_some_and(|name| tag_view(name).is_none() && !known(name))
    };
    expr.for_each(&mut |part| {
        let found = match &part.kind {
            ExprKind::Binary(op, _, right) if op.is_comparison() => {
                check(right).then_some(right.as_ref())
            }
            ExprKind::In(_, items) => items.iter().find(|item| check(item)),
            _ => None,
        };
        stray = stray.or(found);
    });
    let Some(right) = stray else {
        return Ok(());
    };
    Err(ODataError::new(
        Code::InvalidFilter,
        format!("expected a value: no record has a field `{right}`; a text is written '{right}'"),
        target,
        text,
        right.span.start,
    ))
}
