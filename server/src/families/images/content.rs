//! Files and thumbnails of pictures.

use std::sync::Arc;

use engine::store::Access;
use poem::{Request, Response};

use super::answer::ImagesError;
use super::record::checked;
use super::thumbnail::Wanted;
use crate::app::App;
use crate::families::gif::mime;
use crate::http::{FileHead, SentFile, mapped};
use crate::library::Record;

/// A file of a hash never changes.
const FOREVER: &str = "private, max-age=31536000, immutable";

pub(super) async fn content(
    app: &Arc<App>,
    request: &Request,
    hash: &str,
    [width, height, format, frame]: [Option<String>; 4],
) -> Result<Response, ImagesError> {
    let hash = checked(hash)?;
    let wanted = Wanted::read(
        width.as_deref(),
        height.as_deref(),
        format.as_deref(),
        frame.as_deref(),
    )?;
    let work = Arc::clone(app);
    let job = app.search_pool.submit(move || {
        let unknown = || ImagesError::not_found(&hash);
        let document = work.library.document(&hash)?.ok_or_else(unknown)?;
        let record = Record::from_source(&document.id, &document.source).ok_or_else(unknown)?;
        let file = work.library.file(&record)?.ok_or_else(unknown)?;
        if let Some(wanted) = wanted {
            let (bytes, format) = work.thumbnails.get(&work, &hash, &file, wanted)?;
            let tag = format!("{hash}-{}", wanted.tag());
            let head = head(tag, format.mime());
            return Ok(SentFile { bytes, head });
        }
        // Read ahead here, where it may take time.
        file.advise(Access::WillNeed);
        Ok::<_, ImagesError>(SentFile {
            bytes: mapped(file),
            head: head(hash, mime(&record.measures.format)),
        })
    })?;
    Ok(job.await??.answer(request))
}

fn head(tag: String, content_type: &'static str) -> FileHead {
    FileHead {
        tag,
        content_type,
        disposition: None,
        cache: FOREVER,
    }
}
