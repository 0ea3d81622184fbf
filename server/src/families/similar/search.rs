//! Finding pictures by how they look.

use std::sync::Arc;
use std::time::Instant;

use engine::query::ast::{DisMax, Knn, Query};
use engine::request::{Hit, Nearest, SearchRequest, Sort};
use serde_json::Value;

use super::answer::SimError;
use super::bodies::{SimilarPicture, SimilarSearchForm};
use super::source::{Place, object, picture};
use crate::app::App;
use crate::http::FileForm;
use crate::library::{ALIAS, Record};

/// Entries when nobody says how many.
const DEFAULT_LIMIT: usize = 10;
/// The most entries.
const MAX_LIMIT: u64 = 1_000;
/// What the fields with vectors of pictures are called, before their number.
const PICTURES: &str = "_vectors.picture_";
/// Scenes of the picture to look for that count.
const MAX_SCENES: usize = 8;

pub(super) async fn from_form(
    app: &Arc<App>,
    form: FileForm<SimilarSearchForm>,
) -> Result<Vec<SimilarPicture>, SimError> {
    let _room = Arc::clone(&app.upload_room)
        .try_acquire_owned()
        .map_err(|_| SimError("too many uploads at once; try again later".to_owned()))?;
    let form = form.read(app.settings.limits.max_file_bytes).await?;
    let limit = match form.field("limit").map(str::trim) {
        None | Some("") => DEFAULT_LIMIT,
        Some(text) => in_range(text.parse().ok(), text)?,
    };
    let bytes = form
        .file
        .ok_or_else(|| SimError("[file] is missing".to_owned()))?;
    search(app, bytes, limit).await
}

pub(super) async fn from_body(
    app: &Arc<App>,
    body: Result<Value, String>,
    place: Place,
) -> Result<Vec<SimilarPicture>, SimError> {
    let body = object(body)?;
    let limit = match body.get("limit") {
        None | Some(Value::Null) => DEFAULT_LIMIT,
        Some(value) => in_range(value.as_u64(), value)?,
    };
    let bytes = picture(app, &body, place).await?;
    search(app, bytes, limit).await
}

fn in_range(number: Option<u64>, shown: impl std::fmt::Display) -> Result<usize, SimError> {
    number
        .filter(|number| (1..=MAX_LIMIT).contains(number))
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| {
            SimError(format!(
                "[limit] must be a whole number from 1 to {MAX_LIMIT}, not {shown}"
            ))
        })
}

async fn search(
    app: &Arc<App>,
    bytes: Vec<u8>,
    limit: usize,
) -> Result<Vec<SimilarPicture>, SimError> {
    let work = Arc::clone(app);
    let job = app.search_pool.submit(move || {
        let started = Instant::now();
        let query = looks_like(&work, &bytes, limit, &[])?;
        let request = SearchRequest {
            query: Some(query),
            size: limit,
            sort: vec![
                Sort::Score(engine::request::Order::Desc),
                Sort::Doc(engine::request::Order::Asc),
            ],
            timeout: Some(work.settings.limits.query_timeout),
            ..SearchRequest::default()
        };
        let hits = work.node.search(ALIAS, &request)?.hits;
        work.recent
            .note("picture", None, hits.len() as u64, started.elapsed());
        let entries = hits.into_iter().flat_map(entries);
        Ok::<_, SimError>(entries.take(limit).collect())
    })?;
    job.await?
}

/// The nearest to any scene of the picture, as it is or in a mirror, among what the filters let pass.
///
/// # Errors
/// When the picture cannot be decoded, or is over the limit.
pub fn looks_like(
    app: &App,
    bytes: &[u8],
    limit: usize,
    filters: &[Query],
) -> Result<Query, SimError> {
    if bytes.len() as u64 > app.settings.limits.max_file_bytes {
        return Err(SimError(format!(
            "the file is over the limit of {} bytes",
            app.settings.limits.max_file_bytes
        )));
    }
    let embedding = app.library.embedding();
    let scenes = embedding.scenes(bytes, &app.settings.limits.pictures())?;
    let field = &embedding.fields.picture.field;
    let mut queries = Vec::new();
    for scene in scenes.into_iter().take(MAX_SCENES) {
        let mirrored = embedding.models.picture.mirror(&scene.vector);
        for vector in mirrored.into_iter().chain([scene.vector]) {
            let mut knn = Knn::new(field.as_str(), vector);
            knn.k = Some(limit);
            knn.filter = filters.to_vec();
            knn.num_candidates = Some((limit * 2).clamp(100, 2_000));
            queries.push(Query::Knn(knn));
        }
    }
    Ok(match queries.len() {
        1 => queries.remove(0),
        _ => Query::DisMax(DisMax::new(queries)),
    })
}

/// How a hit looks like the picture that was looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looks {
    /// The cosine.
    pub similarity: f64,
    /// The frame that comes nearest.
    pub frame: u32,
    /// When that frame shows, in seconds.
    pub time: f64,
}

/// What of a hit comes nearest, where it was found by how it looks.
pub fn looks(hit: &Hit) -> Option<Looks> {
    let pictures = hit.nearest.iter().filter(|nearest| is_picture(nearest));
    let best = pictures.max_by(|a, b| a.similarity.total_cmp(&b.similarity))?;
    Some(Looks {
        similarity: cosine(best.similarity),
        frame: best.slot,
        time: millis(best.time),
    })
}

/// Titles have vectors too.
fn is_picture(nearest: &Nearest) -> bool {
    nearest.field.starts_with(PICTURES)
}

/// A cosine without what single floats are uncertain of.
fn cosine(similarity: f32) -> f64 {
    (f64::from(similarity) * 1e6).round().clamp(-1e6, 1e6) / 1e6
}

/// Seconds to the millisecond, which no single float prints.
fn millis(seconds: f32) -> f64 {
    (f64::from(seconds) * 1_000.0).round() / 1_000.0
}

/// One entry for each key of a picture.
fn entries(hit: Hit) -> Vec<SimilarPicture> {
    let best = looks(&hit);
    let Ok(Some(source)) = hit.source_value() else {
        return Vec::new();
    };
    let Some(record) = Record::from_source(&hit.id, &source) else {
        return Vec::new();
    };
    let animated = record.measures.frames > 1;
    let entry = |key: String, filepath: Option<String>| SimilarPicture {
        key,
        filepath,
        id: record.id,
        score: best.map_or(0.0, |best| best.similarity),
        frame: best.filter(|_| animated).map(|best| best.frame),
        time: best.filter(|_| animated).map(|best| best.time),
    };
    let keys = record.keys.iter();
    keys.map(|key| entry(key.key.clone(), key.filepath.clone()))
        .collect()
}
