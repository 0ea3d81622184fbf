//! Updates and deletions.

use std::sync::Arc;

use poem::Request;
use poem::http::header;
use serde_json::{Map, Value};

use super::answer::ImagesError;
use super::bodies::{BulkUpdated, Deleted, DeletedMany, NotDeleted, NotUpdated, UpdatedFields};
use super::record::checked;
use crate::app::App;
use crate::http::header_text;
use crate::library::LibraryError;

/// The most pictures of one request.
const MAX_PICTURES: usize = 10_000;
/// Why a picture that is not there was not changed.
const UNKNOWN: &str = "Image not found";

fn object(body: Result<Value, String>) -> Result<Map<String, Value>, ImagesError> {
    match body.map_err(ImagesError::body)? {
        Value::Object(object) if object.len() > MAX_PICTURES => Err(ImagesError::body(format!(
            "the body has {} members; at most {MAX_PICTURES} are taken at once",
            object.len()
        ))),
        Value::Object(object) => Ok(object),
        _ => Err(ImagesError::body("the body is not a JSON object")),
    }
}

pub(super) async fn update(
    app: &Arc<App>,
    request: &Request,
    hash: &str,
    body: Result<Value, String>,
) -> Result<UpdatedFields, ImagesError> {
    let hash = checked(hash)?;
    let body = object(body)?;
    let expected = header_text(request, header::IF_MATCH).map(str::to_owned);
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        let stands = |tag: &str| expected.as_deref().is_none_or(|given| matches(given, tag));
        let updated = work.library.update(&hash, &body, stands)?;
        let updated = updated.ok_or_else(|| ImagesError::not_found(&hash))?;
        work.library.refresh()?;
        Ok(UpdatedFields {
            success: true,
            updated_fields: updated.fields,
        })
    })?;
    job.await?
}

/// Whether an `If-Match` header names the tag.
fn matches(header: &str, tag: &str) -> bool {
    let mut names = header.split(',').map(str::trim);
    names.any(|given| given == "*" || given == tag)
}

pub(super) async fn update_many(
    app: &Arc<App>,
    body: Result<Value, String>,
) -> Result<BulkUpdated, ImagesError> {
    let body = object(body)?;
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        let mut out = BulkUpdated {
            success: Vec::new(),
            failed: Vec::new(),
        };
        for (hash, fields) in body {
            match update_one(&work, &hash, &fields) {
                Ok(()) => out.success.push(hash),
                Err(error) => out.failed.push(NotUpdated { hash, error }),
            }
        }
        work.library.refresh()?;
        Ok::<_, ImagesError>(out)
    })?;
    job.await?
}

fn update_one(app: &App, hash: &str, fields: &Value) -> Result<(), String> {
    // What is no hash is the hash of no picture.
    let hash = checked(hash).map_err(|_| UNKNOWN.to_owned())?;
    let fields = fields
        .as_object()
        .ok_or_else(|| "the fields are not a JSON object".to_owned())?;
    match app.library.update(&hash, fields, |_| true) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(UNKNOWN.to_owned()),
        Err(error) => Err(told(error)),
    }
}

/// An error for its sender; what is the node's own is logged instead.
fn told(error: LibraryError) -> String {
    ImagesError::from(error).message
}

pub(super) async fn delete(app: &Arc<App>, hash: &str) -> Result<Deleted, ImagesError> {
    let hash = checked(hash)?;
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        if !delete_one(&work, &hash)? {
            return Err(ImagesError::not_found(&hash));
        }
        Ok(Deleted {
            success: true,
            message: "Image deleted successfully".to_owned(),
        })
    })?;
    job.await?
}

fn delete_one(app: &App, hash: &str) -> Result<bool, LibraryError> {
    match app.library.find(hash)? {
        Some(id) => app.library.delete(id),
        None => Ok(false),
    }
}

pub(super) async fn delete_many(
    app: &Arc<App>,
    body: Result<Value, String>,
) -> Result<DeletedMany, ImagesError> {
    let body = object(body)?;
    let Some(Value::Array(hashes)) = body.get("hashes") else {
        return Err(ImagesError::bad(
            "InvalidBody",
            "[hashes] must be a list of hashes",
            "hashes",
        ));
    };
    if hashes.len() > MAX_PICTURES {
        return Err(ImagesError::body(format!(
            "[hashes] names {} pictures; at most {MAX_PICTURES} are deleted at once",
            hashes.len()
        )));
    }
    let named: Vec<String> = hashes
        .iter()
        .map(|hash| match hash {
            Value::String(hash) => Ok(hash.clone()),
            other => Err(ImagesError::bad(
                "InvalidBody",
                format!("[hashes] must hold strings, not {other}"),
                "hashes",
            )),
        })
        .collect::<Result<_, _>>()?;
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        let mut out = DeletedMany {
            deleted: Vec::new(),
            failed: Vec::new(),
            count: 0,
        };
        for hash in named {
            let deleted = match checked(&hash) {
                Ok(lower) => delete_one(&work, &lower).map_err(told),
                // What is no hash is the hash of no picture.
                Err(_) => Ok(false),
            };
            match deleted {
                Ok(true) => out.deleted.push(hash),
                Ok(false) => out.failed.push(NotDeleted {
                    hash,
                    reason: "File not found".to_owned(),
                }),
                Err(reason) => out.failed.push(NotDeleted { hash, reason }),
            }
        }
        out.count = out.deleted.len() as u64;
        Ok::<_, ImagesError>(out)
    })?;
    job.await?
}
