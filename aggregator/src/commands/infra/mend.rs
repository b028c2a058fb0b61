//! The stored addresses that come out as lists, made into texts.

use inventory_common::cluster::RawDocument;

use super::far::Far;
use crate::commands::consent::agreed;
use crate::commands::outcome::troubled;
use crate::exit::{Ended, say};
use crate::infra::addresses::{are_stored, mended};

/// Whether addresses are mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mends {
    /// Without asking.
    Yes,
    /// Where somebody says so.
    Asks,
    /// Not at all.
    No,
}

impl Mends {
    /// Without asking where that was said, and otherwise after asking, unless that is not wanted.
    pub fn after_asking(said: bool, asks: bool) -> Self {
        match (said, asks) {
            (true, _) => Self::Yes,
            (false, true) => Self::Asks,
            (false, false) => Self::No,
        }
    }

    fn are_wanted(self) -> bool {
        match self {
            Self::Yes => true,
            Self::Asks => agreed("Make texts of them?"),
            Self::No => false,
        }
    }
}

/// The cluster as AIOS stores it, or how it ended.
pub async fn stored(far: &Far) -> Result<RawDocument, Ended> {
    match far.stored().await {
        Ok(Some(stored)) => Ok(stored),
        Ok(None) => {
            say("error", &format!("AIOS has no cluster '{}' any more", far.id));
            Err(Ended::Unreachable)
        }
        Err(trouble) => Err(troubled(&trouble)),
    }
}

/// Looks at the addresses that AIOS stores of the cluster, and mends them where that is wanted.
pub async fn addresses(far: &Far, stored: &RawDocument, mends: Mends) -> Ended {
    if !are_stored(stored.rest()) {
        let line = "AIOS stores no addresses of the cluster (config.urlMap), and does not find it";
        say("error", line);
        return Ended::Different;
    }
    mend(far, stored, mends).await
}

async fn mend(far: &Far, stored: &RawDocument, mends: Mends) -> Ended {
    let update = mended(stored.rest());
    if update.is_empty() {
        return Ended::Done;
    }
    let keys: Vec<&str> = update.keys().map(String::as_str).collect();
    let keys = keys.join(", ");
    say(
        "warning",
        &format!("AIOS stores addresses as lists ({keys}), on which calls of its own gateway fail"),
    );
    if !mends.are_wanted() {
        say(
            "note",
            "left as they are: 'infra status --gateway URL --mend-addresses' makes texts of them",
        );
        return Ended::Done;
    }
    match far.gateway.update(&far.id, &update).await {
        // It answers with what is stored now.
        Ok(now) if mended(now.rest()).is_empty() && are_stored(now.rest()) => {
            say("note", &format!("AIOS stores texts now: {keys}"));
            Ended::Done
        }
        Ok(_) => {
            say("error", &format!("AIOS does not keep what it was sent: {keys}"));
            Ended::Unreachable
        }
        Err(trouble) => troubled(&trouble),
    }
}
