//! `collapse`: only the best hit of each value of a field, with others of its group on demand.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};
use tantivy::SegmentReader;

use super::collect::{Candidate, Entry};
use super::keys::{SegmentKey, SortValue};
use super::single::shortest;
use super::{Context, Ranked, Scope, combined, several};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::{Bool, Exists, ParseError, Query, Range, Scalar, Term};
use crate::query::ip;
use crate::request::{Collapse, Hit, Order, SearchRequest, Sort, SortField, SortMode, weight_of};

/// The most kinds of inner hits of one request.
const MAX_INNER: usize = 10;
/// `from` + `size` of inner hits may not go past it.
const MAX_INNER_WINDOW: usize = 100;

/// The best documents of each value in one segment, as many values as there are hits.
pub(super) struct Groups {
    path: String,
    low: SegmentKey,
    high: SegmentKey,
    limit: usize,
    best: HashMap<u128, Candidate>,
    order: BTreeSet<(Candidate, u128)>,
    several_values: bool,
}

impl Groups {
    pub(super) fn open(
        context: &Context,
        reader: &SegmentReader,
        path: &str,
        limit: usize,
    ) -> Result<Self> {
        let illegal = |reason: String| Err(EngineError::IllegalArgument(reason));
        match context
            .definition
            .mapping
            .field(path)
            .map(|field| &field.kind)
        {
            None => {
                return illegal(format!(
                    "no mapping found for `{path}` in order to collapse on"
                ));
            }
            Some(FieldType::Text { .. } | FieldType::Object { .. } | FieldType::Vector(_)) => {
                return illegal(format!(
                    "unknown type for collapse field `{path}`, only keywords and numbers are \
                     accepted"
                ));
            }
            Some(_) => {}
        }
        let side = |mode| {
            let mut field = SortField::new(path, Order::Asc);
            field.mode = Some(mode);
            SegmentKey::open(context, reader, &Sort::Field(field))
        };
        Ok(Self {
            path: path.to_owned(),
            low: side(SortMode::Min)?,
            high: side(SortMode::Max)?,
            limit,
            best: HashMap::new(),
            order: BTreeSet::new(),
            several_values: false,
        })
    }

    /// Takes a document into account. A group that falls out may come back with a better one.
    pub(super) fn offer(&mut self, candidate: Candidate) {
        let key = self.low.key(candidate.doc, 0, 0.0);
        if self.high.key(candidate.doc, 0, 0.0) != key {
            self.several_values = true;
            return;
        }
        match self.best.get(&key) {
            Some(before) if *before <= candidate => return,
            Some(before) => {
                self.order.remove(&(before.clone(), key));
            }
            None if self.best.len() >= self.limit => {
                if self
                    .order
                    .last()
                    .is_none_or(|(worst, _)| *worst <= candidate)
                {
                    return;
                }
                if let Some((_, worst)) = self.order.pop_last() {
                    self.best.remove(&worst);
                }
            }
            None => {}
        }
        self.best.insert(key, candidate.clone());
        self.order.insert((candidate, key));
    }

    /// Fails when a document had several values.
    pub(super) fn check(&self) -> Result<()> {
        if self.several_values {
            return Err(EngineError::IllegalArgument(format!(
                "failed to collapse on `{}`, the collapse field must be single valued",
                self.path
            )));
        }
        Ok(())
    }

    pub(super) fn into_best(self) -> Result<Vec<(Candidate, Option<SortValue>)>> {
        let low = self.low;
        self.order
            .into_iter()
            .map(|(candidate, _)| {
                let value = low.value(candidate.doc, 0, 0.0)?;
                Ok((candidate, Some(value)))
            })
            .collect()
    }
}

/// What tells a group's value from another's.
pub(super) fn identity(value: Option<&SortValue>) -> String {
    format!("{value:?}")
}

/// Leaves of sorted entries the first of each group.
pub(super) fn best_of_each(entries: &mut Vec<Entry>) {
    let mut seen = HashSet::new();
    entries.retain(|entry| seen.insert(identity(entry.group.as_ref())));
}

/// One kind of inner hits.
struct Inner {
    name: String,
    request: SearchRequest,
}

/// What a request cannot have beside groups.
pub(super) fn check(request: &SearchRequest) -> Result<()> {
    let Some(collapse) = &request.collapse else {
        return Ok(());
    };
    let illegal = |reason: &str| Err(EngineError::IllegalArgument(reason.to_owned()));
    if request.rescore.is_some() {
        return illegal("cannot use `collapse` in conjunction with `rescore`");
    }
    if request.search_after.is_some() {
        let same = matches!(
            request.sort.as_slice(),
            [Sort::Field(field)] if field.field == collapse.field
        );
        if !same {
            return illegal(
                "Cannot use [search_after] with [collapse] unless the only sort is the collapse \
                 field",
            );
        }
    }
    inner(collapse)?;
    Ok(())
}

