//! What was learnt of the cluster, in the order in which it happened there.

use std::time::{Duration, Instant};

use inventory_common::resource::NodeInventoryStatus;
use k8s_openapi::api::core::v1::Node;
use kube::api::{DynamicObject, ObjectMeta, PartialObjectMeta};

use super::api::Written;
use super::follow::{Listed, Notice};
use super::writing::Target;
use crate::report::cluster::Seen;
use crate::report::desired::Shown;

/// The cluster as far as it was heard of.
#[derive(Debug, Default)]
pub struct View {
    /// What it shows.
    pub shown: Shown,
    node: Known,
    object: Known,
}

impl View {
    /// Takes what is learnt of the Node called `name`, and says what is wrong with that.
    pub fn node(&mut self, notice: Notice<PartialObjectMeta<Node>>, name: &str) -> Option<String> {
        let gone = || Some(format!("the cluster has no Node '{name}'"));
        match self.node.learn(notice, |node| &node.metadata) {
            Learnt::Nothing => None,
            Learnt::Lost(trouble) => Some(format!("cannot watch the Node: {trouble}")),
            Learnt::Gone => {
                self.shown.node = Seen::Absent;
                gone()
            }
            Learnt::Now(node) => {
                self.shown.node = Seen::Present(node.metadata.into());
                None
            }
        }
    }

    /// Takes what is learnt of the `NodeInventory`, and says what is wrong with that.
    pub fn object(&mut self, notice: Notice<DynamicObject>) -> Option<String> {
        match self.object.learn(notice, |object| &object.metadata) {
            Learnt::Nothing => None,
            Learnt::Lost(trouble) => Some(format!("cannot watch the NodeInventory: {trouble}")),
            Learnt::Gone => {
                self.shown.object = Seen::Absent;
                None
            }
            Learnt::Now(object) => {
                self.shown.object = Seen::Present(object.into());
                None
            }
        }
    }

    /// Takes what a write that is answered now left there.
    pub fn wrote(&mut self, written: Written, now: Instant) {
        match written {
            Written::Node(node) => {
                self.node.wrote(&node.metadata, now);
                self.shown.node = Seen::Present(node.metadata.into());
            }
            Written::Object(object) => {
                self.object.wrote(&object.metadata, now);
                self.shown.object = Seen::Present((*object).into());
            }
            Written::Gone => self.shown.object = Seen::Absent,
        }
    }

    /// Which Node is there: another one of the same name has another UID.
    #[must_use]
    pub fn node_uid(&self) -> Option<String> {
        self.shown.node.present().map(|node| node.uid.clone())
    }

    /// Whether anything was heard of the object, be it that nothing can be.
    #[must_use]
    pub fn has_heard_of_object(&self) -> bool {
        self.object.heard
    }

    /// Whether it is known how the object is.
    #[must_use]
    pub fn has_seen_object(&self) -> bool {
        self.shown.object != Seen::Unknown
    }

    /// What was reported of the node, by whomever.
    #[must_use]
    pub fn reported(&self) -> Option<&NodeInventoryStatus> {
        self.shown.object.present()?.status.as_ref()
    }

    /// How long to wait before this is mended; absent where there is nothing to wait for.
    #[must_use]
    pub fn pause(&self, target: Target, now: Instant) -> Option<Duration> {
        match target {
            Target::Node => self.shown.node_contest.pause(now),
            Target::Object => self.shown.object_contest.pause(now),
        }
    }

    /// This was wrong as it is shown, and has been mended.
    pub fn mended(&mut self, target: Target, now: Instant) {
        let Shown { node, object, node_contest, object_contest, .. } = &mut self.shown;
        match target {
            Target::Node => {
                node_contest.mended(node.present().and_then(|node| node.rival.as_deref()), now);
            }
            Target::Object => {
                let rival = object.present().and_then(|object| object.rival.as_deref());
                object_contest.mended(rival, now);
            }
        }
    }
}

/// Which state of an object is known.
#[derive(Debug, Default)]
struct Known {
    heard: bool,
    version: Option<u64>,
    /// When the agent's own latest write was answered.
    written: Option<Instant>,
}

/// What there is to be learnt from a notice.
enum Learnt<K> {
    /// It is older than what is known.
    Nothing,
    /// The object is like this now.
    Now(K),
    /// It is not there.
    Gone,
    /// Nobody can tell any more, for this reason. What was known last is still the best guess.
    Lost(String),
}

impl Known {
    fn learn<K>(&mut self, notice: Notice<K>, meta: impl Fn(&K) -> &ObjectMeta) -> Learnt<K> {
        self.heard = true;
        match notice {
            Notice::Lost(trouble) => Learnt::Lost(trouble.told()),
            // It may be of a time before the agent's own write.
            Notice::Listed(listed) if self.outdates(&listed) => Learnt::Nothing,
            Notice::Changed(object) | Notice::Deleted(object) if self.is_after(meta(&object)) => {
                Learnt::Nothing
            }
            Notice::Listed(Listed { object: None, .. }) | Notice::Deleted(_) => {
                self.version = None;
                Learnt::Gone
            }
            Notice::Listed(Listed { object: Some(object), .. }) | Notice::Changed(object) => {
                self.version = version(meta(&object));
                Learnt::Now(object)
            }
        }
    }

