//! The first documents of a query in the order of evaluated keys.

use std::cmp::Ordering;
use std::time::Instant;

use tantivy::columnar::Column;
use tantivy::{DocAddress, SegmentReader};

use super::condition::{CLOCK_EVERY, Candidates, sources};
use super::record::{BATCH, Segment};
use crate::error::{EngineError, Result};
use crate::odata::error::ODataError;
use crate::odata::eval::{Value, compare_keys};
use crate::odata::{Evaluator, Record};
use crate::query::plan::{Numbers, Planned, Planner, numbers};

/// A key of the order.
#[derive(Debug)]
pub struct Key {
    /// What is evaluated.
    pub evaluator: Evaluator,
    /// Whether the largest comes first.
    pub descending: bool,
    /// Whether texts that are dates are ordered as instants.
    pub instants: bool,
}

/// What was found.
pub(crate) struct Ordered {
    /// How many documents match.
    pub total: u64,
    /// The first of them.
    pub first: Vec<DocAddress>,
}

struct Row {
    keys: Vec<Value<'static>>,
    /// What breaks ties: the number of the field, then the ordinal.
    tie: (Option<i64>, u64),
    address: DocAddress,
}

/// The first documents of `base` on which a condition is true, in the order of keys; ties by a field of
/// whole numbers.
pub(crate) fn ordered(
    planner: &Planner<'_>,
    base: Planned,
    condition: Option<&Evaluator>,
    keys: &[Key],
    tie: &str,
    limit: usize,
) -> Result<Ordered> {
    let sources = sources(
        planner.context,
        keys.iter().map(|key| &key.evaluator).chain(condition),
    );
    let candidates = Candidates::new(planner, base);
    let mut total = 0;
    let mut best = Best {
        keys,
        limit,
        rows: Vec::new(),
    };
    let readers = planner.searcher().segment_readers();
    for (number, reader) in (0u32..).zip(readers) {
        let docs = candidates
            .of(reader)
            .map_err(|error| planner.failure().unwrap_or(error))?;
        let mut segment = Segment::open(reader, &sources)?;
        let ties = Ties::open(planner, reader, number, tie)?;
        for batch in docs.chunks(BATCH) {
            segment.batch(batch)?;
            for (at, doc) in batch.iter().enumerate() {
                if at % CLOCK_EVERY == 0
                    && Instant::now() >= planner.deadline
                    && let Some(key) = keys.first()
                {
                    return Err(key.evaluator.too_late().into());
                }
                let found = segment.look(*doc, |record| values(condition, keys, record))?;
                let Some(keys) = found else {
                    continue;
                };
                total += 1;
                best.take(Row {
                    keys,
                    tie: ties.of(*doc),
                    address: DocAddress::new(number, *doc),
                });
            }
        }
    }
    best.cut();
    Ok(Ordered {
        total,
        first: best.rows.into_iter().map(|row| row.address).collect(),
    })
}

/// A record's keys; `None` where the condition is not true.
fn values(
    condition: Option<&Evaluator>,
    keys: &[Key],
    record: &dyn Record,
) -> Result<Option<Vec<Value<'static>>>, ODataError> {
    if let Some(condition) = condition
        && !condition.matches(record)?
    {
        return Ok(None);
    }
    let value = |key: &Key| {
        let value = key.evaluator.value(record)?;
        let value = if key.instants {
            value.instants()
        } else {
            value
        };
        Ok(value.into_owned())
    };
    keys.iter().map(value).collect::<Result<_, _>>().map(Some)
}

/// What breaks ties in a segment.
struct Ties<'a> {
    numbers: Option<Column<i64>>,
    ords: &'a Column<u64>,
}

impl<'a> Ties<'a> {
    fn open(
        planner: &Planner<'a>,
        reader: &SegmentReader,
        number: u32,
        path: &str,
    ) -> Result<Self> {
        let numbers = numbers(reader, path)?.into_iter();
        let columns = planner.context.snapshot.columns(number);
        let columns = columns
            .ok_or_else(|| EngineError::Internal("a segment lacks its columns".to_owned()))?;
        Ok(Self {
            numbers: numbers
                .filter_map(|column| match column {
                    Numbers::I64(column) => Some(column),
                    _ => None,
                })
                .next(),
            ords: &columns.ord,
        })
    }

    fn of(&self, doc: u32) -> (Option<i64>, u64) {
        let number = self.numbers.as_ref().and_then(|column| column.first(doc));
        (number, self.ords.first(doc).unwrap_or_default())
    }
}

/// The best rows so far.
struct Best<'a> {
    keys: &'a [Key],
    limit: usize,
    rows: Vec<Row>,
}

impl Best<'_> {
    fn take(&mut self, row: Row) {
        self.rows.push(row);
        // Cutting seldom keeps it cheap.
        if self.rows.len() > self.limit.saturating_mul(2).saturating_add(1_024) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let keys = self.keys;
        self.rows.sort_by(|a, b| compare(keys, a, b));
        self.rows.truncate(self.limit);
    }
}

fn compare(keys: &[Key], a: &Row, b: &Row) -> Ordering {
    for (key, (a, b)) in keys.iter().zip(a.keys.iter().zip(&b.keys)) {
        let order = compare_keys(a, b);
        let order = if key.descending {
            order.reverse()
        } else {
            order
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.tie.cmp(&b.tie)
}
