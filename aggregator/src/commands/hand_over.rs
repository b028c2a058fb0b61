//! The kubeconfig that AIOS is handed, and whether it may go there.

use anyhow::Context;
use kube::Client;
use kube::config::Kubeconfig;
use serde_json::Value;

use crate::aios::{Base, Said, secrets_of, without_secrets};
use crate::cli::{ContextArgs, HandOverArgs};
use crate::exit::{Ended, say};
use crate::kubernetes::connect::connect_by;
use crate::kubernetes::kubeconfig::{Credential, Portable, contents, portable, read};
use crate::kubernetes::service_account::{Account, ROLE, make, token};

/// A kubeconfig that was read, and is about to be handed over.
pub struct HandOver<'a> {
    args: &'a HandOverArgs,
    config: Kubeconfig,
}

/// A kubeconfig that can go.
pub struct Handed {
    /// The kubeconfig.
    pub portable: Portable,
    /// What is secret in it.
    pub secrets: Secrets,
}

/// What is secret in a kubeconfig, and stands in no text that is told, should AIOS say it again.
pub struct Secrets(Vec<String>);

impl Secrets {
    fn of(value: &Value) -> Self {
        Self(secrets_of(value))
    }

    /// A text without them.
    pub fn hidden_in(&self, text: &str) -> String {
        without_secrets(self.0.iter().map(String::as_str), text)
    }

    /// What AIOS says without them.
    pub fn hide(&self, said: &Said) -> Said {
        said.without(self.0.iter().map(String::as_str))
    }
}

/// Refuses to send a kubeconfig where it can be read on its way, unless that is allowed.
pub fn must_be_safe(to: &Base, allow_http: bool) -> Result<(), Ended> {
    if to.is_https() || allow_http {
        return Ok(());
    }
    let line = format!(
        "the kubeconfig would go to '{to}' unencrypted, and whoever reads it on its way has your rights in the cluster: give an https address, or say --allow-http"
    );
    say("error", &line);
    Err(Ended::Misused)
}

impl<'a> HandOver<'a> {
    /// Reads the kubeconfig, and refuses what could not be handed over, before anybody is asked.
    pub fn read(args: &'a HandOverArgs) -> anyhow::Result<Self> {
        let handing = Self { args, config: read(args.context.kubeconfig.as_deref())? };
        let portable = handing.draft()?;
        portable.warnings.iter().for_each(|warning| say("warning", warning));
        Ok(handing)
    }

    /// As whom AIOS will act, and where: for people.
    pub fn told(&self) -> anyhow::Result<String> {
        let Portable { server, context, .. } = self.draft()?;
        let who = match &self.args.terms.service_account {
            Some(account) => format!("as ServiceAccount '{account}', which is made for it"),
            None => "with your own credential".to_owned(),
        };
        Ok(format!("AIOS will act {who}, in the cluster of context '{context}' at '{server}'"))
    }

    /// What will go but for a token that is not made yet.
    fn draft(&self) -> anyhow::Result<Portable> {
        let none = Credential::Token { account: "", token: "" };
        let is_own = self.args.terms.service_account.is_none();
        self.with(if is_own { Credential::OfUser } else { none })
    }

    fn with(&self, credential: Credential<'_>) -> anyhow::Result<Portable> {
        let context = self.args.context.context.as_deref();
        let server = self.args.terms.server.as_deref();
        Ok(portable(&self.config, context, credential, server, &|file| contents(file))?)
    }

    /// What has gone before, but for a token that was made for it.
    pub fn known(&self) -> anyhow::Result<Handed> {
        Ok(handed(self.draft()?))
    }

    /// A client with the rights of whoever runs this.
    pub async fn client(&self) -> anyhow::Result<Client> {
        connect_by(self.config.clone(), self.args.context.context.as_deref()).await
    }

    /// The kubeconfig, with an account of its own where that is wanted, which is made now.
    pub async fn finish(&self) -> anyhow::Result<Handed> {
        let Some(account) = &self.args.terms.service_account else {
            return Ok(handed(self.with(Credential::OfUser)?));
        };
        let hours = self.args.terms.token_hours;
        let (client, called) = (self.client().await?, || format!("the ServiceAccount '{account}'"));
        make(&client, account).await.with_context(called)?;
        let token = token(&client, account, hours).await;
        if token.is_err() {
            tell_of_account(Some(account));
        }
        let token = token.with_context(called)?;
        say(
            "note",
            &format!(
                "ServiceAccount '{account}' is bound to {ROLE}, and its token ends at {} (asked for {hours} h)",
                token.expires
            ),
        );
        let name = account.to_string();
        let credential = Credential::Token { account: &name, token: &token.secret };
        Ok(handed(self.with(credential)?))
    }
}

fn handed(portable: Portable) -> Handed {
    let secrets = Secrets::of(portable.value());
    Handed { portable, secrets }
}

/// A client of the cluster that these name, and what is secret in its kubeconfig.
pub async fn client_of(context: &ContextArgs) -> anyhow::Result<(Client, Secrets)> {
    let config = read(context.kubeconfig.as_deref())?;
    let secrets = Secrets::of(&serde_json::to_value(&config)?);
    Ok((connect_by(config, context.context.as_deref()).await?, secrets))
}

/// Tells how the account is taken away that was made for AIOS.
pub fn tell_of_account(account: Option<&Account>) {
    let Some(account) = account else { return };
    let Account { namespace, name } = account;
    let binding = account.binding();
    let line = format!(
        "ServiceAccount '{account}' stays until AIOS is done: then 'kubectl delete clusterrolebinding {binding}' and 'kubectl delete serviceaccount --namespace {namespace} {name}'"
    );
    say("note", &line);
}
