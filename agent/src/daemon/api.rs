//! The agent's three requests to the API server beside its watches: read the Node, write the Node,
//! write the `NodeInventory`.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use inventory_common::kubeconfig::{Unusable, told_of_program};
use inventory_common::resource::NodeInventory;
use inventory_common::telling::one_line;
use k8s_openapi::api::core::v1::Node;
use kube::api::{
    Api, ApiResource, DeleteParams, DynamicObject, PartialObjectMeta, Patch, PatchParams,
    Preconditions,
};
use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::response::{Status, StatusDetails};
use kube::{Config, Error};
use tower::util::MapResponseLayer;

use super::follow::WATCH_SECONDS;
use super::throttled::with_word;
use crate::report::cluster::MANAGER;
use crate::report::desired::Write;
use crate::report::kubelet::Kubelet;

/// A connection that says nothing for so long is dead: the API server ends each watch before
/// ([`WATCH_SECONDS`]). It sends no bookmark of a kind of which nothing has happened since it began.
const SILENCE: Duration = Duration::from_secs(WATCH_SECONDS as u64 + 10);

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(15);

/// The longest that an API server's word (`Retry-After`) is obeyed.
const LONGEST_WORD: Duration = Duration::from_mins(1);

/// One node's view of the cluster.
#[derive(Clone)]
pub struct Cluster {
    /// The Node's name.
    pub name: String,
    /// Nodes, of which only the metadata is watched.
    pub nodes: Api<PartialObjectMeta<Node>>,
    /// Inventories as anybody may have written them.
    pub objects: Api<DynamicObject>,
    whole_nodes: Api<Node>,
}

/// What was there after a write.
#[derive(Debug)]
pub enum Written {
    /// The Node's metadata.
    Node(Box<PartialObjectMeta<Node>>),
    /// The object.
    Object(Box<DynamicObject>),
    /// The object is gone, or is on its way.
    Gone,
}

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The API server, or the way to it.
    #[error(transparent)]
    Refused(#[from] Error),
    /// No answer in time.
    #[error("no answer within {} s", ANSWER.as_secs())]
    Timeout,
}

impl Cluster {
    /// The cluster of a kubeconfig, or else the one in which this pod runs.
    pub async fn connect(
        kubeconfig: Option<&Path>,
        context: Option<String>,
        name: &str,
    ) -> anyhow::Result<Self> {
        let options = KubeConfigOptions { context, ..KubeConfigOptions::default() };
        let mut config = match kubeconfig {
            Some(file) => of_kubeconfig(file, &options)
                .await
                .with_context(|| format!("cannot use '{}' (--kubeconfig)", file.display()))?,
            None if std::env::var_os("KUBERNETES_SERVICE_HOST").is_some() => Config::incluster()?,
            None => Config::from_kubeconfig(&options).await.map_err(Unusable::from).context(
                "no cluster to report to: give --kubeconfig, or run in a pod; --dump prints the inventory without one",
            )?,
        };
        config.connect_timeout = Some(CONNECT);
        config.read_timeout = Some(SILENCE);
        // Whatever fails is tried again here, with everything that was learnt meanwhile.
        config.default_retry = false;
        let builder = ClientBuilder::try_from(config)
            .map_err(|error| anyhow!(Trouble::from(error).told()))
            .context("cannot speak to the cluster")?;
        let client = builder.with_layer(&MapResponseLayer::new(with_word)).build();
        let objects = ApiResource::erase::<NodeInventory>(&());
        Ok(Self {
            name: name.to_owned(),
            nodes: Api::all(client.clone()),
            objects: Api::all_with(client.clone(), &objects),
            whole_nodes: Api::all(client),
        })
    }

    /// What kubelet reports of the Node now.
    pub async fn kubelet(&self) -> Result<Kubelet, Trouble> {
        let node = in_time("get nodes", self.whole_nodes.get(&self.name)).await?;
        Ok(Kubelet::of(&node))
    }

