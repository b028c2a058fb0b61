//! Carries requests: one client, with whom to trust, what to send along and how long to wait.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Request, Response, Url};
use tracing::debug;

use super::address::Base;
use super::answer::Raw;
use super::headers::Headers;
use super::tally::Tally;
use super::trouble::{Call, Kind, Nonsense, Said, Trouble};
use super::{failure, hidden, tls};
use crate::input::read;

/// How to reach AIOS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Authorities (PEM) that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// A file for [`Headers::parse`].
    pub headers_file: Option<PathBuf>,
    /// How long a whole answer may take, from the connection on. AIOS takes 30 s to say that its
    /// database is down.
    pub timeout: Duration,
    /// Whether to go through the proxies that the environment names (`HTTP_PROXY` and so on).
    pub environment_proxies: bool,
}

impl Options {
    /// How long a whole answer may take where nobody says.
    pub const TIMEOUT: Duration = Duration::from_mins(1);
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ca_file: None,
            headers_file: None,
            timeout: Self::TIMEOUT,
            environment_proxies: true,
        }
    }
}

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The most of an answer that is read. It answers an update with the whole cluster: 50,000 nodes with
/// eight GPUs each, as JSON, have 40 MB.
const MOST_MIB: usize = 64;

const USER_AGENT: &str = concat!("inventory-aggregator/", env!("CARGO_PKG_VERSION"));

/// Carries requests to AIOS and answers back.
#[derive(Clone, Debug)]
pub struct Transport {
    client: Client,
    headers: Option<Headers>,
    timeout: Duration,
    tally: Tally,
}

impl Transport {
    /// Reads the files that the options name, for requests to these addresses.
    ///
    /// Fails where a file is not what it should be, where the headers are for none of the addresses,
    /// and where one of these is reached over TLS and there is nobody to trust.
    pub fn new(options: &Options, addresses: &[&Base]) -> anyhow::Result<Self> {
        let roots = tls::authorities(options.ca_file.as_deref())?;
        if roots.is_empty() && addresses.iter().any(|address| address.is_https()) {
            bail!("this system names no authority to trust for https: give one with --ca-file");
        }
        let builder = Client::builder()
            .tls_backend_preconfigured(tls::config(roots)?)
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(options.timeout)
            .redirect(Policy::none())
            .http1_only()
            // AIOS closes its connections anyway, and one that a proxy closes while a request is sent
            // on it looks like an answer that was lost.
            .pool_max_idle_per_host(0);
        let builder = if options.environment_proxies { builder } else { builder.no_proxy() };
        Ok(Self {
            client: builder.build().context("the HTTP client cannot be set up")?,
            headers: headers(options, addresses)?,
            timeout: options.timeout,
            tally: Tally::default(),
        })
    }

    /// The same, with its requests counted here.
    #[must_use]
    pub fn tallied(self, tally: &Tally) -> Self {
        Self { tally: tally.clone(), ..self }
    }

    /// Sends a request, and lets its service judge the answer.
    pub(super) async fn ask<T>(
        &self,
        question: Question,
        judge: impl FnOnce(&Raw) -> Result<T, Kind>,
    ) -> Result<T, Trouble> {
        let call = question.call();
        let secrets = hidden::secrets(question.body.as_deref());
        let judged = self.carry(question, &call).await.and_then(|raw| judge(&raw));
        self.tally.count(judged.as_ref().err());
        judged.map_err(|kind| {
            let trouble = self.trouble(call, kind, &secrets);
            debug!(%trouble, "not as it should be");
            trouble
        })
    }

    /// How a request ended, with nothing in it that is secret in the headers or in what was sent.
    pub(super) fn trouble(&self, call: Call, mut kind: Kind, secrets: &[String]) -> Trouble {
        if let Some(said) = kind.said_mut() {
            self.hide_in(said);
            let secrets = secrets.iter().map(String::as_str);
            *said = Said::new(&hidden::without(secrets, said.whole()));
        }
        Trouble::new(call, kind)
    }

    /// Takes what is secret out of a foreign text.
    pub(super) fn hide_in(&self, said: &mut Said) {
        if let Some(headers) = &self.headers {
            *said = Said::new(&headers.hidden_in(said.whole()));
        }
    }

    /// Sends a request and reads the answer, whatever it is.
    async fn carry(&self, question: Question, call: &Call) -> Result<Raw, Kind> {
        let (begin, sent_bytes) = (Instant::now(), question.body.as_ref().map_or(0, Vec::len));
        let carried = self.exchange(question).await;
        let elapsed_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Ok(Raw { status, body, .. }) = &carried {
            debug!(request = %call, sent_bytes, status = status.as_u16(), received_bytes = body.len(), elapsed_ms, "answered");
        } else {
            debug!(request = %call, sent_bytes, elapsed_ms, "not answered");
        }
        carried
    }

    async fn exchange(&self, question: Question) -> Result<Raw, Kind> {
        let failed = |error| failure::kind(&error, self.timeout);
        let request = self.request(question);
        let mut response = self.client.execute(request).await.map_err(failed)?;
        let text = |name| header_text(&response, name);
        let mut raw = Raw {
            status: response.status(),
            location: text(&LOCATION),
            content_type: text(&CONTENT_TYPE),
            body: Vec::new(),
        };
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            if raw.body.len() + piece.len() > MOST_MIB << 20 {
                return Err(Kind::Nonsense(Nonsense::TooLong { most_mib: MOST_MIB }));
            }
            raw.body.extend_from_slice(&piece);
        }
        Ok(raw)
    }

    fn request(&self, question: Question) -> Request {
        let Question { method, url, body, .. } = question;
        let mut request = Request::new(method, url);
        if let Some(headers) = self.headers.as_ref().and_then(|headers| headers.to(request.url())) {
            request.headers_mut().clone_from(headers);
        }
        if let Some(body) = body {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        request
    }
}

/// A request to be sent.
pub(super) struct Question {
    pub method: Method,
    pub url: Url,
    /// JSON.
    pub body: Option<Vec<u8>>,
    /// Whether it may change what is stored.
    pub changes: bool,
}

impl Question {
    fn call(&self) -> Call {
        let (method, url) = (self.method.to_string(), self.url.to_string());
        Call { method, url, changes: self.changes }
    }
}

fn header_text(response: &Response, name: &HeaderName) -> String {
    let value = response.headers().get(name).map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(value).into_owned()
}

/// The headers that the options name, which must be for one of these addresses: a file with another
/// origin is a mistake that would only show as answers without access.
fn headers(options: &Options, addresses: &[&Base]) -> anyhow::Result<Option<Headers>> {
    let Some(file) = &options.headers_file else { return Ok(None) };
    let text = read(file)?;
    let headers = Headers::parse(&text).with_context(|| format!("'{}'", file.display()))?;
    let origins: Vec<String> = addresses.iter().map(|address| address.origin()).collect();
    if !origins.iter().any(|origin| origin == headers.origin()) {
        bail!(
            "'{}': its headers are for '{}', and AIOS is asked at '{}'",
            file.display(),
            headers.origin(),
            origins.join("' and '")
        );
    }
    Ok(Some(headers))
}
