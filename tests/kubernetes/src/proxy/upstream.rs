//! The server behind a proxy, and who is told of what it is asked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use futures_util::TryStreamExt;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, RETRY_AFTER, TRANSFER_ENCODING,
};
use hyper::{Request, Response, StatusCode};

use crate::control_plane::ControlPlane;

pub(super) type Error = Box<dyn std::error::Error + Send + Sync>;
pub(super) type Body = UnsyncBoxBody<Bytes, Error>;

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Tells it from all others of this process.
    pub number: u64,
    /// Such as `GET`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// How far it is.
    pub moment: Moment,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It is about to be passed on.
    Sent,
    /// The server has answered, or never will, and the program does not know it yet.
    Answered,
}

/// Is told of each request that is passed on, twice. The request waits until it returns.
pub type Observer = Arc<dyn Fn(&Passage) + Send + Sync>;

/// When somebody was turned away, and what they had asked for: method and path.
pub(super) type TurnedAway = Arc<Mutex<Vec<(Instant, String)>>>;

/// Numbers the requests.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// The server behind a proxy.
pub(super) struct Upstream {
    url: String,
    client: reqwest::Client,
    observer: Observer,
    turned_away: TurnedAway,
}

impl Upstream {
    pub(super) fn of(plane: &ControlPlane, observer: Observer) -> Self {
        let authority = plane.authority().certificate();
        let authority =
            reqwest::Certificate::from_pem(authority.as_bytes()).expect("a certificate");
        let client = reqwest::Client::builder().tls_certs_only([authority]);
        Self::with(client, plane.url(), observer)
    }

    pub(super) fn plain(url: &str, observer: Observer) -> Self {
        // Whoever closes its connections after each answer is asked on a new one.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0);
        Self::with(client, url.to_owned(), observer)
    }

    fn with(client: reqwest::ClientBuilder, url: String, observer: Observer) -> Self {
        let client = client.no_proxy().http1_only().build().expect("a client");
        Self { url, client, observer, turned_away: TurnedAway::default() }
    }

    pub(super) fn turned_away(&self) -> &TurnedAway {
        &self.turned_away
    }

    pub(super) fn turn_away(&self, request: &Request<Incoming>, seconds: u64) -> Response<Body> {
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

    /// Passes a request on, also where its sender goes meanwhile.
    pub(super) async fn pass(
        self: &Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Error> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let upstream = Arc::clone(self);
        tokio::spawn(async move { upstream.carry(parts, body).await }).await?
    }

    async fn carry(
        &self,
        parts: http::request::Parts,
        body: Bytes,
    ) -> Result<Response<Body>, Error> {
        let url = format!("{}{}", self.url, parts.uri);
        let mut passage = Passage {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            moment: Moment::Sent,
        };
        let mut headers = parts.headers;
        for header in [HOST, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(header);
        }
        (self.observer)(&passage);
        let answer = self.client.request(parts.method, url).headers(headers).body(body).send();
        let answer = answer.await;
        passage.moment = Moment::Answered;
        (self.observer)(&passage);
        Ok(answered(answer?)?)
    }
}

fn answered(answer: reqwest::Response) -> http::Result<Response<Body>> {
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if ![TRANSFER_ENCODING, HeaderName::from_static("connection")].contains(name) {
            response = response.header(name, value);
        }
    }
    let frames = answer.bytes_stream().map_ok(Frame::data).map_err(Error::from);
    response.body(StreamBody::new(frames).boxed_unsync())
}
