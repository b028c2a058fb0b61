//! Why a submission came to nothing, or was not finished.

use crate::aios::{Call, Loss, Refusal, Said, Trouble};
use crate::cluster::difference::TooLarge;

/// Why a submission came to nothing, or was not finished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A request came to nothing.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// AIOS does not have the cluster after it was sent, and does not say why.
    #[error(
        "{call}: AIOS has refused the cluster, and does not say why: ask whoever runs the network to look at its registry's log; its words: {said}"
    )]
    Refused {
        /// What was asked.
        call: Call,
        /// In AIOS's words.
        said: Said,
    },
    /// AIOS does not have the cluster after it was sent, and no answer came.
    #[error("{call}: {loss}; AIOS was asked for the cluster, and does not have it: submit again")]
    Absent {
        /// What was asked.
        call: Call,
        /// How the answer was lost.
        loss: Loss,
    },
    /// AIOS says that it has the cluster, and does not show it.
    #[error(
        "AIOS has taken the cluster, but it could not be read back: {0}; submit again: what it has is not sent again"
    )]
    Unconfirmed(Trouble),
    /// Whether AIOS has the cluster is not known.
    #[error("{sent}; then it could not be read back: {read}; submit again once it can")]
    Unsettled {
        /// What became of the request.
        sent: Trouble,
        /// What became of reading.
        read: Box<Trouble>,
    },
    /// Whether AIOS has the cluster is not known, and there is no gateway to ask.
    #[error("{0}; only the gateway can tell what AIOS has of it: give --gateway")]
    Unread(Trouble),
    /// The document goes in pieces, and there is no gateway that takes them.
    #[error(
        "the document is larger than AIOS takes at once, and its pieces go to the gateway: give --gateway"
    )]
    NoGatewayForPieces,
    /// AIOS has a cluster of this id, and it seems to be another.
    #[error(
        "AIOS has a cluster '{0}' already, and none of its nodes is one of these: give this cluster an id of its own, or say --adopt if they are the same"
    )]
    Taken(String),
    /// AIOS's copy disappeared while it was updated.
    #[error(
        "AIOS's copy of '{0}' disappeared while it was updated: see who deletes it, and submit again"
    )]
    Vanished(String),
    /// AIOS answers, and does not do what it was asked for.
    #[error(
        "AIOS does not keep what it is sent ({what}): see whether something else writes there, and submit again"
    )]
    NotKept {
        /// What it does not keep.
        what: String,
    },
    /// Something fits in no update.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// This process is to write no more.
    #[error(
        "nothing more is written from here, since this process ends or another one leads: what was begun is the leader's to finish"
    )]
    NotAllowed,
}

impl Failure {
    /// Whether AIOS said no, and would say so again.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.refusal().is_some() || matches!(self, Self::Refused { .. })
    }

    /// Why AIOS said no; absent where it did not, or did not say why.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Trouble(trouble) => trouble.refusal(),
            _ => None,
        }
    }

    /// Whether it is AIOS's, or the way's to it; else it is for whoever submits to do something.
    #[must_use]
    pub fn is_aios_s(&self) -> bool {
        !matches!(
            self,
            Self::Taken(_) | Self::TooLarge(_) | Self::NotAllowed | Self::NoGatewayForPieces
        )
    }
}
