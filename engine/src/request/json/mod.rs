//! Requests and answers as JSON, in Elasticsearch's shapes.
//!
//! Reading is strict: an unknown key or a wrong type is an error that names it
//! and its path. Printing leaves defaults out.

mod highlight;
mod print;
mod read;
mod response;
mod search;
mod sort;
mod source;
#[cfg(test)]
mod tests;
