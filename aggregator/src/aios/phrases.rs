//! What AIOS's texts mean: it tells all that goes wrong in prose, and the reason only now and then.

use super::trouble::{Happened, Kind, Refusal, Said};

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Refused(Refusal),
    Outage(Happened),
    Unclear,
}

impl Meaning {
    /// The trouble that it is.
    pub fn of(self, said: Said) -> Kind {
        match self {
            Self::Refused(refusal) => Kind::Refused { refusal, said },
            Self::Outage(happened) => Kind::Outage { happened, said },
            Self::Unclear => Kind::Unclear(said),
        }
    }
}

/// What a text is known by.
enum Sign {
    /// It is this.
    Is(&'static str),
    /// It has all of these in it.
    Has(&'static [&'static str]),
    /// It is a key in quotes and nothing else, as Python tells of one that is missing.
    Key,
}

impl Sign {
    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Is(whole) => text == *whole,
            Self::Has(parts) => parts.iter().all(|part| text.contains(part)),
            Self::Key => {
                let key = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
                key.is_some_and(|key| !key.is_empty() && !key.contains(['\'', ' ']))
            }
        }
    }
}

use Meaning::{Outage, Refused, Unclear};
use Sign::{Has, Is, Key};

/// The first that fits decides. A policy's words stand before all that it may quote, and what was
/// never reached before what merely broke.
const PHRASES: &[(Sign, Meaning)] = &[
    (Is("'body'"), Refused(Refusal::Envelope)),
    (Key, Refused(Refusal::Missing)),
    // A policy is asked before anything is stored.
    (Has(&["not allowed to be added", "ConnectionPool(host="]), Outage(Happened::No)),
    (Has(&["not allowed to be added"]), Refused(Refusal::Policy)),
    // The HTTP client of AIOS's services, when nobody listens.
    (Has(&["NewConnectionError"]), Outage(Happened::No)),
    (Has(&["NameResolutionError"]), Outage(Happened::No)),
    (Has(&["ConnectTimeoutError"]), Outage(Happened::No)),
    // The same in the middle of something.
    (Has(&["ConnectionPool("]), Outage(Happened::Unknown)),
    (Has(&["Connection aborted"]), Outage(Happened::Unknown)),
    (Has(&["Read timed out"]), Outage(Happened::Unknown)),
    (Has(&["buffering timed out"]), Outage(Happened::Unknown)),
    // Statuses that one service has of another.
    (Has(&["413 Client Error"]), Refused(Refusal::TooLarge)),
    (Has(&["404 Client Error"]), Refused(Refusal::Absent)),
    (Has(&["HTTP error occurred: 4", " Client Error"]), Refused(Refusal::Request)),
    (Has(&["502 Server Error"]), Outage(Happened::Unknown)),
    (Has(&["503 Server Error"]), Outage(Happened::Unknown)),
    (Has(&["504 Server Error"]), Outage(Happened::Unknown)),
    (Has(&["500 Server Error"]), Unclear),
    // The service reads the request, and can make nothing of it.
    (Has(&["400 Bad Request"]), Refused(Refusal::Request)),
    (Has(&["415 Unsupported Media Type"]), Refused(Refusal::Request)),
    (Has(&["object has no attribute"]), Refused(Refusal::Request)),
    (Has(&["indices must be integers"]), Refused(Refusal::Request)),
    (Has(&["object is not subscriptable"]), Refused(Refusal::Request)),
    (Has(&["is not healthy or not reachable"]), Refused(Refusal::Unhealthy)),
    (Has(&["float values are not JSON compliant"]), Refused(Refusal::Request)),
    (Has(&["create_task() got an unexpected"]), Refused(Refusal::Service)),
    (Has(&["Invalid action"]), Refused(Refusal::Service)),
    (Has(&["is not implemented"]), Refused(Refusal::Service)),
];

/// What a text of AIOS means; one that nobody knows tells nothing.
pub fn meaning(text: &str) -> Meaning {
    PHRASES.iter().find(|(sign, _)| sign.fits(text)).map_or(Unclear, |(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_were_seen_mean_what_happened() {
        let down = "HTTPConnectionPool(host='10.0.0.1', port=3000): Max retries exceeded with url: /clusters \
            (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to \
            establish a new connection: [Errno 111] Connection refused'))";
        let not_allowed = "Error occurred: cluster not allowed to be added: ";
        let registry = |what: &str| {
            format!("HTTP error occurred: {what} for url: http://10.0.0.1:3000/clusters")
        };
        let cases = [
            ("'body'".to_owned(), Refused(Refusal::Envelope)),
            ("'gpus'".to_owned(), Refused(Refusal::Missing)),
            ("'a' and 'b'".to_owned(), Unclear),
            (down.to_owned(), Outage(Happened::No)),
            (format!("Error occurred: {down}"), Outage(Happened::No)),
            (format!("{not_allowed}{down}"), Outage(Happened::No)),
            (format!("{not_allowed}cluster too small for this network"), Refused(Refusal::Policy)),
            (format!("{not_allowed}503 Server Error, 413 Client Error"), Refused(Refusal::Policy)),
            (
                format!("{not_allowed}Policy rule with URI 'allow:1-s' not found."),
                Refused(Refusal::Policy),
            ),
            (
                "HTTPConnectionPool(host='a', port=3000): Read timed out. (read timeout=5)"
                    .to_owned(),
                Outage(Happened::Unknown),
            ),
            (
                "('Connection aborted.', RemoteDisconnected('Remote end closed connection'))"
                    .to_owned(),
                Outage(Happened::Unknown),
            ),
            (registry("413 Client Error: Payload Too Large"), Refused(Refusal::TooLarge)),
            (registry("404 Client Error: Not Found"), Refused(Refusal::Absent)),
            (registry("400 Client Error: Bad Request"), Refused(Refusal::Request)),
            (registry("500 Server Error: Internal Server Error"), Unclear),
            (registry("503 Server Error: Service Unavailable"), Outage(Happened::Unknown)),
            (
                "415 Unsupported Media Type: Did not attempt to load JSON data".to_owned(),
                Refused(Refusal::Request),
            ),
            ("'list' object has no attribute 'get'".to_owned(), Refused(Refusal::Request)),
            ("string indices must be integers, not 'str'".to_owned(), Refused(Refusal::Request)),
            (
                "create_task() got an unexpected keyword argument 'payload'".to_owned(),
                Refused(Refusal::Service),
            ),
            ("Invalid action: createClusters".to_owned(), Refused(Refusal::Service)),
            ("Expecting value: line 1 column 1 (char 0)".to_owned(), Unclear),
            (String::new(), Unclear),
        ];
        for (text, expected) in cases {
            assert_eq!(meaning(&text), expected, "{text}");
        }
    }
}
