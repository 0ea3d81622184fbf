//! Values as integers of which the smallest comes first, and which of several values counts.

use std::cmp::Ordering;

use tantivy::DocId;
use tantivy::columnar::Column;

use super::SortValue;
use crate::query::ip;
use crate::query::plan::Numbers;
use crate::request::{Order, SortMode};

/// Where an index's own name stands among the names of indices.
pub(super) const OWN_NAME: u64 = 1;

/// Where a name stands beside an index's own.
pub(super) fn beside(text: &str, own: &str) -> u64 {
    match text.cmp(own) {
        Ordering::Less => OWN_NAME - 1,
        Ordering::Equal => OWN_NAME,
        Ordering::Greater => OWN_NAME + 1,
    }
}

pub(super) const FIRST: u128 = 0;
pub(super) const PRESENT: u128 = 1 << 64;
pub(super) const LAST: u128 = 2 << 64;

/// A whole number as a sort value.
pub(super) fn unsigned_value(value: u64) -> SortValue {
    i64::try_from(value).map_or(SortValue::Unsigned(value), SortValue::Whole)
}

/// The term of a text: addresses are kept as digits.
pub(super) fn term_of(text: &str, is_ip: bool) -> String {
    if is_ip && let Ok(address) = ip::parse(text) {
        return ip::key(address);
    }
    text.to_owned()
}

/// The nanoseconds of a millisecond.
const MILLI: i64 = 1_000_000;

/// An instant as dates are sorted: Elasticsearch's have milliseconds.
pub(super) fn instant(at: tantivy::DateTime, nanos: bool) -> i64 {
    let at = at.into_timestamp_nanos();
    if nanos { at } else { whole_millis(at) }
}

/// The beginning of the millisecond of an instant.
pub(super) fn whole_millis(nanos: i64) -> i64 {
    nanos - nanos.rem_euclid(MILLI)
}

pub(super) fn directed(bits: u64, order: Order) -> u128 {
    PRESENT
        | u128::from(match order {
            Order::Asc => bits,
            Order::Desc => !bits,
        })
}

pub(super) fn whole_bits(value: i64) -> u64 {
    tantivy::i64_to_u64(value)
}

pub(super) fn float_bits(value: f64) -> u64 {
    tantivy::f64_to_u64(value)
}

/// A number in the encoding of a path's first column.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float casts saturate, which keeps the order"
)]
pub(super) fn bits_in(columns: &[Numbers], number: f64) -> u64 {
    match columns.first() {
        Some(Numbers::I64(_)) | None => whole_bits(number as i64),
        Some(Numbers::U64(_)) => number as u64,
        Some(Numbers::F64(_)) => float_bits(number),
        Some(Numbers::Bool(_)) => u64::from(number != 0.0),
        Some(Numbers::Date(_)) => whole_bits((number as i64).saturating_mul(1_000_000)),
    }
}

/// Where a text stands among the terms of a column: odd when it is one of them, even between two.
pub(super) fn place_of(column: Option<&tantivy::columnar::StrColumn>, text: &str) -> u64 {
    use tantivy::termdict::TermOrdinal;
    let Some(column) = column else { return 0 };
    let dictionary = column.dictionary();
    if let Ok(Some(ord)) = dictionary.term_ord(text.as_bytes()) {
        return 2 * ord + 1;
    }
    // The number of terms below it, by bisection.
    let (mut low, mut high): (TermOrdinal, TermOrdinal) = (0, dictionary.num_terms() as u64);
    let mut term = Vec::new();
    while low < high {
        let middle = low.midpoint(high);
        term.clear();
        match dictionary.ord_to_term(middle, &mut term) {
            Ok(true) if term.as_slice() < text.as_bytes() => low = middle + 1,
            _ => high = middle,
        }
    }
    2 * low
}

pub(super) fn pick<T, U>(
    column: &Column<T>,
    doc: DocId,
    mode: SortMode,
    convert: impl Fn(T) -> U,
    (average, sum): (impl Fn(&[U]) -> Option<U>, impl Fn(&[U]) -> Option<U>),
) -> Option<U>
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
    U: Ord + Copy,
{
    let values = column.values_for_doc(doc).map(convert);
    match mode {
        SortMode::Min => values.min(),
        SortMode::Max => values.max(),
        SortMode::Median => {
            let mut all: Vec<U> = values.collect();
            all.sort_unstable();
            average(middle(&all))
        }
        SortMode::Avg => average(&values.collect::<Vec<_>>()),
        SortMode::Sum => sum(&values.collect::<Vec<_>>()),
    }
}

/// The one or two values in the middle of some that are sorted.
fn middle<T>(sorted: &[T]) -> &[T] {
    let count = sorted.len();
    let from = count.saturating_sub(1) / 2;
    sorted.get(from..=count / 2).unwrap_or_default()
}

/// The mean and the sum of a document's values, halves rounded up; sums that do not fit stop at the largest.
pub(super) type Totals<T> = (fn(&[T]) -> Option<T>, fn(&[T]) -> Option<T>);

pub(super) const WHOLE: Totals<i64> = (
    |values| {
        let count = i128::try_from(values.len())
            .ok()
            .filter(|count| *count > 0)?;
        let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
        i64::try_from((2 * sum + count).div_euclid(2 * count)).ok()
    },
    |values| values.iter().copied().reduce(i64::saturating_add),
);
pub(super) const UNSIGNED: Totals<u64> = (
    |values| {
        let count = u128::try_from(values.len())
            .ok()
            .filter(|count| *count > 0)?;
        let sum: u128 = values.iter().map(|value| u128::from(*value)).sum();
        u64::try_from((2 * sum + count) / (2 * count)).ok()
    },
    |values| values.iter().copied().reduce(u64::saturating_add),
);
pub(super) const FLAG: Totals<bool> = (
    |values| values.first().copied(),
    |values| values.first().copied(),
);

#[expect(clippy::cast_precision_loss, reason = "a document's values are few")]
pub(super) fn picked_float(column: &Column<f64>, doc: DocId, mode: SortMode) -> Option<f64> {
    let mut all: Vec<f64> = column.values_for_doc(doc).collect();
    all.sort_by(f64::total_cmp);
    match mode {
        _ if all.is_empty() => None,
        SortMode::Min => all.first().copied(),
        SortMode::Max => all.last().copied(),
        SortMode::Median => {
            let middle = middle(&all);
            Some(middle.iter().sum::<f64>() / middle.len() as f64)
        }
        SortMode::Sum => Some(all.iter().sum()),
        SortMode::Avg => Some(all.iter().sum::<f64>() / all.len() as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_round_halves_up() {
        let mean = WHOLE.0;
        for (values, expected) in [
            (&[3, 10][..], 7),
            (&[-3, -10], -6),
            (&[1, 2, 4], 2),
            (&[i64::MAX, i64::MAX], i64::MAX),
        ] {
            assert_eq!(mean(values), Some(expected), "{values:?}");
        }
        assert_eq!(UNSIGNED.0(&[3, 10]), Some(7));
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn the_middle_is_one_value_or_two() {
        assert_eq!(middle(&[1, 2, 3]), [2]);
        assert_eq!(middle(&[1, 2, 3, 4]), [2, 3]);
        assert_eq!(middle(&[1]), [1]);
        assert_eq!(middle::<i64>(&[]), [] as [i64; 0]);
    }
}
