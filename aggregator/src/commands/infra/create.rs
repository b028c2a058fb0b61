//! `infra create`.

use inventory_common::cluster::RawDocument;
use kube::Client;

use super::aftermath::{Aftermath, begin, print, wait};
use super::announce::{may, settings, show};
use super::far::Far;
use super::mend::{self, Mends};
use super::{answers, show as shown};
use crate::aios::{TaskId, Work};
use crate::cli::InfraCreateArgs;
use crate::commands::consent::must_be_possible;
use crate::commands::hand_over::{HandOver, Handed, client_of, must_be_safe, tell_of_account};
use crate::commands::outcome::troubled;
use crate::exit::{Ended, say};
use crate::infra::addresses::are_stored;
use crate::infra::judgement::{Extent, extent, lacking};
use crate::infra::traces::{Found, look};

/// How far AIOS was asked, for whoever must not ask twice.
pub enum Milestone<'a> {
    /// It is about to be asked.
    Asking,
    /// It was asked, and has surely not begun.
    NotBegun,
    /// It has begun.
    Scheduled(&'a TaskId),
}

/// Lets AIOS create its infrastructure, and tells how far that is.
pub async fn create(
    args: InfraCreateArgs,
    mut reached: impl FnMut(Milestone<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<Ended> {
    let hand_over = &args.hand_over;
    let far = Far::new(&args.place, &args.reach)?;
    let asks = "AIOS gets cluster-admin for many";
    let allowed = must_be_safe(far.gateway.base(), hand_over.terms.allow_http)
        .and_then(|()| must_be_possible(hand_over.terms.yes, asks));
    if let Err(ended) = allowed {
        return Ok(ended);
    }
    let handing = HandOver::read(hand_over)?;
    let settings = match settings(&far).await {
        Ok(settings) => settings,
        Err(ended) => return Ok(ended),
    };
    if !(hand_over.terms.yes && args.wait.quiet) {
        say("note", &handing.told()?);
        show(&settings);
    }
    if let Err(ended) = may(hand_over.terms.yes, "Let AIOS do this?") {
        return Ok(ended);
    }
    // What would be in its way is better known before than after.
    let client = if args.wait.wait { Some(handing.client().await?) } else { None };
    let handed = handing.finish().await?;
    tell_of_account(hand_over.terms.service_account.as_ref());
    reached(Milestone::Asking)?;
    let task = match begin(&far, Work::Create, &handed).await {
        Ok(task) => task,
        Err(not_begun) => {
            if not_begun.is_certain {
                reached(Milestone::NotBegun)?;
            }
            return Ok(not_begun.ended);
        }
    };
    let noted = reached(Milestone::Scheduled(&task));
    print(&task)?;
    noted?;
    let Some(client) = client else {
        say(
            "note",
            "scheduled: AIOS goes on by itself, and may fail ('infra status' shows what is there)",
        );
        return Ok(Ended::Done);
    };
    finish(&far, &task, (&client, &handed), &args).await
}

/// Goes on with a creation that AIOS has begun.
pub async fn resume(args: InfraCreateArgs, task: &TaskId) -> anyhow::Result<Ended> {
    let far = Far::new(&args.place, &args.reach)?;
    let handing = HandOver::read(&args.hand_over)?;
    finish(&far, task, (&handing.client().await?, &handing.known()?), &args).await
}

/// What there is in the cluster of what AIOS makes.
pub async fn found(args: &InfraCreateArgs) -> anyhow::Result<Vec<Found>> {
    let (client, _) = client_of(&args.hand_over.context).await?;
    Ok(look(&client, &args.place.cluster_id).await)
}

/// How it ended where all of it is there already, and AIOS stores where: it need not be asked again. So too
/// where AIOS cannot be asked.
pub async fn already(args: &InfraCreateArgs) -> anyhow::Result<Option<Ended>> {
    let far = Far::new(&args.place, &args.reach)?;
    let stored = match far.stored().await {
        Ok(Some(stored)) if are_stored(stored.rest()) => stored,
        Ok(_) => return Ok(None),
        // To be asked again it would be waited for once more.
        Err(trouble) => return Ok(Some(troubled(&trouble))),
    };
    let (client, _) = client_of(&args.hand_over.context).await?;
    let found = look(&client, &far.id).await;
    if extent(&found) != Extent::Whole {
        return Ok(None);
    }
    say("note", &format!("the infrastructure is there already: {}", shown::there(&found)));
    Ok(Some(conclude(&far, &client, &stored, args).await))
}

async fn finish(
    far: &Far,
    task: &TaskId,
    (client, handed): (&Client, &Handed),
    args: &InfraCreateArgs,
) -> anyhow::Result<Ended> {
    Ok(match wait(far, task, client, &args.wait, handed).await? {
        Ok(aftermath) => judge(far, client, &aftermath, args).await,
        Err(ended) => ended,
    })
}

/// It went well if the cluster shows all of it, and AIOS stores where it is. Whether each service
/// answers from here depends on where this runs too, and is told.
async fn judge(far: &Far, client: &Client, aftermath: &Aftermath, args: &InfraCreateArgs) -> Ended {
    let Aftermath { is_completed, found } = aftermath;
    let extent = extent(found);
    if extent == Extent::Whole {
        say("note", &format!("the infrastructure is there: {}", shown::there(found)));
        return match mend::stored(far).await {
            Ok(stored) => conclude(far, client, &stored, args).await,
            Err(ended) => ended,
        };
    }
    if extent == Extent::Partly {
        shown::lines("error", &lacking(found));
    }
    say("error", &format!("the infrastructure is not whole: {}", shown::there(found)));
    match (is_completed, extent) {
        (false, _) => Ended::Refused,
        (true, Extent::Nothing) => {
            say(
                "error",
                "AIOS says that it is completed, and nothing of it is in this cluster: is it the one that the kubeconfig's server address leads to?",
            );
            Ended::Unreachable
        }
        (true, _) => Ended::Different,
    }
}

/// Of all of it: whether it answers, and whether AIOS finds it.
async fn conclude(
    far: &Far,
    client: &Client,
    stored: &RawDocument,
    args: &InfraCreateArgs,
) -> Ended {
    answers::tell(far, client, stored, args.wait.quiet).await;
    mend::addresses(
        far,
        stored,
        Mends::after_asking(args.mend_addresses, !args.hand_over.terms.yes),
    )
    .await
}
