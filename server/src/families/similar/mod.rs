//! Search by picture: pictures come in and are found by how they look.
//!
//! | file | what |
//! |---|---|
//! | `answer.rs` | the envelope `{msg, code, data}` and its texts |
//! | `bodies.rs` | bodies and forms, as the specification shows them |
//! | `source.rs` | where a picture comes from: a form, a URL, a path, base64 |
//! | `fetch.rs` | URLs, never of private networks unless allowed |
//! | `add.rs`, `search.rs`, `delete.rs` | what the routes do |

mod add;
mod answer;
mod bodies;
mod delete;
mod fetch;
mod search;
mod source;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;

use crate::app::App;
use crate::http::service::Tag;
use crate::http::{Access, Declared, Declares, Family};
use crate::http::{FileForm, TolerantJson};

pub use answer::{SimAnswer, SimError, Verb, refused, unauthorized};
pub use fetch::Fetcher;
pub use search::{Looks, looks, looks_like};
pub use source::from_base64;

use bodies::{
    AddPathBody, AddUrlBody, Base64Body, IdsBody, KeysBody, SearchPathBody, SearchUrlBody,
    SimilarAddForm, SimilarPicture, SimilarSearchForm,
};
use source::Place;

/// The routes of the family.
#[derive(Debug, Clone, Copy)]
pub struct SimilarApi;

impl Declares for SimilarApi {
    const ROUTES: &'static [Declared] = &[
        Declared::new(Family::Similar, "addSimilarFile", Access::Write),
        Declared::new(Family::Similar, "addSimilarUrl", Access::Write),
        Declared::new(Family::Similar, "addSimilarPath", Access::Write),
        Declared::new(Family::Similar, "searchSimilarFile", Access::Read),
        Declared::new(Family::Similar, "searchSimilarUrl", Access::Read),
        Declared::new(Family::Similar, "searchSimilarPath", Access::Read),
        Declared::new(Family::Similar, "searchSimilarBase64", Access::Read),
        Declared::new(Family::Similar, "deleteSimilarById", Access::Write),
        Declared::new(Family::Similar, "deleteSimilarByKey", Access::Write),
    ];
}

#[OpenApi(prefix_path = "/api/image/sim", tag = "Tag::Similar")]
impl SimilarApi {
    /// Take a picture in, from a form
    #[oai(path = "/add/file", method = "post", operation_id = "addSimilarFile")]
    async fn add_file(
        &self,
        app: Data<&Arc<App>>,
        form: FileForm<SimilarAddForm>,
    ) -> SimAnswer<bool> {
        SimAnswer::of(Verb::Add, add::from_form(&app, form).await)
    }

    /// Take a picture in, from a URL
    #[oai(path = "/add/url", method = "post", operation_id = "addSimilarUrl")]
    async fn add_url(
        &self,
        app: Data<&Arc<App>>,
        body: TolerantJson<AddUrlBody>,
    ) -> SimAnswer<bool> {
        SimAnswer::of(
            Verb::Add,
            add::from_body(&app, body.value, Place::Url).await,
        )
    }

    /// Take a picture in, from a path of the node's machine
    #[oai(path = "/add/path", method = "post", operation_id = "addSimilarPath")]
    async fn add_path(
        &self,
        app: Data<&Arc<App>>,
        body: TolerantJson<AddPathBody>,
    ) -> SimAnswer<bool> {
        SimAnswer::of(
            Verb::Add,
            add::from_body(&app, body.value, Place::Path).await,
        )
    }

    /// Find pictures that look like one in a form
    #[oai(
        path = "/search/file",
        method = "post",
        operation_id = "searchSimilarFile"
    )]
    async fn search_file(
        &self,
        app: Data<&Arc<App>>,
        form: FileForm<SimilarSearchForm>,
    ) -> SimAnswer<Vec<SimilarPicture>> {
        SimAnswer::of(Verb::Search, search::from_form(&app, form).await)
    }

    /// Find pictures that look like one at a URL
    #[oai(
        path = "/search/url",
        method = "post",
        operation_id = "searchSimilarUrl"
    )]
    async fn search_url(
        &self,
        app: Data<&Arc<App>>,
        body: TolerantJson<SearchUrlBody>,
    ) -> SimAnswer<Vec<SimilarPicture>> {
        let found = search::from_body(&app, body.value, Place::Url).await;
        SimAnswer::of(Verb::Search, found)
    }

    /// Find pictures that look like one at a path of the node's machine
    #[oai(
        path = "/search/path",
        method = "post",
        operation_id = "searchSimilarPath"
    )]
    async fn search_path(
        &self,
        app: Data<&Arc<App>>,
        body: TolerantJson<SearchPathBody>,
    ) -> SimAnswer<Vec<SimilarPicture>> {
        let found = search::from_body(&app, body.value, Place::Path).await;
        SimAnswer::of(Verb::Search, found)
    }

    /// Find pictures that look like one in base64
    #[oai(
        path = "/search/base64",
        method = "post",
        operation_id = "searchSimilarBase64"
    )]
    async fn search_base64(
        &self,
        app: Data<&Arc<App>>,
        body: TolerantJson<Base64Body, LARGE>,
    ) -> SimAnswer<Vec<SimilarPicture>> {
        let found = search::from_body(&app, body.value, Place::Base64).await;
        SimAnswer::of(Verb::Search, found)
    }

    /// Delete pictures by their numbers
    #[oai(path = "/del/id", method = "post", operation_id = "deleteSimilarById")]
    async fn del_id(&self, app: Data<&Arc<App>>, body: TolerantJson<IdsBody>) -> SimAnswer<u64> {
        SimAnswer::of(Verb::Delete, delete::by_id(&app, body.value).await)
    }

    /// Delete keys; a picture goes with its last one
    #[oai(
        path = "/del/key",
        method = "post",
        operation_id = "deleteSimilarByKey"
    )]
    async fn del_key(&self, app: Data<&Arc<App>>, body: TolerantJson<KeysBody>) -> SimAnswer<u64> {
        SimAnswer::of(Verb::Delete, delete::by_key(&app, body.value).await)
    }
}

/// The bodies that carry pictures are bounded by the picture's limit, not by that of other bodies.
const LARGE: bool = true;
