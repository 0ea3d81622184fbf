//! Bodies as they arrive: within a length, a time, and the memory that all requests share.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use engine::budget::{Budget, Charge, Exhausted, Share};
use futures_util::{Stream, StreamExt};
use poem::http::{StatusCode, header};
use poem::{Body, Request};
use tokio::time::{Instant, timeout};

use crate::app::App;
use crate::settings::Limits;

/// The longest that a client may be silent within a body is this part of the time for a head.
const IDLE_PART: u32 = 3;
/// Bodies up to this length may use all of the budget, so that large ones leave room for them.
const SMALL: usize = 4 << 20;

/// Bytes that room is made for before they are there.
const AT_ONCE: usize = 256 << 10;

/// Why a body was not received.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It is too long.
    #[error("the body is longer than {0} bytes")]
    TooLarge(usize),
    /// It took too long, or nothing came for too long.
    #[error("the body did not arrive within {} seconds", .0.as_secs_f32())]
    Late(Duration),
    /// The bodies of all requests take too much memory.
    #[error(transparent)]
    Busy(#[from] Exhausted),
    /// The connection failed, or the body is not what its head says.
    #[error("the body cannot be read: {0}")]
    Broken(String),
}

/// What a body may take.
#[derive(Debug, Clone)]
pub struct BodyLimits {
    /// Its bytes.
    pub bytes: usize,
    /// The time for all of it.
    pub time: Duration,
    /// The time in which nothing comes.
    pub idle: Duration,
    /// Where its bytes count.
    pub budget: Arc<Budget>,
}

impl BodyLimits {
    /// Returns the limits of a request's body of at most `bytes` within `time`.
    pub fn of(request: &Request, bytes: usize, time: impl Fn(&Limits) -> Duration) -> Self {
        let app = request.data::<Arc<App>>();
        let limits = app.map_or_else(Limits::default, |app| app.settings.limits.clone());
        Self {
            bytes,
            time: time(&limits),
            idle: idle(&limits),
            budget: app.map_or_else(
                || Budget::new("bodies", limits.max_bodies_bytes),
                |app| Arc::clone(&app.bodies),
            ),
        }
    }

    /// Opens a charge for a body of at most so many bytes.
    pub fn charge(&self) -> Charge {
        self.budget.charge(match self.bytes <= SMALL {
            true => Share::Whole,
            false => Share::Large,
        })
    }
}

/// Returns how long a client may be silent within a body.
pub fn idle(limits: &Limits) -> Duration {
    limits.client_timeout / IDLE_PART
}

/// Bytes that count in a budget until the last that holds them is dropped.
pub struct Charged {
    bytes: Vec<u8>,
    charge: Charge,
}

impl AsRef<[u8]> for Charged {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Charged {
    /// Holds nothing yet.
    pub fn new(charge: Charge) -> Self {
        Self {
            bytes: Vec::new(),
            charge,
        }
    }

    /// Makes room for bytes whose number is told; not for all of many, which may never come.
    pub fn reserve(&mut self, bytes: usize) {
        self.bytes.reserve_exact(bytes.min(AT_ONCE));
    }

