//! Where AIOS is, and how to reach it: what is missing or wrong has one line.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use fake_aios::Service;

use super::stage::{Stage, ends, fails};
use crate::run::Run;
use crate::scene::{Scene, aggregator, inventory};

fn run(stage: &Stage, args: &[&str]) -> Run {
    Run::of(&mut stage.scene.command(args))
}

#[test]
fn an_address_that_nobody_gives_is_named() {
    let stage = Stage::new();
    let words = ["the address of AIOS's parser is not known: give --parser"];
    fails(&run(&stage, &["submit", "--file", "c.json"]), 1, &words);
    let words = ["the address of AIOS's gateway is not known: give --gateway"];
    fails(&run(&stage, &["diff", "--file", "c.json"]), 1, &words);
}

#[test]
fn an_address_that_is_none_is_refused_and_not_repeated() {
    let stage = Stage::new();
    for (address, words) in [
        ("nonsense", "is no URL such as"),
        ("ftp://127.0.0.1", "is a URL of 'ftp:'"),
        ("http://u:s3cr3t@127.0.0.1", "has a user name or a password in it"),
        ("http://127.0.0.1/?s3cr3t", "has a '?' or '#' in it"),
    ] {
        for service in ["parser", "gateway"] {
            let run = stage.submit(&[]);
            assert_eq!(run.exit, 0, "{run:?}");
            let mut command = stage.scene.command(&["submit", "--file", "c.json"]);
            command.env("INVENTORY_PARSER", stage.aios.url(Service::Parser));
            command.env("INVENTORY_GATEWAY", stage.aios.url(Service::Gateway));
            let run = Run::of(command.args([&format!("--{service}"), address]));
            fails(&run, 1, &[&format!("the address of AIOS's {service}: {words}")]);
            assert!(!run.stderr.contains("s3cr3t"), "{run:?}");
        }
    }
}

#[test]
fn addresses_can_stand_in_the_profile_or_the_environment() {
    let stage = Stage::new();
    let [parser, gateway] = [Service::Parser, Service::Gateway].map(|it| stage.aios.url(it));
    let profile = format!("id: c\nregionId: r\nparser: {parser}\ngateway: {gateway}\n");
    stage.scene.write("p.yaml", &profile);
    stage.scene.write("a.json", &inventory("a", 1).to_string());
    let args = ["submit", "--profile", "p.yaml", "a.json"];
    ends(&run(&stage, &args), 0, &["AIOS has cluster 'c' with 1 node\n"]);
    let args = ["diff", "--profile", "p.yaml", "a.json"];
    ends(&run(&stage, &args), 0, &["AIOS says of 'c' what is true"]);
    let elsewhere = [&args[..], &["--gateway", "http://127.0.0.1:1", "--retry-for", "0"]].concat();
    ends(&run(&stage, &elsewhere), 5, &["http://127.0.0.1:1/clusters/read/c: no connection"]);
    let mut command = stage.scene.command(&["diff", "--file", "c.json"]);
    assert_eq!(Run::of(command.env("INVENTORY_GATEWAY", gateway)).exit, 3);
}

#[test]
fn a_file_of_headers_that_is_none_is_refused_without_its_values() {
    let stage = Stage::new();
    for (text, words) in [
        ("Authorization: Bearer s3cr3t\n", "the first line must name where the headers may go"),
        ("origin: http://other.example\nA: s3cr3t\n", "its headers are for 'http://other.example'"),
        ("origin: http://h/path\nA: s3cr3t\n", "the origin must be scheme, host and port alone"),
        ("origin: http://h\ns3cr3t\n", "line 2 is no header such as"),
        ("origin: http://h\nHost: s3cr3t\n", "line 2: the header 'host' is not yours to set"),
        ("origin: http://h\n", "there is no header in it"),
    ] {
        stage.scene.write("headers", text);
        let run = stage.submit(&["--headers-file", "headers"]);
        fails(&run, 1, &["'headers': ", words]);
        assert!(!run.stderr.contains("s3cr3t"), "{run:?}");
    }
    fails(&stage.submit(&["--headers-file", "no"]), 1, &["cannot read 'no': No such file"]);
    assert!(stage.aios.received().is_empty());
}

