//! What goes wrong with a program that gives the credential. What the client says of it has the program's
//! arguments, its environment and what it printed in it: secrets, all of them.

use std::error::Error;
use std::iter::successors;

use kube::client::AuthError;

/// The error without what is secret, where it is one of such a program.
pub fn told(error: &(dyn Error + 'static)) -> Option<String> {
    let mut causes = successors(Some(error), |&error| error.source());
    let how = match causes.find_map(|cause| cause.downcast_ref())? {
        AuthError::AuthExecRun { out, .. } => format!("failed with {}", out.status),
        AuthError::AuthExecParse(_) | AuthError::ParseTokenKey(_) => "printed none".to_owned(),
        _ => return None,
    };
    Some(format!("the program that gives the kubeconfig's credential {how}: see what kubectl says"))
}
