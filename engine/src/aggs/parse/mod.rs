//! From JSON to the tree of aggregations.

mod names;
mod params;

pub(crate) use params::{Params, Read, float, wrong_type};

use serde_json::{Map, Value};

use super::bucket::{
    Composite, DateHistogram, Filter, Filters, Histogram, MissingBucket, Ranges, Terms,
};
use super::metric::{Cardinality, Percentiles, StatsMetric, TopHits, ValueCount, Which};
use super::node::{Kind, Node};
use crate::query::ast::{ParseError, ParseErrorKind};

/// The deepest that aggregations may nest.
const MAX_DEPTH: usize = 16;
/// The most aggregations of a request.
const MAX_NODES: usize = 1_000;

/// Reads the `aggs` object.
pub(crate) fn tree(value: &Value) -> Read<Vec<Node>> {
    let mut count = 0;
    siblings(value, 0, &mut count)
}

fn siblings(value: &Value, depth: usize, count: &mut usize) -> Read<Vec<Node>> {
    if depth >= MAX_DEPTH {
        return Err(ParseError::new(
            ParseErrorKind::TooDeep,
            format!("aggregations nest deeper than [{MAX_DEPTH}]"),
        ));
    }
    let Value::Object(object) = value else {
        return Err(wrong_type("an object", value));
    };
    let mut nodes = Vec::with_capacity(object.len().min(64));
    for (name, body) in object {
        *count += 1;
        if *count > MAX_NODES {
            return Err(ParseError::illegal(format!(
                "a request has at most [{MAX_NODES}] aggregations"
            )));
        }
        if name.is_empty() || name.contains(['[', ']', '>']) {
            return Err(ParseError::parsing(format!(
                "Invalid aggregation name [{name}]. Aggregation names can contain any character \
                 except '[', ']', and '>'"
            )));
        }
        nodes.push(node(name, body, depth, count).map_err(|error| error.within(name))?);
    }
    Ok(nodes)
}

fn node(name: &str, body: &Value, depth: usize, count: &mut usize) -> Read<Node> {
    let Value::Object(object) = body else {
        return Err(ParseError::parsing(format!(
            "Aggregation definition for [{name}] starts with a [{}], expected a [START_OBJECT].",
            params::token(body)
        )));
    };
    let mut definition: Option<(&str, &Map<String, Value>)> = None;
    let mut subs = None;
    let mut meta = None;
    for (key, value) in object {
        match key.as_str() {
            "aggs" | "aggregations" => {
                if subs.is_some() {
                    return Err(ParseError::parsing(format!(
                        "Found two sub aggregation definitions under [{name}]"
                    )));
                }
                let read = siblings(value, depth + 1, count);
                subs = Some(read.map_err(|error| error.within(key))?);
            }
            "meta" => match value {
                Value::Object(_) => meta = Some(value.clone()),
                other => return Err(wrong_type("an object", other).within("meta")),
            },
            kind => {
                if let Some((first, _)) = definition {
                    return Err(ParseError::parsing(format!(
                        "Found two aggregation type definitions in [{name}]: [{first}] and [{kind}]"
                    )));
                }
                names::check(kind)?;
                let Value::Object(params) = value else {
                    return Err(ParseError::parsing(format!(
                        "Expected [START_OBJECT] under [{kind}], but got a [{}] in [{name}]",
                        params::token(value)
                    )));
                };
                definition = Some((kind, params));
            }
        }
    }
    let Some((kind, params)) = definition else {
        return Err(ParseError::parsing(format!(
            "Missing definition for aggregation [{name}]"
        )));
    };
    let subs = subs.unwrap_or_default();
    let mut params = Params::new(name, kind, params);
    let read = read_kind(kind, &mut params, &subs).and_then(|read| {
        params.done()?;
        Ok(read)
    });
    let read = read.map_err(|error| error.within(kind))?;
    let is_metric = matches!(
        read,
        Kind::Stats(_)
            | Kind::ValueCount(_)
            | Kind::Cardinality(_)
            | Kind::Percentiles(_)
            | Kind::TopHits(_)
    );
    if is_metric && !subs.is_empty() {
        return Err(ParseError::illegal(format!(
            "Aggregator [{name}] of type [{kind}] cannot accept sub-aggregations"
        )));
    }
    Ok(Node {
        name: name.to_owned(),
        meta,
        kind: read,
        subs,
    })
}

fn read_kind(kind: &str, params: &mut Params<'_>, subs: &[Node]) -> Read<Kind> {
    if params.has("script") {
        return Err(ParseError::illegal(format!(
            "[script] of a [{kind}] aggregation is not supported"
        )));
    }
    Ok(match kind {
        "terms" => Kind::Terms(Terms::read(params, subs)?),
        "filter" => Kind::Filter(Filter::read(params)?),
        "filters" => Kind::Filters(Filters::read(params)?),
        "missing" => Kind::Missing(MissingBucket::read(params)?),
        "range" => Kind::Ranges(Ranges::read_numbers(params)?),
        "date_range" => Kind::Ranges(Ranges::read_dates(params)?),
        "histogram" => Kind::Histogram(Histogram::read(params, subs)?),
        "date_histogram" => Kind::DateHistogram(Box::new(DateHistogram::read(params, subs)?)),
        "composite" => Kind::Composite(Composite::read(params)?),
        "avg" => Kind::Stats(StatsMetric::read(Which::Avg, params)?),
        "sum" => Kind::Stats(StatsMetric::read(Which::Sum, params)?),
        "min" => Kind::Stats(StatsMetric::read(Which::Min, params)?),
        "max" => Kind::Stats(StatsMetric::read(Which::Max, params)?),
        "stats" => Kind::Stats(StatsMetric::read(Which::Stats, params)?),
        "extended_stats" => Kind::Stats(StatsMetric::read(Which::Extended, params)?),
        "value_count" => Kind::ValueCount(ValueCount::read(params)?),
        "cardinality" => Kind::Cardinality(Cardinality::read(params)?),
        "percentiles" => Kind::Percentiles(Percentiles::read(params)?),
        "top_hits" => Kind::TopHits(Box::new(TopHits::read(params)?)),
        other => return Err(names::unknown(other)),
    })
}
