//! Every route of a family within a gate that stands behind the router: what is checked is what the route
//! that was matched declares, whatever its path looks like.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use poem::endpoint::BoxEndpoint;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Result};
use poem_openapi::OpenApi;
use poem_openapi::registry::{MetaApi, MetaOperation, Registry};

use super::access::{Access, Caller, Declared, Declares, Refusal};
use super::envelope::Family;
use super::key::{CHALLENGE, CHALLENGE_OF_PAGES};
use super::media::{self, Takes};
use super::security;
use crate::app::App;

/// The routes of a family, each within its gate, and described with what it needs.
#[derive(Debug, Clone, Copy)]
pub struct Gated<A>(pub A);

/// What is known of an operation that declares nothing: nobody but the owner gets it.
const CLOSED: Declared = Declared::new(Family::Other, "", Access::Owner);

fn declared<A: Declares>(operation: &MetaOperation) -> Declared {
    let name = operation.operation_id.unwrap_or_default();
    A::declared(name).unwrap_or(CLOSED)
}

fn takes(declared: &Declared, operation: &MetaOperation) -> Takes {
    if declared.any_body {
        return Takes::Anything;
    }
    let content = operation.request.iter().flat_map(|body| &body.content);
    let mut kinds = content.map(|media| media.content_type);
    match kinds.next() {
        None => Takes::Nothing,
        Some("multipart/form-data") => Takes::Form,
        Some("application/octet-stream") => Takes::Lines,
        Some(_) => Takes::Json,
    }
}

/// A path with its parameters unnamed: the specification's and the router's names of them differ.
fn shape(path: &str) -> String {
    let unnamed = |part: &str| match part.starts_with(['{', ':']) {
        true => "{}".to_owned(),
        false => part.to_owned(),
    };
    path.split('/').map(unnamed).collect::<Vec<_>>().join("/")
}

impl<A: OpenApi + Declares> OpenApi for Gated<A> {
    fn meta() -> Vec<MetaApi> {
        let mut apis = A::meta();
        let paths = apis.iter_mut().flat_map(|api| &mut api.paths);
        for operation in paths.flat_map(|path| &mut path.operations) {
            let declared = declared::<A>(operation);
            security::describe(operation, &declared);
        }
        apis
    }

    fn register(registry: &mut Registry) {
        A::register(registry);
        security::register(registry);
    }

    fn add_routes(self, table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        let mut rules = HashMap::new();
        for path in A::meta().iter().flat_map(|api| &api.paths) {
            for operation in &path.operations {
                let declared = declared::<A>(operation);
                let rule = (declared, takes(&declared, operation));
                rules.insert((shape(&path.path), operation.method.clone()), rule);
            }
        }
        let mut own = HashMap::new();
        self.0.add_routes(&mut own);
        for (path, methods) in own {
            let there = table.entry(path.clone()).or_default();
            for (method, inner) in methods {
                let rule = rules.get(&(shape(&path), method.clone())).copied();
                let (route, takes) = rule.unwrap_or((CLOSED, Takes::Nothing));
                there.insert(method, Gate::new(route, takes, inner).boxed());
            }
        }
    }
}

/// An endpoint that answers whom its route's declaration admits.
pub struct Gate<E> {
    route: Declared,
    takes: Takes,
    inner: E,
}

impl<E> Gate<E> {
    /// Puts an endpoint within the gate of a route.
    pub fn new(route: Declared, takes: Takes, inner: E) -> Self {
        Self {
            route,
            takes,
            inner,
        }
    }
}

impl<E: Endpoint> Endpoint for Gate<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let family = self.route.family;
        let Some(app) = request.data::<Arc<App>>().cloned() else {
            return Ok(internal(family));
        };
        let judged = Caller::of(&request).judge(&self.route, &app.settings);
        if let Err(refusal) = judged {
            let host = request.headers().get(header::HOST);
            return Ok(refused(family, refusal, host));
        }
        let body = request.take_body();
        if !body.is_empty()
            && let Err((status, reason)) = media::check(family, self.takes, &request)
        {
            return Ok(family.error(status, &reason));
        }
        request.set_body(body);
        let answered = AssertUnwindSafe(self.inner.call(request))
            .catch_unwind()
            .await;
        Ok(match answered {
            Ok(Ok(response)) => response.into_response(),
            Ok(Err(error)) if error.is_from_response() => error.into_response(),
            Ok(Err(error)) => family.error(error.status(), &error.to_string()),
            Err(_) => {
                // The panic hook has logged where.
                tracing::error!(operation = self.route.operation, "a request panicked");
                internal(family)
            }
        })
    }
}

fn internal(family: Family) -> Response {
    let message = "an error inside the node; its log says more";
    family.error(StatusCode::INTERNAL_SERVER_ERROR, message)
}

/// The answer to a request that is refused; `host` is the one that it names.
pub fn refused(family: Family, refusal: Refusal, host: Option<&HeaderValue>) -> Response {
    let forbidden = |message: &str| family.error(StatusCode::FORBIDDEN, message);
    let unauthorized = |message: &str| family.error(StatusCode::UNAUTHORIZED, message);
    match refusal {
        Refusal::Key => {
            unauthorized("this needs the node's key: send the header Authorization: Bearer KEY")
        }
        Refusal::NoKey => unauthorized(
            "this needs a key and the node has none: set its environment variable API_KEY",
        ),
        Refusal::Host => {
            let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
            let host: String = host.chars().take(100).collect();
            forbidden(&format!(
                "the host [{host}] is none of this node's names: add it with --allow-host or --public-url, or give \
                 the node a key (environment variable API_KEY)"
            ))
        }
        Refusal::Foreign => forbidden(
            "pages of other sites may not do this: allow their origin with --cors-origin, or send the node's key as \
             Authorization: Bearer KEY",
        ),
    }
}

/// Whether a script or a part of a page sent a request, by what its browser says.
pub fn of_script(request: &Request) -> bool {
    let wanted = request.headers().get("sec-fetch-dest");
    wanted.is_some_and(|wanted| wanted != "document")
}

/// Says on a 401 how the key is shown.
pub fn challenged(mut response: Response, of_script: bool) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = if of_script {
            CHALLENGE_OF_PAGES
        } else {
            CHALLENGE
        };
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        );
    }
    response
}
