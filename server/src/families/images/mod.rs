//! Image management: the pictures of the library that have a file, by SHA-256.
//!
//! | file | what |
//! |---|---|
//! | `answer.rs` | OData's error body, and answers |
//! | `bodies.rs` | bodies and answers, as the specification shows them |
//! | `list.rs`, `order.rs`, `token.rs` | listings: conditions, order, pages however deep |
//! | `record.rs` | records as this family shows them |
//! | `change.rs` | updates and deletions, one picture or several |
//! | `content.rs`, `thumbnail.rs` | files and thumbnails |

mod answer;
mod bodies;
mod change;
mod content;
mod list;
mod record;
mod thumbnail;
mod token;

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::types::Any;
use serde_json::Value;

use crate::app::App;
use crate::http::TolerantJson;
use crate::http::service::Tag;
use crate::http::{Access, Declared, Declares, Family};

pub use answer::{ImagesError, failure};
pub use thumbnail::Thumbnails;

use answer::{FileAnswer, ImagesAnswer, RecordAnswer};
use bodies::{BulkUpdated, Deleted, DeletedMany, HashesBody, ImageList, ManyFields, UpdatedFields};

type State<'a> = Data<&'a Arc<App>>;

/// The family's routes.
#[derive(Debug, Clone, Copy)]
pub struct ImagesApi;

impl Declares for ImagesApi {
    const ROUTES: &'static [Declared] = &[
        Declared::new(Family::Images, "listImages", Access::Read),
        Declared::new(Family::Images, "getImage", Access::Read),
        Declared::new(Family::Images, "getImageContent", Access::Read),
        Declared::new(Family::Images, "updateImage", Access::Write),
        Declared::new(Family::Images, "updateImages", Access::Write),
        Declared::new(Family::Images, "deleteImage", Access::Write),
        Declared::new(Family::Images, "deleteImages", Access::Write),
    ];
}

#[OpenApi(prefix_path = "/api/images", tag = "Tag::Images")]
impl ImagesApi {
    /// List pictures, by OData or by conditions on metadata
    ///
    /// Beside the parameters that are listed here, every other one is a condition on metadata:
    /// `field=v`, `field!=v`, `field~v` (contains), `field>v`, `>=`, `<`, `<=`, `field` alone (true)
    /// and `!field` (false or absent), joined by `&`. OData's parameters go without the `$` too.
    #[expect(clippy::too_many_arguments, reason = "the parameters of the contract")]
    #[expect(unused_variables, reason = "they are read from the raw query string")]
    #[oai(path = "/", method = "get", operation_id = "listImages")]
    async fn list(
        &self,
        app: State<'_>,
        request: &Request,
        /// OData 4.01's conditions, such as `rating ge 4.5 and tags/any(t: t eq 'cat')`.
        #[oai(name = "$filter")]
        filter: Query<Option<String>>,
        /// Fields or expressions with `asc` or `desc`; default `created_at desc`.
        #[oai(name = "$orderby")]
        orderby: Query<Option<String>>,
        /// The fields to show.
        #[oai(name = "$select")]
        select: Query<Option<String>>,
        /// Words and phrases in title, tags, prompt and name, with `AND`, `OR`, `NOT`.
        #[oai(name = "$search")]
        search: Query<Option<String>>,
        // Plain `skip` is the same parameter without its `$`: generators of clients give both one name.
        /// How many to leave out; default 0. The metadata shorthand has `skip`.
        #[oai(name = "$skip")]
        skip: Query<Option<String>>,
        /// How many to show, at most 200; default 50.
        #[oai(name = "$top")]
        top: Query<Option<String>>,
        /// `true` adds `@odata.count`.
        #[oai(name = "$count")]
        count: Query<Option<String>>,
        /// Where a listing goes on, from `@odata.nextLink`.
        #[oai(name = "$skiptoken")]
        skiptoken: Query<Option<String>>,
        /// The same as `$top`.
        take: Query<Option<String>>,
        /// A field to sort by.
        sort: Query<Option<String>>,
        /// `asc` (default with `sort`) or `desc`.
        order: Query<Option<String>>,
    ) -> ImagesAnswer<ImageList> {
        let raw = request
            .original_uri()
            .query()
            .unwrap_or_default()
            .to_owned();
        ImagesAnswer::of(list::list(&app, request, raw).await)
    }

