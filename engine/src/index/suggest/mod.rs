//! Suggestions of an index: built from its segments, kept up with its refreshes.
//!
//! A build covers everything up to a sequence number. Every refresh notes which documents of the
//! build are no more as they were, and which were written later, so that what is suggested is what
//! a new build would suggest: what was just written, and nothing that no living document has.
//! Small libraries are built again at each refresh, large ones in the background once enough has
//! changed.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Mutex, RwLock};
use tantivy::SegmentReader;

use super::{IndexSettings, SegmentColumns, Shared, Snapshot, SuggestField};
use crate::clock::now_millis;
use crate::query::plan::{first_number, numbers};
use crate::suggest::{
    self, ChangedNames, Changes, Gone, HotPhrases, Names, NamesBuilder, SuggestRequest,
    clamp_weight,
};

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

/// What went of a base since it was built.
enum Lost {
    Titles(Arc<Gone>),
    Names(HashMap<String, u32>),
}

/// What a base came to.
enum Newer {
    Titles(Changes),
    Names(ChangedNames),
}

/// A base, and the documents that it was built from.
struct Built {
    base: Base,
    /// The last sequence number that the base covers.
    covers: Option<u64>,
    documents: u64,
}

struct State {
    built: Arc<Built>,
    /// How many documents of the base are no more as they were, and what is lost with them.
    lost: (u64, Arc<Lost>),
    newer: Newer,
    /// How many documents were written since.
    written: u64,
}

/// The suggestions of an index, by target.
pub(crate) struct Suggesters {
    fields: BTreeMap<String, SuggestField>,
    states: RwLock<HashMap<String, Arc<State>>>,
    building: Mutex<Option<JoinHandle<()>>>,
    /// Held while states are made from the newest snapshot, so that no older one comes later.
    layering: Mutex<()>,
}

impl Suggesters {
    pub(super) fn new(settings: &IndexSettings) -> Self {
        Self {
            fields: settings.suggest.clone(),
            states: RwLock::default(),
            building: Mutex::new(None),
            layering: Mutex::new(()),
        }
    }

    /// Takes a new snapshot into account.
    pub(super) fn refreshed(&self, shared: &Arc<Shared>) {
        if self.fields.is_empty() {
            return;
        }
        let mut behind = false;
        {
            let _in_order = self.layering.lock();
            let snapshot = Arc::clone(&shared.snapshot.read());
            let documents = snapshot.searcher.num_docs();
            for (target, field) in &self.fields {
                let before = self.states.read().get(target).cloned();
                let before = before.filter(|_| documents > BUILD_AT_ONCE);
                let built = match &before {
                    Some(state) => Some(Arc::clone(&state.built)),
                    None => build(field, &snapshot).map(Arc::new),
                };
                let state = built.and_then(|built| {
                    let lost = before.as_ref().map(|state| &state.lost);
                    layered(built, lost, field, &snapshot)
                });
                match state {
                    Some(state) => {
                        let changes = state.written.saturating_add(state.lost.0);
                        behind |= changes >= CHANGES.max(documents / CHANGED_SHARE);
                        self.put(target, state);
                    }
                    None => tracing::warn!(target, "suggestions could not be built"),
                }
            }
        }
        if behind {
            self.build_later(shared);
        }
    }

