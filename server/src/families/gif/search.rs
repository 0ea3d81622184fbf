//! Searching: from a checked body to a page of pictures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use engine::clock::now_millis;
use engine::request::Hit;
use poem_openapi::Object;
use poem_openapi::types::Example;
use serde_json::Value;

use super::answer::GifError;
use super::modes::{self, Meaning};
use super::page::{Page, page};
use super::request::{GifSearch, Mode};
use crate::app::App;
use crate::families::similar::looks;
use crate::library::ALIAS;

/// A page of a search.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename = "GifSearchData", example)]
pub struct SearchData {
    /// How many pages of ten there are; 0 for none.
    pub page_count: u64,
    /// The pictures of the page.
    pub page_data: Vec<Picture>,
    /// How many pictures match.
    pub total: u64,
    /// Milliseconds that the search took.
    pub took_ms: u64,
}

/// A picture that was found.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename = "GifHit")]
pub struct Picture {
    /// The picture's number.
    pub id: u64,
    /// Its file name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its width in pixels.
    pub width: u64,
    /// Its height in pixels.
    pub height: u64,
    /// Seconds of one loop; 0 for a still.
    pub duration: f64,
    /// Who uploaded it.
    pub uploader: String,
    /// The uploader's number.
    pub uploader_id: i64,
    /// Its category; may be empty.
    pub category: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// How often it was liked.
    pub like: i64,
    /// When it was published (RFC 3339), if that is known.
    pub pub_time: Option<String>,
    /// The SHA-256 of its file; absent for a record without one.
    #[oai(skip_serializing_if_is_none)]
    pub hash: Option<String>,
    /// How well it matches, in the modes that rank: only comparable within one search.
    #[oai(skip_serializing_if_is_none)]
    pub score: Option<f32>,
    /// The searched text, escaped for HTML, with what matched between `<em>` and `</em>`.
    #[oai(skip_serializing_if_is_none)]
    pub highlight: Option<BTreeMap<String, Vec<String>>>,
    /// How much it looks like the picture that was looked for: a cosine.
    #[oai(skip_serializing_if_is_none)]
    pub similarity: Option<f64>,
    /// The frame of an animation that looks most like it.
    #[oai(skip_serializing_if_is_none)]
    pub frame: Option<u32>,
    /// When that frame shows, in seconds.
    #[oai(skip_serializing_if_is_none)]
    pub time: Option<f64>,
}

impl Example for SearchData {
    fn example() -> Self {
        Self {
            page_count: 1,
            page_data: vec![Picture {
                id: 117,
                name: "jumping-cat.gif".to_owned(),
                title: "A cat jumps over the sofa".to_owned(),
                width: 320,
                height: 240,
                duration: 1.6,
                uploader: "anonymous".to_owned(),
                uploader_id: 0,
                category: "animal".to_owned(),
                tags: vec!["cat".to_owned(), "jump".to_owned()],
                like: 12,
                pub_time: Some("2026-01-31T08:00:00Z".to_owned()),
                hash: None,
                score: Some(2_001.7),
                highlight: Some(BTreeMap::from([(
                    "title".to_owned(),
                    vec!["A <em>cat</em> jumps over the sofa".to_owned()],
                )])),
                similarity: None,
                frame: None,
                time: None,
            }],
            total: 1,
            took_ms: 2,
        }
    }
}

/// Answers a body.
pub(super) async fn search(
    app: &Arc<App>,
    body: Result<Value, String>,
) -> Result<SearchData, GifError> {
    let body = body.map_err(GifError::Format)?;
    let search = GifSearch::from_json(&body)?;
    let limit = app.settings.limits.query_timeout;
    let app = Arc::clone(app);
    let job = app.clone().search_pool.submit(move || {
        let started = Instant::now();
        let meaning = meaning(&app, &search)?;
        let request = modes::compile(&search, meaning.as_ref())?;
        let found = page(&app.node, ALIAS, &request, search.page, limit)?;
        if let (1, Some(text), true) = (search.page, &search.text, found.total > 0) {
            app.hot.record(&text.keyword, now_millis());
        }
        if search.page == 1 {
            let text = search.text.as_ref().map(|text| text.keyword.as_str());
            app.recent
                .note(search.kind(), text, found.total, started.elapsed());
        }
        Ok(shaped(found, started))
    })?;
    job.await?
}

