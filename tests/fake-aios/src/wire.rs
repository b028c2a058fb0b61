//! How an answer goes out: as it is, or as a fault has it.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;

use crate::fault::Fault;
use crate::line::Cut;
use crate::request::{Answer, Content};
use crate::route::Service;

/// The answer of a service, as its web server writes it.
pub(crate) fn response(service: Service, answer: &Answer, faults: &[Fault]) -> Response {
    let (kind, bytes) = match &answer.content {
        Content::Nothing => ("text/html; charset=utf-8", Vec::new()),
        Content::Html(page) => ("text/html; charset=utf-8", page.clone().into_bytes()),
        Content::Json(value) if service == Service::Parser => ("application/json", pretty(value)),
        Content::Json(value) => ("application/json", value.to_string().into_bytes()),
    };
    let body = body(bytes.into(), faults);
    let mut response = plain(answer.status, kind, body);
    if let Some(allow) = answer.allow.as_ref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    if service != Service::Registry {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        headers.insert(header::SERVER, HeaderValue::from_static("Werkzeug"));
    }
    response
}

fn plain(status: u16, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// As Flask writes it while it debugs: with a line for each member, and one more at the end.
fn pretty(value: &serde_json::Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// What something in between answers in the service's place.
pub(crate) fn interception(faults: &[Fault]) -> Option<Response> {
    faults.iter().find_map(|fault| match fault {
        Fault::Html { status } => {
            let page = "<html>\n<head><title>proxy</title></head>\n<body>no such upstream</body>\n</html>\n";
            Some(plain(*status, "text/html", page.into()))
        }
        Fault::Redirect { status, location } => {
            let mut response = plain(*status, "text/html", Body::empty());
            let location = HeaderValue::from_str(location).ok()?;
            response.headers_mut().insert(header::LOCATION, location);
            Some(response)
        }
        _ => None,
    })
}

/// An answer of which not a byte arrives.
pub(crate) fn reset(cut: &Cut) -> Response {
    cut.now();
    Response::new(Body::from_stream(stream::once(async { Err::<Bytes, _>(broken()) })))
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

fn body(bytes: Bytes, faults: &[Fault]) -> Body {
    for fault in faults {
        match *fault {
            Fault::Huge { bytes } => return huge(bytes),
            Fault::Slow { piece, pause } => return slow(bytes, piece, pause),
            Fault::CutBody => return half(bytes),
            _ => {}
        }
    }
    bytes.into()
}

fn huge(bytes: u64) -> Body {
    const PIECE: Bytes = Bytes::from_static(&[b'x'; 64 * 1024]);
    let pieces = usize::try_from(bytes.div_ceil(PIECE.len() as u64)).unwrap_or(usize::MAX);
    let inner = std::iter::repeat_n(PIECE, pieces);
    let all = [Bytes::from_static(b"{\"data\": \"")].into_iter().chain(inner);
    let all = all.chain([Bytes::from_static(b"\", \"success\": true}\n")]);
    Body::from_stream(stream::iter(all.map(Ok::<_, io::Error>)))
}

fn slow(bytes: Bytes, piece: usize, pause: Duration) -> Body {
    Body::from_stream(stream::unfold(bytes, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = left.split_to(piece.clamp(1, left.len()));
        Some((Ok::<_, io::Error>(next), left))
    }))
}

/// Half of the body; then, when that has had the time to go out, the end of the connection.
fn half(mut bytes: Bytes) -> Body {
    const TIME_TO_GO_OUT: Duration = Duration::from_millis(20);
    let first = bytes.split_to(bytes.len() / 2);
    Body::from_stream(stream::unfold(Some(first), async |first: Option<Bytes>| {
        if let Some(first) = first {
            return Some((Ok(first), None));
        }
        tokio::time::sleep(TIME_TO_GO_OUT).await;
        Some((Err(broken()), None))
    }))
}
