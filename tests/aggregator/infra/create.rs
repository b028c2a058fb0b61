//! `infra create`: AIOS's word, and what the cluster shows.

use std::time::Duration;

use fake_aios::{Fault, Route, Service};
use serde_json::json;

use super::stage::Stage;
use crate::kubernetes::deployment_path;
use crate::run::Run;
use crate::submit::stage::ends;

/// The id of the first task.
const TASK: &str = "5f3c0de0-0000-4000-8000-000000000001\n";

#[test]
fn without_waiting_it_ends_once_the_task_is_accepted() {
    let stage = Stage::new();
    let run = stage.run("create", &[]);
    ends(
        &run,
        0,
        &["AIOS will act with your own credential", "cluster-admin", "32300", "scheduled"],
    );
    assert_eq!(run.stdout, TASK);
    assert!(stage.kubernetes.paths().is_empty() && stage.kubernetes.asked("GET").is_empty());
}

#[test]
fn waited_for_it_ends_well_where_the_cluster_shows_all_of_it() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let run = stage.wait("create", &["--mend-addresses"]);
    ends(
        &run,
        0,
        &["22 of 22 of its objects are in the cluster and ready", "AIOS stores texts now"],
    );
    assert_eq!(run.stdout, TASK);
    let stored = stage.aios.stored("c").unwrap();
    let map = &stored["config"]["urlMap"];
    assert_eq!(map["publicGateway"], "http://c.example.com:32000");
    assert_eq!(map["parameterUpdater"], "http://c.example.com:32303");
    assert!(map["membershipServer"].is_string() && map["controllerService"].is_string(), "{map}");
}

#[test]
fn addresses_are_not_mended_unless_somebody_says_so() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let run = stage.wait("create", &[]);
    ends(
        &run,
        0,
        &["warning: AIOS stores addresses as lists", "infra status --gateway URL --mend-addresses"],
    );
    assert!(stage.aios.stored("c").unwrap()["config"]["urlMap"]["publicGateway"].is_array());
}

#[test]
fn quiet_says_only_how_it_ended() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    let run =
        stage.wait("create", &["--quiet", "--mend-addresses", "--server", "https://k.example.com"]);
    ends(&run, 0, &["note: the infrastructure is there"]);
    assert!(
        !run.stderr.contains("AIOS will act") && !run.stderr.contains("AND THAT MEANS"),
        "{run:?}"
    );
}

#[test]
fn a_pipe_gets_a_line_for_each_change_and_no_spinner() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    stage.kubernetes.take("/apis/apps/v1/namespaces/controllers/deployments/grpc-proxy");
    let mut slow = crate::kubernetes::ready("grpc-proxy");
    slow["status"] = json!({});
    stage.kubernetes.put(&deployment_path("controllers", "grpc-proxy"), slow);
    stage.kubernetes.put(
        "/api/v1/namespaces/controllers/pods/p",
        json!({ "metadata": { "name": "p" }, "status": { "containerStatuses": [{
            "name": "proxy", "ready": false, "restartCount": 0, "image": "", "imageID": "",
            "state": { "waiting": { "reason": "ImagePullBackOff" } },
        }] } }),
    );
    let run = stage.wait("create", &["--timeout", "2"]);
    ends(
        &run,
        3,
        &[
            "error: Deployment 'controllers/grpc-proxy' is not ready: 0 of 1 pods available: ImagePullBackOff",
        ],
    );
    let waiting = run.stderr.lines().filter(|line| line.starts_with("note: waiting for ")).count();
    assert_eq!((waiting, run.stderr.contains('\u{1b}')), (1, false), "{run:?}");
}

#[test]
fn completed_although_nothing_happened_is_no_success() {
    let stage = Stage::new();
    let run = stage.wait("create", &[]);
    ends(
        &run,
        5,
        &["AIOS says that it is completed, and nothing of it is in this cluster", "0 of 22"],
    );
    assert_eq!(run.stdout, TASK);
}

#[test]
fn what_cannot_be_read_is_neither_there_nor_absent() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    stage.kubernetes.refuse("/clusterrolebindings/default-ns");
    let run = stage.wait("create", &[]);
    ends(
        &run,
        3,
        &[
            "error: ClusterRoleBinding 'default-ns' is not readable: cannot get clusterrolebindings",
            "21 of 22",
        ],
    );
}

#[test]
fn a_task_that_fails_ends_with_its_reason_and_with_what_is_there() {
    let stage = Stage::with(&json!({ "publicHostname": "h" }));
    stage.kubernetes.put_infrastructure();
    stage.kubernetes.take(&deployment_path("controllers", "membership-server"));
    let run = stage.wait("create", &[]);
    ends(
        &run,
        4,
        &[
            "its task fails,",
            "failed: Failed to create cluster infrastructure: cannot access local variable 'membership_url'",
            "error: Deployment 'controllers/membership-server' is absent",
        ],
    );
}

