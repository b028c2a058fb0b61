//! Facts of the host that help a reader. None decides a figure, so what cannot be read is absent.

use inventory_common::Host;

use super::Depth;
use crate::host::HostRoot;

/// The hostname: the reader's own in a container, even through a mounted host's proc.
pub const HOSTNAME: &str = "proc/sys/kernel/hostname";

/// Files that hold one fact each.
pub const FILES: [&str; 7] = [
    HOSTNAME,
    "proc/sys/kernel/osrelease",
    "proc/sys/kernel/arch",
    "proc/sys/kernel/random/boot_id",
    "sys/class/dmi/id/sys_vendor",
    "sys/class/dmi/id/product_name",
    "etc/os-release",
];

/// Reads what `depth` asks for: nothing, or all of it.
#[must_use]
pub fn read(root: &HostRoot, name: Option<String>, depth: Depth) -> Host {
    if depth == Depth::Figures {
        return Host::default();
    }
    let [_, kernel, arch, boot_id, vendor, product, os_release] =
        FILES.map(|file| word(root, file));
    Host {
        name,
        kernel,
        architecture: arch.or_else(|| root.architecture()),
        operating_system: os_release.as_deref().and_then(pretty_name),
        boot_id,
        product: [vendor, product].into_iter().flatten().reduce(|a, b| format!("{a} {b}")),
    }
}

/// The hostname in lower case; absent where there is none.
#[must_use]
pub fn hostname(root: &HostRoot) -> Option<String> {
    word(root, HOSTNAME).filter(|name| name != "(none)").map(|name| name.to_lowercase())
}

fn word(root: &HostRoot, file: &str) -> Option<String> {
    let text = root.text(file).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `PRETTY_NAME` of os-release, whose values are quoted as in a shell.
fn pretty_name(os_release: &str) -> Option<String> {
    let value = os_release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim().trim_matches(['"', '\'']).to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_name_loses_its_quotes() {
        let text = "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(pretty_name(text).as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(pretty_name("PRETTY_NAME=Alpine\n").as_deref(), Some("Alpine"));
        assert_eq!(pretty_name("NAME=x\n"), None);
    }
}
