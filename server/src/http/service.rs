//! All routes, and their specification.

use std::sync::Arc;

use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Route, get};
use poem_openapi::{LicenseObject, OpenApiService, Tags};

use super::access::{Access, Declared};
use super::docs::{self, Text};
use super::envelope::Family;
use super::gate::{Gate, Gated};
use super::guard::Guard;
use super::media::Takes;
use super::methods::Paths;
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
    Gated<LibraryApi>,
    Gated<GifApi>,
    Gated<SimilarApi>,
    Gated<ImagesApi>,
    Gated<FlagsApi>,
    Gated<DetectApi>,
    Gated<EsApi>,
);

const APIS: Apis = (
    Gated(LibraryApi),
    Gated(GifApi),
    Gated(SimilarApi),
    Gated(ImagesApi),
    Gated(FlagsApi),
    Gated(DetectApi),
    Gated(EsApi),
);

/// The paths of all families, and of the specification.
fn paths() -> Paths {
    let mut paths = Paths::default()
        .with::<LibraryApi>()
        .with::<GifApi>()
        .with::<SimilarApi>()
        .with::<ImagesApi>()
        .with::<FlagsApi>()
        .with::<DetectApi>()
        .with::<EsApi>();
    for path in [PAGE, YAML, JSON] {
        paths.add(path, Family::Other, vec![Method::GET]);
    }
    paths
}

fn service() -> OpenApiService<Apis, ()> {
    OpenApiService::new(APIS, "Pictor", VERSION)
        .description(
            "A search-engine node for pictures and GIFs. Pictures come in by upload or import and are found by words (exact, partial, \
             typo-tolerant, by meaning, by Python's regular expressions) and by how they look. Writing needs \
             `Authorization: Bearer KEY` where the node has a key (`Basic` with the key as password and `ApiKey` \
             do as well); a private node wants it for reading too. An operation whose `security` lists nothing \
             but an empty requirement is open; one that lists it among others is for whoever may read.",
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

const PAGE: &str = "/docs";
const YAML: &str = "/openapi.yaml";
const JSON: &str = "/openapi.json";

/// All routes of a node.
pub fn endpoint(app: &Arc<App>) -> impl Endpoint + use<> {
    let service = service();
    let json = service.spec();
    let text = |operation, text| {
        let route = Declared::new(Family::Other, operation, Access::Read);
        get(Gate::new(route, Takes::Anything, text))
    };
    Route::new()
        .at(PAGE, text("docs", Text::page(docs::page(&json))))
        .at(
            YAML,
            text(
                "openapiYaml",
                Text::new("application/yaml; charset=utf-8", spec()),
            ),
        )
        .at(
            JSON,
            text(
                "openapiJson",
                Text::new("application/json; charset=utf-8", json),
            ),
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
            paths: Arc::new(paths()),
        })
        .into_endpoint()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use poem_openapi::OpenApi;

    use super::*;
    use crate::http::access::Declares;

    /// The operations of a family that declare nothing, and declarations of none or of several.
    fn wrong<A: OpenApi + Declares>() -> Vec<String> {
        let apis = A::meta();
        let operations = apis
            .iter()
            .flat_map(|api| &api.paths)
            .flat_map(|path| &path.operations);
        let there: BTreeSet<&str> = operations
            .map(|operation| {
                operation
                    .operation_id
                    .unwrap_or("an operation without a name")
            })
            .collect();
        let declared: Vec<&str> = A::ROUTES.iter().map(|route| route.operation).collect();
        let once: BTreeSet<&str> = declared.iter().copied().collect();
        let mut wrong: Vec<String> = there
            .symmetric_difference(&once)
            .map(|&name| name.to_owned())
            .collect();
        if once.len() != declared.len() {
            wrong.push("an operation is declared twice".to_owned());
        }
        wrong
    }

    /// Runs a test on a stack as large as a program's: descriptions of two hundred routes are one value,
    /// which is more than a thread of the tests has without optimisation.
    fn on_a_large_stack(test: fn()) {
        let thread = std::thread::Builder::new().stack_size(64 << 20);
        thread.spawn(test).unwrap().join().unwrap();
    }

    #[test]
    fn every_route_declares_what_it_needs() {
        on_a_large_stack(|| {
            let wrong = [
                wrong::<LibraryApi>(),
                wrong::<GifApi>(),
                wrong::<SimilarApi>(),
                wrong::<ImagesApi>(),
                wrong::<FlagsApi>(),
                wrong::<DetectApi>(),
                wrong::<EsApi>(),
            ];
            assert_eq!(wrong.concat(), [""; 0]);
        });
    }

    #[test]
    fn every_route_of_the_router_is_one_of_the_specification() {
        on_a_large_stack(|| {
            let mut table = std::collections::HashMap::new();
            APIS.add_routes(&mut table);
            let routes: usize = table.values().map(|methods| methods.len()).sum();
            let meta = Apis::meta();
            let described = meta.iter().flat_map(|api| &api.paths);
            assert_eq!(
                routes,
                described.map(|path| path.operations.len()).sum::<usize>()
            );
            assert!(routes > 200, "{routes}");
        });
    }
}
