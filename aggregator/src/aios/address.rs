//! Where a service is, and whom a request is about: what cannot be sent is no value of these types.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use inventory_common::cluster::is_cluster_id;
use reqwest::Url;

/// A service's base URL, such as `http://10.0.0.1:30501`: http or https, with a path or without, and
/// nothing secret in it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Base(Url);

/// A text that is no service's address. It may hold a password, and is not told: whoever tells of this
/// names the option or the key that it came from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no URL.
    #[error("is no URL such as 'http://10.0.0.1:30501'")]
    NoUrl,
    /// It is a URL of something else.
    #[error("is a URL of '{0}:', and AIOS is reached by 'http:' or 'https:'")]
    Scheme(String),
    /// It has a user's name in it, which ends up in logs.
    #[error(
        "has a user name or a password in it: give them as a header, in the file of --headers-file"
    )]
    UserInfo,
    /// It is link-local, where a cloud tells a machine its credentials.
    #[error("is link-local, where clouds tell machines their secrets and AIOS is not")]
    LinkLocal,
    /// It has a query or a fragment in it, to which no path can be added.
    #[error("has a '?' or '#' in it: a service's address ends with its path")]
    Query,
}

impl Base {
    /// What a request of the service goes to: these segments below the base's own path.
    pub(super) fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> String {
        origin(&self.0)
    }

    /// Whether what is sent there is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// Scheme, host and port of an http URL; the port where it is not the scheme's own.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl FromStr for Base {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut url = Url::parse(text.trim()).map_err(|_| AddressError::NoUrl)?;
        // `parser:30501` is a URL of the scheme `parser`.
        if url.cannot_be_a_base() || !url.has_host() {
            return Err(AddressError::NoUrl);
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::UserInfo);
        }
        if is_link_local(&url) {
            return Err(AddressError::LinkLocal);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Query);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

/// Whether the URL names an address of the machine's own link. A name that leads to one is not looked up: who
/// answers there is told nothing but what AIOS is told.
fn is_link_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse().is_ok_and(|address: IpAddr| match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    })
}

/// Without a slash at its end.
impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An id by which AIOS finds a cluster again: letters, digits, `.`, `_` and `-`, and not `.` or `..`.
/// With any other a request would reach nothing, or another cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClusterId(String);

/// A text that is no cluster's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no cluster's id: it has letters, digits, '.', '_' and '-', and is not '.' or '..'"
)]
pub struct NoClusterId(String);

impl ClusterId {
    /// The id itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClusterId {
    type Err = NoClusterId;

    fn from_str(text: &str) -> Result<Self, NoClusterId> {
        let text = text.to_owned();
        if is_cluster_id(&text) { Ok(Self(text)) } else { Err(NoClusterId(text)) }
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Base {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_sent_by_https_is_encrypted() {
        let is_https = |text: &str| text.parse::<Base>().unwrap().is_https();
        assert!(is_https("https://aios.example") && !is_https("http://aios.example"));
    }

    #[test]
    fn a_path_is_added_to_the_base_s_own() {
        let cases = [
            ("http://10.0.0.1:30501", "http://10.0.0.1:30501/api/x"),
            ("http://10.0.0.1:30501/", "http://10.0.0.1:30501/api/x"),
            ("https://aios.example/parser", "https://aios.example/parser/api/x"),
            ("https://aios.example:443/parser///", "https://aios.example/parser/api/x"),
            (" http://[fd00::1]:8000\n", "http://[fd00::1]:8000/api/x"),
        ];
        for (text, url) in cases {
            assert_eq!(base(text).at(&["api", "x"]).as_str(), url);
            assert_eq!(format!("{}/api/x", base(text)), url);
        }
    }

    #[test]
    fn what_is_no_service_s_address_is_refused() {
        let cases = [
            ("", AddressError::NoUrl),
            ("10.0.0.1:30501", AddressError::NoUrl),
            ("parser:30501", AddressError::NoUrl),
            ("/api", AddressError::NoUrl),
            ("http://", AddressError::NoUrl),
            ("http://a b/", AddressError::NoUrl),
            ("http://a:99999", AddressError::NoUrl),
            ("ftp://a", AddressError::Scheme("ftp".to_owned())),
            ("file:///etc/passwd", AddressError::NoUrl),
            ("http://me@a", AddressError::UserInfo),
            ("http://:secret@a", AddressError::UserInfo),
            ("http://a/?token=secret", AddressError::Query),
            ("http://a/#x", AddressError::Query),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<Base>(), Err(error), "{text}");
        }
    }

    #[test]
    fn where_clouds_tell_machines_their_secrets_nothing_is_asked() {
        for host in [
            "169.254.169.254",
            "169.254.169.254:80/latest/meta-data",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "[fe80::a9fe:a9fe]",
            "[::ffff:169.254.169.254]",
        ] {
            let refused = format!("http://{host}").parse::<Base>();
            assert_eq!(refused, Err(AddressError::LinkLocal), "{host}");
        }
        for host in ["169.253.1.1", "127.0.0.1", "10.0.0.1", "[fd00::1]", "metadata.example"] {
            assert!(format!("http://{host}").parse::<Base>().is_ok(), "{host}");
        }
    }

    #[test]
    fn an_origin_has_its_port_where_it_is_not_the_scheme_s_own() {
        assert_eq!(base("https://A.example:443/x").origin(), "https://a.example");
        assert_eq!(base("http://a.example:443/x").origin(), "http://a.example:443");
    }

    #[test]
    fn an_id_that_would_reach_another_cluster_is_none() {
        for id in ["a", "cluster-west.1_x", "...", "-"] {
            assert_eq!(id.parse::<ClusterId>().unwrap().as_str(), id);
        }
        for id in ["", ".", "..", "a/b", "a%2Fb", "a?b", "a#b", "a b", "ä", "a\n"] {
            assert_eq!(id.parse::<ClusterId>(), Err(NoClusterId(id.to_owned())));
        }
    }
}
