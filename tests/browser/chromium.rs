//! What only Chromium's driver can be asked, beside what `WebDriver` has words for.

use std::fmt::Debug;

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A request to an address below the session's.
#[derive(Debug)]
pub struct Command {
    address: &'static str,
    body: Value,
}

impl Command {
    /// A command of the `DevTools` protocol, whose answer is the command's.
    pub fn devtools(command: &str, params: &Value) -> Self {
        Self { address: "goog/cdp/execute", body: json!({ "cmd": command, "params": params }) }
    }

    /// What the browser's console shows, and forgets then.
    pub fn console() -> Self {
        Self { address: "se/log", body: json!({ "type": "browser" }) }
    }
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.address))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
