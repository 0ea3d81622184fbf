//! Settings: a flag wins over the environment, that over the file, that over the default.

mod args;
mod file;
mod secret;

pub use args::ServeArgs;
pub use file::FileSettings;
pub use secret::Secret;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use engine::NodeOptions;
use engine::index::{IndexOptions, Limits as IndexLimits};

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

/// Bounds on what a request may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a picture's file.
    pub max_file_bytes: u64,
    /// Room that writes leave free on the disk.
    pub min_free_bytes: u64,
    /// Pixels of a picture.
    pub max_pixels: u64,
    /// Frames of a GIF.
    pub max_frames: u32,
    /// Bytes of a bulk request.
    pub max_bulk_bytes: u64,
    /// The time that a client may take for a head, for a body without a file, and to take a piece of an
    /// answer.
    pub client_timeout: Duration,
    /// The time of a query.
    pub query_timeout: Duration,
    /// The time of a regular expression.
    pub regex_timeout: Duration,
    /// Searches that may wait.
    pub search_queue: usize,
    /// Writes that may wait.
    pub write_queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 32 << 20,
            min_free_bytes: 256 << 20,
            max_pixels: 100_000_000,
            max_frames: 2_000,
            max_bulk_bytes: 64 << 20,
            client_timeout: Duration::from_secs(30),
            query_timeout: Duration::from_secs(30),
            regex_timeout: Duration::from_secs(2),
            search_queue: 1_024,
            write_queue: 256,
        }
    }
}

impl Limits {
    /// The time that a client may take for a body with a file.
    pub fn file_timeout(&self) -> Duration {
        self.client_timeout.saturating_mul(10)
    }

    /// The limits of decoding.
    pub fn pictures(&self) -> analyzers::image::Limits {
        analyzers::image::Limits {
            max_pixels: self.max_pixels,
            max_frames: self.max_frames,
            ..analyzers::image::Limits::default()
        }
    }
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
    /// Puts flags, environment (both in `args`) and file together.
    ///
    /// # Errors
    /// When a value is wrong, or the combination would be unsafe.
    pub fn resolve(args: ServeArgs) -> Result<Self, SettingsError> {
        let file = match &args.config {
            Some(path) => FileSettings::read(path)?,
            None => FileSettings::default(),
        };
        let defaults = Limits::default();
        let listen_text = args
            .listen
            .or(file.listen)
            .unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let listen = address(&listen_text)?;
        let private = args.private || file.private.unwrap_or(false);
        let insecure = args.insecure || file.insecure.unwrap_or(false);
        let api_key = secret("api_key", args.api_key.or(file.api_key))?;
        if private && api_key.is_none() {
            return Err(SettingsError::PrivateWithoutKey);
        }
        if api_key.is_none() && !listen.ip().is_loopback() && !insecure {
            return Err(SettingsError::Insecure(listen));
        }
        let public_url = args
            .public_url
            .or(file.public_url)
            .map(|url| check_url(&url));
        let mut allow_path = args.allow_path;
        allow_path.extend(file.allow_path);
        let ms = |flag: Option<u64>, file: Option<u64>, default: Duration| {
            flag.or(file).map_or(default, Duration::from_millis)
        };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            data: args
                .data
                .or(file.data)
                .unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)),
            listen,
            public_url: public_url.transpose()?,
            trust_forwarded: args.trust_forwarded || file.trust_forwarded.unwrap_or(false),
            api_key,
            token: secret("token", args.token.or(file.token))?,
            private,
            allow_path,
            allow_private_urls: args.allow_private_urls || file.allow_private_urls.unwrap_or(false),
            image_model: args.image_model.or(file.image_model),
            text_model: args.text_model.or(file.text_model),
            detector_model: args.detector_model.or(file.detector_model),
            log_format: args.log_format.or(file.log_format).unwrap_or_default(),
            log_level: args
                .log_level
                .or(file.log_level)
                .unwrap_or_else(|| "info".to_owned()),
            search_threads: args
                .search_threads
                .or(file.search_threads)
                .unwrap_or(cores + 1)
                .clamp(1, 1_024),
            detect_threads: (cores / 2).max(1),
            write_threads: (cores * 4).clamp(4, 64),
            limits: Limits {
                min_free_bytes: args
                    .min_free_bytes
                    .or(file.min_free_bytes)
                    .unwrap_or(defaults.min_free_bytes),
                max_file_bytes: args
                    .max_file_bytes
                    .or(file.max_file_bytes)
                    .unwrap_or(defaults.max_file_bytes),
                max_pixels: args
                    .max_pixels
                    .or(file.max_pixels)
                    .unwrap_or(defaults.max_pixels),
                max_frames: args
                    .max_frames
                    .or(file.max_frames)
                    .unwrap_or(defaults.max_frames),
                max_bulk_bytes: args
                    .max_bulk_bytes
                    .or(file.max_bulk_bytes)
                    .unwrap_or(defaults.max_bulk_bytes),
                client_timeout: ms(
                    args.client_timeout_ms,
                    file.client_timeout_ms,
                    defaults.client_timeout,
                ),
                query_timeout: ms(
                    args.query_timeout_ms,
                    file.query_timeout_ms,
                    defaults.query_timeout,
                ),
                regex_timeout: ms(
                    args.regex_timeout_ms,
                    file.regex_timeout_ms,
                    defaults.regex_timeout,
                ),
                ..defaults
            },
        })
    }

    /// Whether files below this real path may be read by path: it lies below the data folder's
    /// `inbox` or `snapshots`, or a folder that is allowed.
    pub fn allows(&self, real: &std::path::Path) -> bool {
        let own = ["inbox", "snapshots"].map(|name| self.data.join(name));
        own.iter()
            .chain(&self.allow_path)
            .filter_map(|folder| folder.canonicalize().ok())
            .any(|folder| real.starts_with(folder))
    }

    /// The engine's options.
    pub fn node_options(&self) -> NodeOptions {
        NodeOptions {
            index: IndexOptions {
                reserve: self.limits.min_free_bytes,
                limits: IndexLimits {
                    query_timeout: self.limits.query_timeout,
                    regex_budget: self.limits.regex_timeout,
                    ..IndexLimits::default()
                },
                ..IndexOptions::default()
            },
        }
    }
}

