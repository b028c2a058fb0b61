//! What the API server is, what it serves, and whether kubeadm set the cluster up.

use inventory_common::telling::one_line;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIGroupList;
use k8s_openapi::apimachinery::pkg::version::Info;

use crate::check::Check;
use crate::kubernetes::trouble::Trouble;

/// What these checks stand under.
pub const SECTION: &str = "version";

/// The first version that serves the admission policies by which one node cannot write another's.
const LEAST: (u32, u32) = (1, 30);

/// Groups, with the version of each, that AIOS and this project need.
const GROUPS: [(&str, &str); 7] = [
    ("admissionregistration.k8s.io", "v1"),
    ("apiextensions.k8s.io", "v1"),
    ("apps", "v1"),
    ("authorization.k8s.io", "v1"),
    ("coordination.k8s.io", "v1"),
    ("discovery.k8s.io", "v1"),
    ("rbac.authorization.k8s.io", "v1"),
];

/// Whether this version is new enough.
pub fn version(info: &Info) -> Check {
    let (name, seen) = ("Kubernetes", info.git_version.clone());
    match (number(&info.major), number(&info.minor)) {
        (Some(major), Some(minor)) if (major, minor) >= LEAST => Check::pass(SECTION, name, seen),
        (Some(_), Some(_)) => Check::failure(SECTION, name, seen)
            .advised(format!("the agents' policies need {}.{} or later", LEAST.0, LEAST.1)),
        _ => Check::not_tried(SECTION, name, format!("'{seen}' is no version that is known here")),
    }
}

/// The number that a text such as `30+` begins with.
fn number(text: &str) -> Option<u32> {
    text.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}

/// Whether the API server serves what is needed.
pub fn groups(served: &Result<APIGroupList, Trouble>) -> Check {
    let name = "APIs";
    let served = match served {
        Ok(served) => served,
        Err(trouble) => return Check::not_tried(SECTION, name, one_line(trouble)),
    };
    let is_served = |(group, version): &&(&str, &str)| {
        let mut groups = served.groups.iter().filter(|served| served.name == *group);
        groups.any(|served| served.versions.iter().any(|it| it.version == *version))
    };
    let missing: Vec<String> = GROUPS
        .iter()
        .filter(|group| !is_served(group))
        .map(|(group, version)| format!("{group}/{version}"))
        .collect();
    if missing.is_empty() {
        return Check::pass(SECTION, name, format!("all {} that are needed", GROUPS.len()));
    }
    Check::failure(SECTION, name, format!("not served: {}", missing.join(", ")))
        .advised("AIOS's page asks for a cluster that is API-compliant: enable them")
}

/// Whether kubeadm set the cluster up, as the page wants it.
pub fn kubeadm(version: &Result<Option<String>, Trouble>) -> Check {
    let name = "kubeadm";
    match version {
        Ok(Some(version)) => Check::pass(SECTION, name, format!("set the cluster up, {version}")),
        Ok(None) => Check::warning(
            SECTION,
            name,
            "kube-system has no ConfigMap kubeadm-config that says so",
        )
        .advised("AIOS's page wants a cluster that kubeadm set up: nodes join it by kubeadm join"),
        Err(trouble) => Check::not_tried(SECTION, name, one_line(trouble)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::check::State;

    fn state(major: &str, minor: &str) -> State {
        let info = Info {
            major: major.into(),
            minor: minor.into(),
            git_version: "v".into(),
            ..Info::default()
        };
        version(&info).state
    }

    #[test]
    fn a_version_is_new_enough_from_1_30_on() {
        for (major, minor) in [("1", "30"), ("1", "30+"), ("1", "35"), ("2", "0")] {
            assert_eq!(state(major, minor), State::Pass, "{major}.{minor}");
        }
        assert_eq!(state("1", "29+"), State::Failure);
        assert_eq!(state("", ""), State::NotTried);
        assert_eq!(state("1", "x"), State::NotTried);
    }

    fn list(groups: &[(&str, &str)]) -> APIGroupList {
        let group = |(name, version): &(&str, &str)| -> Value {
            json!({
                "name": name,
                "versions": [{ "groupVersion": format!("{name}/{version}"), "version": version }],
            })
        };
        let groups: Vec<Value> = groups.iter().map(group).collect();
        serde_json::from_value(json!({ "groups": groups })).unwrap()
    }

    #[test]
    fn a_group_that_is_not_served_is_named() {
        assert!(groups(&Ok(list(&GROUPS))).passes());
        let check = groups(&Ok(list(&GROUPS[1..])));
        assert_eq!(check.seen, "not served: admissionregistration.k8s.io/v1");
        let mut old = GROUPS;
        old[2].1 = "v1beta1";
        assert_eq!(groups(&Ok(list(&old))).seen, "not served: apps/v1");
    }

    #[test]
    fn a_cluster_that_kubeadm_did_not_set_up_is_a_warning() {
        assert!(kubeadm(&Ok(Some("v1.35.4".into()))).passes());
        assert_eq!(kubeadm(&Ok(None)).state, State::Warning);
    }
}
