//! What a repository is told when it is opened.

mod reader;

pub use reader::parse_age;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use serde_json::{Map, Value};

use super::error::{Result, SnapshotError};
use super::retention::Retention;
use crate::store::create_folders;
use reader::Reader;

/// How a repository works.
#[derive(Debug, Clone)]
pub struct RepositoryOptions {
    /// The longest blob; longer files are made of several.
    pub chunk_bytes: usize,
    /// Objects that travel at the same time.
    pub parallel: usize,
    /// What a snapshot may send, in bytes a second.
    pub snapshot_rate: Option<u64>,
    /// What a restore may fetch, in bytes a second.
    pub restore_rate: Option<u64>,
    /// Nothing is written.
    pub read_only: bool,
    /// Which snapshots go after one was made.
    pub retention: Retention,
    /// Blobs that no snapshot names stay for so long: an interrupted snapshot finds them again.
    pub grace: Duration,
    /// A marker that was not renewed for so long is of a process that died.
    pub marker_life: Duration,
    /// How long a snapshot waits for a collection of garbage to end.
    pub patience: Duration,
}

impl Default for RepositoryOptions {
    fn default() -> Self {
        Self {
            chunk_bytes: 32 << 20,
            parallel: 4,
            snapshot_rate: Some(40 << 20),
            restore_rate: None,
            read_only: false,
            retention: Retention::default(),
            grace: Duration::from_secs(24 * 60 * 60),
            marker_life: Duration::from_secs(30 * 60),
            patience: Duration::from_secs(60),
        }
    }
}

/// The range of `chunk_size`.
const CHUNK: std::ops::RangeInclusive<u64> = (1 << 16)..=(1 << 30);

/// How often a request is tried again, and for how long: who mistypes an address learns so within
/// seconds, and a snapshot that fails for a longer fault goes on where it stopped.
const RETRIES: usize = 5;
const RETRY_TIME: Duration = Duration::from_secs(8);
const BACKOFF: BackoffConfig = BackoffConfig {
    init_backoff: Duration::from_millis(100),
    max_backoff: Duration::from_secs(2),
    base: 2.0,
};
/// How long a connection and a whole request may take: a blob has its time on a slow line.
const CONNECT_TIME: Duration = Duration::from_secs(5);
const REQUEST_TIME: Duration = Duration::from_secs(5 * 60);

/// Reads the settings of a repository and opens its storage.
pub(super) fn open(
    repository: &str,
    kind: &str,
    settings: &Value,
) -> Result<(Arc<dyn ObjectStore>, RepositoryOptions)> {
    let left = match settings {
        Value::Null => Map::new(),
        Value::Object(object) => object.clone(),
        _ => {
            return Err(SnapshotError::Settings {
                repository: repository.to_owned(),
                reason: "[settings] is an object".to_owned(),
            });
        }
    };
    let mut reader = Reader { repository, left };
    let mut options = RepositoryOptions::default();
    if let Some(bytes) = reader.size("chunk_size")? {
        if !CHUNK.contains(&bytes) {
            return Err(reader.wrong("setting [chunk_size] is between [64kb] and [1gb]"));
        }
        options.chunk_bytes = usize::try_from(bytes).unwrap_or(options.chunk_bytes);
    }
    options.snapshot_rate = reader.rate("max_snapshot_bytes_per_sec", options.snapshot_rate)?;
    options.restore_rate = reader.rate("max_restore_bytes_per_sec", None)?;
    options.read_only = reader.flag("readonly")?;
    options.retention = Retention {
        min_count: reader.count("min_snapshots")?.unwrap_or_default(),
        max_count: reader.count("max_snapshots")?,
        max_age: reader.age("max_snapshot_age")?,
    };
    // Elasticsearch's; our blobs are mostly compressed already.
    reader.text("compress")?;
    let store: Arc<dyn ObjectStore> = match kind {
        "fs" => fs(&mut reader, options.read_only)?,
        "s3" => s3(&mut reader)?,
        other => {
            return Err(reader.wrong(format!("repository type [{other}] does not exist")));
        }
    };
    if let Some(key) = reader.left.keys().next() {
        return Err(reader.wrong(format!(
            "unknown setting [{key}] for a repository of type [{kind}]"
        )));
    }
    Ok((store, options))
}

fn fs(reader: &mut Reader<'_>, read_only: bool) -> Result<Arc<dyn ObjectStore>> {
    let location = reader
        .text("location")?
        .filter(|location| !location.is_empty())
        .ok_or_else(|| reader.wrong("missing location"))?;
    let path = Path::new(&location);
    if !path.is_absolute() {
        return Err(reader.wrong(format!("location [{location}] is not an absolute path")));
    }
    if !read_only && let Err(error) = create_folders(path) {
        return Err(reader.wrong(format!("cannot create location [{location}]: {error}")));
    }
    let store = LocalFileSystem::new_with_prefix(path)
        .map_err(|error| reader.wrong(format!("cannot open location [{location}]: {error}")))?;
    Ok(Arc::new(store.with_fsync(true)))
}

