//! `infra remove`: "completed" proves nothing, and what is left is taken away only where asked for.

use fake_aios::Service;
use serde_json::json;

use super::stage::Stage;
use crate::kubernetes::admin_binding;
use crate::submit::stage::ends;

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

fn removed() -> Stage {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    stage.kubernetes.remove_infrastructure();
    stage
}

#[test]
fn without_waiting_it_says_that_rights_stay() {
    let stage = Stage::new();
    let run = stage.run("remove", &["--service-account"]);
    ends(
        &run,
        0,
        &[
            "leaves rights behind",
            "kubectl delete clusterrolebinding aios-inventory:aios-infrastructure",
        ],
    );
    assert_eq!(stage.handed().len(), 1);
}

#[test]
fn what_is_left_is_told_and_stays_unless_asked_for() {
    let stage = removed();
    let run = stage.wait("remove", &[]);
    ends(
        &run,
        0,
        &[
            "note: what AIOS deletes is gone",
            "warning: ClusterRoleBinding 'default-ns' is there",
            "warning: Role 'kube-system/bootstrap-token-writer' is there",
            "warning: Namespace 'controllers' is there",
            "--clean-up",
        ],
    );
    assert!(stage.kubernetes.asked("DELETE").is_empty());
}

#[test]
fn asked_for_exactly_that_is_taken_away() {
    let stage = removed();
    let kept = [
        // Somebody's own, by name or by what it binds.
        (format!("{RBAC}/clusterrolebindings/mine"), admin_binding("mine", "default")),
        (format!("{RBAC}/clusterrolebindings/vdags-ns"), admin_binding("vdags-ns", "ci")),
        ("/api/v1/namespaces/default".to_owned(), json!({ "metadata": { "name": "default" } })),
        ("/api/v1/namespaces/blocks".to_owned(), json!({ "metadata": { "name": "blocks" } })),
        ("/api/v1/namespaces/blocks/secrets/s".to_owned(), json!({ "metadata": { "name": "s" } })),
        ("/api/v1/namespaces/other".to_owned(), json!({ "metadata": { "name": "other" } })),
    ];
    for (path, object) in &kept {
        stage.kubernetes.put(path, object.clone());
    }
    let run = stage.wait("remove", &["--clean-up"]);
    ends(
        &run,
        3,
        &[
            "note: ClusterRoleBinding 'default-ns' is deleted",
            "note: Namespace 'controllers' is deleted",
            "warning: Namespace 'blocks' stays: Secret 's' is in it",
        ],
    );
    let mut left: Vec<&str> = kept.iter().map(|(path, _)| path.as_str()).collect();
    left.sort_unstable();
    assert_eq!(stage.kubernetes.paths(), left);
}

#[test]
fn the_account_that_was_made_for_it_goes_with_the_rest() {
    let stage = removed();
    let run = stage.wait("remove", &["--clean-up", "--service-account=x/y"]);
    ends(&run, 0, &["ServiceAccount 'x/y' is deleted"]);
    assert_eq!(stage.kubernetes.paths(), ["/api/v1/namespaces/x"]);
}

#[test]
fn completed_although_nothing_happened_is_no_success() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let run = stage.wait("remove", &[]);
    ends(&run, 5, &["AIOS says that it is completed, and all of it is still there"]);
    stage.kubernetes.take("/apis/apps/v1/namespaces/metrics");
    let run = stage.wait("remove", &[]);
    ends(
        &run,
        3,
        &["error: Deployment 'controllers/c-controller' is there", "has not removed all"],
    );
}

#[test]
fn what_aios_has_not_removed_can_be_taken_away_too() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let run = stage.wait("remove", &["--clean-up"]);
    ends(&run, 5, &["note: Deployment 'controllers/c-controller' is deleted"]);
    let paths = stage.kubernetes.paths();
    assert!(paths.is_empty(), "{paths:?}");
}

#[test]
fn a_right_that_lacks_is_told_and_the_rest_goes_on() {
    let stage = removed();
    stage.kubernetes.refuse("/namespaces/kube-system/roles");
    let run = stage.wait("remove", &["--clean-up"]);
    ends(
        &run,
        3,
        &[
            "note: RoleBinding 'kube-system/bootstrap-token-writer-binding' is deleted",
            "warning: Role 'kube-system/bootstrap-token-writer' is not readable: ",
        ],
    );
    assert!(stage.kubernetes.paths().iter().any(|path| path.ends_with("/bootstrap-token-writer")));
}

#[test]
fn a_task_that_fails_or_stays_pending_is_told() {
    let stage = removed();
    stage.aios.set_task_writer_running(false);
    let run = stage.wait("remove", &["--timeout", "1", "--service-account"]);
    ends(&run, 5, &["not over after 1 s", "kubectl delete clusterrolebinding"]);
    stage.aios.stop(Service::Tasks);
    ends(&stage.wait("remove", &[]), 5, &["a part of AIOS is down"]);
}

#[test]
fn rights_that_nobody_can_see_may_be_left() {
    let stage = removed();
    stage.kubernetes.refuse("/clusterrolebindings/");
    let words = "warning: ClusterRoleBinding 'default-ns' is not readable: ";
    ends(&stage.wait("remove", &[]), 0, &["what AIOS deletes is gone", words]);
    ends(&stage.wait("remove", &["--clean-up"]), 3, &[words]);
}
