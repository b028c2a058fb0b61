//! Headers that a proxy before AIOS wants, such as a token: secret, and for one origin only.

use reqwest::Url;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::address::{Base, origin};
use super::hidden;

/// Headers, and the one origin that they are ever sent to. Their values are shown nowhere.
///
/// They are read from a text whose first line names the origin:
///
/// ```text
/// origin: https://aios.example
/// Authorization: Bearer …
/// ```
///
/// Empty lines and lines that begin with `#` are passed over.
#[derive(Clone, Debug)]
pub struct Headers {
    origin: String,
    map: HeaderMap,
}

/// A text that is no such file. Values are not told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadersError {
    /// The origin is missing.
    #[error(
        "the first line must name where the headers may go, such as 'origin: https://aios.example'"
    )]
    NoOrigin,
    /// The origin is something else.
    #[error("the origin must be scheme, host and port alone, such as 'https://aios.example:8443'")]
    NotAnOrigin,
    /// A line is no header.
    #[error("line {0} is no header such as 'Authorization: Bearer …'")]
    NoHeader(usize),
    /// A header that says how the request is carried, or who asks.
    #[error("line {line}: the header '{name}' is not yours to set")]
    Reserved {
        /// Which line, from 1.
        line: usize,
        /// Its name.
        name: HeaderName,
    },
    /// There is no header.
    #[error("there is no header in it")]
    Empty,
}

/// Headers that decide how a request is carried.
const RESERVED: [HeaderName; 10] = [
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

impl Headers {
    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, HeadersError> {
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).enumerate();
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let first = lines.next().and_then(|(_, line)| line.split_once(':'));
        let origin = match first {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("origin") => value.trim(),
            _ => return Err(HeadersError::NoOrigin),
        };
        let base: Base = origin.parse().map_err(|_| HeadersError::NotAnOrigin)?;
        if base.to_string() != base.origin() {
            return Err(HeadersError::NotAnOrigin);
        }
        let mut map = HeaderMap::new();
        for (index, line) in lines {
            let (name, value) = header_of(index + 1, line)?;
            map.append(name, value);
        }
        if map.is_empty() {
            Err(HeadersError::Empty)
        } else {
            Ok(Self { origin: base.origin(), map })
        }
    }

    /// Where they may go.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What is sent to this URL.
    pub(super) fn to(&self, url: &Url) -> Option<&HeaderMap> {
        (origin(url) == self.origin).then_some(&self.map)
    }

    /// The text without the values, should whoever was sent them say them again.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        let values = self.map.values().filter_map(|value| str::from_utf8(value.as_bytes()).ok());
        hidden::without(values, text)
    }
}

fn header_of(line: usize, text: &str) -> Result<(HeaderName, HeaderValue), HeadersError> {
    let (name, value) = text.split_once(':').ok_or(HeadersError::NoHeader(line))?;
    let name: HeaderName = name.trim().parse().map_err(|_| HeadersError::NoHeader(line))?;
    let mut value: HeaderValue = value.trim().parse().map_err(|_| HeadersError::NoHeader(line))?;
    if RESERVED.contains(&name) {
        return Err(HeadersError::Reserved { line, name });
    }
    if value.is_empty() {
        return Err(HeadersError::NoHeader(line));
    }
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# of the proxy\n\norigin: https://aios.example:8443\nAuthorization: Bearer s3cret-t0ken\n\
        X-Note: one\nX-Note:two: three\r\n";

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn headers_go_to_their_origin_alone() {
        let headers = Headers::parse(TEXT).unwrap();
        let sent = headers.to(&url("https://aios.example:8443/api/createCluster")).unwrap();
        assert_eq!(sent["authorization"], "Bearer s3cret-t0ken");
        assert_eq!(sent.get_all("x-note").iter().collect::<Vec<_>>(), ["one", "two: three"]);
        for other in [
            "http://aios.example:8443/",
            "https://aios.example/",
            "https://aios.example:8444/",
            "https://evil.example:8443/",
            "https://aios.example.evil.example:8443/",
        ] {
            assert!(headers.to(&url(other)).is_none(), "{other}");
        }
    }

    #[test]
    fn values_are_shown_nowhere() {
        let headers = Headers::parse(TEXT).unwrap();
        let shown = format!("{headers:?}");
        assert!(!shown.contains("s3cret") && shown.contains("authorization"), "{shown}");
        assert_eq!(
            headers.hidden_in("no 'Bearer s3cret-t0ken', and s3cret-t0ken in Bearer, one"),
            "no '(hidden)', and (hidden) in Bearer, one"
        );
    }

    #[test]
    fn a_text_that_is_no_such_file_is_refused_by_its_line() {
        let after_origin = |text: &str| format!("origin: https://a\n{text}");
        let reserved = |name| HeadersError::Reserved { line: 2, name };
        let cases = [
            (String::new(), HeadersError::NoOrigin),
            ("Authorization: Bearer s3cret".to_owned(), HeadersError::NoOrigin),
            ("https://a".to_owned(), HeadersError::NoOrigin),
            ("origin: a:8443\nX: y".to_owned(), HeadersError::NotAnOrigin),
            ("origin: https://a/path\nX: y".to_owned(), HeadersError::NotAnOrigin),
            ("origin: https://me:s3cret@a\nX: y".to_owned(), HeadersError::NotAnOrigin),
            ("origin: https://a\n# nothing".to_owned(), HeadersError::Empty),
            (after_origin("s3cret"), HeadersError::NoHeader(2)),
            (after_origin("X Y: s3cret"), HeadersError::NoHeader(2)),
            (after_origin("X: y\n: s3cret"), HeadersError::NoHeader(3)),
            (after_origin("X:"), HeadersError::NoHeader(2)),
            (after_origin("X: s3c\u{1}ret"), HeadersError::NoHeader(2)),
            (after_origin("Host: b"), reserved(header::HOST)),
            (after_origin("content-length: 1"), reserved(header::CONTENT_LENGTH)),
        ];
        for (text, error) in cases {
            assert!(!error.to_string().contains("s3cret"));
            assert_eq!(Headers::parse(&text).unwrap_err(), error, "{text}");
        }
    }
}
