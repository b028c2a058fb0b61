//! Bringing the services up: ports, certificates, the thread that serves them.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::clusters::Refused;
use crate::line::Door;
use crate::route::Service;
use crate::server::{Shared, serve};

/// How to start; the default listens on free ports of 127.0.0.1.
#[derive(Clone, Debug)]
pub struct Options {
    /// On which address.
    pub listen: IpAddr,
    /// On which ports; where a service is not named, or with 0, on a free one.
    pub ports: BTreeMap<Service, u16>,
    /// With which certificate the Parser answers; over plain HTTP where absent.
    pub parser_tls: Option<Tls>,
    /// What is stored already: documents as they are sent to the Parser.
    pub clusters: Vec<Value>,
    /// How long a task of create-cluster-infra and remove-cluster-infra takes.
    pub task_delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: Ipv4Addr::LOCALHOST.into(),
            ports: BTreeMap::new(),
            parser_tls: None,
            clusters: Vec::new(),
            task_delay: Duration::from_millis(50),
        }
    }
}

/// A certificate with its key, both as PEM.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The chain, the service's own first.
    pub certificates_pem: Vec<u8>,
    /// PKCS#8, SEC1 or PKCS#1.
    pub key_pem: Vec<u8>,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or the address not this machine's.
    #[error("the {service} cannot listen on {address}")]
    Listen {
        /// Which service.
        service: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The PEM files hold no certificate or no key.
    #[error("the certificate or its key cannot be read")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// The key is not the certificate's.
    #[error("the certificate and its key cannot be used")]
    Tls(#[from] rustls::Error),
    /// A document that the registry would not store.
    #[error("cluster {index} of those to begin with is refused")]
    Cluster {
        /// Its place among them, from 0.
        index: usize,
        /// Why.
        source: Refused,
    },
    /// No thread or no event queue.
    #[error("the services' thread cannot be started")]
    Thread(#[source] io::Error),
}

/// The bound ports of all services.
pub(crate) type Bound = BTreeMap<Service, TcpListener>;

pub(crate) fn bind(options: &Options) -> Result<Bound, StartError> {
    let bound = Service::ALL.into_iter().map(|service| {
        let port = options.ports.get(&service).copied().unwrap_or(0);
        let address = SocketAddr::new(options.listen, port);
        let fail = |source| StartError::Listen { service: service.name(), address, source };
        let listener = TcpListener::bind(address).map_err(fail)?;
        listener.set_nonblocking(true).map_err(fail)?;
        Ok((service, listener))
    });
    bound.collect()
}

pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, StartError> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(&tls.certificates_pem).collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_slice(&tls.key_pem)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The thread in which the services run; it ends when this is dropped.
pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(
        bound: Bound,
        parser_tls: Option<&TlsAcceptor>,
        shared: &Shared,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        {
            let _entered = runtime.enter();
            for (service, listener) in bound {
                let door = Door {
                    address: listener.local_addr()?,
                    listener: Some(tokio::net::TcpListener::from_std(listener)?),
                    tls: parser_tls.filter(|_| service == Service::Parser).cloned(),
                    stopped: shared.lock().switches.watch(service),
                };
                drop(runtime.spawn(serve(door, service, shared.clone())));
            }
        }
        let (stop, stopping) = oneshot::channel();
        let run = move || {
            // An error means that the holder is gone, which is as good a reason to stop.
            let _ = runtime.block_on(stopping);
        };
        let thread = std::thread::Builder::new().name("fake-aios".to_owned()).spawn(run)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic in there was already told of.
            let _ = thread.join();
        }
    }
}
