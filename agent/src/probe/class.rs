//! Folders of devices, such as `sys/block` and `sys/class/net`: links into `sys/devices` whose
//! text tells where each device hangs.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::Device;
use super::text::is_numbered;
use crate::host::{HostRoot, ReadError};

/// One entry of a class folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The device's name; bytes that are not UTF-8 are shown as U+FFFD.
    pub name: String,
    /// The entry, relative to the host's root.
    pub folder: PathBuf,
    /// Where the device hangs; absent where the entry is a plain folder, as in old kernels.
    pub place: Option<Place>,
}

/// A device's path in `sys/devices`, as the text of its link says it. It is only ever read as
/// text: the path itself need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(PathBuf);

impl Place {
    /// The place that a link of a class folder names, such as `../devices/pci0000:00/…`.
    #[must_use]
    pub fn of_link(target: &Path) -> Self {
        // The kernel's links climb first and descend then.
        let mut below = target.as_os_str().as_encoded_bytes();
        while let Some(rest) = below.strip_prefix(b"../").or_else(|| below.strip_prefix(b"/")) {
            below = rest;
        }
        Self(OsString::from_vec([b"sys/", below].concat()).into())
    }

    /// The names on the way, from `sys` to the device.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|name| name.to_str())
    }

    /// The place as a path, relative to the host's root.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The names above the device. Its own is not on the way to it: an interface may be called
    /// `usb0` wherever it hangs.
    fn way(&self) -> impl Iterator<Item = &str> {
        let above = self.0.parent().unwrap_or(Path::new(""));
        above.iter().filter_map(|name| name.to_str())
    }

    /// Whether `part` of a path, with slashes around it, stands on the way, as in
    /// `/devices/virtual/`.
    #[must_use]
    pub fn leads_through(&self, part: &str) -> bool {
        let (way, part) = (self.0.as_os_str().as_encoded_bytes(), part.as_bytes());
        way.windows(part.len()).any(|window| window == part)
    }

    /// Whether the device is of the kernel's own making, with no hardware behind it.
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        self.leads_through("/devices/virtual/")
    }

    /// Whether a name on the way is `prefix` and a number, as in `usb3`.
    #[must_use]
    pub fn has_numbered(&self, prefix: &str) -> bool {
        self.way().any(|name| is_numbered(name, prefix))
    }

    /// The folder that the device's own is in.
    #[must_use]
    pub fn parent(&self) -> Option<&Path> {
        self.0.parent()
    }

    /// The folder of the bus device that carries this class device: what stands before the last
    /// folder called `class`, such as `…/0000:03:00.0` of `…/0000:03:00.0/net/eth0`.
    #[must_use]
    pub fn before(&self, class: &str) -> Option<&Path> {
        self.0
            .ancestors()
            .skip(1)
            .find(|path| path.file_name().is_some_and(|name| name == class))?
            .parent()
    }
}

/// The entries of a class folder, each with its name or why its link could not be read.
pub type Entries = Vec<Result<Entry, (String, ReadError)>>;

/// The entries of the class folder `class`, in canonical order.
pub fn entries(root: &HostRoot, class: &str) -> Result<Entries, ReadError> {
    let names = root.list(class)?;
    Ok(names.into_iter().map(|name| entry(root, class, &name)).collect())
}

/// The entry called `name`, or its name and why its link could not be read.
pub fn entry(root: &HostRoot, class: &str, name: &OsStr) -> Result<Entry, (String, ReadError)> {
    let folder = Path::new(class).join(name);
    let name = name.to_string_lossy().into_owned();
    match root.link(&folder) {
        Ok(target) => {
            let place = target.as_deref().map(Place::of_link);
            Ok(Entry { name, folder, place })
        }
        Err(error) => Err((name, error)),
    }
}

/// Why an entry is no device: it leads nowhere, or to something that is no folder.
#[must_use]
pub fn not_a_folder(root: &HostRoot, folder: &Path) -> Option<ReadError> {
    match root.is_folder(folder) {
        Ok(true) => None,
        Ok(false) => Some(ReadError::malformed(folder, "is no folder")),
        Err(error) => Some(error),
    }
}

/// As [`not_a_folder`], of a device that the rules have looked at: what stands below its folder
/// proves the folder, and only where nothing does is it worth another question.
#[must_use]
pub fn no_device(device: &Device) -> Option<ReadError> {
    if device.has_answered() { None } else { not_a_folder(device.root(), device.folder()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_off_the_link_s_text() {
        let place =
            Place::of_link(Path::new("../../devices/pci0000:00/0000:03:00.0/usb1/net/eth0"));
        assert_eq!(
            place.before("net"),
            Some(Path::new("sys/devices/pci0000:00/0000:03:00.0/usb1"))
        );
        assert!(place.has_numbered("usb") && !place.has_numbered("ata"));
        assert!(place.leads_through("/devices/pci0000:00/"));
        assert!(!place.leads_through("/pci0000:00/usb1/"));
    }

    #[test]
    fn the_device_s_own_name_is_not_on_the_way() {
        let place = Place::of_link(Path::new("../devices/virtual"));
        assert!(!place.is_virtual());
        let gadget = Place::of_link(Path::new("../../devices/platform/gadget/net/usb0"));
        assert!(!gadget.has_numbered("usb"));
    }
}
