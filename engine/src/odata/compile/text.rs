//! Parts of texts: `contains`, `startswith`, `endswith`, `matchesPattern`.

use analyzers::pattern::PyPattern;

use super::Compiler;
use super::condition::{present, with_odd};
use super::schema::{Kind, Shape};
use super::sets::{Sets, all_of, not};
use crate::odata::ecmascript;
use crate::odata::eval::lower;
use crate::odata::expr::{Expr, ExprKind, Function, Literal, Path, tag_view};
use crate::odata::search::escaped;
use crate::query::ast::{Prefix, PythonRegexp, Query, Wildcard};

/// The longest pattern that the index takes, in characters.
const MAX_PATTERN: usize = 1_000;

/// A field's text, perhaps in small letters.
pub(super) struct Subject<'a> {
    pub path: &'a Path,
    pub folded: bool,
}

/// What a text function is about, when that is a field itself.
pub(super) fn subject(expr: &Expr) -> Option<Subject<'_>> {
    match &expr.kind {
        ExprKind::Path(path) => Some(Subject {
            path,
            folded: false,
        }),
        ExprKind::Call(Function::ToLower, arguments) => match arguments.as_slice() {
            [
                Expr {
                    kind: ExprKind::Path(path),
                    ..
                },
            ] => Some(Subject { path, folded: true }),
            _ => None,
        },
        _ => None,
    }
}

impl Subject<'_> {
    /// Whether ignoring case says the same: the other text has to be in small letters too.
    pub fn accepts(&self, text: &str) -> bool {
        !self.folded || lower(text) == text
    }

    /// The values that are a text, with anything before or after it.
    pub fn wildcard(&self, shape: &Shape, before: bool, text: &str, after: bool) -> Option<Query> {
        let star = |wanted| if wanted { "*" } else { "" };
        let pattern = format!("{}{}{}", star(before), escaped(text), star(after));
        if pattern.chars().count() > MAX_PATTERN {
            return None;
        }
        let mut clause = Wildcard::new(whole(shape)?, pattern);
        clause.case_insensitive = self.folded;
        Some(Query::Wildcard(clause))
    }

    /// Where any of a field's values fulfils a text function.
    pub fn query(&self, shape: &Shape, function: Function, text: &str) -> Option<Query> {
        if !self.accepts(text) {
            return None;
        }
        match function {
            Function::MatchesPattern if self.folded => None,
            Function::MatchesPattern => {
                let pattern = ecmascript::translate(text);
                PyPattern::compile(&pattern).ok()?;
                let clause = PythonRegexp::new(whole(shape)?, pattern);
                Some(Query::PythonRegexp(clause))
            }
            _ if text.is_empty() => {
                let (there, exact) = present(shape);
                exact.then_some(there)
            }
            Function::Contains => self.wildcard(shape, true, text, true),
            Function::EndsWith => self.wildcard(shape, true, text, false),
            Function::StartsWith => {
                let terms = shape.terms.as_ref().filter(|terms| terms.limit.is_none());
                match terms {
                    Some(terms) if !self.folded => {
                        Some(Query::Prefix(Prefix::new(&terms.path, text)))
                    }
                    _ => self.wildcard(shape, false, text, true),
                }
            }
            _ => None,
        }
    }
}

/// Where all of a field's strings can be looked through.
fn whole(shape: &Shape) -> Option<&str> {
    let terms = shape.terms.as_ref().filter(|terms| terms.limit.is_none());
    let parts = shape.parts.as_deref();
    parts.or_else(|| terms.map(|terms| terms.path.as_str()))
}

impl Compiler<'_> {
    /// A text function with a field and a value; `None` for others.
    pub(super) fn text_condition(&self, function: Function, arguments: &[Expr]) -> Option<Sets> {
        let [text, other] = arguments else {
            return None;
        };
        if !function.is_condition() {
            return None;
        }
        let subject = subject(text)?;
        if subject.path.variable.is_some() || subject.path.names.is_empty() {
            return None;
        }
        let Literal::String(other) = self.constant(other)? else {
            return Some(Sets::constant(None));
        };
        let view = subject.path.names.len() == 1
            && subject
                .path
                .names
                .first()
                .is_some_and(|name| tag_view(name).is_some());
        let shape = self.shape(&subject.path.names).filter(|_| !view);
        let Some(shape) = shape else {
            return Some(Sets::constant(None));
        };
        let there = present(&shape).0;
        let sets = match (shape.kind, subject.query(&shape, function, &other)) {
            (Kind::Text, Some(query)) => {
                let no = all_of(vec![there, not(query.clone())]);
                let mut sets = Sets::exact(query, no);
                // A list is no text.
                sets.exact = shape.lists.is_none();
                sets
            }
            (Kind::Number { .. } | Kind::Boolean, _) => Sets::constant(None),
            _ => Sets::about(there.clone(), there),
        };
        Some(with_odd(sets, &shape))
    }
}
