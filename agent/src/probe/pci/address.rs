//! Where a function sits on the PCI bus.

/// A PCI address. They are ordered by their numbers, which is not the order of their texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    domain: u32,
    bus: u8,
    device: u8,
    function: u8,
}

impl Address {
    /// An address as sysfs (`0000:65:00.0`), a driver, NVML (`00000000:65:00.0`) or a person
    /// writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (domain, rest) = text.split_once(':')?;
        let (bus, rest) = rest.split_once(':')?;
        let (device, function) = rest.split_once('.')?;
        let is_domain = (4..=8).contains(&domain.len());
        let address = Self {
            domain: number(domain).filter(|_| is_domain)?,
            bus: byte(bus, 2)?,
            device: byte(device, 2).filter(|device| *device < 32)?,
            function: byte(function, 1).filter(|function| *function < 8)?,
        };
        Some(address)
    }

    /// The domain, of up to 32 bits.
    #[must_use]
    pub fn domain(self) -> u32 {
        self.domain
    }

    /// Bus, device and function as one number, as drivers write them.
    #[must_use]
    pub fn location(self) -> u16 {
        u16::from(self.bus) << 8 | u16::from(self.device) << 3 | u16::from(self.function)
    }

    /// The address with a domain of eight digits, as NVML writes it.
    #[must_use]
    pub fn long(self) -> String {
        format!("{:08x}:{:02x}:{:02x}.{:x}", self.domain, self.bus, self.device, self.function)
    }
}

impl std::fmt::Display for Address {
    /// As sysfs writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04x}:{:02x}:{:02x}.{:x}", self.domain, self.bus, self.device, self.function)
    }
}

fn number(digits: &str) -> Option<u32> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(digits, 16).ok())?
}

fn byte(digits: &str, length: usize) -> Option<u8> {
    u8::try_from(number(digits)?).ok().filter(|_| digits.len() == length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_writing_of_an_address_becomes_that_of_sysfs() {
        for (text, sysfs) in [
            ("0000:65:00.0", "0000:65:00.0"),
            ("00000000:65:00.0", "0000:65:00.0"),
            ("00000009:C1:1F.7", "0009:c1:1f.7"),
            ("10000:e1:00.0", "10000:e1:00.0"),
            ("0001abcd:00:01.0", "1abcd:00:01.0"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), sysfs);
        }
        assert_eq!(Address::parse("0009:c1:1f.7").unwrap().long(), "00000009:c1:1f.7");
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            "65:00.0",
            "0000:65:00",
            "0000:65:20.0",
            "0000:65:00.8",
            "0000:65:00.00",
            "0000:065:00.0",
            "123456789:65:00.0",
            "000000000:65:00.0",
            "000g:65:00.0",
            "+000:65:00.0",
            "nvme0",
        ] {
            assert_eq!(Address::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn addresses_are_ordered_by_their_numbers() {
        let ordered =
            ["0000:09:00.0", "0000:0a:00.0", "0000:10:00.0", "0001:01:00.0", "10000:01:00.0"];
        let addresses = ordered.map(|text| Address::parse(text).unwrap());
        assert!(addresses.is_sorted());
    }

    #[test]
    fn a_location_has_eight_five_and_three_bits() {
        assert_eq!(Address::parse("0000:c1:02.3").unwrap().location(), 0xc113);
    }
}
