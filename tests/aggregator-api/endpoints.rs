//! `endpoints` on a real API server, with listeners on this machine in the place of nodes.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::Ipv4Addr;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Service;
use kube::api::{Api, DeleteParams};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::tcgetattr;
use serde_json::json;
use test_kubernetes::control_plane::write_kubeconfig;

use crate::environment::{Cluster, Environment, aggregator, cases};
use crate::run::Run;
use crate::stage::{OK, all, namespaces, node, seen, serve, service, states};

cases![
    each_endpoint_is_told_by_what_it_lacks,
    the_gateway_answers_for_what_it_routes,
    watching_ends_once_all_are_up,
    a_terminal_is_after_watching_what_it_was_before,
    a_user_without_rights_is_told_what_is_not_known_and_nothing_is_written,
];

/// An address of this machine that stands for a node's. Each test has its own: the ports are fixed.
fn address(test: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 91, test, 1)
}

/// Runs `endpoints` as the cluster's administrator.
fn endpoints(cluster: &Cluster, args: &[&str]) -> Run {
    let mut command = aggregator();
    command.args(["endpoints", "--kubeconfig"]).arg(&cluster.kubeconfig);
    Run::of(command.current_dir(cluster.folder()).args(args))
}

async fn each_endpoint_is_told_by_what_it_lacks(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let here = address(1);
    namespaces(&cluster).await;
    node(&cluster, "n", here).await;
    cluster.profile("by-ports", "id: west\nregionId: r\nconfig: {useGateway: false}\n");
    service(&cluster, "controllers", "west-controller-svc", &[32300, 32302, 32303, 32304], 1).await;
    service(&cluster, "metrics", "metrics-writer-svc", &[32301], 0).await;
    service(&cluster, "ambassador", "ambassador", &[32000], 2).await;
    service(&cluster, "mine", "other", &[30501], 2).await;
    service(&cluster, "mine", "policies", &[30900], 1).await;
    service(&cluster, "mine", "add-ons", &[31700, 31701, 31500, 31501], 1).await;
    serve(here, 31500, OK).await;
    serve(here, 31501, OK).await;
    serve(here, 32300, OK).await;
    serve(here, 32302, "SSH-2.0-x\r\n").await;
    serve(here, 32304, OK).await;
    serve(here, 32000, OK).await;
    serve(here, 30501, OK).await;

    let run = endpoints(&cluster, &["--profile", "by-ports", "--format", "json"]);
    let expected = [
        ("cluster (32300)", "pass"),
        ("metrics (32301)", "failure"),
        ("blocks (32302)", "failure"),
        ("gateway (32000)", "pass"),
        ("management (32303)", "failure"),
        ("monitoring (32304)", "pass"),
        ("health (32305)", "failure"),
        ("membership (30501)", "pass"),
        ("policy-executor (30900)", "warning"),
        ("assets-registry (31700)", "warning"),
        ("model-split-runner (31701)", "warning"),
        ("inference-grpc (31500)", "pass"),
        ("inference-rest (31501)", "pass"),
    ];
    assert_eq!((run.exit, states(&run)), (1, all(&expected)), "{run:?}");
    for (name, part) in [
        (
            "cluster (32300)",
            "Service controllers/west-controller-svc, 1 ready, 127.91.1.1:32300 answers HTTP 200",
        ),
        ("metrics (32301)", "none of its 2 endpoints is ready"),
        ("blocks (32302)", "127.91.1.1:32302 is open, but it speaks no HTTP"),
        ("management (32303)", "127.91.1.1:32303 is closed from here"),
        ("health (32305)", "no Service has NodePort 32305"),
        ("membership (30501)", "Service mine/other (usually controllers/membership-server-svc)"),
        ("policy-executor (30900)", "is closed from here"),
    ] {
        assert!(seen(&run, name).contains(part), "{name}: {}", seen(&run, name));
    }

    let table = endpoints(&cluster, &["--profile", "by-ports"]);
    assert!(
        table.stdout.starts_with("endpoints by node port\n  pass     cluster (32300)"),
        "{table:?}"
    );
    assert!(table.stdout.ends_with("6 pass, 3 warning, 4 failure\n"), "{table:?}");
    let color = endpoints(&cluster, &["--profile", "by-ports", "--color", "always"]);
    assert!(!table.stdout.contains('\u{1b}') && color.stdout.contains("\u{1b}[32mpass"));

    let api: Api<Service> = Api::namespaced(cluster.admin.clone(), "mine");
    api.delete("add-ons", &DeleteParams::default()).await.unwrap();
    let named = ["--profile", "by-ports", "--expect", "policy-executor,assets-registry"];
    let run = endpoints(&cluster, &[&named[..], &["--format", "json"]].concat());
    let more = [("policy-executor (30900)", "failure"), ("assets-registry (32390)", "failure")];
    assert_eq!(states(&run)[8..], all(&more), "{run:?}");
}

