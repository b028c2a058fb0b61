//! The values in the file that JSON has no word for.

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "text or a list of bytes")]
pub enum Text {
    String(String),
    Bytes(Vec<u8>),
}

impl Text {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::String(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// A PCI address, written `00000000:18:00.0` with any number of digits.
#[derive(Clone, Copy)]
pub struct Pci {
    pub domain: u32,
    pub bus: u32,
    pub device: u32,
}

impl Pci {
    fn parse(text: &str) -> Option<Self> {
        let (rest, _function) = text.split_once('.')?;
        let mut numbers = rest.split(':').map(|part| u32::from_str_radix(part, 16).ok());
        let [domain, bus, device] = [numbers.next()??, numbers.next()??, numbers.next()??];
        numbers.next().is_none().then_some(Self { domain, bus, device })
    }
}

impl<'de> Deserialize<'de> for Pci {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(format!("no PCI address: {text}")))
    }
}

/// Sixteen bits in hexadecimal.
#[derive(Clone, Copy)]
pub struct Hex(pub u16);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        u16::from_str_radix(&text, 16).map(Self).map_err(D::Error::custom)
    }
}
