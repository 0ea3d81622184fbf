//! `pictor check`: is everything in a data folder what it should be?

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{CliError, logging};
use crate::app::OpenError;
use crate::check::check;
use crate::library::Models;
use crate::settings::{LogFormat, ServeArgs, Settings};

/// Which folder.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folder of the node's data; the node must not be running [default: pictor-data]
    #[arg(value_name = "DATA", env = "PICTOR_DATA")]
    data: Option<PathBuf>,
    /// Make again what can be made again, and remove leftovers
    #[arg(long)]
    repair: bool,
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

/// Checks a folder, a line for each finding; fails where something is wrong that was not repaired.
pub fn run(args: CheckArgs) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Text, "error")?;
    let settings = Settings::resolve(ServeArgs {
        data: args.data,
        config: args.config,
        image_model: args.image_model,
        text_model: args.text_model,
        ..ServeArgs::default()
    })?;
    let models = Models::open(
        settings.image_model.as_deref(),
        settings.text_model.as_deref(),
    )
    .map_err(OpenError::from)?;
    let checked = check(&settings, models, args.repair, &mut |finding| {
        println!("{finding}");
    })
    .map_err(OpenError::from)?;
    if !checked.library {
        println!("records and pictures were not compared: an index is damaged");
    }
    println!(
        "{} files of {} bytes read: {} faults left, {} repaired or removed, {} leftovers",
        checked.files, checked.bytes, checked.left, checked.repaired, checked.leftovers
    );
    Ok(if checked.left == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
