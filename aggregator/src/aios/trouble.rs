//! What can go wrong when AIOS is asked, told apart by what may have happened.

use std::fmt;
use std::time::Duration;

use inventory_common::telling::plain;

/// A request that did not end well, as one line for people: what was asked, how it ended, what to do.
/// No header's value and nothing of the document stands in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{call}: {kind}{}", self.hint())]
pub struct Trouble {
    /// What was asked.
    pub call: Call,
    /// How it ended.
    pub kind: Kind,
}

impl Trouble {
    /// What only reads has nothing to do with what else is stored: where it fails without a reason, AIOS
    /// is broken.
    pub(super) fn new(call: Call, kind: Kind) -> Self {
        let kind = match kind {
            Kind::Unclear(said) if !call.changes => Kind::Outage { happened: Happened::No, said },
            kind => kind,
        };
        Self { call, kind }
    }

    /// What to do, where that depends on what was asked.
    fn hint(&self) -> &'static str {
        match self.kind {
            _ if self.may_have_happened() => {
                "; it may have been done all the same: look at what is stored"
            }
            Kind::Lost(_) => ": try again later",
            _ => "",
        }
    }

    /// Whether the stored cluster may be another one because of this request: only reading it back
    /// tells. What only reads, such as a read or a dry run, changes nothing.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        self.call.changes
            && match &self.kind {
                Kind::NotSent(_) | Kind::Refused { .. } => false,
                Kind::Outage { happened, .. } => *happened == Happened::Unknown,
                Kind::Lost(_) | Kind::Unclear(_) | Kind::Failed(_) | Kind::Nonsense(_) => true,
            }
    }

    /// Whether the same request may end better in a while. Whether it may be sent again is another
    /// question: see [`Trouble::may_have_happened`].
    #[must_use]
    pub fn is_worth_repeating(&self) -> bool {
        match &self.kind {
            Kind::NotSent(unsent) => !matches!(unsent, Unsent::Tls(_)),
            Kind::Lost(_) | Kind::Outage { .. } => true,
            Kind::Refused { .. } | Kind::Unclear(_) | Kind::Failed(_) | Kind::Nonsense(_) => false,
        }
    }

    /// Whether AIOS said no.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Refused { .. })
    }

    /// Why AIOS said no; absent where it did not.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self.kind {
            Kind::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }
}

/// A request, as people are told of it: method and URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// In upper case.
    pub method: String,
    /// Without user name and query, of which there are none.
    pub url: String,
    /// Whether it may change what is stored.
    pub changes: bool,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)
    }
}

/// How a request ended that did not end well.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kind {
    /// It was not sent: nothing can have happened.
    #[error(transparent)]
    NotSent(Unsent),
    /// It was sent, and no whole answer came: it may have happened.
    #[error(transparent)]
    Lost(Loss),
    /// A part of AIOS is down.
    #[error("a part of AIOS is down: try again later; its words: \"{said}\"")]
    Outage {
        /// Whether it may have happened all the same.
        happened: Happened,
        /// In AIOS's words, or those of a proxy before it.
        said: Said,
    },
    /// AIOS says no: nothing has happened.
    #[error("refused: {refusal}; its words: \"{said}\"")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// In AIOS's words.
        said: Said,
    },
    /// AIOS fails, and its words tell neither whether it happened nor what is wrong.
    #[error(
        "failed, and AIOS does not tell why: the cluster may be there already, a number may be missing or wrong, or its database is broken; its words: \"{0}\""
    )]
    Unclear(Said),
    /// AIOS fails, and its words are all that is known.
    #[error("failed; its words: \"{0}\"")]
    Failed(Said),
    /// What answers is not AIOS.
    #[error("what answers is not AIOS: {0}: check the address")]
    Nonsense(Nonsense),
}

impl Kind {
    /// The foreign text in it.
    pub(super) fn said_mut(&mut self) -> Option<&mut Said> {
        match self {
            Self::NotSent(Unsent::NoConnection(said) | Unsent::Tls(said))
            | Self::Lost(Loss::Broken(said))
            | Self::Outage { said, .. }
            | Self::Refused { said, .. }
            | Self::Unclear(said)
            | Self::Failed(said)
            | Self::Nonsense(Nonsense::Redirect { to: said, .. }) => Some(said),
            Self::Lost(Loss::Timeout(_)) | Self::Nonsense(_) => None,
        }
    }
}

/// Why a request was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// Nobody listens there, or the name is not known.
    #[error(
        "no connection, and nothing was sent: {0}: check the address, and that AIOS runs there"
    )]
    NoConnection(Said),
    /// The other side cannot show that it is who it should be, or speaks no TLS.
    #[error(
        "no connection that is safe, and nothing was sent: {0}: check the address, and what --ca-file trusts"
    )]
    Tls(Said),
}

/// How an answer was lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Loss {
    /// It had not come whole when this time was over.
    #[error("no whole answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The connection broke, or was closed early.
    #[error("the connection ended before there was a whole answer: {0}")]
    Broken(Said),
}

/// Whether something happened that AIOS says has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// What is down was not reached.
    No,
    /// What is down may have been at work on it.
    Unknown,
}

