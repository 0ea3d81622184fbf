//! The library over HTTP: uploads, and the node's health.

mod health;
mod recent;
mod upload;

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;

use crate::app::App;
use crate::families::gif::Answer;
use crate::http::FileForm;
use crate::http::service::Tag;
use crate::http::{Access, Caller, Declared, Declares, Family};
use health::HealthAnswer;
use poem_openapi::payload::Json;
use recent::RecentList;
use upload::{UploadData, UploadFields};

/// The library's routes.
#[derive(Debug, Clone, Copy)]
pub struct LibraryApi;

impl Declares for LibraryApi {
    const ROUTES: &'static [Declared] = &[
        Declared::new(Family::Gif, "uploadImage", Access::Write),
        Declared::new(Family::Other, "health", Access::Open),
        Declared::new(Family::Other, "recentSearches", Access::Owner),
    ];
}

#[OpenApi]
impl LibraryApi {
    /// Take a picture in
    ///
    /// GIF, PNG, JPEG or WebP, told by content. The same bytes are the same picture: a second
    /// upload answers `created: false` and adds its key. On return every search finds it.
    #[oai(
        path = "/image/upload",
        method = "post",
        tag = "Tag::Library",
        operation_id = "uploadImage"
    )]
    async fn upload(
        &self,
        app: Data<&Arc<App>>,
        form: FileForm<UploadFields>,
    ) -> Answer<UploadData> {
        upload::upload(&app, form).await.into()
    }

    /// Whether the node can serve, and what it holds
    ///
    /// A private node tells those without its key `status` alone.
    #[oai(
        path = "/health",
        method = "get",
        tag = "Tag::Node",
        operation_id = "health"
    )]
    async fn health(&self, app: Data<&Arc<App>>, request: &Request) -> HealthAnswer {
        health::health(&app, Caller::of(request))
    }

    /// The searches that were answered lately, for whoever runs the node
    ///
    /// Kept in memory only. Needs the key; a node without one answers on loopback addresses only.
    #[oai(
        path = "/_pictor/searches",
        method = "get",
        tag = "Tag::Node",
        operation_id = "recentSearches"
    )]
    async fn recent(&self, app: Data<&Arc<App>>) -> Json<RecentList> {
        Json(recent::recent(&app))
    }
}
