//! What kubelet is told of this process: whether it is ready, and whether a new one would do better.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use inventory_common::GpuState;

/// A driver that is being reloaded is not waited for any longer than this: a running container
/// keeps the mounts of the old one, and only a new container gets those of the new.
const PATIENCE: Duration = Duration::from_mins(10);

/// The process's health, shared between who learns of it and who is asked.
#[derive(Debug)]
pub struct Health {
    /// Whether a new container would get another driver's files.
    restarts: bool,
    state: Mutex<State>,
}

/// What stands between the node and a true report, by the part that it is about.
#[derive(Debug, Default)]
struct State {
    troubles: [Option<String>; Part::ALL.len()],
    lost_touch: Option<(Instant, GpuState)>,
}

/// What a trouble is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The reading of the host.
    Host,
    /// The watch on the Node.
    Node,
    /// The watch on the `NodeInventory`.
    Object,
    /// The writes.
    Report,
}

impl Part {
    /// Every part.
    const ALL: [Self; 4] = [Self::Host, Self::Node, Self::Object, Self::Report];

    /// The part as log and metrics call it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Node => "Node",
            Self::Object => "NodeInventory",
            Self::Report => "report",
        }
    }

    /// How the part begins before anything is known of it.
    fn beginning(self) -> &'static str {
        match self {
            Self::Host => "the host was not read yet",
            Self::Node => "the Node was not seen yet",
            Self::Object => "the NodeInventory was not looked for yet",
            Self::Report => "nothing was reported yet",
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl Health {
    /// The health of a process that has done nothing yet.
    #[must_use]
    pub fn new(restarts: bool) -> Self {
        let troubles = Part::ALL.map(|part| Some(part.beginning().to_owned()));
        Self { restarts, state: Mutex::new(State { troubles, lost_touch: None }) }
    }

    /// A part is well, or has this trouble. Says whether that is news.
    pub fn set(&self, part: Part, trouble: Option<String>) -> bool {
        self.with(|state| {
            let mut parts = Part::ALL.iter().zip(&mut state.troubles);
            let Some((_, slot)) = parts.find(|(other, _)| **other == part) else { return false };
            let is_news = *slot != trouble;
            *slot = trouble;
            is_news
        })
    }

    /// How this process has lost touch with NVML, while the host's driver looks healthy.
    pub fn lost_touch(&self, state: Option<GpuState>, now: Instant) {
        self.with(|health| {
            let since = health.lost_touch.map_or(now, |(since, _)| since);
            health.lost_touch = state.map(|state| (since, state));
        });
    }

    /// Why the node's report is not known to be true; empty where it is.
    #[must_use]
    pub fn not_ready(&self) -> Vec<String> {
        self.with(|state| state.troubles.iter().flatten().cloned().collect())
    }

    /// Each part, and whether it is well.
    #[must_use]
    pub fn parts(&self) -> Vec<(Part, bool)> {
        self.with(|state| {
            let troubles = Part::ALL.into_iter().zip(&state.troubles);
            troubles.map(|(part, trouble)| (part, trouble.is_none())).collect()
        })
    }

    /// Why a new process would do better; absent where it would not.
    #[must_use]
    pub fn not_alive(&self, now: Instant) -> Option<String> {
        let (since, state) = self.with(|health| health.lost_touch)?;
        let is_long = now.saturating_duration_since(since) >= PATIENCE;
        let minutes = PATIENCE.as_secs() / 60;
        (self.restarts && is_long)
            .then(|| format!("NVML has not answered for {minutes} minutes ({state}), and the driver looks healthy"))
    }

    fn with<T>(&self, see: impl FnOnce(&mut State) -> T) -> T {
        // Nothing panics while it holds the lock, and a poisoned state would still be the last one.
        see(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_ready_once_every_part_is_well() {
        let health = Health::new(false);
        for (n, part) in Part::ALL.into_iter().enumerate() {
            assert_eq!(health.not_ready().len(), Part::ALL.len() - n);
            assert!(health.set(part, None), "{part}");
        }
        assert_eq!(health.not_ready(), Vec::<String>::new());
        assert!(health.set(Part::Node, Some("away".to_owned())));
        assert!(!health.set(Part::Node, Some("away".to_owned())), "no news");
        assert_eq!(health.not_ready(), ["away"]);
    }

    /// Whether a process is alive that has lost touch for so long.
    fn is_alive_after(lost: Duration, restarts: bool) -> bool {
        let (health, now) = (Health::new(restarts), Instant::now());
        health.lost_touch(Some(GpuState::LibraryMissing), now);
        // The state may change; the time counts from the first.
        health.lost_touch(Some(GpuState::VersionMismatch), now + lost);
        health.not_alive(now + lost).is_none()
    }

    #[test]
    fn only_where_a_new_container_helps_and_after_ten_minutes_it_is_not_alive() {
        assert!(is_alive_after(PATIENCE / 2, true));
        assert!(!is_alive_after(PATIENCE, true));
        assert!(is_alive_after(PATIENCE, false));
    }

    #[test]
    fn nvml_that_answers_again_is_forgiven() {
        let (health, now) = (Health::new(true), Instant::now());
        health.lost_touch(Some(GpuState::VersionMismatch), now);
        health.lost_touch(None, now + PATIENCE);
        health.lost_touch(Some(GpuState::VersionMismatch), now + PATIENCE);
        assert_eq!(health.not_alive(now + PATIENCE), None);
    }
}
