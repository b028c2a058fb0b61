use super::*;

/// Three contexts, of which `good` is current.
fn three() -> Value {
    let context =
        |name: &str| json!({ "name": name, "context": { "cluster": name, "user": name } });
    let cluster = |name: &str| json!({ "name": name, "cluster": { "server": format!("https://{name}.example.com:6443") } });
    let user = |name: &str| json!({ "name": name, "user": { "token": format!("s3cr3t-{name}") } });
    let names = ["other", "good", "third"];
    json!({
        "contexts": names.map(context), "clusters": names.map(cluster), "users": names.map(user),
        "current-context": "good", "preferences": { "colors": true },
        "extensions": [{ "name": "x", "extension": "s3cr3t-extension" }],
    })
}

fn files(file: &Path) -> io::Result<Vec<u8>> {
    match file.to_str() {
        Some("/ca") => Ok(b"authority".to_vec()),
        Some("/crt") => Ok(b"certificate".to_vec()),
        Some("/key") => Ok(b"key".to_vec()),
        Some("/token") => Ok(b"from-file\n".to_vec()),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

fn of(config: &Value, context: Option<&str>) -> Result<Portable, NotPortable> {
    let config: Kubeconfig = serde_json::from_value(config.clone()).unwrap();
    portable(&config, context, Credential::OfUser, None, &files)
}

/// Of the current context with another user.
fn of_user(user: Value) -> Result<Portable, NotPortable> {
    let mut config = three();
    config["users"][1]["user"] = user;
    of(&config, None)
}

/// Of the current context with another cluster.
fn of_cluster(cluster: Value) -> Result<Portable, NotPortable> {
    let mut config = three();
    config["clusters"][1]["cluster"] = cluster;
    of(&config, None)
}

fn refusal(result: Result<Portable, NotPortable>) -> String {
    match result {
        Ok(_) => panic!("it is portable"),
        Err(error) => inventory_common::telling::one_line(&error),
    }
}

#[test]
fn one_context_goes_and_nothing_of_the_others() {
    for (context, name) in [(None, "good"), (Some("third"), "third")] {
        let portable = of(&three(), context).ok().unwrap();
        let expected = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "contexts": [{ "name": name, "context": { "cluster": name, "user": name } }],
            "clusters": [{ "name": name, "cluster": { "server": format!("https://{name}.example.com:6443") } }],
            "users": [{ "name": name, "user": { "token": format!("s3cr3t-{name}") } }],
        });
        assert_eq!(*portable.value(), expected);
        assert_eq!((portable.context.as_str(), portable.warnings.len()), (name, 0));
    }
}

#[test]
fn files_are_in_it_as_base64_and_named_no_more() {
    let portable =
        of_user(json!({ "client-certificate": "/crt", "client-key": "/key" })).ok().unwrap();
    assert_eq!(
        portable.value()["users"][0]["user"],
        json!({ "client-certificate-data": "Y2VydGlmaWNhdGU=", "client-key-data": "a2V5" })
    );
    let server = "https://a.example.com";
    let cluster =
        json!({ "server": server, "certificate-authority": "/ca", "tls-server-name": "b" });
    let portable = of_cluster(cluster).ok().unwrap();
    assert_eq!(
        portable.value()["clusters"][0]["cluster"],
        json!({ "server": server, "certificate-authority-data": "YXV0aG9yaXR5", "tls-server-name": "b" })
    );
    let portable = of_user(json!({ "tokenFile": "/token", "token": "older" })).ok().unwrap();
    assert_eq!(portable.value()["users"][0]["user"], json!({ "token": "from-file" }));
}

#[test]
fn data_that_is_there_already_stays_and_its_file_is_not_read() {
    let user = json!({
        "client-certificate-data": "YQ==", "client-certificate": "/gone",
        "client-key-data": "Yg==", "client-key": "/gone", "username": "u", "password": "p",
    });
    let portable = of_user(user).ok().unwrap();
    assert_eq!(
        portable.value()["users"][0]["user"],
        json!({ "client-certificate-data": "YQ==", "client-key-data": "Yg==", "username": "u", "password": "p" })
    );
}

