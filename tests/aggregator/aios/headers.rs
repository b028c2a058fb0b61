//! Headers that a proxy wants: to their origin alone, and told nowhere.

use std::path::PathBuf;

use inventory_aggregator::aios::{Gateway, Kind, Options, Transport};
use tempfile::TempDir;

use super::scene::{base, id, options, trouble};
use super::wire::Wire;

pub const SECRET: &str = "s3cret-t0ken-of-a-test";

/// A file with the secret for an origin, and the folder that holds it.
pub fn file_for(origin: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("headers");
    let text = format!("origin: {origin}\nAuthorization: Bearer {SECRET}\nX-Project: p\n");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

fn with(file: PathBuf) -> Options {
    Options { headers_file: Some(file), ..options() }
}

#[tokio::test]
async fn headers_go_to_their_origin_alone() {
    let ours = Wire::answering("200 OK", "{\"success\": true, \"data\": {\"id\": \"c\"}}");
    let other = Wire::answering("200 OK", "{\"success\": true, \"data\": {\"id\": \"c\"}}");
    let (_folder, file) = file_for(&ours.url);
    let (our_base, other_base) = (base(&ours.url), base(&other.url));
    let transport = Transport::new(&with(file), &[&our_base, &other_base]).unwrap();
    Gateway::new(&transport, &our_base).read(&id()).await.unwrap();
    Gateway::new(&transport, &other_base).read(&id()).await.unwrap();
    let (ours, other) = (ours.requests().concat(), other.requests().concat());
    assert!(
        ours.contains(&format!("authorization: Bearer {SECRET}\r\nx-project: p\r\n")),
        "{ours}"
    );
    assert!(
        other.starts_with("GET ") && !other.contains(SECRET) && !other.contains("x-project"),
        "{other}"
    );
}

#[tokio::test]
async fn a_redirect_takes_them_nowhere_else() {
    let other = Wire::answering("200 OK", "{\"success\": true, \"data\": {\"id\": \"c\"}}");
    let redirect =
        format!("HTTP/1.1 307 T\r\nLocation: {}/{SECRET}\r\nContent-Length: 0\r\n\r\n", other.url);
    let ours = Wire::writing(redirect);
    let (_folder, file) = file_for(&ours.url);
    let base = base(&ours.url);
    let gateway = Gateway::new(&Transport::new(&with(file), &[&base]).unwrap(), &base);
    let redirected = trouble(gateway.read(&id()).await, &["307", &other.url]);
    assert!(other.requests().is_empty());
    assert!(!format!("{redirected} {redirected:?}").contains(SECRET), "{redirected:?}");
}

#[tokio::test]
async fn who_says_them_again_is_not_repeated() {
    let echo =
        Wire::answering("400 Bad Request", &format!("{{\"error\": \"no Bearer {SECRET}\"}}"));
    let (_folder, file) = file_for(&echo.url);
    let base = base(&echo.url);
    let transport = Transport::new(&with(file), &[&base]).unwrap();
    let gateway = Gateway::new(&transport, &base);
    let refused = trouble(gateway.read(&id()).await, &["no (hidden)"]);
    assert!(matches!(refused.kind, Kind::Refused { .. }));
    assert!(!format!("{refused} {refused:?} {transport:?} {gateway:?}").contains(SECRET));
}

#[test]
fn headers_for_none_of_the_addresses_are_refused() {
    let (_folder, file) = file_for("https://aios.example:8443");
    let (parser, gateway) = (base("https://aios.example"), base("http://aios.example:8443"));
    let refused = Transport::new(&with(file.clone()), &[&parser, &gateway]).unwrap_err();
    let line = format!("{refused:#}");
    for word in [
        "headers'",
        "'https://aios.example:8443'",
        "'https://aios.example'",
        "'http://aios.example:8443'",
    ] {
        assert!(line.contains(word), "no {word} in {line}");
    }
    assert!(!line.contains(SECRET) && !line.contains('\n'), "{line}");
    assert!(Transport::new(&with(file), &[&base("https://aios.example:8443/x")]).is_ok());
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("headers");
    let refused = |options: &Options| {
        format!("{:#}", Transport::new(options, &[&base("https://aios.example")]).unwrap_err())
    };
    assert!(refused(&with(file.clone())).contains("No such file"));
    std::fs::write(&file, format!("Authorization: {SECRET}")).unwrap();
    let line = refused(&with(file.clone()));
    assert!(
        line.contains("headers'") && line.contains("origin: ") && !line.contains(SECRET),
        "{line}"
    );
    for text in ["no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        std::fs::write(&file, text).unwrap();
        let line = refused(&Options { ca_file: Some(file.clone()), ..options() });
        assert!(line.contains("headers'") && line.contains("cannot be used"), "{line}");
    }
}
