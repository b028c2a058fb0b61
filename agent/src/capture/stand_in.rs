//! Stand-ins for what identifies a machine: equal where the originals are, blank where they are,
//! of the same form, and numbered as they come, since whoever knows how a number is made from an
//! address could try all addresses.

use std::collections::BTreeMap;
use std::iter;

/// What is numbered by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Space {
    Name,
    Uuid,
    Address,
    Serial,
}

/// The stand-ins of one capture.
#[derive(Debug, Default)]
pub(super) struct StandIns {
    numbers: BTreeMap<(Space, String), usize>,
    last: BTreeMap<Space, usize>,
}

/// Digits of an IPoIB address before the port's GUID: flags and queue pair, and the subnet.
const IPOIB_PREFIX_DIGITS: usize = 24;
/// Digits of a GID before the port's GUID: the subnet.
const GID_PREFIX_DIGITS: usize = 16;
/// Fewer digits identify nobody.
const MIN_ADDRESS_DIGITS: usize = 8;

impl StandIns {
    fn number(&mut self, space: Space, original: String) -> usize {
        *self.numbers.entry((space, original)).or_insert_with(|| {
            let last = self.last.entry(space).or_default();
            *last += 1;
            *last
        })
    }

    /// For the name of a node or host, in any case. `(none)` is no name.
    pub(super) fn name(&mut self, original: &str) -> String {
        within(original, |name| match name {
            "" | "(none)" => name.to_owned(),
            name => format!("node-{}", self.number(Space::Name, name.to_lowercase())),
        })
    }

    /// For a UUID as text, in any case.
    pub(super) fn uuid(&mut self, original: &str) -> String {
        if is_blank_id(original) {
            return original.to_owned();
        }
        let number = self.number(Space::Uuid, original.to_lowercase());
        format!("00000000-0000-4000-8000-{number:012}")
    }

    /// For an address in hexadecimal digits with or without `:` between them: of a network card, a
    /// GUID, or what ends in one. Equal digits have equal stand-ins, however they are written; the
    /// part that is no one's own stays.
    pub(super) fn address(&mut self, original: &str) -> String {
        let digits: String = original.chars().filter(char::is_ascii_hexdigit).collect();
        let kept = match digits.len() {
            40 => IPOIB_PREFIX_DIGITS,
            32 if original.contains(':') => GID_PREFIX_DIGITS,
            _ => 0,
        };
        let own = digits.get(kept..).unwrap_or_default().to_lowercase();
        let is_nobodys = ["0", "f"].iter().any(|digit| own.replace(digit, "").is_empty());
        if own.len() < MIN_ADDRESS_DIGITS || is_nobodys {
            return original.to_owned();
        }
        let number = self.number(Space::Address, own.clone());
        // 02: an address that no maker gave.
        let own = match own.len() {
            12 => format!("02{number:010}"),
            width => format!("{number:0width$}"),
        };
        let digits = digits.chars().take(kept).chain(own.chars());
        refilled(original, digits)
    }

    /// For a serial number, or free text in its place: as long as the original, in digits where it
    /// was in hexadecimal ones. Blanks and zeros stay.
    pub(super) fn serial(&mut self, original: &str) -> String {
        within(original, |serial| {
            if serial.chars().all(|c| c == '0' || is_filler(c)) {
                return serial.to_owned();
            }
            let number = self.number(Space::Serial, serial.to_owned());
            let width = serial.chars().count();
            if serial.chars().all(|c| c.is_ascii_hexdigit()) {
                format!("{number:0width$}")
            } else {
                format!("S{number:0width$}", width = width.saturating_sub(1))
            }
        })
    }

    /// For the content of a `wwid` file; the prefix stays, and with `nvme.` all but the serial.
    pub(super) fn wwid(&mut self, original: &str) -> String {
        within(original, |wwid| {
            let (prefix, id) = match wwid.split_once('.') {
                Some((prefix, id)) if prefix.chars().all(char::is_alphanumeric) => (prefix, id),
                _ => return self.serial(wwid),
            };
            let id = match prefix {
                _ if is_blank_id(id) => id.to_owned(),
                "uuid" => self.uuid(id),
                "nvme" => self.nvme_id(id),
                _ => self.serial(id),
            };
            format!("{prefix}.{id}")
        })
    }

    /// `VENDOR-SERIAL-MODEL-NAMESPACE`, the middle ones as hexadecimal text.
    fn nvme_id(&mut self, id: &str) -> String {
        let mut parts: Vec<String> = id.split('-').map(str::to_owned).collect();
        if let Some(part) = parts.get_mut(1) {
            let decoded = decode(part);
            // Text that is no hexadecimal is not blank either.
            let serial = self.serial(decoded.as_deref().unwrap_or(part));
            if decoded.is_none() || serial.chars().any(|c| c != '0' && !is_filler(c)) {
                *part = encode(&serial);
            }
        } else {
            return self.serial(id);
        }
        parts.join("-")
    }

    /// For an NVMe qualified name.
    pub(super) fn qualified_name(&mut self, original: &str) -> String {
        within(original, |name| match name.strip_prefix("nqn.") {
            Some(name) => format!("nqn.{}", self.serial(name)),
            None => self.serial(name),
        })
    }
}

fn is_blank_id(id: &str) -> bool {
    id.chars().all(|c| matches!(c, '0' | '-' | ' '))
}

