//! A server that writes what it is told to, whatever it is asked: for what no fake AIOS does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use inventory_aggregator::aios::{Kind, Loss, Nonsense, Refusal};

use super::scene::{gateway, id, impatient, options, trouble};

/// The server; its thread ends with the test.
pub struct Wire {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Wire {
    /// Answers the first request of each connection with these bytes, and closes it.
    pub fn writing(answer: impl Into<Vec<u8>>) -> Self {
        Self::start(answer.into(), drop)
    }

    /// Answers the first request of each connection with these bytes, and never closes it.
    fn holding(answer: impl Into<Vec<u8>>) -> Self {
        let mut held = Vec::new();
        Self::start(answer.into(), move |stream| held.push(stream))
    }

    fn start(answer: Vec<u8>, mut after: impl FnMut(TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                noted.lock().unwrap().push(request(&stream));
                // Who does not want to hear it has gone.
                let _ = stream.write_all(&answer);
                after(stream);
            }
        });
        Self { url, requests }
    }

    /// Answers with this status line and body.
    pub fn answering(status: &str, body: &str) -> Self {
        let length = body.len();
        Self::writing(format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}"))
    }

    /// What was asked, heads and bodies.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let start = text.len();
        if reader.read_line(&mut text).unwrap_or(0) == 0 || text[start..].trim().is_empty() {
            break;
        }
        let line = text[start..].to_ascii_lowercase();
        if let Some(bytes) = line.strip_prefix("content-length:") {
            length = bytes.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}

async fn read(wire: &Wire) -> Kind {
    trouble(gateway(&wire.url, &impatient()).read(&id()).await, &["GET"]).kind
}

#[tokio::test]
async fn what_does_not_speak_http_is_told() {
    let tls_alert = Wire::writing(b"\x15\x03\x01\x00\x02\x02\x46".to_vec());
    let mail = Wire::writing("220 mail.example ESMTP\r\n");
    for wire in [tls_alert, mail] {
        assert_eq!(read(&wire).await, Kind::Nonsense(Nonsense::NoHttp));
    }
}

#[tokio::test]
async fn an_answer_that_ends_early_is_lost() {
    let texts = [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"success\": true}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"suc",
        // Nothing but the JSON itself says that there was more.
        "HTTP/1.1 200 OK\r\n\r\n{\"success\": true, \"data\": {",
    ];
    for text in texts {
        let kind = read(&Wire::writing(text)).await;
        assert!(matches!(kind, Kind::Lost(Loss::Broken(_))), "{text:?}: {kind:?}");
    }
}

#[tokio::test]
async fn an_answer_without_a_length_is_read_to_its_end() {
    let wire =
        Wire::writing("HTTP/1.0 200 OK\r\n\r\n{\"success\": true, \"data\": {\"id\": \"c\"}}");
    assert!(gateway(&wire.url, &options()).read(&id()).await.unwrap().is_some());
}

#[tokio::test]
async fn as_much_as_the_largest_cluster_has_is_read() {
    let data = format!("{{\"id\": \"c\", \"x\": \"{}\"}}", "x".repeat(60 << 20));
    let wire = Wire::answering("200 OK", &format!("{{\"success\": true, \"data\": {data}}}"));
    assert!(gateway(&wire.url, &options()).read(&id()).await.unwrap().is_some());
}

#[tokio::test]
async fn each_request_has_a_connection_of_its_own() {
    let body = "{\"success\": true, \"data\": {\"id\": \"c\"}}";
    let length = body.len();
    let wire = Wire::holding(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"));
    let gateway = gateway(&wire.url, &impatient());
    for _ in 0..3 {
        assert!(gateway.read(&id()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn an_answer_in_another_form_is_told() {
    for data in ["null", "[]", "\"stored\"", "[{\"id\": \"c\"}]"] {
        let wire = Wire::answering("200 OK", &format!("{{\"success\": true, \"data\": {data}}}"));
        assert_eq!(
            read(&wire).await,
            Kind::Nonsense(Nonsense::OtherForm { status: 200 }),
            "{data}"
        );
    }
    assert_eq!(
        read(&Wire::answering("200 OK", "")).await,
        Kind::Nonsense(Nonsense::NoJson { status: 200 })
    );
}

#[tokio::test]
async fn a_text_of_theirs_cannot_move_the_terminal_or_fill_it() {
    let body = format!("{{\"error\": \"no\\n\\u001b[2J{}\"}}", "x".repeat(100_000));
    let wire = Wire::answering("400 Bad Request", &body);
    let trouble = trouble(gateway(&wire.url, &options()).read(&id()).await, &["no \\u{1b}[2J"]);
    assert_eq!(trouble.refusal(), Some(Refusal::Request));
    assert!(trouble.to_string().len() < 600, "{trouble}");
}

#[tokio::test]
async fn a_request_says_who_asks_and_what_it_is() {
    let wire = Wire::answering("200 OK", "{\"success\": true, \"data\": {\"id\": \"c\"}}");
    let gateway = gateway(&format!("{}/aios/", wire.url), &options());
    gateway.read(&id()).await.unwrap();
    gateway.update(&id(), &super::scene::update("memory", 1)).await.unwrap();
    let requests = wire.requests();
    let agent = concat!("user-agent: inventory-aggregator/", env!("CARGO_PKG_VERSION"), "\r\n");
    assert!(requests[0].starts_with("GET /aios/clusters/read/c HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[1].starts_with("PUT /aios/clusters/update/c HTTP/1.1\r\n"), "{}", requests[1]);
    assert!(requests[1].contains("content-type: application/json\r\n"), "{}", requests[1]);
    assert!(requests[1].ends_with("\r\n\r\n{\"memory\":1}"), "{}", requests[1]);
    assert!(requests.iter().all(|request| request.contains(agent)), "{requests:?}");
}