    /// Takes more bytes.
    ///
    /// # Errors
    /// When the budget has no room.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Exhausted> {
        self.charge.grow(piece.len() as u64)?;
        let more = self.bytes.len().saturating_add(piece.len());
        if more > self.bytes.capacity() {
            // By a half, so that what nobody uses yet stays little.
            self.bytes
                .reserve_exact(piece.len().max(self.bytes.len() / 2));
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// Returns how many bytes there are.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the bytes and what they count.
    pub fn into_parts(self) -> (Vec<u8>, Charge) {
        (self.bytes, self.charge)
    }

    /// Returns the bytes; they count until the last clone is dropped.
    pub fn into_bytes(self) -> Bytes {
        if self.bytes.is_empty() {
            return Bytes::new();
        }
        Bytes::from_owner(self)
    }
}

/// Receives a body. `length` is what its head says, if it does.
///
/// # Errors
/// When it is too long, too slow, broken, or there is no memory for it.
pub async fn receive(
    body: Body,
    length: Option<usize>,
    limits: &BodyLimits,
) -> Result<Bytes, BodyError> {
    if length.is_some_and(|length| length > limits.bytes) {
        return Err(BodyError::TooLarge(limits.bytes));
    }
    let mut out = Charged::new(limits.charge());
    out.reserve(length.unwrap_or(0));
    let mut pieces = body.into_bytes_stream();
    let until = Instant::now() + limits.time;
    while let Some(piece) = next(&mut pieces, until, limits).await? {
        if out.length().saturating_add(piece.len()) > limits.bytes {
            return Err(BodyError::TooLarge(limits.bytes));
        }
        out.push(&piece)?;
    }
    Ok(out.into_bytes())
}

async fn next<S>(
    pieces: &mut S,
    until: Instant,
    limits: &BodyLimits,
) -> Result<Option<Bytes>, BodyError>
where
    S: Stream<Item = std::io::Result<Bytes>> + Unpin,
{
    let left = until.saturating_duration_since(Instant::now());
    let wait = left.min(limits.idle);
    match timeout(wait, pieces.next()).await {
        Err(_) => Err(BodyError::Late(match left <= limits.idle {
            true => limits.time,
            false => limits.idle,
        })),
        Ok(None) => Ok(None),
        Ok(Some(Ok(piece))) => Ok(Some(piece)),
        Ok(Some(Err(error))) => Err(BodyError::Broken(error.to_string())),
    }
}

/// Returns the length that a request's head says.
pub fn length_of(request: &Request) -> Option<usize> {
    let length = request.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// Returns the error for the guard, which gives it the family's envelope.
pub fn busy(error: &Exhausted) -> poem::Error {
    poem::Error::from_string(error.to_string(), StatusCode::TOO_MANY_REQUESTS)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn limits(bytes: usize, budget: u64) -> BodyLimits {
        BodyLimits {
            bytes,
            time: Duration::from_millis(300),
            idle: Duration::from_millis(60),
            budget: Budget::new("bodies", budget),
        }
    }

    fn run<T>(test: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(test)
    }

    /// Pieces of 100 bytes, each after a while.
    fn dripping(count: usize, pause: Duration) -> Body {
        let pieces = stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, std::io::Error>(Bytes::from_static(&[7; 100]))
        });
        Body::from_bytes_stream(Box::pin(pieces))
    }

    #[test]
    fn bodies_count_while_they_are_held() {
        run(async {
            let limits = limits(1_000, 1_500);
            let one = receive(dripping(10, Duration::ZERO), None, &limits).await;
            let one = one.unwrap();
            assert_eq!((one.len(), limits.budget.used()), (1_000, 1_000));
            let clone = one.clone();
            drop(one);
            let other = receive(dripping(6, Duration::ZERO), Some(600), &limits).await;
            assert!(matches!(other, Err(BodyError::Busy(_))));
            assert_eq!(limits.budget.used(), 1_000);
            drop(clone);
            assert_eq!(limits.budget.used(), 0);
        });
    }

    #[test]
    fn bodies_end_at_their_length_and_their_time() {
        run(async {
            let limits = limits(250, 1_500);
            let told = async |body, length| {
                let received = receive(body, length, &limits).await;
                received.map(|bytes| bytes.len()).map_err(|e| e.to_string())
            };
            let zero = Duration::ZERO;
            assert_eq!(told(dripping(2, zero), None).await, Ok(200));
            let long = Err("the body is longer than 250 bytes".to_owned());
            assert_eq!(told(dripping(3, zero), None).await, long);
            // Nothing is waited for where the head says too much.
            let never = dripping(1, Duration::from_secs(9_999));
            assert_eq!(told(never, Some(251)).await, long);
            let silent = dripping(1, Duration::from_millis(200));
            let late = Err("the body did not arrive within 0.06 seconds".to_owned());
            assert_eq!(told(silent, None).await, late);
            assert_eq!(limits.budget.used(), 0);
        });
    }
}
