//! Why a kubeconfig cannot be given away, and what to do.

use std::io;

/// Why there is no such kubeconfig, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum NotPortable {
    /// No context is current, and none was named.
    #[error("the kubeconfig has no current context: give --context")]
    NoContext,
    /// There is no such context.
    #[error("the kubeconfig has no context '{0}'")]
    UnknownContext(String),
    /// The context names a cluster or a user that is not there.
    #[error("context '{context}' names {what} '{name}', which the kubeconfig does not have")]
    Dangling {
        /// The context.
        context: String,
        /// A cluster or a user.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The API server's address is missing, or is no URL.
    #[error(
        "cluster '{0}' has no server address that is a URL such as 'https://10.0.0.1:6443', without a user name in it: see the kubeconfig, or --server"
    )]
    NoServer(String),
    /// The credential comes out of a program.
    #[error(
        "user '{user}' gets its credential from {what} on this machine, which AIOS cannot run: make a kubeconfig with an account of its own by --service-account"
    )]
    Program {
        /// The user.
        user: String,
        /// What kind of program.
        what: &'static str,
    },
    /// It acts as somebody else.
    #[error(
        "user '{0}' acts as another user ('as'), which AIOS's client does not do, and would then have other rights: use --service-account"
    )]
    Impersonates(String),
    /// There is no credential.
    #[error("user '{0}' has no credential in the kubeconfig: use --service-account")]
    NoCredential(String),
    /// A certificate without its key is no credential.
    #[error("user '{0}' has a certificate and no key, or a key and no certificate")]
    Half(String),
    /// A file that it names cannot be read.
    #[error("'{file}', which the kubeconfig names as {key}, cannot be read")]
    Unreadable {
        /// The file.
        file: String,
        /// What it is there.
        key: &'static str,
        /// Why.
        source: io::Error,
    },
}
