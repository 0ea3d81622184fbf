//! GIF search: pictures found by words, suggestions, hot words, share links and downloads.

mod answer;
mod bodies;
mod download;
mod explore;
pub mod hotwords;
mod links;
mod modes;
mod page;
mod request;
mod search;
mod suggest;

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::app::App;
use crate::http::TolerantJson;
use crate::http::service::Tag;
use crate::http::{Access, Declared, Declares, Family};

pub use answer::{Answer, Envelope, ErrorData, GifError};
use bodies::{ExploreBody, SearchBody, SuggestBody, ZipBody};
use download::{File, Shown};
pub use download::{content_disposition, mime, safe_name};
use explore::ExploreData;
use links::{LinkData, ZipLinkData};
use search::SearchData;
use suggest::SuggestData;

/// The family's routes.
#[derive(Debug, Clone, Copy)]
pub struct GifApi;

type State<'a> = Data<&'a Arc<App>>;

impl Declares for GifApi {
    const ROUTES: &'static [Declared] = &[
        Declared::new(Family::Gif, "searchGifs", Access::Read),
        Declared::new(Family::Gif, "exploreGifs", Access::Read),
        Declared::new(Family::Gif, "searchGifsAlias", Access::Read),
        Declared::new(Family::Gif, "suggestGifs", Access::Read).with_any_body(),
        Declared::new(Family::Gif, "suggestGifsAlias", Access::Read).with_any_body(),
        Declared::new(Family::Gif, "hotWords", Access::Read),
        Declared::new(Family::Gif, "postHotWords", Access::Read),
        Declared::new(Family::Gif, "hotWordsAlias", Access::Read),
        Declared::new(Family::Gif, "postHotWordsAlias", Access::Read),
        Declared::new(Family::Gif, "createLink", Access::Read).storing(),
        Declared::new(Family::Gif, "createLinkAlias", Access::Read).storing(),
        Declared::new(Family::Gif, "createZipLink", Access::Read).storing(),
        // A token is its own key; a number asks for one by itself.
        Declared::new(Family::Gif, "previewGif", Access::Open),
        Declared::new(Family::Gif, "downloadGif", Access::Open),
        Declared::new(Family::Gif, "downloadZip", Access::Open),
    ];
}

#[OpenApi(tag = "Tag::GifSearch")]
impl GifApi {
    /// Find pictures by words, category, tags and size
    ///
    /// Ten results a page. `perfect` and `regex` answer in the order of ids; `partial`, `fuzzy` and
    /// `related` rank. `page` is checked before everything else.
    #[oai(path = "/image/search", method = "post", operation_id = "searchGifs")]
    async fn search(&self, app: State<'_>, body: TolerantJson<SearchBody>) -> Answer<SearchData> {
        search::search(&app, body.value).await.into()
    }

