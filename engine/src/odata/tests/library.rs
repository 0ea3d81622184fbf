//! Whole queries on a small library, as the listing of pictures runs them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::index::{Index, IndexOptions};
use crate::odata::{DateTime, IndexSchema, ListQuery, Schema, SearchField, compile, search_query};
use crate::query::ast::{Bool, Query};
use crate::request::{SearchRequest, WriteOp};
use crate::store::{MemStore, Store};

fn records() -> Vec<Json> {
    vec![
        json!({"id": 0, "title": "A cat on the sofa", "tags": ["cat", "high_quality"], "width": 1024, "height": 1024, "rating": 5, "is_favorite": true, "model": "Stable-Diffusion XL", "created_at": "2024-01-01T00:00:00Z", "steps": 20, "cfg_scale": 7.0}),
        json!({"id": 1, "title": "Two dogs", "tags": ["dog"], "width": 640, "height": 480, "rating": 4.5, "is_favorite": false, "model": "flux", "created_at": "2024-02-29T12:00:00Z", "steps": 30, "cfg_scale": 3.5}),
        json!({"id": 2, "title": "可爱的猫咪跳舞", "tags": ["cat", "猫"], "width": 480, "height": 640, "rating": 3, "is_nsfw": true, "created_at": "2024-03-01T00:00:00Z"}),
        json!({"id": 3, "title": "Landscape", "tags": ["landscape", "nature"], "width": 1920, "height": 1080, "rating": null, "is_nsfw": false, "model": "stable-diffusion 1.5", "created_at": "2023-06-01T00:00:00Z", "steps": 20}),
        json!({"id": 4, "title": "untitled", "tags": [], "width": 10, "height": 10, "rating": "good", "is_favorite": "yes", "created_at": "2025-01-01T00:00:00Z", "loras": ["detail", "Ink"]}),
        json!({"id": 5, "title": "", "width": 1, "height": 2, "rating": [1, 5], "model": 5, "created_at": "2024-01-01T00:00:00.5Z", "prompt": "a very long prompt ".repeat(30), "loras": "detail"}),
    ]
}

fn library() -> Index {
    let folder: Arc<dyn Store> = Arc::new(MemStore::new());
    let settings = json!({"index": {
        "mapping": {"ignore_malformed": true},
        "pictor": {"substring": ["title"]},
    }});
    let keyword = json!({"type": "keyword"});
    let mappings = json!({"properties": {
        "id": {"type": "long"}, "tags": keyword, "width": {"type": "long"}, "height": {"type": "long"},
        "title": {"type": "text", "analyzer": "chinese", "fields": {"keyword": keyword}},
        "created_at": {"type": "date"},
    }});
    Index::create(&folder, "library", 0, &settings, &mappings).unwrap();
    let index = Index::open("library", folder, IndexOptions::default()).unwrap();
    for (number, record) in records().into_iter().enumerate() {
        let op = WriteOp::index(Some(number.to_string()), record);
        index.write(vec![op]).remove(0).unwrap();
    }
    index.refresh().unwrap();
    index
}

/// The records that a query string finds, and whether the index alone found them.
fn list(index: &Index, raw: &str) -> (BTreeSet<usize>, bool) {
    let schema = IndexSchema::new(index);
    let query = ListQuery::parse(raw, &|name| schema.knows(name))
        .unwrap_or_else(|error| panic!("{raw}: {error}"));
    let now = DateTime::parse("2025-06-01T00:00:00Z").unwrap();
    let compiled = query
        .filter
        .as_ref()
        .map(|filter| compile(filter, &schema, now));
    let mut wanted = Bool::default();
    if let Some(compiled) = &compiled {
        wanted.filter.push(compiled.query.clone());
    }
    if let Some(search) = &query.search {
        let fields = [
            SearchField::Words("title".to_owned()),
            SearchField::Whole("tags".to_owned()),
        ];
        wanted.filter.push(search_query(search, &fields));
    }
    let request = SearchRequest {
        query: Some(Query::Bool(wanted)),
        size: 100,
        ..SearchRequest::default()
    };
    let residual = compiled.and_then(|compiled| compiled.residual);
    let found = schema.search(&request, residual.as_ref()).unwrap();
    let ids: BTreeSet<usize> = found
        .hits
        .iter()
        .map(|hit| hit.id.parse().unwrap())
        .collect();
    assert_eq!(found.total.unwrap().value, ids.len() as u64, "{raw}");
    (ids, residual.is_none())
}

