//! What AIOS does in a cluster when it creates its infrastructure there, to be read before it may. By
//! reading its public code; the names and numbers are those of its defaults.

/// One thing that AIOS does, and what that means for the cluster.
#[derive(Clone, Copy, Debug)]
pub struct Consequence {
    /// What it does.
    pub does: &'static str,
    /// What that means.
    pub means: &'static str,
    /// In which clusters.
    pub applies: Applies,
}

/// In which clusters AIOS does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// In all of them.
    Always,
    /// Where `config.useGateway` is false.
    WithoutGateway,
    /// Where `config.useGateway` is true, as it is unless told.
    WithGateway,
}

use Applies::{Always, WithGateway, WithoutGateway};

const fn row(does: &'static str, means: &'static str, applies: Applies) -> Consequence {
    Consequence { does, means, applies }
}

/// All of it.
pub const CONSEQUENCES: &[Consequence] = &[
    row(
        "binds the ServiceAccount 'default' of the namespaces blocks, controllers, metrics, vdags and default to cluster-admin",
        "whoever may run a pod in one of these, 'default' among them, is cluster-admin from then on",
        Always,
    ),
    row(
        "lets default/default create Secrets in kube-system (Role bootstrap-token-writer)",
        "its pods can make tokens by which machines join the cluster",
        Always,
    ),
    row(
        "makes the namespaces metrics, controllers, blocks and vdags",
        "what is there under these names already is used as it is",
        Always,
    ),
    row(
        "runs Deployments and Services in metrics and controllers, and a DaemonSet metrics-collector on every node",
        "the DaemonSet reads the nodes' /proc and /sys",
        Always,
    ),
    row(
        "opens the NodePorts 30501 (membership) and 32000 (grpc-proxy)",
        "the page gives 32000 to Ambassador too, and the second of two is refused",
        Always,
    ),
    row(
        "opens the NodePorts 32300 and 32302 to 32305 (controller), and 32301 (metrics)",
        "whoever reaches a node reaches them, and none asks who that is",
        WithoutGateway,
    ),
    row(
        "stops in the middle, since config.useGateway is true",
        "its task fails, it stores no addresses, and there is no membership-server: set config.useGateway to false, submit, and create then",
        WithGateway,
    ),
    row(
        "pulls images from a registry by bare address over plain http",
        "the nodes' container runtime must allow that, or pods stay in ImagePullBackOff",
        Always,
    ),
    row(
        "rewrites the figures of every node in AIOS's copy once its membership-server runs",
        "the controller (inventory-aggregator run) puts them right again",
        Always,
    ),
];

/// Those of a cluster that goes with or without the gateway.
pub fn of(uses_gateway: bool) -> impl Iterator<Item = &'static Consequence> {
    let other = if uses_gateway { WithoutGateway } else { WithGateway };
    CONSEQUENCES.iter().filter(move |consequence| consequence.applies != other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_hears_of_what_concerns_it() {
        let says = |gateway, words: &str| of(gateway).any(|row| row.does.contains(words));
        for gateway in [true, false] {
            assert!(says(gateway, "cluster-admin") && says(gateway, "32000"));
            assert_eq!(says(gateway, "stops in the middle"), gateway);
            assert_eq!(says(gateway, "32300"), !gateway);
        }
    }
}
