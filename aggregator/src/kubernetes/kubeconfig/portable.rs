//! A kubeconfig that works on another machine: one context with its cluster and its user, and all that
//! they name in files in it. Nothing of the other contexts is there.

use std::io;
use std::path::Path;

use k8s_openapi::ByteString;
use kube::config::{Context, Kubeconfig};
use serde_json::{Map, Value, json};

use super::not_portable::NotPortable;
use super::reach::{Reach, reach};

/// A kubeconfig that can be given away. There are credentials in it: it is shown nowhere, and has no
/// `Debug`.
pub struct Portable {
    value: Value,
    /// The API server's address in it.
    pub server: String,
    /// The context that it was made from.
    pub context: String,
    /// Why it may not work where it goes, or is less safe than it looks.
    pub warnings: Vec<String>,
}

impl Portable {
    /// The kubeconfig as an object, credentials and all: for a request's body, and nothing else.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }
}

/// Whose credential goes into it.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// That of the context's user.
    OfUser,
    /// This token, of an account of this name.
    Token {
        /// As whom it is listed.
        account: &'a str,
        /// The token itself.
        token: &'a str,
    },
}

/// Makes the portable kubeconfig of a context, or else of the current one. `read` reads the files that
/// it names; `server` stands in place of the API server's address, where AIOS reaches it by another.
pub fn portable(
    config: &Kubeconfig,
    context: Option<&str>,
    credential: Credential<'_>,
    server: Option<&str>,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
) -> Result<Portable, NotPortable> {
    let (name, context) = chosen(config, context)?;
    let mut warnings = Vec::new();
    let cluster = cluster(config, name, context, server, read, &mut warnings)?;
    let server = text(&cluster, "server").unwrap_or_default().to_owned();
    let (user_name, user) = match credential {
        Credential::OfUser => of_user(config, name, context, read)?,
        Credential::Token { account, token } => (account.to_owned(), json!({ "token": token })),
    };
    let mut inner = json!({ "cluster": context.cluster, "user": user_name });
    if let (Some(namespace), Some(inner)) = (&context.namespace, inner.as_object_mut()) {
        inner.insert("namespace".to_owned(), namespace.as_str().into());
    }
    let value = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{ "name": name, "context": inner }],
        "clusters": [{ "name": context.cluster, "cluster": cluster }],
        "users": [{ "name": user_name, "user": user }],
    });
    Ok(Portable { value, server, context: name.to_owned(), warnings })
}

fn chosen<'a>(
    config: &'a Kubeconfig,
    context: Option<&'a str>,
) -> Result<(&'a str, &'a Context), NotPortable> {
    let current = config.current_context.as_deref().filter(|name| !name.is_empty());
    let name = context.or(current).ok_or(NotPortable::NoContext)?;
    let named = config.contexts.iter().find(|named| named.name == name);
    let context = named.and_then(|named| named.context.as_ref());
    Ok((name, context.ok_or_else(|| NotPortable::UnknownContext(name.to_owned()))?))
}

/// The cluster's own keys that stay as they are. Others, such as extensions, are for programs here.
const KEPT: [&str; 3] = ["server", "tls-server-name", "proxy-url"];

fn cluster(
    config: &Kubeconfig,
    name: &str,
    context: &Context,
    server: Option<&str>,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
    warnings: &mut Vec<String>,
) -> Result<Value, NotPortable> {
    let named = config.clusters.iter().find(|named| named.name == context.cluster);
    let said = named.and_then(|named| named.cluster.as_ref()).map(as_object);
    let said = said.ok_or_else(|| dangling(name, "cluster", &context.cluster))?;
    let mut cluster: Map<String, Value> =
        KEPT.iter().filter_map(|key| Some(((*key).to_owned(), text(&said, key)?.into()))).collect();
    if let Some(server) = server {
        cluster.insert("server".to_owned(), server.into());
    }
    let server = cluster.get("server").and_then(Value::as_str).unwrap_or_default();
    let reach = reach(server).ok_or_else(|| NotPortable::NoServer(context.cluster.clone()))?;
    warnings.extend(about(server, reach));
    if cluster.contains_key("proxy-url") {
        warnings.push("the kubeconfig reaches the API server through a proxy (proxy-url), and AIOS must reach that too".to_owned());
    }
    if said.get("insecure-skip-tls-verify") == Some(&Value::Bool(true)) {
        cluster.insert("insecure-skip-tls-verify".to_owned(), true.into());
        warnings.push("the kubeconfig does not check who the API server is (insecure-skip-tls-verify): whoever stands between AIOS and it can take the credential".to_owned());
    } else if let Some(data) = embedded(&said, "certificate-authority", read)? {
        cluster.insert("certificate-authority-data".to_owned(), data);
    }
    Ok(Value::Object(cluster))
}

