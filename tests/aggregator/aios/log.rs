//! What is logged: each request, and nothing that is secret.

use std::io::Write;
use std::sync::{Mutex, Once};

use inventory_aggregator::aios::{Form, Gateway, Options, Parser, Transport};
use tracing::Level;

use super::headers::{SECRET, file_for};
use super::scene::{base, document, id, options};
use super::wire::Wire;

/// All that was logged by the crate `tracing`. It is the whole process's: one of a test alone misses
/// what another thread happens to log first.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Paper;

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// All that goes through the crate `log`, by which reqwest and rustls log.
struct OldLog(Mutex<String>);

static OLD_LOG: OldLog = OldLog(Mutex::new(String::new()));

impl log::Log for OldLog {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }

    fn log(&self, record: &log::Record) {
        let line = format!("{}: {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

/// Keeps all that is logged from now on.
fn keep_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_ansi(false);
        let everything = lines.with_writer(|| Paper).finish();
        tracing::subscriber::set_global_default(everything).unwrap();
        log::set_logger(&OLD_LOG).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

#[tokio::test]
async fn requests_are_logged_without_what_is_secret() {
    keep_logs();
    let echo = format!("{{\"error\": \"no Bearer {SECRET}\"}}");
    let wire = Wire::answering("400 Bad Request", &echo);
    let (_folder, file) = file_for(&wire.url);
    let base = base(&wire.url);
    let transport =
        Transport::new(&Options { headers_file: Some(file), ..options() }, &[&base]).unwrap();
    let mut document = document();
    document["clusterMetadata"]["joinCommand"] = "kubeadm join --token of-a-test".into();
    let sent = Parser::new(&transport, &base).create_cluster(&document, Form::default()).await;
    assert!(sent.is_err());
    Gateway::new(&transport, &base).read(&id()).await.unwrap_err();

    let new = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    let old = OLD_LOG.0.lock().unwrap().clone();
    let sent = wire.requests().concat();
    assert!(sent.contains(SECRET) && sent.contains("kubeadm join"), "{sent}");
    let post = format!("POST {}/api/createCluster", wire.url);
    let answered = new.lines().find(|line| line.contains(&post) && line.contains("answered"));
    assert!(
        answered.is_some_and(|line| line.contains("status=400") && line.contains("ms=")),
        "{new}"
    );
    assert!(old.contains("reqwest::connect: "), "the old log is not kept: {old}");
    for log in [new, old] {
        for secret in [SECRET, "kubeadm join"] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
    }
}
