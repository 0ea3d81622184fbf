//! The order of a listing: by the index where it sorts as the language wants, else by evaluation.
//! Both give the same order. Of values of different types in one field, absent ones are least, then
//! come booleans, numbers, texts, and dates; texts in a field of dates that are none are texts.

use super::columns::Key;
use super::compile::{Kind, Schema};
use super::eval::Evaluator;
use super::orderby::OrderItem;
use super::temporal::DateTime;
use crate::request::{Missing, Order, Sort, SortField};

/// How a listing is sorted.
pub enum Ordering {
    /// By the index.
    Index(Vec<Sort>),
    /// By values that are evaluated on each record.
    Evaluated(Vec<Key>),
}

impl Ordering {
    /// The order by some keys; ties by `tie`, a field of whole numbers, ascending.
    pub fn new(keys: &[OrderItem], tie: &str, schema: &dyn Schema, now: DateTime) -> Self {
        Self::by_index(keys, tie, schema).map_or_else(
            || Self::Evaluated(evaluated(keys, schema, now)),
            Self::Index,
        )
    }

    /// The order as the index sorts; `None` where it does not sort as evaluation would.
    pub(super) fn by_index(
        keys: &[OrderItem],
        tie: &str,
        schema: &dyn Schema,
    ) -> Option<Vec<Sort>> {
        let mut sorts = Vec::with_capacity(keys.len() + 1);
        for item in keys {
            let shape = schema.shape(&item.field()?)?;
            sorts.push(field(shape.sort_path()?, shape.kind, item.descending));
        }
        let kind = Kind::Number { whole: true };
        sorts.push(field(tie, kind, false));
        Some(sorts)
    }
}

/// The keys as they are evaluated.
pub(super) fn evaluated(keys: &[OrderItem], schema: &dyn Schema, now: DateTime) -> Vec<Key> {
    let key = |item: &OrderItem| {
        let shape = item.field().and_then(|path| schema.shape(&path));
        Key {
            evaluator: Evaluator::new(item.expr.clone(), now),
            descending: item.descending,
            instants: shape.is_some_and(|shape| shape.kind == Kind::Date),
        }
    };
    keys.iter().map(key).collect()
}

/// Absent values are the least. Dates compare by all of their digits.
fn field(path: &str, kind: Kind, descending: bool) -> Sort {
    let order = if descending { Order::Desc } else { Order::Asc };
    let mut sort = SortField::new(path, order);
    sort.missing = if descending {
        Missing::Last
    } else {
        Missing::First
    };
    sort.unmapped_type = Some("long".to_owned());
    sort.numeric_type = (kind == Kind::Date).then(|| "date_nanos".to_owned());
    Sort::Field(sort)
}
