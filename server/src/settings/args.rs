//! The flags of a serving node, each with its environment variable.

use std::path::PathBuf;

use clap::Args;

use super::LogFormat;

/// Settings as flags and environment give them.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// Folder of the node's data; made when it is not there [default: pictor-data]
    #[arg(long, value_name = "DIR", env = "PICTOR_DATA")]
    pub data: Option<PathBuf>,
    /// Address to listen on; port 0 picks a free one [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDR:PORT", env = "PICTOR_LISTEN")]
    pub listen: Option<String>,
    /// Settings file (TOML); flags and environment win over it
    #[arg(long, value_name = "FILE", env = "PICTOR_CONFIG")]
    pub config: Option<PathBuf>,
    /// What links begin with, when the node is reached under another address
    #[arg(long, value_name = "URL", env = "PICTOR_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Further name under which a node without a key answers (HOST or HOST:PORT); may be given several times
    #[arg(
        long,
        value_name = "HOST",
        env = "PICTOR_ALLOW_HOST",
        value_delimiter = ','
    )]
    pub allow_host: Vec<String>,
    /// Origin of another site whose pages may use the node (https://app.example, or * for all); may be
    /// given several times [default: none]
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "PICTOR_CORS_ORIGIN",
        value_delimiter = ','
    )]
    pub cors_origin: Vec<String>,
    /// Believe X-Forwarded-Proto and X-Forwarded-Host: only behind a proxy that sets them
    #[arg(long, env = "PICTOR_TRUST_FORWARDED")]
    pub trust_forwarded: bool,
    /// Key of requests that write (Authorization: Bearer KEY). From the environment or the settings
    /// file only: flags can be seen by everybody on the machine.
    #[arg(skip)]
    pub api_key: Option<String>,
    /// Key of the similar-picture routes (header `token`).
    #[arg(skip)]
    pub token: Option<String>,
    /// Reads need the key too
    #[arg(long, env = "PICTOR_PRIVATE")]
    pub private: bool,
    /// Listen on other than loopback addresses without a key
    #[arg(long, env = "PICTOR_INSECURE")]
    pub insecure: bool,
    /// Folder whose files may be read by path; may be given several times
    #[arg(
        long,
        value_name = "DIR",
        env = "PICTOR_ALLOW_PATH",
        value_delimiter = ','
    )]
    pub allow_path: Vec<PathBuf>,
    /// Fetch URLs of private and loopback addresses too
    #[arg(long, env = "PICTOR_ALLOW_PRIVATE_URLS")]
    pub allow_private_urls: bool,
    /// Folder of a model of pictures (ResNet-50, CLIP or DINOv2: config.json, preprocessor_config.json
    /// and model.safetensors) [default: a descriptor that needs no model]
    #[arg(long, value_name = "DIR", env = "PICTOR_IMAGE_MODEL")]
    pub image_model: Option<PathBuf>,
    /// Folder of a model of sentences (BERT's family: config.json, tokenizer and model.safetensors)
    /// [default: one that comes with the program]
    #[arg(long, value_name = "DIR", env = "PICTOR_TEXT_MODEL")]
    pub text_model: Option<PathBuf>,
    /// File of a detector of defects (safetensors, as `pictor train-detector` writes it) [default: one
    /// that comes with the program]
    #[arg(long, value_name = "FILE", env = "PICTOR_DETECTOR_MODEL")]
    pub detector_model: Option<PathBuf>,
    /// How the log (on the error output) is written
    #[arg(long, value_enum, env = "PICTOR_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or a filter by module [default: info]
    #[arg(long, value_name = "LEVEL", env = "PICTOR_LOG_LEVEL")]
    pub log_level: Option<String>,
    /// Threads for searches [default: cores + 1]
    #[arg(long, value_name = "N", env = "PICTOR_SEARCH_THREADS")]
    pub search_threads: Option<usize>,
    /// Largest file of a picture, in bytes [default: 33554432]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_FILE_BYTES")]
    pub max_file_bytes: Option<u64>,
    /// Room that writes leave free on the disk, in bytes; at most a tenth of it [default: 268435456]
    #[arg(long, value_name = "N", env = "PICTOR_MIN_FREE_BYTES")]
    pub min_free_bytes: Option<u64>,
    /// Most pixels of a picture [default: 100000000]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_PIXELS")]
    pub max_pixels: Option<u64>,
    /// Most frames of a GIF [default: 2000]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_FRAMES")]
    pub max_frames: Option<u32>,
    /// Largest bulk request, in bytes [default: 67108864]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_BULK_BYTES")]
    pub max_bulk_bytes: Option<u64>,
    /// Largest body of a search or another read, in bytes; bulks and `_msearch` have --max-bulk-bytes
    /// [default: 2097152]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_READ_BYTES")]
    pub max_read_bytes: Option<u64>,
    /// Memory for the bodies of all requests together, in bytes [default: a sixteenth of the memory,
    /// from 201326592 to 536870912]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_BODIES_BYTES")]
    pub max_bodies_bytes: Option<u64>,
    /// Largest answer of documents, in bytes [default: half of --max-answers-bytes]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_ANSWER_BYTES")]
    pub max_answer_bytes: Option<u64>,
    /// Memory for all answers together, in bytes [default: as --max-bodies-bytes]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_ANSWERS_BYTES")]
    pub max_answers_bytes: Option<u64>,
    /// Most connections at once; past them the one that was idle longest is closed [default: half of
    /// the files that may be open, at most 8192]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_CONNECTIONS")]
    pub max_connections: Option<usize>,
    /// Most share links that are made in a second [default: 50]
    #[arg(long, value_name = "N", env = "PICTOR_MAX_LINKS_PER_SECOND")]
    pub max_links_per_second: Option<u32>,
    /// Longest time that a client may take for the head of a request, for a body without a file, and to
    /// take the next piece of an answer; a body with a file has ten times that [default: 30000]
    #[arg(long, value_name = "MS", env = "PICTOR_CLIENT_TIMEOUT_MS")]
    pub client_timeout_ms: Option<u64>,
    /// Longest time of a query [default: 30000]
    #[arg(long, value_name = "MS", env = "PICTOR_QUERY_TIMEOUT_MS")]
    pub query_timeout_ms: Option<u64>,
    /// Longest time of a regular expression [default: 2000]
    #[arg(long, value_name = "MS", env = "PICTOR_REGEX_TIMEOUT_MS")]
    pub regex_timeout_ms: Option<u64>,
}

impl ServeArgs {
    /// Takes the keys from the environment.
    #[must_use]
    pub fn with_keys_of_environment(mut self) -> Self {
        self.api_key = std::env::var("API_KEY").ok();
        self.token = std::env::var("TOKEN").ok();
        self
    }
}
