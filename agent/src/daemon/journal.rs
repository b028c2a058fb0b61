//! What the log tells of the daemon's work: a line for each change of state, and none while all stays as it is.

use inventory_common::log::{News, Ongoing};
use inventory_common::{Inventory, Rule};

use super::health::Part;
use super::writing::{Reason, Target};
use crate::report::news::{self, news};

/// The log of one node's agent. Each line says which node that is, since many logs are read as one.
#[derive(Debug)]
pub struct Journal {
    node: String,
    kubelet: Ongoing,
}

impl Journal {
    /// The log of this node's agent.
    pub fn of(node: String) -> Self {
        Self { node, kubelet: Ongoing::default() }
    }

    /// The host was read, and something of it is new.
    pub fn read(&self, before: Option<&Inventory>, now: &Inventory) {
        if before.is_none() {
            let node_data = &now.node_data;
            let (gpus, disks) = (node_data.gpus.count, node_data.storage.disks);
            let ports = node_data.network.interfaces;
            tracing::info!(node = self.node, gpus, disks, ports, "the host was read");
        }
        for news in news(before, now) {
            self.news(&news);
        }
    }

    fn news(&self, news: &news::News) {
        let (node, what, kind) = (self.node.as_str(), news.what, news.kind);
        let (device, rule) = (news.device.as_deref(), news.rule.map(Rule::id));
        let (before, now) = (news.before.as_deref(), news.now.as_deref());
        let (path, trouble) = (news.path.as_deref(), news.trouble.as_deref());
        if news.is_trouble {
            tracing::warn!(node, kind, device, rule, before, now, path, trouble, "{what}");
        } else {
            tracing::info!(node, kind, device, rule, before, now, path, trouble, "{what}");
        }
    }

    /// A reading is held back.
    pub fn waits(&self) {
        tracing::info!(
            node = self.node,
            "a reading says less than what is known, and waits to be confirmed"
        );
    }

    /// Something was written.
    pub fn wrote(&self, target: Target, reason: Reason) {
        tracing::info!(node = self.node, object = %target, %reason, "written");
    }

    /// Kubelet's figures cannot be read, or can.
    pub fn kubelet(&mut self, trouble: Option<&str>) {
        let node = self.node.as_str();
        match self.kubelet.now(trouble) {
            Some(News::Begun) => {
                tracing::warn!(node, object = "Node", trouble, "its status cannot be read");
            }
            Some(News::Over) => {
                tracing::info!(node, object = "Node", "its status can be read again");
            }
            None => {}
        }
    }

    /// A part of the work is well, or has this trouble.
    pub fn part(&self, part: Part, trouble: Option<String>) {
        let node = self.node.as_str();
        if let Some(trouble) = trouble {
            tracing::warn!(node, %part, trouble, "not ready");
        } else {
            tracing::info!(node, %part, "well");
        }
    }
}
