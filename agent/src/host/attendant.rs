//! Reads hosts in threads that are left behind where a file never answers: a device that hangs costs its own
//! figures then, and not the inventory.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::attended::Attendance;
use super::{HostRoot, OpenError};

/// How long the kernel may take for one file. The slowest that is known, a network port's firmware that is asked for
/// its link, takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same for each further one, where one was waited for in vain: what hangs is most often one device or driver
/// with many files.
const IMPATIENCE: Duration = Duration::from_secs(1);

/// The patience's part after which the reader is looked at again.
const LOOKS: u32 = 8;

/// So many threads at most wait for files that do not answer; a host with more of them is not to be read.
const MOST_LEFT: usize = 64;

/// Waits for readers of hosts, and knows what they were left waiting for.
#[derive(Debug)]
pub struct Attendant {
    /// For the first file that does not answer.
    patience: Duration,
    /// For each further one.
    impatience: Duration,
    left: Vec<Left>,
}

/// A reader that was left behind.
#[derive(Debug)]
struct Left {
    path: PathBuf,
    thread: JoinHandle<()>,
}

impl Default for Attendant {
    fn default() -> Self {
        Self { patience: PATIENCE, impatience: IMPATIENCE, left: Vec::new() }
    }
}

impl Attendant {
    /// Opens the host at `root`, and does with it what `job` says. Where a file does not answer in time, a new job
    /// begins that is told so at once (`ETIMEDOUT`); so is any later one, as long as that file has not answered.
    pub fn read<T, J>(&mut self, root: &Path, job: impl FnMut() -> J) -> Result<T, OpenError>
    where
        T: Send + 'static,
        J: FnOnce(HostRoot) -> T + Send + 'static,
    {
        let opened = || {
            let root = root.to_owned();
            move |attendance: &Arc<Attendance>| HostRoot::open_attended(&root, attendance)
        };
        self.read_by(root, opened, job)
    }

    fn read_by<T, O, J>(
        &mut self,
        root: &Path,
        open: impl Fn() -> O,
        mut job: impl FnMut() -> J,
    ) -> Result<T, OpenError>
    where
        T: Send + 'static,
        O: FnOnce(&Arc<Attendance>) -> Result<HostRoot, OpenError> + Send + 'static,
        J: FnOnce(HostRoot) -> T + Send + 'static,
    {
        self.left.retain(|left| !left.thread.is_finished());
        let mut patience = self.patience;
        while self.left.len() < MOST_LEFT {
            let attendance = Attendance::avoiding(self.avoided());
            let (tell, told) = channel();
            let (open, job, seen) = (open(), job(), Arc::clone(&attendance));
            let read = move || drop(tell.send(open(&seen).map(job)));
            let thread = std::thread::Builder::new().name("reader".to_owned()).spawn(read);
            let thread = thread.map_err(|source| OpenError::Unattended { source })?;
            match hear(&told, &attendance, patience) {
                Ok(answer) => return answer,
                Err(Silence::Waits(path)) => self.left.push(Left { path, thread }),
                Err(Silence::Ended) => pass_on(thread),
            }
            patience = self.impatience;
        }
        Err(OpenError::Silent { root: root.to_owned(), paths: self.avoided() })
    }

    fn avoided(&self) -> Vec<PathBuf> {
        self.left.iter().map(|left| left.path.clone()).collect()
    }
}

/// Why a reader tells nothing.
enum Silence {
    /// It waits for this path.
    Waits(PathBuf),
    /// It is no more.
    Ended,
}

/// What the reader tells, as soon as it does.
fn hear<T>(told: &Receiver<T>, attendance: &Attendance, patience: Duration) -> Result<T, Silence> {
    loop {
        match told.recv_timeout(patience / LOOKS) {
            Ok(told) => return Ok(told),
            Err(RecvTimeoutError::Disconnected) => return Err(Silence::Ended),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(path) = attendance.overdue(patience) {
                    return Err(Silence::Waits(path));
                }
            }
        }
    }
}

