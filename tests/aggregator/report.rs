//! What `report` writes: a page of what there is, whatever is missing.

use fake_aios::{FakeAios, Options, Service};
use serde_json::{Value, json};

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

/// The part of a page that tells of AIOS's copy.
fn copy(page: &str) -> &str {
    page.split_once("id=\"aios\"").unwrap().1.split_once("</section>").unwrap().0
}

#[test]
fn what_aios_stores_is_compared_where_a_flag_says_where_aios_is() {
    let files = [("a", inventory("a", 1024).to_string()), ("b", inventory("b", 2).to_string())];
    let scene = Scene::new(&files);
    let (secret, token) = (json!({ "joinCommand": "s3cr3t" }), json!({ "token": "s3cr3t" }));
    let stored = |nodes: Value| {
        json!({
            "id": "c", "regionId": "elsewhere", "nodes": { "count": 2, "nodeData": nodes },
            "clusterMetadata": { "additionalInfo": secret }, "config": { "x": token },
        })
    };
    let options = Options::default();
    let aios = FakeAios::start(&options).unwrap();
    let gateway = aios.url(Service::Gateway);
    let page = |args: &[&str]| {
        let usual = ["--profile", "p.yaml", "--output", "-", "--retry-for", "0", "a", "b"];
        let run = report(&scene, &[&usual, args].concat());
        assert_eq!(run.exit, 0, "{run:?}");
        assert!(!run.stdout.contains("s3cr3t"), "{}", run.stdout);
        run.stdout
    };
    let with = ["--gateway", &gateway];
    assert!(copy(&page(&with)).contains("AIOS has no cluster 'c'"));
    aios.put(stored(json!([inventory("a", 7)["nodeData"], { "id": "z" }])));
    let told = page(&with);
    for word in [&gateway[..gateway.len() - 1], "not true", "1,024 MiB", "7 MiB", "elsewhere"] {
        assert!(copy(&told).contains(word), "no {word} in {}", copy(&told));
    }
    for note in ["AIOS lacks this node", "AIOS has this node, and it is not here"] {
        assert!(copy(&told).contains(note), "no {note} in {}", copy(&told));
    }
    // Of nodes of which nobody knows whether they are here none is called too many.
    let told = page(&["--gateway", &gateway, "--expect-nodes", "3"]);
    assert!(!copy(&told).contains("is not here"), "{}", copy(&told));
    // Of the profile's addresses none is asked by itself.
    scene.write("p.yaml", &format!("id: c\nregionId: r\ngateway: {gateway}\n"));
    let asked = aios.received().len();
    assert!(copy(&page(&[])).contains("AIOS was not asked"));
    assert_eq!(aios.received().len(), asked);

    aios.stop(Service::Gateway);
    let told = page(&with);
    assert!(copy(&told).contains("unknown") && copy(&told).contains("no connection"), "{told}");
    let run = report(&scene, &["a", "--profile", "p.yaml", "--gateway", "nonsense"]);
    assert_eq!((run.exit, run.stderr.lines().count()), (1, 1), "{run:?}");
    assert!(run.stderr.contains("the address of AIOS's gateway"), "{run:?}");
}