    fn put(&self, target: &str, state: State) {
        self.states
            .write()
            .insert(target.to_owned(), Arc::new(state));
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
                    let Some(built) = build(field, &snapshot) else {
                        continue;
                    };
                    // What was written while it was built lies over it.
                    let _in_order = suggesters.layering.lock();
                    let now = Arc::clone(&shared.snapshot.read());
                    if let Some(state) = layered(Arc::new(built), None, field, &now) {
                        suggesters.put(target, state);
                    }
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
        target: &str,
        query: &str,
        limit: usize,
        correct: bool,
        hot: &HotPhrases,
    ) -> Vec<String> {
        let Some(state) = self.states.read().get(target).cloned() else {
            return Vec::new();
        };
        match (&state.built.base, &state.newer) {
            (Base::Titles(base), Newer::Titles(changes)) => {
                let request = SuggestRequest {
                    query,
                    limit,
                    correct,
                    now_ms: now_millis(),
                };
                base.suggest(changes, hot, &request, &mut |_| true)
            }
            (Base::Names(base), Newer::Names(changed)) if correct => base
                .suggest_changed(changed, query, limit)
                .into_iter()
                .map(|found| found.name)
                .collect(),
            (Base::Names(_) | Base::Titles(_), Newer::Names(_) | Newer::Titles(_)) => Vec::new(),
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

fn build(field: &SuggestField, snapshot: &Snapshot) -> Option<Built> {
    let base = if field.weight.is_some() {
        let mut entries: Vec<(String, u32, u64)> = Vec::new();
        for_each(field, snapshot, None, |text, weight, ord| {
            entries.push((text.to_owned(), weight, ord));
        })
        .then_some(())?;
        Base::Titles(suggest::Snapshot::build(entries).ok()?)
    } else {
        let mut builder = NamesBuilder::new();
        for_each(field, snapshot, None, |text, _, ord| {
            builder.add(text, 1, ord);
        })
        .then_some(())?;
        Base::Names(builder.build().ok()?)
    };
    Some(Built {
        base,
        covers: newest(snapshot),
        documents: snapshot.searcher.num_docs(),
    })
}

/// A base with what changed since it was built. `before` is what was lost at an earlier refresh.
fn layered(
    built: Arc<Built>,
    before: Option<&(u64, Arc<Lost>)>,
    field: &SuggestField,
    snapshot: &Snapshot,
) -> Option<State> {
    let left = old_documents(snapshot, built.covers);
    let lost = built.documents.saturating_sub(left);
    let lost = match before {
        // What is lost stays lost: as many are as many of the same.
        Some((count, before)) if *count == lost => (lost, Arc::clone(before)),
        _ => (lost, Arc::new(find_lost(&built, lost, snapshot)?)),
    };
    let mut added = Vec::new();
    for_each(field, snapshot, built.covers, |text, weight, ord| {
        added.push((text.to_owned(), weight, ord));
    })
    .then_some(())?;
    let newer = match (&built.base, lost.1.as_ref()) {
        (Base::Titles(base), Lost::Titles(gone)) => {
            Newer::Titles(base.changed(Some(Arc::clone(gone)), added).ok()?)
        }
        (Base::Names(base), Lost::Names(gone)) => {
            let names = added.iter().map(|(name, ..)| name);
            Newer::Names(base.changed(gone, names).ok()?)
        }
        (Base::Titles(_) | Base::Names(_), Lost::Titles(_) | Lost::Names(_)) => return None,
    };
    Some(State {
        newer,
        written: snapshot.searcher.num_docs().saturating_sub(left),
        lost,
        built,
    })
}

fn find_lost(built: &Built, lost: u64, snapshot: &Snapshot) -> Option<Lost> {
    let mut alive = Ordinals::default();
    if lost > 0 {
        each_old(snapshot, built.covers, |ord| alive.insert(ord));
    }
    let same = |ord: u64| lost == 0 || alive.contains(ord);
    Some(match &built.base {
        Base::Titles(base) => Lost::Titles(Arc::new(base.gone(same).ok()?)),
        Base::Names(base) => Lost::Names(base.gone(same)),
    })
}

/// A set of ordinals, which lie close together.
#[derive(Default)]
struct Ordinals(Vec<u64>);

impl Ordinals {
    fn insert(&mut self, ord: u64) {
        let Ok(word) = usize::try_from(ord / 64) else {
            return;
        };
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (ord % 64);
        }
    }

    fn contains(&self, ord: u64) -> bool {
        let word = usize::try_from(ord / 64).ok();
        word.and_then(|word| self.0.get(word))
            .is_some_and(|bits| bits & 1 << (ord % 64) != 0)
    }
}

/// How many living documents are as they were at a sequence number.
fn old_documents(snapshot: &Snapshot, covers: Option<u64>) -> u64 {
    let Some(covers) = covers else {
        return 0;
    };
    let parts = snapshot
        .searcher
        .segment_readers()
        .iter()
        .zip(&snapshot.columns);
    let of = |(reader, columns): (&SegmentReader, &SegmentColumns)| {
        if columns.seq.max_value() <= covers {
            u64::from(reader.num_docs())
        } else if columns.seq.min_value() > covers {
            0
        } else {
            let old = |doc: &u32| columns.seq.first(*doc).unwrap_or_default() <= covers;
            reader.doc_ids_alive().filter(old).count() as u64
        }
    };
    parts.map(of).sum()
}

/// Calls `visit` with the ordinal of each living document that is as it was at a sequence number.
fn each_old(snapshot: &Snapshot, covers: Option<u64>, mut visit: impl FnMut(u64)) {
    let Some(covers) = covers else {
        return;
    };
    let parts = snapshot.searcher.segment_readers().iter();
    for (reader, columns) in parts.zip(&snapshot.columns) {
        for doc in reader.doc_ids_alive() {
            if columns.seq.first(doc).unwrap_or_default() <= covers {
                visit(columns.ord.first(doc).unwrap_or_default());
            }
        }
    }
}
