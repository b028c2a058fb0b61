//! How far an onboarding is, and how each step is taken.

use anyhow::Context;
use k8s_openapi::jiff::Timestamp;

use super::files::Files;
use super::{infrastructure, review};
use crate::aios::ClusterId;
use crate::cli::{AiosArgs, OnboardArgs};
use crate::commands::consent::ask;
use crate::commands::document::read_profile;
use crate::commands::{document, endpoints, preflight, submit};
use crate::exit::{Ended, say};
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

    /// Takes a step, and notes that it is done.
    pub fn take(&mut self, step: Step) -> anyhow::Result<Ended> {
        let ended = match step {
            Step::Preflight => self.preflight()?,
            Step::Document => document(self.args.document(self.files.document()))?,
            Step::Review => return self.review(),
            Step::Submit => {
                let (document, receipt) = (self.files.document(), self.files.receipt());
                submit(self.args.submit(self.aios.clone(), document, receipt))?
            }
            Step::Infrastructure => infrastructure::create(self)?,
            Step::Endpoints => self.endpoints()?,
        };
        if ended == Ended::Done {
            self.note(step, Progress::Done)?;
        }
        Ok(ended)
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

    fn preflight(&self) -> anyhow::Result<Ended> {
        let ended = preflight(self.args.preflight())?;
        if ended != Ended::Warned || self.args.terms.yes || ask("Go on all the same?") {
            return Ok(if ended == Ended::Warned { Ended::Done } else { ended });
        }
        Ok(ended)
    }

    fn review(&mut self) -> anyhow::Result<Ended> {
        let file = self.files.document();
        let agreed = self.files.document_sha256()?.context("there is no document to review")?;
        let ended = review::review(&file, &self.aios, self.args.terms.yes)?;
        if ended == Ended::Done {
            self.note(Step::Review, Progress::Agreed(agreed))?;
        }
        Ok(ended)
    }

    fn endpoints(&self) -> anyhow::Result<Ended> {
        let ended = endpoints(self.args.endpoints())?;
        if ended == Ended::Warned {
            say("note", "all are up, and some want a look");
            return Ok(Ended::Done);
        }
        Ok(ended)
    }
}
