//! What goes wrong with a kubeconfig, told without the credentials in it.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::path::PathBuf;

use kube::client::AuthError;
use kube::config::KubeconfigError;

/// Why a kubeconfig cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// There is no such file, or it cannot be read.
    #[error("cannot read '{}'", .1.display())]
    Unread(#[source] io::Error, PathBuf),
    /// The same of a file that whoever calls names.
    #[error(transparent)]
    UnreadNamed(io::Error),
    /// A line of the file, counted from 1, is not as it should be. What is there is not told.
    #[error("it is no kubeconfig: line {0} is not as it should be")]
    Line(u64),
    /// The file is something else.
    #[error("it is no kubeconfig")]
    Malformed,
    /// What is in it does not fit together.
    #[error(transparent)]
    Other(KubeconfigError),
}

impl Unusable {
    /// Of a file that whoever calls names.
    #[must_use]
    pub fn of_named(error: KubeconfigError) -> Self {
        match error {
            KubeconfigError::ReadConfig(source, _) => Self::UnreadNamed(source),
            other => other.into(),
        }
    }
}

/// A parser's error shows the lines around, and in them the credentials.
impl From<KubeconfigError> for Unusable {
    fn from(error: KubeconfigError) -> Self {
        match error {
            KubeconfigError::ReadConfig(source, path) => Self::Unread(source, path),
            KubeconfigError::Parse(error) => {
                error.location().map_or(Self::Malformed, |place| Self::Line(place.line()))
            }
            other => Self::Other(other),
        }
    }
}

/// The error without what is secret, where it is one of a program that gives a credential. What the client says of
/// it has the program's arguments, its environment and what it printed in it: secrets, all of them.
#[must_use]
pub fn told_of_program(error: &(dyn Error + 'static)) -> Option<String> {
    let mut causes = successors(Some(error), |&error| error.source());
    let how = match causes.find_map(|cause| cause.downcast_ref())? {
        AuthError::AuthExecRun { out, .. } => format!("failed with {}", out.status),
        AuthError::AuthExecParse(_) | AuthError::ParseTokenKey(_) => "printed none".to_owned(),
        _ => return None,
    };
    Some(format!("the program that gives the kubeconfig's credential {how}: see what kubectl says"))
}
