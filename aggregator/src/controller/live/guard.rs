//! Who is answered, and what their browser may do with the answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::report::policy;

/// A host, as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(String),
    Address(IpAddr),
}

impl Host {
    /// The host of `HOST:PORT` or `HOST`; an absent one is every address.
    fn of(text: &str) -> Option<Self> {
        if text.starts_with(':') {
            return Some(Self::Address(Ipv6Addr::UNSPECIFIED.into()));
        }
        let authority: Authority = text.parse().ok().filter(|_| !text.contains('@'))?;
        let name = authority.host();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let address = bare.parse().map(Self::Address);
        Some(address.unwrap_or_else(|_| Self::Name(name.to_ascii_lowercase())))
    }

    fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost",
            Self::Address(address) => {
                [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()].contains(address)
            }
        }
    }
}

/// The hosts under which this one is asked for. Another name may be one that somebody lets point here, so
/// that their page in a browser here can read what is meant for others.
#[derive(Debug)]
pub struct Hosts {
    listens: Option<Host>,
}

impl Hosts {
    /// The hosts of who listens at this address.
    pub fn of(listens: &str) -> Self {
        Self { listens: Host::of(listens) }
    }

    /// Whether what was asked for by this name is meant for this one. An address cannot be let point
    /// elsewhere, so where all are listened at, all are.
    fn have(&self, asked: &Host) -> bool {
        let is_everywhere = |listens: &Host| match (listens, asked) {
            (Host::Address(listens), Host::Address(_)) => listens.is_unspecified(),
            _ => false,
        };
        asked.is_loopback()
            || self.listens.as_ref().is_some_and(|it| it == asked || is_everywhere(it))
    }

    /// Why a request is refused; absent where it is not.
    fn refusal(&self, request: &Request) -> Option<String> {
        let header = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let named = request.uri().authority().map(Authority::as_str);
        let asked: Vec<&str> = header.into_iter().chain(named).collect();
        let is_meant = |text: &&str| Host::of(text).is_some_and(|host| self.have(&host));
        match asked.iter().find(|text| !is_meant(text)) {
            Some(other) => Some(format!("'{other}' is no name of this host: ask for localhost\n")),
            None if asked.is_empty() => Some("the request names no host\n".to_owned()),
            None => None,
        }
    }
}

/// What each answer says to a browser.
const SAID: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Answers only who means this host, and says what their browser may do with the answer.
pub async fn guard(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let mut response = match hosts.refusal(&request) {
        Some(line) => (StatusCode::FORBIDDEN, line).into_response(),
        None => next.run(request).await,
    };
    say(response.headers_mut());
    response
}

fn say(headers: &mut HeaderMap) {
    for (name, value) in SAID {
        headers.insert(name, value);
    }
    // It is made of characters that a header may have; without it the page's own holds.
    if let Ok(policy) = policy().try_into() {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn is_answered(listens: &str, host: &str) -> bool {
        let request = Request::builder().uri("/").header(HOST, host).body(Body::empty()).unwrap();
        Hosts::of(listens).refusal(&request).is_none()
    }

    #[test]
    fn who_asks_for_a_name_of_the_loopback_is_answered_and_for_any_other_not() {
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8091", "[::1]:80", "[::1]"] {
            assert!(is_answered("127.0.0.1:8091", host), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "10.0.0.1", "localhost@evil", "", "::1"]
        {
            assert!(!is_answered("127.0.0.1:8091", host), "{host}");
        }
    }

    #[test]
    fn who_listens_elsewhere_on_purpose_is_asked_for_by_that_too() {
        assert!(is_answered("10.0.0.1:80", "10.0.0.1:8091"));
        assert!(!is_answered("10.0.0.1:80", "10.0.0.2:80"));
        assert!(is_answered("page.example:80", "Page.example"));
        for everywhere in [":8091", "0.0.0.0:8091", "[::]:8091"] {
            assert!(is_answered(everywhere, "10.0.0.1") && is_answered(everywhere, "[fd00::1]:1"));
            assert!(!is_answered(everywhere, "evil.example"), "{everywhere}");
        }
    }

    #[test]
    fn a_request_that_names_no_host_or_two_is_not_answered() {
        let hosts = Hosts::of("127.0.0.1:8091");
        let none = Request::builder().uri("/").body(Body::empty()).unwrap();
        assert_eq!(hosts.refusal(&none).as_deref(), Some("the request names no host\n"));
        let two = Request::builder().uri("http://evil.example/").header(HOST, "localhost");
        assert!(hosts.refusal(&two.body(Body::empty()).unwrap()).unwrap().contains("evil.example"));
    }

    #[test]
    fn the_policy_is_one_that_a_header_may_have() {
        let mut headers = HeaderMap::new();
        say(&mut headers);
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("connect-src 'self'") && policy.ends_with("frame-ancestors 'none'")
        );
        assert_eq!(headers.len(), SAID.len() + 1);
    }
}