fn s3(reader: &mut Reader<'_>) -> Result<Arc<dyn ObjectStore>> {
    let bucket = reader
        .text("bucket")?
        .filter(|bucket| !bucket.is_empty())
        .ok_or_else(|| reader.wrong("No bucket defined for s3 repository"))?;
    // Keys that are not given come from the environment, as with every client of S3.
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: RETRY_TIME,
            backoff: BACKOFF,
        })
        .with_conditional_put(S3ConditionalPut::ETagMatch);
    let base = reader.text("base_path")?.unwrap_or_default();
    if let Some(region) = reader.text("region")? {
        builder = builder.with_region(region);
    }
    let protocol = reader.text("protocol")?;
    let mut allow_http = false;
    if let Some(endpoint) = reader.text("endpoint")? {
        let secure = protocol.as_deref() != Some("http");
        let endpoint = if endpoint.contains("://") {
            endpoint
        } else {
            format!("{}://{endpoint}", if secure { "https" } else { "http" })
        };
        allow_http = endpoint.starts_with("http://");
        builder = builder.with_endpoint(endpoint);
    }
    let path_style = match reader.left.contains_key("path_style_access") {
        true => reader.flag("path_style_access")?,
        false => true,
    };
    builder = builder.with_virtual_hosted_style_request(!path_style);
    if let Some(key) = reader.text("access_key")? {
        builder = builder.with_access_key_id(key);
    }
    if let Some(key) = reader.text("secret_key")? {
        builder = builder.with_secret_access_key(key);
    }
    if let Some(token) = reader.text("session_token")? {
        builder = builder.with_token(token);
    }
    let client = ClientOptions::new()
        .with_allow_http(allow_http)
        .with_connect_timeout(CONNECT_TIME)
        .with_timeout(REQUEST_TIME);
    let store = builder
        .with_client_options(client)
        .build()
        .map_err(|error| reader.wrong(error.to_string()))?;
    let base = object_store::path::Path::parse(base.trim_matches('/'))
        .map_err(|error| reader.wrong(format!("setting [base_path]: {error}")))?;
    Ok(Arc::new(PrefixStore::new(store, base)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_and_wrong_ones_refused() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a/b");
        let (_, options) = open(
            "r",
            "fs",
            &json!({"location": place, "chunk_size": "1mb", "compress": true,
                    "max_snapshot_bytes_per_sec": "5mb", "max_restore_bytes_per_sec": -1,
                    "max_snapshots": 7, "max_snapshot_age": "30d", "min_snapshots": "2"}),
        )
        .unwrap();
        let retention = Retention {
            min_count: 2,
            max_count: Some(7),
            max_age: Some(Duration::from_secs(2_592_000)),
        };
        assert_eq!(options.retention, retention);
        assert_eq!(options.chunk_bytes, 1 << 20);
        assert_eq!(options.snapshot_rate, Some(5 << 20));
        assert_eq!(options.restore_rate, None);
        assert!(place.is_dir());
        let (store, _) = open(
            "r",
            "s3",
            &json!({"bucket": "b", "base_path": "/x/y/", "endpoint": "127.0.0.1:1", "protocol": "http",
                    "access_key": "k", "secret_key": "hidden", "region": "eu"}),
        )
        .unwrap();
        assert!(!format!("{store} {store:?}").contains("hidden"));
        for (kind, settings, message) in [
            ("fs", json!({}), "missing location"),
            ("fs", json!({"location": "a"}), "not an absolute path"),
            ("fs", json!({"location": place, "chunk_size": "1b"}), "64kb"),
            (
                "fs",
                json!({"location": place, "readonly": "x"}),
                "readonly",
            ),
            (
                "fs",
                json!({"location": place, "what": 1}),
                "unknown setting [what]",
            ),
            (
                "fs",
                json!({"location": place, "max_snapshots": "few"}),
                "[max_snapshots] with value [few]",
            ),
            (
                "fs",
                json!({"location": place, "max_snapshot_age": "30"}),
                "[max_snapshot_age] with value [30]",
            ),
            ("s3", json!({}), "No bucket"),
            (
                "s3",
                json!({"bucket": "b", "secret_key": ["hidden"]}),
                "is a text",
            ),
            ("ftp", json!({}), "type [ftp] does not exist"),
            ("fs", json!([]), "is an object"),
        ] {
            let error = open("r", kind, &settings).unwrap_err().to_string();
            assert!(
                error.starts_with("[r]") && error.contains(message),
                "{error}"
            );
            assert!(!error.contains("hidden"));
        }
    }
}
