//! What a person says of the cluster, for commands that can do without.

use std::path::Path;

use anyhow::Context;
use inventory_common::telling::one_line;
use kube::Client;

use crate::cluster::profile;
use crate::input::read;
use crate::kubernetes::onboarding::onboarding;
use crate::preflight::Settings;

/// What the profile says, or else the cluster's `ClusterOnboarding`.
pub async fn settings(file: Option<&Path>, client: &Client) -> anyhow::Result<Settings> {
    if let Some(file) = file {
        let read = profile::parse(&read(file)?);
        let read = read.with_context(|| format!("profile '{}'", file.display()))?;
        return Ok(Settings::Known(Box::new(read.spec)));
    }
    Ok(match onboarding(client).await {
        Ok(Some(object)) => Settings::Known(Box::new(object.spec)),
        Ok(None) => Settings::Nowhere,
        Err(trouble) => Settings::Unknown(one_line(&trouble)),
    })
}
