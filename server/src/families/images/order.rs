//! The order of a listing: by the index where it sorts as the language wants, else by evaluation.

use engine::odata::{DateTime, Evaluator, IndexSchema, ListQuery, OrderItem, OrderKey, Schema};
use engine::request::{Missing, Order, Sort, SortField};

/// How a listing is sorted.
pub enum Ordering {
    /// By the index.
    Index(Vec<Sort>),
    /// By values that are evaluated on each record.
    Evaluated(Vec<OrderKey>),
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
                let key = |item: &OrderItem| OrderKey {
                    evaluator: Evaluator::new(item.expr.clone(), now),
                    descending: item.descending,
                };
                return Ordering::Evaluated(query.orderby.iter().map(key).collect());
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
