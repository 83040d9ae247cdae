//! Connections that do not live for ever. A client that sends its request byte by byte, one that does not take its
//! answer, and one that keeps a connection it does not use all hold a socket and some memory; each is cut off when
//! nothing was sent to it for a time. Handling a request has a time-out of its own, which is shorter.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use poem::http::uri::Scheme;
use poem::listener::Acceptor;
use poem::web::{LocalAddr, RemoteAddr};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// Accepts connections that end by themselves.
pub struct BoundedAcceptor<A> {
    inner: A,
    patience: Duration,
}

impl<A> BoundedAcceptor<A> {
    /// Cuts a connection off when nothing was sent on it for `patience`.
    pub fn new(inner: A, patience: Duration) -> Self {
        Self { inner, patience }
    }
}

impl<A: Acceptor> Acceptor for BoundedAcceptor<A> {
    type Io = Bounded<A::Io>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.inner.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        let (inner, local, remote, scheme) = self.inner.accept().await?;
        let bounded = Bounded {
            inner,
            patience: self.patience,
            end: Box::pin(sleep(self.patience)),
        };
        Ok((bounded, local, remote, scheme))
    }
}

/// A connection that ends by itself.
pub struct Bounded<I> {
    inner: I,
    patience: Duration,
    end: Pin<Box<Sleep>>,
}

impl<I> Bounded<I> {
    /// An error when the time is over; also has the task woken then.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.end.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }

    fn sent(&mut self, bytes: usize) {
        if bytes > 0 {
            self.end.as_mut().reset(Instant::now() + self.patience);
        }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Bounded<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Bounded<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        let written = ready!(Pin::new(&mut self.inner).poll_write(context, bytes))?;
        self.sent(written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        let written = ready!(Pin::new(&mut self.inner).poll_write_vectored(context, bytes))?;
        self.sent(written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
