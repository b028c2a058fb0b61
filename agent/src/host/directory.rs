//! A host's files as a folder of this machine: `/` itself, a mount of it, or an unpacked capture.

use std::cell::RefCell;
use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::Files;

/// First buffer size: attributes of sysfs have at most a page.
const BUFFER_BYTES: usize = 8192;

/// The longest text that a link can have (`PATH_MAX` of linux/limits.h).
const MAX_LINK_BYTES: usize = 4096;

/// What statfs says of procfs (`PROC_SUPER_MAGIC` of linux/magic.h).
const PROC_SUPER_MAGIC: u64 = 0x9fa0;

/// This program's own file, also once an upgrade has put another in its place.
pub const OWN_PROGRAM: &str = "/proc/self/exe";

/// Files are opened without waiting, so that a FIFO in a captured tree cannot hang the reader.
const READ: OFlags =
    OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// How often the kernel's word to try again is taken. A rename takes microseconds, so a few tries
/// are enough on any machine; the limit is for one where this never ends.
const MAX_RETRIES: usize = 1000;

/// A folder to look things up in.
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

pub(super) struct Directory {
    root: OwnedFd,
    /// Whether the kernel keeps links inside the root (`openat2`, since Linux 5.6).
    confined: bool,
    buffer: RefCell<Vec<u8>>,
    /// The folder that was last listed or asked for a link: the next link is most often in it.
    folder: RefCell<Option<(PathBuf, OwnedFd)>>,
}

impl Directory {
    pub(super) fn open(root: &Path) -> Result<Self, Errno> {
        let fd = rustix::fs::open(root, FOLDER, Mode::empty())?;
        let buffer = RefCell::new(vec![0; BUFFER_BYTES]);
        let folder = RefCell::default();
        let mut directory = Self { root: fd, confined: root != Path::new("/"), buffer, folder };
        directory.confined =
            directory.confined && directory.open_at(Path::new("."), FOLDER).is_ok();
        Ok(directory)
    }

    /// Whether links cannot lead out of the root. Those of `/` have nowhere to go.
    pub(super) fn is_confined(&self) -> bool {
        self.confined
    }

    pub(super) fn has_manifest(&self) -> bool {
        self.open_at(Path::new(super::manifest::FILE_NAME), OFlags::PATH | OFlags::CLOEXEC).is_ok()
    }

    pub(super) fn has_live_proc(&self) -> bool {
        self.open_at(Path::new("proc"), OFlags::PATH | OFlags::CLOEXEC)
            .and_then(rustix::fs::fstatfs)
            .is_ok_and(|fs| u64::try_from(fs.f_type) == Ok(PROC_SUPER_MAGIC))
    }

    fn open_at(&self, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
        if !self.confined {
            return rustix::fs::openat(&self.root, path, flags, Mode::empty());
        }
        let open =
            || rustix::fs::openat2(&self.root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT);
        let mut opened = open();
        // A rename anywhere on the machine while a `..` is resolved: the kernel asks to try again.
        for _ in 0..MAX_RETRIES {
            if !matches!(opened, Err(Errno::AGAIN)) {
                break;
            }
            opened = open();
        }
        opened
    }
}

impl Files for Directory {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno> {
        let file = self.open_at(path, READ)?;
        let mut buffer = self.buffer.borrow_mut();
        let mut filled = 0;
        loop {
            let free = buffer.get_mut(filled..).unwrap_or_default();
            let room = free.len();
            let count = rustix::io::read(&file, free)?;
            filled += count;
            // sysfs hands out an attribute in one piece; procfs may stop short at any record.
            let is_whole = count == 0 || (count < room && path.starts_with("sys"));
            if filled > limit {
                return Err(Errno::FBIG);
            }
            if is_whole {
                return Ok(buffer.get(..filled).unwrap_or_default().to_vec());
            }
            if filled == buffer.len() {
                buffer.resize(filled * 2, 0);
            }
        }
    }

    fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno> {
        let folder = self.open_at(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC)?;
        let mut names = Vec::new();
        let mut buffer = [MaybeUninit::uninit(); BUFFER_BYTES];
        let mut entries = rustix::fs::RawDir::new(&folder, &mut buffer);
        while let Some(entry) = entries.next() {
            let name = entry?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name));
            }
        }
        self.folder.replace(Some((path.to_owned(), folder)));
        Ok(names)
    }

    fn link(&self, path: &Path) -> Result<PathBuf, Errno> {
        let (parent, name) = path.parent().zip(path.file_name()).ok_or(Errno::INVAL)?;
        // A name at the top has no folder to name but the root's.
        let parent = if parent == Path::new("") { Path::new(".") } else { parent };
        let mut folder = self.folder.borrow_mut();
        let is_known = |folder: &Option<(PathBuf, OwnedFd)>| {
            folder.as_ref().is_some_and(|(known, _)| known == parent)
        };
        if self.confined && !is_known(&folder) {
            *folder = Some((parent.to_owned(), self.open_at(parent, FOLDER)?));
        }
        // The name itself is not followed, so a folder inside the root keeps it inside.
        let mut buffer = [MaybeUninit::uninit(); MAX_LINK_BYTES];
        let (text, _) = match folder.as_ref().filter(|_| is_known(&folder)) {
            Some((_, folder)) => rustix::fs::readlinkat_raw(folder, name, &mut buffer)?,
            None => rustix::fs::readlinkat_raw(&self.root, path, &mut buffer)?,
        };
        Ok(OsString::from_vec(text.to_vec()).into())
    }

    fn is_folder(&self, path: &Path) -> Result<bool, Errno> {
        let stat = if self.confined {
            rustix::fs::fstat(self.open_at(path, OFlags::PATH | OFlags::CLOEXEC)?)
        } else {
            rustix::fs::statat(&self.root, path, rustix::fs::AtFlags::empty())
        };
        let mode = stat?.st_mode;
        Ok(rustix::fs::FileType::from_raw_mode(mode).is_dir())
    }

    fn place(&self, path: &Path) -> Option<PathBuf> {
        let file = self.open_at(path, OFlags::PATH | OFlags::CLOEXEC).ok()?;
        let link = format!("/proc/self/fd/{}", file.as_raw_fd());
        std::fs::read_link(link).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_file_is_read_whole_whatever_its_size_up_to_the_limit() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["proc", "sys"] {
            fs::create_dir(root.path().join(folder)).unwrap();
            for size in [0, 1, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1, 5 * BUFFER_BYTES] {
                let content: Vec<u8> = (0_u8..=250).cycle().take(size).collect();
                let path = Path::new(folder).join("file");
                fs::write(root.path().join(&path), &content).unwrap();
                let directory = Directory::open(root.path()).unwrap();
                assert!(directory.read(&path, size).unwrap() == content, "{folder} {size}");
                if size > 0 {
                    assert_eq!(directory.read(&path, size - 1).err(), Some(Errno::FBIG), "{size}");
                }
            }
        }
    }

    #[test]
    fn links_stay_inside_where_the_kernel_can_keep_them_there() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("inside"), "8").unwrap();
        symlink("/inside", root.path().join("absolute")).unwrap();
        let can =
            rustix::fs::openat2(rustix::fs::CWD, ".", FOLDER, Mode::empty(), ResolveFlags::IN_ROOT);
        let directory = Directory::open(root.path()).unwrap();
        assert_eq!(directory.is_confined(), can.is_ok());
        if can.is_ok() {
            assert_eq!(directory.read(Path::new("absolute"), 9).unwrap(), b"8");
        }
    }

    #[test]
    fn a_fifo_in_the_place_of_a_file_or_folder_hangs_nobody() {
        let root = tempfile::tempdir().unwrap();
        let (at, kind) = (root.path().join("fifo"), rustix::fs::FileType::Fifo);
        rustix::fs::mknodat(rustix::fs::CWD, &at, kind, Mode::RUSR, 0).unwrap();
        let directory = Directory::open(root.path()).unwrap();
        assert_eq!(directory.list(Path::new("fifo")).err(), Some(Errno::NOTDIR));
        assert!(directory.read(Path::new("fifo"), 9).unwrap().is_empty());
        assert!(!directory.is_folder(Path::new("fifo")).unwrap());
    }

    #[test]
    fn a_folder_lists_what_is_in_it_and_not_itself() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        symlink("nowhere", root.path().join("a/c")).unwrap();
        symlink("b", root.path().join("a/d")).unwrap();
        let directory = Directory::open(root.path()).unwrap();
        let mut names = directory.list(Path::new("a")).unwrap();
        names.sort();
        assert_eq!(names, ["b", "c", "d"]);
        assert!(directory.list(Path::new("a/b")).unwrap().is_empty());
        let target = |path: &str| directory.link(Path::new(path));
        assert_eq!(target("a/c").unwrap(), Path::new("nowhere"));
        assert_eq!(target("a/b").err(), Some(Errno::INVAL));
        assert_eq!(target("c").err(), Some(Errno::NOENT));
        assert_eq!(target("a/d").unwrap(), Path::new("b"));
        let is_folder = |path: &str| directory.is_folder(Path::new(path));
        assert!(is_folder("a/d").unwrap());
        assert_eq!(is_folder("a/c").err(), Some(Errno::NOENT));
        assert!(!directory.has_manifest() && !directory.has_live_proc());
    }

    #[test]
    fn a_link_in_a_mounted_root_leads_to_the_file_in_that_root() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("lib")).unwrap();
        let file = root.path().join("lib/libx.so.580");
        std::fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink("/lib/libx.so.580", root.path().join("lib/libx.so")).unwrap();
        let directory = Directory::open(root.path()).unwrap();
        let place = directory.place(Path::new("lib/libx.so"));
        assert_eq!(place, Some(std::fs::canonicalize(file).unwrap()));
        assert_eq!(directory.place(Path::new("lib/liby.so")), None);
    }

    #[test]
    fn renames_elsewhere_do_not_disturb_the_reading() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("sys/devices/sda")).unwrap();
        fs::create_dir(root.path().join("sys/block")).unwrap();
        fs::write(root.path().join("sys/devices/sda/size"), "8").unwrap();
        symlink("../devices/sda", root.path().join("sys/block/sda")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let (one, other) = (elsewhere.path().join("one"), elsewhere.path().join("other"));
        fs::create_dir(&one).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    fs::rename(&one, &other).unwrap();
                    fs::rename(&other, &one).unwrap();
                }
            });
            let directory = Directory::open(root.path()).unwrap();
            let all_read =
                (0..20_000).all(|_| directory.read(Path::new("sys/block/sda/size"), 9).is_ok());
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(all_read);
        });
    }
}
