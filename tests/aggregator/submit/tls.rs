//! AIOS behind TLS: whom to trust is told, and the name must be right.

use fake_aios::{Options, Service, Tls};

use super::stage::{Stage, ends, fails};
use crate::run::Run;

/// A Parser that answers with a certificate for this name, which is its own authority in `ca.pem`.
fn stage(name: &str) -> Stage {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let tls = Tls {
        certificates_pem: made.cert.pem().into_bytes(),
        key_pem: made.signing_key.serialize_pem().into_bytes(),
    };
    let stage = Stage::with(&Options { parser_tls: Some(tls), ..Options::default() });
    stage.scene.write("ca.pem", &made.cert.pem());
    stage
}

/// `submit` to the Parser by this name.
fn submit(stage: &Stage, host: &str, args: &[&str]) -> Run {
    let port = stage.aios.address(Service::Parser).unwrap().port();
    let parser = format!("https://{host}:{port}");
    let gateway = stage.aios.url(Service::Gateway);
    let mut command = stage.scene.command(&["submit", "--file", "c.json", "--retry-for", "0"]);
    Run::of(command.args(["--parser", &parser, "--gateway", &gateway]).args(args))
}

const UNSAFE: &str = "no connection that is safe, and nothing was sent: ";

#[test]
fn an_authority_of_one_s_own_is_trusted_where_it_is_given() {
    let stage = stage("localhost");
    ends(&submit(&stage, "localhost", &["--ca-file", "ca.pem"]), 0, &["AIOS has cluster 'c'"]);
    stage.is_true();
}

#[test]
fn a_wrong_name_and_an_unknown_authority_end_it_before_anything_is_sent() {
    let wrong = stage("other.example");
    let run = submit(&wrong, "localhost", &["--ca-file", "ca.pem"]);
    fails(&run, 5, &[UNSAFE, "other.example", "--ca-file"]);

    let unknown = stage("localhost");
    let others = stage("localhost");
    std::fs::copy(others.scene.path("ca.pem"), unknown.scene.path("others.pem")).unwrap();
    let run = submit(&unknown, "localhost", &["--ca-file", "others.pem"]);
    fails(&run, 5, &[UNSAFE, "check the address, and what --ca-file trusts"]);
    for stage in [wrong, unknown] {
        assert!(stage.writes().is_empty() && stage.aios.clusters().is_empty());
    }
}

#[test]
fn tls_where_there_is_none_and_none_where_there_is_are_told() {
    let plain = Stage::new();
    let port = plain.aios.address(Service::Parser).unwrap().port();
    plain.scene.write("ca.pem", &std::fs::read_to_string(stage("x").scene.path("ca.pem")).unwrap());
    let parser = format!("https://127.0.0.1:{port}");
    let run = plain.submit(&["--dry-run", "--ca-file", "ca.pem"]);
    ends(&run, 0, &[]);
    let gateway = plain.aios.url(Service::Gateway);
    let mut command = plain.scene.command(&["submit", "--file", "c.json", "--retry-for", "0"]);
    command.args(["--parser", &parser, "--gateway", &gateway, "--ca-file", "ca.pem"]);
    fails(&Run::of(&mut command), 5, &[UNSAFE]);
    assert!(plain.aios.clusters().is_empty());

    let secure = stage("localhost");
    let port = secure.aios.address(Service::Parser).unwrap().port();
    let parser = format!("http://localhost:{port}");
    let gateway = secure.aios.url(Service::Gateway);
    let mut command = secure.scene.command(&["submit", "--file", "c.json", "--retry-for", "0"]);
    let run = Run::of(command.args(["--parser", &parser, "--gateway", &gateway]));
    println!("{run:?}");
    assert_eq!((run.exit, run.stderr.lines().count()), (5, 1), "{run:?}");
}

#[test]
fn a_file_of_authorities_that_is_none_is_refused() {
    let stage = stage("localhost");
    stage.scene.write("bad.pem", "nothing");
    let words = "the authorities of 'bad.pem' cannot be used: there is no certificate (PEM) in it";
    fails(&submit(&stage, "localhost", &["--ca-file", "bad.pem"]), 1, &[words]);
    let words = "cannot read 'no.pem': No such file";
    fails(&submit(&stage, "localhost", &["--ca-file", "no.pem"]), 1, &[words]);
    assert!(stage.aios.received().is_empty());
}
