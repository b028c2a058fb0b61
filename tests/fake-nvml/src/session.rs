//! What lasts from the first initialisation to the last shutdown.
//!
//! NVML counts its users: only the shutdown that belongs to the first
//! initialisation lets go of the driver. One shutdown too many is
//! `UNINITIALIZED`, as is every other call without an initialisation.

use std::{
    env,
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{code::Code, config::Config, fault::Twist, handle::Place};

static SESSION: Mutex<Option<Session>> = Mutex::new(None);

struct Session {
    users: usize,
    driver: Arc<Driver>,
    /// Held open, as the real library holds `/dev/nvidiactl`.
    _device: Option<File>,
}

/// Where the description is in a pod to which nobody gives the variable: beside the library that the
/// chart mounts.
const MOUNTED: &str = "/opt/nvidia/gpus.json";

/// The file that says how to behave, and the log of calls that it asks for.
pub struct Driver {
    pub config: Config,
    log: Option<File>,
}

impl Driver {
    fn load() -> Result<Self, String> {
        let path = env::var_os("FAKE_NVML").unwrap_or_else(|| MOUNTED.into());
        let named =
            |error: &dyn std::error::Error| format!("{}: {error}", Path::new(&path).display());
        let text = fs::read(&path).map_err(|error| named(&error))?;
        let config: Config = serde_json::from_slice(&text).map_err(|error| named(&error))?;
        let open = |log| File::options().append(true).create(true).open(log);
        let log = config.log.as_ref().map(open).transpose().map_err(|error| named(&error))?;
        Ok(Self { config, log })
    }

    /// Logs the call, then lets happen what the file wants to go wrong with it.
    pub fn enter(&self, call: &str, place: Place) -> Result<Twist, Code> {
        if let Some(mut log) = self.log.as_ref() {
            let line = format!("{call} {place}");
            // A log that cannot be written is the test's to notice.
            let _ = log.write_all(format!("{}\n", line.trim_end()).as_bytes());
        }
        self.config.faults.strike(call, place)
    }
}

fn session() -> MutexGuard<'static, Option<Session>> {
    SESSION.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The driver, while anybody uses it.
pub fn current() -> Option<Arc<Driver>> {
    session().as_ref().map(|session| session.driver.clone())
}

/// One user more. The lock is not held while a fault strikes.
pub fn start(call: &str) -> Result<(), Code> {
    let driver = match current() {
        Some(driver) => driver,
        None => Driver::load().map(Arc::new).map_err(|why| {
            // Without a standard error nobody wants to know.
            let _ = writeln!(io::stderr(), "fake-nvml: FAKE_NVML: {why}");
            Code::UNKNOWN
        })?,
    };
    driver.enter(call, Place::System)?;
    let mut session = session();
    if let Some(session) = session.as_mut() {
        session.users += 1;
        return Ok(());
    }
    *session = Some(Session { users: 1, _device: open(driver.config.device.as_deref())?, driver });
    Ok(())
}

/// One user less; the last one lets go of everything.
pub fn stop() {
    let mut session = session();
    match session.as_mut() {
        Some(session) if session.users > 1 => session.users -= 1,
        _ => *session = None,
    }
}

/// Without its device file the driver is not there, or not for us.
fn open(device: Option<&Path>) -> Result<Option<File>, Code> {
    let open = |path| File::options().read(true).write(true).open(path);
    device.map(open).transpose().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Code::DRIVER_NOT_LOADED,
        ErrorKind::PermissionDenied => Code::NO_PERMISSION,
        _ => Code::UNKNOWN,
    })
}
