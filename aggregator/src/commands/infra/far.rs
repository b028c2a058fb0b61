//! The way to AIOS's gateway and its tasks service.

use std::time::Duration;

use anyhow::Context;
use inventory_common::cluster::RawDocument;

use crate::aios::{
    Base, ClusterId, Gateway, Kind, TaskId, Tasks, Transport, Trouble, Work, patiently,
};
use crate::cli::{PlaceArgs, ReachArgs};
use crate::commands::hand_over::Handed;

/// AIOS's services, for one cluster.
pub struct Far {
    /// The gateway.
    pub gateway: Gateway,
    /// The tasks service; absent where nobody says where it is.
    pub tasks: Option<Tasks>,
    /// The cluster's id.
    pub id: ClusterId,
    /// For how long is tried again what can be.
    pub retry_for: Duration,
}

impl Far {
    /// The services at these places.
    pub fn new(place: &PlaceArgs, reach: &ReachArgs) -> anyhow::Result<Self> {
        let PlaceArgs { cluster_id, gateway, tasks } = place;
        Self::at(cluster_id, gateway, tasks.as_deref(), reach)
    }

    /// The services at these addresses.
    pub fn at(
        id: &ClusterId,
        gateway: &str,
        tasks: Option<&str>,
        reach: &ReachArgs,
    ) -> anyhow::Result<Self> {
        let gateway = address("gateway", gateway)?;
        let tasks = tasks.map(|text| address("tasks service", text)).transpose()?;
        let bases: Vec<&Base> = [&gateway].into_iter().chain(&tasks).collect();
        let transport = Transport::new(&reach.options(), &bases)?;
        Ok(Self {
            gateway: Gateway::new(&transport, &gateway),
            tasks: tasks.map(|tasks| Tasks::new(&transport, &tasks)),
            id: id.clone(),
            retry_for: reach.retry_for(),
        })
    }

    /// The stored cluster; absent where AIOS has none of this id.
    pub async fn stored(&self) -> Result<Option<RawDocument>, Trouble> {
        let is_harmless = Trouble::is_worth_repeating;
        patiently(self.retry_for, is_harmless, || self.gateway.read(&self.id)).await
    }

    /// Hands the kubeconfig over. Sent again is only what has surely not been begun.
    pub async fn schedule(&self, work: Work, handed: &Handed) -> Result<TaskId, Trouble> {
        let is_harmless =
            |trouble: &Trouble| trouble.is_worth_repeating() && !trouble.may_have_happened();
        let value = handed.portable.value();
        patiently(self.retry_for, is_harmless, || self.gateway.schedule(work, &self.id, value))
            .await
    }
}

/// The address of one of AIOS's services. What is wrong with it is told without it.
pub fn address(name: &str, text: &str) -> anyhow::Result<Base> {
    text.parse().with_context(|| format!("the address of AIOS's {name}"))
}

/// What to say of a request that may have been carried out although there is no good answer.
pub fn doubt(trouble: &Trouble) -> Option<&'static str> {
    let is_lost = trouble.may_have_happened() && !matches!(trouble.kind, Kind::Nonsense(_));
    is_lost.then_some(
        "AIOS may have scheduled it all the same: look with 'infra status' before you ask again",
    )
}
