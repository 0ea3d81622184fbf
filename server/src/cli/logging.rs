//! The log, on the error output.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::CliError;
use crate::settings::LogFormat;

/// Starts to log. Only the first call in a process counts.
///
/// # Errors
/// When the level is none.
pub fn start(format: LogFormat, level: &str) -> Result<(), CliError> {
    // The text index reports every commit and merge: details of our own debugging.
    let quiet = if level.contains(['=', ',']) {
        level.to_owned()
    } else {
        format!("{level},tantivy=warn,poem=warn")
    };
    let filter = EnvFilter::try_new(&quiet).map_err(|_| CliError::LogLevel(level.to_owned()))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    // A second call in one process keeps the first log.
    drop(started);
    Ok(())
}
