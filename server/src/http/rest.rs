//! What of a request's body nobody read: it is read on for a while and dropped, so that the client gets to
//! read its answer and the connection goes on; or the answer says that it does not.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use parking_lot::Mutex;
use poem::http::{HeaderValue, header};
use poem::{Body, Request, Response};

/// What is read and dropped of a body, in bytes.
const MOST: usize = 64 << 20;
/// How long nothing may come meanwhile.
const IDLE: Duration = Duration::from_secs(1);

type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// A body that is looked after.
pub(super) struct Rest {
    shared: Option<Arc<Shared>>,
    /// Whether the client sends nothing before it is told to.
    waits: bool,
}

struct Shared {
    pieces: Mutex<Pieces>,
    begun: AtomicBool,
    ended: AtomicBool,
}

/// The body, as it is given on.
struct Watched(Arc<Shared>);

impl Stream for Watched {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let shared = &self.0;
        shared.begun.store(true, Ordering::Relaxed);
        let next = ready!(shared.pieces.lock().as_mut().poll_next(cx));
        if !matches!(next, Some(Ok(_))) {
            shared.ended.store(true, Ordering::Relaxed);
        }
        Poll::Ready(next)
    }
}

impl Rest {
    /// Looks after the body of a request from now on.
    pub(super) fn of(request: &mut Request) -> Self {
        let headers = request.headers();
        let waits = headers.contains_key(header::EXPECT);
        let none = !headers.contains_key(header::TRANSFER_ENCODING)
            && headers
                .get(header::CONTENT_LENGTH)
                .is_none_or(|length| length.as_bytes() == b"0");
        if none {
            return Self {
                shared: None,
                waits,
            };
        }
        let shared = Arc::new(Shared {
            pieces: Mutex::new(Box::pin(request.take_body().into_bytes_stream())),
            begun: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        request.set_body(Body::from_bytes_stream(Watched(Arc::clone(&shared))));
        Self {
            shared: Some(shared),
            waits,
        }
    }

    /// Drops what is left of the body, or lets the answer end the connection.
    pub(super) async fn settle(self, response: &mut Response, patience: Duration) {
        let Some(shared) = self.shared else { return };
        if shared.ended.load(Ordering::Relaxed) {
            return;
        }
        let unasked = self.waits && !shared.begun.load(Ordering::Relaxed);
        let mut rest = Watched(shared);
        let is_over = match unasked {
            true => false,
            false => tokio::time::timeout(patience, drop_all(&mut rest))
                .await
                .unwrap_or(false),
        };
        if !is_over {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
    }
}

/// Reads a body on without keeping anything; whether it came to its end.
async fn drop_all(rest: &mut Watched) -> bool {
    let mut left = MOST;
    loop {
        match tokio::time::timeout(IDLE, rest.next()).await {
            Ok(None | Some(Err(_))) => return true,
            Ok(Some(Ok(piece))) => match left.checked_sub(piece.len()) {
                Some(less) => left = less,
                None => return false,
            },
            Err(_) => return false,
        }
    }
}
