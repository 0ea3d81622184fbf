//! The order of a listing: by the index where it sorts as the language wants, else by evaluation.

use engine::odata::{
    DateTime, Evaluator, IndexSchema, ListQuery, ODataError, Schema, Value, compare_keys,
};
use engine::request::{Missing, Order, Sort, SortField};
use serde_json::Value as Json;

/// How a listing is sorted.
pub enum Ordering {
    /// By the index.
    Index(Vec<Sort>),
    /// By values that are evaluated on each record; whether the largest comes first.
    Evaluated(Vec<(Evaluator, bool)>),
}

/// The order of a listing; ties always by ascending id.
pub fn ordering(query: &ListQuery, schema: &IndexSchema, now: DateTime) -> Ordering {
    if query.orderby.is_empty() {
        return Ordering::Index(vec![field("created_at", true), field("id", false)]);
    }
    let mut sorts = Vec::new();
    for item in &query.orderby {
        let path = item.field().and_then(|path| {
            let shape = schema.shape(&path)?;
            shape.sort_path().map(str::to_owned)
        });
        match path {
            Some(path) => sorts.push(field(&path, item.descending)),
            None => {
                let keys = query.orderby.iter();
                let keys =
                    keys.map(|item| (Evaluator::new(item.expr.clone(), now), item.descending));
                return Ordering::Evaluated(keys.collect());
            }
        }
    }
    sorts.push(field("id", false));
    Ordering::Index(sorts)
}

/// Absent values are the least.
fn field(path: &str, descending: bool) -> Sort {
    let order = if descending { Order::Desc } else { Order::Asc };
    let mut sort = SortField::new(path, order);
    sort.missing = if descending {
        Missing::Last
    } else {
        Missing::First
    };
    sort.unmapped_type = Some("long".to_owned());
    Sort::Field(sort)
}

/// Sorts records by evaluated keys; ties by ascending id.
///
/// # Errors
/// When evaluating costs more than it may.
pub fn sort(records: &mut [Json], keys: &[(Evaluator, bool)]) -> Result<(), ODataError> {
    let mut rows = Vec::with_capacity(records.len());
    for (at, record) in records.iter().enumerate() {
        let values = keys
            .iter()
            .map(|(key, _)| key.value(record))
            .collect::<Result<Vec<Value<'_>>, _>>()?;
        rows.push((at, values, record.get("id").and_then(Json::as_u64)));
    }
    rows.sort_by(|(_, a, a_id), (_, b, b_id)| {
        let by_keys = keys
            .iter()
            .zip(a.iter().zip(b))
            .map(|((_, descending), (a, b))| {
                let order = compare_keys(a, b);
                if *descending { order.reverse() } else { order }
            });
        by_keys
            .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            .then(a_id.cmp(b_id))
    });
    let places: Vec<usize> = rows.into_iter().map(|(at, ..)| at).collect();
    let mut sorted: Vec<Json> = places
        .into_iter()
        .map(|at| records.get_mut(at).map(Json::take).unwrap_or_default())
        .collect();
    records.swap_with_slice(&mut sorted);
    Ok(())
}
