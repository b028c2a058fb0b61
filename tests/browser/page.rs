//! A page in the browser, and what can be asked of it.

use std::path::Path;

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::chromium::Command;
use crate::driver::Result;

/// A page that is open.
pub struct Page {
    pub client: Client,
}

impl Page {
    /// Opens the file.
    pub async fn open(client: Client, file: &Path) -> Result<Self> {
        client.goto(&format!("file://{}", file.display())).await?;
        Ok(Self { client })
    }

    /// What the script returns.
    pub async fn ask<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        Ok(serde_json::from_value(self.client.execute(script, Vec::new()).await?)?)
    }

    /// What the script gives to `done` when it is done.
    pub async fn wait<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        let script = format!("const done = arguments[0]; {script}");
        Ok(serde_json::from_value(self.client.execute_async(&script, Vec::new()).await?)?)
    }

    pub async fn find(&self, selector: &str) -> Result<Element> {
        self.client.find(Locator::Css(selector)).await
    }

    /// The texts of all that the selector finds and a reader sees.
    pub async fn seen(&self, selector: &str) -> Result<Vec<String>> {
        let selector = json!(selector);
        self.ask(&format!(
            "return [...document.querySelectorAll({selector})].filter((it) => it.checkVisibility()).map((it) => it.textContent)"
        ))
        .await
    }

    pub async fn devtools(&self, command: &str, params: &Value) -> Result<Value> {
        self.client.issue_cmd(Command::devtools(command, params)).await
    }

    /// Has the browser tell pages that somebody prefers these colors.
    pub async fn prefer(&self, colors: &str) -> Result {
        let features = json!([{ "name": "prefers-color-scheme", "value": colors }]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features })).await?;
        Ok(())
    }

    /// Makes the window as wide as this many CSS pixels.
    pub async fn widen(&self, width: u32) -> Result {
        self.measure(width, 800).await
    }

    /// Makes the window as wide and as high as this many CSS pixels.
    pub async fn measure(&self, width: u32, height: u32) -> Result {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &screen).await?;
        Ok(())
    }

    /// Asserts that the browser complained of nothing.
    pub async fn is_without_complaint(&self) -> Result {
        let log = self.client.issue_cmd(Command::console()).await?;
        assert_eq!(log, json!([]));
        Ok(())
    }
}