#[test]
fn a_credential_that_only_works_here_is_refused_with_a_way_out() {
    for (user, words) in [
        (
            json!({ "exec": { "command": "aws" } }),
            "'good' gets its credential from a program (exec) on this",
        ),
        (
            json!({ "auth-provider": { "name": "gcp" } }),
            "from an auth-provider plugin on this machine",
        ),
        (json!({ "token": "t", "as": "root" }), "acts as another user"),
        (json!({}), "has no credential"),
    ] {
        let refusal = refusal(of_user(user));
        assert!(refusal.contains(words) && refusal.contains("--service-account"), "{refusal}");
    }
    let half = refusal(of_user(json!({ "client-certificate": "/crt" })));
    assert!(half.contains("a certificate and no key"), "{half}");
    let gone = refusal(of_user(json!({ "tokenFile": "/gone" })));
    assert!(
        gone.starts_with("'/gone', which the kubeconfig names as tokenFile, cannot be read: "),
        "{gone}"
    );
}

#[test]
fn an_account_s_token_stands_in_place_of_a_credential_that_cannot_go() {
    let mut config = three();
    config["users"][1]["user"] = json!({ "exec": { "command": "aws" } });
    let config: Kubeconfig = serde_json::from_value(config).unwrap();
    let credential = Credential::Token { account: "a", token: "s3cr3t-token" };
    let portable = portable(&config, None, credential, None, &files).ok().unwrap();
    assert_eq!(
        portable.value()["users"],
        json!([{ "name": "a", "user": { "token": "s3cr3t-token" } }])
    );
    assert_eq!(portable.value()["contexts"][0]["context"]["user"], "a");
}

#[test]
fn a_context_that_is_not_there_or_names_nothing_is_told() {
    let mut config = three();
    assert_eq!(refusal(of(&config, Some("x"))), "the kubeconfig has no context 'x'");
    config["users"] = json!([]);
    assert!(refusal(of(&config, None)).contains("names user 'good', which"));
    config["clusters"] = json!(null);
    assert!(refusal(of(&config, None)).contains("names cluster 'good', which"));
    config["current-context"] = json!("");
    assert!(refusal(of(&config, None)).contains("give --context"));
    for server in [json!({}), json!({ "server": "10.0.0.1:6443" }), json!({ "server": "" })] {
        assert!(refusal(of_cluster(server)).contains("no server address"));
    }
}

#[test]
fn what_may_not_work_there_is_warned_about() {
    for (cluster, words) in [
        (json!({ "server": "https://127.0.0.1:6443" }), "is this machine's own"),
        (json!({ "server": "https://10.0.0.1:6443" }), "is a private one"),
        (json!({ "server": "http://8.8.8.8" }), "is plain http"),
        (json!({ "server": "https://8.8.8.8", "proxy-url": "http://p" }), "through a proxy"),
        (
            json!({ "server": "https://8.8.8.8", "insecure-skip-tls-verify": true, "certificate-authority": "/gone" }),
            "does not check who the API server is",
        ),
    ] {
        let portable = of_cluster(cluster.clone()).ok().unwrap();
        assert_eq!(portable.warnings.len(), 1, "{:?}", portable.warnings);
        assert!(portable.warnings[0].contains(words), "{:?}", portable.warnings);
        let sent = &portable.value()["clusters"][0]["cluster"];
        assert_eq!(sent["proxy-url"], cluster["proxy-url"]);
        assert_eq!(sent["insecure-skip-tls-verify"], cluster["insecure-skip-tls-verify"]);
        assert!(sent.get("certificate-authority").is_none());
    }
}

#[test]
fn another_address_of_the_server_stands_in_place_of_the_first() {
    let mut config = three();
    config["clusters"][1]["cluster"] = json!({ "server": "https://127.0.0.1:1" });
    let config: Kubeconfig = serde_json::from_value(config).unwrap();
    let server = "https://k.example.com:6443";
    let portable = portable(&config, None, Credential::OfUser, Some(server), &files).ok().unwrap();
    assert_eq!((portable.server.as_str(), portable.warnings.len()), (server, 0));
}