fn address(text: &str) -> Result<SocketAddr, SettingsError> {
    let wrong = |reason: String| SettingsError::Value {
        setting: "listen",
        value: text.to_owned(),
        reason,
    };
    text.to_socket_addrs()
        .map_err(|error| {
            wrong(format!(
                "not an ADDRESS:PORT such as 127.0.0.1:7700 ({error})"
            ))
        })?
        .next()
        .ok_or_else(|| wrong("the name has no address".to_owned()))
}

fn check_url(url: &str) -> Result<String, SettingsError> {
    let trimmed = url.trim_end_matches('/');
    let rest = trimmed
        .strip_prefix("https://")
        .or_else(|| trimmed.strip_prefix("http://"));
    let plain = rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .chars()
                .all(|c| c.is_ascii_graphic() && !"?#\"<>".contains(c))
    });
    if plain {
        Ok(trimmed.to_owned())
    } else {
        Err(SettingsError::Value {
            setting: "public-url",
            value: url.to_owned(),
            reason: "not a URL such as https://gifs.example/base".to_owned(),
        })
    }
}

/// A key; blank counts as none, so that an empty variable does not look like protection.
fn secret(setting: &'static str, value: Option<String>) -> Result<Option<Secret>, SettingsError> {
    let Some(value) = value else { return Ok(None) };
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(SettingsError::Value {
            setting,
            value: "(not shown)".to_owned(),
            reason: "a key has only visible ASCII characters: it travels in a header".to_owned(),
        });
    }
    Ok(Some(Secret::new(value)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn with_file(text: &str, args: ServeArgs) -> Result<Settings, SettingsError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Settings::resolve(ServeArgs {
            config: Some(file.path().to_owned()),
            ..args
        })
    }

    #[test]
    fn a_flag_wins_over_the_file_and_that_over_the_default() {
        let text = "listen = '127.0.0.1:9'\nmax_frames = 7\nprivate = true\napi_key = 'k'\nlog_format = 'json'";
        let args = ServeArgs {
            max_frames: Some(9),
            ..ServeArgs::default()
        };
        let settings = with_file(text, args).unwrap();
        assert_eq!(settings.listen.port(), 9);
        assert_eq!(settings.limits.max_frames, 9);
        assert_eq!(settings.limits.max_pixels, 100_000_000);
        assert!(settings.private);
        assert_eq!(settings.log_format, LogFormat::Json);
        let plain = Settings::resolve(ServeArgs::default()).unwrap();
        assert_eq!(plain.listen.to_string(), DEFAULT_LISTEN);
        assert_eq!(plain.limits, Limits::default());
    }

    #[test]
    fn unsafe_and_unknown_settings_are_refused() {
        let open = |listen: &str, key: Option<&str>, insecure| {
            Settings::resolve(ServeArgs {
                listen: Some(listen.to_owned()),
                api_key: key.map(str::to_owned),
                insecure,
                ..ServeArgs::default()
            })
        };
        assert!(matches!(
            open("0.0.0.0:1", None, false),
            Err(SettingsError::Insecure(_))
        ));
        assert!(matches!(
            open("[::]:1", Some("  "), false),
            Err(SettingsError::Insecure(_))
        ));
        assert!(open("0.0.0.0:1", None, true).is_ok());
        assert!(open("0.0.0.0:1", Some("key"), false).is_ok());
        assert!(open("127.0.0.2:1", None, false).is_ok());
        assert!(matches!(
            open("nonsense", None, false),
            Err(SettingsError::Value { .. })
        ));
        let message = with_file("lissten = 'x'", ServeArgs::default())
            .unwrap_err()
            .to_string();
        assert!(message.contains("lissten"), "{message}");
        let private = Settings::resolve(ServeArgs {
            private: true,
            ..ServeArgs::default()
        });
        assert!(matches!(private, Err(SettingsError::PrivateWithoutKey)));
    }

    #[test]
    fn keys_are_not_shown() {
        let settings = Settings::resolve(ServeArgs {
            api_key: Some("very-secret".to_owned()),
            token: Some("also-secret".to_owned()),
            ..ServeArgs::default()
        })
        .unwrap();
        assert!(!format!("{settings:?}").contains("secret\""));
        assert!(!format!("{settings:?}").contains("very-secret"));
        let key = settings.api_key.unwrap();
        assert!(key.matches(b"very-secret") && !key.matches(b"very-secre") && !key.matches(b""));
    }

    #[test]
    fn public_urls_are_checked() {
        assert_eq!(
            check_url("https://a.example/x/").unwrap(),
            "https://a.example/x"
        );
        for bad in [
            "a.example",
            "ftp://a",
            "https://",
            "https://a?b",
            "https://a b",
        ] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }
}
