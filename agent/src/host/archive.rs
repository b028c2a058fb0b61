//! Captures as archives: a `tar.gz` of a host tree, read into memory.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::loader::{self, Loader, shown};
use super::manifest::{self, Manifest};
use super::{Files, Node, OpenError, Tree};

/// The most that is unpacked: what a capture may hold, and as much again for the headers.
const MAX_UNPACKED_BYTES: u64 = 2 * loader::MAX_TOTAL_BYTES;

/// Never a part of its caller, whose stack would hold what unpacking needs: 48 KiB on the way to each live host.
#[inline(never)]
pub(super) fn unpack(path: &Path) -> Result<(Tree, Manifest), OpenError> {
    let unreadable = |source| OpenError::Unreadable { root: path.to_owned(), source };
    let bad = |reason: String| OpenError::BadCapture { root: path.to_owned(), reason };
    // To open a pipe would wait for somebody who writes into it.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(bad("it is neither a folder nor a file".to_owned()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let tree = read(BufReader::new(file)).map_err(bad)?;
    let tree = top_of(tree).ok_or_else(|| OpenError::NotAHost { root: path.to_owned() })?;
    let manifest = manifest_of(&tree).map_err(bad)?;
    Ok((tree, manifest))
}

/// The manifest of a capture, by default an empty one.
pub(super) fn manifest_of(tree: &Tree) -> Result<Manifest, String> {
    match tree.node(Path::new(manifest::FILE_NAME)) {
        Some(Node::File(text)) => Manifest::parse(text),
        Some(_) => Err(format!("its '{}' cannot be read", manifest::FILE_NAME)),
        None => Ok(Manifest::default()),
    }
}

/// The tree in a compressed archive, or what is wrong with it.
fn read(compressed: impl Read) -> Result<Tree, String> {
    let unpacking = |error: io::Error| format!("cannot unpack it: {error}");
    let inner = flate2::read::GzDecoder::new(compressed);
    let mut bytes = Limited { inner, left: MAX_UNPACKED_BYTES };
    let mut loader = Loader::new();
    let mut archive = tar::Archive::new(&mut bytes);
    for entry in archive.entries().map_err(unpacking)? {
        let mut entry = entry.map_err(unpacking)?;
        let path = entry.path().map_err(unpacking)?.into_owned();
        if let Some(node) = node(&mut entry, &path, &loader).map_err(unpacking)? {
            loader.add(&path, node)?;
        }
    }
    // What is behind the last entry tells whether all before it came through unharmed.
    io::copy(&mut bytes, &mut io::sink()).map_err(unpacking)?;
    Ok(loader.into_tree())
}

fn node(
    entry: &mut tar::Entry<impl Read>,
    path: &Path,
    loader: &Loader,
) -> io::Result<Option<Node>> {
    use tar::EntryType as Type;
    let wrong = |what: &str| io::Error::other(format!("{} is {what}", shown(path)));
    let target = |entry: &tar::Entry<_>| {
        let target = entry.link_name()?.map(std::borrow::Cow::into_owned);
        target.ok_or_else(|| wrong("a link without a target"))
    };
    match entry.header().entry_type() {
        Type::Directory => Ok(Some(Node::folder())),
        Type::Symlink => Ok(Some(Node::Link(target(entry)?))),
        Type::Link => {
            let node = loader.second(path, &target(entry)?);
            node.map(Some).map_err(io::Error::other)
        }
        Type::Regular | Type::Continuous | Type::GNUSparse => {
            Ok(Some(Node::File(loader.content(entry)?)))
        }
        // A remark on the whole archive.
        Type::XGlobalHeader => Ok(None),
        Type::Block | Type::Char | Type::Fifo => Err(wrong("a device node or a pipe")),
        _ => Err(wrong("of an unknown kind")),
    }
}

/// The part of the archive that is the host: its top, or the only folder there.
fn top_of(tree: Tree) -> Option<Tree> {
    let is_host = |tree: &Tree| {
        ["proc", "sys"].iter().any(|path| tree.is_folder(Path::new(path)).unwrap_or(false))
    };
    if is_host(&tree) {
        return Some(tree);
    }
    tree.into_folders().find(is_host)
}

