//! What can go wrong on purpose.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::policy::Policy;
use crate::route::{Route, Service};

/// One thing that goes wrong with a request.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Fault {
    /// The Parser cannot reach the gateway; the gateway itself resets its connections.
    GatewayDown,
    /// Parser and gateway cannot reach the registry; the registry itself resets its connections.
    RegistryDown,
    /// The registry cannot reach its database, and says so after this time (30 s in AIOS).
    DatabaseDown {
        /// How long the answer takes.
        #[serde(with = "seconds", rename = "afterSeconds")]
        after: Duration,
    },
    /// The gateway cannot reach the tasks service; that itself resets its connections.
    TasksDown,
    /// The Parser was started with its task database enabled, and answers nothing else than an error.
    TaskDatabase,
    /// As if this were the network's policy.
    Policy(Policy),
    /// The request is never carried out, and never answered.
    Hang,
    /// The request lies there for a time before it is carried out, even if its sender is gone by then.
    DelayRequest(#[serde(with = "seconds")] Duration),
    /// The request is carried out, and the answer comes later.
    DelayAnswer(#[serde(with = "seconds")] Duration),
    /// The connection is reset before the request is carried out.
    Reset,
    /// The request is carried out, then the connection is reset.
    LoseAnswer,
    /// Something in between points elsewhere; the request is not carried out.
    Redirect {
        /// Such as 307.
        status: u16,
        /// The `Location`.
        location: String,
    },
    /// A proxy answers with a page of its own; the request is not carried out.
    Html {
        /// Such as 502, or 200.
        status: u16,
    },
    /// The request is carried out, and the answer's `data` is a text of so many bytes.
    Huge {
        /// How long.
        bytes: u64,
    },
    /// The request is carried out, and the answer comes in pieces.
    Slow {
        /// Bytes of a piece.
        piece: usize,
        /// The time between two pieces.
        #[serde(with = "seconds", rename = "pauseSeconds")]
        pause: Duration,
    },
    /// The request is carried out, and the connection closed in the middle of the answer's body.
    CutBody,
}

/// A fault, and whom it befalls: requests that come in by a port. What the Parser asks of the gateway and
/// that of the registry needs no port here, so a fault of the registry's is set at the service that the
/// client asks.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// What goes wrong.
    pub fault: Fault,
    /// At which service; at any where absent, but never at the control endpoint.
    #[serde(default)]
    pub service: Option<Service>,
    /// For which route; for any where absent.
    #[serde(default)]
    pub route: Option<Route>,
    /// For so many requests; until cleared where absent.
    #[serde(default)]
    pub times: Option<u32>,
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self { fault, service: None, route: None, times: None }
    }
}

impl Fault {
    /// A rule that befalls each request until it is cleared; narrow it with the rule's own methods.
    #[must_use]
    pub fn always(self) -> FaultRule {
        self.into()
    }

    /// What is down because of it.
    pub(crate) fn outage(&self) -> Option<Outage> {
        match self {
            Self::GatewayDown => Some(Outage::Service(Service::Gateway)),
            Self::RegistryDown => Some(Outage::Service(Service::Registry)),
            Self::TasksDown => Some(Outage::Service(Service::Tasks)),
            Self::DatabaseDown { .. } => Some(Outage::Database),
            Self::TaskDatabase => Some(Outage::TaskDatabase),
            _ => None,
        }
    }

    /// A rule that befalls the next request only.
    #[must_use]
    pub fn once(self) -> FaultRule {
        FaultRule { times: Some(1), ..self.into() }
    }
}

impl FaultRule {
    /// Only at this service.
    #[must_use]
    pub fn at(self, service: Service) -> Self {
        Self { service: Some(service), ..self }
    }

    /// Only for this route.
    #[must_use]
    pub fn on(self, route: Route) -> Self {
        Self { route: Some(route), ..self }
    }

    /// Only for so many requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    fn befalls(&self, service: Service, route: Option<Route>) -> bool {
        self.times != Some(0)
            && service != Service::Control
            && self.service.is_none_or(|only| only == service)
            && (self.route.is_none() || self.route == route)
    }
}

/// The rules that are set.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FaultRule>);

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The faults that befall a request, each of which is then spent once.
    pub(crate) fn take(&mut self, service: Service, route: Option<Route>) -> Vec<Fault> {
        let mut befalling = Vec::new();
        for rule in self.0.iter_mut().filter(|rule| rule.befalls(service, route)) {
            rule.times = rule.times.map(|times| times - 1);
            befalling.push(rule.fault.clone());
        }
        self.0.retain(|rule| rule.times != Some(0));
        befalling
    }
}

/// What one piece needs and does not find.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Outage {
    Service(Service),
    /// The registry's.
    Database,
    /// The Parser's, which is there and breaks it.
    TaskDatabase,
}

/// What is down while a request is carried out, and what policy is in force instead of the network's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    outages: BTreeSet<Outage>,
    pub policy: Option<Policy>,
}

impl Weather {
    /// Of the faults that befall a request, and the services that are stopped.
    pub(crate) fn of(faults: &[Fault], is_stopped: impl Fn(Service) -> bool) -> Self {
        let stopped =
            Service::ALL.into_iter().filter(|service| is_stopped(*service)).map(Outage::Service);
        let policy = |fault: &Fault| match fault {
            Fault::Policy(policy) => Some(policy.clone()),
            _ => None,
        };
        Self {
            outages: faults.iter().filter_map(Fault::outage).chain(stopped).collect(),
            policy: faults.iter().find_map(policy),
        }
    }

    pub(crate) fn has(&self, outage: Outage) -> bool {
        self.outages.contains(&outage)
    }

    pub(crate) fn is_down(&self, service: Service) -> bool {
        self.has(Outage::Service(service))
    }
}

/// Durations as seconds, so that a person can write them.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(duration.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_spent_by_those_whom_it_befalls() {
        let mut faults = Faults::default();
        faults.add(Fault::Reset.always().at(Service::Gateway).on(Route::Read).times(2));
        assert_eq!(faults.take(Service::Parser, Some(Route::Read)), []);
        assert_eq!(faults.take(Service::Gateway, Some(Route::Update)), []);
        assert_eq!(faults.take(Service::Gateway, None), []);
        assert_eq!(faults.take(Service::Gateway, Some(Route::Read)), [Fault::Reset]);
        assert_eq!(faults.take(Service::Gateway, Some(Route::Read)), [Fault::Reset]);
        assert_eq!(faults.take(Service::Gateway, Some(Route::Read)), []);
    }

    #[test]
    fn a_rule_is_written_as_json() {
        let text =
            r#"{"fault": {"databaseDown": {"afterSeconds": 0.5}}, "route": "create", "times": 1}"#;
        let rule: FaultRule = serde_json::from_str(text).unwrap();
        let after = Duration::from_millis(500);
        assert_eq!(rule, Fault::DatabaseDown { after }.once().on(Route::Create));
    }
}