async fn the_gateway_answers_for_what_it_routes(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    namespaces(&cluster).await;
    let here = address(2);
    cluster.profile("by-gateway", "id: west\nregionId: r\n");
    service(&cluster, "ambassador", "ambassador", &[32000], 2).await;
    let not_found = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
    serve(here, 32000, not_found).await;
    let address = here.to_string();
    let args = ["--profile", "by-gateway", "--address", &address, "--format", "json"];
    let ids = ["--block", "b-1", "--inference-server", "s-1", "--vdag-controller", "v-1"];
    let run = endpoints(&cluster, &[&args[..], &ids].concat());
    let expected = [
        ("gateway (32000)", "pass"),
        ("cluster (/controller)", "failure"),
        ("metrics (/metrics)", "failure"),
        ("blocks (/blocks)", "failure"),
        ("gateway (/)", "pass"),
        ("management (/mgmt)", "failure"),
        ("inference server (/tasks/s-1)", "failure"),
        ("block (/block/b-1)", "failure"),
        ("vDAG controller (/v-1)", "failure"),
    ];
    assert_eq!((run.exit, states(&run)), (1, all(&expected)), "{run:?}");
    let part = "http://127.91.2.1:32000/controller answers HTTP 404: the gateway does not route it";
    assert_eq!(seen(&run, "cluster (/controller)"), part);

    let other = Ipv4Addr::new(127, 91, 2, 2);
    let routed =
        "HTTP/1.1 404 Not Found\r\nx-envoy-upstream-service-time: 1\r\ncontent-length: 0\r\n\r\n";
    serve(other, 32000, routed).await;
    let args = ["--gateway-mode", "on", "--address", "127.91.2.2", "--format", "json"];
    let run = endpoints(&cluster, &args);
    assert_eq!(run.exit, 0, "{run:?}");
}

async fn watching_ends_once_all_are_up(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    namespaces(&cluster).await;
    let here = address(3);
    let address = here.to_string();
    let args = ["--gateway-mode", "on", "--address", &address, "--watch"];
    let run = endpoints(&cluster, &[&args[..], &["--timeout", "1", "--quiet"]].concat());
    assert_eq!(run.exit, 1, "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.starts_with("error: not all are up after "), "{run:?}");

    let mut command = aggregator();
    command.args(["endpoints", "--kubeconfig"]).arg(&cluster.kubeconfig).args(args);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    service(&cluster, "ambassador", "ambassador", &[32000], 1).await;
    serve(here, 32000, OK).await;
    let output = child.wait_with_output().unwrap();
    let [stdout, stderr] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stdout.ends_with("\n6 pass\n"), "{stdout}");
    // What did not change is not told again, and nothing is drawn where nobody can see it.
    let about = |line: &&str| line.starts_with("note: gateway (32000): ");
    let told: Vec<&str> = stderr.lines().filter(about).collect();
    assert!(told.len() <= 2 && told.last().unwrap().contains(": pass, "), "{stderr}");
    assert!(!stderr.contains('\r') && !stderr.contains('\u{1b}'), "{stderr:?}");

    let mut command = aggregator();
    command.args(["endpoints", "--kubeconfig"]).arg(&cluster.kubeconfig);
    command.args(["--watch", "--timeout", "0", "--address", "127.91.3.9"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{first}");
}

async fn a_terminal_is_after_watching_what_it_was_before(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let name = ptsname(&keyboard, Vec::new()).unwrap();
    let name = OsStr::from_bytes(name.as_bytes());
    let screen = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let looks = || format!("{:?}", tcgetattr(&keyboard).unwrap());
    let before = looks();
    let mut command = aggregator();
    command.args(["endpoints", "--kubeconfig"]).arg(&cluster.kubeconfig);
    // Of what tells it not to draw.
    command.env_remove("NO_COLOR").env("TERM", "xterm");
    command.args(["--watch", "--timeout", "0", "--address", "127.91.5.9"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::from(screen)).spawn().unwrap();
    drop(command);
    let mut keyboard_file = std::fs::File::from(keyboard.try_clone().unwrap());
    let (mut shown, mut piece) = (Vec::new(), [0; 1024]);
    while !String::from_utf8_lossy(&shown).contains(" up, waiting for cluster (32300)") {
        let length = keyboard_file.read(&mut piece).unwrap();
        shown.extend_from_slice(&piece[..length]);
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    // Once nobody holds the screen, reading fails.
    let _end = keyboard_file.read_to_end(&mut shown);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let shown = String::from_utf8(shown).unwrap();
    // The line is taken away, and the cursor was never hidden.
    assert!(shown.ends_with("\r\u{1b}[2K") && !shown.contains("\u{1b}[?25l"), "{shown:?}");
    assert_eq!(looks(), before);
}

async fn a_user_without_rights_is_told_what_is_not_known_and_nothing_is_written(
    _: Arc<Environment>,
) {
    let cluster = Cluster::start().await;
    let here = address(4);
    serve(here, 32300, OK).await;
    let user = json!({ "token": "administrator", "as": "nobody" });
    let file = cluster.folder().join("nobody.kubeconfig");
    write_kubeconfig(&cluster.plane.kubeconfig(&cluster.plane.url(), &user), &file);
    let before = cluster.plane.requests().len();
    let mut command = aggregator();
    command.args(["endpoints", "--kubeconfig"]).arg(&file);
    let run = Run::of(command.args(["--address", &here.to_string(), "--format", "json"]));
    assert_eq!(run.exit, 1, "{run:?}");
    let found = states(&run);
    assert_eq!(found[..2], all(&[("cluster (32300)", "warning"), ("metrics (32301)", "failure")]));
    assert!(
        seen(&run, "cluster (32300)").contains("cannot list services: this user lacks the right")
    );

    let mut command = aggregator();
    command.args(["endpoints", "--kubeconfig"]).arg(&file).args(["--format", "json"]);
    let run = Run::of(&mut command);
    assert_eq!(run.exit, 3, "{run:?}");
    assert!(states(&run).iter().all(|(_, state)| state == "notTried"), "{run:?}");

    let requests = cluster.plane.requests();
    let writes: Vec<_> = requests[before..].iter().filter(|request| request.is_write()).collect();
    assert!(requests.len() > before && writes.is_empty(), "{writes:?}");
}
