//! What pages of other sites may do: nothing, unless their origin is allowed (`--cors-origin`).

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Request, Response};

use super::names::Names;

/// The methods of the node's routes.
const METHODS: &str = "GET, HEAD, POST, PUT, DELETE";
/// The headers that a page may send: those that the families and Elasticsearch's clients use.
const HEADERS: &str = "accept, authorization, content-type, if-match, if-none-match, if-range, range, token, \
    x-elastic-client-meta, x-opaque-id, x-requested-with";
/// The headers of answers that a page may read, beside those that it always may.
const EXPOSED: &str = "accept-ranges, allow, content-disposition, content-encoding, content-range, etag, location, \
    retry-after, warning, www-authenticate, x-elastic-product, x-opaque-id";
/// How long a browser may remember what it was told, in seconds.
const REMEMBERED: &str = "600";

/// Returns the answer to a browser that asks what a page may send; `None` where it asks for something
/// else, or nobody is allowed anything.
pub fn preflight(request: &Request, names: &Names) -> Option<Response> {
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || names.origins().is_empty() {
        return None;
    }
    if names.allowed_origin(request).is_none() {
        return Some(Response::builder().status(StatusCode::FORBIDDEN).finish());
    }
    let mut builder = Response::builder()
        .status(StatusCode::NO_CONTENT)
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
        .header(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    // A page of the web asks a machine of one's own network.
    let network = "access-control-request-private-network";
    if request.headers().contains_key(network) {
        builder = builder.header("access-control-allow-private-network", "true");
    }
    Some(builder.finish())
}

/// What an answer tells the browser of an allowed page.
#[derive(Debug, Default)]
pub struct Told {
    /// Whether answers depend on who asks.
    varies: bool,
    /// The origin that may read; `*` for any.
    origin: Option<HeaderValue>,
}

impl Told {
    /// Returns what is told to whoever sent a request.
    pub fn to(request: &Request, names: &Names) -> Self {
        let origins = names.origins();
        let origin = names.allowed_origin(request).and_then(|origin| {
            let shown = if origins.name(origin) { origin } else { "*" };
            HeaderValue::from_str(shown).ok()
        });
        Self {
            varies: !origins.is_empty(),
            origin,
        }
    }

    /// Writes it into the head of an answer.
    pub fn tell(self, headers: &mut HeaderMap) {
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = self.origin else { return };
        // Never for any page: what a browser has of Basic is for those that were named.
        if origin != "*" {
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static(EXPOSED);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}
