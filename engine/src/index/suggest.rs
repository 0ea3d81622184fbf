//! Suggestions of an index: built from its segments, kept up with its refreshes.
//!
//! A build covers everything up to a sequence number; documents written later
//! lie in an overlay that every refresh makes anew, so that a suggestion shows
//! what was just written, and a title is only suggested while a living document
//! has it. Small libraries are built again at each refresh, large ones in the
//! background once enough has changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Mutex, RwLock};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED};

use super::{IndexSettings, Shared, Snapshot, SuggestField};
use crate::clock::now_millis;
use crate::query::plan::{first_number, numbers};
use crate::suggest::{
    self, HotPhrases, Names, NamesBuilder, Overlay, SuggestRequest, clamp_weight, merge_names,
};
use crate::text::TermSource;

/// Up to so many documents a build is part of the refresh.
const BUILD_AT_ONCE: u64 = 2_000;
/// Changes that start a build in the background: this many, and this share.
const CHANGES: u64 = 1_000;
const CHANGED_SHARE: u64 = 10;

/// What was built from the documents up to a sequence number.
enum Base {
    /// Completions and corrections of a field with weights.
    Titles(suggest::Snapshot),
    /// Corrections of names.
    Names(Names),
}

struct State {
    base: Arc<Base>,
    /// The last sequence number that the base covers.
    covers: Option<u64>,
    overlay: Overlay,
    newer_names: Option<Names>,
}

/// The suggestions of an index, by target.
pub(crate) struct Suggesters {
    fields: BTreeMap<String, SuggestField>,
    states: RwLock<HashMap<String, Arc<State>>>,
    building: Mutex<Option<JoinHandle<()>>>,
}

impl Suggesters {
    pub(super) fn new(settings: &IndexSettings) -> Self {
        Self {
            fields: settings.suggest.clone(),
            states: RwLock::default(),
            building: Mutex::new(None),
        }
    }

    /// Takes a new snapshot into account.
    pub(super) fn refreshed(&self, shared: &Arc<Shared>) {
        if self.fields.is_empty() {
            return;
        }
        let snapshot = Arc::clone(&shared.snapshot.read());
        let documents = snapshot.searcher.num_docs();
        let newest = newest(&snapshot);
        let mut behind = false;
        for (target, field) in &self.fields {
            let state = self.states.read().get(target).cloned();
            let state = match state {
                Some(state) if documents > BUILD_AT_ONCE => state,
                _ => {
                    self.build(target, field, &snapshot);
                    continue;
                }
            };
            let next = layered(Arc::clone(&state.base), state.covers, field, &snapshot);
            self.states.write().insert(target.clone(), Arc::new(next));
            let changes = newest
                .unwrap_or(0)
                .saturating_sub(state.covers.unwrap_or(0));
            behind |= changes >= CHANGES.max(documents / CHANGED_SHARE);
        }
        if behind {
            self.build_later(shared);
        }
    }

    fn build(&self, target: &str, field: &SuggestField, snapshot: &Snapshot) {
        match build(field, snapshot) {
            Some(base) => {
                let state = State {
                    base: Arc::new(base),
                    covers: newest(snapshot),
                    overlay: Overlay::new(),
                    newer_names: None,
                };
                self.states
                    .write()
                    .insert(target.to_owned(), Arc::new(state));
            }
            None => tracing::warn!(target, "suggestions could not be built"),
        }
    }

    fn build_later(&self, shared: &Arc<Shared>) {
        let mut building = self.building.lock();
        if building
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
        {
            return;
        }
        let shared = Arc::clone(shared);
        let thread = std::thread::Builder::new()
            .name("suggest-build".to_owned())
            .spawn(move || {
                let snapshot = Arc::clone(&shared.snapshot.read());
                let suggesters = &shared.suggesters;
                for (target, field) in &suggesters.fields {
                    let Some(base) = build(field, &snapshot) else {
                        continue;
                    };
                    // What was written while it was built lies over it.
                    let now = Arc::clone(&shared.snapshot.read());
                    let state = layered(Arc::new(base), newest(&snapshot), field, &now);
                    suggesters
                        .states
                        .write()
                        .insert(target.clone(), Arc::new(state));
                }
            });
        match thread {
            Ok(thread) => *building = Some(thread),
            Err(error) => tracing::warn!(%error, "suggestions are not rebuilt"),
        }
    }

    /// Waits for a build in the background.
    pub(super) fn settle(&self) {
        let thread = self.building.lock().take();
        if let Some(thread) = thread
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }

