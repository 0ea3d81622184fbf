//! `pictor serve`.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use super::{CliError, logging};
use crate::VERSION;
use crate::app::App;
use crate::http;
use crate::settings::{ServeArgs, Settings};

/// Serves a data folder until the process is asked to stop.
pub fn run(args: ServeArgs) -> Result<ExitCode, CliError> {
    let settings = Settings::resolve(args.with_keys_of_environment())?;
    logging::start(settings.log_format, &settings.log_level)?;
    let app = App::open(settings)?;
    serve(&app, |_| {})?;
    Ok(ExitCode::SUCCESS)
}

/// Serves an open node; `ready` is told the address.
pub fn serve(app: &Arc<App>, ready: impl FnOnce(&str)) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("http")
        .build()
        .map_err(CliError::Server)?;
    let listen = app.settings.listen;
    let served = runtime.block_on(async {
        let serving = http::serve(listen)
            .await
            .map_err(|source| CliError::Listen {
                address: listen,
                source,
            })?;
        let address = format!("http://{}", serving.address());
        let mut out = std::io::stdout();
        // Whoever started the node may have closed its output: no reason not to serve.
        let _ = writeln!(out, "listening on {address}").and_then(|()| out.flush());
        tracing::info!(
            version = VERSION,
            %address,
            data = %app.settings.data.display(),
            pictures = app.library.count(),
            "serving"
        );
        ready(&address);
        serving
            .run(app, stop_signal())
            .await
            .map_err(CliError::Server)
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    let closed = app.close();
    served?;
    closed?;
    tracing::info!("stopped");
    Ok(())
}

/// Resolves when the process is asked to stop.
async fn stop_signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "interrupts are not noticed");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(error) => {
                tracing::warn!(%error, "requests to terminate are not noticed");
                interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
    tracing::info!("stopping: finishing what is under way");
}
