//! AIOS's services by their addresses.

use anyhow::Context;

use crate::aios::{Base, Gateway, Options, Parser, Tally, Transport};

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
    pub fn connect(options: &Options, addresses: [Option<&str>; 2]) -> anyhow::Result<Self> {
        Self::tallied(options, addresses, &Tally::default())
    }

    /// The same, with their requests counted.
    pub fn tallied(
        options: &Options,
        addresses: [Option<&str>; 2],
        tally: &Tally,
    ) -> anyhow::Result<Self> {
        let [parser, gateway] = read(addresses)?;
        let parser = parser.with_context(|| unknown("parser"))?;
        let bases: Vec<&Base> = [&parser].into_iter().chain(&gateway).collect();
        let transport = Transport::new(options, &bases)?.tallied(tally);
        let gateway = gateway.map(|gateway| Gateway::new(&transport, &gateway));
        Ok(Self { parser: Parser::new(&transport, &parser), gateway })
    }
}

/// The gateway, which must be known. The Parser may be what a file of headers is for.
pub fn gateway(options: &Options, addresses: [Option<&str>; 2]) -> anyhow::Result<Gateway> {
    let [parser, gateway] = read(addresses)?;
    let gateway = gateway.with_context(|| unknown("gateway"))?;
    let bases: Vec<&Base> = [&gateway].into_iter().chain(&parser).collect();
    Ok(Gateway::new(&Transport::new(options, &bases)?, &gateway))
}

/// The names of the services, as flags and profile have them.
const NAMES: [&str; 2] = ["parser", "gateway"];

fn read([parser, gateway]: [Option<&str>; 2]) -> anyhow::Result<[Option<Base>; 2]> {
    let [parsers, gateways] = NAMES;
    Ok([address(parsers, parser)?, address(gateways, gateway)?])
}

fn address(name: &str, text: Option<&str>) -> anyhow::Result<Option<Base>> {
    let read = |text: &str| text.parse().with_context(|| format!("the address of AIOS's {name}"));
    text.map(read).transpose()
}

/// What to say where an address is not known.
#[must_use]
pub fn unknown(name: &str) -> String {
    format!(
        "the address of AIOS's {name} is not known: give --{name}, or '{name}' in the file of --profile"
    )
}
