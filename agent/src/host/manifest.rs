//! What a capture records beside files: the errors that reading gave, and the little that a host
//! tells in no file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::loader::shown;
use super::{Node, Tree};
use crate::answers::Answers;

/// The manifest's name, at the top of a capture beside `proc` and `sys`.
pub const FILE_NAME: &str = "capture.json";

/// The manifest of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Manifest {
    /// The version of the agent that made the capture.
    pub agent_version: String,
    /// The node's name in its cluster, where the capture was told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<String>,
    /// The machine's architecture as uname gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// What NVML said; absent where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvml: Option<Answers>,
    /// The error number that a path without links gives: whoever opens it, where the capture has
    /// a file or folder there, and everybody where it has not.
    #[serde(with = "error_paths")]
    pub errors: BTreeMap<PathBuf, i32>,
}

/// The numbers that a kernel's error can have.
const ERRNOS: std::ops::RangeInclusive<i32> = 1..=4095;

impl Manifest {
    /// The manifest in `text`, or what is wrong with it.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(text)
            .map_err(|error| format!("its '{FILE_NAME}' is malformed: {error}"))?;
        let is_wrong = |(_, errno): &(&PathBuf, &i32)| !ERRNOS.contains(errno);
        match manifest.errors.iter().find(is_wrong) {
            None => Ok(manifest),
            Some((path, errno)) => {
                let path = shown(path);
                Err(format!("its '{FILE_NAME}' has the error number {errno} for {path}"))
            }
        }
    }

    /// Puts the recorded errors into `tree`.
    ///
    /// A path that cannot be reached in the tree is left out: nothing can ask for it either.
    #[must_use]
    pub fn apply(&self, mut tree: Tree) -> Tree {
        let known = self.errors.iter().filter(|(_, errno)| ERRNOS.contains(errno));
        for (path, errno) in known {
            let errno = Errno::from_raw_os_error(*errno);
            if tree.refuse(path, errno).is_err() {
                let _unreachable = tree.insert(path, Node::Fault(errno));
            }
        }
        tree
    }
}

/// Paths as JSON text. One that is not UTF-8, or that has a backslash, has its odd bytes as `\xNN`.
mod error_paths {
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        errors: &BTreeMap<PathBuf, i32>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(errors.iter().map(|(path, errno)| (escape(path), errno)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<PathBuf, i32>, D::Error> {
        let errors = BTreeMap::<String, i32>::deserialize(deserializer)?;
        Ok(errors.into_iter().map(|(text, errno)| (unescape(&text), errno)).collect())
    }

    fn escape(path: &Path) -> String {
        let mut text = String::new();
        for chunk in path.as_os_str().as_bytes().utf8_chunks() {
            text += &chunk.valid().replace('\\', "\\x5c");
            text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        }
        text
    }

    fn unescape(text: &str) -> PathBuf {
        let mut parts = text.split("\\x");
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let escaped = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            match escaped {
                Some(byte) => bytes.push(byte),
                None => bytes.extend(b"\\x"),
            }
            let rest = if escaped.is_some() { part.get(2..).unwrap_or_default() } else { part };
            bytes.extend(rest.as_bytes());
        }
        OsString::from_vec(bytes).into()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_path_that_is_no_text_comes_back_as_it_was() {
            for bytes in [&b"sys/class/net/eth0"[..], b"sys/\xff\xfe/x", b"sys/a\\x41\\", b"\\"] {
                let path = PathBuf::from(OsString::from_vec(bytes.to_vec()));
                assert_eq!(unescape(&escape(&path)), path);
            }
            assert_eq!(escape(Path::new("sys/\u{e9}")), "sys/\u{e9}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::host::Files;

    #[test]
    fn an_error_number_that_no_kernel_gives_is_refused() {
        for errno in [0, -5, 4096, i32::MAX, i32::MIN] {
            let text = format!(r#"{{"errors": {{"sys/x": {errno}}}}}"#);
            let reason = Manifest::parse(text.as_bytes()).unwrap_err();
            assert!(reason.contains(&format!("error number {errno} ")), "{reason}");
        }
        assert!(Manifest::parse(br#"{"errors": {"sys/x": 4095}}"#).is_ok());
    }

    #[test]
    fn an_error_is_opening_s_where_something_stands_and_everybody_s_where_nothing_does() {
        let mut tree = Tree::default();
        tree.insert(Path::new("sys/seen"), Node::File(Vec::new())).unwrap();
        let errors = ["sys/seen", "sys/unseen"].map(|path| (PathBuf::from(path), 5)).into();
        let tree = Manifest { errors, ..Manifest::default() }.apply(tree);
        for path in ["sys/seen", "sys/unseen"] {
            assert_eq!(tree.read(Path::new(path), 9), Err(Errno::IO));
        }
        assert_eq!(tree.is_folder(Path::new("sys/seen")), Ok(false));
        assert_eq!(tree.is_folder(Path::new("sys/unseen")), Err(Errno::IO));
    }
}
