//! The API server's word on when to ask again. Where it turns somebody away before it looks at what they want, that
//! is a header, and the text beside it no Status (Kubernetes: API priority and fairness): the client, which
//! reads no headers, gets one that says the same.

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::json;

/// The answer, in which the word is where the client looks for it.
pub fn with_word<B>(response: Response<B>) -> Response<Body>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let is_throttled = response.status() == StatusCode::TOO_MANY_REQUESTS;
    match word(response.headers()).filter(|_| is_throttled) {
        Some(seconds) => response.map(|_text| status(seconds).into()),
        None => response.map(Body::new),
    }
}

/// After how many seconds to ask again; absent where a Status says it, or nobody.
fn word(headers: &HeaderMap) -> Option<u32> {
    let text = |name| headers.get(name)?.to_str().ok();
    let has_status = text(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    text(RETRY_AFTER).filter(|_| !has_status)?.parse().ok()
}

fn status(retry_after_seconds: u32) -> String {
    let code = StatusCode::TOO_MANY_REQUESTS;
    json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "code": code.as_u16(), "reason": "TooManyRequests", "message": "too many requests",
        "details": { "retryAfterSeconds": retry_after_seconds },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn answered(code: u16, headers: &[(&str, &str)]) -> String {
        let mut response = Response::builder().status(code);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = with_word(response.body(Body::from("text")).unwrap());
        String::from_utf8(to_bytes(response.into_body(), 1_000).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_word_that_only_a_header_says_is_in_the_status() {
        // As the API server's filter answers.
        let kind = ("content-type", "text/plain; charset=utf-8");
        let status = answered(429, &[("retry-after", "7"), kind]).await;
        let status: kube::core::Status = serde_json::from_str(&status).unwrap();
        assert_eq!((status.code, status.details.unwrap().retry_after_seconds), (429, 7));
    }

    #[tokio::test]
    async fn any_other_answer_is_passed_on() {
        let json = ("content-type", "application/json");
        assert_eq!(answered(429, &[("retry-after", "7"), json]).await, "text");
        assert_eq!(answered(429, &[("retry-after", "tomorrow")]).await, "text");
        assert_eq!(answered(429, &[]).await, "text");
        assert_eq!(answered(200, &[("retry-after", "7")]).await, "text");
    }
}
