//! `pictor reembed`: another model for pictures or titles.
//!
//! The vectors of the new model are put into a field of their own, beside the old one, which counts
//! until all are there. Then one small file is replaced. A run that is interrupted goes on where it
//! stopped.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;
use engine::Node;
use engine::store::FsStore;

use super::progress::{Progress, Unit};
use super::{CliError, logging};
use crate::app::OpenError;
use crate::library::{Embedding, Library, ModelFields, Models, complete};
use crate::settings::{LogFormat, ServeArgs, Settings};

/// Which models.
#[derive(Debug, Args)]
pub struct ReembedArgs {
    /// Folder of the node's data; the node must not be running [default: pictor-data]
    #[arg(long, value_name = "DIR", env = "PICTOR_DATA")]
    data: Option<PathBuf>,
    /// Settings file (TOML)
    #[arg(long, value_name = "FILE", env = "PICTOR_CONFIG")]
    config: Option<PathBuf>,
    /// Folder of the model of pictures [default: the built-in descriptor]
    #[arg(long, value_name = "DIR", env = "PICTOR_IMAGE_MODEL")]
    image_model: Option<PathBuf>,
    /// Folder of the model of sentences [default: the built-in one]
    #[arg(long, value_name = "DIR", env = "PICTOR_TEXT_MODEL")]
    text_model: Option<PathBuf>,
    /// What is logged
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log_level: String,
}

/// Gives every record vectors of the models, and switches to them.
pub fn run(args: ReembedArgs) -> Result<ExitCode, CliError> {
    logging::start(LogFormat::Text, &args.log_level)?;
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
    let store = Arc::new(FsStore::open(&settings.data).map_err(OpenError::from)?);
    let node = Node::open(store, settings.node_options(crate::reserved::RESERVED))
        .map_err(OpenError::from)?;
    let mut before: Option<ModelFields> = None;
    let library = Library::open_with(&node, &settings.limits, |store, index| {
        let (stored, embedding) = Embedding::change(store, index, models)?;
        before = stored;
        Ok(embedding)
    })
    .map_err(OpenError::from)?;
    let fields = library.embedding().fields.clone();
    if before.is_some_and(|before| before == fields && fields.is_complete()) {
        println!("the library has the vectors of these models already");
        return Ok(ExitCode::SUCCESS);
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut progress = Progress::new("embedding", library.count(), Unit::Count);
    let done = complete(&library, threads, &AtomicBool::new(false), |records| {
        progress.set(records, String::new);
    })
    .map_err(OpenError::from)?;
    progress.finish();
    library.close().map_err(OpenError::from)?;
    node.close().map_err(OpenError::from)?;
    println!(
        "{} records have vectors of {} and {}; {} pictures could not be read",
        done.records, fields.picture, fields.title, done.failed
    );
    Ok(ExitCode::SUCCESS)
}
