//! Where NVML's library is: the loader knows it where the driver was installed for this system; a
//! container that only has the host mounted, and systems that keep drivers apart, are looked
//! through.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::host::HostRoot;

/// The library by the name that programs link to.
const NAME: &str = "libnvidia-ml.so.1";

/// Folders of libraries where a system has them, below `ARCH` for a folder of this architecture's.
const FOLDERS: [&str; 9] = [
    "usr/lib64",
    "usr/lib/ARCH-linux-gnu",
    // Jetson keeps the board's own apart.
    "usr/lib/ARCH-linux-gnu/nvidia",
    "usr/lib",
    // WSL: the host's driver.
    "usr/lib/wsl/lib",
    // NixOS.
    "run/opengl-driver/lib",
    // Talos.
    "usr/local/glibc/usr/lib",
    // GKE's Container-Optimized OS.
    "home/kubernetes/bin/nvidia/lib64",
    // Flatcar.
    "opt/nvidia/current/usr/lib",
];

/// Where NVIDIA's operator mounts the root of its driver container.
const DRIVER_ROOT: &str = "run/nvidia/driver";

/// The libraries to try in turn, as the loader takes them.
pub(super) fn candidates(root: &HostRoot) -> Vec<OsString> {
    let known = places(root).into_iter().filter_map(|place| root.place(place));
    std::iter::once(NAME.into()).chain(known.map(PathBuf::into_os_string)).collect()
}

/// The known places, below the host's root, where there is such a library.
fn places(root: &HostRoot) -> Vec<PathBuf> {
    let tops = ["", DRIVER_ROOT];
    let folders = tops.iter().flat_map(|top| FOLDERS.iter().map(move |folder| (top, folder)));
    let files = folders.map(|(top, folder)| {
        let folder = folder.replace("ARCH", std::env::consts::ARCH);
        Path::new(top).join(folder).join(NAME)
    });
    files.filter(|file| root.exists(file).unwrap_or(false)).collect()
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::*;
    use crate::host::manifest::Manifest;
    use crate::host::{Files, Tree};

    fn host(files: &[&str]) -> HostRoot {
        let tree = files.iter().map(|file| (file, "")).collect();
        HostRoot::of_tree(tree, Manifest::default())
    }

    #[test]
    fn known_places_are_looked_through_in_their_order() {
        let arch = std::env::consts::ARCH;
        let files = [
            format!("home/kubernetes/bin/nvidia/lib64/{NAME}"),
            format!("run/nvidia/driver/usr/lib64/{NAME}"),
            format!("run/nvidia/driver/usr/lib/{arch}-linux-gnu/{NAME}"),
            format!("usr/lib/wsl/lib/{NAME}"),
            format!("usr/lib/{arch}-linux-gnu/{NAME}"),
            "usr/lib/libnvidia-ml.so".to_owned(),
        ];
        let root = host(&files.each_ref().map(String::as_str));
        let wanted = [&files[4], &files[3], &files[0], &files[1], &files[2]];
        assert_eq!(places(&root), wanted.map(PathBuf::from));
    }

    /// A tree that this machine has somewhere.
    struct Mounted(Tree);

    impl Files for Mounted {
        fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, Errno> {
            self.0.read(path, limit)
        }

        fn list(&self, path: &Path) -> Result<Vec<OsString>, Errno> {
            self.0.list(path)
        }

        fn link(&self, path: &Path) -> Result<PathBuf, Errno> {
            self.0.link(path)
        }

        fn is_folder(&self, path: &Path) -> Result<bool, Errno> {
            self.0.is_folder(path)
        }

        fn place(&self, path: &Path) -> Option<PathBuf> {
            Some(Path::new("/host").join(path))
        }
    }

    #[test]
    fn the_loader_s_own_path_comes_first() {
        let file = "usr/lib64/libnvidia-ml.so.1";
        assert_eq!(candidates(&host(&[file])), [NAME], "what is nowhere cannot be loaded");
        let root = HostRoot::of_files(Box::new(Mounted([(file, "")].into_iter().collect())));
        assert_eq!(candidates(&root), [NAME, "/host/usr/lib64/libnvidia-ml.so.1"]);
    }
}
