//! Settings: a flag wins over the environment, that over the file, that over the default.

mod args;
mod error;
mod file;
mod hosts;
mod limits;
mod machine;
mod resolve;
mod secret;

#[cfg(test)]
mod tests;

pub use args::ServeArgs;
pub use error::SettingsError;
pub use file::FileSettings;
pub use hosts::{Host, Origins, authority, is_host, origin_of};
pub use limits::Limits;
pub use secret::Secret;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::ValueEnum;
use engine::NodeOptions;
use engine::index::{IndexOptions, Limits as IndexLimits};
use engine::node::Reserved;

/// Where the node listens when nothing else is said.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7700";

/// The folder of the node's data when nothing else is said.
pub const DEFAULT_DATA: &str = "pictor-data";

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// All settings of a node.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the node's data.
    pub data: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// What links begin with, without a slash at the end; `None` for the request's own address.
    pub public_url: Option<String>,
    /// Further names of the node, each with or without a port.
    pub allow_host: Vec<String>,
    /// The origins of other sites whose pages may use the node.
    pub cors_origin: Origins,
    /// Whether `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.
    pub trust_forwarded: bool,
    /// The key of writes (and of reads, when private).
    pub api_key: Option<Secret>,
    /// The key of the similar-picture family.
    pub token: Option<Secret>,
    /// Whether reads need the key too.
    pub private: bool,
    /// Folders whose files may be read by path.
    pub allow_path: Vec<PathBuf>,
    /// Whether URLs of private networks may be fetched.
    pub allow_private_urls: bool,
    /// The model of pictures; `None` for the built-in one.
    pub image_model: Option<PathBuf>,
    /// The model of texts; `None` for the built-in one.
    pub text_model: Option<PathBuf>,
    /// The detector of defects; `None` for the built-in one.
    pub detector_model: Option<PathBuf>,
    /// How the log is written.
    pub log_format: LogFormat,
    /// What is logged.
    pub log_level: String,
    /// Threads for searches.
    pub search_threads: usize,
    /// Threads for the detection of defects.
    pub detect_threads: usize,
    /// Threads for writes: they wait for the disk most of the time.
    pub write_threads: usize,
    /// Bounds.
    pub limits: Limits,
}

impl Settings {
    /// Whether files below this real path may be read by path: it lies below the data folder's
    /// `inbox` or `snapshots`, or a folder that is allowed.
    pub fn allows(&self, real: &std::path::Path) -> bool {
        let own = ["inbox", "snapshots"].map(|name| self.data.join(name));
        own.iter()
            .chain(&self.allow_path)
            .filter_map(|folder| folder.canonicalize().ok())
            .any(|folder| real.starts_with(folder))
    }

    /// The engine's options, with the indices that are not the users'.
    pub fn node_options(&self, reserved: Reserved) -> NodeOptions {
        NodeOptions {
            index: IndexOptions {
                reserve: self.limits.min_free_bytes,
                limits: IndexLimits {
                    query_timeout: self.limits.query_timeout,
                    regex_budget: self.limits.regex_timeout,
                    // Of searches that are no request by themselves, or of a page of pictures.
                    answer_bytes: self.limits.max_answer_bytes / 4,
                    ..IndexLimits::default()
                },
                ..IndexOptions::default()
            },
            reserved,
        }
    }
}
