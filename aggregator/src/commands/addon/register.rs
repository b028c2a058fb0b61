//! `addon register`.

use std::path::Path;

use anyhow::Context;
use serde_json::{Map, Value};

use super::body::body;
use super::reachable::must_answer;
use super::registry;
use crate::aios::{Addons, Says, Trouble, patiently};
use crate::cli::AddonRegisterArgs;
use crate::cluster::profile;
use crate::commands::consent::{ask, must_be_possible};
use crate::commands::hand_over::{HandOver, must_be_safe, tell_of_account};
use crate::commands::outcome::troubled;
use crate::exit::{Ended, say};
use crate::input::{STANDARD, called, read};
use crate::output;

/// Makes an entry.
pub async fn register(args: AddonRegisterArgs) -> anyhow::Result<Ended> {
    let kind = args.kind;
    let (addons, base, transport) = registry(&args.registry, kind)?;
    let body = match entry(&args)? {
        Ok(body) => body,
        Err(ended) => return Ok(ended),
    };
    if kind.kubeconfig.is_some() {
        let allowed = must_be_safe(&base, args.hand_over.terms.allow_http).and_then(|()| {
            must_be_possible(
                args.hand_over.terms.yes,
                "AIOS gets a kubeconfig to make it in the cluster",
            )
        });
        if let Err(ended) = allowed {
            return Ok(ended);
        }
    }
    if !args.skip_reachability {
        let field = kind.fields.iter().find(|field| field.says == Says::PublicUrl);
        let url = field.and_then(|field| body.get(field.key)?.as_str());
        if let Err(why) = must_answer(kind, url, &transport).await? {
            say("error", &format!("{why} (--skip-reachability registers it all the same)"));
            return Ok(Ended::Failed);
        }
    }
    let Some(key) = kind.kubeconfig else { return send(&addons, &args, &body.into()).await };
    with_kubeconfig(&addons, &args, body, key).await
}

/// The entry without a kubeconfig, or how it ended where there is none.
fn entry(args: &AddonRegisterArgs) -> anyhow::Result<Result<Map<String, Value>, Ended>> {
    let name = || args.entry.file.as_deref().map(called).unwrap_or_default();
    let file = args.entry.file.as_deref().map(read).transpose()?;
    let file = file.map(|text| profile::value(&text)).transpose().with_context(name)?;
    let made = body(args.kind, &args.entry, file).map_err(|error| {
        say("error", &error.to_string());
        Ended::Misused
    });
    if let Ok(body) = &made {
        let is_known = |key: &str| args.kind.fields.iter().any(|field| field.key == key);
        for key in body.keys().filter(|key| !is_known(key)) {
            say(
                "warning",
                &format!(
                    "'{key}' is nothing that AIOS is known to keep of this kind; it is sent as it is"
                ),
            );
        }
    }
    Ok(made)
}

async fn with_kubeconfig(
    addons: &Addons,
    args: &AddonRegisterArgs,
    mut body: Map<String, Value>,
    key: &str,
) -> anyhow::Result<Ended> {
    let handing = HandOver::read(&args.hand_over)?;
    say("note", &handing.told()?);
    say(
        "note",
        "AIOS will make a namespace 'split-executor' there with a Deployment and a Service, NodePort 31701",
    );
    if !args.hand_over.terms.yes && !ask("Let AIOS do this?") {
        say("note", "nothing was sent");
        return Ok(Ended::Failed);
    }
    let handed = handing.finish().await?;
    tell_of_account(args.hand_over.terms.service_account.as_ref());
    body.insert(key.to_owned(), handed.portable.value().clone());
    send(addons, args, &body.into()).await
}

/// Sends it. Sent again is only what has surely not happened: twice would be two entries.
async fn send(addons: &Addons, args: &AddonRegisterArgs, body: &Value) -> anyhow::Result<Ended> {
    let is_harmless =
        |trouble: &Trouble| trouble.is_worth_repeating() && !trouble.may_have_happened();
    let retry_for = args.registry.reach.retry_for();
    let id = match patiently(retry_for, is_harmless, || addons.register(body)).await {
        Ok(id) => id,
        Err(trouble) => {
            let doubt = trouble.may_have_happened();
            let ended = troubled(&trouble);
            if doubt {
                say(
                    "warning",
                    "it may be registered all the same: see 'addon list' before you try again",
                );
            }
            return Ok(ended);
        }
    };
    let own = body.get(args.kind.id).and_then(Value::as_str).map(str::to_owned);
    match id.or(own) {
        Some(id) => output::write(Path::new(STANDARD), &format!("{id}\n"))?,
        None => say("note", "its registry does not tell its id: see 'addon list'"),
    }
    say("note", &format!("the {} is registered", args.kind.name));
    Ok(Ended::Done)
}
