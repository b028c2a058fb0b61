//! The next update: what is lacking first, as much of it as AIOS takes at once.

use inventory_common::cluster::{RawDocument, RawEntry, size};
use serde_json::{Map, Value};

use super::alike::{alike, at, lacking};
use super::target::{Cut, Target};

/// Where the nodes' entries are.
pub(super) const NODE_DATA: &str = "nodes.nodeData";

/// One update.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    /// What is set, by dotted path.
    pub set: Map<String, Value>,
    /// The entries that it cuts off, since an array cannot shrink but as a whole.
    pub cut: Cut,
    /// Whether nothing is lacking after it.
    pub is_last: bool,
}

/// Something that AIOS does not take in any update.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{path}: {bytes} bytes as AIOS's gateway writes it, and an update takes {}: shorten it",
    size::MAX_UPDATE
)]
pub struct TooLarge {
    /// Where.
    pub path: String,
    /// How large an update of it alone is.
    pub bytes: u64,
}

/// The next update that brings what is stored closer to its target, within `most` bytes as AIOS
/// counts them; absent where nothing is lacking.
pub fn next(stored: &RawDocument, target: &Target, most: u64) -> Result<Option<Update>, TooLarge> {
    let mut piece = Piece::new(most);
    let (entries, rest) = (stored.entries(), stored.rest());
    // Where there is no list, the database takes a place in it for a key.
    let has_list = at(rest, NODE_DATA).is_some_and(Value::is_array) || target.entries.is_empty();
    if has_list && is_aligned(entries, &target.entries) {
        for (path, value) in entries_lacking(entries, &target.entries) {
            if !piece.add(path, value)? {
                return Ok(Some(piece.update));
            }
        }
    } else if piece.add_list(&target.entries)? < target.entries.len() {
        return cut(&target.entries_by_loss(), most).map(Some);
    }
    let fields = target.fields.iter().filter(|(path, value)| !alike(at(rest, path), Some(value)));
    for (path, value) in fields {
        if !piece.add(path.clone(), value.clone())? {
            return Ok(Some(piece.update));
        }
    }
    piece.update.is_last = true;
    Ok(Some(piece.update).filter(|update| !update.set.is_empty()))
}

/// The update that sets the list as far as it fits, and cuts the rest off.
fn cut(list: &[RawEntry], most: u64) -> Result<Update, TooLarge> {
    let mut piece = Piece::new(most);
    let kept = piece.add_list(list)?;
    piece.update.cut = list.iter().skip(kept).cloned().collect();
    Ok(piece.update)
}

/// Whether every stored entry stands where it will, so that entries can be changed and appended one
/// by one.
fn is_aligned(stored: &[RawEntry], target: &[RawEntry]) -> bool {
    let same = |(stored, target): (&RawEntry, &RawEntry)| stored.id() == target.id();
    stored.len() <= target.len() && stored.iter().zip(target).all(same)
}

/// What the stored entries lack, and after them the entries that are new, without a gap.
fn entries_lacking<'a>(
    stored: &'a [RawEntry],
    target: &'a [RawEntry],
) -> impl Iterator<Item = (String, Value)> + 'a {
    target.iter().enumerate().flat_map(|(index, entry)| match stored.get(index) {
        Some(stored) if stored == entry => Vec::new(),
        stored => {
            let stored = stored.map(RawEntry::value);
            lacking(&format!("{NODE_DATA}.{index}"), stored.as_ref(), &entry.value())
        }
    })
}

/// An update that grows until it is as large as may be.
struct Piece {
    update: Update,
    bytes: u64,
    most: u64,
}

impl Piece {
    fn new(most: u64) -> Self {
        Self { update: Update::default(), bytes: "{}".len() as u64, most }
    }

    /// Adds a path, and answers whether it fitted. One that does not fit by itself never will.
    fn add(&mut self, path: String, value: Value) -> Result<bool, TooLarge> {
        let is_first = self.update.set.is_empty();
        let separator = if is_first { 0 } else { size::SEPARATOR };
        let bytes = self.bytes + separator + bytes_of(&path, &value);
        if bytes > self.most {
            return if is_first { Err(TooLarge { path, bytes }) } else { Ok(false) };
        }
        self.bytes = bytes;
        self.update.set.insert(path, value);
        Ok(true)
    }

    /// Sets the list as a whole, as much of it as fits, and answers how much.
    fn add_list(&mut self, list: &[RawEntry]) -> Result<usize, TooLarge> {
        let mut bytes = self.bytes + bytes_of(NODE_DATA, &Value::Array(Vec::new()));
        let fits = |entry: &Value| {
            bytes += bytes_of_item(entry) + size::SEPARATOR;
            bytes <= self.most + size::SEPARATOR
        };
        let piece: Vec<Value> = list.iter().map(RawEntry::value).take_while(fits).collect();
        let kept = piece.len();
        match list.first() {
            Some(first) if kept == 0 => self.add(format!("{NODE_DATA}.0"), first.value())?,
            _ => self.add(NODE_DATA.to_owned(), piece.into())?,
        };
        Ok(kept)
    }
}

/// What cannot be written as JSON fits nowhere.
const NOWHERE: u64 = u32::MAX as u64;

fn bytes_of(path: &str, value: &Value) -> u64 {
    size::of_pair(path, value).unwrap_or(NOWHERE)
}

fn bytes_of_item(value: &Value) -> u64 {
    size::of(value).unwrap_or(NOWHERE)
}
