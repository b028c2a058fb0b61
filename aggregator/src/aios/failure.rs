//! What it means for a request that the HTTP client fails.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use super::trouble::{Kind, Loss, Nonsense, Said, Unsent};

/// What may have happened when the client failed; `timeout` is the time that it had.
pub fn kind(error: &reqwest::Error, timeout: Duration) -> Kind {
    if error.is_connect() || error.is_builder() {
        return Kind::NotSent(unsent(error));
    }
    if error.is_timeout() {
        return Kind::Lost(Loss::Timeout(timeout));
    }
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return Kind::Nonsense(Nonsense::NoHttp);
    }
    Kind::Lost(Loss::Broken(root(error)))
}

fn unsent(error: &reqwest::Error) -> Unsent {
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidMessage(_)) => {
            Unsent::Tls(Said::new("the other side speaks no TLS"))
        }
        Some(tls) => Unsent::Tls(Said::new(&tls.to_string())),
        None => Unsent::NoConnection(root(error)),
    }
}

/// An error's causes, itself first. An I/O error hides the error that it was made of.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The last cause: those before it say where in the client's own code it came by, and the URL.
fn root(error: &reqwest::Error) -> Said {
    let cause = causes(error).skip(1).last();
    Said::new(&cause.map_or_else(|| "no cause is known".to_owned(), ToString::to_string))
}