/// Why AIOS said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The network's policy does not allow it.
    #[error("the network's policy does not allow it: whoever runs the network can say why")]
    Policy,
    /// It has more bytes than are taken at once.
    #[error("it is larger than is taken at once: it has to be sent in pieces")]
    TooLarge,
    /// There is no such cluster.
    #[error("there is no such cluster: create it first")]
    Absent,
    /// The Parser takes documents in an envelope only.
    #[error("this Parser takes the document in its envelope only: leave --bare out")]
    Envelope,
    /// A key is missing in what was sent; its words are the key.
    #[error("AIOS needs a key that is missing in what it was sent")]
    Missing,
    /// What was sent is of the wrong form or kind.
    #[error("AIOS cannot use what it was sent")]
    Request,
    /// What is registered does not answer as well to the registry.
    #[error(
        "the registry asks for /health at the public URL, and gets no good answer: see that it is reached from where the registry runs"
    )]
    Unhealthy,
    /// The service cannot do this as it was set up.
    #[error(
        "this service does nothing of the kind as it was set up: whoever runs it can mend that"
    )]
    Service,
    /// Something before AIOS wants to know who asks.
    #[error(
        "something before AIOS lets nobody in without credentials: give them with --headers-file"
    )]
    Access,
}

/// What answers in AIOS's place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nonsense {
    /// It points elsewhere, without query and user name.
    #[error("it answers {status} and points to '{to}'")]
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Where to.
        to: Said,
    },
    /// It answers with a page for people.
    #[error("it answers {status} with an HTML page")]
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// It answers with something that is no JSON.
    #[error("it answers {status} with something that is no JSON")]
    NoJson {
        /// The HTTP status.
        status: u16,
    },
    /// It answers with JSON in a form that AIOS does not have.
    #[error("it answers {status} with JSON of another form")]
    OtherForm {
        /// The HTTP status.
        status: u16,
    },
    /// It answers with the entry of another cluster.
    #[error("it answers with the entry of another cluster")]
    OtherCluster,
    /// It answers with more than the largest cluster has.
    #[error("its answer has more than {most_mib} MiB")]
    TooLong {
        /// How much is read.
        most_mib: usize,
    },
    /// It does not speak HTTP.
    #[error("it does not speak HTTP")]
    NoHttp,
}

/// The most bytes of a foreign text that are told.
const MOST_BYTES: usize = 300;

/// A foreign text: on one line, of bounded length, with nothing in it that a terminal obeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    pub(super) fn new(text: &str) -> Self {
        // Much longer than what is told, so that a secret at its end is still found whole.
        let end = text.floor_char_boundary(16 * MOST_BYTES);
        let text = text.get(..end).unwrap_or_default();
        Self(plain(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned())
    }

    /// The same without these values. It is looked for them before it is cut short.
    #[must_use]
    pub fn without<'a>(&self, values: impl Iterator<Item = &'a str>) -> Self {
        Self::new(&super::hidden::without(values, &self.0))
    }

    /// All that is kept of it.
    pub(super) fn whole(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(self.0.floor_char_boundary(MOST_BYTES)) {
            Some((told, rest)) if !rest.is_empty() => write!(f, "{told}…"),
            _ => f.write_str(&self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(changes: bool, kind: Kind) -> Trouble {
        let (method, url) = ("PUT".to_owned(), "http://a/x".to_owned());
        Trouble::new(Call { method, url, changes }, kind)
    }

    fn said() -> Said {
        Said::new("why")
    }

    /// Every kind, with whether it may have happened and whether it is worth repeating.
    fn kinds() -> Vec<(Kind, bool, bool)> {
        let outage = |happened| Kind::Outage { happened, said: said() };
        vec![
            (Kind::NotSent(Unsent::NoConnection(said())), false, true),
            (Kind::NotSent(Unsent::Tls(said())), false, false),
            (Kind::Lost(Loss::Timeout(Duration::from_mins(1))), true, true),
            (Kind::Lost(Loss::Broken(said())), true, true),
            (outage(Happened::No), false, true),
            (outage(Happened::Unknown), true, true),
            (Kind::Refused { refusal: Refusal::Policy, said: said() }, false, false),
            (Kind::Unclear(said()), true, false),
            (Kind::Failed(said()), true, false),
            (Kind::Nonsense(Nonsense::NoHttp), true, false),
        ]
    }

    #[test]
    fn each_kind_tells_what_may_have_happened() {
        for (kind, happened, repeat) in kinds() {
            let change = trouble(true, kind.clone());
            assert_eq!(
                (change.may_have_happened(), change.is_worth_repeating()),
                (happened, repeat)
            );
            assert_eq!(change.is_refusal(), matches!(kind, Kind::Refused { .. }));
            assert_eq!(change.to_string().contains("look at what is stored"), happened, "{change}");
            let is_lost = matches!(kind, Kind::Lost(_));
            let reading = trouble(false, kind);
            assert!(!reading.may_have_happened(), "{reading}");
            assert_eq!(reading.to_string().ends_with(": try again later"), is_lost, "{reading}");
        }
    }

    #[test]
    fn what_only_reads_and_fails_without_a_reason_found_aios_broken() {
        let outage = Kind::Outage { happened: Happened::No, said: said() };
        assert_eq!(trouble(false, Kind::Unclear(said())).kind, outage);
        assert_eq!(trouble(true, Kind::Unclear(said())).kind, Kind::Unclear(said()));
    }

    #[test]
    fn a_trouble_is_one_line_with_what_and_where() {
        for (kind, ..) in kinds() {
            let line = trouble(true, kind).to_string();
            assert!(line.starts_with("PUT http://a/x: ") && !line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn a_foreign_text_is_told_shortly_and_plainly() {
        assert_eq!(Said::new(" a\n  b\u{1b}[2J").to_string(), "a b\\u{1b}[2J");
        let long = Said::new(&"ä".repeat(1000)).to_string();
        assert_eq!(long, "ä".repeat(150) + "…");
        assert_eq!(Said::new(&"x".repeat(MOST_BYTES)).to_string().len(), MOST_BYTES);
    }
}
