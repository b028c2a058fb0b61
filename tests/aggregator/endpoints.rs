//! `endpoints`, as far as a stand-in for an API server tells.

use crate::infra::stage::kubeconfig;
use crate::kubernetes::Kubernetes;
use crate::run::Run;
use crate::scene::Scene;

#[test]
fn each_service_is_asked_for_its_endpoints_once() {
    let kubernetes = Kubernetes::start();
    kubernetes.put_services("127.93.101.1");
    let scene = Scene::new(&[("k.json", kubeconfig(&kubernetes.url).to_string())]);
    let run = Run::of(&mut scene.command(&["endpoints", "--kubeconfig", "k.json"]));
    assert_eq!(run.exit, 1, "{run:?}");
    let asked = kubernetes.asked("GET");
    let slices = asked.iter().filter(|path| path.ends_with("/endpointslices")).count();
    assert_eq!(slices, 4, "{asked:?}");
}

#[test]
fn what_nobody_knows_in_time_is_not_up() {
    let kubernetes = Kubernetes::start();
    kubernetes.put_services("127.93.102.1");
    kubernetes.refuse("/api/v1/nodes");
    let scene = Scene::new(&[("k.json", kubeconfig(&kubernetes.url).to_string())]);
    let args = ["endpoints", "--kubeconfig", "k.json", "--gateway-mode", "off"];
    let run = Run::of(&mut scene.command(&args));
    assert!(run.exit == 3 && run.stdout.ends_with("\n8 not tried\n"), "{run:?}");
    let run = Run::of(scene.command(&args).args(["--watch", "--timeout", "1"]));
    assert!(run.exit == 1 && run.stderr.contains("error: not all are up"), "{run:?}");
}
