//! `pictor snapshot`: copies of a stopped node's folder, and the way back.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, Subcommand};
use engine::clock::now_millis;
use engine::snapshot::{
    CreateOptions, Repository, RestoreOptions, Retention, SnapshotError, SnapshotInfo,
    SnapshotProgress,
};
use engine::store::create_folders;
use serde_json::{Value, json};

use super::progress::{Progress, Unit};
use super::{CliError, logging};
use crate::app::App;
use crate::settings::{LogFormat, ServeArgs, Settings};
use crate::snapshots::{NodeState, Restored, Taken};

/// How often the progress bar is drawn.
const TICK: Duration = Duration::from_millis(100);

/// Snapshots of a data folder whose node is not running.
#[derive(Debug, Args)]
pub struct SnapshotArgs {
    #[command(subcommand)]
    command: SnapshotCommand,
}

#[derive(Debug, Subcommand)]
enum SnapshotCommand {
    /// Copy what is new into a repository
    Create {
        /// The snapshot's name: lower case
        name: String,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        node: NodeArgs,
        /// Indices: names, wildcards, a comma list [default: all]
        #[arg(long, value_name = "NAMES")]
        indices: Option<String>,
    },
    /// Show the snapshots of a repository
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Bring indices back, verified, all of them or none
    Restore {
        /// The snapshot's name
        name: String,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        node: NodeArgs,
        /// Indices: names, wildcards, a comma list [default: all]
        #[arg(long, value_name = "NAMES")]
        indices: Option<String>,
        /// What of an index's name is replaced: a regular expression
        #[arg(long, value_name = "REGEX", requires = "rename_replacement")]
        rename_pattern: Option<String>,
        /// By what; `$1` is the first group
        #[arg(long, value_name = "TEXT", requires = "rename_pattern")]
        rename_replacement: Option<String>,
    },
    /// Read everything of a snapshot back and compare it with its hashes
    Verify {
        /// The snapshot's name
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Delete snapshots, by name or by count and age, and what only they had
    Delete {
        /// The snapshots' names
        #[arg(required_unless_present_any = ["keep", "older_than"])]
        names: Vec<String>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        retention: RetentionArgs,
    },
}

/// Where the repository is.
#[derive(Debug, Args)]
struct Place {
    /// A folder, or s3://BUCKET/PREFIX (keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)
    #[arg(long, value_name = "PLACE")]
    repository: String,
    /// Address of an S3-compatible server, such as http://127.0.0.1:9000
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Region of the bucket
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
}

/// Which snapshots are old enough to go. The newest one always stays.
#[derive(Debug, Args)]
struct RetentionArgs {
    /// Delete all but so many of the newest; with --older-than, keep so many however old they are
    #[arg(long, value_name = "COUNT", conflicts_with = "names")]
    keep: Option<usize>,
    /// Delete those that are older: 90s, 15m, 12h, 30d, 8w
    #[arg(long, value_name = "AGE", conflicts_with = "names", value_parser = age)]
    older_than: Option<Duration>,
}

fn age(text: &str) -> Result<Duration, String> {
    engine::snapshot::parse_age(text)
        .ok_or_else(|| "not an age: a whole number and one of s, m, h, d, w".to_owned())
}

impl RetentionArgs {
    fn retention(&self) -> Option<Retention> {
        match (self.keep, self.older_than) {
            (None, None) => None,
            (max_count, None) => Some(Retention {
                max_count,
                ..Retention::default()
            }),
            (keep, max_age) => Some(Retention {
                min_count: keep.unwrap_or_default(),
                max_age,
                ..Retention::default()
            }),
        }
    }
}

/// Which node.
#[derive(Debug, Args)]
struct NodeArgs {
    /// Folder of the node's data; the node must not be running [default: pictor-data]
    #[arg(long, value_name = "DIR", env = "PICTOR_DATA")]
    data: Option<PathBuf>,
    /// Settings file (TOML)
    #[arg(long, value_name = "FILE", env = "PICTOR_CONFIG")]
    config: Option<PathBuf>,
    /// Folder of the node's model of pictures
    #[arg(long, value_name = "DIR", env = "PICTOR_IMAGE_MODEL")]
    image_model: Option<PathBuf>,
    /// Folder of the node's model of sentences
    #[arg(long, value_name = "DIR", env = "PICTOR_TEXT_MODEL")]
    text_model: Option<PathBuf>,
}

impl Place {
    fn open(&self) -> Result<Repository, CliError> {
        let (kind, settings) = self.settings()?;
        Ok(Repository::open("repository", kind, &settings)?)
    }

    fn settings(&self) -> Result<(&'static str, Value), CliError> {
        if let Some(rest) = self.repository.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let mut settings = json!({"bucket": bucket});
            let more = [
                (
                    "base_path",
                    Some(prefix).filter(|prefix| !prefix.is_empty()),
                ),
                ("endpoint", self.endpoint.as_deref()),
                ("region", self.region.as_deref()),
            ];
            if let Some(settings) = settings.as_object_mut() {
                for (key, value) in more {
                    if let Some(value) = value {
                        settings.insert(key.to_owned(), json!(value));
                    }
                }
            }
            return Ok(("s3", settings));
        }
        let folder = PathBuf::from(&self.repository);
        let whole = create_folders(&folder).and_then(|()| folder.canonicalize());
        let whole = whole.map_err(|source| CliError::Folder {
            path: folder,
            source,
        })?;
        Ok((
            "fs",
            json!({"location": whole, "max_snapshot_bytes_per_sec": "0"}),
        ))
    }
}