#[test]
fn whatever_the_task_says_success_is_what_the_cluster_shows() {
    let stage = Stage::with(&json!({ "publicHostname": "h" }));
    stage.kubernetes.put_infrastructure();
    // All is there, and yet AIOS does not know where.
    ends(&stage.wait("create", &[]), 3, &["AIOS stores no addresses of the cluster"]);
    let mut stored = stage.aios.stored("c").unwrap();
    stored["config"]["urlMap"] = json!({ "controllerService": "http://h:32300" });
    stage.aios.put(stored);
    ends(&stage.wait("create", &[]), 0, &["failed: ", "the infrastructure is there"]);
}

#[test]
fn a_task_that_stays_pending_ends_in_time_with_what_to_do() {
    let stage = Stage::new();
    stage.aios.set_task_writer_running(false);
    let run = stage.wait("create", &["--timeout", "1"]);
    ends(
        &run,
        5,
        &[
            "not over after 1 s: task '5f3c",
            "is pending; 0 of 22",
            "infra status --cluster-id c --tasks http",
        ],
    );
    let pending = run.stderr.lines().filter(|line| line.ends_with("is pending")).count();
    assert_eq!(pending, 1, "{run:?}");
}

#[test]
fn a_tasks_service_that_says_nothing_is_waited_for_no_longer_than_wanted() {
    let stage = Stage::new();
    stage.aios.inject(Fault::Hang.always().on(Route::Task));
    let run = stage.wait("create", &["--timeout", "1", "--request-timeout", "5"]);
    ends(&run, 5, &["not over after 1 s: the tasks service does not answer; 0 of 22"]);
}

#[test]
fn refusals_are_told_and_nothing_is_waited_for() {
    let stage = Stage::new();
    let down = Fault::TasksDown.always().at(Service::Gateway);
    stage.aios.inject(down);
    let run = stage.wait("create", &[]);
    ends(&run, 5, &["a part of AIOS is down", "/task"]);
    assert!(!run.stderr.contains("may have"), "{run:?}");
    assert_eq!(run.stdout, "");
    stage.aios.clear_faults();
    for (status, exit, words) in
        [(400, 5, "answers 400 with an HTML page"), (403, 4, "credentials")]
    {
        let page = Fault::Html { status }.once().on(Route::CreateInfra);
        stage.aios.inject(page);
        let run = stage.wait("create", &[]);
        ends(&run, exit, &[words]);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn a_lost_answer_is_told_as_one_and_nothing_is_sent_twice() {
    for fault in [Fault::LoseAnswer, Fault::Reset, Fault::CutBody] {
        let stage = Stage::new();
        stage.aios.inject(fault.always().on(Route::CreateInfra));
        let run = stage.wait("create", &["--retry-for", "5"]);
        ends(&run, 5, &["AIOS may have scheduled it all the same", "infra status"]);
        assert_eq!((stage.handed().len(), run.stdout.as_str()), (1, ""), "{run:?}");
    }
}

#[test]
fn a_gateway_that_is_away_was_sent_nothing() {
    let stage = Stage::new();
    stage.aios.stop(Service::Gateway);
    let run = stage.run("create", &[]);
    ends(&run, 5, &["no connection, and nothing was sent"]);
    assert!(!run.stderr.contains("may have"), "{run:?}");
}

#[test]
fn services_that_go_away_in_between_leave_it_unsettled() {
    let stage = Stage::new();
    stage.kubernetes.put_infrastructure();
    // Read once before, and then no more.
    stage.aios.inject(Fault::Reset.always().on(Route::Task));
    let run = stage.wait("create", &["--timeout", "1"]);
    ends(&run, 5, &["not over after 1 s: GET http", "the connection ended"]);
    stage.aios.clear_faults();
    stage.aios.forget_received();
    let gone = std::thread::scope(|scope| {
        stage.aios.set_task_writer_running(false);
        let run = scope.spawn(|| stage.wait("create", &["--timeout", "30"]));
        while stage.aios.count(Service::Tasks, Route::Task) < 4 {
            std::thread::sleep(Duration::from_millis(5));
        }
        stage.aios.stop(Service::Gateway);
        stage.aios.set_task_writer_running(true);
        run.join().unwrap()
    });
    ends(&gone, 5, &["the infrastructure is there", "no connection, and nothing was sent"]);
}

#[test]
fn a_cluster_that_aios_cannot_create_for_is_told_before_anything_is_sent() {
    let stage = Stage::with(&json!({ "useGateway": false }));
    ends(&stage.run("create", &[]), 1, &["has no config.publicHostname"]);
    let mut other = stage.infra("create", &["--yes", "--allow-http"]);
    ends(
        &Run::of(other.env("INVENTORY_CLUSTER_ID", "d").args(["--cluster-id", "d"])),
        2,
        &["--cluster-id"],
    );
    stage.aios.remove("c").unwrap();
    ends(&stage.run("create", &[]), 1, &["AIOS has no cluster 'c': submit it first"]);
    assert!(stage.handed().is_empty());
}

#[test]
fn a_tasks_service_that_is_none_is_not_waited_for() {
    let stage = Stage::new();
    let other = stage.aios.url(Service::Gateway);
    let run = stage.run("create", &["--wait", "--tasks", &other]);
    ends(
        &run,
        5,
        &["the task cannot be followed: GET http", "what answers is not AIOS", "infra status"],
    );
}
