//! Uploads.

use std::sync::Arc;

use poem_openapi::types::{Binary, Example};
use poem_openapi::{Multipart, Object};

use crate::app::App;
use crate::families::gif::GifError;
use crate::http::{FileForm, FormError};
use crate::library::Fields;

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(example)]
pub struct UploadData {
    /// The picture's number.
    pub id: u64,
    /// The SHA-256 of the file, in hex.
    pub hash: String,
    /// Whether the picture is new.
    pub created: bool,
}

impl Example for UploadData {
    fn example() -> Self {
        Self {
            id: 117,
            hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            created: true,
        }
    }
}

/// The form, as the specification shows it; it is read piece by piece instead.
#[derive(Debug, Multipart)]
#[expect(dead_code, reason = "it is only described")]
pub struct UploadFields {
    /// The picture: GIF, PNG, JPEG or WebP
    file: Binary<Vec<u8>>,
    /// Default: the file's name without its extension
    title: Option<String>,
    /// Default: `anonymous`
    uploader: Option<String>,
    /// The uploader's number
    uploader_id: Option<i64>,
    /// Category
    category: Option<String>,
    /// Tags: repeated, one JSON list, or separated by commas
    tags: Option<String>,
    /// A label of an external system; default: the file's MD5
    key: Option<String>,
    /// Where that system has the picture; nothing is read from there
    #[oai(rename = "imgPath")]
    img_path: Option<String>,
    /// Likes, for libraries that move in
    like: Option<i64>,
    /// RFC 3339; default: now
    pub_time: Option<String>,
    /// A JSON object of further fields: strings, numbers, booleans or lists of these
    metadata: Option<String>,
}

impl From<FormError> for GifError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Broken(reason) => Self::Format(reason),
            FormError::TooLarge(_) => Self::Image(error.to_string()),
            FormError::Busy(_) => Self::Busy(error.to_string()),
        }
    }
}

/// Answers an upload.
pub(super) async fn upload(
    app: &Arc<App>,
    form: FileForm<UploadFields>,
) -> Result<UploadData, GifError> {
    let _room = app
        .upload_room
        .clone()
        .try_acquire_owned()
        .map_err(|_| GifError::Busy("too many uploads at once; try again later".to_owned()))?;
    let form = form.read(app.settings.limits.max_file_bytes).await?;
    let mut fields = Fields::default();
    if let Some(name) = &form.file_name {
        fields.set_file_name(name)?;
    }
    for (name, value) in &form.fields {
        fields.set_text(name, value)?;
    }
    let bytes = form
        .file
        .ok_or_else(|| GifError::Format("[file] is missing".to_owned()))?;
    let work = Arc::clone(app);
    let job = app.write_pool.submit(move || {
        let added = work.library.ingest(&bytes, fields)?;
        Ok::<_, GifError>(UploadData {
            id: added.id,
            hash: added.hash,
            created: added.created,
        })
    })?;
    job.await?
}
