//! Where a field has a value that compares with another in some way.

use super::Compiler;
use super::condition::present;
use super::schema::{Kind, Shape};
use super::sets::{any_of, nothing};
use crate::odata::expr::{BinaryOp, Function, Literal, guid_text};
use crate::odata::temporal::{Date, DateTime};
use crate::query::ast::{Query, Range, Scalar, Term};

/// The longest string of an index, in bytes.
const MAX_KEYWORD: usize = 32_766;
/// Doubles below hold every whole number.
const EXACT_DOUBLES: f64 = 9_007_199_254_740_992.0;

/// An answer of the index.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// These and no others.
    Exactly(Query),
    /// These at most.
    Within(Query),
    /// Values of this type never compare so.
    Never,
}

impl Compiler<'_> {
    /// Where any of a field's values stands so to a value that is not null.
    pub(super) fn found(&self, shape: &Shape, op: BinaryOp, literal: &Literal) -> Found {
        if matches!(literal, Literal::Double(number) if number.is_nan()) {
            return Found::Never;
        }
        match (shape.kind, literal) {
            (Kind::Other, _) => Found::Within(present(shape).0),
            (Kind::Number { whole }, Literal::Int(_) | Literal::Double(_)) => {
                number(shape, whole, op, literal)
            }
            (Kind::Boolean, Literal::Bool(flag)) => boolean(shape, op, *flag),
            (Kind::Date, Literal::DateTime(at)) => instant(shape, op, *at),
            (Kind::Date, Literal::Date(date)) => instant(shape, op, DateTime::midnight(*date)),
            (Kind::Date, Literal::String(text)) => date_text(shape, op, text),
            (Kind::Text, Literal::String(text)) => string(shape, op, text),
            (Kind::Text, Literal::Guid(guid)) if op == BinaryOp::Eq => id(shape, &guid_text(*guid)),
            // Some strings read as such values.
            (
                Kind::Text,
                Literal::Guid(_)
                | Literal::Date(_)
                | Literal::DateTime(_)
                | Literal::Time(_)
                | Literal::Duration(_),
            ) => Found::Within(present(shape).0),
            _ => Found::Never,
        }
    }
}

/// The range of what stands so to a bound.
fn range(path: &str, op: BinaryOp, low: Scalar, high: Scalar) -> Query {
    let mut range = Range::new(path);
    match op {
        BinaryOp::Gt => range.gt = Some(high),
        BinaryOp::Ge => range.gte = Some(low),
        BinaryOp::Lt => range.lt = Some(low),
        BinaryOp::Le => range.lte = Some(high),
        _ => {
            range.gte = Some(low);
            range.lte = Some(high);
        }
    }
    Query::Range(range)
}

