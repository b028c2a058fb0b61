//! AIOS by its addresses.

use std::time::Duration;

use anyhow::Context;

use super::Aios;
use crate::aios::{Base, Form, Gateway, Options, Parser, Transport};

impl Aios {
    /// AIOS at the addresses of its Parser and its gateway.
    pub fn connect(
        options: &Options,
        retry_for: Duration,
        form: Form,
        [parser, gateway]: [Option<&str>; 2],
    ) -> anyhow::Result<Self> {
        let (parser, gateway) = (address("parser", parser)?, address("gateway", gateway)?);
        let transport = Transport::new(options, &[&parser, &gateway])?;
        let (parser, gateway) =
            (Parser::new(&transport, &parser), Gateway::new(&transport, &gateway));
        Ok(Self { parser, gateway, form, retry_for })
    }
}

/// A service's address.
pub fn address(name: &str, text: Option<&str>) -> anyhow::Result<Base> {
    let text = text.with_context(|| {
        format!(
            "the address of AIOS's {name} is not known: give --{name}, or '{name}' in the profile"
        )
    })?;
    text.parse().with_context(|| format!("the address of AIOS's {name}"))
}
