//! Clients that are too slow: a connection that holds a request's head back, or does not take its
//! answer, ends. (A body has its time where it is read.)
//!
//! This looks at the bytes of a connection from outside, since the server below knows no such bounds.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// After a connection could not be accepted: the system is out of descriptors, most likely, and
/// trying again at once would use up a core.
const BREATH: Duration = Duration::from_millis(50);
/// How a connection of HTTP/2 begins; that protocol bounds its heads itself.
const HTTP2: &[u8] = b"PRI ";
/// How an answer begins that another one follows.
const INTERIM: &[u8] = b"HTTP/1.1 1";

/// Accepts connections, with patience.
pub(super) struct PatientAcceptor {
    inner: TcpAcceptor,
    patience: Duration,
}

impl PatientAcceptor {
    pub(super) fn new(inner: TcpAcceptor, patience: Duration) -> Self {
        Self { inner, patience }
    }
}

impl Acceptor for PatientAcceptor {
    type Io = Patient<TcpStream>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(
        &mut self,
    ) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, poem::http::uri::Scheme)> {
        match self.inner.accept().await {
            Ok((io, local, remote, scheme)) => {
                Ok((Patient::new(io, self.patience), local, remote, scheme))
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(BREATH).await;
                Err(error)
            }
        }
    }
}

/// Where a connection is.
enum Phase {
    /// Between two requests.
    Between,
    /// In the head of one, which has to end before the time comes.
    Head {
        line_is_empty: bool,
        until: Pin<Box<Sleep>>,
    },
    /// Past the head.
    Body,
    /// Another protocol.
    Other,
}

/// A connection, with patience.
pub(super) struct Patient<Io> {
    io: Io,
    patience: Duration,
    phase: Phase,
    /// When a write that goes nowhere has waited for too long.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<Io> Patient<Io> {
    fn new(io: Io, patience: Duration) -> Self {
        Self {
            io,
            patience,
            phase: Phase::Between,
            stuck: None,
        }
    }

    /// Takes note of bytes that came.
    fn came(&mut self, bytes: &[u8]) {
        if matches!(self.phase, Phase::Between) && !bytes.is_empty() {
            self.phase = if bytes.starts_with(HTTP2) {
                Phase::Other
            } else {
                Phase::Head {
                    line_is_empty: false,
                    until: Box::pin(sleep_until(Instant::now() + self.patience)),
                }
            };
        }
        let Phase::Head { line_is_empty, .. } = &mut self.phase else {
            return;
        };
        for byte in bytes {
            match byte {
                b'\n' if *line_is_empty => {
                    self.phase = Phase::Body;
                    return;
                }
                b'\n' => *line_is_empty = true,
                b'\r' => {}
                _ => *line_is_empty = false,
            }
        }
    }

    /// Takes note of bytes that went.
    fn went(&mut self, bytes: &[u8]) {
        self.stuck = None;
        if matches!(self.phase, Phase::Body) && !bytes.starts_with(INTERIM) {
            self.phase = Phase::Between;
        }
    }

    /// Whether a head has taken too long.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.phase {
            Phase::Head { until, .. } => until.as_mut().poll(cx).is_ready(),
            _ => false,
        }
    }

    fn is_stuck(&mut self, cx: &mut Context<'_>) -> bool {
        let patience = self.patience;
        let stuck = self
            .stuck
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + patience)));
        stuck.as_mut().poll(cx).is_ready()
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client is too slow")
}

impl<Io: AsyncRead + Unpin> AsyncRead for Patient<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // Also while bytes come: one at a time, they could come for ever.
        if this.is_late(cx) {
            return Poll::Ready(Err(too_slow()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(cx, buf))?;
        let new = buf.filled().get(before..).unwrap_or_default();
        this.came(new);
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Patient<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        match Pin::new(&mut this.io).poll_write(cx, buf) {
            Poll::Pending if this.is_stuck(cx) => Poll::Ready(Err(too_slow())),
            Poll::Ready(Ok(count)) => {
                this.went(buf);
                Poll::Ready(Ok(count))
            }
            other => other,
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        match Pin::new(&mut this.io).poll_write_vectored(cx, bufs) {
            Poll::Pending if this.is_stuck(cx) => Poll::Ready(Err(too_slow())),
            Poll::Ready(Ok(count)) => {
                this.went(bufs.first().map_or(&[], |first| first));
                Poll::Ready(Ok(count))
            }
            other => other,
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    const SHORT: Duration = Duration::from_millis(60);

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(test);
    }

    #[test]
    fn a_head_that_comes_drop_by_drop_ends_the_connection() {
        run(async {
            let (mut client, server) = duplex(1 << 10);
            let mut server = Patient::new(server, SHORT);
            let drip = async {
                for byte in b"GET / HTTP/1.1\r\nhost: x\r\n".iter().cycle() {
                    if client.write_all(&[*byte]).await.is_err() {
                        return;
                    }
                    sleep(SHORT / 10).await;
                }
            };
            let read = async {
                let mut buf = [0; 64];
                loop {
                    if let Err(error) = server.read(&mut buf).await {
                        return error;
                    }
                }
            };
            let error = tokio::select! {
                error = read => error,
                () = drip => unreachable!("it drips for ever"),
            };
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        });
    }

    #[test]
    fn bodies_pauses_and_http2_have_time() {
        run(async {
            let (mut client, server) = duplex(1 << 10);
            let mut server = Patient::new(server, SHORT);
            let mut buf = [0; 128];
            for _ in 0..2 {
                // Nothing yet, then a head at once, and a body that takes long.
                sleep(SHORT * 2).await;
                client
                    .write_all(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n")
                    .await
                    .unwrap();
                assert_eq!(server.read(&mut buf).await.unwrap(), 28);
                server
                    .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                    .await
                    .unwrap();
                for _ in 0..3 {
                    sleep(SHORT).await;
                    client.write_all(b"x").await.unwrap();
                    assert_eq!(server.read(&mut buf).await.unwrap(), 1);
                }
                server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            }
            let (mut client, server) = duplex(1 << 10);
            let mut server = Patient::new(server, SHORT);
            client.write_all(b"PRI * HTTP/2.0\r\n").await.unwrap();
            assert_eq!(server.read(&mut buf).await.unwrap(), 16);
            sleep(SHORT * 2).await;
            client.write_all(b"\r\nSM").await.unwrap();
            assert_eq!(server.read(&mut buf).await.unwrap(), 4);
        });
    }

    #[test]
    fn an_answer_that_nobody_takes_ends_the_connection() {
        run(async {
            let (mut client, server) = duplex(16);
            let mut server = Patient::new(server, SHORT);
            let mut buf = [0; 16];
            server.write_all(&[1; 16]).await.unwrap();
            sleep(SHORT * 2).await;
            // Slow is not too slow.
            client.read_exact(&mut buf).await.unwrap();
            server.write_all(&[2; 16]).await.unwrap();
            let error = server.write_all(&[3; 1]).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        });
    }
}