    /// Takes what the agent's own write left there.
    fn wrote(&mut self, meta: &ObjectMeta, now: Instant) {
        (self.version, self.written) = (version(meta), Some(now));
    }

    /// Whether something was written after this was asked for that it does not tell of. What is asked for later is
    /// true whatever its version: etcd may have been restored from a backup.
    fn outdates<K>(&self, listed: &Listed<K>) -> bool {
        self.written.is_some_and(|written| listed.asked < written)
            && listed.version.parse().ok() < self.version
    }

    /// Whether more is known than this.
    fn is_after(&self, meta: &ObjectMeta) -> bool {
        version(meta) < self.version
    }
}

/// The version, which grows with every change of anything (Kubernetes: API concepts, resource
/// versions).
fn version(meta: &ObjectMeta) -> Option<u64> {
    meta.resource_version.as_ref()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use kube::Error;
    use serde_json::json;

    use super::super::api::Trouble;
    use super::*;

    fn node(version: &str, id: &str) -> PartialObjectMeta<Node> {
        let meta = json!({ "uid": "1", "resourceVersion": version, "labels": { "nodeID": id } });
        serde_json::from_value(json!({ "metadata": meta })).unwrap()
    }

    fn id(view: &View) -> Option<&str> {
        view.shown.node.present()?.node_id.as_deref()
    }

    /// An answer of this version of the cluster to what was asked now.
    fn listed<K>(version: &str, object: Option<K>) -> Notice<K> {
        Notice::Listed(Listed { object, version: version.to_owned(), asked: Instant::now() })
    }

    #[test]
    fn what_is_told_late_does_not_hide_the_agent_s_own_write() {
        let mut view = View::default();
        assert_eq!(view.node(listed("9", Some(node("9", "before"))), "n"), None);
        let answers = [listed("11", Some(node("9", "before"))), listed("11", None)];
        view.wrote(Written::Node(Box::new(node("12", "written"))), Instant::now());
        let told = [Notice::Changed(node("10", "before")), Notice::Deleted(node("11", "before"))];
        for notice in answers.into_iter().chain(told) {
            assert_eq!(view.node(notice, "n"), None);
            assert_eq!(id(&view), Some("written"));
        }
        view.node(Notice::Changed(node("13", "after")), "n");
        assert_eq!(id(&view), Some("after"));
    }

    #[test]
    fn what_was_asked_before_a_write_and_answered_after_it_is_taken() {
        let mut view = View::default();
        let answer = listed("13", Some(node("13", "after")));
        view.wrote(Written::Node(Box::new(node("12", "written"))), Instant::now());
        view.node(answer, "n");
        assert_eq!(id(&view), Some("after"));
    }

    #[test]
    fn an_answer_to_a_question_is_taken_whatever_its_version() {
        let mut view = View::default();
        view.wrote(Written::Node(Box::new(node("900", "written"))), Instant::now());
        // As after etcd was restored from a backup.
        view.node(listed("8", Some(node("7", "restored"))), "n");
        assert_eq!(id(&view), Some("restored"));
        view.node(listed("8", None), "n");
        assert_eq!(id(&view), None);
    }

    #[test]
    fn what_cannot_be_seen_any_more_is_not_taken_for_gone() {
        let mut view = View::default();
        view.node(listed("9", Some(node("9", "n"))), "n");
        let lost = view.node(Notice::Lost(Trouble::Timeout), "n");
        assert_eq!(lost.as_deref(), Some("cannot watch the Node: no answer within 15 s"));
        assert_eq!(id(&view), Some("n"));
        let gone = view.node(Notice::Deleted(node("10", "n")), "n");
        assert_eq!(gone.as_deref(), Some("the cluster has no Node 'n'"));
        assert_eq!(view.shown.node, Seen::Absent);
        // Another Node of the name begins anew.
        view.node(Notice::Changed(node("1", "reborn")), "n");
        assert_eq!(id(&view), Some("reborn"));
    }

    #[test]
    fn an_object_of_an_unknown_kind_was_looked_for_but_not_seen() {
        let mut view = View::default();
        assert!(!view.has_heard_of_object());
        let status = kube::core::Status { code: 404, ..kube::core::Status::default() };
        let trouble = view.object(Notice::Lost(Error::Api(Box::new(status)).into()));
        assert!(trouble.is_some_and(|trouble| trouble.contains("does not know NodeInventory")));
        assert!(view.has_heard_of_object() && !view.has_seen_object());
    }
}
