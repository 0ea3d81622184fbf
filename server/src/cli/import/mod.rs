//! `pictor import`: a folder, a ZIP file or a JSONL catalogue.
//!
//! One thread reads, several decode and write, one reports; the channels between them are short, so
//! that memory stays bounded however large the source. Running it again goes on where it stopped:
//! files are told by content, and for records without a file a journal says which lines are done.

mod catalogue;
mod journal;
mod report;
mod source;
mod workers;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::progress::Progress;
use super::{CliError, logging};
use crate::app::App;
use crate::library::LibraryError;
use crate::settings::{LogFormat, ServeArgs, Settings};
use report::Report;
use source::Source;

/// What is imported, and how.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A folder (with all below it), a ZIP file, or a JSONL catalogue: one JSON object a line with
    /// `title`, `uploader`, `category`, `tags`, … and, if there is a picture, `file`: its path,
    /// relative to the catalogue
    path: PathBuf,
    /// Folder of the node's data; the node must not be running [default: pictor-data]
    #[arg(long, value_name = "DIR", env = "PICTOR_DATA")]
    data: Option<PathBuf>,
    /// Settings file (TOML): its limits hold
    #[arg(long, value_name = "FILE", env = "PICTOR_CONFIG")]
    config: Option<PathBuf>,
    /// Threads that decode [default: cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Write what failed to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// End well even if some items failed
    #[arg(long)]
    lenient: bool,
    /// Import a catalogue from its first line, although it was imported before
    #[arg(long)]
    restart: bool,
    /// What is logged
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log_level: String,
}

/// Why an import stops.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source cannot be read.
    #[error("{}: {reason}", .path.display())]
    Source {
        /// The source.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The catalogue is another than the journal knows.
    #[error(
        "{}: the first {lines} lines are not those that were imported before; \
         pass --restart to import it from its first line (records may then be there twice)",
        .path.display()
    )]
    Changed {
        /// The catalogue.
        path: PathBuf,
        /// Lines that were imported.
        lines: u64,
    },
    /// The library refuses everything.
    #[error("the library failed: {0}")]
    Library(#[from] LibraryError),
    /// The report cannot be written.
    #[error("{}: cannot write the report: {source}", .path.display())]
    Report {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

/// Imports.
pub fn run(args: ImportArgs) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Text, &args.log_level)?;
    let settings = Settings::resolve(ServeArgs {
        data: args.data,
        config: args.config,
        ..ServeArgs::default()
    })?;
    let source = Source::open(&args.path)?;
    let mut report = Report::new(args.report)?;
    let app = App::open(settings)?;
    let threads = args
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from))
        .clamp(1, 256);
    let started = Instant::now();
    let (total, unit) = source.size();
    let mut progress = Progress::new("importing", total, unit);
    let imported = workers::import(
        &app.library,
        source,
        threads,
        args.restart,
        &mut report,
        &mut progress,
    );
    progress.finish();
    let closed = app.close();
    imported?;
    closed?;
    report.finish()?;
    let counts = report.counts();
    println!(
        "imported {}, already there {}, skipped {}, failed {} in {:.1} s; the library has {} pictures",
        counts.created,
        counts.known,
        counts.skipped,
        counts.failed,
        started.elapsed().as_secs_f64(),
        app.library.count(),
    );
    Ok(if counts.failed > 0 && !args.lenient {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
