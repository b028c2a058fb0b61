//! UUIDs and network addresses wherever they stand: in files, in the text of links, and in names.

use super::stand_in::StandIns;

/// Digits between the dashes of a UUID.
const UUID_GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// How many bytes an address has: a network card's, a GUID, an IPoIB port's.
const ADDRESS_BYTES: [usize; 3] = [6, 8, 20];

/// What a network interface's name begins with that ends with its address.
const NAMED_BY_ADDRESS: [&[u8]; 5] = [b"enx", b"ibx", b"slx", b"wlx", b"wwx"];

/// `text` with stand-ins in place of the UUIDs and addresses in it.
pub(super) fn replaced(text: &[u8], ids: &mut StandIns) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let found = if is_within_word(&result, *first) { None } else { find(rest) };
        let Some((form, length)) = found else {
            result.push(*first);
            rest = behind;
            continue;
        };
        let (original, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let original = String::from_utf8_lossy(original);
        let (kept, id) = original.split_at_checked(form.prefix()).unwrap_or(("", &original));
        result.extend(kept.bytes());
        result.extend(match form {
            Form::Uuid => ids.uuid(id).into_bytes(),
            Form::Address | Form::Interface => ids.address(id).into_bytes(),
        });
        rest = behind;
    }
    result
}

#[derive(Clone, Copy)]
enum Form {
    Uuid,
    Address,
    Interface,
}

impl Form {
    /// Bytes before the id itself.
    fn prefix(self) -> usize {
        if matches!(self, Self::Interface) { 3 } else { 0 }
    }
}

/// Whether what begins with `next` goes on with something that began before.
fn is_within_word(before: &[u8], next: u8) -> bool {
    let is_letter = next.is_ascii_alphanumeric() && !next.is_ascii_hexdigit();
    match before.last() {
        Some(last) if is_letter => last.is_ascii_alphanumeric(),
        Some(last) => last.is_ascii_hexdigit() || *last == b':',
        None => false,
    }
}

/// The id that `text` begins with, and its length.
fn find(text: &[u8]) -> Option<(Form, usize)> {
    uuid(text)
        .map(|length| (Form::Uuid, length))
        .or_else(|| address(text).map(|length| (Form::Address, length)))
        .or_else(|| interface(text).map(|length| (Form::Interface, length)))
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count()
}

fn uuid(text: &[u8]) -> Option<usize> {
    let mut length = 0;
    for (index, group) in UUID_GROUPS.iter().enumerate() {
        if index > 0 {
            (text.get(length) == Some(&b'-')).then_some(())?;
            length += 1;
        }
        (digits(text.get(length..)?) == *group).then_some(())?;
        length += group;
    }
    Some(length)
}

fn address(text: &[u8]) -> Option<usize> {
    let mut length = 0;
    while digits(text.get(length..)?) == 2 {
        length += 2;
        if text.get(length) != Some(&b':') {
            return ADDRESS_BYTES.contains(&(length / 3 + 1)).then_some(length);
        }
        length += 1;
    }
    None
}

fn interface(text: &[u8]) -> Option<usize> {
    let prefix = NAMED_BY_ADDRESS.iter().find(|prefix| text.starts_with(prefix))?.len();
    let length = prefix + digits(text.get(prefix..)?);
    let is_end = text.get(length).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (is_end && matches!(length - prefix, 12 | 16)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Vec<String> {
        let mut ids = StandIns::default();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        texts.iter().map(|each| text(replaced(each.as_bytes(), &mut ids))).collect()
    }

    #[test]
    fn ids_are_found_wherever_they_stand() {
        assert_eq!(
            all(&[
                "VMBUS:01/f8615163-df3e-46c5-913f-f2d2f965ed0e/net/eth0",
                "GPU UUID: \t GPU-d1c3a1b5-2f1e-4f86-9d0e-6a1d4e4c7f00\n",
                "{f8615163-df3e-46c5-913f-f2d2f965ed0e}",
                "hw=e4:1d:2d:00:12:34, again E4:1D:2D:00:12:34",
                "enxe41d2d001234",
                "../../net/enxe41d2d001235.100",
            ]),
            [
                "VMBUS:01/00000000-0000-4000-8000-000000000001/net/eth0",
                "GPU UUID: \t GPU-00000000-0000-4000-8000-000000000002\n",
                "{00000000-0000-4000-8000-000000000001}",
                "hw=02:00:00:00:00:01, again 02:00:00:00:00:01",
                "enx020000000001",
                "../../net/enx020000000002.100",
            ]
        );
    }

    #[test]
    fn what_only_looks_like_an_id_stays() {
        let others = [
            "0000:65:00.0",
            "2:0:1:5",
            "01:02:03:04:05",
            "01:02:03:04:05:06:07",
            "1:02:03:04:05:06:07",
            "1f8615163-df3e-46c5-913f-f2d2f965ed0e",
            "f8615163-df3e-46c5-913f-f2d2f965ed0e1",
            "f8615163-df3e-46c5-913f",
            "GPU-????????-????-????-????-????????????",
            "enxe41d2d00123",
            "enp65s0f0np0",
            "12:34:56 up, 00:00:00:00:00:00",
            "f",
            "",
        ];
        assert_eq!(all(&others), others);
    }

    #[test]
    fn bytes_that_are_no_text_come_through() {
        let bytes = b"\xff\x00e4:1d:2d:00:12:34\xfe";
        let scrubbed = replaced(bytes, &mut StandIns::default());
        assert_eq!(scrubbed, b"\xff\x0002:00:00:00:00:01\xfe");
    }
}
