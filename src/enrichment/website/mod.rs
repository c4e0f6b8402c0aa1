//! Research without a key: what a company's own site says of it, read politely.
//!
//! One direction: [`Website`] → `visit` (the limits of a run, robots.txt, redirects) → `fetch` (one request) → `resolve` and
//! `address` (public machines only). What comes back is data: `html`, `linked` and the feed's parser read it without
//! executing or fetching anything, and `gather` keeps what [`Fact`](super::fact::Fact) has a place for.

mod address;
mod careers;
mod elements;
mod failure;
mod fetch;
mod fingerprints;
mod gather;
mod html;
mod linked;
mod news;
mod organization;
mod page;
mod pages;
mod people;
mod resolve;
mod robots;
mod roles;
mod visit;
mod words;

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use reqwest::Url;

pub use self::fetch::Limits;
pub use self::resolve::Lookup;

use self::fetch::{Fetcher, Kind, Text};
use self::gather::Gathered;
use self::page::Page;
use self::pages::Part;
use self::resolve::{Local, System};
use self::visit::{ROBOT, Visit};
use super::fact::Provider;
use super::provider::{Company, Research, ResearchError, ResearchProvider, Retry};

/// Reads companies' own sites.
#[derive(Clone)]
pub struct Website {
    user_agent: String,
    lookup: Arc<dyn Lookup>,
    local: Arc<Local>,
    limits: Limits,
    fetcher: Arc<Fetcher>,
}

/// How we introduce ourselves to sites: `contact` is an address at which their people learn who we are.
pub fn user_agent(contact: &str) -> String {
    let contact: String = contact.chars().filter(|c| c.is_ascii_graphic() && !"()".contains(*c)).collect();
    format!("{ROBOT}/{} (+{contact})", env!("CARGO_PKG_VERSION"))
}

impl Website {
    /// A reader of the public web.
    ///
    /// # Errors
    /// When the name cannot be sent as a header.
    pub fn new(user_agent: &str) -> Result<Self, reqwest::Error> {
        Self::made(user_agent.to_string(), Arc::new(System), Arc::default(), Limits::default())
    }

    /// The same, with exactly these domains served by a machine of ours, by plain http. People find their pages at
    /// `{shown_as}/{domain}/…`, and that is what findings name as their source.
    ///
    /// # Errors
    /// As for [`Website::new`].
    pub fn with_local(self, domains: BTreeSet<String>, server: SocketAddr, shown_as: &str) -> Result<Self, reqwest::Error> {
        let local = Local { domains, server: Some(server), shown_as: shown_as.to_string() };
        Self::made(self.user_agent, self.lookup, Arc::new(local), self.limits)
    }

    /// The same, with another way to look up names. Whatever it says, only public numbers are connected to.
    ///
    /// # Errors
    /// As for [`Website::new`].
    pub fn with_lookup(self, lookup: Arc<dyn Lookup>) -> Result<Self, reqwest::Error> {
        Self::made(self.user_agent, lookup, self.local, self.limits)
    }

    /// The same, with other limits.
    ///
    /// # Errors
    /// As for [`Website::new`].
    pub fn with_limits(self, limits: Limits) -> Result<Self, reqwest::Error> {
        Self::made(self.user_agent, self.lookup, self.local, limits)
    }

    fn made(user_agent: String, lookup: Arc<dyn Lookup>, local: Arc<Local>, limits: Limits) -> Result<Self, reqwest::Error> {
        let fetcher = Arc::new(Fetcher::new(&user_agent, lookup.clone(), local.clone(), limits)?);
        Ok(Self { user_agent, lookup, local, limits, fetcher })
    }

    /// Where to look for a domain's site, in order.
    fn addresses(&self, domain: &str) -> Option<Vec<Url>> {
        let url = |start: &str| Url::parse(&format!("{start}{domain}/")).ok();
        let secure = url("https://")?;
        // a domain that is more than a host would lead somewhere else
        if secure.path() != "/" || secure.query().is_some() || secure.fragment().is_some() || secure.port().is_some() {
            return None;
        }
        if self.local.has(&address::host(&secure)) {
            return Some(vec![url("http://")?]);
        }
        Some(["https://", "https://www.", "http://", "http://www."].into_iter().filter_map(url).collect())
    }
}