    pub(super) fn suggest(
        &self,
        shared: &Shared,
        target: &str,
        query: &str,
        limit: usize,
        correct: bool,
        hot: &HotPhrases,
    ) -> Vec<String> {
        let Some(field) = self.fields.get(target) else {
            return Vec::new();
        };
        let Some(state) = self.states.read().get(target).cloned() else {
            return Vec::new();
        };
        let snapshot = Arc::clone(&shared.snapshot.read());
        match state.base.as_ref() {
            Base::Titles(base) => {
                let request = SuggestRequest {
                    query,
                    limit,
                    correct,
                    now_ms: now_millis(),
                };
                let mut alive = |candidate: &suggest::Candidate| {
                    ord_alive(&snapshot, shared.schema.ord, candidate.key)
                };
                base.suggest(&state.overlay, hot, &request, &mut alive)
            }
            Base::Names(names) if correct => {
                let source = TermSource::json(shared.schema.keywords, &field.field);
                let mut alive = |name: &str| term_alive(&snapshot, &source, name);
                let base = names.suggest(query, limit, &mut alive);
                let newer = state
                    .newer_names
                    .as_ref()
                    .map(|names| names.suggest(query, limit, &mut alive))
                    .unwrap_or_default();
                merge_names(base, newer, limit)
                    .into_iter()
                    .map(|found| found.name)
                    .collect()
            }
            Base::Names(_) => Vec::new(),
        }
    }
}

fn newest(snapshot: &Snapshot) -> Option<u64> {
    snapshot
        .columns
        .iter()
        .filter(|columns| columns.seq.num_docs() > 0)
        .map(|columns| columns.seq.max_value())
        .max()
}

/// Calls `visit` with each living document's texts of a field, its weight, ordinal and sequence
/// number; `false` when a segment cannot be read.
fn for_each(
    field: &SuggestField,
    snapshot: &Snapshot,
    after: Option<u64>,
    mut visit: impl FnMut(&str, u32, u64),
) -> bool {
    let parts = snapshot
        .searcher
        .segment_readers()
        .iter()
        .zip(&snapshot.columns);
    for (reader, columns) in parts {
        if after.is_some_and(|after| columns.seq.max_value() <= after) {
            continue;
        }
        let key = (reader.segment_id(), field.field.clone());
        let Some(Some(raw)) = snapshot.raw.get(&key) else {
            continue;
        };
        let weights = match field.weight.as_deref().map(|path| numbers(reader, path)) {
            None => Vec::new(),
            Some(Ok(weights)) => weights,
            Some(Err(_)) => return false,
        };
        for doc in reader.doc_ids_alive() {
            let seq = columns.seq.first(doc).unwrap_or_default();
            if after.is_some_and(|after| seq <= after) {
                continue;
            }
            let ord = columns.ord.first(doc).unwrap_or_default();
            let weight = clamp_weight(first_number(&weights, doc).unwrap_or_default());
            for text in raw.texts(doc) {
                visit(text, weight, ord);
            }
        }
    }
    true
}

fn build(field: &SuggestField, snapshot: &Snapshot) -> Option<Base> {
    if field.weight.is_some() {
        let mut entries: Vec<(String, u32, u64)> = Vec::new();
        for_each(field, snapshot, None, |text, weight, ord| {
            entries.push((text.to_owned(), weight, ord));
        })
        .then_some(())?;
        suggest::Snapshot::build(entries).ok().map(Base::Titles)
    } else {
        names(field, snapshot, None).map(Base::Names)
    }
}

fn names(field: &SuggestField, snapshot: &Snapshot, after: Option<u64>) -> Option<Names> {
    let mut builder = NamesBuilder::new();
    for_each(field, snapshot, after, |text, _, _| builder.add(text, 1)).then_some(())?;
    builder.build().ok()
}

/// A base with what is newer than it.
fn layered(
    base: Arc<Base>,
    covers: Option<u64>,
    field: &SuggestField,
    snapshot: &Snapshot,
) -> State {
    let mut overlay = Overlay::new();
    let mut newer_names = None;
    match base.as_ref() {
        Base::Titles(_) => {
            let mut seen = BTreeSet::new();
            for_each(field, snapshot, covers, |text, weight, ord| {
                if seen.insert(ord) {
                    overlay.insert(text, weight, ord);
                }
            });
        }
        Base::Names(_) => newer_names = names(field, snapshot, covers),
    }
    State {
        base,
        covers,
        overlay,
        newer_names,
    }
}

fn ord_alive(snapshot: &Snapshot, field: tantivy::schema::Field, ord: u64) -> bool {
    let term = tantivy::Term::from_field_u64(field, ord);
    snapshot
        .searcher
        .segment_readers()
        .iter()
        .any(|reader| has(reader, &term))
}

fn term_alive(snapshot: &Snapshot, source: &TermSource, text: &str) -> bool {
    let term = source.term(text);
    snapshot
        .searcher
        .segment_readers()
        .iter()
        .any(|reader| has(reader, &term))
}

/// Whether a living document of a segment has a term.
fn has(reader: &SegmentReader, term: &tantivy::Term) -> bool {
    let Ok(inverted) = reader.inverted_index(term.field()) else {
        return false;
    };
    let Ok(Some(mut postings)) = inverted.read_postings(term, IndexRecordOption::Basic) else {
        return false;
    };
    let mut doc = postings.doc();
    while doc != TERMINATED {
        if !reader.is_deleted(doc) {
            return true;
        }
        doc = postings.advance();
    }
    false
}
