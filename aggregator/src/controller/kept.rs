//! What a list and a watch show of one kind of object, by name.

use std::collections::{BTreeMap, BTreeSet};

/// What is kept of each object.
#[derive(Clone, Debug)]
pub struct Kept<V> {
    objects: BTreeMap<Box<str>, V>,
    /// The names that a list has shown so far; absent while nothing is listed.
    listing: Option<BTreeSet<Box<str>>>,
    is_whole: bool,
}

impl<V> Default for Kept<V> {
    fn default() -> Self {
        Self { objects: BTreeMap::new(), listing: None, is_whole: false }
    }
}

impl<V: PartialEq> Kept<V> {
    /// A list begins. What was kept stays until it ends.
    pub fn begin(&mut self) {
        self.listing = Some(BTreeSet::new());
    }

    /// An object was listed, made or changed. Answers whether that is news.
    pub fn put(&mut self, name: &str, value: V) -> bool {
        if let Some(listing) = &mut self.listing {
            listing.insert(name.into());
        }
        if self.objects.get(name) == Some(&value) {
            return false;
        }
        self.objects.insert(name.into(), value);
        true
    }

    /// An object is gone. Answers whether that is news.
    pub fn remove(&mut self, name: &str) -> bool {
        self.objects.remove(name).is_some()
    }

    /// A list has ended. Answers with the names that are gone since the one before.
    pub fn end(&mut self) -> Vec<Box<str>> {
        let listed = self.listing.take().unwrap_or_default();
        self.is_whole = true;
        let gone = self.objects.extract_if(.., |name, _| !listed.contains(name));
        gone.map(|(name, _)| name).collect()
    }

    /// Whether everything was listed once.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The object of this name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.objects.get(name)
    }

    /// All objects, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.objects.iter().map(|(name, value)| (&**name, value))
    }

    /// All objects.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.objects.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_new_list_does_not_show_is_gone_once_it_has_ended() {
        let mut kept = Kept::default();
        kept.begin();
        assert!(kept.put("a", 1) && kept.put("b", 1) && !kept.is_whole());
        assert!(kept.end().is_empty() && kept.is_whole());
        kept.begin();
        assert!(!kept.put("b", 1));
        assert_eq!(kept.get("a"), Some(&1), "nobody knows yet that it is gone");
        assert_eq!(kept.end(), ["a".into()]);
        assert!(kept.iter().eq([("b", &1)]));
    }

    #[test]
    fn only_what_differs_is_news() {
        let mut kept = Kept::default();
        assert!(kept.put("a", 1) && !kept.put("a", 1) && kept.put("a", 2));
        assert!(kept.remove("a") && !kept.remove("a"));
    }
}
