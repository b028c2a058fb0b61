//! Whom to trust.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::input::read;

/// The system's authorities, read from where OpenSSL has them, and those of a file. Where neither
/// names one nobody is trusted.
pub fn authorities(ca_file: Option<&Path>) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    // One that cannot be read is no reason to trust the others less.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        let called = || format!("the authorities of '{}' cannot be used", file.display());
        let text = read(file)?;
        for certificate in certificates(&text).with_context(called)? {
            roots.add(certificate).with_context(called)?;
        }
    }
    Ok(roots)
}

fn certificates(text: &str) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>()?;
    if found.is_empty() {
        bail!("there is no certificate (PEM) in it");
    }
    Ok(found)
}

/// HTTP/1.1 over TLS, with this provider whatever else the process uses.
pub fn config(roots: RootCertStore) -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
