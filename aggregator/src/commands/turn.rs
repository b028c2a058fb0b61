//! Whose turn it is to write to AIOS, where a cluster is at hand that knows.

use std::time::{Duration, Instant};

use crate::cli::SubjectArgs;
use crate::controller::leader::{LEASE, Leader, NotHeld};
use crate::exit::say;
use crate::kubernetes::connect::connect;
use crate::submission::Permit;

/// How long the Lease is waited for: a controller that runs never gives it away.
const PATIENCE: Duration = Duration::from_secs(3);

/// Does the work while holding the Lease by which those that write take turns, and hands it what
/// tells whether that is still so. Where the document does not come from a cluster, or the Lease
/// cannot be had, the work is done all the same: a person has asked for it, what it writes is
/// true, and each write is made from what AIOS answered to the one before.
pub async fn in_turn<T>(
    args: &SubjectArgs,
    work: impl AsyncFn(&(dyn Fn() -> Permit + Sync)) -> T,
) -> T {
    let Some(leader) = leader(args).await else { return work(&|| Permit::All).await };
    let permit = || if leader.holds(Instant::now()) { Permit::All } else { Permit::Nothing };
    let in_turn = async || work(&permit).await;
    match leader.hold_while(PATIENCE, in_turn).await {
        Ok(done) => return done,
        Err(NotHeld::Busy { holder, .. }) => {
            say("note", &format!("'{holder}' keeps AIOS's copy true meanwhile"));
        }
        Err(NotHeld::Trouble(trouble)) => tracing::info!(%trouble, "without the Lease"),
    }
    work(&|| Permit::All).await
}

/// The contender for the Lease of the cluster that the document comes from.
async fn leader(args: &SubjectArgs) -> Option<Leader> {
    if args.file.is_some() || !args.source.dumps.is_empty() {
        return None;
    }
    let cluster = &args.source.cluster;
    // It was read a moment ago.
    let client = connect(cluster.context.names()).await.ok()?;
    Some(Leader::new(client, &cluster.namespace, LEASE, "submit"))
}
