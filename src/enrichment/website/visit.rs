//! One run on one company's site: follows redirects, keeps to robots.txt, and to the limits of the run.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reqwest::Url;

use super::address::{self, host};
use super::failure::{Failure, Why};
use super::fetch::{Answer, Fetcher, Text, Wanted};
use super::robots::{self, Robots};

/// The name that robots.txt may call us by.
pub const ROBOT: &str = "Prospector";

/// A run.
pub struct Visit<'a> {
    fetcher: &'a Fetcher,
    began: Instant,
    pages_left: usize,
    last_page: Option<Instant>,
    /// By origin; a site that is led to has a robots.txt of its own.
    robots: HashMap<String, Robots>,
}

impl<'a> Visit<'a> {
    pub fn new(fetcher: &'a Fetcher) -> Self {
        Self { fetcher, began: Instant::now(), pages_left: fetcher.limits.pages, last_page: None, robots: HashMap::new() }
    }

    /// The first of these addresses that answers at all.
    ///
    /// # Errors
    /// What the first one said where none answers.
    pub async fn first(&mut self, addresses: &[Url]) -> Result<Text, Failure> {
        let mut first = None;
        for address in addresses {
            match self.page(address).await {
                Err(failure) if failure.is_silence() => {
                    self.pages_left = self.fetcher.limits.pages;
                    tracing::debug!(%address, %failure, "no answer");
                    first.get_or_insert(failure);
                }
                answered => return answered,
            }
        }
        Err(first.unwrap_or_else(|| Failure::new("", Why::Unreachable)))
    }

    /// Whether another page may be read.
    pub fn has_room(&self) -> bool {
        self.pages_left > 0 && !self.time_left().is_zero()
    }

    /// A page, through redirects. Each address on the way is checked like the first, robots.txt included.
    ///
    /// # Errors
    /// When it may not or cannot be read.
    pub async fn page(&mut self, address: &Url) -> Result<Text, Failure> {
        self.pages_left = self.pages_left.saturating_sub(1);
        let answer = self.follow(address).await;
        self.last_page = Some(Instant::now());
        answer
    }

    async fn follow(&mut self, address: &Url) -> Result<Text, Failure> {
        let mut url = address.clone();
        for _ in 0..=self.fetcher.limits.redirects {
            match self.ask_page(&url).await.map_err(|failure| led_to(address, failure))? {
                Answer::Text(text) => return Ok(text),
                Answer::Redirect(next) => url = next,
            }
        }
        Err(Failure::new(&host(address), Why::Circles))
    }

    async fn ask_page(&mut self, url: &Url) -> Result<Answer, Failure> {
        address::check(url).map_err(|refused| Failure::new(&shown(url), Why::Refused(refused)))?;
        let robots = self.robots(url).await?;
        if !robots.allows(&path(url)) {
            return Err(Failure::new(&host(url), Why::Robots));
        }
        self.pause(url, robots.pause()).await?;
        self.fetcher.ask(url, Wanted::Page, self.time_left()).await
    }

    /// The rules of the site at `url`, asked for once.
    async fn robots(&mut self, url: &Url) -> Result<Robots, Failure> {
        let origin = url.origin().ascii_serialization();
        if let Some(robots) = self.robots.get(&origin) {
            return Ok(robots.clone());
        }
        let robots = self.read_robots(url).await?;
        self.robots.insert(origin, robots.clone());
        Ok(robots)
    }

    /// RFC 9309: a file that is not there (4xx) allows everything, one that cannot be had (5xx, too slow) nothing.
    async fn read_robots(&self, url: &Url) -> Result<Robots, Failure> {
        let Ok(mut at) = url.join("/robots.txt") else { return Ok(Robots::disallow_all()) };
        for _ in 0..=self.fetcher.limits.redirects {
            if address::check(&at).is_err() {
                return Ok(Robots::allow_all());
            }
            match self.fetcher.ask(&at, Wanted::Robots, self.time_left()).await {
                Ok(Answer::Redirect(next)) => at = next,
                Ok(Answer::Text(text)) => {
                    let body = &text.body[..text.body.len().min(robots::MOST_BYTES)];
                    return Ok(Robots::parse(&String::from_utf8_lossy(body), ROBOT));
                }
                Err(Failure { why: Why::Status { status, .. }, .. }) if status < 500 && status != 429 => return Ok(Robots::allow_all()),
                Err(Failure { host, why: Why::Status { status, .. } }) => return Err(Failure::new(&host, Why::RobotsStatus(status))),
                Err(failure) => return Err(failure),
            }
        }
        // five redirects without an end are a file that is not there
        Ok(Robots::allow_all())
    }

    /// Waits as long as the site asks, or as is decent. A wait that the run has no time for ends it.
    async fn pause(&self, url: &Url, asked: Option<Duration>) -> Result<(), Failure> {
        let Some(last) = self.last_page else { return Ok(()) };
        let wait = asked.unwrap_or_else(|| self.fetcher.pause(url)).saturating_sub(last.elapsed());
        if wait >= self.time_left() {
            return Err(Failure::new(&host(url), Why::Slow(self.fetcher.limits.run)));
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }

    fn time_left(&self) -> Duration {
        self.fetcher.limits.run.saturating_sub(self.began.elapsed())
    }
}

/// What a person is told of an address: its host, or what stands in its place.
fn shown(url: &Url) -> String {
    let host = host(url);
    if host.is_empty() { crate::enrichment::fact::plain(url.as_str(), 60) } else { host }
}

/// A failure further on is told with the way there.
fn led_to(from: &Url, failure: Failure) -> Failure {
    let (from, at) = (host(from), failure.host.clone());
    let is_same = at == from || at.strip_prefix("www.") == Some(&from) || from.strip_prefix("www.") == Some(&at);
    if is_same { failure } else { Failure::new(&from, Why::Leads(Box::new(failure))) }
}

/// A path with its query, as robots.txt speaks of them.
fn path(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_string(), |query| format!("{}?{query}", url.path()))
}
