//! `addon create-infra` and `addon remove-infra`: a policy executor's own.

use super::registry;
use crate::aios::{Trouble, addon_kind, patiently};
use crate::cli::AddonInfraArgs;
use crate::commands::consent::{ask, must_be_possible};
use crate::commands::hand_over::{HandOver, must_be_safe, tell_of_account};
use crate::commands::outcome::troubled;
use crate::exit::{Ended, say};

/// The kind that has infrastructure of its own.
const KIND: &str = "policy-executor";

/// Lets AIOS make it or remove it.
pub async fn infra(args: AddonInfraArgs, creates: bool) -> anyhow::Result<Ended> {
    let kind = addon_kind(KIND).ok_or_else(|| anyhow::anyhow!("no kind '{KIND}'"))?;
    let (addons, base, _) = registry(&args.registry, kind)?;
    let AddonInfraArgs { id, hand_over, .. } = &args;
    let allowed = must_be_safe(&base, hand_over.terms.allow_http).and_then(|()| {
        must_be_possible(hand_over.terms.yes, "AIOS gets a kubeconfig for the cluster")
    });
    if let Err(ended) = allowed {
        return Ok(ended);
    }
    let handing = HandOver::read(hand_over)?;
    say("note", &handing.told()?);
    let what = if creates { "make" } else { "delete" };
    say(
        "note",
        &format!(
            "AIOS will {what} Deployment 'executor-{id}' and Service 'executor-svc-{id}' in namespace 'policies-system', with NodePort 30900 and a mapping of Ambassador"
        ),
    );
    if !hand_over.terms.yes && !ask("Let AIOS do this?") {
        say("note", "nothing was sent");
        return Ok(Ended::Failed);
    }
    let handed = handing.finish().await?;
    tell_of_account(hand_over.terms.service_account.as_ref());
    let is_harmless =
        |trouble: &Trouble| trouble.is_worth_repeating() && !trouble.may_have_happened();
    let retry_for = args.registry.reach.retry_for();
    let value = handed.portable.value();
    let asked =
        patiently(retry_for, is_harmless, || addons.infra(id, creates, value, args.max_processes));
    match asked.await {
        Ok(()) => {
            let done = if creates { "made" } else { "removed" };
            say(
                "note",
                &format!(
                    "AIOS says that the infrastructure of '{id}' is {done}: see what the cluster shows in 'policies-system'"
                ),
            );
            Ok(Ended::Done)
        }
        Err(trouble) => Ok(troubled(&trouble)),
    }
}
