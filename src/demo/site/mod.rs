//! Sites of the demo's made-up companies, so that research without a key has something true to its kind to read: served to
//! the researcher by the name of their host, and to people below an address of the application.

mod made;
mod pages;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::Utc;
use tokio::net::TcpListener;

use self::made::Made;
use self::pages::View;
use super::{SEED, generate};

/// Where people find the sites: `/samples/{domain}/…`.
pub const PATH: &str = "/samples";

/// A made-up company and how its site behaves.
#[derive(Clone, Debug)]
pub struct Company {
    pub name: String,
    pub domain: String,
    pub country: String,
    pub employees: i64,
    pub founded: i64,
    pub manner: Manner,
}

/// How a site behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    #[default]
    Ordinary,
    /// It has no careers page.
    NoCareers,
    /// It answers with 503.
    Unavailable,
    /// Its robots.txt asks not to be read.
    NoRobots,
    /// It tells machines what to do.
    Hostile,
}

/// Which of the companies are out of the ordinary.
const MANNERS: [(usize, Manner); 4] = [(8, Manner::NoCareers), (9, Manner::Unavailable), (10, Manner::NoRobots), (11, Manner::Hostile)];

/// The companies of the demo startup.
pub fn companies() -> Vec<Company> {
    let book = generate::book(SEED, Utc::now(), &[uuid::Uuid::nil()]);
    let made = book.accounts.into_iter().enumerate().map(|(nth, account)| Company {
        name: account.name,
        domain: account.domain,
        country: account.info["country"].as_str().unwrap_or_default().to_string(),
        employees: account.info["employees"].as_i64().unwrap_or_default(),
        founded: account.info["founded"].as_i64().unwrap_or_default(),
        manner: MANNERS.iter().find(|(at, _)| *at == nth).map_or(Manner::Ordinary, |(_, manner)| *manner),
    });
    made.collect()
}

/// The sites.
#[derive(Clone)]
pub struct Sites(Arc<BTreeMap<String, (Company, Made)>>);

impl Sites {
    /// A site for each of these companies.
    pub fn new(companies: Vec<Company>) -> Self {
        let sites = companies.into_iter().map(|company| {
            let made = Made::of(&company);
            (company.domain.clone(), (company, made))
        });
        Self(Arc::new(sites.collect()))
    }

    /// The domains that there are sites for.
    pub fn domains(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// The sites by the name of their host: for the researcher.
    pub fn by_host(self) -> Router {
        Router::new().fallback(answer_host).with_state(self)
    }

    /// The sites below [`PATH`]: for people who follow a source.
    pub fn by_path(self) -> Router {
        Router::new()
            .route("/samples/{domain}", get(async |Path(domain): Path<String>| Redirect::to(&format!("{PATH}/{domain}/"))))
            .route("/samples/{domain}/", get(answer_home))
            .route("/samples/{domain}/{*path}", get(answer_path))
            .with_state(self)
    }

    /// Serves the sites by host, on this machine only, at a port that is free. They end with the task.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn listen(self) -> std::io::Result<(SocketAddr, tokio::task::JoinHandle<()>)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, self.by_host()).await {
                tracing::warn!(%error, "the sample sites are gone");
            }
        });
        Ok((address, serving))
    }

    fn answer(&self, domain: &str, path: &str, prefix: String) -> Response {
        let Some((company, made)) = self.0.get(domain) else { return StatusCode::NOT_FOUND.into_response() };
        if path == "/robots.txt" {
            return robots(company).into_response();
        }
        if company.manner == Manner::Unavailable {
            return (StatusCode::SERVICE_UNAVAILABLE, "A made-up sample of a site that is out of order.").into_response();
        }
        let view = View { company, made, prefix, today: Utc::now().date_naive() };
        let Some(page) = view.page(path) else { return StatusCode::NOT_FOUND.into_response() };
        let kind = if path.ends_with(".xml") { "application/rss+xml; charset=utf-8" } else { "text/html; charset=utf-8" };
        // the scripts that a page names are there to be recognised, not to run
        let fixed = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY)];
        let stack = made.stack.headers.iter().map(|(name, value)| (HeaderName::from_static(name), *value));
        let mut answer = page.into_response();
        for (name, value) in stack.chain(fixed) {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        answer
    }
}

const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn robots(company: &Company) -> &'static str {
    if company.manner == Manner::NoRobots { "User-agent: *\nDisallow: /\n" } else { "User-agent: *\nAllow: /\n" }
}

async fn answer_host(State(sites): State<Sites>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    sites.answer(&host, uri.path(), String::new())
}

async fn answer_home(State(sites): State<Sites>, Path(domain): Path<String>) -> Response {
    sites.answer(&domain, "/", format!("{PATH}/{domain}"))
}

async fn answer_path(State(sites): State<Sites>, Path((domain, path)): Path<(String, String)>) -> Response {
    sites.answer(&domain, &format!("/{path}"), format!("{PATH}/{domain}"))
}
