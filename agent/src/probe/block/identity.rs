//! Which paths lead to one disk: ids that prove it, and those that prove nothing.

use std::collections::BTreeSet;

/// What proves that two paths lead to one disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// An id that no other disk has.
    pub(super) wwid: Option<String>,
    /// Serial and logical unit numbers, where there is no such id.
    pub(super) serial: Option<(String, String)>,
}

/// The disks seen so far.
#[derive(Default)]
pub(super) struct Known {
    wwids: BTreeSet<String>,
    serials: BTreeSet<(String, String)>,
}

impl Known {
    /// Adds a disk, and says whether it was known already.
    pub(super) fn add(&mut self, identity: Identity) -> bool {
        let by_wwid = identity.wwid.is_some_and(|wwid| !self.wwids.insert(wwid));
        let by_serial = identity.serial.is_some_and(|serial| !self.serials.insert(serial));
        by_wwid || by_serial
    }
}

/// An id of a `wwid` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wwid {
    /// No other disk has it.
    Unique(String),
    /// An EUI-64, which cheap drives share: it takes the controller's serial number to prove it.
    Eui(String),
}

/// Kinds of ids that are unique by their standards. `t10.` ids are free text of the vendor.
const UNIQUE_PREFIXES: [&str; 3] = ["naa.", "nvme.", "uuid."];

impl Wwid {
    /// The id in a `wwid` file; absent where it proves nothing.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(content).trim().to_owned();
        let (prefix, id) = text.split_at(text.find('.')? + 1);
        if is_blank(prefix, id) {
            None
        } else if prefix == "eui." {
            Some(Self::Eui(text))
        } else {
            UNIQUE_PREFIXES.contains(&prefix).then_some(Self::Unique(text))
        }
    }
}

/// Whether an id says nothing: all zero, or empty, or made of a drive's blank serial number.
fn is_blank(prefix: &str, id: &str) -> bool {
    let is_zero = id.chars().all(|c| matches!(c, '0' | '-'));
    // nvme.VENDOR-SERIAL-MODEL-NAMESPACE, the middle ones as hexadecimal text.
    let has_blank_serial = || id.split('-').nth(1).is_none_or(is_blank_hexadecimal);
    is_zero || (prefix == "nvme." && has_blank_serial())
}

/// Whether hexadecimal text holds only NULs, blanks and zeros.
fn is_blank_hexadecimal(text: &str) -> bool {
    text.as_bytes().chunks(2).all(|pair| matches!(pair, b"00" | b"20" | b"30"))
}

/// A serial number that proves something.
pub(super) fn serial(content: &[u8]) -> Option<String> {
    let is_filler = |c: char| c.is_whitespace() || c.is_control();
    let text = String::from_utf8_lossy(content).trim_matches(is_filler).to_owned();
    (!text.chars().all(|c| c == '0' || is_filler(c))).then_some(text)
}

/// Bytes before the serial number in SCSI's page 0x80: type, page, and length in two bytes.
const PAGE_HEADER_BYTES: usize = 4;

/// The serial number in a SCSI disk's page 0x80.
pub(super) fn page_serial(page: &[u8]) -> Option<String> {
    serial(page.get(PAGE_HEADER_BYTES..)?)
}

/// The logical unit number of a SCSI address such as `2:0:1:5`.
pub(super) fn scsi_lun(name: &str) -> Option<&str> {
    let mut parts = name.split(':');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let lun = parts.clone().nth(3)?;
    (parts.clone().count() == 4 && parts.all(is_number)).then_some(lun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_ids_are_told_from_those_that_prove_nothing() {
        let unique = |text: &str| Wwid::parse(text.as_bytes());
        for id in [
            "naa.5000c500a1b2c3d4",
            "uuid.f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "nvme.8086-50484c4a-494e54454c-00000001",
        ] {
            assert_eq!(unique(&format!("{id}\n")), Some(Wwid::Unique(id.to_owned())));
        }
        assert_eq!(
            unique("eui.0025385b71b00f3a\n"),
            Some(Wwid::Eui("eui.0025385b71b00f3a".into()))
        );
        for nothing in [
            "",
            "\n",
            "naa.",
            "naa.0000000000000000",
            "eui.0000000000000000",
            "uuid.00000000-0000-0000-0000-000000000000",
            "t10.ATA     QEMU HARDDISK   QM00001",
            "nvme.1234--51454d55-00000001",
            "nvme.1234-0000-51454d55-00000001",
            "nvme.1234-2020-51454d55-00000001",
            "nvme.1234-3030303030-51454d55-00000001",
            "0x5000c500a1b2c3d4",
        ] {
            assert_eq!(unique(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn blank_and_zero_serials_prove_nothing() {
        assert_eq!(serial(b"S4EWNX0N\0\0\n"), Some("S4EWNX0N".to_owned()));
        for nothing in [&b""[..], b"  \n", b"0000000000", b"00 00", b"\0\0"] {
            assert_eq!(serial(nothing), None, "{nothing:?}");
        }
        assert_eq!(page_serial(b"\0\x80\0\x04ABCD"), Some("ABCD".to_owned()));
        assert_eq!(page_serial(b"\0\x80"), None);
    }

    #[test]
    fn the_unit_number_ends_a_scsi_address() {
        assert_eq!(scsi_lun("2:0:1:5"), Some("5"));
        for other in ["0000:03:00.0", "2:0:1", "2:0:1:", "2:0:1:5:6", "target2:0:1", "a:b:c:d"] {
            assert_eq!(scsi_lun(other), None, "{other}");
        }
    }

    #[test]
    fn a_disk_is_known_by_its_id_or_by_serial_and_unit() {
        let mut known = Known::default();
        let with_id = |id: &str| Identity { wwid: Some(id.to_owned()), serial: None };
        let with_serial = |serial: &str, lun: &str| {
            let serial = Some((serial.to_owned(), lun.to_owned()));
            Identity { wwid: None, serial }
        };
        let nothing = Identity { wwid: None, serial: None };
        assert!(!known.add(with_id("naa.1")));
        assert!(known.add(with_id("naa.1")));
        assert!(!known.add(with_serial("S", "0")));
        assert!(!known.add(with_serial("S", "1")));
        assert!(known.add(with_serial("S", "0")));
        assert!(!known.add(nothing.clone()));
        assert!(!known.add(nothing));
    }
}
