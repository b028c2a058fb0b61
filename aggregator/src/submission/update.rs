//! A cluster that AIOS has: one update after the other, each made from what AIOS answered to the one
//! before, until nothing is lacking. A run that broke is resumed by the same means.

use std::borrow::Cow;
use std::collections::HashSet;

use inventory_common::cluster::RawDocument;
use inventory_common::cluster::size::MAX_UPDATE;

use super::{Aios, Failure, Permit, Submission};
use crate::aios::{Refusal, Trouble, patiently};
use crate::cluster::difference::{Cut, Target, Update, next, struck};

/// How often one update is sent in vain.
const MOST_REPEATS: u32 = 3;

/// How many more updates there may be than a plan that nobody disturbs has.
const MOST_DISTURBANCES: usize = 20;

/// Updates AIOS's copy, and answers with what it says then.
pub(super) async fn update(
    aios: &Aios,
    submission: &Submission<'_>,
    mut stored: RawDocument,
    answers: &mut Vec<String>,
) -> Result<RawDocument, Failure> {
    let (mut cut, mut rounds) = (Cut::new(), Rounds::default());
    let mut wanted = Cow::Borrowed(submission.wanted);
    loop {
        let target = Target::new(&stored, &cut, &wanted);
        let Some(update) = next(&stored, &target, MAX_UPDATE)? else { return Ok(stored) };
        if !rounds.is_permitted((submission.may_write)()) {
            return Err(Failure::NotAllowed);
        }
        rounds.count(&update, target.entries.len())?;
        // What an earlier one has cut off is lacking until it is stored again.
        if !update.cut.is_empty() {
            cut.clone_from(&update.cut);
        }
        let before = stored;
        stored = send(aios, submission, &update, answers, &mut rounds).await?;
        let ids: HashSet<&str> = stored.ids().collect();
        cut.retain(|entry| !entry.id().is_some_and(|id| ids.contains(id)));
        for (id, said) in struck(&before, &update.set, &stored) {
            wanted.to_mut().restore(&id, said);
        }
    }
}

/// Sends one update, and answers with what is stored then, whether or not the update came through:
/// where that is not known it is read.
async fn send(
    aios: &Aios,
    submission: &Submission<'_>,
    update: &Update,
    answers: &mut Vec<String>,
    rounds: &mut Rounds,
) -> Result<RawDocument, Failure> {
    let id = submission.id;
    let updated = submission.while_permitted(aios.gateway.update(id, &update.set)).await?;
    let trouble = match updated {
        Ok(stored) => {
            answers.push(format!("updated {} of its values", update.set.len()));
            rounds.trouble = None;
            return Ok(stored);
        }
        Err(trouble) if trouble.refusal() == Some(Refusal::Absent) => {
            return Err(Failure::Vanished(id.to_string()));
        }
        Err(trouble) if trouble.is_refusal() => return Err(trouble.into()),
        Err(trouble) => trouble,
    };
    let read = patiently(aios.retry_for, Trouble::is_worth_repeating, || aios.gateway.read(id));
    match read.await {
        Ok(Some(stored)) => {
            answers.push(format!("read again, since: {trouble}"));
            rounds.trouble = Some(trouble);
            Ok(stored)
        }
        Ok(None) => Err(Failure::Vanished(id.to_string())),
        Err(read) => Err(Failure::Unsettled { sent: trouble, read: read.into() }),
    }
}

/// Counts updates, so that one that is never kept, and others that write all the time, come to an
/// end.
#[derive(Debug, Default)]
struct Rounds {
    last: Option<Update>,
    repeats: u32,
    left: Option<usize>,
    has_cut: bool,
    trouble: Option<Trouble>,
}

impl Rounds {
    /// Whether the next update may be sent. What was cut off is somebody's, and is put back by whoever
    /// has cut it: nobody else knows of it.
    fn is_permitted(&self, permit: Permit) -> bool {
        match permit {
            Permit::All => true,
            Permit::Rest => self.has_cut,
            Permit::Nothing => false,
        }
    }

    fn count(&mut self, update: &Update, entries: usize) -> Result<(), Failure> {
        self.has_cut |= !update.cut.is_empty();
        // The worst plan has an update for each entry.
        let left = self.left.get_or_insert(MOST_DISTURBANCES + entries);
        let is_over = *left == 0;
        *left = left.saturating_sub(1);
        self.repeats = if self.last.as_ref() == Some(update) { self.repeats + 1 } else { 0 };
        if self.repeats < MOST_REPEATS && !is_over {
            self.last = Some(update.clone());
            return Ok(());
        }
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble.into());
        }
        let what = update.set.keys().next().cloned().unwrap_or_default();
        Err(Failure::NotKept { what })
    }
}
