//! How far an onboarding is.

use k8s_openapi::jiff::Timestamp;

use super::files::Files;
use crate::aios::ClusterId;
use crate::cli::{AiosArgs, OnboardArgs};
use crate::commands::document::read_profile;
use crate::onboard::{Journal, Progress, Step};

/// An onboarding that is under way.
pub struct Course {
    pub args: OnboardArgs,
    pub id: ClusterId,
    /// How AIOS is reached: what the flags say, else the profile.
    pub aios: AiosArgs,
    pub files: Files,
    pub journal: Journal,
}

impl Course {
    /// Reads what the profile says, and how far runs before have come.
    pub fn open(mut args: OnboardArgs) -> anyhow::Result<Self> {
        let profile = read_profile(&args.profile, &mut args.source)?;
        let id: ClusterId = profile.id.parse()?;
        let aios = AiosArgs {
            parser: args.aios.parser.clone().or(profile.parser),
            gateway: args.aios.gateway.clone().or(profile.gateway),
            ..args.aios.clone()
        };
        let files = Files::new(&args.folder, &id);
        let journal =
            if args.restart { Journal::new(id.as_str()) } else { files.read_journal()? };
        Ok(Self { args, id, aios, files, journal })
    }

    /// That a step needs not be taken, and why.
    pub fn is_done(&self, step: Step) -> anyhow::Result<Option<String>> {
        if step == Step::Preflight && self.args.skip_preflight {
            return Ok(Some("left out".to_owned()));
        }
        let document = self.files.document_sha256()?;
        let is_agreed = match (step, self.journal.progress(step), document) {
            // Somebody has taken it away since.
            (Step::Document, _, None) => return Ok(None),
            (Step::Review, Some(Progress::Agreed(agreed)), Some(now)) => *agreed == now,
            _ => false,
        };
        let done = self.journal.done_at(step).map(|at| format!("done {at:.0}"));
        Ok(done.or_else(|| is_agreed.then(|| "agreed to".to_owned())))
    }

    /// Notes how far a step is, so that a run after this one knows it.
    pub fn note(&mut self, step: Step, progress: Progress) -> anyhow::Result<()> {
        self.journal.note(step, progress, Timestamp::now());
        self.files.write_journal(&self.journal)
    }

    /// Notes that a step was not begun.
    pub fn take_back(&mut self, step: Step) -> anyhow::Result<()> {
        self.journal.back_to(step);
        self.files.write_journal(&self.journal)
    }
}
