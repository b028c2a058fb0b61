//! AIOS's services by their addresses.

use anyhow::Context;

use crate::aios::{Base, Gateway, Options, Parser, Transport};

/// AIOS's services, as far as their addresses are known.
#[derive(Debug)]
pub struct Services {
    /// The Parser.
    pub parser: Parser,
    /// The gateway; absent where nobody says where it is.
    pub gateway: Option<Gateway>,
}

impl Services {
    /// The services at the addresses of the Parser and the gateway.
    pub fn connect(
        options: &Options,
        [parser, gateway]: [Option<&str>; 2],
    ) -> anyhow::Result<Self> {
        let parser = address("parser", parser.with_context(|| unknown("parser"))?)?;
        let gateway = gateway.map(|text| address("gateway", text)).transpose()?;
        let bases: Vec<&Base> = [&parser].into_iter().chain(&gateway).collect();
        let transport = Transport::new(options, &bases)?;
        let gateway = gateway.map(|gateway| Gateway::new(&transport, &gateway));
        Ok(Self { parser: Parser::new(&transport, &parser), gateway })
    }
}

/// The gateway at this address, which must be known.
pub fn gateway(options: &Options, text: Option<&str>) -> anyhow::Result<Gateway> {
    let base = address("gateway", text.with_context(|| unknown("gateway"))?)?;
    Ok(Gateway::new(&Transport::new(options, &[&base])?, &base))
}

fn address(name: &str, text: &str) -> anyhow::Result<Base> {
    text.parse().with_context(|| format!("the address of AIOS's {name}"))
}

/// What to say where an address is not known.
#[must_use]
pub fn unknown(name: &str) -> String {
    format!(
        "the address of AIOS's {name} is not known: give --{name}, or '{name}' in the file of --profile"
    )
}
