//! Taking pictures in.

use std::sync::Arc;

use serde_json::Value;

use super::answer::SimError;
use super::bodies::SimilarAddForm;
use super::source::{Place, object, picture, text};
use crate::app::App;
use crate::http::FileForm;
use crate::library::Fields;

pub(super) async fn from_form(
    app: &Arc<App>,
    form: FileForm<SimilarAddForm>,
) -> Result<bool, SimError> {
    let _room = room(app)?;
    let form = form.read(app.settings.limits.max_file_bytes).await?;
    let mut fields = Fields::default();
    if let Some(name) = &form.file_name {
        fields.set_file_name(name)?;
    }
    label(&mut fields, form.field("key"), form.field("imgPath"))?;
    let bytes = form
        .file
        .ok_or_else(|| SimError("[file] is missing".to_owned()))?;
    ingest(app, bytes, fields).await
}

pub(super) async fn from_body(
    app: &Arc<App>,
    body: Result<Value, String>,
    place: Place,
) -> Result<bool, SimError> {
    let body = object(body)?;
    let _room = room(app)?;
    let mut fields = Fields::default();
    label(&mut fields, text(&body, "key")?, text(&body, "imgPath")?)?;
    if let Some(source) = text(&body, if place == Place::Url { "url" } else { "path" })? {
        let path = source.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        // Of a URL only what looks like a file: `https://host` and `/image` name none.
        let names = match place {
            Place::Path => !name.is_empty(),
            _ => name.contains('.') && path.matches('/').count() > 2,
        };
        if names {
            fields.set_file_name(name)?;
        }
    }
    let bytes = picture(app, &body, place).await?;
    ingest(app, bytes, fields).await
}

fn room(app: &Arc<App>) -> Result<tokio::sync::OwnedSemaphorePermit, SimError> {
    let room = Arc::clone(&app.upload_room).try_acquire_owned();
    room.map_err(|_| SimError("too many uploads at once; try again later".to_owned()))
}

fn label(fields: &mut Fields, key: Option<&str>, path: Option<&str>) -> Result<(), SimError> {
    if let Some(key) = key {
        fields.set_text("key", key)?;
    }
    if let Some(path) = path {
        fields.set_text("imgPath", path)?;
    }
    Ok(())
}

async fn ingest(app: &Arc<App>, bytes: Vec<u8>, fields: Fields) -> Result<bool, SimError> {
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        work.library.ingest(&bytes, fields)?;
        Ok::<_, SimError>(true)
    })?;
    job.await?
}
