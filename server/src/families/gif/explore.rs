//! Searches for people who look: words and a picture at once, pages of any size, and how many of the
//! results have which category and tag.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use engine::clock::now_millis;
use engine::query::ast::{Bool, Query, Term};
use engine::request::{Order, SearchRequest, Sort};
use poem_openapi::Object;
use serde_json::{Value, json};

use super::answer::GifError;
use super::modes;
use super::page::page_of;
use super::request::GifSearch;
use super::search::{Picture, meaning, picture as shown};
use crate::app::App;
use crate::families::similar::{from_base64, looks_like};
use crate::library::ALIAS;

/// Results a page, unless the body says otherwise.
const DEFAULT_SIZE: u64 = 10;
/// The most results a page.
const MAX_SIZE: u64 = 100;
/// The most pictures that look like another one.
const NEAREST: usize = 200;
/// The most values of a facet.
const VALUES: usize = 40;
/// The fields that are counted.
const FACETS: [&str; 2] = ["category", "tags"];

/// A page of results.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename = "GifExploreData", skip_serializing_if_is_none)]
pub struct ExploreData {
    /// How many pages there are; 0 for none.
    pub page_count: u64,
    /// The pictures of the page.
    pub page_data: Vec<Picture>,
    /// How many pictures match.
    pub total: u64,
    /// Milliseconds that the search took.
    pub took_ms: f64,
    /// How many results have which value, where `facets` asked for it.
    pub facets: Option<Facets>,
}

/// How many results have which value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Object)]
#[oai(rename = "GifFacets")]
pub struct Facets {
    /// Categories, as if none were chosen.
    pub category: Vec<FacetCount>,
    /// Tags beside those that were chosen.
    pub tags: Vec<FacetCount>,
}

/// How many results have a value.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(rename = "GifFacetCount")]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// How many have it.
    pub count: u64,
}

/// What is asked for, checked.
struct Explore {
    search: GifSearch,
    like: Option<Like>,
    size: u64,
    facets: bool,
}

/// The picture that results look like.
enum Like {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The picture of this number.
    Record(u64),
}

fn bad(path: &str, reason: &str) -> GifError {
    GifError::Format(format!("[{path}] {reason}"))
}

impl Explore {
    fn from_json(body: &Value, limit: u64) -> Result<Self, GifError> {
        let search = GifSearch::from_json(body)?;
        let like = match (body.get("picture"), body.get("similar_to")) {
            (None, None) => None,
            (Some(_), Some(_)) => {
                return Err(bad("similar_to", "excludes [picture]: give one of them"));
            }
            (Some(Value::String(text)), None) => {
                let bytes = from_base64(text, limit).map_err(|error| {
                    GifError::Format(error.to_string().replacen("[base64]", "[picture]", 1))
                })?;
                Some(Like::Bytes(bytes))
            }
            (Some(_), None) => return Err(bad("picture", "must be a string in base64")),
            (None, Some(id)) => {
                Some(Like::Record(id.as_u64().filter(|id| *id > 0).ok_or_else(
                    || bad("similar_to", "must be a positive whole number"),
                )?))
            }
        };
        let size = match body.get("page_size") {
            None => DEFAULT_SIZE,
            Some(size) => size
                .as_u64()
                .filter(|size| (1..=MAX_SIZE).contains(size))
                .ok_or_else(|| bad("page_size", "must be a whole number from 1 to 100"))?,
        };
        let facets = match body.get("facets") {
            None => false,
            Some(Value::Bool(facets)) => *facets,
            Some(_) => return Err(bad("facets", "must be true or false")),
        };
        Ok(Self {
            search,
            like,
            size,
            facets,
        })
    }

    /// The search of these words and this picture.
    fn request(&self, app: &App, search: &GifSearch) -> Result<SearchRequest, GifError> {
        let meaning = meaning(app, search)?;
        let mut request = modes::compile(search, meaning.as_ref())?;
        let Some(like) = &self.like else {
            return Ok(request);
        };
        let condition = request.query.take();
        let filter: Vec<Query> = condition
            .into_iter()
            .filter(|query| !matches!(query, Query::MatchAll(_)))
            .collect();
        let (near, itself) = match like {
            Like::Bytes(bytes) => (looks_like(app, bytes, NEAREST, &filter), None),
            Like::Record(id) => {
                let record = app.library.record(*id)?.ok_or(GifError::UnknownPictures)?;
                let file = app
                    .library
                    .file(&record)?
                    .ok_or_else(|| bad("similar_to", "is a record without a picture"))?;
                (looks_like(app, &file, NEAREST, &filter), Some(*id))
            }
        };
        let near = near.map_err(|error| GifError::Image(error.to_string()))?;
        let itself = itself.map(|id| Query::Term(Term::new("id", id)));
        request.query = Some(Query::Bool(Bool {
            must: vec![near],
            filter,
            must_not: itself.into_iter().collect(),
            ..Bool::default()
        }));
        request.sort = vec![Sort::Score(Order::Desc), Sort::Doc(Order::Asc)];
        Ok(request)
    }

    fn kind(&self) -> &'static str {
        match (&self.search.text, &self.like) {
            (None, Some(_)) => "picture",
            (Some(_), Some(_)) => "picture.words",
            _ => self.search.kind(),
        }
    }
}

