//! The order of buckets: by key, by count, or by a metric below.

use std::cmp::Ordering;

use serde_json::Value;

use super::node::{Kind, Node};
use super::parse::{Read, wrong_type};
use super::partial::{Bucket, Partial};
use super::value::Key;
use crate::query::ast::ParseError;

/// The most levels of an order.
const MAX_LEVELS: usize = 16;

/// One level of an order.
#[derive(Debug, Clone)]
pub(crate) struct Level {
    by: By,
    descending: bool,
}

#[derive(Debug, Clone)]
enum By {
    Key,
    Count,
    Metric(MetricPath),
}

/// A metric below a bucket: through which children, and which of its values.
#[derive(Debug, Clone)]
struct MetricPath {
    children: Vec<usize>,
    value: String,
}

/// An order; the key decides last.
#[derive(Debug, Clone)]
pub(crate) struct Order(Vec<Level>);

impl Order {
    /// The largest counts first.
    pub(crate) fn by_count() -> Self {
        Self(vec![Level {
            by: By::Count,
            descending: true,
        }])
    }

    /// The smallest keys first.
    pub(crate) fn by_key() -> Self {
        Self(vec![Level {
            by: By::Key,
            descending: false,
        }])
    }

    /// Reads `{"_count": "desc"}` or a list of such.
    pub(crate) fn read(value: &Value, subs: &[Node]) -> Read<Self> {
        let mut levels = Vec::new();
        match value {
            Value::Array(items) => {
                for item in items {
                    read_level(item, subs, &mut levels)?;
                }
            }
            other => read_level(other, subs, &mut levels)?,
        }
        if levels.is_empty() || levels.len() > MAX_LEVELS {
            return Err(ParseError::illegal(format!(
                "Must specify at least one and at most {MAX_LEVELS} fields for [order]"
            )));
        }
        Ok(Self(levels))
    }

    /// Whether the key decides first.
    pub(crate) fn is_key(&self) -> bool {
        matches!(self.0.first(), Some(Level { by: By::Key, .. }))
    }

    /// Whether the first level is the count, largest first.
    pub(crate) fn is_count_descending(&self) -> bool {
        matches!(
            self.0.first(),
            Some(Level {
                by: By::Count,
                descending: true
            })
        )
    }

    /// The children that have to be known to order buckets.
    pub(crate) fn children(&self) -> Vec<usize> {
        let paths = self.0.iter().filter_map(|level| match &level.by {
            By::Metric(path) => path.children.first().copied(),
            _ => None,
        });
        paths.collect()
    }

    /// Compares two buckets.
    pub(crate) fn compare(
        &self,
        nodes: &[Node],
        (a_key, a): (&Key, &Bucket),
        (b_key, b): (&Key, &Bucket),
    ) -> Ordering {
        for level in &self.0 {
            let (order, fixed) = match &level.by {
                By::Key => (a_key.cmp(b_key), false),
                By::Count => (a.count.cmp(&b.count), false),
                By::Metric(path) => {
                    let (a, b) = (path.value(nodes, a), path.value(nodes, b));
                    match (a.is_nan(), b.is_nan()) {
                        // Nothing to compare goes last, whatever the direction.
                        (true, true) => (Ordering::Equal, true),
                        (true, false) => (Ordering::Greater, true),
                        (false, true) => (Ordering::Less, true),
                        (false, false) => (a.total_cmp(&b), false),
                    }
                }
            };
            if order != Ordering::Equal {
                return if level.descending && !fixed {
                    order.reverse()
                } else {
                    order
                };
            }
        }
        a_key.cmp(b_key)
    }
}

