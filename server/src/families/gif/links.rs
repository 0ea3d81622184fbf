//! Making links.

use std::sync::Arc;

use engine::clock::now_millis;
use poem::Request;
use poem_openapi::Object;
use poem_openapi::types::Example;
use serde_json::Value;

use super::answer::GifError;
use crate::app::App;
use crate::http::Caller;
use crate::links::{LinkKind, link_base};

/// The most pictures of a ZIP file.
const MAX_ZIP: usize = 10_000;

/// Links to a picture.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(rename = "GifLinkData", example)]
pub struct LinkData {
    /// Shows the picture.
    pub preview_link: String,
    /// Saves the picture.
    pub download_link: String,
}

impl Example for LinkData {
    fn example() -> Self {
        let token = "q2Jm0Yw7hQ1zv4c1m3Zk9J0o8bW5xT6uE2rL7sN4dPA";
        Self {
            preview_link: format!("http://127.0.0.1:7700/image/preview/{token}"),
            download_link: format!("http://127.0.0.1:7700/image/download/{token}"),
        }
    }
}

/// The link to a ZIP file.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(rename = "GifZipLinkData", example)]
pub struct ZipLinkData {
    /// Saves the ZIP file.
    pub downloadzip_link: String,
}

impl Example for ZipLinkData {
    fn example() -> Self {
        let token = "q2Jm0Yw7hQ1zv4c1m3Zk9J0o8bW5xT6uE2rL7sN4dPA";
        Self {
            downloadzip_link: format!("http://127.0.0.1:7700/image/downloadzip?token={token}"),
        }
    }
}

/// A picture's number as a path has it: decimal, without sign or leading zeros.
pub(super) fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// Links to one picture.
pub(super) async fn picture(
    app: &Arc<App>,
    request: &Request,
    gif_id: &str,
) -> Result<LinkData, GifError> {
    let id = number(gif_id).ok_or(GifError::UnknownPictures)?;
    let base = base(app, request)?;
    let token = create(app, LinkKind::Picture, vec![id]).await?;
    Ok(LinkData {
        preview_link: format!("{base}/image/preview/{token}"),
        download_link: format!("{base}/image/download/{token}"),
    })
}

/// The link to several pictures.
pub(super) async fn zip(
    app: &Arc<App>,
    request: &Request,
    body: Result<Value, String>,
) -> Result<ZipLinkData, GifError> {
    let ids = ids(&body.unwrap_or_default())?;
    let base = base(app, request)?;
    let token = create(app, LinkKind::Zip, ids).await?;
    Ok(ZipLinkData {
        downloadzip_link: format!("{base}/image/downloadzip?token={token}"),
    })
}

/// The distinct numbers of a body, in its order.
fn ids(body: &Value) -> Result<Vec<u64>, GifError> {
    let list = body.get("gif_ids").and_then(Value::as_array);
    let list = list.ok_or(GifError::UnknownPictures)?;
    if list.len() > MAX_ZIP {
        return Err(GifError::Format(format!(
            "[gif_ids] has {} entries; at most {MAX_ZIP} are allowed",
            list.len()
        )));
    }
    let mut seen = std::collections::HashSet::new();
    let mut out = Vec::with_capacity(list.len());
    for id in list {
        let id = id
            .as_u64()
            .filter(|id| *id > 0)
            .ok_or(GifError::UnknownPictures)?;
        if seen.insert(id) {
            out.push(id);
        }
    }
    if out.is_empty() {
        return Err(GifError::UnknownPictures);
    }
    Ok(out)
}

fn base(app: &App, request: &Request) -> Result<String, GifError> {
    let settings = &app.settings;
    link_base(
        request,
        settings.public_url.as_deref(),
        settings.trust_forwarded,
        Caller::of(request).host_known,
    )
    .ok_or_else(|| {
        GifError::Format(
            "the Host header is none of this node's names, so no link can begin with it: set --public-url or --allow-host"
                .to_owned(),
        )
    })
}

/// Makes a link after a look whether all its pictures are there.
async fn create(app: &Arc<App>, kind: LinkKind, ids: Vec<u64>) -> Result<String, GifError> {
    let app = Arc::clone(app);
    let work = Arc::clone(&app);
    let job = app.write_pool.submit(move || {
        for id in &ids {
            let record = work.library.record(*id)?;
            if record.and_then(|record| record.hash).is_none() {
                return Err(GifError::UnknownPictures);
            }
        }
        Ok(work.links.create(kind, &ids, now_millis())?)
    })?;
    job.await?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_plain() {
        assert_eq!(number("117"), Some(117));
        for bad in [
            "",
            "0",
            "007",
            "-1",
            "+1",
            "1.0",
            " 1",
            "1e3",
            "99999999999999999999",
            "猫",
        ] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }

    #[test]
    fn lists_of_numbers_are_checked() {
        assert_eq!(ids(&json!({"gif_ids": [3, 1, 3]})).unwrap(), [3, 1]);
        for bad in [
            json!({}),
            json!({"gif_ids": []}),
            json!({"gif_ids": [0]}),
            json!({"gif_ids": [1.5]}),
            json!({"gif_ids": ["1"]}),
            json!({"gif_ids": "1"}),
            json!([1]),
        ] {
            assert_eq!(ids(&bad), Err(GifError::UnknownPictures), "{bad}");
        }
        let many = json!({"gif_ids": vec![1; MAX_ZIP + 1]});
        assert!(matches!(ids(&many), Err(GifError::Format(_))));
    }
}
