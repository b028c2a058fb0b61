//! One device's folder: attributes read once, on demand, with the faults and the evidence kept.

use std::cell::RefCell;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use inventory_common::Fault;
use rustix::io::Errno;

use super::class::Entry;
use crate::host::{HostRoot, ReadError};

/// A file below a device's folder, and which errors are answers when it is read.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The file, relative to the device's folder.
    pub file: &'static str,
    /// Errors that mean "this device has no such thing"; of all others the device is at fault.
    pub answers: &'static [Errno],
}

impl Attribute {
    /// A file that every such device has.
    #[must_use]
    pub const fn required(file: &'static str) -> Self {
        Self { file, answers: &[] }
    }

    /// A file that a device may lack.
    #[must_use]
    pub const fn optional(file: &'static str) -> Self {
        Self { file, answers: &[Errno::NOENT] }
    }

    /// The same file, with all errors that its drivers answer with.
    #[must_use]
    pub const fn answering(self, answers: &'static [Errno]) -> Self {
        Self { answers, ..self }
    }
}

/// What reading one attribute gave, for whoever asks why.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What was read, relative to the host's root.
    pub path: PathBuf,
    /// What it held, or why it could not be read.
    pub answer: Result<Vec<u8>, ReadError>,
}

/// A device's folder. Nothing is read before a rule asks for it, and nothing twice.
pub struct Device<'a> {
    root: &'a HostRoot,
    folder: PathBuf,
    name: String,
    evidence: RefCell<Vec<Evidence>>,
    listed: RefCell<Vec<(PathBuf, Names)>>,
    faults: RefCell<Vec<Fault>>,
}

/// What listing a folder gave.
type Names = Result<Vec<OsString>, ReadError>;

impl<'a> Device<'a> {
    /// The device that is called `name` and lives in `folder`.
    #[must_use]
    pub fn new(root: &'a HostRoot, folder: PathBuf, name: String) -> Self {
        let (evidence, listed, faults) = Default::default();
        Self { root, folder, name, evidence, listed, faults }
    }

