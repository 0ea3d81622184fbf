//! The node's own page: found, looked at and managed in a browser.
//!
//! Its files are part of the binary and are sent as they are; the page asks the node's HTTP API for
//! everything else, as any client does. It loads nothing from any other host.
//!
//! | file | what |
//! |---|---|
//! | `files.rs` | the files, their types, tags and compressed forms |
//! | `wanted.rs` | which requests want the page |

mod files;
mod wanted;

use poem::http::{HeaderValue, header};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::http::{header_text, not_modified};
use files::File;
pub use wanted::{takes_gzip, wants_page};

/// What the page may do: run its own scripts, and talk to its own node. No string becomes markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Serves the page where a request wants it, before the routes of the API are asked.
///
/// It stands before them, not among them: other methods on `/ui` and requests to `/` that want JSON
/// keep the answers that clients of Elasticsearch expect.
#[derive(Debug, Clone, Copy)]
pub struct WithPage;

impl<E: Endpoint> Middleware<E> for WithPage {
    type Output = PageOr<E>;

    fn transform(&self, inner: E) -> PageOr<E> {
        PageOr { inner }
    }
}

/// The page, or else the routes of the API.
#[derive(Debug)]
pub struct PageOr<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for PageOr<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let root = request.uri().path() == "/";
        if !wants_page(&request) {
            let mut response = self.inner.call(request).await?.into_response();
            if root {
                vary(&mut response, "accept");
            }
            return Ok(response);
        }
        let path = request.uri().path();
        // Links of the page are relative to the folder that `/ui` lies in.
        if path == "/ui/" {
            return Ok(Response::builder()
                .status(poem::http::StatusCode::PERMANENT_REDIRECT)
                .header(header::LOCATION, "../ui")
                .finish());
        }
        let name = path.strip_prefix("/ui/").unwrap_or("index.html");
        let Some(file) = files::find(name) else {
            return Err(poem::error::NotFoundError.into());
        };
        let mut response = answer(file, &request);
        if root {
            vary(&mut response, "accept");
        }
        Ok(response)
    }
}

fn vary(response: &mut Response, on: &'static str) {
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static(on));
}

/// A file of the page: compressed where the client takes that, nothing where it has it already.
fn answer(file: &'static File, request: &Request) -> Response {
    let packed = header_text(request, header::ACCEPT_ENCODING).is_some_and(takes_gzip);
    let tag = file.tag(packed);
    let builder = Response::builder()
        .header(header::ETAG, &tag)
        // Asked for anew each time, and not sent again unless it changed.
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::VARY, "accept-encoding")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header("cross-origin-opener-policy", "same-origin");
    if not_modified(request, &tag) {
        return builder
            .status(poem::http::StatusCode::NOT_MODIFIED)
            .finish();
    }
    let builder = builder.content_type(file.content_type());
    if packed {
        builder
            .header(header::CONTENT_ENCODING, "gzip")
            .body(Body::from_bytes(file.packed()))
    } else {
        builder.body(Body::from_bytes(file.plain()))
    }
}
