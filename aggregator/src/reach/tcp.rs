//! TCP connections: open, refused, swallowed, or no way there.

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a connection came to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// It came about.
    Open,
    /// It was refused: the machine is there, and nobody listens.
    Closed,
    /// Nothing came back in time: something on the way swallows it, or the machine is gone.
    Filtered,
    /// The network says that there is no way there, or that it is forbidden.
    NoRoute,
    /// It failed in another way.
    Failed(String),
}

impl Reach {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Self::Closed,
            ErrorKind::TimedOut => Self::Filtered,
            ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::PermissionDenied => Self::NoRoute,
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Filtered => "filtered",
            Self::NoRoute => "without a route",
            Self::Failed(why) => return write!(f, "failed ({why})"),
        })
    }
}

/// What is connected to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// A name or an address, without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

impl Target {
    /// This port of this host.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port }
    }

    /// The target in a text such as `10.0.0.1:80` or `[::1]:80`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = port.parse().ok().filter(|port| *port > 0)?;
        (!bare.is_empty()).then(|| Self::new(bare, port))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// A connection to it within `limit`, or why there is none.
pub async fn connect(target: &Target, limit: Duration) -> Result<TcpStream, Reach> {
    match timeout(limit, TcpStream::connect((target.host.as_str(), target.port))).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(Reach::of(&error)),
        Err(_elapsed) => Err(Reach::Filtered),
    }
}

/// How many connections are tried at once.
const AT_ONCE: usize = 128;

/// What connections to all of these come to, in their order. Nothing is sent.
pub async fn reach_all(targets: Vec<Target>, limit: Duration) -> Vec<(Target, Reach)> {
    let reach = async |target: Target| {
        let reach = connect(&target, limit).await.map_or_else(|reach| reach, |_stream| Reach::Open);
        (target, reach)
    };
    stream::iter(targets).map(reach).buffered(AT_ONCE).collect().await
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    /// Much longer than anything on this machine takes.
    const LIMIT: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn what_listens_is_open_and_what_does_not_is_closed() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let open = Target::new("127.0.0.1", listener.local_addr().unwrap().port());
        let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let closed = Target::new("127.0.0.1", gone.local_addr().unwrap().port());
        drop(gone);
        let reached = reach_all(vec![open.clone(), closed.clone(), open.clone()], LIMIT).await;
        let expected = [(open.clone(), Reach::Open), (closed, Reach::Closed), (open, Reach::Open)];
        assert_eq!(reached, expected);
    }

    #[tokio::test]
    async fn what_swallows_connections_is_filtered() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        // Nobody takes what arrives, and few fit into the queue: the kernel answers no more.
        let listener = socket.listen(1).unwrap();
        let target = Target::new("127.0.0.1", listener.local_addr().unwrap().port());
        let mut taken = Vec::new();
        let reach = loop {
            match connect(&target, Duration::from_millis(100)).await {
                Ok(stream) => taken.push(stream),
                Err(reach) => break reach,
            }
            assert!(taken.len() < 100, "the queue is never full");
        };
        assert_eq!(reach, Reach::Filtered);
    }

    #[test]
    fn ways_to_fail_are_told_apart() {
        for (kind, reach) in [
            (ErrorKind::ConnectionRefused, Reach::Closed),
            (ErrorKind::TimedOut, Reach::Filtered),
            (ErrorKind::HostUnreachable, Reach::NoRoute),
            (ErrorKind::NetworkUnreachable, Reach::NoRoute),
        ] {
            assert_eq!(Reach::of(&kind.into()), reach);
        }
        assert_eq!(Reach::of(&io::Error::other("odd")).to_string(), "failed (odd)");
    }

    #[test]
    fn a_target_is_written_as_it_is_read() {
        for text in ["10.0.0.1:80", "[::1]:6443", "host.example:1"] {
            assert_eq!(Target::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "10.0.0.1", ":80", "h:0", "h:x", "h:70000", "[]:80"] {
            assert_eq!(Target::parse(text), None, "{text}");
        }
    }
}
