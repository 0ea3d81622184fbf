//! Terms of several indices, and their answer.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Terms, TermsBucket, TermsPartial};
use crate::aggs::Finish;
use crate::aggs::node::Node;
use crate::aggs::value::{Key, ValueKind};
use crate::error::Result;

/// Adds another index's buckets.
pub(super) fn merge(
    terms: &Terms,
    name: &str,
    subs: &[Node],
    into: &mut TermsPartial,
    from: TermsPartial,
) -> Result<()> {
    let kind = into.kind.joined(from.kind, name)?;
    if into.format.is_plain() {
        into.format = from.format;
    }
    into.kind = kind;
    into.merged = true;
    let (ours, theirs) = (into.error, from.error);
    let mut known: HashMap<Key, TermsBucket> = HashMap::with_capacity(into.buckets.len());
    for mut bucket in into.buckets.drain(..) {
        bucket.key = bucket.key.among(kind);
        known.insert(bucket.key.clone(), bucket);
    }
    let mut both = Vec::new();
    let mut only = Vec::new();
    for mut bucket in from.buckets {
        bucket.key = bucket.key.among(kind);
        match known.remove(&bucket.key) {
            Some(mut here) => {
                here.bucket.merge(subs, bucket.bucket)?;
                here.error = sum(here.error, bucket.error);
                both.push(here);
            }
            None => {
                // The others may have had some of it.
                bucket.error = sum(bucket.error, ours);
                only.push(bucket);
            }
        }
    }
    for (_, mut bucket) in known {
        bucket.error = sum(bucket.error, theirs);
        only.push(bucket);
    }
    both.append(&mut only);
    into.buckets = both;
    into.other += from.other;
    into.error = sum(ours, theirs);
    into.buckets.sort_by(|a, b| {
        terms
            .order
            .compare(subs, (&a.key, &a.bucket), (&b.key, &b.bucket))
    });
    Ok(())
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    Some(a?.saturating_add(b?))
}

/// Writes the buckets.
pub(super) fn finish(
    terms: &Terms,
    subs: &[Node],
    partial: &TermsPartial,
    out: &mut Map<String, Value>,
    end: &mut Finish,
) -> Result<()> {
    // One index has counted everything itself.
    let shown = |error: Option<u64>| match (partial.merged, error) {
        (_, None) => Value::from(-1),
        (false, Some(_)) => Value::from(0),
        (true, Some(error)) => Value::from(error),
    };
    let mut other = partial.other;
    let mut buckets = Vec::new();
    for row in &partial.buckets {
        if row.bucket.count < terms.least {
            continue;
        }
        if buckets.len() >= terms.size {
            other += row.bucket.count;
            continue;
        }
        end.take(1)?;
        let mut body = Map::new();
        body.insert("key".to_owned(), row.key.to_json());
        if partial.kind != ValueKind::Text
            && let Some(text) = partial.format.key(&row.key)
        {
            body.insert("key_as_string".to_owned(), text.into());
        }
        body.insert("doc_count".to_owned(), row.bucket.count.into());
        if terms.show_errors {
            let error = row.error.filter(|_| partial.error.is_some());
            body.insert("doc_count_error_upper_bound".to_owned(), shown(error));
        }
        crate::aggs::partial::finish_all(subs, &row.bucket.subs, &mut body, end)?;
        buckets.push(Value::Object(body));
    }
    out.insert(
        "doc_count_error_upper_bound".to_owned(),
        shown(partial.error),
    );
    out.insert("sum_other_doc_count".to_owned(), other.into());
    out.insert("buckets".to_owned(), Value::Array(buckets));
    Ok(())
}
