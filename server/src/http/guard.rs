//! What surrounds every request: who sends it, the log, and an answer whatever happens. Who may have what is
//! decided by the gates of the routes ([`super::gate`]).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::access::{Caller, Refusal};
use super::cors::{Told, preflight};
use super::envelope::Family;
use super::gate::{challenged, of_script, refused};
use super::headers::protect;
use super::key;
use super::methods::Paths;
use super::names::Names;
use super::rest::Rest;
use super::service::plain;
use crate::app::App;
use crate::ui::wants_page;

/// Guards all routes of a node.
pub struct Guard {
    /// The node.
    pub app: Arc<App>,
    /// Its paths.
    pub paths: Arc<Paths>,
}

impl<E: Endpoint> Middleware<E> for Guard {
    type Output = Guarded<E>;

    fn transform(&self, inner: E) -> Guarded<E> {
        Guarded {
            inner,
            names: Names::of(&self.app.settings),
            app: Arc::clone(&self.app),
            paths: Arc::clone(&self.paths),
        }
    }
}

/// Guarded routes.
pub struct Guarded<E> {
    inner: E,
    app: Arc<App>,
    names: Names,
    paths: Arc<Paths>,
}

impl<E: Endpoint> Endpoint for Guarded<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let started = Instant::now();
        let method = request.method().clone();
        let route = shown(request.uri().path());
        let path = request.uri().path().to_owned();
        let of_script = of_script(&request);
        let told = Told::to(&request, &self.names);
        let rest = Rest::of(&mut request);
        let mut response = challenged(self.answer(request, &path, &route).await, of_script);
        let status = response.status();
        if status == StatusCode::METHOD_NOT_ALLOWED
            && let Some(methods) = self.paths.allowed(plain(&path))
            && let Ok(methods) = HeaderValue::from_str(&methods)
        {
            response.headers_mut().insert(header::ALLOW, methods);
        }
        told.tell(response.headers_mut());
        protect(&mut response);
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

/// What is left of a request that no route took.
struct Lost {
    caller: Caller,
    method: Method,
    host: Option<HeaderValue>,
    of_page: bool,
}

impl<E: Endpoint> Guarded<E> {
    async fn answer(&self, mut request: Request, path: &str, route: &str) -> Response {
        let settings = &self.app.settings;
        let caller = self.caller(&request);
        let of_page = wants_page(&request);
        let host = request.headers().get(header::HOST).cloned();
        let preflight = preflight(&request, &self.names);
        // The page holds nothing of the library; what it asks for is judged by itself.
        if (of_page || preflight.is_some())
            && let Err(refusal) = caller.judge_host(settings)
        {
            return refused(self.paths.family(path), refusal, host.as_ref());
        }
        if let Some(answer) = preflight {
            return answer;
        }
        let lost = Lost {
            caller,
            method: request.method().clone(),
            host,
            of_page,
        };
        request.set_data(caller);
        match AssertUnwindSafe(self.inner.call(request))
            .catch_unwind()
            .await
        {
            Ok(Ok(response)) => response.into_response(),
            Ok(Err(error)) if error.is_from_response() => error.into_response(),
            Ok(Err(error)) => self.nowhere(lost, &error, self.paths.family(path), route),
            Err(_) => {
                // The panic hook has logged where.
                tracing::error!(method = %lost.method, route, "a request panicked");
                let message = "an error inside the node; its log says more";
                let family = self.paths.family(path);
                family.error(StatusCode::INTERNAL_SERVER_ERROR, message)
            }
        }
    }

    /// Who sends a request.
    fn caller(&self, request: &Request) -> Caller {
        let settings = &self.app.settings;
        let headers = request.headers();
        let shown = |key| key::shown(headers, key);
        let token = settings.token.as_ref().is_some_and(|token| {
            let given = headers.get("token");
            given.is_some_and(|given| token.matches(given.as_bytes().trim_ascii()))
        });
        Caller {
            key: settings.api_key.as_ref().and_then(shown),
            token,
            host_known: self.names.know_host(request),
            foreign: self.names.foreign(request),
        }
    }

    /// The answer to a request that no route takes. It changes nothing, and what a node has is told to
    /// those who may read it.
    fn nowhere(&self, lost: Lost, error: &poem::Error, family: Family, route: &str) -> Response {
        let settings = &self.app.settings;
        let Lost {
            caller,
            method,
            host,
            of_page,
        } = lost;
        let reads = matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
        let needs_key = settings.api_key.is_some() && (settings.private || !reads) && !of_page;
        let refusal = match caller.judge_host(settings) {
            Err(refusal) => Some(refusal),
            Ok(()) if needs_key && caller.key.is_none() => Some(Refusal::Key),
            Ok(()) => None,
        };
        if let Some(refusal) = refusal {
            return refused(family, refusal, host.as_ref());
        }
        if family == Family::Other && is_missing(error, route) {
            let message = format!("no handler found for uri [{route}] and method [{method}]");
            return family.error(StatusCode::BAD_REQUEST, &message);
        }
        family.error(error.status(), &reason(error, &method, route))
    }
}

/// Whether a request asked for something of Elasticsearch's that is not there, whose routes have a part
/// that begins with `_`.
fn is_missing(error: &poem::Error, route: &str) -> bool {
    error.status() == StatusCode::NOT_FOUND && route.split('/').any(|part| part.starts_with('_'))
}

fn reason(error: &poem::Error, method: &Method, route: &str) -> String {
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
