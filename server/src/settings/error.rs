//! Settings that cannot be used.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Settings that cannot be used; the message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The settings file cannot be read.
    #[error("{}: cannot read the settings: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The settings file says something that is no setting.
    #[error("{}: {message}", .path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A value that a setting cannot have.
    #[error("--{setting} {value}: {reason}")]
    Value {
        /// The flag of the setting.
        setting: &'static str,
        /// The value.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Everybody could write.
    #[error(
        "refusing to listen on {0} without a key: everybody who reaches it could change the library. \
         Set the environment variable API_KEY, listen on 127.0.0.1, or pass --insecure if that is what you want"
    )]
    Insecure(SocketAddr),
    /// A private node that nobody can read.
    #[error("--private needs a key: set the environment variable API_KEY")]
    PrivateWithoutKey,
}
