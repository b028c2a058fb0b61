//! TLS: whom to trust, and for which name.

use std::path::PathBuf;

use fake_aios::{FakeAios, Options, Service, Tls};
use inventory_aggregator::aios;
use inventory_aggregator::aios::{Form, Kind, Unsent};
use tempfile::TempDir;

use super::scene::{document, options, parser, trouble};

/// A Parser that speaks TLS as `name`, and a file with its certificate.
struct Secured {
    fake: FakeAios,
    folder: TempDir,
}

impl Secured {
    fn of(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let certificate = made.cert.pem();
        let tls = Tls {
            certificates_pem: certificate.clone().into_bytes(),
            key_pem: made.signing_key.serialize_pem().into_bytes(),
        };
        let fake =
            FakeAios::start(&Options { parser_tls: Some(tls), ..Options::default() }).unwrap();
        let secured = Self { fake, folder: tempfile::tempdir().unwrap() };
        std::fs::write(secured.ca_file(), certificate).unwrap();
        secured
    }

    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn trusted(&self) -> aios::Options {
        aios::Options { ca_file: Some(self.ca_file()), ..options() }
    }

    async fn create(&self, options: &aios::Options) -> Result<serde_json::Value, aios::Trouble> {
        let parser = parser(&self.fake.url(Service::Parser), options);
        parser.create_cluster(&document(), Form::Envelope).await
    }
}

#[tokio::test]
async fn a_trusted_authority_is_spoken_to() {
    let secured = Secured::of("127.0.0.1");
    assert_eq!(secured.create(&secured.trusted()).await.unwrap()["id"], "c");
}

#[tokio::test]
async fn an_authority_that_nobody_trusts_is_sent_nothing() {
    let secured = Secured::of("127.0.0.1");
    let other = Secured::of("127.0.0.1");
    let trouble = trouble(
        secured.create(&other.trusted()).await,
        &["certificate", "nothing was sent", "--ca-file"],
    );
    assert!(matches!(trouble.kind, Kind::NotSent(Unsent::Tls(_))), "{trouble:?}");
    assert!(!trouble.may_have_happened() && !trouble.is_worth_repeating());
    assert!(secured.fake.received().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_sent_nothing() {
    let secured = Secured::of("parser.example");
    let sent = secured.create(&secured.trusted()).await;
    let trouble = trouble(sent, &["parser.example", "https://127.0.0.1:", "nothing was sent"]);
    assert!(matches!(trouble.kind, Kind::NotSent(Unsent::Tls(_))), "{trouble:?}");
    assert!(secured.fake.received().is_empty());
}

#[tokio::test]
async fn http_where_https_is_spoken_and_the_other_way_round_are_told() {
    let secured = Secured::of("127.0.0.1");
    let plain = secured.fake.url(Service::Parser).replace("https:", "http:");
    let sent = parser(&plain, &options()).create_cluster(&document(), Form::Envelope).await;
    let kind = trouble(sent, &["http://127.0.0.1:"]).kind;
    assert!(matches!(kind, Kind::Nonsense(_) | Kind::Lost(_)), "{kind:?}");
    let safe = secured.fake.url(Service::Gateway).replace("http:", "https:");
    let sent = parser(&safe, &secured.trusted()).create_cluster(&document(), Form::Envelope).await;
    let trouble = trouble(sent, &["https://127.0.0.1:", "nothing was sent"]);
    assert!(matches!(trouble.kind, Kind::NotSent(_)), "{trouble:?}");
}
