//! From the pages of a run to its findings: each fact once, with where it was read.

use std::sync::Arc;

use chrono::NaiveDate;
use reqwest::Url;

use super::page::{Page, Today};
use super::pages::Part;
use super::resolve::Local;
use super::{address, careers, fetch::Text, fingerprints, news, organization, people};
use crate::enrichment::fact::{Fact, Finding, Source};

/// A fact that several pages have keeps so many of them.
const MOST_SOURCES: usize = 3;

/// So many facts of a kind are kept: no company has more technologies, people or words than somebody reads.
const MOST_OF_A_KIND: usize = 60;

/// What the pages so far brought.
pub struct Gathered {
    today: Today,
    local: Arc<Local>,
    findings: Vec<Finding>,
    /// Titles of open posts and the page that has them; none as long as no careers page was read.
    openings: Option<(Vec<String>, Source)>,
}

impl Gathered {
    pub fn new(today: NaiveDate, local: Arc<Local>) -> Self {
        Self { today: Today(today), local, findings: Vec::new(), openings: None }
    }

    /// Takes what a page has to say.
    pub fn page(&mut self, page: &Page, part: Part) {
        let Some(source) = self.source(&page.url, page.title()) else { return };
        let mut facts = organization::facts(page, self.today);
        facts.extend(people::facts(page, part));
        facts.extend(fingerprints::facts(page));
        for fact in facts {
            self.add(Finding { fact, about: None, sources: vec![source.clone()] });
        }
        self.news(news::articles(page, self.today));
        if part == Part::Careers && !self.has(part) {
            self.openings = Some((careers::openings(page, self.today), source));
        }
    }

    /// Takes the items of a feed.
    pub fn feed(&mut self, text: &Text) {
        self.news(news::feed(text, self.today));
    }

    /// Whether there is already what pages of this part are read for, so that no further one is needed.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Careers => self.openings.as_ref().is_some_and(|(titles, _)| !titles.is_empty()),
            Part::News | Part::Feed => self.findings.iter().any(|found| matches!(found.fact, Fact::News { .. })),
            Part::Home | Part::About => true,
        }
    }

    /// Everything, the newest news first.
    pub fn finish(mut self) -> Vec<Finding> {
        if let Some((titles, source)) = self.openings.take() {
            let employees = self.findings.iter().find_map(|found| match found.fact {
                Fact::Employees { count } => Some(count),
                _ => None,
            });
            let fact = careers::hiring(&titles, employees);
            self.findings.push(Finding { fact, about: Some(self.today.0), sources: vec![source] });
        }
        let (mut news, mut others): (Vec<_>, Vec<_>) = self.findings.into_iter().partition(|found| matches!(found.fact, Fact::News { .. }));
        news.sort_by_key(|found| std::cmp::Reverse(found.about));
        news.truncate(news::MOST);
        others.extend(news);
        others
    }

    fn news(&mut self, items: Vec<Finding>) {
        for mut item in items {
            item.sources = item.sources.iter().filter_map(|source| self.source(&Url::parse(&source.url).ok()?, &source.title)).collect();
            if !item.sources.is_empty() {
                self.add(item);
            }
        }
    }

    fn add(&mut self, found: Finding) {
        let Some(known) = self.findings.iter_mut().find(|known| is_same(&known.fact, &found.fact)) else {
            if !self.is_answered(&found.fact) {
                self.findings.push(found);
            }
            return;
        };
        complete(&mut known.fact, found.fact);
        for source in found.sources {
            if known.sources.len() < MOST_SOURCES && known.sources.iter().all(|other| other.url != source.url) {
                known.sources.push(source);
            }
        }
    }

    /// What has one answer keeps the first, the home page's; of everything else there is enough at some point.
    fn is_answered(&self, fact: &Fact) -> bool {
        let has_one = matches!(
            fact,
            Fact::Ceo { .. }
                | Fact::Summary { .. }
                | Fact::Employees { .. }
                | Fact::Founded { .. }
                | Fact::Location { .. }
                | Fact::Industry { .. }
        );
        let kind = std::mem::discriminant(fact);
        let count = self.findings.iter().filter(|known| std::mem::discriminant(&known.fact) == kind).count();
        count >= if has_one { 1 } else { MOST_OF_A_KIND }
    }

    /// Where something was read, as people can open it.
    fn source(&self, url: &Url, title: &str) -> Option<Source> {
        let host = address::host(url);
        if self.local.has(&host) {
            return Source::new(&format!("{}/{host}{}", self.local.shown_as.trim_end_matches('/'), url.path()), title);
        }
        Source::new(url.as_str(), title)
    }
}

/// Whether two facts say the same, perhaps one more exactly.
fn is_same(a: &Fact, b: &Fact) -> bool {
    match (a, b) {
        (Fact::Technology { name: a, .. }, Fact::Technology { name: b, .. })
        | (Fact::Person { name: a, .. }, Fact::Person { name: b, .. })
        | (Fact::News { title: a }, Fact::News { title: b })
        | (Fact::Keyword { text: a }, Fact::Keyword { text: b }) => a.to_lowercase() == b.to_lowercase(),
        (a, b) => a == b,
    }
}

/// A version that another page shows is taken over.
fn complete(known: &mut Fact, other: Fact) {
    if let (Fact::Technology { version: known @ None, .. }, Fact::Technology { version, .. }) = (known, other) {
        *known = version;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrichment::website::page::tests::page;

    #[test]
    fn each_fact_stands_once_with_its_pages() {
        let mut gathered = Gathered::new(Today::for_tests().0, Arc::default());
        gathered.page(
            &page(r#"<title>A</title><meta name=description content="Sensors for ports."><script src="/jquery.min.js"></script>"#),
            Part::Home,
        );
        let mut other =
            page(r#"<title>B</title><meta name=description content="Another text."><script src="/jquery-3.7.1.min.js"></script>"#);
        other.url = Url::parse("https://konex.example/b").unwrap();
        gathered.page(&other, Part::About);
        let findings = gathered.finish();
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert_eq!(findings[0].fact, Fact::Summary { text: "Sensors for ports.".into() });
        assert!(matches!(&findings[1].fact, Fact::Technology { version: Some(version), .. } if version == "3.7.1"));
        assert_eq!(findings[1].sources.iter().map(|source| source.title.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    }
}
