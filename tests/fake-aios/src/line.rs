//! Connections that can be cut, and the doors through which they come: a stopped service has no port.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// Cuts its connection: nothing more is written, and the other side sees a reset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    pub(crate) fn now(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::SeqCst) {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

impl Connected<IncomingStream<'_, Door>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().cut.clone()
    }
}

/// Reading and writing, with TLS or without.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// One connection.
pub(crate) struct Line<T = Box<dyn Io>> {
    io: T,
    cut: Cut,
}

/// The socket below it, which is reset when it was cut.
struct Socket {
    stream: TcpStream,
    cut: Cut,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.cut.check().is_err() {
            // Where this fails the connection is merely closed.
            let _ = self.stream.set_zero_linger();
        }
    }
}

macro_rules! delegate {
    ($type:ty, $inner:ident) => {
        impl AsyncRead for $type {
            fn poll_read(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                to: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                Pin::new(&mut self.$inner).poll_read(cx, to)
            }
        }

        impl AsyncWrite for $type {
            fn poll_write(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.cut.check()?;
                Pin::new(&mut self.$inner).poll_write(cx, bytes)
            }

            fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.cut.check()?;
                Pin::new(&mut self.$inner).poll_flush(cx)
            }

            fn poll_shutdown(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
            ) -> Poll<io::Result<()>> {
                self.cut.check()?;
                Pin::new(&mut self.$inner).poll_shutdown(cx)
            }
        }
    };
}

delegate!(Line, io);
delegate!(Socket, stream);

/// A service's port.
pub(crate) struct Door {
    pub address: SocketAddr,
    /// None while the service is stopped.
    pub listener: Option<TcpListener>,
    pub tls: Option<TlsAcceptor>,
    /// Whether the service is stopped.
    pub stopped: watch::Receiver<bool>,
}

/// How long a client may take to shake hands, and how long until a port that is taken is tried again.
const PATIENCE: Duration = Duration::from_secs(5);
const RETRY: Duration = Duration::from_millis(10);

impl Door {
    /// The next connection; waits where the service is stopped.
    async fn next(&mut self) -> io::Result<TcpStream> {
        if *self.stopped.borrow_and_update() {
            self.listener = None;
            // An error means that the whole program stops.
            let _ = self.stopped.changed().await;
            return Err(io::ErrorKind::NotConnected.into());
        }
        let listener = match &mut self.listener {
            Some(listener) => listener,
            closed => closed.insert(TcpListener::bind(self.address).await?),
        };
        tokio::select! {
            accepted = TcpListener::accept(listener) => Ok(accepted?.0),
            _ = self.stopped.changed() => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The connection, with hands shaken where there is TLS.
    async fn line(&self, stream: TcpStream) -> io::Result<Line> {
        let cut = Cut::default();
        let socket = Socket { stream, cut: cut.clone() };
        let io: Box<dyn Io> = match &self.tls {
            None => Box::new(socket),
            Some(tls) => Box::new(tokio::time::timeout(PATIENCE, tls.accept(socket)).await??),
        };
        Ok(Line { io, cut })
    }
}

impl Listener for Door {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            let Ok(stream) = self.next().await else {
                tokio::time::sleep(RETRY).await;
                continue;
            };
            // Who cannot shake hands, as with a certificate that they do not trust, is gone.
            if let Ok(line) = self.line(stream).await {
                return (line, self.address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
