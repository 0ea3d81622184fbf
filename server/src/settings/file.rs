//! The settings file (TOML).

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{LogFormat, SettingsError};

/// What the settings file may say; the names are those of the flags, with underscores.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileSettings {
    /// `--data`; a relative path counts from the working folder.
    pub data: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--public-url`.
    pub public_url: Option<String>,
    /// `--allow-host`, added to those of the flags.
    pub allow_host: Vec<String>,
    /// `--cors-origin`, added to those of the flags.
    pub cors_origin: Vec<String>,
    /// `--trust-forwarded`.
    pub trust_forwarded: Option<bool>,
    /// The environment's `API_KEY`.
    pub api_key: Option<String>,
    /// The environment's `TOKEN`.
    pub token: Option<String>,
    /// `--private`.
    pub private: Option<bool>,
    /// `--insecure`.
    pub insecure: Option<bool>,
    /// `--allow-path`, added to those of the flags.
    pub allow_path: Vec<PathBuf>,
    /// `--allow-private-urls`.
    pub allow_private_urls: Option<bool>,
    /// `--image-model`.
    pub image_model: Option<PathBuf>,
    /// `--text-model`.
    pub text_model: Option<PathBuf>,
    /// `--detector-model`.
    pub detector_model: Option<PathBuf>,
    /// `--log-format`.
    pub log_format: Option<LogFormat>,
    /// `--log-level`.
    pub log_level: Option<String>,
    /// `--search-threads`.
    pub search_threads: Option<usize>,
    /// `--max-file-bytes`.
    pub max_file_bytes: Option<u64>,
    /// `--min-free-bytes`.
    pub min_free_bytes: Option<u64>,
    /// `--max-pixels`.
    pub max_pixels: Option<u64>,
    /// `--max-frames`.
    pub max_frames: Option<u32>,
    /// `--max-bulk-bytes`.
    pub max_bulk_bytes: Option<u64>,
    /// `--max-read-bytes`.
    pub max_read_bytes: Option<u64>,
    /// `--max-bodies-bytes`.
    pub max_bodies_bytes: Option<u64>,
    /// `--max-answer-bytes`.
    pub max_answer_bytes: Option<u64>,
    /// `--max-answers-bytes`.
    pub max_answers_bytes: Option<u64>,
    /// `--max-connections`.
    pub max_connections: Option<usize>,
    /// `--max-links-per-second`.
    pub max_links_per_second: Option<u32>,
    /// `--client-timeout-ms`.
    pub client_timeout_ms: Option<u64>,
    /// `--query-timeout-ms`.
    pub query_timeout_ms: Option<u64>,
    /// `--regex-timeout-ms`.
    pub regex_timeout_ms: Option<u64>,
}

impl FileSettings {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or says something that is no setting; the message names the line.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map_or(1, |before| before.matches('\n').count() + 1);
            SettingsError::Parse {
                path: path.to_owned(),
                message: format!("line {line}: {}", error.message()),
            }
        })
    }
}
