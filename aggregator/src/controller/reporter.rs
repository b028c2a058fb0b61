//! What the controller asks the API server for beside its watches, and what it writes there.

use inventory_common::resource::{
    ClusterOnboarding, ClusterOnboardingStatus, OnboardingConditionType, OnboardingReason,
    SecretKey,
};
use inventory_common::telling::plain;
use k8s_openapi::api::core::v1::{Node, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams};
use kube::runtime::events::{Event, EventType, Recorder};
use kube::{Client, Resource, ResourceExt};
use serde_json::json;

use super::journal::{self, Journal};
use super::status::{Verdict, short};
use super::transition::{Transition, change};
use crate::kubernetes::trouble::{Trouble, answered};
use crate::kubernetes::versions;

/// Who writes the status.
const MANAGER: &str = "inventory-aggregator";

/// The most Events of one look: when everything changes at once, they say the same.
const MOST_EVENTS: usize = 100;

/// The controller's side of the API server.
pub struct Reporter {
    client: Client,
    namespace: String,
    events: Recorder,
    /// Whether the status says something that the onboarding was not seen to say yet.
    is_ahead: bool,
    journal: Journal,
}

impl Reporter {
    /// The reporter of this pod, whose namespace has the Secrets.
    pub fn new(client: Client, namespace: String, identity: String) -> Self {
        let reporter = kube::runtime::events::Reporter {
            controller: MANAGER.to_owned(),
            instance: Some(identity),
        };
        let events = Recorder::new(client.clone(), reporter);
        Self { events, client, namespace, is_ahead: false, journal: Journal::default() }
    }

    /// Writes the status where it says something else than before, and tells of what has changed.
    pub async fn report(&mut self, onboarding: &ClusterOnboarding, now: &ClusterOnboardingStatus) {
        let before = onboarding.status.as_ref();
        if before == Some(now) && !self.is_ahead {
            return;
        }
        self.journal.onboarding(before, now);
        let (name, uid) = (onboarding.name_any(), onboarding.uid().unwrap_or_default());
        let changes = now.conditions.iter().filter_map(|condition| {
            let known = before.and_then(|status| status.condition(condition.kind));
            let change = change(known.map(|known| known.status), condition)?;
            Some(change.of::<ClusterOnboarding>(&name, &uid))
        });
        let changes = changes.collect();
        let written = self.write(onboarding, now).await;
        self.journal.status(written.as_ref().err());
        if written.is_ok() {
            self.is_ahead = false;
            self.publish(changes).await;
        }
    }

    /// Says that this is under way, which may take a while.
    pub async fn begins(
        &mut self,
        onboarding: &ClusterOnboarding,
        kind: OnboardingConditionType,
        line: &str,
    ) {
        let now = Time(Timestamp::now());
        let before = onboarding.status.as_ref();
        let mut status = before.cloned().unwrap_or_default();
        let condition = Verdict::no(OnboardingReason::InPieces, line).condition(kind, before, &now);
        status.conditions.replace(condition);
        self.is_ahead = true;
        let written = self.write(onboarding, &status).await;
        self.journal.status(written.err().as_ref());
    }

    /// Writes the status of this very object: not of another that has come in its place.
    async fn write(
        &self,
        onboarding: &ClusterOnboarding,
        status: &ClusterOnboardingStatus,
    ) -> Result<(), Trouble> {
        let api: Api<ClusterOnboarding> = Api::all(self.client.clone());
        let patch = json!({
            "apiVersion": ClusterOnboarding::api_version(&()),
            "kind": ClusterOnboarding::kind(&()),
            "metadata": { "uid": onboarding.metadata.uid },
            "status": status,
        });
        let (params, patch) = (PatchParams::apply(MANAGER).force(), Patch::Apply(&patch));
        let written = api.patch_status(ClusterOnboarding::NAME, &params, &patch);
        answered("patch clusteronboardings/status", written).await.map(drop)
    }

    /// Tells of what has changed of nodes, in the log and by Events.
    pub async fn tell(&mut self, transitions: Vec<Transition>) {
        transitions.iter().for_each(journal::node);
        self.publish(transitions).await;
    }

    /// Tells of changes by Events. What objects say of themselves is shown as text there.
    async fn publish(&mut self, transitions: Vec<Transition>) {
        let untold = transitions.len().saturating_sub(MOST_EVENTS);
        for transition in transitions.into_iter().take(MOST_EVENTS) {
            let Transition { object, kind, is_well, reason, message } = transition;
            let event = Event {
                type_: if is_well { EventType::Normal } else { EventType::Warning },
                reason: plain(&reason).into_owned(),
                note: Some(if message.is_empty() {
                    kind.to_owned()
                } else {
                    short(&plain(&message))
                }),
                action: kind.to_owned(),
                secondary: None,
            };
            let published = answered("create events", self.events.publish(&event, &object)).await;
            self.journal.event(published.as_ref().err());
            if published.is_err() {
                return;
            }
        }
        if untold > 0 {
            tracing::info!(untold, "more conditions have changed than Events tell of");
        }
    }

    /// Whether a Node takes no pods: AIOS may have drained it.
    pub async fn is_cordoned(&self, name: &str) -> Result<bool, Trouble> {
        let api: Api<Node> = Api::all(self.client.clone());
        let node = answered("get nodes", api.get(name)).await?;
        Ok(node.spec.and_then(|spec| spec.unschedulable).unwrap_or(false))
    }

    /// The version that kubeadm set the cluster up with.
    pub async fn kubeadm_version(&self) -> Result<Option<String>, Trouble> {
        versions::kubeadm(&self.client).await
    }

    /// What a Secret holds, without the end of its line; or in one line why it cannot be had.
    pub async fn secret(&self, SecretKey { name, key }: &SecretKey) -> Result<String, String> {
        let api: Api<Secret> = Api::namespaced(self.client.clone(), &self.namespace);
        let secret =
            answered("get this secret (the chart's aggregator.joinCommandSecret)", api.get(name));
        let secret = secret.await.map_err(|trouble| format!("Secret '{name}': {trouble}"))?;
        let value = secret.data.and_then(|mut data| data.remove(key));
        let value = value.ok_or_else(|| format!("Secret '{name}' has no key '{key}'"))?;
        let text = String::from_utf8(value.0);
        let text = text.map_err(|_| format!("Secret '{name}': '{key}' is no text"))?;
        Ok(text.trim_end().to_owned())
    }
}