fn inner(collapse: &Collapse) -> Result<Vec<Inner>, ParseError> {
    let items = match &collapse.inner_hits {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if items.len() > MAX_INNER {
        return Err(ParseError::illegal(format!(
            "[collapse] has at most {MAX_INNER} [inner_hits]"
        )));
    }
    let mut out: Vec<Inner> = Vec::with_capacity(items.len());
    for item in items {
        let one = one_inner(collapse, item)
            .map_err(|error| error.within("inner_hits").within("collapse"))?;
        if out.iter().any(|other| other.name == one.name) {
            return Err(ParseError::illegal(format!(
                "[inner_hits] already contains an entry for key [{}]",
                one.name
            )));
        }
        out.push(one);
    }
    Ok(out)
}

fn one_inner(collapse: &Collapse, value: &Value) -> Result<Inner, ParseError> {
    const ALLOWED: &[&str] = &[
        "from",
        "size",
        "sort",
        "_source",
        "highlight",
        "version",
        "seq_no_primary_term",
        "explain",
        "track_scores",
        "stored_fields",
        "docvalue_fields",
        "fields",
        "collapse",
    ];
    let Some(object) = value.as_object() else {
        return Err(ParseError::parsing("[inner_hits] is an object"));
    };
    let mut body = object.clone();
    let name = match body.remove("name") {
        None => collapse.field.clone(),
        Some(Value::String(name)) => name,
        Some(other) => return Err(ParseError::parsing(format!("[{other}] is no name"))),
    };
    body.remove("ignore_unmapped");
    if let Some(key) = body.keys().find(|key| !ALLOWED.contains(&key.as_str())) {
        return Err(ParseError::parsing(format!(
            "[inner_hits] unknown field [{key}]"
        )));
    }
    let sized = body.contains_key("size");
    let mut request = SearchRequest::from_json(&Value::Object(body))?;
    if !sized {
        request.size = 3;
    }
    let window = request.from.saturating_add(request.size);
    if window > MAX_INNER_WINDOW {
        return Err(ParseError::illegal(format!(
            "Inner result window is too large, the inner hit definition's [{name}]'s from + size \
             must be less than or equal to: [{MAX_INNER_WINDOW}] but was [{window}]."
        )));
    }
    if request
        .collapse
        .as_ref()
        .is_some_and(|second| second.inner_hits.is_some())
    {
        return Err(ParseError::illegal(
            "inner_hits is not allowed in a second level of collapse",
        ));
    }
    Ok(Inner { name, request })
}

/// Adds to each hit the value of its group, and the hits of its group.
pub(super) fn expand(
    scopes: &[Scope<'_>],
    request: &SearchRequest,
    collapse: &Collapse,
    hits: &mut [Hit],
    places: &[(usize, Ranked)],
) -> Result<()> {
    let kinds = inner(collapse)?;
    for (hit, (_, ranked)) in hits.iter_mut().zip(places) {
        let value = ranked.group.clone().unwrap_or(SortValue::Missing);
        if value != SortValue::Missing {
            hit.fields
                .get_or_insert_with(Map::new)
                .entry(collapse.field.clone())
                .or_insert_with(|| Value::Array(vec![value.to_json()]));
        }
        for kind in &kinds {
            let mut inner = kind.request.clone();
            let mut group = Bool {
                must: vec![combined(request).into_owned()],
                ..Bool::default()
            };
            match same_value(&collapse.field, &value) {
                Some(filter) => group.filter.push(filter),
                None => group
                    .must_not
                    .push(Query::Exists(Exists::new(collapse.field.clone()))),
            }
            inner.query = Some(Query::Bool(group));
            inner.post_filter.clone_from(&request.post_filter);
            inner.min_score = request.min_score;
            inner.bounds.clone_from(&request.bounds);
            let (found, _) = several::one_pass(scopes, &inner)?;
            let mut answer = Map::new();
            let whole = found.to_json();
            if let Some(bounds) = &request.bounds {
                bounds.spend(weight_of(&whole))?;
            }
            answer.insert(
                "hits".to_owned(),
                whole.get("hits").cloned().unwrap_or_default(),
            );
            hit.inner_hits
                .get_or_insert_with(Map::new)
                .insert(kind.name.clone(), Value::Object(answer));
        }
    }
    Ok(())
}

/// The documents with a group's value; `None` for those without one.
fn same_value(path: &str, value: &SortValue) -> Option<Query> {
    let scalar = match value {
        SortValue::Missing => return None,
        SortValue::Whole(whole) => Scalar::Int(*whole),
        SortValue::Unsigned(whole) => Scalar::UInt(*whole),
        SortValue::Float(float) => Scalar::Float(*float),
        SortValue::Single(float) => Scalar::Float(shortest(*float)),
        SortValue::Bool(flag) => Scalar::Bool(*flag),
        SortValue::Text(text) => Scalar::from(text.as_str()),
        SortValue::Address(key) => {
            Scalar::from(ip::from_key(key).unwrap_or_else(|| key.clone()).as_str())
        }
        SortValue::Instant(nanos) | SortValue::Nanos(nanos) => {
            let millis = Scalar::Int(nanos.div_euclid(1_000_000));
            let mut range = Range::new(path);
            range.gte = Some(millis.clone());
            range.lte = Some(millis);
            range.format = Some("epoch_millis".to_owned());
            return Some(Query::Range(range));
        }
    };
    Some(Query::Term(Term::new(path, scalar)))
}
