//! Stands between an agent and the API server, and fails on demand.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, RETRY_AFTER, TRANSFER_ENCODING,
};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::control_plane::ControlPlane;

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
    /// Passes everything on, so much later.
    Slow(Duration),
    /// Cuts every answer off after so long.
    Cut(Duration),
    /// Speaks no TLS.
    BrokenTls,
    /// Closes every connection.
    Closed,
}

type Error = Box<dyn std::error::Error + Send + Sync>;
type Body = UnsyncBoxBody<Bytes, Error>;

/// When somebody was turned away, and what they had asked for.
type TurnedAway = Arc<Mutex<Vec<(Instant, String)>>>;

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
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("an address"));
        let (mode, now) = watch::channel(Mode::Pass);
        let turned_away = TurnedAway::default();
        let upstream = Arc::new(Upstream::of(plane, Arc::clone(&turned_away)));
        let tls = acceptor(plane);
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

/// The API server behind it.
struct Upstream {
    url: String,
    client: reqwest::Client,
    turned_away: TurnedAway,
}

impl Upstream {
    fn of(plane: &ControlPlane, turned_away: TurnedAway) -> Self {
        let authority = plane.authority().certificate();
        let authority =
            reqwest::Certificate::from_pem(authority.as_bytes()).expect("a certificate");
        let client = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().http1_only();
        Self { url: plane.url(), client: client.build().expect("a client"), turned_away }
    }

    fn turn_away(&self, request: &Request<Incoming>, seconds: u64) -> Response<Body> {
        let what = format!("{} {}", request.method(), request.uri().path());
        self.turned_away.lock().expect("nobody panics").push((Instant::now(), what));
        let text = Full::new(Bytes::from("Too many requests, please try again later.\n"));
        let mut response = Response::new(text.map_err(Error::from).boxed_unsync());
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(RETRY_AFTER, seconds.into());
        response
    }

    async fn pass(&self, request: Request<Incoming>) -> Result<Response<Body>, Error> {
        let (parts, body) = request.into_parts();
        let url = format!("{}{}", self.url, parts.uri);
        let mut headers = parts.headers;
        for header in [HOST, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(header);
        }
        let body = body.collect().await?.to_bytes();
        let request = self.client.request(parts.method, url).headers(headers).body(body);
        let answer = request.send().await?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            if ![TRANSFER_ENCODING, HeaderName::from_static("connection")].contains(name) {
                response = response.header(name, value);
            }
        }
        let frames = answer.bytes_stream().map_ok(Frame::data).map_err(Error::from);
        Ok(response.body(StreamBody::new(frames).boxed_unsync())?)
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
    tls: TlsAcceptor,
    upstream: Arc<Upstream>,
    mut now: watch::Receiver<Mode>,
) {
    let mode = *now.borrow_and_update();
    let serve = async {
        match mode {
            Mode::Closed => {}
            Mode::BrokenTls => {
                let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            }
            _ => {
                let Ok(stream) = tls.accept(stream).await else { return };
                let service = service_fn(|request| answer(mode, &upstream, request));
                let server = hyper::server::conn::http1::Builder::new();
                // The other side may go at any time.
                let _gone = server.serve_connection(TokioIo::new(stream), service).await;
            }
        }
    };
    tokio::select! {
        () = serve => {}
        _ = now.changed() => {}
    }
}

async fn answer(
    mode: Mode,
    upstream: &Upstream,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let response = match mode {
        Mode::Status(code) => Ok(refusal(code, None)),
        Mode::Throttle(seconds) => Ok(refusal(429, Some(seconds))),
        Mode::TurnAway(seconds) => Ok(upstream.turn_away(&request, seconds)),
        Mode::Slow(delay) => {
            tokio::time::sleep(delay).await;
            upstream.pass(request).await
        }
        Mode::Cut(after) => upstream.pass(request).await.map(|answer| cut(answer, after)),
        _ => upstream.pass(request).await,
    };
    Ok(response.unwrap_or_else(|_unreachable| refusal(502, None)))
}

/// An answer in the API server's own form.
fn refusal(code: u16, retry_after_seconds: Option<u64>) -> Response<Body> {
    let status = serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
        "reason": "Test", "message": "the test wants it so",
        "details": { "retryAfterSeconds": retry_after_seconds.unwrap_or(0) },
    });
    let body = Full::new(Bytes::from(status.to_string())).map_err(Error::from).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(code).expect("a status");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, "application/json".parse().expect("a type"));
    if let Some(seconds) = retry_after_seconds {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}

fn cut(answer: Response<Body>, after: Duration) -> Response<Body> {
    answer.map(|body| {
        let frames = body.into_data_stream().map_ok(Frame::data);
        let end = Box::pin(tokio::time::sleep(after));
        StreamBody::new(frames.take_until(end)).boxed_unsync()
    })
}
