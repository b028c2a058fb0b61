//! The document by which the controller creates the cluster: checked, and with what only the cluster
//! itself says.

use inventory_common::cluster::{Document, Profile, RawDocument, flaws};
use inventory_common::resource::OnboardingReason;
use serde_json::{Map, Value};

use super::keeper::Keeper;
use super::picture::Picture;
use super::status::{Verdict, first_of};
use crate::cluster::additional_info::{KUBEADM_VERSION, fill};

/// Where the page has the command by which a node joins.
const JOIN_COMMAND: &str = "joinCommand";

impl Keeper {
    /// The document, or why there is none.
    pub(super) async fn document(&self, picture: &Picture) -> Result<RawDocument, Verdict> {
        let mut profile = picture.onboarding.spec.profile.clone();
        let metadata = &mut profile.cluster_metadata;
        self.add_versions(metadata).await;
        if let Some(secret) = &picture.onboarding.spec.join_command_secret {
            let command = self.reporter.secret(secret).await;
            let command =
                command.map_err(|line| Verdict::no(OnboardingReason::NoJoinCommand, line))?;
            fill(metadata, JOIN_COMMAND, command);
        }
        self.checked(profile, picture)
    }

    async fn add_versions(&self, metadata: &mut Map<String, Value>) {
        match self.reporter.kubeadm_version().await {
            Ok(Some(version)) => fill(metadata, KUBEADM_VERSION, version),
            Ok(None) => {}
            Err(trouble) => {
                tracing::info!(field = KUBEADM_VERSION, %trouble, "left out of the document");
            }
        }
    }

    fn checked(&self, profile: Profile, picture: &Picture) -> Result<RawDocument, Verdict> {
        let invalid = |line: String| Verdict::no(OnboardingReason::Invalid, line);
        // Since this look began something may have changed.
        let (sight, is_whole, unknown) = {
            let view = self.shared.view();
            (view.sight(), view.is_whole(), view.unknown())
        };
        let picture = picture.anew(sight);
        if !is_whole || !picture.coverage.is_complete() {
            let lines = [picture.coverage.obstacles, unknown].concat();
            return Err(Verdict::no(OnboardingReason::NotCovered, first_of(&lines)));
        }
        let measured = picture.measured();
        let measured = measured.ok_or_else(|| invalid("the nodes cannot be summed".to_owned()))?;
        let document = Document::new(profile, measured);
        let flaws: Vec<String> = flaws(&document).iter().map(ToString::to_string).collect();
        if !flaws.is_empty() {
            return Err(invalid(first_of(&flaws)));
        }
        RawDocument::try_from(document).map_err(|error| invalid(error.to_string()))
    }
}