/// A query string, what it finds, and whether the index alone can answer it.
const QUERIES: &[(&str, &[usize], bool)] = &[
    ("", &[0, 1, 2, 3, 4, 5], true),
    // The contract's examples.
    ("is_favorite&rating>=4.5&tag_high_quality", &[0], false),
    (
        "model~stable-diffusion&width>=1024&height>=1024",
        &[0, 3],
        false,
    ),
    ("?tag_landscape&tag_nature&!is_nsfw&take=50", &[3], true),
    ("steps>=20&cfg_scale>=7.0&!tag_nsfw", &[0], true),
    // The shorthand.
    ("tags=cat", &[0, 2], true),
    ("tags!=cat", &[1, 3, 4, 5], true),
    ("tags~LAND", &[3], true),
    ("loras=detail", &[4, 5], true),
    ("loras~ink", &[4], false),
    ("width=640", &[1], true),
    ("width!=640", &[0, 2, 3, 4, 5], true),
    ("nothing!=3", &[0, 1, 2, 3, 4, 5], true),
    ("nothing=3", &[], true),
    ("!is_nsfw", &[0, 1, 3, 4, 5], true),
    ("is_nsfw", &[2], true),
    ("title=Two+dogs", &[1], true),
    ("title~%E7%8C%AB%E5%92%AA", &[2], true),
    ("model=5", &[5], false),
    ("created_at%3E=2024-02", &[1, 2, 4], false),
    // OData.
    ("$filter=rating ge 4.5", &[0, 1], false),
    ("$filter=rating eq 'good'", &[4], false),
    ("$filter=rating eq null", &[2 + 1], true),
    ("$filter=rating ne null", &[0, 1, 2, 4, 5], true),
    ("$filter=not (rating gt 3)", &[2, 3, 4, 5], false),
    ("$filter=rating/any(r: r eq 5)", &[0, 5], false),
    ("$filter=width gt height", &[1, 3], false),
    ("$filter=width mul height ge 1048576", &[0, 3], false),
    ("$filter=width eq 1024 or height lt 11", &[0, 4, 5], true),
    (
        "$filter=created_at gt 2024-01-01T00:00:00Z",
        &[1, 2, 4, 5],
        true,
    ),
    (
        "$filter=created_at ge 2024-01-01 and created_at lt 2024-03-01",
        &[0, 1, 5],
        true,
    ),
    (
        "$filter=year(created_at) eq 2024 and month(created_at) ne 1",
        &[1, 2],
        false,
    ),
    (
        "$filter=created_at gt now() sub duration'P365D'",
        &[4],
        true,
    ),
    ("$filter=contains(title,'cat')", &[0], true),
    ("$filter=contains(tolower(title),'LAND')", &[], false),
    (
        "$filter=startswith(title,'Two') or endswith(title,'跳舞')",
        &[1, 2],
        true,
    ),
    ("$filter=matchesPattern(title,'^.{7}$')", &[2], true),
    ("$filter=title eq ''", &[5], true),
    ("$filter=length(title) lt 9", &[1, 2, 4, 5], false),
    (
        "$filter=tags/any(t: startswith(t,'ca') or t eq 'dog')",
        &[0, 1, 2],
        true,
    ),
    ("$filter=tags/all(t: t ne 'cat')", &[1, 3, 4, 5], true),
    ("$filter=tags/any() and not tag_cat", &[1, 3], true),
    ("$filter=tags/$count eq 2", &[0, 2, 3], false),
    ("$filter='猫' in tags", &[2], true),
    ("$filter=id in (0,3,9)", &[0, 3], true),
    ("$filter=not (id in (0,3,9))", &[1, 2, 4, 5], true),
    ("$filter=is_favorite", &[0], false),
    ("$filter=is_favorite eq false", &[1], false),
    ("$filter=is_favorite ne true", &[1, 2, 3, 4, 5], false),
    ("$filter=contains(prompt,'long')", &[5], false),
    (
        "$filter=case(width gt 1000:'big',true:'small') eq 'big'",
        &[0, 3],
        false,
    ),
    (
        "$filter=width gt 500 and tag_cat or id eq 5&steps!=30",
        &[0, 5],
        true,
    ),
    // Searches.
    ("$search=cat", &[0, 2], true),
    ("$search=dogs OR landscape", &[1, 3], true),
    ("$search=NOT cat", &[1, 3, 4, 5], true),
    ("$search=\"on the sofa\"", &[0], true),
    ("$search=猫咪&$filter=width lt 500", &[2], true),
];

#[test]
fn queries_find_what_they_should() {
    let index = library();
    let mut wrong = Vec::new();
    for (raw, expected, by_index) in QUERIES {
        let found = list(&index, raw);
        if found != (expected.iter().copied().collect(), *by_index) {
            wrong.push(format!("{raw}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_index_sorts_what_it_holds_as_it_is() {
    let index = library();
    let schema = IndexSchema::new(&index);
    let query = ListQuery::parse(
        "$orderby=width,title desc,rating,tags,width add 1,tag_cat",
        &|_| true,
    )
    .unwrap();
    let paths: Vec<_> = query
        .orderby
        .iter()
        .map(|item| schema.shape(&item.field()?)?.sort_path().map(str::to_owned))
        .collect();
    let expected = [Some("width"), Some("title.keyword"), None, None, None, None];
    assert_eq!(paths, expected.map(|path| path.map(str::to_owned)));
}
