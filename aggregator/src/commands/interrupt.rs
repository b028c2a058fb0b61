//! Ctrl-C, and its quieter sister.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use anyhow::{Context, anyhow};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::register_conditional_default;
use tokio::signal::unix::{SignalKind, signal};

/// What the work came to; absent where somebody ended it before. What it had begun is dropped.
pub async fn unless_interrupted<T>(work: impl Future<Output = T>) -> anyhow::Result<Option<T>> {
    let listen = |kind| signal(kind).context("cannot listen for signals");
    let _heard = Heard::begin()?;
    let (mut interrupt, mut terminate) =
        (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    tokio::select! {
        done = work => Ok(Some(done)),
        _ = interrupt.recv() => Ok(None),
        _ = terminate.recv() => Ok(None),
    }
}

/// While it is there, signals are heard. Who once listens for one by tokio has it for good, and a
/// question after that would be deaf to Ctrl-C.
struct Heard(&'static AtomicBool);

/// Whether a signal ends the process, as it does of one that never listened.
static UNHEARD: LazyLock<io::Result<Arc<AtomicBool>>> = LazyLock::new(|| {
    let unheard = Arc::new(AtomicBool::new(true));
    for signal in [SIGINT, SIGTERM] {
        register_conditional_default(signal, Arc::clone(&unheard))?;
    }
    Ok(unheard)
});

impl Heard {
    fn begin() -> anyhow::Result<Self> {
        let unheard =
            UNHEARD.as_ref().map_err(|why| anyhow!("cannot listen for signals: {why}"))?;
        unheard.store(false, Ordering::SeqCst);
        Ok(Self(unheard))
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
