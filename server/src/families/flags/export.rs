//! All flags in a file.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{StreamExt, try_unfold};
use poem::http::header;
use poem::{Body, Response};
use tokio_util::io::ReaderStream;

use super::answer::FlagsFailure;
use super::list::shown;
use super::rows::Rows;
use crate::app::App;

/// Bytes that are read and sent at a time.
const PIECE: usize = 256 * 1024;

pub(super) async fn export(app: &Arc<App>, format: Option<&str>) -> Result<Response, FlagsFailure> {
    match format.unwrap_or_default() {
        "" | "sqlite" => database(app).await,
        "csv" => {
            rows(
                app,
                Rows::Csv,
                "text/csv; charset=utf-8; header=present",
                "csv",
            )
            .await
        }
        "jsonl" => rows(app, Rows::Jsonl, "application/x-ndjson", "jsonl").await,
        other => Err(FlagsFailure::bad(format!(
            "[format] must be sqlite, csv or jsonl, not \"{}\"",
            shown(other)
        ))),
    }
}

fn answer(content_type: &str, ending: &str) -> poem::ResponseBuilder {
    Response::builder()
        .content_type(content_type)
        .header(
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"flags.{ending}\""),
        )
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

/// A copy that lies on disk while it is sent; so many of them at a time.
async fn database(app: &Arc<App>) -> Result<Response, FlagsFailure> {
    let permit = Arc::clone(&app.export_room).try_acquire_owned();
    let permit = permit.map_err(|_| {
        FlagsFailure::busy("other copies of the database are being sent: try again later")
    })?;
    let work = Arc::clone(app);
    let copied = app.search_pool.submit(move || {
        let file = work.flags.copy()?;
        let size = file.metadata().map_or(0, |file| file.len());
        Ok::<_, FlagsFailure>((file, size))
    })?;
    let (file, size) = copied.await??;
    let chunks = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
    // The place is free again when the last piece was sent, or the client has gone.
    let chunks = chunks.map(move |chunk| {
        let _held = &permit;
        chunk
    });
    Ok(answer("application/vnd.sqlite3", "db")
        .header(header::CONTENT_LENGTH, size)
        .body(Body::from_bytes_stream(chunks)))
}

/// Pieces of rows up to the flag that was the last one when the export began.
async fn rows(
    app: &Arc<App>,
    rows: Rows,
    content_type: &str,
    ending: &str,
) -> Result<Response, FlagsFailure> {
    let work = Arc::clone(app);
    let last = app.search_pool.submit(move || work.flags.last_id())?;
    let last = last.await??;
    let app = Arc::clone(app);
    let pieces = try_unfold(None, move |after: Option<i64>| {
        let app = Arc::clone(&app);
        async move {
            let Some(after) = after else {
                // Hand-made ids may be below zero.
                return Ok(Some((Bytes::from(rows.head()), Some(i64::MIN))));
            };
            piece(&app, rows, after, last).await.map_err(|error| {
                // The client sees a body that ends too early.
                tracing::error!(reason = error.message, "an export of flags was cut off");
                io::Error::other(error.message)
            })
        }
    });
    Ok(answer(content_type, ending).body(Body::from_bytes_stream(pieces)))
}

type Piece = Option<(Bytes, Option<i64>)>;

async fn piece(app: &Arc<App>, rows: Rows, after: i64, last: i64) -> Result<Piece, FlagsFailure> {
    let work = Arc::clone(app);
    let read = app.search_pool.submit(move || {
        let flags = work.flags.piece(after, last, PIECE)?;
        let Some(end) = flags.last().map(|flag| flag.id) else {
            return Ok(None);
        };
        let mut out = String::new();
        flags.iter().for_each(|flag| rows.push(&mut out, flag));
        Ok::<_, FlagsFailure>(Some((Bytes::from(out), Some(end))))
    })?;
    read.await?
}
