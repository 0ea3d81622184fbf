//! Flagged generations: images that an app's users report, with the parameters they were made with.
//!
//! | file | what |
//! |---|---|
//! | `answer.rs` | the error body, and answers |
//! | `bodies.rs` | bodies and answers, as the specification shows them |
//! | `add.rs` | a flag comes in |
//! | `list.rs`, `moment.rs` | listings and their bounds of time |
//! | `export.rs`, `rows.rs` | all flags as a database, CSV or lines of JSON |
//! | `png_info.rs`, `infotext.rs` | what a picture says about how it was made |
//!
//! The flags themselves are kept by [`crate::flags`].

mod add;
mod answer;
mod bodies;
mod export;
mod infotext;
mod list;
mod moment;
mod png_info;
mod rows;

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use serde_json::json;

use crate::app::App;
use crate::http::TolerantJson;
use crate::http::service::Tag;
use crate::http::{Access, Declared, Declares, Family};

pub use answer::{FlagsFailure, failure};

use answer::{ExportAnswer, FlagsAnswer};
use bodies::{FlagBody, FlagDeleted, FlagList, FlagRecord, Flagged, PngInfo, PngInfoBody};
use list::Parameters;

type State<'a> = Data<&'a Arc<App>>;

/// The family's routes.
#[derive(Debug, Clone, Copy)]
pub struct FlagsApi;

impl Declares for FlagsApi {
    const ROUTES: &'static [Declared] = &[
        Declared::new(Family::Flags, "flagImage", Access::Owner),
        Declared::new(Family::Flags, "listFlags", Access::Owner),
        Declared::new(Family::Flags, "exportFlags", Access::Owner),
        Declared::new(Family::Flags, "getFlag", Access::Owner),
        Declared::new(Family::Flags, "deleteFlag", Access::Owner),
        Declared::new(Family::Flags, "readPngInfo", Access::Read),
    ];
}

#[OpenApi(tag = "Tag::Flags")]
impl FlagsApi {
    /// Flag an image
    ///
    /// Answered means stored: the flag is on disk. Fields that are not listed are kept in `extra`.
    #[oai(path = "/flag-image", method = "post", operation_id = "flagImage")]
    async fn flag(
        &self,
        app: State<'_>,
        body: TolerantJson<FlagBody>,
    ) -> FlagsAnswer<Flagged, 201> {
        FlagsAnswer::of(add::add(&app, body.value).await)
    }

    /// List flags, newest first
    #[expect(clippy::too_many_arguments, reason = "the parameters of the contract")]
    #[oai(path = "/flags", method = "get", operation_id = "listFlags")]
    async fn list(
        &self,
        app: State<'_>,
        /// How many to leave out; default 0.
        skip: Query<Option<String>>,
        /// How many to show, at most 200; default 50.
        take: Query<Option<String>>,
        /// Words that the prompt holds, all of them; a phrase in double quotes.
        q: Query<Option<String>>,
        /// The model's name, exactly.
        model_name: Query<Option<String>>,
        /// The earliest time: `2026-11-21`, or RFC 3339; UTC without an offset.
        since: Query<Option<String>>,
        /// The latest time, inclusive: a day with all of it, a second with all of it.
        until: Query<Option<String>>,
    ) -> FlagsAnswer<FlagList> {
        let parameters = Parameters {
            skip: skip.0,
            take: take.0,
            q: q.0,
            model_name: model_name.0,
            since: since.0,
            until: until.0,
        };
        FlagsAnswer::of(list::list(&app, parameters).await)
    }

    /// All flags in a file
    ///
    /// An SQLite database as of one moment, or CSV or lines of JSON, oldest first. Texts of the CSV that
    /// a spreadsheet would take for a formula have an apostrophe in front.
    #[oai(path = "/flags/export", method = "get", operation_id = "exportFlags")]
    async fn export(
        &self,
        app: State<'_>,
        /// `sqlite` (default), `csv` or `jsonl`.
        format: Query<Option<String>>,
    ) -> ExportAnswer {
        ExportAnswer::of(export::export(&app, format.0.as_deref()).await)
    }

    /// A flag
    #[oai(path = "/flags/:id", method = "get", operation_id = "getFlag")]
    async fn get(
        &self,
        app: State<'_>,
        /// Its number.
        id: Path<String>,
    ) -> FlagsAnswer<FlagRecord> {
        FlagsAnswer::of(list::get(&app, &id).await)
    }

    /// Delete a flag
    #[oai(path = "/flags/:id", method = "delete", operation_id = "deleteFlag")]
    async fn delete(
        &self,
        app: State<'_>,
        /// Its number.
        id: Path<String>,
    ) -> FlagsAnswer<FlagDeleted> {
        let deleted = list::delete(&app, &id).await;
        FlagsAnswer::of(deleted.map(|()| json!({"success": true})))
    }

    /// What a PNG says about how it was generated
    ///
    /// As the Stable Diffusion web UI answers it. `parameters` holds what the picture says, under the web
    /// UI's names, without the defaults that its own form adds.
    #[oai(
        path = "/sdapi/v1/png-info",
        method = "post",
        operation_id = "readPngInfo"
    )]
    async fn png_info(
        &self,
        app: State<'_>,
        body: TolerantJson<PngInfoBody, true>,
    ) -> FlagsAnswer<PngInfo> {
        FlagsAnswer::of(png_info::png_info(&app, body.value).await)
    }
}
