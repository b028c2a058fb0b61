//! Whether the API server can be reached, and whether this user may do what the commands need.

use futures_util::future::join_all;
use inventory_common::telling::one_line;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::Client;
use kube::api::{Api, PostParams};

use crate::check::Check;
use crate::kubernetes::trouble::{Trouble, answered};

/// What these checks stand under.
pub const SECTION: &str = "access";

/// Where a right is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the whole cluster.
    Everywhere,
    /// In the namespace of the agents.
    Own,
    /// In this namespace.
    In(&'static str),
}

/// A right that a command needs.
#[derive(Clone, Copy, Debug)]
struct Right {
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    place: Place,
    /// One object's name; empty for all.
    name: &'static str,
    /// The commands that need it.
    commands: &'static str,
    /// Whether nothing works without it.
    is_needed: bool,
}

const fn needed(
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    place: Place,
) -> Right {
    let commands = "document, submit, diff";
    Right { verb, group, resource, place, name: "", commands, is_needed: true }
}

const fn useful(
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    place: Place,
    name: &'static str,
    commands: &'static str,
) -> Right {
    Right { verb, group, resource, place, name, commands, is_needed: false }
}

const FROM_NODES: &str = "preflight --from-nodes";

const RIGHTS: [Right; 15] = [
    needed("list", "", "nodes", Place::Everywhere),
    needed("list", "inventory.aios", "nodeinventories", Place::Everywhere),
    needed("list", "", "pods", Place::Own),
    needed("list", "apps", "daemonsets", Place::Own),
    useful("get", "", "configmaps", Place::In("kube-system"), "kubeadm-config", "document"),
    useful(
        "update",
        "coordination.k8s.io",
        "leases",
        Place::Own,
        "inventory-aggregator",
        "submit, to take turns with the controller",
    ),
    useful("patch", "", "nodes", Place::Everywhere, "", "label"),
    useful("list", "", "services", Place::Everywhere, "", "preflight, endpoints"),
    useful("list", "discovery.k8s.io", "endpointslices", Place::Everywhere, "", "endpoints"),
    useful(
        "get",
        "inventory.aios",
        "clusteronboardings",
        Place::Everywhere,
        "cluster",
        "preflight and endpoints without --profile",
    ),
    useful("create", "", "pods", Place::Own, "", FROM_NODES),
    useful("get", "", "pods", Place::Own, "", FROM_NODES),
    useful("get", "", "pods/log", Place::Own, "", FROM_NODES),
    useful("delete", "", "pods", Place::Own, "", FROM_NODES),
    useful("*", "*", "*", Place::Everywhere, "", "what AIOS does with a kubeconfig of this user"),
];

impl Right {
    fn called(&self) -> String {
        if self.verb == "*" {
            return "all rights".to_owned();
        }
        let dot = if self.group.is_empty() { "" } else { "." };
        let gap = if self.name.is_empty() { "" } else { " " };
        format!("{} {}{dot}{}{gap}{}", self.verb, self.resource, self.group, self.name)
    }

    fn question(&self, namespace: &str) -> SelfSubjectAccessReview {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let namespace = match self.place {
            Place::Everywhere => None,
            Place::Own => text(namespace),
            Place::In(namespace) => text(namespace),
        };
        let (resource, subresource) = self.resource.split_once('/').unwrap_or((self.resource, ""));
        let attributes = ResourceAttributes {
            verb: text(self.verb),
            group: text(self.group),
            resource: text(resource),
            subresource: text(subresource),
            name: text(self.name),
            namespace,
            ..ResourceAttributes::default()
        };
        SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(attributes),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        }
    }

    fn judge(&self, answer: Result<bool, Trouble>) -> Check {
        let (name, commands) = (self.called(), self.commands);
        match answer {
            Ok(true) => Check::pass(SECTION, name, "granted"),
            Ok(false) if self.is_needed => {
                let seen = format!("not granted, and needed by {commands}");
                Check::failure(SECTION, name, seen).advised("bind a role that has it to this user")
            }
            Ok(false) => {
                Check::warning(SECTION, name, format!("not granted: it is for {commands}"))
                    .advised("bind a role that has it to this user where that is wanted")
            }
            Err(trouble) => Check::not_tried(SECTION, name, one_line(&trouble)),
        }
    }
}

/// Whether this user has the rights that the commands need. Nothing is stored by asking.
pub async fn rights(client: &Client, namespace: &str) -> Vec<Check> {
    let api: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let params = PostParams::default();
    let (api, params) = (&api, &params);
    let ask = |right: &'static Right| async move {
        let question = right.question(namespace);
        let asked = "create selfsubjectaccessreviews.authorization.k8s.io";
        let answer = answered(asked, api.create(params, &question)).await;
        right.judge(answer.map(|review| review.status.is_some_and(|status| status.allowed)))
    };
    join_all(RIGHTS.iter().map(ask)).await
}

/// Whether the API server answers; `trouble` is why it does not.
pub fn server(trouble: Option<&Trouble>) -> Check {
    let name = "API server";
    match trouble {
        None => Check::pass(SECTION, name, "it answers"),
        Some(trouble) => Check::failure(SECTION, name, one_line(trouble)).advised(
            "give a kubeconfig with --kubeconfig, and see whether kubectl version answers",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::State;

    #[test]
    fn a_right_that_lacks_fails_only_where_nothing_works_without_it() {
        let states = |allowed| {
            RIGHTS.map(|right| right.judge(Ok(allowed)).state).into_iter().collect::<Vec<_>>()
        };
        assert!(states(true).iter().all(|state| *state == State::Pass));
        let lacking = states(false);
        assert_eq!(lacking[..4], [State::Failure; 4]);
        assert_eq!(lacking[4..], [State::Warning; 11]);
    }

    #[test]
    fn rights_are_called_as_people_know_them() {
        let names = RIGHTS.map(|right| right.called());
        assert_eq!(names[1], "list nodeinventories.inventory.aios");
        assert_eq!(names[4], "get configmaps kubeadm-config");
        assert_eq!(names[12], "get pods/log");
        assert_eq!(names[14], "all rights");
    }

    #[test]
    fn a_question_is_about_the_right_s_own_place() {
        let place = |right: &Right| {
            let spec = right.question("here").spec;
            spec.resource_attributes.unwrap().namespace
        };
        assert_eq!(place(&RIGHTS[0]), None);
        assert_eq!(place(&RIGHTS[2]).as_deref(), Some("here"));
        assert_eq!(place(&RIGHTS[4]).as_deref(), Some("kube-system"));
        let lease = RIGHTS[5].question("here").spec.resource_attributes.unwrap();
        let said = [lease.verb, lease.group, lease.resource, lease.name].map(Option::unwrap);
        assert_eq!(said, ["update", "coordination.k8s.io", "leases", "inventory-aggregator"]);
        let log = RIGHTS[12].question("here").spec.resource_attributes.unwrap();
        assert_eq!(
            (log.resource.as_deref(), log.subresource.as_deref()),
            (Some("pods"), Some("log"))
        );
    }
}
