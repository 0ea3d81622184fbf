//! HTTP: routes, access, and answers where no handler could give one.
//!
//! Bodies that a family checks by itself arrive through [`TolerantJson`].

mod access;
mod answer;
mod body;
mod connections;
mod cors;
pub mod described;
mod docs;
mod envelope;
mod file;
mod form;
mod gate;
mod guard;
mod headers;
mod json;
mod key;
mod media;
mod methods;
mod names;
mod patience;
mod ranges;
mod receive;
mod rest;
mod security;
mod serve;
pub mod service;

pub use access::{Access, Caller, Declared, Declares};
pub use answer::{Answer, Failure};
pub use body::TolerantJson;
pub use envelope::Family;
pub use file::{FileHead, SentFile, header_text, mapped, not_modified};
pub use form::{FileForm, Form, FormError, FormPart, FormParts};
pub use json::{JsonError, parse, parse_charged};
pub use receive::{BodyError, BodyLimits, Charged, busy, length_of, receive};
pub use serve::{Serving, serve};
pub use service::{endpoint, spec};