#[async_trait]
impl ResearchProvider for Website {
    fn provider(&self) -> Provider {
        Provider::Website
    }

    async fn research(&self, company: &Company, today: NaiveDate) -> Result<Research, ResearchError> {
        let never = |reason: String| ResearchError { reason, retry: Retry::Never, cost: 0 };
        let domain = company.domain.as_deref().map(str::trim).filter(|domain| !domain.is_empty());
        let domain = domain.ok_or_else(|| never("no domain is known".into()))?;
        let addresses = self.addresses(domain).ok_or_else(|| never(format!("{} is no domain name", super::fact::plain(domain, 100))))?;
        let mut visit = Visit::new(&self.fetcher);
        let home = visit.first(&addresses).await.inspect_err(|failure| tracing::info!(domain, %failure, "no research"))?;
        let gathered = Gathered::new(today, self.local.clone());
        let (mut gathered, home) = read(gathered, home, Part::Home).await?;
        let Some(home) = home else { return Err(never(format!("{domain} answered with something that is no page"))) };
        let mut wanted = VecDeque::from(pages::choose(&home.url, &home.document));
        let mut seen = vec![home.url.clone()];
        while let Some((part, url)) = wanted.pop_front().filter(|_| visit.has_room()) {
            seen.push(url.clone());
            let Some(text) = another(&mut visit, &url, &home.url).await else { continue };
            let page;
            (gathered, page) = read(gathered, text, part).await?;
            let next = page.filter(|_| !gathered.has(part)).and_then(|page| pages::further(part, &page));
            let is_new = |url: &Url| !seen.iter().chain(wanted.iter().map(|(_, url)| url)).any(|other| pages::is_same_page(other, url));
            if let Some(next) = next.filter(|(_, url)| is_new(url)) {
                wanted.push_front(next);
            }
        }
        Ok(Research { findings: gathered.finish(), provider: Provider::Website, model: None, cost: 0, grounding: None })
    }
}

/// A further page of the site; one that cannot be read, or is another site's, is done without.
async fn another(visit: &mut Visit<'_>, url: &Url, home: &Url) -> Option<Text> {
    match visit.page(url).await {
        Ok(text) if pages::is_same_site(&text.url, home) => Some(text),
        Ok(text) => {
            tracing::debug!(%url, led = %text.url, "another site's page");
            None
        }
        Err(failure) => {
            tracing::debug!(%url, %failure, "a page was not read");
            None
        }
    }
}

/// Reads a text for what it is wanted for, on a thread for such work. The page comes back where it is one.
async fn read(mut gathered: Gathered, text: Text, part: Part) -> Result<(Gathered, Option<Page>), ResearchError> {
    let read = tokio::task::spawn_blocking(move || match (part, text.kind) {
        (Part::Feed, _) => {
            gathered.feed(&text);
            (gathered, None)
        }
        (_, Kind::Html) => {
            let page = Page::read(&text);
            gathered.page(&page, part);
            (gathered, Some(page))
        }
        _ => (gathered, None),
    });
    read.await.map_err(|error| {
        tracing::error!(%error, "reading a page");
        ResearchError { reason: "a page could not be read".into(), retry: Retry::Never, cost: 0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_looked_for_by_https_first() {
        let website = Website::new("test").unwrap().with_local(["konex.example".into()].into(), ([127, 0, 0, 1], 1).into(), "").unwrap();
        let addresses = |domain| website.addresses(domain).map(|urls| urls.iter().map(Url::to_string).collect::<Vec<_>>());
        let order = ["https://other.example/", "https://www.other.example/", "http://other.example/", "http://www.other.example/"];
        assert_eq!(addresses("other.example"), Some(order.map(String::from).to_vec()));
        assert_eq!(addresses("konex.example"), Some(vec!["http://konex.example/".to_string()]));
        assert_eq!(addresses("konex.example/x"), None);
    }

    #[test]
    fn our_name_is_one_line_whatever_the_address() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(user_agent("https://crm.example"), format!("Prospector/{version} (+https://crm.example)"));
        assert_eq!(user_agent("a)\r\nX-Evil: 1"), format!("Prospector/{version} (+aX-Evil:1)"));
    }
}
