//! A page that was read: its text, its markup and its JSON-LD.

use chrono::NaiveDate;
use reqwest::Url;
use reqwest::header::HeaderMap;

use super::fetch::Text;
use super::html::Document;
use super::linked::Linked;

/// The day of the run.
#[derive(Clone, Copy, Debug)]
pub struct Today(pub NaiveDate);

impl Today {
    /// Whether something of that day is news: of the last year, and not of the future but for the odd time zone.
    pub fn is_recent(self, day: NaiveDate) -> bool {
        (-1..=365).contains(&(self.0 - day).num_days())
    }

    #[cfg(test)]
    pub fn for_tests() -> Self {
        Self(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap())
    }
}

/// A page of HTML.
#[derive(Debug)]
pub struct Page {
    pub url: Url,
    pub headers: HeaderMap,
    pub html: String,
    pub document: Document,
    pub linked: Linked,
}

impl Page {
    /// Reads what was fetched. This takes a while and belongs on a thread of its own.
    pub fn read(text: &Text) -> Self {
        let html = text.decoded();
        let document = Document::read(&html);
        let linked = Linked::read(&document.json_ld);
        Self { url: text.url.clone(), headers: text.headers.clone(), html, document, linked }
    }

    /// What people know the page as.
    pub fn title(&self) -> &str {
        let title = self.document.title.trim();
        if title.is_empty() { self.url.host_str().unwrap_or_default() } else { title }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::enrichment::website::fetch::Kind;

    /// A page of konex.example with this markup.
    pub fn page(html: &str) -> Page {
        let url = Url::parse("https://www.konex.example/about").unwrap();
        Page::read(&Text { url, headers: HeaderMap::new(), kind: Kind::Html, body: html.as_bytes().to_vec() })
    }

    #[test]
    fn a_page_without_title_is_known_by_its_site() {
        assert_eq!(page("<title> </title>").title(), "www.konex.example");
        assert_eq!(page("<title>About</title>").title(), "About");
    }
}
