//! The program, and the control endpoint through which faults are set from outside.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use fake_aios::{Service, envelope};
use reqwest::Method;
use serde_json::json;

use crate::support::{ID, answer, empty, example, with_example};

/// The program, killed at the latest when the test ends.
struct Program {
    child: Child,
    addresses: BTreeMap<String, String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fake-aios"))
            .arg("--any-port")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(Service::ALL.len());
        let addresses = lines.map(|line| {
            let line = line.unwrap();
            let (name, url) = line.split_once(' ').unwrap();
            (name.to_owned(), url.to_owned())
        });
        Self { addresses: addresses.collect(), child }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn the_program_prints_its_addresses_and_ends_with_ctrl_c() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), example().to_string()).unwrap();
    let mut program = Program::start(&[file.path().to_str().unwrap()]);
    let names: Vec<_> = program.addresses.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["addons", "control", "gateway", "membership", "parser", "registry", "tasks"]
    );
    let client = empty().client;
    let url = format!("{}/clusters/read/{ID}", program.addresses["gateway"]);
    let (status, body) = answer(client.get(url).send().await.unwrap()).await;
    assert_eq!((status, &body["data"]["id"]), (200, &json!(ID)));
    let interrupted =
        Command::new("kill").args(["-INT", &program.child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_is_wrong_with_the_call_is_told_in_one_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{"id": "a"}"#).unwrap();
    let path = file.path().to_str().unwrap();
    let cases = [
        (vec!["/nonexistent.json"], "'/nonexistent.json' cannot be read"),
        (vec![path], "cluster 0 of those to begin with is refused"),
        (vec!["--listen", "192.0.2.1"], "the parser cannot listen on 192.0.2.1:0"),
        (
            vec!["--tls-certificate", path, "--tls-key", path],
            "the certificate or its key cannot be read",
        ),
    ];
    for (arguments, text) in cases {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fake-aios"))
            .arg("--any-port")
            .args(&arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{arguments:?}");
        assert!(stderr.contains(text), "{stderr}");
        assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    }
}

#[tokio::test]
async fn faults_are_set_and_cleared_from_outside() {
    const CONTROL: Service = Service::Control;
    let aios = empty();
    let fault = json!({"fault": {"html": {"status": 502}}, "service": "parser", "route": "create", "times": 1});
    assert_eq!(aios.post(CONTROL, "/faults", &fault).await, (200, json!({})));
    let send = async || {
        aios.send(Method::POST, Service::Parser, "/api/createCluster", &envelope(&example()))
            .await
            .status()
    };
    assert_eq!(send().await, 502);
    assert_eq!(aios.post(CONTROL, "/faults", &json!({"fault": "reset"})).await.0, 200);
    assert_eq!(aios.send(Method::DELETE, CONTROL, "/faults", &json!({})).await.status(), 200);
    assert_eq!(send().await, 200);
    let (status, body) = aios.post(CONTROL, "/faults", &json!({"fault": "rain"})).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().contains("rain"), "{body}");
    let (_, requests) = aios.get(CONTROL, "/requests").await;
    assert_eq!(requests.as_array().unwrap().len(), 2);
    assert_eq!(requests[0]["path"], "/api/createCluster");
}

#[tokio::test]
async fn membership_and_services_are_moved_from_outside() {
    const CONTROL: Service = Service::Control;
    let aios = with_example();
    let path = |what: &str| format!("/membership/{ID}/{what}");
    let nodes = json!([{"name": "a", "vcpus": 4, "memoryMib": 100}]);
    assert_eq!(aios.post(CONTROL, &path("nodes"), &nodes).await.0, 200);
    assert_eq!(aios.post(CONTROL, &path("sync"), &json!(null)).await.0, 200);
    assert_eq!(aios.post(CONTROL, &path("join"), &json!({"id": "b"})).await.0, 200);
    assert_eq!(aios.post(CONTROL, &path("leave"), &json!("a")).await.0, 200);
    assert_eq!(aios.post(CONTROL, &path("edit"), &json!({"tags": ["x"]})).await.0, 200);
    assert_eq!(aios.post(CONTROL, &path("dance"), &json!(null)).await.0, 400);
    let changes = json!(["sync", {"leave": "a"}, {"join": {"id": "b"}}]);
    assert_eq!(aios.post(CONTROL, &path("before-update"), &changes).await.0, 200);
    assert_eq!(aios.update(ID, &json!({"nodes.nodeData.1.swap": 1})).await.0, 200);
    let (_, clusters) = aios.get(CONTROL, "/clusters").await;
    assert_eq!(clusters[0]["nodes"], json!({"count": 1, "nodeData": [{"id": "b"}, {"swap": 1}]}));
    assert_eq!(clusters[0]["tags"], json!(["x"]));
    assert_eq!(aios.post(CONTROL, "/services/registry/stop", &json!(null)).await.0, 200);
    assert_eq!(aios.read(ID).await.0, 500);
    assert_eq!(aios.post(CONTROL, "/services/registry/start", &json!(null)).await.0, 200);
    assert_eq!(aios.read(ID).await.0, 200);
    assert_eq!(aios.post(CONTROL, "/services/control/stop", &json!(null)).await.0, 400);
}