/// Answers a body.
pub(super) async fn explore(
    app: &Arc<App>,
    body: Result<Value, String>,
) -> Result<ExploreData, GifError> {
    let body = body.map_err(GifError::Format)?;
    let asked = Explore::from_json(&body, app.settings.limits.max_file_bytes)?;
    let app = Arc::clone(app);
    let job = app.clone().search_pool.submit(move || {
        let started = Instant::now();
        let limit = app.settings.limits.query_timeout;
        let request = asked.request(&app, &asked.search)?;
        let found = page_of(
            &app.node,
            ALIAS,
            &request,
            asked.search.page,
            asked.size,
            limit,
        )?;
        let facets = if asked.facets {
            Some(facets(&app, &asked, request)?)
        } else {
            None
        };
        let text = asked.search.text.as_ref().map(|text| text.keyword.as_str());
        if let (1, Some(text), true) = (asked.search.page, text, found.total > 0) {
            app.hot.record(text, now_millis());
        }
        let took = started.elapsed();
        if asked.search.page == 1 {
            app.recent.note(asked.kind(), text, found.total, took);
        }
        Ok(ExploreData {
            page_count: found.total.div_ceil(asked.size),
            total: found.total,
            page_data: found.hits.into_iter().map(shown).collect(),
            took_ms: (took.as_secs_f64() * 1e6).round() / 1e3,
            facets,
        })
    })?;
    job.await?
}

/// Counts the values of the results. Categories are counted as if none were chosen, so that another
/// one can be.
fn facets(app: &App, asked: &Explore, request: SearchRequest) -> Result<Facets, GifError> {
    let [category, tags] = FACETS;
    if asked.search.category.is_none() {
        let counted = counts(app, request, &FACETS)?;
        return Ok(Facets {
            category: values(&counted, category, &[]),
            tags: values(&counted, tags, &asked.search.tags),
        });
    }
    let within = counts(app, request, &[tags])?;
    let mut wider = asked.search.clone();
    wider.category = None;
    let beside = counts(app, asked.request(app, &wider)?, &[category])?;
    Ok(Facets {
        category: values(&beside, category, &[]),
        tags: values(&within, tags, &asked.search.tags),
    })
}

fn counts(app: &App, mut request: SearchRequest, fields: &[&str]) -> Result<Value, GifError> {
    let aggs = fields.iter().map(|field| {
        let terms = json!({"terms": {"field": field, "size": VALUES}});
        ((*field).to_owned(), terms)
    });
    request.aggs = Some(Value::Object(aggs.collect()));
    request.size = 0;
    request.from = 0;
    request.highlight = None;
    request.timeout = Some(app.settings.limits.query_timeout);
    let response = app.node.search(ALIAS, &request)?;
    Ok(response.aggregations.unwrap_or_default())
}

fn values(counted: &Value, field: &str, without: &[String]) -> Vec<FacetCount> {
    let without: BTreeSet<&str> = without.iter().map(String::as_str).collect();
    let buckets = counted.get(field).and_then(|found| found.get("buckets"));
    let buckets = buckets.and_then(Value::as_array);
    buckets
        .into_iter()
        .flatten()
        .filter_map(|bucket| {
            Some(FacetCount {
                value: bucket.get("key")?.as_str()?.to_owned(),
                count: bucket.get("doc_count")?.as_u64()?,
            })
        })
        .filter(|facet| !facet.value.is_empty() && !without.contains(facet.value.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    fn fault(body: Value) -> String {
        match Explore::from_json(&body, 8) {
            Ok(_) => "none".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn faults_are_named() {
        let long = base64::engine::general_purpose::STANDARD.encode([0; 9]);
        for (body, expected) in [
            (json!({}), "none"),
            (
                json!({"similar_to": 3, "facets": true, "page_size": 100}),
                "none",
            ),
            (json!({"picture": "aGk="}), "none"),
            (
                json!({"page_size": 0}),
                "[page_size] must be a whole number from 1 to 100",
            ),
            (
                json!({"page_size": "9"}),
                "[page_size] must be a whole number from 1 to 100",
            ),
            (json!({"facets": 1}), "[facets] must be true or false"),
            (
                json!({"similar_to": 0}),
                "[similar_to] must be a positive whole number",
            ),
            (
                json!({"picture": 7}),
                "[picture] must be a string in base64",
            ),
            (
                json!({"picture": "aGk=", "similar_to": 1}),
                "[similar_to] excludes [picture]: give one of them",
            ),
            (
                json!({"picture": long}),
                "[picture] the picture is over the limit of 8 bytes",
            ),
            (json!({"page": 0}), "the page is not a positive integer"),
        ] {
            assert_eq!(fault(body.clone()), expected, "{body}");
        }
    }

    #[test]
    fn values_leave_out_what_is_chosen_or_empty() {
        let counted = json!({"tags": {"buckets": [
            {"key": "", "doc_count": 9}, {"key": "cat", "doc_count": 5}, {"key": "red", "doc_count": 2}]}});
        assert_eq!(
            values(&counted, "tags", &["cat".to_owned()]),
            [FacetCount {
                value: "red".to_owned(),
                count: 2
            }]
        );
        assert_eq!(values(&counted, "category", &[]), []);
    }
}
