//! The harness of the tests that drive the real binary over HTTP.
//!
//! [`Server::start`] builds the binary once, runs it on a free port with a
//! folder of its own, and stops it when it is dropped.

mod bucket;
mod corpus;
pub mod differential;
pub mod frozen;
mod pictures;
pub mod power;
mod server;
mod skips;
mod tools;
mod watched;

pub use bucket::Bucket;
pub use corpus::{captions, corpus, pictures_folder};
pub use pictures::{gif, png, solid_gif};
pub use server::{Server, ServerOptions, binary};
pub use skips::{Lack, skip};
pub use tools::{chromium, client_file, installed, npm, page_stories, python, succeeds};
pub use watched::{Limits, Usage};
