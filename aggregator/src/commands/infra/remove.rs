//! `infra remove`.

mod clean;

use kube::Client;

use super::aftermath::{Aftermath, begin, print, wait};
use super::announce::{may, must_exist};
use super::far::Far;
use super::show;
use crate::aios::Work;
use crate::cli::InfraRemoveArgs;
use crate::commands::consent::must_be_possible;
use crate::commands::hand_over::{HandOver, must_be_safe, tell_of_account};
use crate::exit::{Ended, say};
use crate::infra::judgement::{Extent, extent, left_behind, not_removed, perhaps_left};

/// What removal means, for people.
const MEANS: &str = "AIOS will delete its Deployments and Services and the namespace 'metrics' with all that is in it, and forget the cluster's addresses; rights that it gave stay unless they are cleaned up";

/// Lets AIOS remove its infrastructure.
pub async fn remove(args: InfraRemoveArgs) -> anyhow::Result<Ended> {
    let hand_over = &args.hand_over;
    let far = Far::new(&args.place, &args.reach)?;
    let asks = "AIOS's infrastructure would be removed";
    let allowed = must_be_safe(far.gateway.base(), hand_over.terms.allow_http)
        .and_then(|()| must_be_possible(hand_over.terms.yes, asks));
    if let Err(ended) = allowed {
        return Ok(ended);
    }
    let handing = HandOver::read(hand_over)?;
    if let Err(ended) = must_exist(&far).await {
        return Ok(ended);
    }
    if !(hand_over.terms.yes && args.wait.quiet) {
        say("note", &handing.told()?);
        say("note", MEANS);
    }
    if let Err(ended) = may(hand_over.terms.yes, "Let AIOS do this?") {
        return Ok(ended);
    }
    // What would be in its way is better known before than after.
    let client = if args.wait.wait { Some(handing.client().await?) } else { None };
    let handed = handing.finish().await?;
    let account = hand_over.terms.service_account.as_ref();
    let task = match begin(&far, Work::Remove, &handed).await {
        Ok(task) => task,
        Err(not_begun) => {
            tell_of_account(account);
            return Ok(not_begun.ended);
        }
    };
    print(&task)?;
    let Some(client) = client else {
        say(
            "note",
            "scheduled: AIOS will say that it is completed whatever happens, and leaves rights behind: 'infra status' shows what is there",
        );
        tell_of_account(account);
        return Ok(Ended::Done);
    };
    match wait(&far, &task, &client, &args.wait, &handed).await? {
        Ok(aftermath) => judge(&far, &client, &aftermath, &args).await,
        Err(ended) => {
            tell_of_account(account);
            Ok(ended)
        }
    }
}

/// It went well if the cluster shows nothing more of what AIOS deletes.
async fn judge(
    far: &Far,
    client: &Client,
    aftermath: &Aftermath,
    args: &InfraRemoveArgs,
) -> anyhow::Result<Ended> {
    let found = &aftermath.found;
    let still = not_removed(found);
    let ended = if still.is_empty() {
        say("note", "what AIOS deletes is gone");
        Ended::Done
    } else {
        show::lines("error", &still);
        say("error", "AIOS has not removed all of its infrastructure");
        match (aftermath.is_completed, extent(found)) {
            (false, _) => Ended::Refused,
            (true, Extent::Whole) => {
                say(
                    "error",
                    "AIOS says that it is completed, and all of it is still there: it has forgotten the cluster's addresses all the same",
                );
                Ended::Unreachable
            }
            (true, _) => Ended::Different,
        }
    };
    let left = left_behind(found);
    let cleaned = clean::clean_up(far, client, &left, &still, args).await?;
    let unread = perhaps_left(found);
    show::lines("warning", &unread);
    Ok(match (ended, cleaned) {
        // It was to be taken away, and nobody knows whether it is there.
        (Ended::Done, Ended::Done) if args.clean_up && !unread.is_empty() => Ended::Different,
        (Ended::Done, cleaned) => cleaned,
        (ended, _) => ended,
    })
}
