//! Every access to every described host fails once, in every way in which the kernel lets one fail: a figure is
//! right or absent, and a sum that is not what it was says so.

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use inventory_agent::host::manifest::Manifest;
use inventory_agent::host::{Access, Files, HostRoot, Tree};
use inventory_agent::probe::{Depth, survey};
use inventory_common::{Inventory, Stated};
use libtest_mimic::{Failed, Trial};
use rustix::io::Errno;
use serde_json::Value;

use crate::case::Case;
use crate::support::accesses::accesses;
use crate::support::sketch;

/// How an access fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// With this error number.
    Refused(Errno),
    /// The folder is gone from then on, as where a device is pulled out while it is read.
    Gone,
    /// The file ends in the middle.
    Cut,
}

/// The last but two is what a file without an end gives.
const FAULTS: [Fault; 8] = [
    Fault::Refused(Errno::IO),
    Fault::Refused(Errno::INVAL),
    Fault::Refused(Errno::NODEV),
    Fault::Refused(Errno::ACCESS),
    Fault::Refused(Errno::TIMEDOUT),
    Fault::Refused(Errno::FBIG),
    Fault::Gone,
    Fault::Cut,
];

/// A host of which one access fails.
struct Faulty {
    inner: Box<dyn Files>,
    fault: Fault,
    /// How many accesses are still to come before the one that fails.
    left: Cell<usize>,
    /// The folder that is gone.
    gone: RefCell<Option<PathBuf>>,
}

impl Faulty {
    fn new(inner: Box<dyn Files>, fault: Fault, at: usize) -> Self {
        Self { inner, fault, left: Cell::new(at), gone: RefCell::default() }
    }

    /// Whether this access is the one.
    fn is_due(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.wrapping_sub(1));
        left == 0
    }

    /// Fails, where it is to.
    fn pass(&self, path: &Path) -> Result<(), Errno> {
        if self.is_due() {
            match self.fault {
                Fault::Refused(errno) => return Err(errno),
                Fault::Gone => drop(self.gone.replace(path.parent().map(Path::to_owned))),
                Fault::Cut => {}
            }
        }
        let is_gone = self.gone.borrow().as_ref().is_some_and(|gone| path.starts_with(gone));
        if is_gone { Err(Errno::NOENT) } else { Ok(()) }
    }
}

impl Files for Faulty {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno> {
        let is_cut = matches!(self.fault, Fault::Cut) && self.left.get() == 0;
        self.pass(path)?;
        let mut content = self.inner.read(path, limit)?;
        if is_cut {
            content.truncate(content.len() / 2);
        }
        Ok(content)
    }

    fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno> {
        self.pass(path)?;
        self.inner.list(path)
    }

    fn link(&self, path: &Path) -> Result<PathBuf, Errno> {
        self.pass(path)?;
        self.inner.link(path)
    }

    fn is_folder(&self, path: &Path) -> Result<bool, Errno> {
        self.pass(path)?;
        self.inner.is_folder(path)
    }
}

fn read(tree: &Tree, layer: impl FnOnce(Box<dyn Files>) -> Box<dyn Files>) -> Inventory {
    let root = HostRoot::of_tree(tree.clone(), Manifest::default()).wrapped(layer);
    let stated = Stated::default();
    survey(&root, None, &stated, Depth::Figures).readings.into_inventory("node".to_owned(), &stated)
}

/// A test for the hosts of each file.
pub fn trial(topic: &str, cases: Vec<Case>) -> Trial {
    Trial::test(format!("{topic}: one access that fails makes no figure wrong"), move || {
        let failures: Vec<String> = cases.iter().flat_map(failures).collect();
        if failures.is_empty() {
            Ok(())
        } else {
            let shown = failures.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
            Err(Failed::from(format!("{} failures\n{shown}", failures.len())))
        }
    })
}

fn failures(case: &Case) -> Vec<String> {
    let tree = sketch::tree(&case.tree);
    let whole = read(&tree, |files| files);
    let mut failures = Vec::new();
    for (at, access) in accesses(tree.clone(), Depth::Figures).iter().enumerate() {
        for fault in FAULTS {
            let found = read(&tree, |files| Box::new(Faulty::new(files, fault, at)));
            let wrong = wrong(&whole, &found, access, fault);
            failures
                .extend(wrong.map(|what| {
                    format!("{}: {} {fault:?}: {what}", case.name, access.0.display())
                }));
        }
    }
    failures
}

/// What is wrong with what was found; absent where nothing is.
fn wrong(
    whole: &Inventory,
    found: &Inventory,
    access: &(PathBuf, Access),
    fault: Fault,
) -> Option<String> {
    let is_told = found.probes.iter().any(|probe| !probe.outcome.is_whole());
    let is_same = found.node_data == whole.node_data;
    if !is_told && !is_same && !is_answer(access, fault) {
        return Some(format!(
            "{:?} instead of {:?}, and nobody says so",
            found.node_data, whole.node_data
        ));
    }
    let (before, after) = (devices(whole), devices(found));
    let changed = before.iter().find(|before| {
        let now = after.iter().find(|after| after["name"] == before["name"]);
        now.is_some_and(|now| has_other_figure(before, now)) && !is_answer(access, fault)
    });
    changed.map(|before| format!("{before} is another"))
}

/// Whether a device has another figure, and not none.
fn has_other_figure(before: &Value, now: &Value) -> bool {
    ["sizeBytes", "speedMbps", "memoryMib"].iter().any(|figure| {
        let (before, now) = (&before[figure], &now[figure]);
        !now.is_null() && !before.is_null() && before != now
    })
}

fn devices(inventory: &Inventory) -> Vec<Value> {
    let devices = serde_json::to_value(&inventory.devices).unwrap();
    ["disks", "ports", "gpus"]
        .iter()
        .flat_map(|kind| devices[kind].as_array().unwrap().clone())
        .collect()
}

/// Whether this is no failure but the kernel's way to say something, so that another sum is true.
fn is_answer((path, access): &(PathBuf, Access), fault: Fault) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    match fault {
        // What is not there any more, or says something else, is that.
        Fault::Gone | Fault::Cut => true,
        // So it says that there is no link, that a port is down, and that a disk has no such id.
        Fault::Refused(Errno::INVAL) => {
            let says_so = ["speed", "carrier", "rate", "wwid"];
            matches!(access, Access::Link(_)) || says_so.contains(&name)
        }
        // Which adapters manage switches matters only beside GPUs that are managed so.
        Fault::Refused(Errno::ACCESS) => name == "vpd",
        Fault::Refused(_) => false,
    }
}
