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
    app.complete_vectors();
    serve(&app, |_| {})?;
    Ok(ExitCode::SUCCESS)
}

/// Lets the process hold as many connections and files as the system lets it: what shells give it by
/// default is little for a server.
#[cfg(unix)]
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, most)
    {
        tracing::debug!(%error, "the number of open files stays as it is");
    }
}

/// Serves an open node; `ready` is told the address.
pub fn serve(app: &Arc<App>, ready: impl FnOnce(&str)) -> Result<(), CliError> {
    #[cfg(unix)]
    raise_descriptors();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("http")
        .build()
        .map_err(CliError::Server)?;
    let listen = app.settings.listen;
    if app.settings.cors_origin.any() && app.settings.api_key.is_none() {
        tracing::warn!(
            "--cors-origin * on a node without a key: a page of any site can change and delete all that it holds"
        );
    }
    let served = runtime.block_on(async {
        let serving = http::serve(listen)
            .await
            .map_err(|source| CliError::Listen {
                address: listen,
                source,
            })?;
        let address = format!("http://{}", serving.address());
        // Before anybody learns that the node is there, and may stop it.
        let stop = stop_signal();
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
        serving.run(app, stop).await.map_err(CliError::Server)
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    let closed = app.close();
    served?;
    closed?;
    tracing::info!("stopped");
    Ok(())
}

/// Listens for requests to stop at once; what it returns resolves when there is one.
#[cfg(unix)]
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind: SignalKind| {
        signal(kind)
            .inspect_err(|error| tracing::warn!(%error, ?kind, "a signal is not noticed"))
            .ok()
    };
    let mut interrupt = listen(SignalKind::interrupt());
    let mut terminate = listen(SignalKind::terminate());
    async move {
        let first = async |signal: &mut Option<tokio::signal::unix::Signal>| match signal {
            Some(signal) => signal.recv().await,
            None => std::future::pending().await,
        };
        tokio::select! {
            _ = first(&mut interrupt) => {}
            _ = first(&mut terminate) => {}
        }
        tracing::info!("stopping: finishing what is under way");
    }
}

/// Resolves when the process is asked to stop.
#[cfg(not(unix))]
async fn stop_signal() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "interrupts are not noticed");
        std::future::pending::<()>().await;
    }
    tracing::info!("stopping: finishing what is under way");
}
