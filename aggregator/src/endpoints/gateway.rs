//! What the gateway answers for a path.

use crate::check::{Check, State};
use crate::reach::{Answer, NoHttp, Reach, Target};

/// The section of what is reached through the gateway.
pub const SECTION: &str = "endpoints by gateway";

/// What came back from the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was not asked, for this reason.
    NotTried(String),
    /// No connection came about.
    Unreached(Target, Reach),
    /// It takes connections and gives no answer.
    NoAnswer(Target, NoHttp),
    /// It answers.
    Answered(Target, Answer),
}

/// What an answer for `suffix` comes to.
pub fn judge(name: String, suffix: &str, heard: &Heard) -> Check {
    let failure =
        |seen: String, advice: &str| Check::failure(SECTION, name.clone(), seen).advised(advice);
    match heard {
        Heard::NotTried(why) => Check::not_tried(SECTION, name, format!("not asked: {why}"))
            .advised("give a node's address with --address"),
        Heard::Unreached(target, reach) => failure(
            format!("the gateway, {target}, is {reach} from here"),
            "preflight says what the gateway lacks",
        ),
        Heard::NoAnswer(target, why) => failure(
            format!("{target} is open, but {why}"),
            "is it the gateway? AIOS's own grpc-proxy takes the same port",
        ),
        Heard::Answered(target, answer) => {
            let seen = format!("http://{target}{suffix} answers HTTP {}", answer.status.as_u16());
            match fate(suffix, *answer) {
                Fate::Answered => Check::new(SECTION, name, State::Pass, seen),
                Fate::Redirected => {
                    let seen =
                        format!("{seen}, which leads elsewhere: whether it is routed is not known");
                    Check::new(SECTION, name, State::Warning, seen)
                        .advised("have the gateway route plain HTTP, which is what AIOS speaks")
                }
                Fate::NotRouted => failure(
                    format!("{seen}: the gateway does not route it"),
                    "see kubectl get mappings.getambassador.io -A",
                ),
                Fate::Down => failure(
                    format!("{seen}: what the gateway routes it to does not answer"),
                    "see the pods behind it",
                ),
            }
        }
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Answered,
    Redirected,
    NotRouted,
    Down,
}

/// A service may say 404 itself; only the gateway says it without naming whom it asked. At `/` any
/// answer is the gateway's.
fn fate(suffix: &str, answer: Answer) -> Fate {
    match answer.status.as_u16() {
        _ if suffix == "/" => Fate::Answered,
        300..=399 if !answer.is_routed => Fate::Redirected,
        404 if !answer.is_routed => Fate::NotRouted,
        502..=504 if !answer.is_routed => Fate::Down,
        _ => Fate::Answered,
    }
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;

    use super::*;

    #[test]
    fn a_404_of_the_gateway_is_told_from_one_of_the_service() {
        let fate = |suffix, status, is_routed| {
            fate(suffix, Answer { status: StatusCode::from_u16(status).unwrap(), is_routed })
        };
        assert_eq!(fate("/controller", 404, false), Fate::NotRouted);
        assert_eq!(fate("/controller", 404, true), Fate::Answered);
        assert_eq!(fate("/controller", 503, false), Fate::Down);
        assert_eq!(fate("/controller", 503, true), Fate::Answered);
        assert_eq!(fate("/controller", 500, false), Fate::Answered);
        assert_eq!(fate("/controller", 301, false), Fate::Redirected);
        assert_eq!(fate("/controller", 301, true), Fate::Answered);
        assert_eq!(fate("/", 404, false), Fate::Answered);
    }

    #[test]
    fn what_was_not_asked_is_no_pass() {
        let check = judge("x".into(), "/x", &Heard::NotTried("no address".into()));
        assert_eq!(check.state, State::NotTried);
    }
}
