//! A file that somebody calls a capture: compressed or not, or an archive of any entries.
#![no_main]

use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use flate2::Compression;
use flate2::write::GzEncoder;
use fuzz::host::read;
use fuzz::inventory::holds;
use fuzz::telling::is_told;
use inventory_agent::host::HostRoot;
use libfuzzer_sys::fuzz_target;
use tar::{EntryType, Header};

/// An entry as no library would write it.
#[derive(Arbitrary, Debug)]
struct Entry<'a> {
    kind: u8,
    place: u8,
    path: &'a [u8],
    link: &'a [u8],
    content: &'a [u8],
    size: Option<u64>,
}

const PLACES: [&str; 6] = ["", "sys/", "proc/", "host/sys/", "./sys/block/", "capture.json"];
const KINDS: &[u8] = b"0123456789gxLKS?";

impl Entry<'_> {
    fn append(&self, archive: &mut Vec<u8>) {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::new(KINDS[usize::from(self.kind) % KINDS.len()]));
        header.set_size(self.size.unwrap_or(self.content.len() as u64));
        let place = PLACES[usize::from(self.place) % PLACES.len()].as_bytes();
        let path: Vec<u8> = [place, self.path].concat();
        let old = header.as_old_mut();
        old.name.iter_mut().zip(path).for_each(|(to, byte)| *to = byte);
        old.linkname.iter_mut().zip(self.link).for_each(|(to, byte)| *to = *byte);
        header.set_cksum();
        archive.extend(header.as_bytes());
        archive.extend(self.content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
}

/// The first byte of the input says what the others are: the file, entries of an archive, or an archive.
fn archive(input: &[u8]) -> Option<Vec<u8>> {
    let (kind, input) = input.split_first()?;
    let mut bytes = input.to_vec();
    if kind % 3 == 0 {
        return Some(bytes);
    }
    if kind % 3 == 1 {
        bytes.clear();
        let entries = Vec::<Entry>::arbitrary(&mut Unstructured::new(input)).ok()?;
        entries.iter().for_each(|entry| entry.append(&mut bytes));
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&bytes).ok()?;
    gzip.finish().ok()
}

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("fuzz-archive-{}", std::process::id())));

fuzz_target!(|input: &[u8]| {
    let Some(bytes) = archive(input) else { return };
    std::fs::write(&*FILE, bytes).expect("there is room for temporary files");
    match HostRoot::open(&FILE) {
        Ok(host) => holds(&read(&host)),
        Err(error) => is_told(&error),
    }
});
