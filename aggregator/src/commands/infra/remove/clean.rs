//! Taking away what AIOS has left, each told.

use inventory_common::telling::one_line;
use kube::Client;

use super::super::{far::Far, show};
use crate::cli::InfraRemoveArgs;
use crate::commands::consent::agreed;
use crate::commands::hand_over::tell_of_account;
use crate::exit::{Ended, say};
use crate::infra::clean_up::{Cleaned, clean};
use crate::infra::traces::{Found, Seen, look};
use crate::kubernetes::service_account::unmake;

/// Tells what is left, and takes it away where that is wanted: what AIOS never deletes, what it should
/// have deleted, and the account that was made for it.
pub async fn clean_up(
    far: &Far,
    client: &Client,
    left: &[&Found],
    still: &[&Found],
    args: &InfraRemoveArgs,
) -> anyhow::Result<Ended> {
    let terms = &args.hand_over.terms;
    let account = terms.service_account.as_ref();
    show::lines("warning", left);
    if left.is_empty() && still.is_empty() && account.is_none() {
        return Ok(Ended::Done);
    }
    let question = "Take away what AIOS leaves behind, and what it has not removed?";
    if !(args.clean_up || (!terms.yes && agreed(question))) {
        if !left.is_empty() {
            say(
                "note",
                "AIOS leaves these behind: 'infra remove --wait --clean-up' takes them away",
            );
        }
        tell_of_account(account);
        return Ok(Ended::Done);
    }
    // Somebody may have changed something since.
    let now = look(client, &far.id).await;
    let is_meant = |now: &&Found| left.iter().chain(still).any(|before| before.is_of_same(now));
    // What could not be read may be anybody's.
    let is_seen = |now: &&Found| matches!(now.seen, Seen::There | Seen::NotReady(_));
    let mut ended = Ended::Done;
    for object in now.iter().filter(is_meant).filter(is_seen) {
        if !told(object, &clean(client, object).await) {
            ended = Ended::Different;
        }
    }
    if let Some(account) = account {
        match unmake(client, account).await {
            Ok(()) => {
                say("note", &format!("ServiceAccount '{account}' is deleted, and its binding"));
            }
            Err(trouble) => {
                say("error", &format!("ServiceAccount '{account}': {}", one_line(&trouble)));
                ended = Ended::Different;
            }
        }
    }
    Ok(ended)
}

/// Tells what became of an object, and whether it is gone.
fn told(object: &Found, cleaned: &Cleaned) -> bool {
    match cleaned {
        Cleaned::Deleted => say("note", &format!("{object} is deleted")),
        Cleaned::Kept(why) => say("warning", &format!("{object} stays: {why}")),
        Cleaned::Failed(trouble) => say("error", &format!("{object}: {}", one_line(trouble))),
    }
    matches!(cleaned, Cleaned::Deleted)
}
