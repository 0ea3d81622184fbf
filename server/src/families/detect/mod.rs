//! Defect detection and its records.
//!
//! | file | what |
//! |---|---|
//! | `answer.rs` | the error body, and answers |
//! | `bodies.rs` | forms and answers, as the specification shows them |
//! | `receive.rs` | pictures come in, one by one, and are examined |
//! | `reply.rs` | the answer, as it is sent |
//! | `parameters.rs` | numbers and days of a query string |
//! | `data.rs` | the services over the records |
//!
//! What is behind it is [`crate::detect`].

mod answer;
mod bodies;
mod data;
mod parameters;
mod receive;
mod reply;

use std::sync::Arc;

use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::app::App;
use crate::http::FileForm;
use crate::http::service::Tag;
use crate::http::{Access, Declared, Declares, Family};

pub use answer::{DetectFailure, failure};

use answer::{DetectAnswer, PictureAnswer};
use bodies::{DayStatistics, DetectForm, DetectedPicture, FoundRecords, RecordRow};
use parameters::Span;

type State<'a> = Data<&'a Arc<App>>;

/// The family's routes.
#[derive(Debug, Clone, Copy)]
pub struct DetectApi;

impl Declares for DetectApi {
    const ROUTES: &'static [Declared] = &[
        // Whatever is no form has no part named `images`, and is refused as such.
        Declared::new(Family::Detect, "detectDefects", Access::Write).with_any_body(),
        Declared::new(Family::Detect, "recentDetections", Access::Read),
        Declared::new(Family::Detect, "detectionsByDay", Access::Read),
        Declared::new(Family::Detect, "paginatedDetections", Access::Read),
        Declared::new(Family::Detect, "searchDetections", Access::Read),
        Declared::new(Family::Detect, "detectionResult", Access::Read),
    ];
}

#[OpenApi(tag = "Tag::Detect")]
impl DetectApi {
    /// Find defects on pictures
    ///
    /// Each picture (of an animation, its first frame) gets a record and a picture with the regions
    /// outlined. The list is in the order of the parts. Nothing is stored where one is no picture.
    /// `/api/detect/` is the same route.
    #[oai(path = "/api/detect", method = "post", operation_id = "detectDefects")]
    async fn detect(
        &self,
        app: State<'_>,
        form: FileForm<DetectForm>,
    ) -> DetectAnswer<Vec<DetectedPicture>> {
        DetectAnswer::shaped(receive::detect(&app, form).await)
    }

    /// The newest records
    #[oai(
        path = "/api/data/getRecent",
        method = "get",
        operation_id = "recentDetections"
    )]
    async fn recent(
        &self,
        app: State<'_>,
        /// How many, from 1, at most 10,000; default 120.
        limit: Query<Option<String>>,
    ) -> DetectAnswer<Vec<RecordRow>> {
        DetectAnswer::of(data::recent(&app, limit.0.as_deref()).await)
    }

    /// Records and defects of each day
    ///
    /// Both ends are included, and so are days without records. Without days: the fifteen that end today;
    /// with only one of them: fifteen from or up to it.
    #[oai(
        path = "/api/data/statByDate",
        method = "get",
        operation_id = "detectionsByDay"
    )]
    async fn by_day(
        &self,
        app: State<'_>,
        /// The first day (UTC), such as 2026-11-07.
        #[oai(name = "startDate")]
        start: Query<Option<String>>,
        /// The last day (UTC).
        #[oai(name = "endDate")]
        end: Query<Option<String>>,
    ) -> DetectAnswer<Vec<DayStatistics>> {
        let span = Span::new(start.0.as_deref(), end.0.as_deref());
        DetectAnswer::of(data::by_day(&app, span).await)
    }

    /// A page of records
    ///
    /// Use the search instead, which says how many there are.
    #[oai(
        path = "/api/data/getPaginated",
        method = "get",
        operation_id = "paginatedDetections",
        deprecated = true
    )]
    async fn paginated(
        &self,
        app: State<'_>,
        /// Records of a page, from 1, at most 10,000; default 10.
        limit: Query<Option<String>>,
        /// The page, from 1, which is the default.
        page: Query<Option<String>>,
    ) -> DetectAnswer<Vec<RecordRow>> {
        DetectAnswer::of(data::paginated(&app, limit.0.as_deref(), page.0.as_deref()).await)
    }

    /// Search records, newest first
    #[expect(clippy::too_many_arguments, reason = "the parameters of the contract")]
    #[oai(
        path = "/api/data/search",
        method = "get",
        operation_id = "searchDetections"
    )]
    async fn search(
        &self,
        app: State<'_>,
        /// Records of a page, from 1, at most 200; default 10.
        limit: Query<Option<String>>,
        /// The page, from 1, which is the default.
        page: Query<Option<String>>,
        /// A part of the picture's name; letters may be mistyped.
        name: Query<Option<String>>,
        /// Just so many defects.
        num: Query<Option<String>>,
        /// The first day (UTC), such as 2026-11-07.
        #[oai(name = "startDate")]
        start: Query<Option<String>>,
        /// The last day (UTC), with all of it.
        #[oai(name = "endDate")]
        end: Query<Option<String>>,
    ) -> DetectAnswer<FoundRecords> {
        let given = data::Search {
            limit: limit.0.as_deref(),
            page: page.0.as_deref(),
            name: name.0.as_deref(),
            num: num.0.as_deref(),
            span: Span::new(start.0.as_deref(), end.0.as_deref()),
        };
        DetectAnswer::of(data::search(&app, given).await)
    }

    /// The picture of a record with what was found drawn on it
    #[oai(
        path = "/api/data/result/:figId",
        method = "get",
        operation_id = "detectionResult"
    )]
    async fn result(
        &self,
        app: State<'_>,
        request: &Request,
        /// The record's number.
        #[oai(name = "figId")]
        fig_id: Path<String>,
    ) -> PictureAnswer {
        PictureAnswer::of(data::result(&app, request, &fig_id).await)
    }
}
