//! What surrounds every request: the key, the log, and an answer whatever happens.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::access::{Access, access};
use super::envelope::Family;
use super::methods::Methods;
use super::rest::Rest;
use super::service::plain;
use crate::app::App;
use crate::ui::wants_page;

/// Guards all routes of a node.
pub struct Guard {
    /// The node.
    pub app: Arc<App>,
    /// The methods of its paths.
    pub methods: Arc<Methods>,
}

impl<E: Endpoint> Middleware<E> for Guard {
    type Output = Guarded<E>;

    fn transform(&self, inner: E) -> Guarded<E> {
        Guarded {
            inner,
            app: Arc::clone(&self.app),
            methods: Arc::clone(&self.methods),
        }
    }
}

/// Guarded routes.
pub struct Guarded<E> {
    inner: E,
    app: Arc<App>,
    methods: Arc<Methods>,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let started = Instant::now();
        let family = Family::of(request.uri().path());
        let allowed = self.methods.allowed(plain(request.uri().path()));
        let method = request.method().clone();
        let route = shown(request.uri().path());
        let rest = Rest::of(&mut request);
        let mut response = if self.allowed(&request) {
            match AssertUnwindSafe(self.inner.call(request))
                .catch_unwind()
                .await
            {
                Ok(Ok(response)) => response.into_response(),
                Ok(Err(error)) if error.is_from_response() => error.into_response(),
                Ok(Err(error)) if family == Family::Other && is_missing(&error, &route) => {
                    let message =
                        format!("no handler found for uri [{route}] and method [{method}]");
                    family.error(StatusCode::BAD_REQUEST, &message)
                }
                Ok(Err(error)) => family.error(error.status(), &reason(&error, &method, &route)),
                Err(_) => {
                    // The panic hook has logged where.
                    tracing::error!(%method, route, "a request panicked");
                    let message = "an error inside the node; its log says more";
                    family.error(StatusCode::INTERNAL_SERVER_ERROR, message)
                }
            }
        } else {
            let keyless = self.app.settings.api_key.is_none() && family != Family::Similar;
            unauthorized(family, keyless)
        };
        let status = response.status();
        if status == StatusCode::METHOD_NOT_ALLOWED
            && let Some(Ok(methods)) = allowed.map(HeaderValue::from_str)
        {
            response.headers_mut().insert(header::ALLOW, methods);
        }
        rest.settle(&mut response, self.app.settings.limits.client_timeout)
            .await;
        let took_ms = started.elapsed().as_millis();
        if status.is_server_error() {
            tracing::warn!(%method, route, status = status.as_u16(), took_ms, "answered");
        } else {
            tracing::debug!(%method, route, status = status.as_u16(), took_ms, "answered");
        }
        Ok(response)
    }
}

impl<E> Guarded<E> {
    fn allowed(&self, request: &Request) -> bool {
        let settings = &self.app.settings;
        if Family::of(request.uri().path()) == Family::Similar {
            return self.allowed_similar(request);
        }
        // The page holds nothing of the library; what it asks for is judged by itself.
        if wants_page(request) {
            return true;
        }
        let access = access(request.method(), request.uri().path());
        let Some(key) = &settings.api_key else {
            return access != Access::Owner || settings.listen.ip().is_loopback();
        };
        let needed = match access {
            Access::Open => false,
            Access::Read => settings.private,
            Access::Write | Access::Owner => true,
        };
        !needed || bearer(request).is_some_and(|given| key.matches(given))
    }

    /// Search by picture has a token of its own; the key does as well. Without a token the key is
    /// needed where it is elsewhere.
    fn allowed_similar(&self, request: &Request) -> bool {
        let settings = &self.app.settings;
        let needed = match access(request.method(), request.uri().path()) {
            _ if settings.token.is_some() => true,
            Access::Open => false,
            Access::Read => settings.private,
            Access::Write | Access::Owner => settings.api_key.is_some(),
        };
        if !needed {
            return true;
        }
        let with_token = settings.token.as_ref().is_some_and(|token| {
            let given = request.headers().get("token");
            given.is_some_and(|given| token.matches(given.as_bytes().trim_ascii()))
        });
        let with_key = settings
            .api_key
            .as_ref()
            .is_some_and(|key| bearer(request).is_some_and(|given| key.matches(given)));
        with_token || with_key
    }
}

/// The key that a request shows.
fn bearer(request: &Request) -> Option<&[u8]> {
    let value = request.headers().get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, key) = value.split_at_checked(b"Bearer ".len())?;
    scheme
        .eq_ignore_ascii_case(b"Bearer ")
        .then(|| key.trim_ascii())
}

fn unauthorized(family: Family, keyless: bool) -> Response {
    let message = if keyless {
        "this needs a key and the node has none: set its environment variable API_KEY"
    } else {
        "this needs the node's key: send the header Authorization: Bearer KEY"
    };
    let mut response = family.error(StatusCode::UNAUTHORIZED, message);
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"pictor\""),
    );
    response
}

/// Whether a request asked for something of Elasticsearch's that is not there, whose routes have a part
/// that begins with `_`.
fn is_missing(error: &poem::Error, route: &str) -> bool {
    error.status() == StatusCode::NOT_FOUND && route.split('/').any(|part| part.starts_with('_'))
}

fn reason(error: &poem::Error, method: &poem::http::Method, route: &str) -> String {
    match error.status() {
        StatusCode::NOT_FOUND => format!("no route {method} {route}; GET /docs lists all"),
        StatusCode::METHOD_NOT_ALLOWED => {
            format!("{method} is not what {route} takes; GET /docs lists all")
        }
        _ => error.to_string(),
    }
}

/// A path for the log and for messages: without the tokens of links, and not too long.
fn shown(path: &str) -> String {
    const LONGEST: usize = 200;
    for prefix in ["/image/preview/", "/image/download/"] {
        if path.starts_with(prefix) {
            return format!("{prefix}…");
        }
    }
    path.chars().take(LONGEST).collect()
}
