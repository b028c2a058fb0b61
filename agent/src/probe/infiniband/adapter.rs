//! One InfiniBand device's folder and its ports': the files that the rules ask for.

use rustix::io::Errno;

use super::rate;
use crate::host::{HostRoot, ReadError};
use crate::probe::class::{self, Entry, Place};
use crate::probe::port::{Link, Speed};
use crate::probe::{Attribute, Device};

const PHYSICAL_FUNCTION: Attribute = Attribute::optional("device/physfn");
const SUB_FUNCTION_NUMBER: Attribute = Attribute::optional("device/sfnum");
/// The card's vital product data, which only root may read.
const PRODUCT_DATA: Attribute = Attribute::optional("device/vpd");

/// The same where the node can have no switches to manage: that nobody else may read it is no loss
/// then.
const PRODUCT_DATA_IF_ALLOWED: Attribute =
    PRODUCT_DATA.answering(&[Errno::NOENT, Errno::ACCESS, Errno::PERM]);

/// Every attribute of an adapter's own folder that a rule could ask for.
pub const ATTRIBUTES: &[Attribute] = &[PHYSICAL_FUNCTION, SUB_FUNCTION_NUMBER, PRODUCT_DATA];

/// The folder of the network devices beside an adapter, on the function that both are of.
pub const NETDEVS: &str = "device/net";

/// The folder of an adapter's ports, each a folder named by its number.
pub const PORTS: &str = "ports";

const LINK_LAYER: Attribute = Attribute::optional("link_layer");
const STATE: Attribute = Attribute::optional("state");
const RATE: Attribute =
    Attribute::optional("rate").answering(&[Errno::NOENT, Errno::INVAL, Errno::OPNOTSUPP]);

/// Every attribute of a port's folder that a rule could ask for.
pub const PORT_ATTRIBUTES: &[Attribute] = &[LINK_LAYER, STATE, RATE];

/// What the vital product data of an `NVSwitch`'s management function says.
const SWITCH_MANAGEMENT: &[u8] = b"SW_MNG";

/// An InfiniBand device's folder.
pub(super) struct Adapter<'a> {
    pub(super) device: Device<'a>,
    /// Where it hangs; absent where the entry is a plain folder.
    pub(super) place: Option<Place>,
    product_data: Attribute,
}

impl<'a> Adapter<'a> {
    /// The adapter of a node that may have switches which are managed through one.
    pub(super) fn new(root: &'a HostRoot, entry: Entry, may_have_switches: bool) -> Self {
        let product_data = if may_have_switches { PRODUCT_DATA } else { PRODUCT_DATA_IF_ALLOWED };
        Self { device: Device::of(root, &entry), place: entry.place, product_data }
    }

    /// The adapter's ports in their order; an adapter may have none.
    pub(super) fn ports(&self) -> Result<Vec<AdapterPort<'_>>, ReadError> {
        let (root, folder) = (self.device.root(), self.device.folder().join(PORTS));
        let numbers = match root.list(&folder) {
            Ok(numbers) => numbers,
            Err(error) => match class::not_a_folder(root, self.device.folder()) {
                Some(nowhere) => return Err(nowhere),
                None if error.is_absent() => Vec::new(),
                None => return Err(error),
            },
        };
        let port = |number: std::ffi::OsString| {
            let name = format!("{}/{}", self.device.name(), number.to_string_lossy());
            AdapterPort { adapter: self, device: Device::new(root, folder.join(number), name) }
        };
        Ok(numbers.into_iter().map(port).collect())
    }

    pub(super) fn has_physical_function(&self) -> bool {
        self.device.has(PHYSICAL_FUNCTION.file)
    }

    pub(super) fn is_sub_function(&self) -> bool {
        self.device.has(SUB_FUNCTION_NUMBER.file)
    }

    /// Whether its Ethernet port is in another network namespace: the folder of network devices
    /// stays then, and is empty. One that cannot be read tells nothing, and is no fault: the RoCE
    /// port beside it does not count.
    pub(super) fn has_netdev_elsewhere(&self) -> bool {
        let netdevs = self.device.root().list(self.device.folder().join(NETDEVS));
        netdevs.is_ok_and(|netdevs| netdevs.is_empty())
    }

    /// Whether it manages an `NVSwitch` of this node.
    pub(super) fn is_switch_management(&self) -> bool {
        let product_data = self.device.bytes(self.product_data).unwrap_or_default();
        product_data.windows(SWITCH_MANAGEMENT.len()).any(|window| window == SWITCH_MANAGEMENT)
    }
}

/// What a port speaks below InfiniBand's verbs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkLayer {
    InfiniBand,
    /// RoCE or iWARP.
    Ethernet,
    /// Any other, such as EFA's.
    Other,
}

/// A port of an adapter.
pub(super) struct AdapterPort<'a> {
    pub(super) adapter: &'a Adapter<'a>,
    pub(super) device: Device<'a>,
}

impl AdapterPort<'_> {
    /// Kernels before 2.6.37 have no such file, and no other layer; a port whose file cannot be
    /// read is certainly there, too.
    pub(super) fn link_layer(&self) -> LinkLayer {
        let layer = |text: &str| match text.trim() {
            "" => None,
            "InfiniBand" => Some(LinkLayer::InfiniBand),
            "Ethernet" => Some(LinkLayer::Ethernet),
            _ => Some(LinkLayer::Other),
        };
        let layer = self.device.parsed(LINK_LAYER, "a link layer such as InfiniBand", layer);
        layer.unwrap_or(LinkLayer::InfiniBand)
    }

    pub(super) fn link(&self) -> Link {
        let is_active = self.device.parsed(STATE, "a state such as 4: ACTIVE", rate::is_active);
        if is_active == Some(false) {
            return Link::Down;
        }
        if self.device.is_at_fault(STATE.file) {
            return Link::Untold;
        }
        Link::Up(
            self.device
                .parsed(RATE, "a rate such as 400 Gb/sec (4X NDR)", rate::parse)
                .and_then(Speed::mbps),
        )
    }
}