/// A reader that ends without a word has panicked, as then does who waits for it.
fn pass_on(thread: JoinHandle<()>) {
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::sync::Mutex;

    use inventory_common::Cause;
    use rustix::io::Errno;

    use super::super::Files;
    use super::super::attended::Attended;
    use super::*;

    /// Every file holds its own path, and some hang until they are let go.
    #[derive(Clone)]
    struct Hanging {
        hangs: fn(&Path) -> bool,
        until: Arc<Mutex<Receiver<()>>>,
        asked: Arc<Mutex<Vec<PathBuf>>>,
    }

    impl Files for Hanging {
        fn read(&self, path: &Path, _limit: usize) -> Result<Vec<u8>, Errno> {
            self.asked.lock().unwrap().push(path.to_owned());
            if (self.hangs)(path) {
                let _let_go = self.until.lock().unwrap().recv();
            }
            Ok(path.as_os_str().as_encoded_bytes().to_vec())
        }

        fn list(&self, _path: &Path) -> Result<Vec<OsString>, Errno> {
            Err(Errno::NOTDIR)
        }

        fn link(&self, _path: &Path) -> Result<PathBuf, Errno> {
            Err(Errno::INVAL)
        }

        fn is_folder(&self, _path: &Path) -> Result<bool, Errno> {
            Ok(false)
        }
    }

    impl Hanging {
        /// What each of the paths was found to hold.
        fn read_all(
            &self,
            attendant: &mut Attendant,
            paths: &[PathBuf],
        ) -> Result<Vec<Result<String, Cause>>, OpenError> {
            let open = || {
                let inner = self.clone();
                move |attendance: &Arc<Attendance>| {
                    let attendance = Arc::clone(attendance);
                    Ok(HostRoot::of_files(Box::new(Attended { inner, attendance })))
                }
            };
            attendant.read_by(Path::new("/host"), open, || {
                let paths = paths.to_vec();
                move |root| {
                    let text = |path: &PathBuf| root.text(path).map_err(|error| error.cause());
                    paths.iter().map(text).collect()
                }
            })
        }

        fn asked(&self, path: &str) -> usize {
            let asked = self.asked.lock().unwrap();
            asked.iter().filter(|asked| *asked == Path::new(path)).count()
        }
    }

    fn hanging(hangs: fn(&Path) -> bool) -> (Hanging, std::sync::mpsc::Sender<()>) {
        let (let_go, until) = channel();
        (Hanging { hangs, until: Arc::new(Mutex::new(until)), asked: Arc::default() }, let_go)
    }

    fn patient(patience: Duration) -> Attendant {
        Attendant { patience, impatience: patience, ..Attendant::default() }
    }

    #[test]
    fn a_file_that_does_not_answer_costs_itself_alone_until_it_does() {
        let (host, let_go) = hanging(|path| path == Path::new("b"));
        let mut attendant = patient(Duration::from_secs(1));
        let paths = ["a", "b", "c"].map(PathBuf::from);
        let without = [Ok("a".to_owned()), Err(Cause::Timeout), Ok("c".to_owned())];
        for _ in 0..2 {
            assert_eq!(host.read_all(&mut attendant, &paths).unwrap(), without);
        }
        assert_eq!(host.asked("b"), 1, "it is not waited for again");

        let_go.send(()).unwrap();
        while !attendant.left.iter().all(|left| left.thread.is_finished()) {
            std::thread::yield_now();
        }
        assert_eq!(host.asked("c"), 2, "who is left behind reads no further");
        drop(let_go);
        let whole = host.read_all(&mut attendant, &paths).unwrap();
        assert_eq!(whole, ["a", "b", "c"].map(|path| Ok(path.to_owned())));
    }

    #[test]
    fn a_host_that_answers_nothing_is_given_up() {
        let (host, _let_go) = hanging(|_| true);
        let paths: Vec<PathBuf> = (0..=MOST_LEFT).map(|n| n.to_string().into()).collect();
        let error = host.read_all(&mut patient(Duration::from_millis(2)), &paths).unwrap_err();
        assert_eq!(
            error.to_string(),
            "64 files and folders of the host root '/host' do not answer, the first of them '0'"
        );
    }
}
