//! A browser, as far as HTTP/1.1 over one kept connection goes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    cookie: String,
}

/// An answer, and how long it took.
pub struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
    /// Until the mark that was looked for had come, or else the whole.
    pub marked: Duration,
    pub whole: Duration,
}

impl Client {
    pub async fn connect(address: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender, cookie: format!("sid={token}") }
    }

    /// Opens a page and notes when `mark` had come.
    pub async fn page(&mut self, path: &str, mark: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT, "text/html");
        self.send(request, String::new(), mark).await
    }

    /// Submits a form as a live page does.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(request, form, "").await
    }

    async fn send(&mut self, request: hyper::http::request::Builder, body: String, mark: &str) -> Answer {
        self.sender.ready().await.unwrap();
        let request = request.header(header::HOST, "bench.test").header(header::COOKIE, &self.cookie);
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let began = Instant::now();
        let answer = self.sender.send_request(request).await.unwrap();
        let status = answer.status();
        let (mut stream, mut body, mut marked) = (answer.into_body(), Vec::new(), None);
        while let Some(frame) = stream.frame().await {
            let Ok(data) = frame.unwrap().into_data() else { continue };
            // the mark may lie across two parts
            let from = body.len().saturating_sub(mark.len());
            body.extend_from_slice(&data);
            if marked.is_none() && !mark.is_empty() && body[from..].windows(mark.len()).any(|bytes| bytes == mark.as_bytes()) {
                marked = Some(began.elapsed());
            }
        }
        let whole = began.elapsed();
        assert!(mark.is_empty() || marked.is_some(), "{status}: the page lacks {mark}");
        Answer { status, body, marked: marked.unwrap_or(whole), whole }
    }
}
