//! The records of detections, an index of the node.

use std::sync::Arc;

use engine::index::Index;
use engine::request::{Order, SearchRequest, Sort, SourceFilter, WriteOp};
use engine::store::Blob;
use engine::{EngineError, Node};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::INDEX;
use super::error::DetectError;
use super::query::Conditions;
use super::results::Results;

/// A record's number.
const ID: &str = "figId";
/// Records that a page may lie behind; what is further has no page.
const WINDOW: u64 = 50_000_000;

/// A detection that is to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// The picture's name.
    pub name: String,
    /// When it was examined, in milliseconds since 1970.
    pub date_ms: i64,
    /// How long that took.
    pub seconds: f64,
    /// The kinds of defects that were found.
    pub labels: Vec<&'static str>,
    /// How many defects were found.
    pub num: u64,
    /// How sure the detector is.
    pub dice: f64,
    /// The name of the drawn picture ([`Detections::keep_drawn`]).
    pub result: String,
}

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its number; no other record ever gets it.
    pub fig_id: u64,
    /// The picture's name.
    pub name: String,
    /// When it was examined, in milliseconds since 1970.
    pub date_ms: i64,
    /// How long that took.
    pub seconds: f64,
    /// The kinds of defects that were found.
    pub labels: Vec<String>,
    /// How many defects were found.
    pub num: u64,
    /// How sure the detector is.
    pub dice: f64,
    /// The name of the drawn picture.
    pub result: String,
}

impl Record {
    fn from_source(id: &str, source: &Value) -> Result<Self, DetectError> {
        let damaged = || DetectError::Damaged(id.to_owned());
        let text = |name: &str| source.get(name).and_then(Value::as_str).map(str::to_owned);
        let real = |name: &str| source.get(name).and_then(Value::as_f64);
        let labels = source.get("labels").and_then(Value::as_array);
        Ok(Self {
            fig_id: source.get(ID).and_then(Value::as_u64).ok_or_else(damaged)?,
            name: text("name").ok_or_else(damaged)?,
            date_ms: source
                .get("date")
                .and_then(Value::as_i64)
                .ok_or_else(damaged)?,
            seconds: real("time").ok_or_else(damaged)?,
            labels: labels
                .into_iter()
                .flatten()
                .filter_map(|label| label.as_str().map(str::to_owned))
                .collect(),
            num: source
                .get("num")
                .and_then(Value::as_u64)
                .ok_or_else(damaged)?,
            dice: real("dice").ok_or_else(damaged)?,
            result: text("result").ok_or_else(damaged)?,
        })
    }
}

/// A page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// How many match in all.
    pub total: u64,
    /// The page's, newest first.
    pub records: Vec<Record>,
}

/// The records of a node. Its methods block.
#[derive(Debug)]
pub struct Detections {
    node: Node,
    results: Results,
    /// The next number, at least.
    next: Mutex<u64>,
}

