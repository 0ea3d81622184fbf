//! Listening, and stopping without dropping anybody.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::Server;
use poem::listener::TcpAcceptor;
use tokio::net::TcpListener;

use super::connections::PatientAcceptor;
use super::service::endpoint;
use crate::app::App;

/// Idle connections are closed after this long.
const IDLE: Duration = Duration::from_secs(75);
/// Requests that are under way when the node stops get this long.
const GRACE: Duration = Duration::from_secs(8);
/// How often the hot words are saved: a crash loses less than five seconds.
const SAVE_EVERY: Duration = Duration::from_secs(2);
/// How often expired links are removed.
const PURGE_EVERY: Duration = Duration::from_secs(600);

/// A node that listens, and does not answer yet.
#[derive(Debug)]
pub struct Serving {
    listener: TcpListener,
    address: SocketAddr,
}

/// Starts to listen.
///
/// # Errors
/// When the address cannot be had.
pub async fn serve(address: SocketAddr) -> std::io::Result<Serving> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok(Serving { listener, address })
}

impl Serving {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `stop`, then finishes those under way.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self, app: &Arc<App>, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        app.listens_at(self.address);
        let chores = tokio::spawn(chores(Arc::clone(app)));
        let acceptor = TcpAcceptor::from_tokio(self.listener)?;
        let limits = &app.settings.limits;
        let acceptor =
            PatientAcceptor::new(acceptor, limits.client_timeout, limits.max_connections);
        let result = Server::new_with_acceptor(acceptor)
            .idle_timeout(IDLE)
            .run_with_graceful_shutdown(endpoint(app), stop, Some(GRACE))
            .await;
        chores.abort();
        result
    }
}

/// What is done beside requests.
async fn chores(app: Arc<App>) {
    let mut save = tokio::time::interval(SAVE_EVERY);
    let mut purge = tokio::time::interval(PURGE_EVERY);
    loop {
        let app = Arc::clone(&app);
        let saving = tokio::select! {
            _ = save.tick() => true,
            _ = purge.tick() => false,
        };
        let chore = tokio::task::spawn_blocking(move || {
            if saving {
                app.save_hot_words();
            } else {
                app.purge_links();
                app.node.forget_expired();
            }
        });
        if let Err(error) = chore.await {
            tracing::error!(%error, "a chore of the node failed");
        }
    }
}