    /// Writes.
    pub async fn write(&self, write: &Write) -> Result<Written, Trouble> {
        let name = self.name.as_str();
        let params = PatchParams::apply(MANAGER);
        match write {
            Write::Node(patch) => {
                let patch = Patch::Merge(patch);
                let written =
                    in_time("patch nodes", self.nodes.patch(name, &params, &patch)).await?;
                Ok(Written::Node(Box::new(written)))
            }
            Write::Object(object) => {
                let (params, patch) = (params.force(), Patch::Apply(object));
                let written =
                    in_time("patch nodeinventories", self.objects.patch(name, &params, &patch))
                        .await?;
                Ok(Written::Object(Box::new(written)))
            }
            Write::Orphan(uid) => {
                let uid = Some(uid.clone());
                let this = Preconditions { uid, ..Preconditions::default() };
                let params = DeleteParams::default().preconditions(this);
                match in_time("delete nodeinventories", self.objects.delete(name, &params)).await {
                    Err(Trouble::Refused(Error::Api(status))) if status.code == 404 => {}
                    result => drop(result?),
                }
                Ok(Written::Gone)
            }
        }
    }
}

/// Whoever calls names the file.
async fn of_kubeconfig(file: &Path, options: &KubeConfigOptions) -> Result<Config, Unusable> {
    let kubeconfig = Kubeconfig::read_from(file).map_err(Unusable::of_named)?;
    Ok(Config::from_custom_kubeconfig(kubeconfig, options).await?)
}

/// The answer to a request, which is called by the right that it needs.
async fn in_time<T>(
    request: &'static str,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    let begin = Instant::now();
    let answer = match tokio::time::timeout(ANSWER, answer).await {
        Ok(result) => result.map_err(Trouble::from),
        Err(_elapsed) => Err(Trouble::Timeout),
    };
    let trouble = answer.as_ref().err().map(Trouble::told);
    tracing::debug!(request, elapsed_ms = elapsed_ms(begin), trouble, "asked");
    answer
}

fn elapsed_ms(begin: Instant) -> u64 {
    begin.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
}

impl Trouble {
    /// What kind of trouble it is, in a word of the metrics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Refused(Error::Api(status)) => kind_of_code(status.code),
            Self::Refused(error) => match error {
                Error::Service(_) | Error::HyperError(_) | Error::ReadEvents(_) => "connection",
                Error::SerdeError(_) | Error::FromUtf8(_) => "malformed",
                Error::Auth(_) => "unauthorized",
                _ => "other",
            },
        }
    }

    /// Whether somebody else was quicker.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused(Error::Api(status)) if status.code == 409)
    }

    /// How long the API server asks to wait, within reason.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        let Self::Refused(Error::Api(status)) = self else { return Duration::ZERO };
        let seconds = status.details.as_ref().map_or(0, |details| details.retry_after_seconds);
        Duration::from_secs(seconds.into()).min(LONGEST_WORD)
    }

    /// The trouble in one line, with what to do about it where that is known.
    #[must_use]
    pub fn told(&self) -> String {
        if let Some(line) = told_of_program(self) {
            return line;
        }
        match self {
            Self::Refused(Error::Api(status)) if is_unknown_kind(status) => NO_KIND.to_owned(),
            Self::Refused(Error::Api(status)) => format!("{} ({})", status.message, status.code),
            Self::Refused(Error::Service(source)) => one_line(source.as_ref()),
            trouble => one_line(trouble),
        }
    }
}

/// What an API server without the `CustomResourceDefinition` needs.
const NO_KIND: &str = "the cluster does not know NodeInventory: install its CustomResourceDefinition (kubectl apply --server-side -f deploy/chart/crds)";

/// A 404 about no object in particular is about the path.
fn is_unknown_kind(status: &Status) -> bool {
    let names_none = |details: &StatusDetails| details.name.is_empty();
    status.code == 404 && status.details.as_ref().is_none_or(names_none)
}

fn kind_of_code(code: u16) -> &'static str {
    match code {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        410 => "expired",
        422 => "invalid",
        429 => "throttled",
        500.. => "server",
        _ => "other",
    }
}
