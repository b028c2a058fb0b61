//! Whether NVML is asked about a host, and through which library.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use inventory_common::Stated;

use super::child::{Asker, Request};
use super::function::{GpuFunction, NVIDIA};
use super::{library, nvidia};
use crate::answers::Answers;
use crate::host::HostRoot;
use crate::probe::pci::Function;

/// Whom a person wants asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// NVML where something speaks of NVIDIA.
    #[default]
    Auto,
    /// NVML, whatever speaks of it.
    Nvml,
    /// The host's files only.
    Files,
}

/// How NVML is asked, where it is.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whom to ask.
    pub source: Source,
    /// The library that a person named. It is asked also about a captured host: whoever names one
    /// knows that it speaks of that host.
    pub library: Option<PathBuf>,
    /// How long it may take as a whole.
    pub timeout: Duration,
    /// Is told what is waited for, once that has taken a while.
    pub on_wait: Option<fn(&str)>,
}

/// What NVML says of the host at `root`, which has these PCI functions; absent where it is not
/// asked. Of a captured host it is what the capture recorded.
pub fn answers(
    root: &HostRoot,
    functions: &[Function],
    order: &Order,
    asker: &mut Asker,
) -> Option<Answers> {
    let libraries = match witness(root, functions, order) {
        Witness::Nobody => return None,
        Witness::Capture => return root.manifest().nvml.clone(),
        Witness::Nvml(libraries) => libraries,
    };
    let program = crate::host::OWN_PROGRAM.into();
    let (timeout, on_wait) = (order.timeout, order.on_wait);
    Some(asker.ask(&Request { program, libraries, timeout, on_wait }))
}

/// Who tells what NVML says of a host.
#[derive(Debug, PartialEq, Eq)]
enum Witness {
    Nobody,
    /// What the capture recorded.
    Capture,
    /// The first of these libraries that can be loaded.
    Nvml(Vec<OsString>),
}

fn witness(root: &HostRoot, functions: &[Function], order: &Order) -> Witness {
    let Order { source, library, .. } = order;
    match (source, library) {
        (Source::Files, _) => Witness::Nobody,
        (_, Some(library)) => {
            // Without a slash the loader would look for it somewhere else.
            let file = std::path::absolute(library).unwrap_or_else(|_| library.clone());
            Witness::Nvml(vec![file.into_os_string()])
        }
        _ if !root.is_live() => Witness::Capture,
        (Source::Auto, None) if !speaks_of_nvidia(root, functions) => Witness::Nobody,
        _ => Witness::Nvml(library::candidates(root)),
    }
}

/// Device nodes without which NVML has nothing to talk to: the driver's, that of Windows' GPU in
/// WSL, and those of Tegra's GPU, which is on no PCI bus.
pub(super) const DEVICE_NODES: [&str; 4] =
    ["dev/nvidiactl", "dev/dxg", "dev/nvhost-gpu", "dev/nvgpu"];

/// Whether there could be a GPU that NVML knows: a function that NVIDIA's driver holds, or could
/// without anybody's doing, or a device node.
fn speaks_of_nvidia(root: &HostRoot, functions: &[Function]) -> bool {
    let is_known = |function: &Function| {
        let gpu = GpuFunction::listed(root, function, &Stated::default());
        gpu.is_some_and(|gpu| gpu.is_of(NVIDIA) && nvidia::has_driver(&gpu))
    };
    functions.iter().any(is_known)
        || DEVICE_NODES.iter().any(|node| root.exists(node).unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::host::Tree;
    use crate::host::manifest::Manifest;
    use crate::probe::pci;

    const GPU: &str = "sys/bus/pci/devices/0000:65:00.0";

    /// A host with these files, and links to drivers.
    fn host(files: &[(&str, &str)]) -> HostRoot {
        HostRoot::of_tree(tree(files), Manifest::default())
    }

    /// The same, as if it were this machine.
    fn live(files: &[(&str, &str)]) -> HostRoot {
        HostRoot::open(Path::new("/")).unwrap().wrapped(|_| Box::new(tree(files)))
    }

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().copied().collect()
    }

    fn order(source: Source, library: Option<&str>) -> Order {
        let library = library.map(PathBuf::from);
        Order { source, library, timeout: Duration::from_secs(1), on_wait: None }
    }

    fn with_gpu(vendor: &str, driver: Option<&str>) -> bool {
        let at = |file: &str| format!("{GPU}/{file}");
        let driver = driver.map(|driver| format!("-> ../../../bus/pci/drivers/{driver}"));
        let mut files = vec![
            (at("class"), "0x030200".to_owned()),
            (at("vendor"), vendor.to_owned()),
            (at("device"), "0x2330".to_owned()),
        ];
        files.extend(driver.map(|driver| (at("driver"), driver)));
        let files: Vec<_> =
            files.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect();
        let root = host(&files);
        speaks_of_nvidia(&root, &pci::probe(&root).found)
    }

    #[test]
    fn a_gpu_that_nvidia_s_driver_holds_speaks_of_nvidia() {
        assert!(with_gpu("0x10de", Some("nvidia")));
        for (vendor, driver) in [
            ("0x10de", None),
            ("0x10de", Some("nouveau")),
            ("0x10de", Some("vfio-pci")),
            ("0x10de", Some("nvgrace-gpu-vfio-pci")),
            ("0x1002", Some("amdgpu")),
        ] {
            assert!(!with_gpu(vendor, driver), "{vendor} {driver:?}");
        }
    }

    #[test]
    fn so_does_a_device_node_without_any_bus() {
        for node in DEVICE_NODES {
            assert!(speaks_of_nvidia(&host(&[(node, "")]), &[]), "{node}");
        }
        assert!(!speaks_of_nvidia(&host(&[("dev/nvme0", ""), ("dev/null", "")]), &[]));
    }

    #[test]
    fn of_this_machine_nvml_is_asked_where_something_speaks_of_nvidia_or_a_person_wants_it() {
        let (silent, speaking) = (live(&[]), live(&[("dev/dxg", "")]));
        let nvml = || Witness::Nvml(vec!["libnvidia-ml.so.1".into()]);
        for (root, source, who) in [
            (&silent, Source::Auto, Witness::Nobody),
            (&silent, Source::Nvml, nvml()),
            (&silent, Source::Files, Witness::Nobody),
            (&speaking, Source::Auto, nvml()),
            (&speaking, Source::Files, Witness::Nobody),
        ] {
            assert_eq!(witness(root, &[], &order(source, None)), who, "{source:?}");
        }
        let named = Witness::Nvml(vec!["/lib/x.so".into()]);
        for root in [&silent, &host(&[])] {
            assert_eq!(witness(root, &[], &order(Source::Auto, Some("/lib/x.so"))), named);
        }
    }

    #[test]
    fn of_a_captured_host_only_what_was_recorded_is_told() {
        let recorded = Answers { driver_version: Some("580".to_owned()), ..Answers::default() };
        for nvml in [None, Some(recorded)] {
            let manifest = Manifest { nvml: nvml.clone(), ..Manifest::default() };
            let root = HostRoot::of_tree(Tree::default(), manifest);
            let told = |source| answers(&root, &[], &order(source, None), &mut Asker::default());
            assert_eq!(told(Source::Auto), nvml);
            assert_eq!(told(Source::Nvml), nvml);
            assert_eq!(told(Source::Files), None);
        }
    }
}