/// What drives fill their fields with.
fn is_filler(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// `change` done to the text between the fillers at both ends.
fn within(text: &str, change: impl FnOnce(&str) -> String) -> String {
    let core = text.trim_matches(is_filler);
    let (before, _) = text.split_at(text.len() - text.trim_start_matches(is_filler).len());
    let (_, after) = text.split_at(before.len() + core.len());
    format!("{before}{}{after}", change(core))
}

/// `original` with `digits` in place of its own hexadecimal ones, and more if there are more.
fn refilled(original: &str, digits: impl Iterator<Item = char>) -> String {
    let mut digits = digits.into_iter();
    let mut text: String = original
        .chars()
        .map(|c| if c.is_ascii_hexdigit() { digits.next().unwrap_or('0') } else { c })
        .collect();
    text.extend(digits);
    text
}

/// Text as hexadecimal text.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Hexadecimal text as text.
fn decode(text: &str) -> Option<String> {
    let mut rest = text;
    let bytes = iter::from_fn(|| {
        let (pair, behind) = rest.split_at_checked(2)?;
        rest = behind;
        Some(u8::from_str_radix(pair, 16))
    });
    let bytes: Vec<u8> = bytes.collect::<Result<_, _>>().ok()?;
    String::from_utf8(bytes).ok().filter(|_| text.len().is_multiple_of(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_has_the_same_stand_in_and_another_another() {
        let mut ids = StandIns::default();
        assert_eq!(ids.address("E4:1D:2D:00:12:34"), "02:00:00:00:00:01");
        assert_eq!(ids.address("e4:1d:2d:00:12:35"), "02:00:00:00:00:02");
        assert_eq!(ids.address("e41d2d001234"), "020000000001");
        assert_eq!(ids.name("GPU-07.corp.example\n"), "node-1\n");
        assert_eq!(ids.name("gpu-07.corp.example"), "node-1");
        assert_eq!(ids.name("gpu-08"), "node-2");
        let uuid = "f8615163-DF3E-46c5-913f-f2d2f965ed0e";
        assert_eq!(ids.uuid(uuid), "00000000-0000-4000-8000-000000000001");
        assert_eq!(ids.uuid(&uuid.to_lowercase()), ids.uuid(uuid));
    }

    #[test]
    fn what_identifies_nobody_stays() {
        let mut ids = StandIns::default();
        for blank in ["", "\n", "      \n", "0000000000\n", "00 00", "\0\0"] {
            assert_eq!(ids.serial(blank), blank);
        }
        for blank in ["", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "7f", "00:00:00:00\n"] {
            assert_eq!(ids.address(blank), blank);
        }
        for blank in [
            "",
            "naa.0000000000000000\n",
            "eui.0000000000000000",
            "nvme.1234--51454d55-00000001",
            "nvme.1234-20202020-51454d55-00000001",
            "uuid.00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(ids.wwid(blank), blank);
        }
        assert_eq!(ids.name("(none)\n"), "(none)\n");
        assert_eq!(ids.uuid("00000000-0000-0000-0000-000000000000").replace(['0', '-'], ""), "");
    }

    #[test]
    fn an_id_keeps_its_prefix_and_its_length() {
        let mut ids = StandIns::default();
        assert_eq!(ids.wwid("naa.5000c500a1b2c3d4\n"), "naa.0000000000000001\n");
        assert_eq!(ids.wwid("eui.0025385b71b00f3a"), "eui.0000000000000002");
        assert_eq!(
            ids.wwid("t10.ATA     QEMU HARDDISK   QM01  "),
            "t10.S000000000000000000000000003  "
        );
        assert_eq!(
            ids.wwid("uuid.f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
            "uuid.00000000-0000-4000-8000-000000000001"
        );
        assert_eq!(ids.wwid("no id at all"), "S00000000004");
        assert_eq!(ids.wwid("naa."), "naa.");
    }

    #[test]
    fn a_drive_s_serial_is_the_same_in_its_file_and_in_its_id() {
        let mut ids = StandIns::default();
        assert_eq!(ids.serial("PHLJ      \n"), "S001      \n");
        // S001, in hexadecimal.
        let id = ids.wwid("nvme.8086-50484c4a-494e54454c-00000001");
        assert_eq!(id, "nvme.8086-53303031-494e54454c-00000001");
        // S2, for what is no hexadecimal text.
        let id = ids.wwid("nvme.8086-zz-494e54454c-00000001");
        assert_eq!(id, "nvme.8086-5332-494e54454c-00000001");
    }

    #[test]
    fn of_long_addresses_only_the_port_s_part_is_replaced() {
        let mut ids = StandIns::default();
        assert_eq!(ids.address("e41d:2d03:0012:3456"), "0000:0000:0000:0001");
        assert_eq!(
            ids.address("80:00:02:08:fe:80:00:00:00:00:00:00:e4:1d:2d:03:00:12:34:56"),
            "80:00:02:08:fe:80:00:00:00:00:00:00:00:00:00:00:00:00:00:01"
        );
        assert_eq!(
            ids.address("fe80:0000:0000:0000:e41d:2d03:0012:3456"),
            "fe80:0000:0000:0000:0000:0000:0000:0001"
        );
    }

    #[test]
    fn a_short_serial_grows_rather_than_meet_another() {
        let mut ids = StandIns::default();
        let all: std::collections::BTreeSet<String> =
            ('a'..='z').map(|c| ids.serial(&c.to_string())).collect();
        assert_eq!(all.len(), 26);
    }
}
