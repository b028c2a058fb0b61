//! What a node's own part says of it.

use super::{conditions, host, said};
use crate::cluster::report::NodeReport;
use crate::report::Detail;
use crate::report::devices::Devices;
use crate::report::model::Body;
use crate::report::said::Said;

/// What the node's own part says beside its line, as far as its source tells.
#[must_use]
pub fn body(report: &NodeReport, detail: &Detail, dump: Option<Said>) -> Body {
    let features = &report.node.gpus.features;
    Body {
        dump,
        notes: said(&report.notes),
        features: said(features),
        devices: match detail {
            Detail::Inventory(inventory) => Some(inventory.as_ref().into()),
            Detail::Object(object) => Some(Devices::from(&object.status)),
            Detail::Brief(_) | Detail::Plain => None,
        },
        stated: match detail {
            Detail::Inventory(inventory) => inventory.stated.clone(),
            Detail::Object(object) => object.status.stated.clone(),
            Detail::Brief(_) | Detail::Plain => Vec::new(),
        },
        conditions: conditions::of_node(detail),
        host: host::facts(detail),
    }
}