/// What is greater or less than everything, or not.
fn beyond(shape: &Shape, op: BinaryOp, above: bool) -> Found {
    match op {
        BinaryOp::Lt | BinaryOp::Le if above => Found::Exactly(present(shape).0),
        BinaryOp::Gt | BinaryOp::Ge if !above => Found::Exactly(present(shape).0),
        _ => Found::Exactly(nothing()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "only its size matters")]
fn number(shape: &Shape, whole: bool, op: BinaryOp, literal: &Literal) -> Found {
    let (scalar, size) = match literal {
        Literal::Int(number) => (Scalar::Int(*number), (*number as f64).abs()),
        Literal::Double(number) if number.is_infinite() => {
            return beyond(shape, op, *number > 0.0);
        }
        Literal::Double(number) => (Scalar::Float(*number), number.abs()),
        _ => return Found::Never,
    };
    let path = &shape.path;
    if whole {
        return Found::Exactly(range(path, op, scalar.clone(), scalar));
    }
    if size == 0.0 {
        // A column of doubles tells one zero from the other.
        let (low, high) = (Scalar::Float(-0.0), Scalar::Float(0.0));
        return Found::Exactly(range(path, op, low, high));
    }
    if size < EXACT_DOUBLES {
        return Found::Exactly(range(path, op, scalar.clone(), scalar));
    }
    // The column rounds large whole numbers: what is equal there may differ.
    let loose = match op {
        BinaryOp::Gt => BinaryOp::Ge,
        BinaryOp::Lt => BinaryOp::Le,
        other => other,
    };
    Found::Within(range(path, loose, scalar.clone(), scalar))
}

fn boolean(shape: &Shape, op: BinaryOp, flag: bool) -> Found {
    let having = |value: bool| {
        op.holds(value.cmp(&flag))
            .then(|| Query::Term(Term::new(&shape.path, value)))
    };
    Found::Exactly(any_of(
        [false, true].into_iter().filter_map(having).collect(),
    ))
}

/// An instant as the index reads it: to the nanosecond, so that nothing is rounded.
fn written(at: DateTime) -> Option<String> {
    let nanos = i64::try_from(at.nanos).ok()?;
    let utc = DateTime::utc(nanos.into())?;
    let (hour, minute, second, nanos) = utc.time().parts();
    let date = utc.date();
    Some(format!(
        "{date}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z"
    ))
}

fn instant(shape: &Shape, op: BinaryOp, at: DateTime) -> Found {
    let Some(text) = written(at) else {
        return beyond(shape, op, at.nanos > 0);
    };
    let bound = Scalar::String(text);
    Found::Exactly(range(&shape.path, op, bound.clone(), bound))
}

/// Dates compare with strings as strings, of which the days decide first.
fn date_text(shape: &Shape, op: BinaryOp, text: &str) -> Found {
    match text.get(..10).and_then(Date::parse) {
        Some(day) => within_days(shape, op, day, day),
        None => Found::Within(present(shape).0),
    }
}

/// Where the day that a date was written with may stand so to any of some days. Whatever the clock's
/// offset was, the instant is less than a day away from that day.
fn within_days(shape: &Shape, op: BinaryOp, first: Date, last: Date) -> Found {
    let near = |days: i64| -> Option<Scalar> {
        written(DateTime::midnight(Date::from_days(days)?)).map(Scalar::String)
    };
    let (Some(low), Some(high)) = (near(first.days - 1), near(last.days + 2)) else {
        return Found::Within(present(shape).0);
    };
    let mut range = Range::new(&shape.path);
    if !matches!(op, BinaryOp::Lt | BinaryOp::Le) {
        range.gte = Some(low);
    }
    if !matches!(op, BinaryOp::Gt | BinaryOp::Ge) {
        range.lte = Some(high);
    }
    Found::Within(Query::Range(range))
}

/// Where `year(field)` or `date(field)` may stand so to a value; `None` for what is neither.
pub(super) fn part_of_date(
    shape: &Shape,
    function: Function,
    op: BinaryOp,
    literal: &Literal,
) -> Option<Found> {
    if shape.kind != Kind::Date {
        return None;
    }
    match (function, literal) {
        (Function::Date, Literal::Date(day)) => Some(within_days(shape, op, *day, *day)),
        (Function::Year, Literal::Int(year)) => {
            let (first, last) = (Date::new(*year, 1, 1)?, Date::new(*year, 12, 31)?);
            Some(within_days(shape, op, first, last))
        }
        _ => None,
    }
}

fn string(shape: &Shape, op: BinaryOp, text: &str) -> Found {
    let Some(terms) = &shape.terms else {
        return Found::Within(present(shape).0);
    };
    let long = |limit: usize| text.chars().count() > limit;
    match (op, terms.limit) {
        (BinaryOp::Eq, _) if text.len() > MAX_KEYWORD => Found::Exactly(nothing()),
        (BinaryOp::Eq, Some(limit)) if long(limit) => Found::Within(present(shape).0),
        (BinaryOp::Eq, _) => Found::Exactly(Query::Term(Term::new(&terms.path, text))),
        (_, Some(_)) => Found::Within(present(shape).0),
        (_, None) => {
            let bound = Scalar::from(text);
            Found::Exactly(range(&terms.path, op, bound.clone(), bound))
        }
    }
}

/// Strings that read as an id, in whatever case.
fn id(shape: &Shape, text: &str) -> Found {
    match &shape.terms {
        Some(terms) if terms.limit.is_none_or(|limit| limit >= text.len()) => {
            let mut term = Term::new(&terms.path, text);
            term.case_insensitive = true;
            Found::Exactly(Query::Term(term))
        }
        _ => Found::Within(present(shape).0),
    }
}
