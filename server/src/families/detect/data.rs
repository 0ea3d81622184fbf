//! The services over the records.

use std::sync::Arc;

use engine::store::Access;
use poem::{Request, Response};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::answer::DetectFailure;
use super::parameters::{DAY, Span, given, number};
use crate::app::App;
use crate::detect::{Conditions, DetectError, NameWords, Page, Record};
use crate::http::{FileHead, SentFile, mapped};

/// How times are written.
const MOMENT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
/// Records of the newest.
const RECENT: u64 = 120;
/// Records of a page.
const LIMIT: u64 = 10;
/// The most that a search gives at once.
const MOST_FOUND: u64 = 200;
/// The most that a list has.
const MOST_LISTED: u64 = 10_000;
/// A drawn picture never changes.
const FOREVER: &str = "private, max-age=31536000, immutable";

/// The parameters of a search, as they came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) limit: Option<&'a str>,
    pub(super) page: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) num: Option<&'a str>,
    pub(super) span: Span<'a>,
}

pub(super) async fn recent(app: &Arc<App>, limit: Option<&str>) -> Result<Value, DetectFailure> {
    let limit = number("limit", limit, 1)?
        .unwrap_or(RECENT)
        .min(MOST_LISTED);
    list(app, 0, limit).await
}

pub(super) async fn paginated(
    app: &Arc<App>,
    limit: Option<&str>,
    page: Option<&str>,
) -> Result<Value, DetectFailure> {
    let limit = number("limit", limit, 1)?.unwrap_or(LIMIT).min(MOST_LISTED);
    let page = number("page", page, 1)?.unwrap_or(1);
    list(app, skipped(page, limit), limit).await
}

/// The records before a page.
fn skipped(page: u64, limit: u64) -> u64 {
    page.saturating_sub(1).saturating_mul(limit)
}

async fn list(app: &Arc<App>, skip: u64, take: u64) -> Result<Value, DetectFailure> {
    let page = page(app, Conditions::default(), skip, take).await?;
    Ok(page
        .records
        .iter()
        .map(|record| row(record, false))
        .collect())
}

async fn page(
    app: &Arc<App>,
    conditions: Conditions,
    skip: u64,
    take: u64,
) -> Result<Page, DetectFailure> {
    let work = Arc::clone(app);
    let job = app
        .search_pool
        .submit(move || work.detections.page(&conditions, skip, take))?;
    Ok(job.await??)
}

pub(super) async fn search(app: &Arc<App>, search: Search<'_>) -> Result<Value, DetectFailure> {
    let limit = number("limit", search.limit, 1)?
        .unwrap_or(LIMIT)
        .min(MOST_FOUND);
    let number_of_page = number("page", search.page, 1)?.unwrap_or(1);
    let name = NameWords::read(given(search.name).unwrap_or_default());
    let (first, last) = search.span.read()?;
    let conditions = Conditions {
        name: name.map_err(|error| DetectFailure::bad(format!("[name] {error}")))?,
        num: number("num", search.num, 0)?,
        first,
        last,
    };
    let page = page(app, conditions, skipped(number_of_page, limit), limit).await?;
    let data: Vec<Value> = page
        .records
        .iter()
        .map(|record| row(record, true))
        .collect();
    Ok(json!({"total": page.total, "data": data}))
}

/// A record as lists show it, with the empty place that searches have for a picture.
fn row(record: &Record, searched: bool) -> Value {
    let date = OffsetDateTime::from_unix_timestamp(record.date_ms.div_euclid(1_000));
    let date = date.ok().and_then(|date| date.format(MOMENT).ok());
    let mut row = json!({"figId": record.fig_id, "name": record.name});
    if searched {
        row["resFig"] = Value::Null;
    }
    row["date"] = date.unwrap_or_default().into();
    row["time"] = record.seconds.into();
    row["label"] = record.labels.join(",").into();
    row["num"] = record.num.into();
    row["dice"] = record.dice.into();
    row
}

pub(super) async fn by_day(app: &Arc<App>, span: Span<'_>) -> Result<Value, DetectFailure> {
    let (first, last) = span.whole()?;
    let work = Arc::clone(app);
    let job = app
        .search_pool
        .submit(move || work.detections.days(first, last))?;
    let days = job.await??;
    let rows = days.iter().map(|day| {
        json!({
            "record_count": day.records,
            "stat_date": day.day.format(DAY).unwrap_or_default(),
            "total_num": day.defects,
        })
    });
    Ok(rows.collect())
}

pub(super) async fn result(
    app: &Arc<App>,
    request: &Request,
    fig_id: &str,
) -> Result<Response, DetectFailure> {
    let fig_id = number("figId", Some(fig_id), 1)?
        .ok_or_else(|| DetectFailure::bad("[figId] must be a whole number from 1"))?;
    let work = Arc::clone(app);
    let job = app.search_pool.submit(move || {
        let drawn = work.detections.drawn(fig_id)?;
        Ok::<_, DetectError>(drawn.inspect(|(_, file)| file.advise(Access::WillNeed)))
    })?;
    let (tag, file) = job
        .await??
        .ok_or_else(|| DetectFailure::not_found(fig_id))?;
    let head = FileHead {
        tag,
        content_type: "image/jpeg",
        disposition: None,
        cache: FOREVER,
    };
    let bytes = mapped(file);
    Ok(SentFile { bytes, head }.answer(request))
}
