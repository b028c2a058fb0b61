//! The way to AIOS, as long as the addresses stay.

use std::sync::Arc;

use anyhow::Context;
use inventory_common::cluster::Profile;
use inventory_common::telling::one_line;

use crate::aios::{Form, Tally};
use crate::cli::AiosArgs;
use crate::report::Said;
use crate::submission::{Aios, Services, connect};

/// The way to AIOS.
pub struct Way {
    args: AiosArgs,
    requests: Tally,
    /// The addresses in the profile, and what came of them.
    known: Option<([Option<String>; 2], Arc<Aios>)>,
}

impl Way {
    /// The way by these flags; what they do not say the profile does. Requests are counted.
    pub fn new(args: AiosArgs, requests: Tally) -> Self {
        Self { args, requests, known: None }
    }

    /// AIOS, or in one line why it cannot be reached.
    pub fn to(&mut self, profile: &Profile) -> Result<Arc<Aios>, String> {
        let addresses = [profile.parser.clone(), profile.gateway.clone()];
        if let Some((known, aios)) = &self.known
            && *known == addresses
        {
            return Ok(Arc::clone(aios));
        }
        self.known = None;
        let aios = self.connect(&addresses).map_err(|error| one_line(error.as_ref()))?;
        let aios = Arc::new(aios);
        self.known = Some((addresses, Arc::clone(&aios)));
        Ok(aios)
    }

    /// Where AIOS is asked: what it is called, and its address; none where the way is not known.
    pub fn addresses(&self) -> Vec<(&'static str, Said)> {
        let known = self.known.iter();
        let bases = known.flat_map(|(_, aios)| [aios.parser.base(), aios.gateway.base()]);
        ["Parser", "gateway"]
            .into_iter()
            .zip(bases.map(|base| Said::new(&base.to_string())))
            .collect()
    }

    fn connect(&self, [parser, gateway]: &[Option<String>; 2]) -> anyhow::Result<Aios> {
        let args = &self.args;
        let texts =
            [args.parser.as_ref().or(parser.as_ref()), args.gateway.as_ref().or(gateway.as_ref())];
        let texts = texts.map(|text| text.map(String::as_str));
        let services = Services::tallied(&args.options(), texts, &self.requests)?;
        let gateway = services.gateway.with_context(|| connect::unknown("gateway"))?;
        let (parser, retry_for) = (services.parser, args.retry_for());
        Ok(Aios { parser, gateway, form: Form::Envelope, retry_for })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        aios: AiosArgs,
    }

    fn profile(parser: &str) -> Profile {
        let profile =
            json!({ "id": "c", "regionId": "r", "parser": parser, "gateway": "http://b:1" });
        serde_json::from_value(profile).unwrap()
    }

    #[test]
    fn the_way_stays_as_long_as_the_addresses_do() {
        let Typed { aios } = Typed::try_parse_from(["run"]).unwrap();
        let mut way = Way::new(aios, Tally::default());
        assert_eq!(way.addresses(), []);
        let first = way.to(&profile("http://a:1")).unwrap();
        assert!(Arc::ptr_eq(&first, &way.to(&profile("http://a:1")).unwrap()));
        assert!(!Arc::ptr_eq(&first, &way.to(&profile("http://a:2")).unwrap()));
        let known = [("Parser", Said::new("http://a:2")), ("gateway", Said::new("http://b:1"))];
        assert_eq!(way.addresses(), known);
        assert!(way.to(&profile("nowhere")).is_err() && way.addresses().is_empty());
    }
}
