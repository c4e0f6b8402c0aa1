//! The web of the tests: one server, many hosts, and what it was asked.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use prospector::enrichment::fact::{Fact, Finding};
use prospector::enrichment::provider::{Company, Research, ResearchError, ResearchProvider};
use prospector::enrichment::website::{Limits, Website, user_agent};

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub host: String,
    pub path: String,
    pub headers: HeaderMap,
}

/// What a host answers to a path.
pub type Answers = fn(&Asked) -> Response;

/// A running web and a researcher on it.
pub struct Web {
    pub website: Website,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// Short, so that tests of time end.
pub const LIMITS: Limits = Limits {
    page: Duration::from_secs(2),
    run: Duration::from_secs(8),
    connect: Duration::from_secs(2),
    bytes: 2 * 1024 * 1024,
    pages: 8,
    redirects: 5,
    pause: Duration::ZERO,
};

impl Web {
    /// A web in which `domains` answer like this. Each has a robots.txt that allows everything, unless `answers` is asked for it.
    pub async fn of(domains: &[&str], answers: Answers) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let server = serve(answers, asked.clone()).await;
        let domains: BTreeSet<String> = domains.iter().map(|domain| domain.to_string()).collect();
        let website = Website::new(&user_agent("https://prospector.example/about")).unwrap().with_limits(LIMITS).unwrap();
        Self { website: website.with_local(domains, server, "https://crm.example/samples").unwrap(), asked }
    }

    pub async fn research(&self, domain: &str) -> Result<Research, ResearchError> {
        let company = Company { name: "Konex".into(), domain: Some(domain.into()) };
        self.website.research(&company, today()).await
    }

    pub async fn findings(&self, domain: &str) -> Vec<Finding> {
        self.research(domain).await.unwrap().findings
    }

    pub async fn refusal(&self, domain: &str) -> ResearchError {
        self.research(domain).await.unwrap_err()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Host and path of everything that was asked for, in order.
    pub fn paths(&self) -> Vec<String> {
        self.asked().iter().map(|asked| format!("{}{}", asked.host, asked.path)).collect()
    }
}

async fn serve(answers: Answers, log: Arc<Mutex<Vec<Asked>>>) -> SocketAddr {
    let answer = move |request: Request| {
        let log = log.clone();
        async move {
            let host = request.headers()[header::HOST].to_str().unwrap().to_string();
            let asked = Asked { host, path: request.uri().path().to_string(), headers: request.headers().clone() };
            log.lock().unwrap().push(asked.clone());
            answers(&asked)
        }
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}

pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

pub fn html(markup: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], markup.into()).into_response()
}

/// The home page of a company that is fine.
pub fn fine() -> Response {
    html("<title>Konex</title><meta name=description content='Sensors for ports.'>")
}

pub fn gone() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

pub fn to(address: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, address.to_string())]).into_response()
}

/// The text of the only summary.
pub fn summary(findings: &[Finding]) -> &str {
    let mut texts = findings.iter().filter_map(|found| match &found.fact {
        Fact::Summary { text } => Some(text.as_str()),
        _ => None,
    });
    texts.next().unwrap_or_default()
}

/// Runs and says how long it took.
pub async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    (work.await, began.elapsed())
}
