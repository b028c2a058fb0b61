//! What a proxy answers: what the server says, or something of its own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::Mode;
use super::upstream::{Body, Error, Upstream};

/// Answers one request. Where the server does not answer, neither does the proxy.
pub(super) async fn answer(
    mode: Mode,
    upstream: &Arc<Upstream>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Error> {
    let is_watch = request.uri().query().is_some_and(|query| query.contains("watch=true"));
    match mode {
        Mode::Status(code) => Ok(refusal(code, None)),
        Mode::Throttle(seconds) => Ok(refusal(429, Some(seconds))),
        Mode::TurnAway(seconds) => Ok(upstream.turn_away(&request, seconds)),
        Mode::Conflict if request.method() != Method::GET => Ok(refusal(409, None)),
        Mode::Gone if is_watch => Ok(expired()),
        Mode::Slow(delay) => {
            tokio::time::sleep(delay).await;
            upstream.pass(request).await
        }
        Mode::Cut(after) => upstream.pass(request).await.map(|answer| cut(answer, after)),
        Mode::Half if !is_watch => halved(upstream.pass(request).await?).await,
        _ => upstream.pass(request).await,
    }
}

/// The API server's own form of an error.
fn status(code: u16, reason: &str, retry_after_seconds: u64) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code,
        "reason": reason, "message": "the test wants it so",
        "details": { "retryAfterSeconds": retry_after_seconds },
    })
}

fn said(code: u16, text: &Value) -> Response<Body> {
    let body = Full::new(Bytes::from(format!("{text}\n"))).map_err(Error::from).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(code).expect("a status");
    let kind = "application/json".parse().expect("a type");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn refusal(code: u16, retry_after_seconds: Option<u64>) -> Response<Body> {
    let mut response = said(code, &status(code, "Test", retry_after_seconds.unwrap_or(0)));
    if let Some(seconds) = retry_after_seconds {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// A watch in which the server says that what it would go on from is forgotten.
fn expired() -> Response<Body> {
    said(200, &json!({ "type": "ERROR", "object": status(410, "Expired", 0) }))
}

fn cut(answer: Response<Body>, after: Duration) -> Response<Body> {
    answer.map(|body| {
        let frames = body.into_data_stream().map_ok(Frame::data);
        let end = Box::pin(tokio::time::sleep(after));
        StreamBody::new(frames.take_until(end)).boxed_unsync()
    })
}

/// The answer up to its middle, and then an end of the connection.
async fn halved(answer: Response<Body>) -> Result<Response<Body>, Error> {
    let (head, body) = answer.into_parts();
    let mut bytes = body.collect().await?.to_bytes();
    bytes.truncate(bytes.len() / 2);
    let frames = stream::iter([Ok(Frame::data(bytes)), Err("the test wants it so".into())]);
    Ok(Response::from_parts(head, StreamBody::new(frames).boxed_unsync()))
}
