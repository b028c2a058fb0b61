//! The way to the API server.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use inventory_common::kubeconfig::Unusable;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::trouble::told;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// A connection that says nothing for so long is dead: the API server ends each watch before. It sends no bookmark
/// of a kind of which nothing has happened since it began.
const SILENCE: Duration = Duration::from_mins(5);

/// A client for the cluster of this kubeconfig and of this context in it, or else the one in which this
/// pod runs, or else the one of the default kubeconfig.
pub async fn connect(
    (kubeconfig, context): (Option<&Path>, Option<&str>),
) -> anyhow::Result<Client> {
    client(config(kubeconfig, context).await?)
}

/// A client for a context of a kubeconfig that was read already.
pub async fn connect_by(kubeconfig: Kubeconfig, context: Option<&str>) -> anyhow::Result<Client> {
    let options =
        KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    client(Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(Unusable::from)?)
}

fn client(mut config: Config) -> anyhow::Result<Client> {
    config.connect_timeout = Some(CONNECT);
    config.read_timeout = Some(SILENCE);
    // What is tried again is for the caller to say.
    config.default_retry = false;
    let client = Client::try_from(config).map_err(|error| anyhow!(told(&error)));
    client.context("cannot speak to the cluster")
}

async fn config(kubeconfig: Option<&Path>, context: Option<&str>) -> anyhow::Result<Config> {
    let options =
        KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    if let Some(file) = kubeconfig {
        return of_file(file, &options)
            .await
            .with_context(|| format!("cannot use '{}' (--kubeconfig)", file.display()));
    }
    let is_pod = std::env::var_os("KUBERNETES_SERVICE_HOST").is_some();
    if is_pod && context.is_none() {
        return Config::incluster().context("cannot use this pod's account");
    }
    Config::from_kubeconfig(&options)
        .await
        .map_err(Unusable::from)
        .context("no cluster to use: give --kubeconfig, or run in a pod")
}

/// Whoever calls names the file.
async fn of_file(file: &Path, options: &KubeConfigOptions) -> Result<Config, Unusable> {
    let kubeconfig = Kubeconfig::read_from(file).map_err(Unusable::of_named)?;
    Ok(Config::from_custom_kubeconfig(kubeconfig, options).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_on_which_nothing_happens_ends_before_it_is_taken_for_dead() {
        // As long as kube's watches last.
        assert!(SILENCE > Duration::from_secs(290));
    }
}
