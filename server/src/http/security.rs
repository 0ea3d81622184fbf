//! What routes need, as the specification says it.

use std::collections::HashMap;

use poem_openapi::registry::{
    MetaMediaType, MetaOperation, MetaResponse, MetaSecurityScheme, Registry,
};

use super::access::{Access, Declared};
use super::described::response;
use super::envelope::Family;

type Requirement = HashMap<&'static str, Vec<&'static str>>;

/// The ways to show the key.
const KEY: [&str; 3] = ["bearer", "basic", "apiKey"];
/// The way to show the token of the similar-picture routes.
const TOKEN: &str = "token";

/// Registers the security schemes.
pub fn register(registry: &mut Registry) {
    let scheme = |ty, description| MetaSecurityScheme {
        ty,
        description: Some(description),
        name: None,
        key_in: None,
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    };
    let http = |name, description| MetaSecurityScheme {
        scheme: Some(name),
        ..scheme("http", description)
    };
    let header = |name, description| MetaSecurityScheme {
        name: Some(name),
        key_in: Some("header"),
        ..scheme("apiKey", description)
    };
    for (name, scheme) in [
        ("bearer", http("bearer", "The node's key (`API_KEY`).")),
        (
            "basic",
            http("basic", "Any user, with the node's key as password."),
        ),
        (
            "apiKey",
            header(
                "Authorization",
                "`ApiKey KEY`, or `ApiKey` and base64 of `id:KEY`.",
            ),
        ),
        (
            TOKEN,
            header(
                "token",
                "The token of search by picture (`TOKEN`); the node's key does as well.",
            ),
        ),
    ] {
        registry.create_security_scheme(name, scheme);
    }
}

/// Describes what an operation needs, and how it refuses.
pub fn describe(operation: &mut MetaOperation, declared: &Declared) {
    let one = |name: &'static str| Requirement::from([(name, Vec::new())]);
    let similar = declared.family == Family::Similar;
    let mut security: Vec<Requirement> = KEY.into_iter().map(one).collect();
    if similar {
        security.push(one(TOKEN));
    }
    match declared.access {
        // An empty requirement: without any of them.
        Access::Open => security = vec![Requirement::new()],
        Access::Read => security.insert(0, Requirement::new()),
        Access::Write | Access::Owner => {}
    }
    operation.security = security;
    if similar {
        // It answers 200 whoever asks, and says in its envelope that the key is missing.
        return;
    }
    if let Some(meaning) = unauthorized(declared.access) {
        refusal(operation, 401, meaning);
    }
    refusal(operation, 403, forbidden(declared));
    if operation.request.is_some() && !declared.any_body {
        let status = match declared.family {
            Family::Other => 406,
            _ => 415,
        };
        refusal(
            operation,
            status,
            "The body's `Content-Type` is not read here.",
        );
    }
}

fn unauthorized(access: Access) -> Option<&'static str> {
    match access {
        Access::Open => None,
        Access::Read => Some("The node is private, and the key is missing or wrong."),
        Access::Write => Some("The node has a key, and it is missing or wrong."),
        Access::Owner => Some(
            "For the node's owner: the key is missing or wrong, or the node has none and other machines reach it.",
        ),
    }
}

fn forbidden(declared: &Declared) -> &'static str {
    if declared.stores || matches!(declared.access, Access::Write | Access::Owner) {
        "Without a key: the `Host` is none of the node's names, or a page of another site asks."
    } else {
        "Without a key: the `Host` is none of the node's names."
    }
}

/// Adds a refusal with the body of the operation's other errors, or says what one means that is there.
fn refusal(operation: &mut MetaOperation, status: u16, meaning: &'static str) {
    let responses = &mut operation.responses.responses;
    if let Some(there) = responses.iter_mut().find(|one| one.status == Some(status)) {
        there.description = meaning;
        return;
    }
    let is_error = |one: &&MetaResponse| {
        one.status
            .is_some_and(|status| (400..500).contains(&status))
    };
    let like = responses.iter().filter(is_error);
    let content = like
        .map(|one| &one.content)
        .find(|content| !content.is_empty());
    let same = |media: &MetaMediaType| MetaMediaType {
        content_type: media.content_type,
        schema: media.schema.clone(),
    };
    let content = content.map(|content| content.iter().map(same).collect());
    let added = response(status, meaning, content.unwrap_or_default());
    let after = responses
        .iter()
        .position(|one| one.status.is_none_or(|other| other > status))
        .unwrap_or(responses.len());
    responses.insert(after, added);
}