impl NodeArgs {
    fn open(self) -> Result<Arc<App>, CliError> {
        let settings = Settings::resolve(ServeArgs {
            data: self.data,
            config: self.config,
            image_model: self.image_model,
            text_model: self.text_model,
            ..ServeArgs::default()
        })?;
        Ok(App::open(settings)?)
    }
}

/// Runs the command.
pub fn run(args: SnapshotArgs) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Text, "warn")?;
    match args.command {
        SnapshotCommand::Create {
            name,
            place,
            node,
            indices,
        } => {
            let repository = place.open()?;
            let app = node.open()?;
            let options = CreateOptions {
                indices,
                include_global_state: true,
                extra: Some(Box::new(Taken::new(&app, true))),
                ..CreateOptions::default()
            };
            let progress = Arc::new(SnapshotProgress::default());
            let made = watched("copying", &progress, || {
                repository.create(&app.node, &name, options, &progress)
            });
            app.close()?;
            let info = made?;
            println!(
                "snapshot [{name}]: {} indices, {} files of {} bytes, {} bytes were new",
                info.indices.len(),
                info.files(),
                info.bytes(),
                info.added_bytes
            );
            for failure in &info.failures {
                println!("not whole: [{}]: {}", failure.index, failure.reason);
            }
            if !info.failures.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
        SnapshotCommand::List { place } => {
            let listing = place.open()?.list()?;
            for info in &listing.snapshots {
                println!("{}", line(info));
            }
            for damage in &listing.damaged {
                println!("damaged: {}: {}", damage.object, damage.reason);
            }
            if !listing.damaged.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
        SnapshotCommand::Restore {
            name,
            place,
            node,
            indices,
            rename_pattern,
            rename_replacement,
        } => {
            let repository = place.open()?;
            let app = node.open()?;
            let options = RestoreOptions {
                indices,
                rename_pattern,
                rename_replacement,
                ..RestoreOptions::default()
            };
            let progress = Arc::new(SnapshotProgress::default());
            let restored = watched("restoring", &progress, || {
                let mut sink = Restored::new(&app, NodeState::WhereMissing);
                let report =
                    repository.restore(&app.node, &name, &options, Some(&mut sink), &progress)?;
                Ok((report, sink.finish()?))
            });
            app.close()?;
            let (report, left) = restored?;
            for index in report.indices {
                println!(
                    "{} -> {}: {} documents",
                    index.from, index.to, index.documents
                );
            }
            for reason in left {
                println!("{reason}");
            }
        }
        SnapshotCommand::Verify { name, place } => {
            let repository = place.open()?;
            let progress = Arc::new(SnapshotProgress::default());
            let report = watched("reading", &progress, || repository.verify(&name, &progress))?;
            for damage in &report.damaged {
                println!(
                    "damaged: {}: {} (needed for {})",
                    damage.object, damage.reason, damage.file
                );
            }
            println!(
                "{} blobs of {} bytes read, {} damaged",
                report.blobs,
                report.bytes,
                report.damaged.len()
            );
            if !report.damaged.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
        SnapshotCommand::Delete {
            names,
            place,
            retention,
        } => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let repository = place.open()?;
            let report = match retention.retention() {
                Some(retention) => repository.retire(&retention, now_millis())?,
                None => repository.delete(&names)?,
            };
            if report.deleted.is_empty() {
                println!("no snapshot is old enough to go");
                return Ok(ExitCode::SUCCESS);
            }
            println!(
                "deleted {}; {} blobs of {} bytes went with them",
                report.deleted.join(", "),
                report.cleanup.blobs,
                report.cleanup.bytes
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(info: &SnapshotInfo) -> String {
    let indices: Vec<&str> = info
        .indices
        .iter()
        .map(|index| index.name.as_str())
        .collect();
    format!(
        "{}  {} bytes in {} files, {} bytes were new  [{}]",
        info.name,
        info.bytes(),
        info.files(),
        info.added_bytes,
        indices.join(", ")
    )
}

/// Runs work with a progress bar of its bytes.
fn watched<T>(
    what: &'static str,
    progress: &Arc<SnapshotProgress>,
    work: impl FnOnce() -> Result<T, SnapshotError>,
) -> Result<T, SnapshotError> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut bar = Progress::new(what, 0, Unit::Bytes);
            while !done.load(Ordering::Relaxed) {
                let now = progress.now();
                bar.total(now.bytes);
                bar.set(now.bytes_done, String::new);
                std::thread::sleep(TICK);
            }
            bar.finish();
        });
        // Also where the work panics: the scope waits for the bar.
        let _ended = Ended(&done);
        work()
    })
}

struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