impl Detections {
    /// Opens the records of a node, making their index the first time.
    ///
    /// # Errors
    /// When the index cannot be made or opened.
    pub fn open(node: &Node) -> Result<Self, EngineError> {
        if !node.index_exists(INDEX) {
            match node.create_own_index(INDEX, &definition()) {
                // Another thread was faster.
                Ok(()) | Err(EngineError::IndexExists(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            node: node.clone(),
            results: Results::new(node.store()),
            next: Mutex::new(1),
        })
    }

    /// The index of now: a restore may have replaced it.
    pub(super) fn index(&self) -> Result<Arc<Index>, EngineError> {
        self.node.own_index(INDEX)
    }

    /// Keeps a drawn picture, durably on return: its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_drawn(&self, bytes: &[u8]) -> Result<String, DetectError> {
        Ok(self.results.put(bytes)?)
    }

    /// Keeps records, all or none: their numbers, in order. On return they are durable, and searches
    /// find them.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn keep(&self, records: &[NewRecord]) -> Result<Vec<u64>, DetectError> {
        let index = self.index()?;
        // Records are never deleted, so the largest number tells which are taken. One request after the
        // other: what a number counts from has to be visible.
        let mut next = self.next.lock();
        let first = (*next).max(largest(&index)?.saturating_add(1));
        let ids: Vec<u64> = (first..).take(records.len()).collect();
        let ops = ids.iter().zip(records).map(|(id, record)| {
            let source = json!({
                ID: id, "name": record.name, "date": record.date_ms, "time": record.seconds,
                "labels": record.labels, "num": record.num, "dice": record.dice,
                "result": record.result,
            });
            WriteOp::create(Some(id.to_string()), source)
        });
        // Whatever becomes of them, these numbers are used up.
        *next = first.saturating_add(records.len() as u64);
        let results = index.write(ops.collect());
        let mut failed = None;
        let mut written = Vec::new();
        for (id, result) in ids.iter().zip(results) {
            match result {
                Ok(_) => written.push(WriteOp::delete(id.to_string())),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let outcome = match failed {
            None => index.refresh().map(|_| ()),
            Some(error) => Err(error),
        };
        if let Err(error) = outcome {
            // Whoever asked is told that nothing is kept.
            for undone in index.write(written) {
                if let Err(error) = undone {
                    tracing::warn!(%error, "a record of a failed request could not be taken back");
                }
            }
            return Err(error.into());
        }
        Ok(ids)
    }

    /// A page of the records that match, newest first.
    ///
    /// # Errors
    /// When the index cannot be searched.
    pub fn page(&self, conditions: &Conditions, skip: u64, take: u64) -> Result<Page, DetectError> {
        let reachable = skip.saturating_add(take) <= WINDOW;
        let request = SearchRequest {
            query: Some(conditions.query()),
            from: if reachable {
                usize::try_from(skip).unwrap_or(0)
            } else {
                0
            },
            size: if reachable {
                usize::try_from(take).unwrap_or(0)
            } else {
                0
            },
            sort: vec![
                Sort::field("date", Order::Desc),
                Sort::field(ID, Order::Desc),
            ],
            ..SearchRequest::default()
        };
        let found = self.index()?.search(&request)?;
        let records = found.hits.iter().map(|hit| {
            let source = hit.source_value()?.unwrap_or_default();
            Record::from_source(&hit.id, &source)
        });
        Ok(Page {
            total: found.total.map_or(0, |total| total.value),
            records: records.collect::<Result<_, _>>()?,
        })
    }

    /// The drawn picture of a record, with its name; `None` where there is no such record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn drawn(&self, fig_id: u64) -> Result<Option<(String, Blob)>, DetectError> {
        let id = fig_id.to_string();
        let Some(document) = self.index()?.get(&id)? else {
            return Ok(None);
        };
        let record = Record::from_source(&id, &document.source)?;
        let drawn = self.results.get(&record.result)?;
        Ok(drawn.map(|drawn| (record.result, drawn)))
    }
}

fn largest(index: &Index) -> Result<u64, EngineError> {
    let request = SearchRequest {
        size: 1,
        sort: vec![Sort::field(ID, Order::Desc)],
        source: SourceFilter::None,
        ..SearchRequest::default()
    };
    let hits = index.search(&request)?.hits;
    let largest = hits.first().and_then(|hit| hit.id.parse().ok());
    Ok(largest.unwrap_or(0))
}

/// Names are split where they have no letter or digit; `begin` has the beginnings of their words, so that
/// one with a typo is found by less than the whole.
fn definition() -> Value {
    json!({
        "settings": {"index": {
            "max_result_window": WINDOW,
            "pictor": {"substring": ["name"]},
            "analysis": {
                "tokenizer": {"parts": {"type": "pattern", "pattern": "[^\\p{L}\\p{N}]+"}},
                "filter": {"begin": {"type": "edge_ngram", "min_gram": 3, "max_gram": 24}},
                "analyzer": {
                    "parts": {"type": "custom", "tokenizer": "parts", "filter": ["lowercase"]},
                    "begin": {
                        "type": "custom", "tokenizer": "parts", "filter": ["lowercase", "begin"],
                    },
                },
            },
        }},
        "mappings": {"dynamic": false, "properties": {
            ID: {"type": "long"},
            "name": {
                "type": "text", "analyzer": "parts",
                "fields": {
                    "begin": {"type": "text", "analyzer": "begin", "search_analyzer": "parts"},
                    "keyword": {"type": "keyword"},
                },
            },
            "date": {"type": "date", "format": "epoch_millis"},
            "time": {"type": "double"},
            "labels": {"type": "keyword"},
            "num": {"type": "long"},
            "dice": {"type": "double"},
        }},
    })
}
