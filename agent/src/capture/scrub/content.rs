//! What files hold that identifies a machine, and what is left of it.

use crate::capture::pattern;
use crate::capture::stand_in::StandIns;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Text that may have UUIDs and addresses anywhere.
    Text,
    /// A host's name.
    Name,
    /// A disk's id with its prefix.
    Wwid,
    /// A serial number alone.
    Serial,
    /// SCSI's page 0x80: four bytes, then a serial number.
    SerialPage,
    /// PCI's vital product data, of which one word is asked.
    ProductData,
    /// An NVMe qualified name.
    QualifiedName,
    /// An address or GUID alone.
    Address,
    /// Lines of keys and values, some of them serial numbers.
    Lines,
    /// What nobody may know and nobody asks.
    Nothing,
}

/// Bytes before the serial number in SCSI's page 0x80.
const PAGE_HEADER_BYTES: usize = 4;

/// The word by which the product data of a switch's own port is known.
const MANAGEMENT: &[u8] = b"SW_MNG";

/// What a line's key has in it, in lower case, when the value is a serial number: of a GPU, of a
/// KFD node, of a board, and of an s390 machine.
const SERIAL_KEYS: [&[u8]; 3] = [b"serial", b"unique_id", b"identification"];

impl Holds {
    /// The content with stand-ins.
    pub(super) fn scrub(self, content: &[u8], ids: &mut StandIns) -> Vec<u8> {
        match self {
            Self::Text => pattern::replaced(content, ids),
            // What cannot be read as a name before cannot be read as one afterwards.
            Self::Name => match std::str::from_utf8(content) {
                Ok(name) => ids.name(name).into_bytes(),
                Err(_) => vec![0xff],
            },
            Self::Wwid => ids.wwid(&String::from_utf8_lossy(content)).into_bytes(),
            Self::Serial => serial(content, ids),
            Self::SerialPage => match content.split_at_checked(PAGE_HEADER_BYTES) {
                Some((header, rest)) => [header, &serial(rest, ids)].concat(),
                None => content.to_vec(),
            },
            Self::ProductData => {
                let is_found = content.windows(MANAGEMENT.len()).any(|part| part == MANAGEMENT);
                if is_found { MANAGEMENT.to_vec() } else { Vec::new() }
            }
            Self::QualifiedName => {
                ids.qualified_name(&String::from_utf8_lossy(content)).into_bytes()
            }
            Self::Address => address(content, ids),
            Self::Lines => lines(content, ids),
            Self::Nothing => Vec::new(),
        }
    }
}

fn serial(content: &[u8], ids: &mut StandIns) -> Vec<u8> {
    ids.serial(&String::from_utf8_lossy(content)).into_bytes()
}

/// What is no address is text like any other.
fn address(content: &[u8], ids: &mut StandIns) -> Vec<u8> {
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '-');
    match std::str::from_utf8(content) {
        Ok(text) if text.trim().chars().all(is_part) => ids.address(text).into_bytes(),
        _ => pattern::replaced(content, ids),
    }
}

fn lines(content: &[u8], ids: &mut StandIns) -> Vec<u8> {
    let lines = content.split_inclusive(|byte| *byte == b'\n');
    lines.flat_map(|text| line(text, ids)).collect()
}

/// One line; a serial number ends with it, or at a comma.
fn line(text: &[u8], ids: &mut StandIns) -> Vec<u8> {
    let Some(value) = serial_in(text) else {
        return pattern::replaced(text, ids);
    };
    let (before, rest) = text.split_at_checked(value).unwrap_or((text, &[]));
    let end = rest.iter().position(|byte| *byte == b',').unwrap_or(rest.len());
    let (value, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    [pattern::replaced(before, ids), serial(value, ids), pattern::replaced(after, ids)].concat()
}

/// Where the serial number begins in a line such as `Serial Number: 1` or `unique_id 1`. A word
/// that only stands among others, as a CPU's flags do, is no key.
fn serial_in(text: &[u8]) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let position = |key: &&[u8]| lower.windows(key.len()).position(|part| part == *key);
    let (at, key) = SERIAL_KEYS.iter().find_map(|key| Some((position(key)?, key)))?;
    let behind = lower.get(at + key.len()..)?;
    let is_key = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'\t');
    let separator = behind.iter().position(|byte| !is_key(byte))?;
    let is_separator = behind.get(separator).is_some_and(|byte| matches!(byte, b':' | b'='));
    let begins_with_key = || (at == 0 && behind.first() == Some(&b' ')).then_some(0);
    let offset = if is_separator { Some(separator) } else { begins_with_key() };
    Some(at + key.len() + offset? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubbed(holds: Holds, content: &[u8]) -> Vec<u8> {
        holds.scrub(content, &mut StandIns::default())
    }

    #[test]
    fn a_page_keeps_its_header() {
        let page = b"\0\x80\0\x08S4EWNX0N";
        assert_eq!(scrubbed(Holds::SerialPage, page), b"\0\x80\0\x08S0000001");
        assert_eq!(scrubbed(Holds::SerialPage, b"\0\x80\0\x04    "), b"\0\x80\0\x04    ");
        assert_eq!(scrubbed(Holds::SerialPage, b"\0\x80"), b"\0\x80");
    }

    #[test]
    fn of_product_data_one_word_is_left() {
        let data = b"\x82\x0c\0Quantum\x90SNMT1234\xff SW_MNG here";
        assert_eq!(scrubbed(Holds::ProductData, data), b"SW_MNG");
        assert_eq!(scrubbed(Holds::ProductData, b"\x82SNMT1234"), b"");
    }

    #[test]
    fn serial_numbers_are_found_by_their_keys() {
        for (text, wanted) in [
            (
                "Model: \t NVIDIA A100\nSerial: \t 1324\n",
                "Model: \t NVIDIA A100\nSerial: \t 0001\n",
            ),
            ("simd_count 0\nunique_id 98765\n", "simd_count 0\nunique_id 00001\n"),
            ("unique_id 0\n", "unique_id 0\n"),
            (
                "version = FF,  identification = 0A1B2C,  machine",
                "version = FF,  identification = 000001,  machine",
            ),
            ("Serial\t\t: 00000000abcdef01\n", "Serial\t\t: 0000000000000001\n"),
            ("flags\t: fpu serialize avx2\n", "flags\t: fpu serialize avx2\n"),
            ("serial", "serial"),
        ] {
            assert_eq!(scrubbed(Holds::Lines, text.as_bytes()), wanted.as_bytes(), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_searched_as_text() {
        let transport = b"traddr=e4:1d:2d:00:12:34,trsvcid=4420";
        assert_eq!(scrubbed(Holds::Address, transport), b"traddr=02:00:00:00:00:01,trsvcid=4420");
        assert_eq!(scrubbed(Holds::Address, b"\xff"), b"\xff");
        assert_eq!(scrubbed(Holds::Address, b"0002c90300a1b2c3\n"), b"0000000000000001\n");
    }

    #[test]
    fn a_name_that_is_no_text_stays_none() {
        assert_eq!(scrubbed(Holds::Name, b"gpu-07\n"), b"node-1\n");
        assert_eq!(scrubbed(Holds::Name, b"\xfehost\n"), [0xff]);
    }
}
