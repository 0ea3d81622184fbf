//! Pictor's HTTP families and command line.

pub mod app;
pub mod check;
pub mod cli;
pub mod demo;
pub mod detect;
pub mod families;
pub mod flags;
pub mod http;
pub mod library;
pub mod links;
pub mod recent;
pub mod reserved;
pub mod settings;
pub mod snapshots;
pub mod tasks;
pub mod ui;

/// The version of the node.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