/// A reader that fails where it would give more than a capture can have.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(loader::too_large()))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use tar::{EntryType, Header};

    use super::*;

    /// A kind, a path, a link's target and a content.
    type Entry<'a> = (EntryType, &'a [u8], &'a [u8], &'a [u8]);

    fn archive(entries: &[Entry]) -> Vec<u8> {
        let fast = flate2::Compression::fast();
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), fast));
        for (kind, path, target, content) in entries {
            let mut header = Header::new_gnu();
            header.set_entry_type(*kind);
            header.set_size(content.len() as u64);
            header.set_link_name_literal(target).unwrap();
            // The library writes no path that leads out, so the path is put in by hand.
            header.as_old_mut().name[..path.len()].copy_from_slice(path);
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn refused(entries: &[Entry]) -> String {
        read(archive(entries).as_slice()).unwrap_err()
    }

    #[test]
    fn files_folders_links_and_second_names_are_read() {
        let tree = read(
            archive(&[
                (EntryType::XGlobalHeader, b"pax_global_header", b"", b"13 comment=x\n"),
                (EntryType::Directory, b"./sys/", b"", b""),
                (EntryType::Regular, b"./sys/file", b"", b"text"),
                (EntryType::Symlink, b"./sys/link", b"../../sys/file", b""),
                (EntryType::Link, b"./sys/second", b"./sys/file", b""),
                (EntryType::Link, b"./sys/link2", b"./sys/link", b""),
            ])
            .as_slice(),
        )
        .unwrap();
        for path in ["sys/file", "sys/link", "sys/second", "sys/link2"] {
            assert_eq!(tree.read(Path::new(path), 9).unwrap(), b"text", "{path}");
        }
        assert_eq!(tree.entries().len(), 5);
    }

    #[test]
    fn what_no_capture_has_is_refused_by_its_name() {
        for (kind, path, target, reason) in [
            (EntryType::Regular, &b"../x"[..], &b""[..], "'../x' leads out of it"),
            (EntryType::Regular, b"/proc/x", b"", "'/proc/x' leads out of it"),
            (EntryType::Link, b"x", b"/etc/passwd", "'/etc/passwd' leads out of it"),
            (
                EntryType::Link,
                b"x",
                b"y",
                "'x' is a second name of 'y', which is no file before it",
            ),
            (EntryType::Symlink, b"x", b"", "'x' is a link without a target"),
            (EntryType::Block, b"sda", b"", "'sda' is a device node or a pipe"),
            (EntryType::Char, b"null", b"", "'null' is a device node or a pipe"),
            (EntryType::Fifo, b"a\nb", b"", "'a\\nb' is a device node or a pipe"),
            (EntryType::new(b'?'), b"x", b"", "'x' is of an unknown kind"),
        ] {
            let told = refused(&[(kind, path, target, b"")]);
            assert!(told.ends_with(reason), "{told}");
        }
        let twice = (EntryType::Regular, &b"x"[..], &b""[..], &b"1"[..]);
        assert_eq!(refused(&[twice, (EntryType::Regular, b"x", b"", b"2")]), "it holds 'x' twice");
    }

    #[test]
    fn a_few_bytes_that_stand_for_a_hundred_gigabytes_are_refused() {
        let mut sparse = Header::new_gnu();
        sparse.set_entry_type(EntryType::GNUSparse);
        sparse.set_size(0);
        let gnu = sparse.as_gnu_mut().unwrap();
        gnu.name[..5].copy_from_slice(b"sys/x");
        gnu.set_real_size(100 << 30);
        // One empty piece at the very end, and nothing before it.
        gnu.sparse[0].set_offset(100 << 30);
        gnu.sparse[0].set_length(0);
        sparse.set_cksum();
        let mut said = Header::new_gnu();
        said.as_old_mut().name[..5].copy_from_slice(b"sys/x");
        said.set_size(100 << 30);
        said.set_cksum();
        for (header, reason) in [(sparse, "512 MiB"), (said, "EOF")] {
            let fast = flate2::Compression::fast();
            let mut bomb = flate2::write::GzEncoder::new(Vec::new(), fast);
            std::io::Write::write_all(&mut bomb, header.as_bytes()).unwrap();
            let told = read(bomb.finish().unwrap().as_slice()).unwrap_err();
            assert!(told.contains(reason), "{told}");
        }
    }

    #[test]
    fn folders_without_end_are_refused_and_links_are_followed_as_far_as_the_kernel_would() {
        let fast = flate2::Compression::fast();
        let builder = || tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), fast));
        let packed = |builder: tar::Builder<flate2::write::GzEncoder<Vec<u8>>>| {
            builder.into_inner().unwrap().finish().unwrap()
        };
        let mut deep = builder();
        let mut empty = Header::new_gnu();
        empty.set_size(0);
        deep.append_data(&mut empty, "a/".repeat(2040) + "x", io::empty()).unwrap();
        let told = read(packed(deep).as_slice()).unwrap_err();
        assert!(told.contains("file name too long"), "{told}");
        let mut chain = builder();
        for number in 0..1000 {
            let mut link = Header::new_gnu();
            link.set_entry_type(EntryType::Symlink);
            link.set_size(0);
            let (from, to) = (format!("l{number}"), format!("l{}", number + 1));
            chain.append_link(&mut link, from, to).unwrap();
        }
        let tree = read(packed(chain).as_slice()).unwrap();
        assert_eq!(tree.read(Path::new("l0"), 9).unwrap_err(), rustix::io::Errno::LOOP);
    }

    #[test]
    fn an_archive_that_unpacks_without_end_is_refused() {
        let mut limited = Limited { inner: io::repeat(0), left: 1000 };
        let error = io::copy(&mut limited, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("MiB"), "{error}");
    }
}
