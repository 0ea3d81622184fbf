//! Flags, environment and file, put together.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use super::hosts::check_hosts;
use super::{
    DEFAULT_DATA, DEFAULT_LISTEN, FileSettings, Host, Limits, Origins, Secret, ServeArgs, Settings,
    SettingsError,
};

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
        let mut allow_host = args.allow_host;
        allow_host.extend(file.allow_host);
        // A name that is listened on is one of the node, beside the address that it stands for.
        let listened = Host::parse(&listen_text).filter(|host| host.address().is_none());
        allow_host.extend(listened.map(|host| host.name));
        let mut cors_origin = args.cors_origin;
        cors_origin.extend(file.cors_origin);
        let mut allow_path = args.allow_path;
        allow_path.extend(file.allow_path);
        let ms = |flag: Option<u64>, file: Option<u64>, default: Duration| {
            flag.or(file).map_or(default, Duration::from_millis)
        };
        let answers = args
            .max_answers_bytes
            .or(file.max_answers_bytes)
            .unwrap_or(defaults.max_answers_bytes);
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            data: args
                .data
                .or(file.data)
                .unwrap_or_else(|| PathBuf::from(DEFAULT_DATA)),
            listen,
            public_url: public_url.transpose()?,
            allow_host: check_hosts(allow_host)?,
            cors_origin: Origins::read(&cors_origin)?,
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
                max_read_bytes: args
                    .max_read_bytes
                    .or(file.max_read_bytes)
                    .unwrap_or(defaults.max_read_bytes),
                max_bodies_bytes: args
                    .max_bodies_bytes
                    .or(file.max_bodies_bytes)
                    .unwrap_or(defaults.max_bodies_bytes),
                max_answer_bytes: args
                    .max_answer_bytes
                    .or(file.max_answer_bytes)
                    .unwrap_or(answers / 2),
                max_answers_bytes: answers,
                max_connections: args
                    .max_connections
                    .or(file.max_connections)
                    .unwrap_or(defaults.max_connections),
                max_links_per_second: args
                    .max_links_per_second
                    .or(file.max_links_per_second)
                    .unwrap_or(defaults.max_links_per_second),
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

pub(super) fn check_url(url: &str) -> Result<String, SettingsError> {
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
