//! `infra create`.

use super::aftermath::{Aftermath, begin, wait};
use super::announce::{may, settings, show};
use super::far::Far;
use super::mend::{self, Mends};
use super::show as shown;
use crate::aios::Work;
use crate::cli::InfraCreateArgs;
use crate::commands::consent::must_be_possible;
use crate::commands::hand_over::{HandOver, must_be_safe, tell_of_account};
use crate::exit::{Ended, say};
use crate::infra::judgement::{Extent, extent, lacking};

/// Lets AIOS create its infrastructure.
pub async fn create(args: InfraCreateArgs) -> anyhow::Result<Ended> {
    let hand_over = &args.hand_over;
    let far = Far::new(&args.place, &args.reach)?;
    let asks = "AIOS gets cluster-admin for many";
    let allowed = must_be_safe(far.gateway.base(), hand_over.allow_http)
        .and_then(|()| must_be_possible(hand_over.yes, asks));
    if let Err(ended) = allowed {
        return Ok(ended);
    }
    let handing = HandOver::read(hand_over)?;
    let settings = match settings(&far).await {
        Ok(settings) => settings,
        Err(ended) => return Ok(ended),
    };
    if !(hand_over.yes && args.wait.quiet) {
        say("note", &handing.told()?);
        show(&settings);
    }
    if let Err(ended) = may(hand_over.yes, "Let AIOS do this?") {
        return Ok(ended);
    }
    // What would be in its way is better known before than after.
    let client = if args.wait.wait { Some(handing.client().await?) } else { None };
    let handed = handing.finish().await?;
    tell_of_account(hand_over.service_account.as_ref());
    let task = match begin(&far, Work::Create, &handed).await? {
        Ok(task) => task,
        Err(ended) => return Ok(ended),
    };
    let Some(client) = client else {
        say(
            "note",
            "scheduled: AIOS goes on by itself, and may fail ('infra status' shows what is there)",
        );
        return Ok(Ended::Done);
    };
    match wait(&far, &task, &client, &args.wait, &handed).await? {
        Ok(aftermath) => Ok(judge(&far, &aftermath, &args).await),
        Err(ended) => Ok(ended),
    }
}

/// It went well if the cluster shows all of it, and AIOS stores where it is.
async fn judge(far: &Far, aftermath: &Aftermath, args: &InfraCreateArgs) -> Ended {
    let Aftermath { is_completed, found } = aftermath;
    let extent = extent(found);
    if extent == Extent::Whole {
        say("note", &format!("the infrastructure is there: {}", shown::there(found)));
        // Here whoever wants to know whether each service answers looks too: its checks join with
        // how the addresses are.
        return mend::addresses(far, Mends::after_asking(args.mend_addresses)).await;
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
