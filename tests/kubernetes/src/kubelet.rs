//! Stands in for a kubelet where the API server asks it for a pod's log.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::control_plane::ControlPlane;
use crate::proxy::acceptor;

/// The port at which the API server looks for a kubelet.
const PORT: u16 = 10250;

/// A kubelet whose pods have all said the same. Ends with this value.
pub struct Kubelet {
    log: Arc<Mutex<String>>,
    task: JoinHandle<()>,
}

impl Kubelet {
    /// Starts one at this address of this machine.
    pub async fn start(plane: &ControlPlane, address: Ipv4Addr) -> Self {
        let listener = TcpListener::bind((address, PORT)).await.expect("a port");
        let (tls, log) = (acceptor(plane), Arc::new(Mutex::new(String::new())));
        let said = Arc::clone(&log);
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (tls, said) = (tls.clone(), Arc::clone(&said));
                tokio::spawn(async move {
                    // Whoever only connects speaks no TLS.
                    let Ok(stream) = tls.accept(stream).await else { return };
                    let answer = async |_: Request<Incoming>| {
                        let log = said.lock().expect("a log").clone();
                        Ok::<_, Infallible>(Response::new(log))
                    };
                    let server = hyper::server::conn::http1::Builder::new();
                    let done = server.serve_connection(TokioIo::new(stream), service_fn(answer));
                    let _gone = done.await;
                });
            }
        });
        Self { log, task }
    }

    /// From now on this is what every pod has said.
    pub fn set_log(&self, log: &str) {
        log.clone_into(&mut self.log.lock().expect("a log"));
    }
}

impl Drop for Kubelet {
    fn drop(&mut self) {
        self.task.abort();
    }
}
