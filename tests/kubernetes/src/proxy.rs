//! Stands between a program and a server, and fails on demand.

mod answers;
mod upstream;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::control_plane::ControlPlane;
pub use upstream::{Moment, Observer, Passage};
use upstream::{TurnedAway, Upstream};

/// How the proxy behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Passes everything on.
    Pass,
    /// Answers everything with this status.
    Status(u16),
    /// Answers everything with 429 and the wish to be asked again after so many seconds.
    Throttle(u64),
    /// The same as the API server's priority and fairness says it: by a header, and a text that is no Status.
    TurnAway(u64),
    /// Answers everything with 409 that might change something.
    Conflict,
    /// Ends every watch as one whose beginning is forgotten.
    Gone,
    /// Passes everything on, so much later.
    Slow(Duration),
    /// Cuts every answer off after so long.
    Cut(Duration),
    /// Cuts every answer off in its middle, watches apart.
    Half,
    /// Speaks no TLS.
    BrokenTls,
    /// Closes every connection.
    Closed,
}

/// Ends with this value.
pub struct Proxy {
    url: String,
    mode: watch::Sender<Mode>,
    turned_away: TurnedAway,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before this control plane.
    pub async fn start(plane: &ControlPlane) -> Self {
        Self::observed(plane, Arc::new(|_| ())).await
    }

    /// The same, with somebody who is told of each request that is passed on.
    pub async fn observed(plane: &ControlPlane, observer: Observer) -> Self {
        Self::listen("https", Upstream::of(plane, observer), Some(acceptor(plane))).await
    }

    /// Starts one before a server that speaks plain HTTP at this address.
    pub async fn before(url: &str, observer: Observer) -> Self {
        Self::listen("http", Upstream::plain(url, observer), None).await
    }

    async fn listen(scheme: &str, upstream: Upstream, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
        let (mode, now) = watch::channel(Mode::Pass);
        let upstream = Arc::new(upstream);
        let turned_away = Arc::clone(upstream.turned_away());
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (tls, upstream, now) = (tls.clone(), Arc::clone(&upstream), now.clone());
                tokio::spawn(connection(stream, tls, upstream, now));
            }
        });
        Self { url, mode, turned_away, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it behaves so; what was connected is cut off.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Proxy {
    /// When somebody was turned away so far, and what they had asked for: method and path.
    #[must_use]
    pub fn turned_away(&self) -> Vec<(Instant, String)> {
        self.turned_away.lock().expect("nobody panics").clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Speaks TLS as somebody whom the control plane's clients trust.
pub(crate) fn acceptor(plane: &ControlPlane) -> TlsAcceptor {
    let identity = plane.authority().server(&["127.0.0.1"]);
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.expect("a certificate")], key);
    TlsAcceptor::from(Arc::new(config.expect("a certificate with its key")))
}

/// Serves one connection until it ends or the mode changes.
async fn connection(
    mut stream: TcpStream,
    tls: Option<TlsAcceptor>,
    upstream: Arc<Upstream>,
    mut now: watch::Receiver<Mode>,
) {
    let mode = *now.borrow_and_update();
    let serve = async {
        match (mode, tls) {
            (Mode::Closed, _) => {}
            (Mode::BrokenTls, _) => {
                let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            }
            (_, None) => serve(stream, mode, upstream).await,
            (_, Some(tls)) => {
                let Ok(stream) = tls.accept(stream).await else { return };
                serve(stream, mode, upstream).await;
            }
        }
    };
    tokio::select! {
        () = serve => {}
        _ = now.changed() => {}
    }
}

async fn serve<S>(stream: S, mode: Mode, upstream: Arc<Upstream>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| answers::answer(mode, &upstream, request));
    let server = hyper::server::conn::http1::Builder::new();
    // The other side may go at any time.
    let _gone = server.serve_connection(TokioIo::new(stream), service).await;
}
