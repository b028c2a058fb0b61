//! etcd and an API server of the test's own, on 127.0.0.1.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::json;
use tempfile::TempDir;

use crate::certificates::{Authority, write_token_keys};
use crate::child::Process;
use crate::{assets, audit, wait};

/// How long either may take to be ready on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// The token of the test's own administrator, who may do anything.
const ADMIN: &str = "administrator";

/// A control plane without controllers: CRDs, server-side apply, RBAC, admission policies and
/// tokens work, and nothing runs.
pub struct ControlPlane {
    folder: TempDir,
    authority: Authority,
    etcd_port: u16,
    etcd_peer_port: u16,
    port: u16,
    etcd: Option<Process>,
    api_server: Option<Process>,
}

impl ControlPlane {
    /// A new, empty one.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::new();
        let server = authority.server(&["127.0.0.1", "localhost", "kubernetes.default.svc"]);
        let file = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| std::fs::write(file(name), text).expect("a file");
        write("ca.crt", &authority.certificate());
        write("server.crt", &server.certificate);
        write("server.key", &server.key);
        write("tokens.csv", &format!("{ADMIN},{ADMIN},{ADMIN},system:masters\n"));
        write("audit.yaml", audit::POLICY);
        write_token_keys(&file("tokens.key"), &file("tokens.pub"));
        let [etcd_port, etcd_peer_port, port] = free_ports();
        let mut plane = Self {
            folder,
            authority,
            etcd_port,
            etcd_peer_port,
            port,
            etcd: None,
            api_server: None,
        };
        plane.start_etcd();
        plane.start_api_server().await;
        plane
    }

    /// Starts etcd with what it kept.
    pub fn start_etcd(&mut self) {
        let client = format!("http://127.0.0.1:{}", self.etcd_port);
        let peer = format!("http://127.0.0.1:{}", self.etcd_peer_port);
        let mut command = Command::new(assets::binary("etcd"));
        command
            .arg("--data-dir")
            .arg(self.file("etcd"))
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("default={peer}")])
            // A test's cluster need not outlive the machine.
            .arg("--unsafe-no-fsync");
        self.etcd = Some(Process::start(&mut command, &self.file("etcd.log")));
    }

    /// Stops etcd; what it kept stays.
    pub fn stop_etcd(&mut self) {
        self.etcd = None;
    }

    /// Starts the API server on its port, and waits until it is ready.
    pub async fn start_api_server(&mut self) {
        self.launch_api_server();
        self.until_ready().await;
    }

    /// Starts the API server, and does not wait.
    pub fn launch_api_server(&mut self) {
        let mut command = Command::new(assets::binary("kube-apiserver"));
        for (flag, value) in [
            ("etcd-servers", format!("http://127.0.0.1:{}", self.etcd_port)),
            ("secure-port", self.port.to_string()),
            ("bind-address", "127.0.0.1".to_owned()),
            ("advertise-address", "127.0.0.1".to_owned()),
            ("endpoint-reconciler-type", "none".to_owned()),
            ("service-cluster-ip-range", "10.0.0.0/24".to_owned()),
            ("authorization-mode", "Node,RBAC".to_owned()),
            // As kubeadm has it.
            ("allow-privileged", "true".to_owned()),
            // As OpenShift does: it refuses a changed owner to those who may not delete.
            (
                "enable-admission-plugins",
                "NodeRestriction,OwnerReferencesPermissionEnforcement".to_owned(),
            ),
            ("service-account-issuer", "https://kubernetes.default.svc".to_owned()),
            // The tests' tokens are as short-lived as they ask for.
            ("service-account-extend-token-expiration", "false".to_owned()),
            // In MiB. A log that is begun anew is one of which the beginning is never read.
            ("audit-log-maxsize", "100000".to_owned()),
        ] {
            command.arg(format!("--{flag}={value}"));
        }
        for (flag, file) in [
            ("tls-cert-file", "server.crt"),
            ("tls-private-key-file", "server.key"),
            ("service-account-signing-key-file", "tokens.key"),
            ("service-account-key-file", "tokens.pub"),
            ("token-auth-file", "tokens.csv"),
            ("audit-policy-file", "audit.yaml"),
            ("audit-log-path", "audit.log"),
        ] {
            command.arg(format!("--{flag}={}", self.file(file).display()));
        }
        self.api_server = Some(Process::start(&mut command, &self.file("api-server.log")));
    }

    /// Stops the API server at once.
    pub fn stop_api_server(&mut self) {
        self.api_server = None;
    }

    /// Waits until the API server is ready.
    pub async fn until_ready(&mut self) {
        let client = self.admin().await;
        let (api_server, etcd) = (&mut self.api_server, &mut self.etcd);
        wait::until("the API server is ready", PATIENCE, async || {
            api_server.iter_mut().chain(etcd.iter_mut()).for_each(Process::must_run);
            let request = http_get("/readyz");
            client.request_text(request).await.ok()
        })
        .await;
    }

    /// A client that may do anything.
    pub async fn admin(&self) -> Client {
        let kubeconfig = self.kubeconfig(&self.url(), &json!({ "token": ADMIN }));
        client(kubeconfig).await
    }

    /// Where the API server is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Where etcd is.
    #[must_use]
    pub fn etcd_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.etcd_port)
    }

    /// The API server's process; absent while it is stopped.
    #[must_use]
    pub fn api_server_id(&self) -> Option<u32> {
        self.api_server.as_ref().map(Process::id)
    }

    /// Who vouches for it.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<audit::Request> {
        audit::requests(&self.file("audit.log"))
    }

    /// A kubeconfig for this user of the API server at `url`.
    #[must_use]
    pub fn kubeconfig(&self, url: &str, user: &serde_json::Value) -> Kubeconfig {
        let authority = self.file("ca.crt");
        let config = json!({
            "clusters": [{
                "name": "test",
                "cluster": { "server": url, "certificate-authority": authority },
            }],
            "users": [{ "name": "test", "user": user }],
            "contexts": [{ "name": "test", "context": { "cluster": "test", "user": "test" } }],
            "current-context": "test",
        });
        serde_json::from_value(config).expect("a kubeconfig")
    }

    /// Writes the administrator's kubeconfig for programs that want a file.
    #[must_use]
    pub fn admin_kubeconfig(&self) -> PathBuf {
        let kubeconfig = self.kubeconfig(&self.url(), &json!({ "token": ADMIN }));
        let file = self.file("admin.kubeconfig");
        write_kubeconfig(&kubeconfig, &file);
        file
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The client of this kubeconfig.
pub async fn client(kubeconfig: Kubeconfig) -> Client {
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await.expect("a config");
    Client::try_from(config).expect("a client")
}

/// Writes a kubeconfig, whole at any time.
pub fn write_kubeconfig(kubeconfig: &Kubeconfig, file: &Path) {
    let text = serde_json::to_vec(kubeconfig).expect("JSON");
    std::fs::write(file, text).expect("a file");
}

fn http_get(path: &str) -> http::Request<Vec<u8>> {
    http::Request::get(path).body(Vec::new()).expect("a request")
}

/// Ports that nobody listens on now.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port"));
    listeners.map(|listener| listener.local_addr().expect("an address").port())
}
