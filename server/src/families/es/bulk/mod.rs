//! `_bulk`: many writes, each with its own outcome.
//!
//! The lines are read twice: first all actions are checked, since a line that is none refuses them all; then
//! documents are read and written a part at a time, and outcomes are printed as they come, so that a large
//! bulk needs little more memory than its own text.

mod action;

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::index::Index;
use engine::request::{SourceFilter, WriteOp};
use serde_json::{Value, json};

use self::action::{Action, Actions};
use super::call::Call;
use super::documents::{current, refuse_pipeline, wanted_source, written};
use super::error::EsError;
use super::images;
use super::reply::Reply;
use super::search::source_parameters;

/// Documents that are written together.
const PART: usize = 2_000;
/// Bytes of documents that are.
const PART_BYTES: usize = 8 << 20;

/// `_bulk`
pub fn bulk(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "refresh",
        "_source",
        "_source_includes",
        "_source_excludes",
        "pipeline",
        "require_alias",
        "op_type",
    ])?;
    let started = std::time::Instant::now();
    let refresh = call.wants_refresh()?;
    refuse_pipeline(call.get("pipeline"))?;
    let default = call.index()?;
    let mut count = 0;
    for action in Actions::new(&call.body, default)? {
        action?;
        count += 1;
    }
    if count == 0 {
        return Err(EsError::invalid("no requests added"));
    }
    let mut bulk = Bulk {
        call,
        source: source_parameters(call),
        require_alias: call.flag("require_alias", false)?,
        touched: BTreeMap::new(),
        errors: false,
        items: String::new(),
    };
    let mut part = Vec::new();
    let mut bytes = 0;
    for action in Actions::new(&call.body, default)? {
        let action = action?;
        bytes += action.bytes();
        part.push(action);
        if part.len() >= PART || bytes >= PART_BYTES {
            bulk.write(std::mem::take(&mut part))?;
            bytes = 0;
        }
    }
    bulk.write(part)?;
    if refresh {
        for index in bulk.touched.values() {
            index.refresh()?;
        }
    }
    let took = started.elapsed().as_millis() as u64;
    let (errors, items) = (bulk.errors, bulk.items);
    Ok(Reply::Text {
        json: true,
        text: format!("{{\"took\":{took},\"errors\":{errors},\"items\":[{items}]}}"),
    })
}

/// A bulk that is under way.
struct Bulk<'a> {
    call: &'a Call,
    /// What of updated documents is answered.
    source: Option<Value>,
    require_alias: bool,
    touched: BTreeMap<String, Arc<Index>>,
    errors: bool,
    /// The outcomes, as they are printed.
    items: String,
}

impl Bulk<'_> {
    /// Writes a part, the documents of each index together.
    fn write(&mut self, part: Vec<Action<'_>>) -> Result<(), EsError> {
        let mut outcomes: Vec<Option<Value>> = vec![None; part.len()];
        let mut by_index: BTreeMap<&str, Vec<(usize, WriteOp)>> = BTreeMap::new();
        let mut wanted: Vec<Option<SourceFilter>> = vec![None; part.len()];
        for (at, action) in part.iter().enumerate() {
            let required = action.requires_alias().unwrap_or(self.require_alias);
            let alias = self.call.check_alias(&action.index, required);
            let read = alias.and_then(|()| action.op()).and_then(|(op, source)| {
                let source = match &op {
                    WriteOp::Update { .. } => {
                        wanted_source(source.as_ref().or(self.source.as_ref()))?
                    }
                    _ => None,
                };
                Ok((op, source))
            });
            match read {
                Ok((op, source)) => {
                    if let Some(slot) = wanted.get_mut(at) {
                        *slot = source;
                    }
                    by_index.entry(&action.index).or_default().push((at, op));
                }
                Err(error) => self.put(&mut outcomes, at, self.failed(action, &error)),
            }
        }
        for (name, ops) in by_index {
            let (places, ops): (Vec<usize>, Vec<WriteOp>) = ops.into_iter().unzip();
            let index = self.index(name);
            let results = match &index {
                Ok(index) => images::write(&self.call.app, index, ops),
                Err(error) => places.iter().map(|_| Err(error.clone())).collect(),
            };
            for (at, result) in places.into_iter().zip(results) {
                let Some(action) = part.get(at) else { continue };
                let outcome = match result {
                    Ok(result) => {
                        let (status, mut body) = written(self.call, &result);
                        let wanted = wanted.get(at).and_then(Option::as_ref);
                        if let Ok(index) = &index
                            && let Some(got) = current(index, &result.id, wanted)?
                        {
                            body.insert("get".into(), got);
                        }
                        body.insert("status".into(), json!(status.as_u16()));
                        Ok(json!({action.name: body}))
                    }
                    Err(error) => self.failed(action, &error),
                };
                self.put(&mut outcomes, at, outcome);
            }
        }
        for outcome in outcomes.into_iter().flatten() {
            if !self.items.is_empty() {
                self.items.push(',');
            }
            self.items.push_str(&engine::numerals::text(&outcome));
        }
        Ok(())
    }

    fn put(&mut self, outcomes: &mut [Option<Value>], at: usize, outcome: Result<Value, Value>) {
        self.errors |= outcome.is_err();
        if let Some(slot) = outcomes.get_mut(at) {
            *slot = Some(outcome.unwrap_or_else(|failed| failed));
        }
    }

    fn failed(&self, action: &Action<'_>, error: &EsError) -> Result<Value, Value> {
        Err(json!({action.name: {
            "_index": action.index, "_id": action.id, "status": error.status.as_u16(),
            "error": error.item(),
        }}))
    }

    fn index(&mut self, name: &str) -> Result<Arc<Index>, EsError> {
        let index = self.call.write_index(name)?;
        self.touched.insert(name.to_owned(), Arc::clone(&index));
        Ok(index)
    }
}