impl MetricPath {
    fn value(&self, nodes: &[Node], bucket: &Bucket) -> f64 {
        let (mut nodes, mut bucket) = (nodes, bucket);
        let mut children = self.children.iter().peekable();
        while let Some(child) = children.next() {
            let (Some(node), Some(partial)) = (nodes.get(*child), bucket.subs.get(*child)) else {
                return f64::NAN;
            };
            match (partial, children.peek()) {
                (Partial::Single(inner), Some(_)) => {
                    nodes = &node.subs;
                    bucket = inner;
                }
                (Partial::Single(inner), None) => return inner.count as f64,
                (Partial::Stats(stats), None) => {
                    let sigma = match &node.kind {
                        Kind::Stats(metric) => metric.sigma(),
                        _ => 2.0,
                    };
                    return stats.property(&self.value, sigma);
                }
                (Partial::Count(count), None) => return *count as f64,
                (Partial::Cardinality(distinct), None) => return distinct.estimate() as f64,
                (Partial::Percentiles(digest), None) => {
                    let percent: f64 = self.value.parse().unwrap_or(f64::NAN);
                    return digest.quantile(percent / 100.0).unwrap_or(f64::NAN);
                }
                _ => return f64::NAN,
            }
        }
        f64::NAN
    }
}

fn read_level(value: &Value, subs: &[Node], levels: &mut Vec<Level>) -> Read<()> {
    let Value::Object(object) = value else {
        return Err(wrong_type("an object", value).within("order"));
    };
    for (name, direction) in object {
        let descending = match direction.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("asc") => false,
            Some("desc") => true,
            _ => {
                return Err(ParseError::parsing(format!(
                    "Unknown order direction [{}]",
                    direction.as_str().unwrap_or("?")
                ))
                .within("order"));
            }
        };
        let by = match name.as_str() {
            "_key" | "_term" | "_time" => By::Key,
            "_count" => By::Count,
            path => By::Metric(metric_path(path, subs).map_err(|error| error.within("order"))?),
        };
        levels.push(Level { by, descending });
    }
    Ok(())
}

/// `filter>stats.avg`, `p[99]` and the like.
fn metric_path(path: &str, subs: &[Node]) -> Read<MetricPath> {
    let invalid = |what: &str| {
        ParseError::illegal(format!("Invalid aggregation order path [{path}]. {what}"))
    };
    let mut nodes = subs;
    let mut children = Vec::new();
    let mut parts = path.split('>').peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        let found = nodes.iter().position(|node| node.name == part);
        let (name, value) = match (found, last) {
            (Some(_), _) => (part, ""),
            (None, true) => split_value(part),
            (None, false) => (part, ""),
        };
        let at = nodes.iter().position(|node| node.name == name);
        let Some((at, node)) = at.and_then(|at| Some((at, nodes.get(at)?))) else {
            return Err(invalid(&format!(
                "The provided aggregation [{name}] either does not exist, or is a pipeline \
                 aggregation and cannot be used to sort the buckets."
            )));
        };
        children.push(at);
        if !last {
            if !matches!(node.kind, Kind::Filter(_) | Kind::Missing(_)) {
                return Err(invalid(&format!(
                    "Buckets can only be sorted on a sub-aggregator path that is built out of \
                     zero or more single-bucket aggregations within the path and a final \
                     single-bucket or a metrics aggregation at the path end. Sub-path [{name}] \
                     points to non single-bucket aggregation"
                )));
            }
            nodes = &node.subs;
            continue;
        }
        let fits = match &node.kind {
            Kind::Filter(_) | Kind::Missing(_) => matches!(value, "" | "doc_count" | "_count"),
            Kind::Stats(stats) => stats.has_property(value),
            Kind::ValueCount(_) | Kind::Cardinality(_) => matches!(value, "" | "value"),
            Kind::Percentiles(percentiles) => percentiles.has(value),
            _ => {
                return Err(invalid(&format!(
                    "Buckets can only be sorted on a single-bucket or a metrics aggregation. \
                     Sub-path [{name}] points to another aggregation"
                )));
            }
        };
        if !fits {
            return Err(invalid(&format!(
                "The aggregation [{name}] has no value [{value}] to sort by"
            )));
        }
        return Ok(MetricPath {
            children,
            value: value.to_owned(),
        });
    }
    Err(invalid("It is empty."))
}

/// `name.value` or `name[value]`.
fn split_value(part: &str) -> (&str, &str) {
    if let Some((name, rest)) = part.split_once('[')
        && let Some(value) = rest.strip_suffix(']')
    {
        return (name, value);
    }
    part.split_once('.').unwrap_or((part, ""))
}
