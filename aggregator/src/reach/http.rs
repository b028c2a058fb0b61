//! One HTTP request, for nothing but the answer's status. Whoever listens there need not be AIOS.

use std::time::Duration;

use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::tcp::Target;

/// What this program calls itself.
const NAME: &str = concat!("inventory-aggregator/", env!("CARGO_PKG_VERSION"));

/// The header that an Envoy adds to the answers of what it routes to, and not to its own.
const UPSTREAM: &str = "x-envoy-upstream-service-time";

/// An answer, whatever it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Whether an Envoy says that it comes from what it routes to.
    pub is_routed: bool,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHttp {
    /// What came back is no HTTP, or it was cut off.
    #[error("it speaks no HTTP")]
    Nonsense,
    /// Nothing came back in time.
    #[error("it takes the connection and does not answer")]
    Silence,
    /// The path cannot be asked for.
    #[error("its path is no path")]
    NoPath,
}

/// The answer to a GET of `path` over this connection, within `limit`.
pub async fn get(
    stream: TcpStream,
    target: &Target,
    path: &str,
    limit: Duration,
) -> Result<Answer, NoHttp> {
    let request = Request::get(path)
        .header(HOST, target.to_string())
        .header(USER_AGENT, NAME)
        .header(CONNECTION, "close")
        .body(String::new())
        .map_err(|_| NoHttp::NoPath)?;
    match timeout(limit, ask(stream, request)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(NoHttp::Nonsense),
        Err(_elapsed) => Err(NoHttp::Silence),
    }
}

async fn ask(stream: TcpStream, request: Request<String>) -> hyper::Result<Answer> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let asked = sender.send_request(request);
    tokio::pin!(connection, asked);
    // The connection is at work only while it is polled; once it ends the answer is there, or none
    // will come.
    let response = tokio::select! {
        response = &mut asked => response?,
        ended = &mut connection => {
            ended?;
            asked.await?
        }
    };
    let is_routed = response.headers().contains_key(UPSTREAM);
    Ok(Answer { status: response.status(), is_routed })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::super::tcp::connect;
    use super::*;

    /// Asks somebody who answers everything so.
    async fn asked(answer: &'static str, limit: Duration) -> Result<Answer, NoHttp> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let target = Target::new("127.0.0.1", listener.local_addr().unwrap().port());
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            if answer.is_empty() {
                tokio::time::sleep(limit * 2).await;
            }
            String::from_utf8(request[..length].to_vec()).unwrap()
        };
        let ask = async {
            let stream = connect(&target, Duration::from_secs(20)).await.unwrap();
            get(stream, &target, "/controller", limit).await
        };
        let (request, answer) = tokio::join!(serve, ask);
        assert!(request.starts_with("GET /controller HTTP/1.1\r\n"), "{request}");
        answer
    }

    #[tokio::test]
    async fn any_status_is_an_answer_and_other_words_are_none() {
        let limit = Duration::from_secs(20);
        let answer = |status: u16, is_routed| {
            Ok(Answer { status: StatusCode::from_u16(status).unwrap(), is_routed })
        };
        let plain = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(asked(plain, limit).await, answer(503, false));
        let routed = "HTTP/1.1 404 Not Found\r\nx-envoy-upstream-service-time: 3\r\n\r\n";
        assert_eq!(asked(routed, limit).await, answer(404, true));
        assert_eq!(asked("SSH-2.0-OpenSSH\r\n", limit).await, Err(NoHttp::Nonsense));
    }

    #[tokio::test]
    async fn silence_is_told_from_nonsense() {
        assert_eq!(asked("", Duration::from_millis(50)).await, Err(NoHttp::Silence));
    }
}
