//! All routes, and their specification.

use std::sync::Arc;

use poem::endpoint::make_sync;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Route, get};
use poem_openapi::{LicenseObject, OpenApiService, Tags};

use super::docs;
use super::guard::Guard;
use super::methods::Methods;
use crate::VERSION;
use crate::app::App;
use crate::families::detect::DetectApi;
use crate::families::es::EsApi;
use crate::families::flags::FlagsApi;
use crate::families::gif::GifApi;
use crate::families::images::ImagesApi;
use crate::families::library::LibraryApi;
use crate::families::similar::SimilarApi;
use crate::ui::WithPage;

/// The groups of the specification.
#[derive(Debug, Tags)]
pub enum Tag {
    /// The library: pictures come in.
    Library,
    /// Pictures are found by words, shared and downloaded. Every answer is wrapped in `code`, `info` and
    /// `data`; code 0 is success.
    #[oai(rename = "GIF search")]
    GifSearch,
    /// The pictures that have a file, by SHA-256: listings by OData 4.01 or by conditions on metadata,
    /// updates, deletions, files and thumbnails. Errors are OData's.
    #[oai(rename = "Image management")]
    Images,
    /// Pictures are taken in and found by how they look. Every answer is wrapped in `msg`, `code`
    /// and `data`, with HTTP 200; `code` 200 is success.
    #[oai(rename = "Search by picture")]
    Similar,
    /// Elasticsearch-compatible REST: clients, tools and back ends work by changing their URL.
    Elasticsearch,
    /// Generated images that an app's users reported, with the parameters they were made with, and what
    /// a PNG says of these. Errors are `{"error": …}`.
    #[oai(rename = "Flagged generations")]
    Flags,
    /// Defects of surfaces are found on pictures, drawn, and recorded. Errors are `{"error": …}`.
    #[oai(rename = "Defect detection")]
    Detect,
    /// The node itself.
    Node,
}

type Apis = (
    LibraryApi,
    GifApi,
    SimilarApi,
    ImagesApi,
    FlagsApi,
    DetectApi,
    EsApi,
);

fn service() -> OpenApiService<Apis, ()> {
    OpenApiService::new(
        (LibraryApi, GifApi, SimilarApi, ImagesApi, FlagsApi, DetectApi, EsApi),
        "Pictor",
        VERSION,
    )
        .description(
            "A search-engine node for pictures and GIFs. Pictures come in by upload or import and are found by words (exact, partial, \
             typo-tolerant, by meaning, by Python's regular expressions) and by how they look. Writing needs \
             `Authorization: Bearer KEY` where the node has a key; a private node wants it for \
             reading too.",
        )
        .license(
            // `identifier` is OpenAPI 3.1's; this is 3.0.
            LicenseObject::new("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0"),
        )
}

/// The specification (OpenAPI 3.0, YAML).
pub fn spec() -> String {
    let mut spec = service().spec_yaml();
    if !spec.ends_with('\n') {
        spec.push('\n');
    }
    spec
}

/// Paths that clients also send with a slash at their end; routes are told apart by it, and the
/// specification has one of both.
const WITH_SLASH: &[&str] = &["/api/detect/"];

/// A path as the specification has it.
pub(super) fn plain(path: &str) -> &str {
    match WITH_SLASH.contains(&path) {
        true => path.trim_end_matches('/'),
        false => path,
    }
}

/// Takes the slash from such a path.
fn without_slash(request: &mut Request) {
    let path = request.uri().path();
    let plain = plain(path);
    if plain == path {
        return;
    }
    let whole = match request.uri().query() {
        Some(query) => format!("{plain}?{query}"),
        None => plain.to_owned(),
    };
    if let Ok(uri) = whole.parse() {
        *request.uri_mut() = uri;
    }
}

/// All routes of a node.
pub fn endpoint(app: &Arc<App>) -> impl Endpoint + use<> {
    let service = service();
    let page = docs::page(&service.spec());
    let yaml = spec();
    let json = service.spec();
    let methods = Arc::new(Methods::of(&json));
    let text = |content_type: &'static str, text: String| {
        get(make_sync(move |_| {
            Response::builder()
                .content_type(content_type)
                .body(text.clone())
        }))
    };
    Route::new()
        .at("/docs", text("text/html; charset=utf-8", page))
        .at(
            "/openapi.yaml",
            text("application/yaml; charset=utf-8", yaml),
        )
        .at(
            "/openapi.json",
            text("application/json; charset=utf-8", json),
        )
        .nest_no_strip("/", service)
        .before(|mut request: Request| async move {
            without_slash(&mut request);
            Ok(request)
        })
        .data(Arc::clone(app))
        .with(WithPage)
        .with(Guard {
            app: Arc::clone(app),
            methods,
        })
        .into_endpoint()
}
