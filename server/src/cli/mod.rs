//! The command line.

mod check;
mod demo;
mod detector;
mod import;
mod logging;
mod progress;
mod reembed;
mod serve;
mod snapshot;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::OpenError;
use crate::settings::{ServeArgs, SettingsError};

/// A search-engine node for pictures and GIFs.
#[derive(Debug, Parser)]
#[command(name = "pictor", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a data folder over HTTP
    ///
    /// Every setting can be given as a flag, as an environment variable (shown in brackets) or in
    /// the settings file, in that order. The keys API_KEY (for requests that write) and TOKEN (for
    /// the similar-picture routes) come from the environment or the settings file.
    Serve(Box<ServeArgs>),
    /// Make a sample library of some 200 animated GIFs, and serve it
    Demo(Box<ServeArgs>),
    /// Import a folder, a ZIP file or a JSONL catalogue into a data folder
    Import(Box<import::ImportArgs>),
    /// Describe pictures and titles by other models, and switch to them at once
    Reembed(reembed::ReembedArgs),
    /// Read all files of a data folder and say what is damaged; fails where something is
    Check(check::CheckArgs),
    /// Copy a data folder into a repository, and bring it back
    Snapshot(snapshot::SnapshotArgs),
    /// Train a detector of defects on made plates, or on own pictures with masks
    ///
    /// The same seed and numbers make the same weights. With RAYON_NUM_THREADS=1 in the environment the
    /// arithmetic does not wait in loops, which is far quicker where the machine has other work.
    TrainDetector(detector::TrainArgs),
    /// Measure a detector of defects on plates that training never saw
    EvalDetector(detector::EvalArgs),
    /// Print the OpenAPI specification of the HTTP interface
    Openapi,
}

/// Why a command fails.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("cannot listen on {address}: {source}{}", hint(.source))]
    Listen {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error("the server failed: {0}")]
    Server(std::io::Error),
    #[error(transparent)]
    Import(#[from] import::ImportError),
    #[error(transparent)]
    Model(#[from] analyzers::embed::ModelError),
    #[error("{}: it needs at least two pictures with masks beside them (NAME.png and NAME.mask.png)", .0.display())]
    NoPictures(std::path::PathBuf),
    #[error(transparent)]
    Snapshot(#[from] engine::snapshot::SnapshotError),
    #[error("{}: {source}", .path.display())]
    Folder {
        path: std::path::PathBuf,
        source: std::io::Error,
    },
    #[error("--log-level {0}: not a level (error, warn, info, debug, trace) or filter")]
    LogLevel(String),
}

fn hint(error: &std::io::Error) -> &'static str {
    if error.kind() == std::io::ErrorKind::AddrInUse {
        "; choose another with --listen ADDR:PORT (port 0 picks a free one)"
    } else {
        ""
    }
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(args) => serve::run(*args),
        Command::Demo(args) => demo::run(*args),
        Command::Import(args) => import::run(*args),
        Command::Reembed(args) => reembed::run(args),
        Command::Check(args) => check::run(args),
        Command::Snapshot(args) => snapshot::run(args),
        Command::TrainDetector(args) => detector::train_detector(args),
        Command::EvalDetector(args) => detector::eval_detector(args),
        Command::Openapi => {
            print!("{}", crate::http::spec());
            Ok(ExitCode::SUCCESS)
        }
    };
    result.unwrap_or_else(|error| {
        eprintln!("pictor: {error}");
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn keys_are_no_flags() {
        let parsed = Cli::try_parse_from(["pictor", "serve", "--api-key", "x"]);
        let error = parsed.unwrap_err().to_string();
        assert!(error.contains("unexpected argument '--api-key'"), "{error}");
        let parsed = Cli::try_parse_from(["pictor", "serve", "--listen", "127.0.0.1:0"]);
        let Command::Serve(args) = parsed.unwrap().command else {
            panic!("another command");
        };
        assert_eq!(args.listen.as_deref(), Some("127.0.0.1:0"));
    }
}
