//! `addon remove`.

use super::registry;
use crate::aios::{Trouble, patiently};
use crate::cli::AddonRemoveArgs;
use crate::commands::consent::{ask, must_be_possible};
use crate::commands::outcome::troubled;
use crate::exit::{Ended, say};

/// Takes an entry away.
pub async fn remove(args: AddonRemoveArgs) -> anyhow::Result<Ended> {
    let (addons, base, _) = registry(&args.registry, args.kind)?;
    let AddonRemoveArgs { kind, id, yes, .. } = &args;
    if let Err(ended) = must_be_possible(*yes, "the entry would be taken away") {
        return Ok(ended);
    }
    if !yes && !ask(&format!("Take the entry '{id}' of {} away at '{base}'?", kind.name)) {
        say("note", "nothing was sent");
        return Ok(Ended::Failed);
    }
    // What may be gone already would be told as absent.
    let is_harmless =
        |trouble: &Trouble| trouble.is_worth_repeating() && !trouble.may_have_happened();
    let retry_for = args.registry.reach.retry_for();
    match patiently(retry_for, is_harmless, || addons.remove(id)).await {
        Ok(()) => {
            say(
                "note",
                &format!("the entry '{id}' is gone; what it stood for stays where it runs"),
            );
            Ok(Ended::Done)
        }
        Err(trouble) => Ok(troubled(&trouble)),
    }
}