/// Somebody who says that there is no such cluster, and then what was asked of them.
fn ear() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let listen = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let heard: Vec<String> =
            lines.by_ref().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        let body = r#"{"success": false, "data": "404 Client Error"}"#;
        let length = body.len();
        write!(stream, "HTTP/1.1 500 Error\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
        heard.join("\n")
    };
    (url, std::thread::spawn(listen))
}

#[test]
fn headers_reach_their_origin_and_no_other() {
    let stage = Stage::new();
    for is_theirs in [true, false] {
        let (gateway, heard) = ear();
        let other = stage.aios.url(Service::Parser);
        let origin = if is_theirs { &gateway } else { &other };
        stage.scene.write("headers", &format!("origin: {origin}\nX-Token: s3cr3t\n"));
        let mut command = stage.scene.command(&["diff", "--file", "c.json", "--parser", &other]);
        command.args(["--gateway", &gateway, "--headers-file", "headers"]);
        ends(&Run::of(&mut command), 3, &["AIOS has no cluster 'c'"]);
        let heard = heard.join().unwrap();
        assert!(heard.starts_with("GET /clusters/read/c HTTP/1.1"), "{heard}");
        assert_eq!(heard.contains("x-token: s3cr3t"), is_theirs, "{heard}");
    }
}

#[test]
fn the_way_may_lead_through_a_proxy_of_the_environment() {
    let stage = Stage::new();
    let (proxy, heard) = ear();
    let args = ["diff", "--file", "c.json", "--gateway", "http://aios.example"];
    let mut command = stage.scene.command(&args);
    ends(&Run::of(command.env("HTTP_PROXY", proxy)), 3, &["AIOS has no cluster 'c'"]);
    let heard = heard.join().unwrap();
    assert!(heard.starts_with("GET http://aios.example/clusters/read/c HTTP/1.1"), "{heard}");
}

#[test]
fn words_that_cannot_be_meant_are_refused() {
    let refuses = |args: &[&str], words: &[&str]| {
        let run = Run::of(aggregator().args(args));
        assert_eq!((run.exit, run.stderr.lines().count()), (2, 1), "{args:?}: {run:?}");
        ends(&run, 2, words);
    };
    refuses(&["submit"], &["--profile <FILE>"]);
    refuses(&["submit", "--file", "c", "--profile", "p"], &["'--file <FILE>' cannot be used with"]);
    refuses(&["submit", "--file", "c", "d.json"], &["'--file <FILE>' cannot be used with"]);
    refuses(&["submit", "--file", "c", "--timeout", "0"], &["--timeout"]);
    refuses(&["submit", "--file", "c", "--retry-for", "-1"], &["-1"]);
    refuses(&["diff", "--file", "c", "--format", "xml"], &["'xml'"]);
    refuses(&["diff", "--file", "c", "--prune"], &["'--prune'"]);
}

#[test]
fn every_option_of_submit_and_diff_has_an_environment_name_and_help() {
    for command in ["submit", "diff"] {
        let help = Run::of(aggregator().args([command, "--help"])).stdout;
        let starts: Vec<usize> = help.match_indices("\n      --").map(|(at, _)| at).collect();
        assert!(starts.len() > 10, "{help}");
        for (start, end) in starts.iter().zip(starts.iter().skip(1).chain([&help.len()])) {
            let option: Vec<&str> = help[*start..*end].split_whitespace().collect();
            assert!(option.join(" ").contains("[env: INVENTORY_"), "{option:?}");
            assert!(option.len() > 4, "no help: {option:?}");
        }
    }
}

#[test]
fn neither_profile_nor_a_cluster_is_needed_with_a_file() {
    let scene = Scene::new(&[("c.json", super::stage::two().to_string())]);
    let mut command = scene.command(&["submit", "--file", "c.json", "--dry-run"]);
    ends(&Run::of(command.args(["--parser", "http://127.0.0.1:1"])), 0, &["would be created"]);
}
