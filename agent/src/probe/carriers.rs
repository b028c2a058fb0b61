//! Which bus devices carry the devices of a class, read off the class folder's links alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::host::ReadError;
use crate::probe::class::{Entries, Entry, Place};

/// The bus devices, such as PCI functions, that carry a network or an InfiniBand device.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    places: BTreeSet<PathBuf>,
    /// Whether there are some of which nothing tells where they hang.
    has_unplaced: bool,
}

impl Carriers {
    /// The carriers of what `class` lists: where a class folder is absent there are none, and where
    /// it cannot be read, there may be any.
    pub(super) fn of_class(entries: &Result<Entries, ReadError>, class: &str) -> Self {
        let mut carriers = Self::default();
        match entries {
            Ok(entries) => {
                for entry in entries {
                    carriers.add(entry.as_ref().ok(), class);
                }
            }
            Err(error) => carriers.has_unplaced = !error.is_absent(),
        }
        carriers
    }

    fn add(&mut self, entry: Option<&Entry>, class: &str) {
        let place = entry.and_then(|entry| entry.place.as_ref());
        if place.is_some_and(Place::is_virtual) {
            return;
        }
        match place.and_then(|place| place.before(class)) {
            Some(carrier) => drop(self.places.insert(carrier.to_owned())),
            None => self.has_unplaced = true,
        }
    }

    /// Whether this bus device carries one of the class, for all that is known: without places on
    /// either side, whatever there is could be on it.
    pub(super) fn may_include(&self, carrier: Option<&Path>) -> bool {
        match carrier {
            Some(carrier) => self.has_unplaced || self.places.contains(carrier),
            None => self.has_unplaced || !self.places.is_empty(),
        }
    }

    /// Whether one of them is at this place or below it.
    pub(super) fn is_any_below(&self, place: &Place) -> bool {
        // Paths sort by their names, so all that is below one comes right after it.
        let next = self.places.range(place.path().to_owned()..).next();
        next.is_some_and(|carrier| carrier.starts_with(place.path()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(target: &str) -> Place {
        Place::of_link(Path::new(target))
    }

    fn netdevs(targets: &[Option<&str>]) -> Carriers {
        let entry = |target: Option<&str>| {
            let place = target.map(place);
            Ok(Entry { name: "eth0".to_owned(), folder: "sys/class/net/eth0".into(), place })
        };
        Carriers::of_class(&Ok(targets.iter().copied().map(entry).collect()), "net")
    }

    const CARD: &str = "sys/devices/pci0000:00/0000:03:00.0";

    #[test]
    fn a_carrier_is_found_by_its_place() {
        let carriers = netdevs(&[Some("../../devices/pci0000:00/0000:03:00.0/net/eth0")]);
        assert!(carriers.may_include(Some(Path::new(CARD))));
        assert!(!carriers.may_include(Some(Path::new("sys/devices/pci0000:00/0000:03:00.1"))));
    }

    #[test]
    fn without_a_place_on_either_side_anything_could_be_there() {
        assert!(netdevs(&[None]).may_include(Some(Path::new(CARD))));
        assert!(netdevs(&[Some("../../devices/vmbus/net/eth0")]).may_include(None));
        assert!(!netdevs(&[]).may_include(None));
        assert!(!netdevs(&[Some("../../devices/virtual/net/lo")]).may_include(None));
    }

    #[test]
    fn a_function_carries_what_hangs_on_its_children() {
        let carriers = netdevs(&[Some("../../devices/pci0000:00/0000:00:03.0/virtio2/net/eth0")]);
        assert!(carriers.is_any_below(&place("../../../devices/pci0000:00/0000:00:03.0")));
        assert!(!carriers.is_any_below(&place("../../../devices/pci0000:00/0000:00:03")));
        assert!(!carriers.is_any_below(&place("../../../devices/pci0000:00/0000:00:02.0")));
    }
}