    /// The device of a class folder's entry; where it hangs is the first evidence of it.
    #[must_use]
    pub fn of(root: &'a HostRoot, entry: &Entry) -> Self {
        let device = Self::new(root, entry.folder.clone(), entry.name.clone());
        if let Some(place) = &entry.place {
            let answer = Ok([b"-> ", place.path().as_os_str().as_encoded_bytes()].concat());
            device.evidence.borrow_mut().push(Evidence { path: entry.folder.clone(), answer });
        }
        device
    }

    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The device's folder.
    #[must_use]
    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// The host that the device belongs to.
    #[must_use]
    pub fn root(&self) -> &'a HostRoot {
        self.root
    }

    /// The attribute's bytes; absent where the device answers that it has none, and where reading
    /// failed, which is noted as the device's fault.
    pub fn bytes(&self, attribute: Attribute) -> Option<Vec<u8>> {
        self.bytes_in(&self.folder, attribute)
    }

    /// As [`Self::bytes`], of an attribute in another folder that tells something of this device.
    pub fn bytes_in(&self, folder: &Path, attribute: Attribute) -> Option<Vec<u8>> {
        match self.answer(folder.join(attribute.file), |root, path| root.read(path)) {
            Ok(bytes) => Some(bytes),
            Err(error) => self.refused(attribute, &error),
        }
    }

    /// The attribute's text, parsed; as [`Self::bytes`], and text that `parse` does not know is a
    /// fault too. `expected` says what it should have been.
    pub fn parsed<T>(
        &self,
        attribute: Attribute,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let bytes = self.bytes(attribute)?;
        let text = String::from_utf8_lossy(&bytes);
        let value = parse(&text);
        if value.is_none() {
            let path = self.folder.join(attribute.file);
            self.fault(&ReadError::unexpected(&path, &text, expected));
        }
        value
    }

    /// Whether reading the attribute gives this error number: an answer with a meaning of its own.
    pub fn answers_with(&self, attribute: Attribute, errno: Errno) -> bool {
        let answer = self.answer(self.folder.join(attribute.file), |root, path| root.read(path));
        answer.is_err_and(|error| error.errno() == Some(errno))
    }

    /// Whether something stands at `path` below the device's folder, a dangling link included.
    pub fn has(&self, path: &'static str) -> bool {
        let present = |root: &HostRoot, path: &Path| root.link(path).map(|_| b"present".to_vec());
        let answer = self.answer(self.folder.join(path), present);
        match answer {
            Ok(_) => true,
            Err(error) => self.refused(Attribute::optional(path), &error).unwrap_or(false),
        }
    }

    /// Whether nothing stands at `path` below the device's folder; not where that cannot be told.
    pub fn lacks(&self, path: &'static str) -> bool {
        !self.has(path) && !self.is_at_fault(path)
    }

    /// Whether `file` below the device's folder was asked for, and could not be read or understood.
    pub fn is_at_fault(&self, file: &'static str) -> bool {
        let path = self.folder.join(file);
        self.faults.borrow().iter().any(|fault| Path::new(&fault.path) == path)
    }

    /// The text of the link at `path`; absent where there is no such link.
    pub fn link(&self, path: &'static str) -> Option<PathBuf> {
        let target = |root: &HostRoot, path: &Path| {
            let target = root.link(path)?.unwrap_or_default();
            Ok(target.into_os_string().into_encoded_bytes())
        };
        match self.answer(self.folder.join(path), target) {
            Ok(target) if target.is_empty() => None,
            Ok(target) => Some(PathBuf::from(OsString::from_vec(target))),
            Err(error) => self.refused(Attribute::optional(path), &error),
        }
    }

    /// The last name in the text of the link at `path`, such as a driver's.
    pub fn link_name(&self, path: &'static str) -> Option<String> {
        Some(self.link(path)?.file_name()?.to_string_lossy().into_owned())
    }

    /// The names in a folder that tells something of this device.
    pub fn names_in(&self, folder: &Path) -> Names {
        let mut listed = self.listed.borrow_mut();
        if let Some((_, names)) = listed.iter().find(|(known, _)| known == folder) {
            return names.clone();
        }
        let names = self.root.list(folder);
        listed.push((folder.to_owned(), names.clone()));
        names
    }

    /// Notes a fault of this device.
    pub fn fault(&self, error: &ReadError) {
        let fault = error.fault(Some(&self.name));
        let mut faults = self.faults.borrow_mut();
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }

    /// The faults met so far.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.faults.borrow().clone()
    }

    /// Whether anything below the device's folder was there when it was asked for.
    #[must_use]
    pub fn has_answered(&self) -> bool {
        let is_below = |path: &Path| path != self.folder && path.starts_with(&self.folder);
        let is_there = |known: &Evidence| known.answer.is_ok() && is_below(&known.path);
        self.evidence.borrow().iter().any(is_there)
    }

    /// What was read so far, of a device that tells something of several.
    #[must_use]
    pub fn evidence(&self) -> Vec<Evidence> {
        self.evidence.borrow().clone()
    }

    /// What was read so far.
    #[must_use]
    pub fn into_evidence(self) -> Vec<Evidence> {
        self.evidence.into_inner()
    }

    /// Asks the host once, and answers from the evidence ever after.
    fn answer(
        &self,
        path: PathBuf,
        ask: impl FnOnce(&HostRoot, &Path) -> Result<Vec<u8>, ReadError>,
    ) -> Result<Vec<u8>, ReadError> {
        let mut evidence = self.evidence.borrow_mut();
        // As bytes: all paths here are joined in one way, and to compare them name by name takes longer.
        let is_same = |known: &&Evidence| known.path.as_os_str() == path.as_os_str();
        if let Some(known) = evidence.iter().find(is_same) {
            return known.answer.clone();
        }
        let answer = ask(self.root, &path);
        evidence.push(Evidence { path, answer: answer.clone() });
        answer
    }

    fn refused<T>(&self, attribute: Attribute, error: &ReadError) -> Option<T> {
        if !error.errno().is_some_and(|errno| attribute.answers.contains(&errno)) {
            self.fault(error);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::manifest::Manifest;
    use crate::host::{Node, Tree};

    #[test]
    fn only_a_link_has_a_target() {
        let mut tree = Tree::default();
        tree.insert(Path::new("sys/block/sda/device"), Node::folder()).unwrap();
        tree.insert(Path::new("sys/block/sda/bdi"), Node::Link("../bdi/8:0".into())).unwrap();
        let root = HostRoot::of_tree(tree, Manifest::default());
        let device = Device::new(&root, "sys/block/sda".into(), "sda".to_owned());
        assert_eq!(device.link("device"), None);
        assert_eq!(device.link("driver"), None);
        assert_eq!(device.link("bdi"), Some("../bdi/8:0".into()));
        assert!(device.faults().is_empty());
    }
}