    /// A picture's record
    #[expect(unused_variables, reason = "headers are read from the request")]
    #[oai(path = "/:hash", method = "get", operation_id = "getImage")]
    async fn get(
        &self,
        app: State<'_>,
        request: &Request,
        /// SHA-256 of the file, 64 hexadecimal digits.
        hash: Path<String>,
        /// The `ETag` of a record that is known: if it still is the same, the answer is 304.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
    ) -> RecordAnswer {
        RecordAnswer::of(record::get(&app, request, &hash).await)
    }

    /// A picture's file, or a thumbnail of it
    #[expect(clippy::too_many_arguments, reason = "the parameters of the contract")]
    #[expect(unused_variables, reason = "headers are read from the request")]
    #[oai(
        path = "/:hash/content",
        method = "get",
        operation_id = "getImageContent"
    )]
    async fn content(
        &self,
        app: State<'_>,
        request: &Request,
        /// SHA-256 of the file, 64 hexadecimal digits.
        hash: Path<String>,
        /// The most pixels that a thumbnail is wide.
        w: Query<Option<String>>,
        /// The most pixels that a thumbnail is high.
        h: Query<Option<String>>,
        /// The format of a thumbnail: `jpeg`, `png`, `webp` or `gif`.
        format: Query<Option<String>>,
        /// The frame of an animation that a thumbnail shows, from 0; default: the first.
        frame: Query<Option<String>>,
        /// The `ETag` of a file that is known: if it still is the same, the answer is 304.
        #[oai(name = "If-None-Match")]
        if_none_match: Header<Option<String>>,
        /// A part of the file, such as `bytes=0-1023`: the answer is 206, or 416 where there is none.
        #[oai(name = "Range")]
        range: Header<Option<String>>,
        /// The `ETag` of the file whose part is wanted; of another file all is sent.
        #[oai(name = "If-Range")]
        if_range: Header<Option<String>>,
    ) -> FileAnswer {
        let wanted = [w.0, h.0, format.0, frame.0];
        FileAnswer::of(content::content(&app, request, &hash, wanted).await)
    }

    /// Set fields of a picture; null takes one away
    #[expect(unused_variables, reason = "headers are read from the request")]
    #[oai(path = "/:hash", method = "post", operation_id = "updateImage")]
    async fn update(
        &self,
        app: State<'_>,
        request: &Request,
        /// SHA-256 of the file, 64 hexadecimal digits.
        hash: Path<String>,
        /// The `ETag` of the record that is changed: if it is another by now, nothing is, and the answer
        /// is 412.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: TolerantJson<Any<Value>>,
    ) -> ImagesAnswer<UpdatedFields> {
        ImagesAnswer::of(change::update(&app, request, &hash, body.value).await)
    }

    /// Set fields of several pictures, each all or nothing
    #[oai(path = "/", method = "post", operation_id = "updateImages")]
    async fn update_many(
        &self,
        app: State<'_>,
        body: TolerantJson<ManyFields>,
    ) -> ImagesAnswer<BulkUpdated> {
        ImagesAnswer::of(change::update_many(&app, body.value).await)
    }

    /// Delete a picture
    #[oai(path = "/:hash", method = "delete", operation_id = "deleteImage")]
    async fn delete(
        &self,
        app: State<'_>,
        /// SHA-256 of the file, 64 hexadecimal digits.
        hash: Path<String>,
    ) -> ImagesAnswer<Deleted> {
        ImagesAnswer::of(change::delete(&app, &hash).await)
    }

    /// Delete several pictures
    #[oai(path = "/", method = "delete", operation_id = "deleteImages")]
    async fn delete_many(
        &self,
        app: State<'_>,
        body: TolerantJson<HashesBody>,
    ) -> ImagesAnswer<DeletedMany> {
        ImagesAnswer::of(change::delete_many(&app, body.value).await)
    }
}
