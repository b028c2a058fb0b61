//! What `report` writes: a page of what there is, whatever is missing.

use serde_json::json;

use crate::run::Run;
use crate::scene::{Scene, inventory, node};

/// `report` of these, in the scene's folder.
fn report(scene: &Scene, args: &[&str]) -> Run {
    Run::of(scene.command(&["report"]).args(args))
}

fn read(scene: &Scene, name: &str) -> String {
    std::fs::read_to_string(scene.path(name)).unwrap()
}

#[test]
fn a_page_is_written_from_dumps_of_either_kind() {
    let scene = Scene::new(&[
        ("a", inventory("a-1", 1024).to_string()),
        ("b", node("b-2", 2048).to_string()),
    ]);
    let run = report(&scene, &["--profile", "p.yaml", "a", "b"]);
    assert_eq!((run.exit, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let page = read(&scene, "report.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "{page}");
    for word in
        ["Cluster c", "#node-a-1", "#node-b-2", "3,072 MiB", "&quot;regionId&quot;: &quot;r&quot;"]
    {
        assert!(page.contains(word), "{word}");
    }

    let run = report(&scene, &["--output", "-", "a"]);
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.contains("without a profile") && run.stdout.contains("--profile"),
        "{run:?}"
    );
}

#[test]
fn what_is_missing_or_unknown_is_on_the_page_and_stops_nothing() {
    let mut unknown = inventory("a", 1);
    unknown["unknowns"] = json!([{ "field": "network.txBandwidth", "device": "eth0" }]);
    let scene = Scene::new(&[("a", unknown.to_string())]);
    let run = report(&scene, &["a", "--expect-nodes", "3", "--output", "-"]);
    assert_eq!(run.exit, 0, "{run:?}");
    let warning = "warning: only 0 of 3 nodes are there and fully known: the page says what stands in the way\n";
    assert_eq!(run.stderr, warning);
    for word in
        ["0 of 3", "2 of 3 expected nodes have no inventory", "the link speed of 'eth0' is unknown"]
    {
        assert!(run.stdout.contains(word), "{word}");
    }
}

#[test]
fn what_cannot_be_read_or_written_is_one_line_and_no_page() {
    let scene = Scene::new(&[("odd", "{nope".to_owned()), ("a", inventory("a", 1).to_string())]);
    scene.write("bad.yaml", "id: c\nfrob: 1\n");
    for (args, words) in [
        (&["odd"][..], "'odd': line 1 column 2: "),
        (&["no-such-file"], "cannot read 'no-such-file'"),
        (&["a", "--profile", "bad.yaml"], "profile 'bad.yaml': 'frob' is no key here"),
        (&["--kubeconfig", "none.yaml"], "no DUMP is given, and the cluster cannot be read"),
        (&["a", "--output", "no/such/folder"], "cannot write 'no/such/folder'"),
    ] {
        let run = report(&scene, args);
        assert_eq!(
            (run.exit, run.stdout.as_str(), run.stderr.lines().count()),
            (1, "", 1),
            "{run:?}"
        );
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains(words), "{run:?}");
        assert!(!scene.path("report.html").exists(), "{args:?}");
    }
}

#[test]
fn a_secret_of_the_profile_is_not_on_the_page() {
    let scene = Scene::new(&[("a", inventory("a", 1).to_string())]);
    let profile = "id: c\nregionId: r\nclusterMetadata: {additionalInfo: {joinCommand: kubeadm join s3cr3t}}\n";
    scene.write("secret.yaml", profile);
    let run = report(&scene, &["a", "--profile", "secret.yaml", "--output", "-"]);
    assert!(run.stdout.contains("joinCommand") && !run.stdout.contains("s3cr3t"), "{run:?}");
    assert_eq!((run.exit, run.stderr.as_str()), (0, ""));
}