fn about(server: &str, reach: Reach) -> Vec<String> {
    let mut warnings = Vec::new();
    let place = match reach {
        Reach::Machine => Some(
            "is this machine's own, and AIOS cannot reach it from elsewhere: give its address there by --server",
        ),
        Reach::Network => Some(
            "is a private one, which AIOS reaches only from within the same network: otherwise give its address there by --server",
        ),
        Reach::World => None,
    };
    warnings.extend(place.map(|place| format!("the API server's address '{server}' {place}")));
    if server.starts_with("http:") {
        warnings.push(format!("the API server's address '{server}' is plain http, by which the credential can be read on its way"));
    }
    warnings
}

/// Credentials that a program on this machine gives.
const PROGRAMS: [(&str, &str); 2] =
    [("exec", "a program (exec)"), ("auth-provider", "an auth-provider plugin")];

/// The user's name, and its credential alone.
fn of_user(
    config: &Kubeconfig,
    context_name: &str,
    context: &Context,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
) -> Result<(String, Value), NotPortable> {
    let name = context.user.clone().unwrap_or_default();
    let named = config.auth_infos.iter().find(|named| named.name == name);
    let said = named.and_then(|named| named.auth_info.as_ref()).map(as_object);
    let said = said.ok_or_else(|| dangling(context_name, "user", &name))?;
    if let Some((_, what)) =
        PROGRAMS.iter().find(|(key, _)| said.get(key).is_some_and(|it| !it.is_null()))
    {
        return Err(NotPortable::Program { user: name, what });
    }
    if text(&said, "as").is_some() {
        return Err(NotPortable::Impersonates(name));
    }
    let mut user = Map::new();
    if let Some(token) = token(&said, read)? {
        user.insert("token".to_owned(), token.into());
    }
    let certificate = embedded(&said, "client-certificate", read)?;
    let key = embedded(&said, "client-key", read)?;
    match (certificate, key) {
        (Some(certificate), Some(key)) => {
            user.insert("client-certificate-data".to_owned(), certificate);
            user.insert("client-key-data".to_owned(), key);
        }
        (None, None) => {}
        _ => return Err(NotPortable::Half(name)),
    }
    if let (Some(username), Some(password)) = (text(&said, "username"), text(&said, "password")) {
        user.insert("username".to_owned(), username.into());
        user.insert("password".to_owned(), password.into());
    }
    if user.is_empty() { Err(NotPortable::NoCredential(name)) } else { Ok((name, user.into())) }
}

/// A file's token is newer than one beside it.
fn token(
    said: &Value,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
) -> Result<Option<String>, NotPortable> {
    let Some(file) = text(said, "tokenFile") else {
        return Ok(text(said, "token").map(str::to_owned));
    };
    let token = bytes(file, "tokenFile", read)?;
    Ok(Some(String::from_utf8_lossy(&token).trim().to_owned()))
}

/// What stands under `KEY-data`, or in the file that `KEY` names, in base64.
fn embedded(
    said: &Value,
    key: &'static str,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
) -> Result<Option<Value>, NotPortable> {
    if let Some(data) = text(said, &format!("{key}-data")) {
        return Ok(Some(data.into()));
    }
    let Some(file) = text(said, key) else { return Ok(None) };
    // It is written as base64, and bytes can always be.
    Ok(serde_json::to_value(ByteString(bytes(file, key, read)?)).ok())
}

fn bytes(
    file: &str,
    key: &'static str,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
) -> Result<Vec<u8>, NotPortable> {
    read(Path::new(file)).map_err(|source| NotPortable::Unreadable {
        file: file.to_owned(),
        key,
        source,
    })
}

/// Its parts as JSON: what a kubeconfig says can always be said so.
fn as_object(part: &impl serde::Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}

/// A text that is there and says something.
fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

fn dangling(context: &str, what: &'static str, name: &str) -> NotPortable {
    NotPortable::Dangling { context: context.to_owned(), what, name: name.to_owned() }
}

#[cfg(test)]
mod tests;