/// What the text model says of the keyword, where the mode asks for meaning.
pub(super) fn meaning(app: &App, search: &GifSearch) -> Result<Option<Meaning>, GifError> {
    let text = match &search.text {
        Some(text) if search.mode == Mode::Related => text,
        _ => return Ok(None),
    };
    let embedding = app.library.embedding();
    let Some(vector) = embedding.text(&text.keyword)? else {
        return Ok(None);
    };
    Ok(Some(Meaning {
        field: embedding.fields.title.field.clone(),
        vector,
        cut_off: embedding.models.text.cut_off().among(titles(app)?),
    }))
}

/// How many records the search looks among.
fn titles(app: &App) -> Result<u64, GifError> {
    let targets = app.node.resolve(ALIAS)?;
    Ok(targets
        .iter()
        .map(|target| target.index.document_count())
        .sum())
}

fn shaped(found: Page, started: Instant) -> SearchData {
    SearchData {
        page_count: found.count(),
        total: found.total,
        page_data: found.hits.into_iter().map(picture).collect(),
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

/// A hit as the contract shows it. Records may have come by other ways than the library: what is
/// missing or of another type gets its default.
pub(super) fn picture(hit: Hit) -> Picture {
    let looks = looks(&hit);
    let source = hit.source_value().ok().flatten().unwrap_or_default();
    let text = |key: &str| {
        let text = source.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let whole = |key: &str| source.get(key).map(integer).unwrap_or_default();
    let size = |key: &str| u64::try_from(whole(key)).unwrap_or_default();
    let tags = match source.get("tags") {
        Some(Value::Array(tags)) => tags
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(tag)) => vec![tag.clone()],
        _ => Vec::new(),
    };
    let id = source.get("id").and_then(Value::as_u64);
    let animated = size("frames") > 1;
    let optional = |key: &str| {
        let text = source.get(key).and_then(Value::as_str);
        text.map(str::to_owned)
    };
    Picture {
        id: id.or_else(|| hit.id.parse().ok()).unwrap_or_default(),
        name: text("name"),
        title: text("title"),
        width: size("width"),
        height: size("height"),
        duration: source
            .get("duration")
            .and_then(Value::as_f64)
            .unwrap_or_default(),
        uploader: text("uploader"),
        uploader_id: whole("uploader_id"),
        category: text("category"),
        tags,
        like: whole("like"),
        pub_time: optional("pub_time"),
        hash: optional("hash"),
        score: hit.score.filter(|score| score.is_finite()),
        highlight: hit.highlight.map(marks),
        similarity: looks.map(|looks| looks.similarity),
        frame: looks.filter(|_| animated).map(|looks| looks.frame),
        time: looks.filter(|_| animated).map(|looks| looks.time),
    }
}

fn integer(value: &Value) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    let whole = |float: f64| float as i64;
    value
        .as_i64()
        .or_else(|| value.as_f64().map(whole))
        .unwrap_or_default()
}

fn marks(highlight: serde_json::Map<String, Value>) -> BTreeMap<String, Vec<String>> {
    highlight
        .into_iter()
        .map(|(field, fragments)| {
            let fragments = fragments.as_array().into_iter().flatten();
            let texts = fragments.filter_map(Value::as_str).map(str::to_owned);
            (field, texts.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use engine::request::Source;
    use poem_openapi::types::ToJSON;
    use serde_json::json;

    use super::*;

    #[test]
    fn missing_fields_get_their_defaults() {
        let bare = picture(Hit {
            id: "12".to_owned(),
            source: Some(Source::of(
                &json!({"tags": "one", "like": 3.0, "width": -1}),
            )),
            ..Hit::default()
        });
        assert_eq!(
            bare.to_json().unwrap(),
            json!({"id": 12, "name": "", "title": "", "width": 0, "height": 0, "duration": 0.0,
                "uploader": "", "uploader_id": 0, "category": "", "tags": ["one"], "like": 3,
                "pub_time": null})
        );
    }
}
