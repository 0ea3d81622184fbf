//! Clients that are too slow: a connection that holds a request's head back, or does not take its
//! answer, ends. (A body has its time where it is read.)
//!
//! This looks at the bytes of a connection from outside, since the server below knows no such bounds. It knows
//! HTTP/1: a connection that begins as HTTP/2 is told to use that, since nothing here is bounded there.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::connections::Place;

/// How a connection of HTTP/2 begins.
const HTTP2: &[u8] = b"PRI ";
/// What is answered: empty settings, and that the connection goes away since HTTP/1.1 is required.
const NO_HTTP2: &[u8] = b"\0\0\0\x04\0\0\0\0\0\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0d";
/// The longest head, in bytes.
const MAX_HEAD: usize = 64 << 10;
/// What is answered to a longer one.
const LONG_HEAD: &[u8] = b"HTTP/1.1 431 Request Header Fields Too Large\r\n\
    content-length: 0\r\nconnection: close\r\n\r\n";
/// How an answer begins that another one follows.
const INTERIM: &[u8] = b"HTTP/1.1 1";
/// What a client has to take of an answer within its time, in bytes.
const LEAST: usize = 16 << 10;

/// Where a connection is.
enum Phase {
    /// Between two requests.
    Between,
    /// In the head of one, which has to end before the time comes.
    Head {
        line_is_empty: bool,
        bytes: usize,
        until: Pin<Box<Sleep>>,
    },
    /// Past the head.
    Body,
    /// Nothing is read any more; what is left to be said, then the end.
    Refused(&'static [u8]),
}

/// A connection, with patience.
pub(super) struct Patient<Io> {
    io: Io,
    patience: Duration,
    phase: Phase,
    /// How much of its first bytes looked like HTTP/2; `None` when they did not.
    preface: Option<usize>,
    /// When a write that goes nowhere has waited for too long, and what went since.
    stuck: Option<(Pin<Box<Sleep>>, usize)>,
    place: Option<Place>,
}

impl<Io> Patient<Io> {
    pub(super) fn new(io: Io, patience: Duration, place: Option<Place>) -> Self {
        Self {
            io,
            patience,
            phase: Phase::Between,
            preface: Some(0),
            stuck: None,
            place,
        }
    }

    /// Takes note of bytes that came; whether they are to be read.
    fn came(&mut self, bytes: &[u8]) -> bool {
        let mut first = bytes.iter();
        while let (Some(seen), Some(byte)) = (self.preface, first.next()) {
            let next = (HTTP2.get(seen) == Some(byte)).then_some(seen + 1);
            if next == Some(HTTP2.len()) {
                self.phase = Phase::Refused(NO_HTTP2);
                return false;
            }
            self.preface = next;
        }
        if matches!(self.phase, Phase::Between) && !bytes.is_empty() {
            self.stuck = None;
            self.phase = Phase::Head {
                line_is_empty: false,
                bytes: 0,
                until: Box::pin(sleep_until(Instant::now() + self.patience)),
            };
            self.touch();
        }
        let Phase::Head {
            line_is_empty,
            bytes: length,
            ..
        } = &mut self.phase
        else {
            return true;
        };
        for byte in bytes {
            *length += 1;
            match byte {
                b'\n' if *line_is_empty => {
                    self.phase = Phase::Body;
                    return true;
                }
                b'\n' => *line_is_empty = true,
                b'\r' => {}
                _ => *line_is_empty = false,
            }
            if *length > MAX_HEAD {
                self.phase = Phase::Refused(LONG_HEAD);
                return false;
            }
        }
        true
    }

    /// Takes note of bytes that went.
    fn went(&mut self, bytes: &[u8], count: usize) {
        if let Some((_, taken)) = &mut self.stuck {
            *taken += count;
            if *taken >= LEAST {
                self.stuck = None;
            }
        }
        if matches!(self.phase, Phase::Body) && !bytes.starts_with(INTERIM) {
            self.phase = Phase::Between;
        }
        self.touch();
    }

    fn touch(&self) {
        if let Some(place) = &self.place {
            place.touch(matches!(self.phase, Phase::Between) && self.stuck.is_none());
        }
    }

    /// Whether a head has taken too long.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.phase {
            Phase::Head { until, .. } => until.as_mut().poll(cx).is_ready(),
            Phase::Between | Phase::Body | Phase::Refused(_) => false,
        }
    }

    fn is_stuck(&mut self, cx: &mut Context<'_>) -> bool {
        let patience = self.patience;
        let began = self.stuck.is_none();
        let (stuck, _) = self
            .stuck
            .get_or_insert_with(|| (Box::pin(sleep_until(Instant::now() + patience)), 0));
        let stuck = stuck.as_mut().poll(cx).is_ready();
        if began {
            self.touch();
        }
        stuck
    }

    /// Whether the connection has to make room for others, which it may between two requests.
    fn is_dismissed(&self, cx: &Context<'_>) -> bool {
        let between = matches!(self.phase, Phase::Between) && self.stuck.is_none();
        between
            && self
                .place
                .as_ref()
                .is_some_and(|place| place.is_dismissed(cx))
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client is too slow")
}

impl<Io: AsyncWrite + Unpin> Patient<Io> {
    /// Says what is left to be said to a client that is refused.
    fn poll_refuse(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Phase::Refused(rest) = &mut self.phase {
            if rest.is_empty() {
                break;
            }
            let written = ready!(Pin::new(&mut self.io).poll_write(cx, rest))?;
            if written == 0 {
                break;
            }
            *rest = rest.get(written..).unwrap_or_default();
        }
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> AsyncRead for Patient<Io> {
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
        if let Phase::Refused(_) = this.phase {
            return this.poll_refuse(cx);
        }
        // As if the client had hung up.
        if this.is_dismissed(cx) {
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(cx, buf))?;
        let new = buf.filled().get(before..).unwrap_or_default();
        if this.came(new) {
            return Poll::Ready(Ok(()));
        }
        buf.set_filled(before);
        this.poll_refuse(cx)
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
                this.went(buf, count);
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
                this.went(bufs.first().map_or(&[], |first| first), count);
                Poll::Ready(Ok(count))
            }
            other => other,
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        // All that there was has been taken.
        if self.stuck.take().is_some() {
            self.touch();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
