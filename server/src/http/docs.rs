//! The interactive page of the specification, and the specification itself: made once, sent packed to who
//! takes that, and not sent again to who has it. The page is whole: it asks no other host for anything.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use poem::http::{StatusCode, header};
use poem::{Body, Endpoint, Request, Response, Result};
use poem_openapi::OpenApiService;
use sha2::{Digest, Sha256};

use super::file::{header_text, not_modified};
use crate::ui::takes_gzip;

/// The page that shows a specification.
pub fn page(spec: &str) -> String {
    // The library's page for an empty service has the place where the specification belongs.
    let empty = OpenApiService::new((), "", "");
    let html = empty.swagger_ui_html();
    // `</script>` in a description would end the script that holds the specification.
    let spec = spec.replace("</", "<\\/");
    html.replacen(&empty.spec(), &spec, 1).replacen(
        "<title>Swagger UI</title>",
        "<title>Pictor</title>",
        1,
    )
}

/// What a page may do: run the scripts that it came with, and ask its own node.
fn policy(html: &str) -> String {
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some(begin) = rest.find("<script") {
        let tail = rest.get(begin..).unwrap_or_default();
        let (Some(open), Some(end)) = (tail.find('>'), tail.find("</script>")) else {
            break;
        };
        let script = tail.get(open + 1..end).unwrap_or_default();
        // A browser counts line ends as one character each.
        let digest = Sha256::digest(script.replace("\r\n", "\n"));
        scripts.push(format!("'sha256-{}'", STANDARD.encode(digest)));
        rest = tail.get(end..).unwrap_or_default();
    }
    format!(
        "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        scripts.join(" ")
    )
}

/// A text that stays the same while the node runs.
pub struct Text {
    content_type: &'static str,
    policy: Option<String>,
    plain: Bytes,
    packed: Bytes,
    tag: String,
}

impl Text {
    /// A text of a content type.
    pub fn new(content_type: &'static str, text: String) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let written = encoder.write_all(text.as_bytes());
        // Memory does not fail; an empty answer would be seen by the tests.
        let packed = written.and_then(|()| encoder.finish()).unwrap_or_default();
        let digest = Sha256::digest(&text);
        Self {
            content_type,
            policy: None,
            tag: crate::library::hex(digest.get(..12).unwrap_or_default()),
            packed: packed.into(),
            plain: text.into(),
        }
    }

    /// A page, with what its scripts may do.
    pub fn page(html: String) -> Self {
        Self {
            policy: Some(policy(&html)),
            ..Self::new("text/html; charset=utf-8", html)
        }
    }
}

impl Endpoint for Text {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let packed = header_text(&request, header::ACCEPT_ENCODING).is_some_and(takes_gzip);
        let form = if packed { "-gzip" } else { "" };
        let tag = format!("\"{}{form}\"", self.tag);
        let mut builder = Response::builder()
            .header(header::ETAG, &tag)
            // Asked for anew each time, and not sent again unless the node is another.
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::VARY, "accept-encoding");
        if let Some(policy) = &self.policy {
            builder = builder.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        if not_modified(&request, &tag) {
            return Ok(builder.status(StatusCode::NOT_MODIFIED).finish());
        }
        let builder = builder.content_type(self.content_type);
        Ok(if packed {
            builder
                .header(header::CONTENT_ENCODING, "gzip")
                .body(Body::from_bytes(self.packed.clone()))
        } else {
            builder.body(Body::from_bytes(self.plain.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_the_specification_and_asks_nobody() {
        let html = page("{\"openapi\": \"3.0.0\", \"x\": \"</script>\"}");
        assert!(html.contains("\"x\": \"<\\/script>\""));
        for outside in ["<script src", "<link", "@import", "url(http"] {
            assert!(!html.contains(outside), "{outside}");
        }
    }

    #[test]
    fn a_page_runs_the_scripts_that_it_came_with_alone() {
        // echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
        let policy = policy("<script charset=\"UTF-8\">alert(1)</script><p></p><script></script>");
        let scripts = "script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' \
                       'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';";
        assert!(policy.contains(scripts), "{policy}");
        let whole = super::policy(&page("{}"));
        assert_eq!(whole.matches("'sha256-").count(), 2, "{whole}");
    }
}