    /// Find pictures by words and by a picture at once, with counts of their categories and tags
    ///
    /// The fields of `/image/search`, and a picture, a page size and facets. With a picture the order is
    /// that of similarity, whatever the mode, among what the words and filters let pass; of an animation
    /// the frame that came nearest is told.
    #[oai(
        path = "/image/search/explore",
        method = "post",
        operation_id = "exploreGifs"
    )]
    async fn explore(
        &self,
        app: State<'_>,
        body: TolerantJson<ExploreBody, true>,
    ) -> Answer<ExploreData> {
        explore::explore(&app, body.value).await.into()
    }

    /// The same as `/image/search`
    #[oai(path = "/search", method = "post", operation_id = "searchGifsAlias")]
    async fn search_alias(
        &self,
        app: State<'_>,
        body: TolerantJson<SearchBody>,
    ) -> Answer<SearchData> {
        search::search(&app, body.value).await.into()
    }

    /// Complete and correct what is being typed
    ///
    /// Titles that begin with the query first, then titles with a word that does; with fewer than
    /// four of them, corrections follow. Never an error, whatever the body.
    #[oai(
        path = "/image/search/suggest",
        method = "post",
        operation_id = "suggestGifs"
    )]
    async fn suggest(
        &self,
        app: State<'_>,
        body: TolerantJson<SuggestBody>,
    ) -> Answer<SuggestData> {
        Ok(suggest::suggest(&app, body.value).await).into()
    }

    /// The same as `/image/search/suggest`
    #[oai(
        path = "/search/suggest",
        method = "post",
        operation_id = "suggestGifsAlias"
    )]
    async fn suggest_alias(
        &self,
        app: State<'_>,
        body: TolerantJson<SuggestBody>,
    ) -> Answer<SuggestData> {
        Ok(suggest::suggest(&app, body.value).await).into()
    }

    /// What is searched for most, recent use outweighing old use
    #[oai(
        path = "/image/search/hotwords",
        method = "get",
        operation_id = "hotWords"
    )]
    async fn hot_words(&self, app: State<'_>) -> Answer<Vec<String>> {
        Ok(hotwords::hottest(&app.hot)).into()
    }

    /// The same by POST; a body is not read
    #[oai(
        path = "/image/search/hotwords",
        method = "post",
        operation_id = "postHotWords"
    )]
    async fn post_hot_words(&self, app: State<'_>) -> Answer<Vec<String>> {
        Ok(hotwords::hottest(&app.hot)).into()
    }

    /// The same as `/image/search/hotwords`
    #[oai(
        path = "/search/hotwords",
        method = "get",
        operation_id = "hotWordsAlias"
    )]
    async fn hot_words_alias(&self, app: State<'_>) -> Answer<Vec<String>> {
        Ok(hotwords::hottest(&app.hot)).into()
    }

    /// The same as `/image/search/hotwords`, by POST
    #[oai(
        path = "/search/hotwords",
        method = "post",
        operation_id = "postHotWordsAlias"
    )]
    async fn post_hot_words_alias(&self, app: State<'_>) -> Answer<Vec<String>> {
        Ok(hotwords::hottest(&app.hot)).into()
    }

    /// Make links to show and to save a picture, valid for a day
    #[oai(
        path = "/image/createlink/:gif_id",
        method = "get",
        operation_id = "createLink"
    )]
    async fn create_link(
        &self,
        app: State<'_>,
        request: &Request,
        /// The picture's number
        gif_id: Path<String>,
    ) -> Answer<LinkData> {
        links::picture(&app, request, &gif_id).await.into()
    }

    /// The same as `/image/createlink/{gif_id}`
    #[oai(
        path = "/createlink/:gif_id",
        method = "get",
        operation_id = "createLinkAlias"
    )]
    async fn create_link_alias(
        &self,
        app: State<'_>,
        request: &Request,
        /// The picture's number
        gif_id: Path<String>,
    ) -> Answer<LinkData> {
        links::picture(&app, request, &gif_id).await.into()
    }

    /// Make a link to save several pictures as one ZIP file, valid for a day
    #[oai(
        path = "/image/createziplink",
        method = "post",
        operation_id = "createZipLink"
    )]
    async fn create_zip_link(
        &self,
        app: State<'_>,
        request: &Request,
        body: TolerantJson<ZipBody>,
    ) -> Answer<ZipLinkData> {
        links::zip(&app, request, body.value).await.into()
    }

    /// Show a picture, by its number or a link's token
    ///
    /// `Range`, `If-None-Match` and `If-Range` are honoured; the ETag is the file's SHA-256.
    #[oai(
        path = "/image/preview/:id_or_token",
        method = "get",
        operation_id = "previewGif"
    )]
    async fn preview(
        &self,
        app: State<'_>,
        request: &Request,
        /// The picture's number, or a link's token
        id_or_token: Path<String>,
    ) -> File {
        download::picture(&app, request, &id_or_token, Shown::Inline)
            .await
            .into()
    }

    /// Save a picture, by its number or a link's token
    #[oai(
        path = "/image/download/:id_or_token",
        method = "get",
        operation_id = "downloadGif"
    )]
    async fn download(
        &self,
        app: State<'_>,
        request: &Request,
        /// The picture's number, or a link's token
        id_or_token: Path<String>,
    ) -> File {
        download::picture(&app, request, &id_or_token, Shown::Attachment)
            .await
            .into()
    }

    /// Save the pictures of a link as a ZIP file, which is made while it is sent
    #[oai(
        path = "/image/downloadzip",
        method = "get",
        operation_id = "downloadZip"
    )]
    async fn download_zip(
        &self,
        app: State<'_>,
        request: &Request,
        /// The link's token
        token: Query<Option<String>>,
    ) -> File {
        let token = token.0.unwrap_or_default();
        download::archive(&app, request, &token).await.into()
    }
}
