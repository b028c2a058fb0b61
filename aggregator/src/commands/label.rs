//! `label`: gives the Nodes ids of a person's own.

use anyhow::Context;
use inventory_common::resource::NODE_ID_LABEL;
use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams, PartialObjectMeta, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde_json::json;

use crate::cli::LabelArgs;
use crate::cluster::labels::{Change, Labels, changes, of_pattern, of_text};
use crate::exit::{Ended, say};
use crate::input::{called, read};
use crate::kubernetes::connect::connect;
use crate::kubernetes::trouble::answered;

/// Labels the Nodes, or says why none is.
pub fn label(args: LabelArgs) -> anyhow::Result<Ended> {
    super::block_on(run(args))
}

async fn run(args: LabelArgs) -> anyhow::Result<Ended> {
    let LabelArgs { file, pattern, overwrite, dry_run, cluster } = args;
    let text = file.as_deref().map(read).transpose()?;
    let client = connect(cluster.context.names()).await?;
    let labels = labels(&client).await?;
    let wanted = match (text, pattern) {
        (Some(text), _) => {
            let name = file.as_deref().map(called).unwrap_or_default();
            of_text(&text).map_err(anyhow::Error::msg).context(name)?
        }
        (None, pattern) => of_pattern(&labels, &pattern.unwrap_or_default())?,
    };
    let changes = match changes(&labels, &wanted, overwrite) {
        Ok(changes) => changes,
        Err(refused) => {
            for refused in &refused {
                say("error", &refused.to_string());
            }
            return Ok(Ended::Failed);
        }
    };
    for change in &changes {
        if !dry_run {
            set(&client, change).await.with_context(|| format!("node '{}'", change.node))?;
        }
        say("note", &format!("{change}{}", if dry_run { " (not written)" } else { "" }));
    }
    if changes.is_empty() {
        say("note", "every label says so already");
    }
    Ok(Ended::Done)
}

async fn labels(client: &Client) -> anyhow::Result<Labels> {
    let api: Api<PartialObjectMeta<Node>> = Api::all(client.clone());
    let nodes = answered("list nodes", api.list(&ListParams::default())).await?;
    let label = |node: &PartialObjectMeta<Node>| node.labels().get(NODE_ID_LABEL).cloned();
    Ok(nodes.iter().map(|node| (node.name_any(), label(node))).collect())
}

async fn set(client: &Client, change: &Change) -> anyhow::Result<()> {
    let api: Api<PartialObjectMeta<Node>> = Api::all(client.clone());
    let patch = Patch::Merge(json!({ "metadata": { "labels": { NODE_ID_LABEL: change.to } } }));
    let params = PatchParams::default();
    answered("patch nodes", api.patch(&change.node, &params, &patch)).await?;
    Ok(())
}
