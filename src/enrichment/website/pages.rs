//! Which pages of a site are worth reading, by the links of its home page.

use reqwest::Url;

use super::address::{self, host};
use super::html::{Document, Link};
use super::page::Page;
use super::words::{ABOUT, CAREERS, NEWS};

/// What a page is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Home,
    About,
    Careers,
    News,
    Feed,
}

/// So many pages about the company are read.
const MOST_ABOUT: usize = 3;

/// The pages to read after the home page, the most telling first. All are of the same site.
pub fn choose(home: &Url, document: &Document) -> Vec<(Part, Url)> {
    let links = links(home, document);
    let mut chosen: Vec<(Part, Url)> = Vec::new();
    let mut take = |part, urls: Vec<Url>| {
        for url in urls {
            if !is_same_page(&url, home) && !chosen.iter().any(|(_, other)| is_same_page(other, &url)) {
                chosen.push((part, url));
            }
        }
    };
    let about = best(&links, ABOUT, MOST_ABOUT);
    let (first, second) = about.split_at(about.len().min(1));
    take(Part::About, first.to_vec());
    take(Part::Careers, best(&links, CAREERS, 1));
    take(Part::Feed, feeds(home, document).into_iter().take(1).collect());
    take(Part::News, best(&links, NEWS, 1));
    take(Part::About, second.to_vec());
    chosen
}

/// What a page leads on to where it had not what it was read for: a page about working there to its list of posts, one with
/// news to its feed.
pub fn further(part: Part, page: &Page) -> Option<(Part, Url)> {
    let next = match part {
        Part::Careers => best(&links(&page.url, &page.document), CAREERS, 3).into_iter().find(|url| !is_same_page(url, &page.url)),
        Part::News => feeds(&page.url, &page.document).into_iter().next(),
        Part::Home | Part::About | Part::Feed => None,
    };
    next.map(|url| (if part == Part::News { Part::Feed } else { part }, url))
}

/// The feeds that a page announces, of its own site.
fn feeds(page: &Url, document: &Document) -> Vec<Url> {
    const KINDS: [&str; 4] = ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"];
    let is_feed = |link: &&Link| {
        link.rel.split_ascii_whitespace().any(|rel| rel == "alternate") && KINDS.contains(&link.kind.trim().to_ascii_lowercase().as_str())
    };
    let feeds = document.links.iter().filter(is_feed).filter_map(|link| resolve(page, document, &link.href));
    feeds.filter(|url| is_same_site(url, page) && !url.path().contains("/comments/")).collect()
}

/// The links of a page to pages of its own site, with their text.
fn links(page: &Url, document: &Document) -> Vec<(Url, String)> {
    let resolved = document.links.iter().filter_map(|link| {
        let url = resolve(page, document, &link.href)?;
        (link.kind.is_empty() && is_same_site(&url, page)).then(|| (url, link.text.trim().to_lowercase()))
    });
    resolved.collect()
}

/// Those that one of the words names, the best first: by the last part of the path, by the host, by the text; then by how telling
/// the word is; then the shorter.
fn best(links: &[(Url, String)], words: &[&str], most: usize) -> Vec<Url> {
    let mut named: Vec<_> = links.iter().filter_map(|(url, text)| Some((rank(url, text, words)?, url.path().len(), url))).collect();
    named.sort_by_key(|(rank, length, _)| (*rank, *length));
    let mut best: Vec<Url> = Vec::new();
    for (_, _, url) in named {
        if best.len() < most && !best.iter().any(|other| is_same_page(other, url)) {
            best.push(url.clone());
        }
    }
    best
}

/// How well, and by which of the words. An article of a blog is not the blog: only a path's last part counts.
fn rank(url: &Url, text: &str, words: &[&str]) -> Option<(u8, usize)> {
    let which = |text: &str| words.iter().position(|word| *word == text);
    let path = percent_decoded(url.path()).to_lowercase();
    let last = path.split('/').rfind(|part| !part.is_empty()).map(|part| part.split('.').next().unwrap_or_default());
    let by_host = || which(host(url).split('.').next().unwrap_or_default()).filter(|_| path == "/");
    let by_text = || which(&text.split_whitespace().collect::<Vec<_>>().join("-"));
    let by_path = last.and_then(which).map(|word| (0, word));
    by_path.or_else(|| by_host().map(|word| (1, word))).or_else(|| by_text().map(|word| (2, word)))
}

/// The address that a link of a page leads to, if it is one that may be asked.
pub fn resolve(page: &Url, document: &Document, href: &str) -> Option<Url> {
    let base = document.base.as_deref().and_then(|base| page.join(base).ok());
    let base = base.filter(|base| matches!(base.scheme(), "http" | "https"));
    let mut url = base.as_ref().unwrap_or(page).join(href.trim()).ok()?;
    url.set_fragment(None);
    (address::check(&url).is_ok() && url.as_str().len() <= 500).then_some(url)
}

/// Whether two addresses belong to one registered domain.
pub fn is_same_site(a: &Url, b: &Url) -> bool {
    let (a, b) = (host(a), host(b));
    a == b || psl::domain_str(&a).is_some_and(|domain| psl::domain_str(&b) == Some(domain))
}

/// Whether two addresses are one page, but for `www.` and a closing slash.
pub fn is_same_page(a: &Url, b: &Url) -> bool {
    let plain = |url: &Url| {
        (host(url).trim_start_matches("www.").to_string(), url.path().trim_end_matches('/').to_string(), url.query().map(str::to_string))
    };
    plain(a) == plain(b)
}

fn percent_decoded(path: &str) -> String {
    // a form's decoding would make spaces of plus signs; paths have none in these words
    let query = format!("p={}", path.replace('&', "%26"));
    Url::parse("http://a/")
        .ok()
        .and_then(|mut url| {
            url.set_query(Some(&query));
            url.query_pairs().next().map(|(_, path)| path.into_owned())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(html: &str) -> Vec<(Part, String)> {
        let home = Url::parse("https://www.konex.example/").unwrap();
        choose(&home, &Document::read(html))
            .into_iter()
            .map(|(part, url)| (part, url.as_str().replace("https://www.konex.example", "")))
            .collect()
    }

    #[test]
    fn pages_are_chosen_by_path_and_text() {
        let html = r#"<link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel=stylesheet href=/about type=text/css>
            <a href="/">Home</a> <a href="/blog/why-jobs">Why jobs</a> <a href="/company/team">Team</a> <a href="/about">Us</a> <a href="/de/%C3%BCber-uns">x</a>
            <a href="https://jobs.konex.example/">Come</a> <a href="/p/17">Press releases</a> <a href="https://other.example/careers">Careers</a>"#;
        assert_eq!(
            chosen(html),
            [
                (Part::About, "/about".into()),
                (Part::Careers, "https://jobs.konex.example/".into()),
                (Part::Feed, "/feed.xml".into()),
                (Part::News, "/p/17".into()),
                (Part::About, "/company/team".into()),
                (Part::About, "/de/%C3%BCber-uns".into()),
            ]
        );
    }

    #[test]
    fn what_leads_elsewhere_is_not_chosen() {
        for href in [
            "javascript:about",
            "https://evil.example/about",
            "http://127.0.0.1/about",
            "//konex.example.evil.example/about",
            "http://konex.example:8080/about",
            "mailto:about@konex.example",
            "data:text/html,about",
            "/#about",
        ] {
            assert_eq!(chosen(&format!("<a href=\"{href}\">About</a>")), [], "{href}");
        }
        assert_eq!(chosen(r#"<base href="javascript:x"><a href="/about">x</a>"#).len(), 1);
        assert_eq!(chosen(r#"<base href="https://evil.example/"><a href="/about">x</a>"#), []);
    }

    #[test]
    fn sites_are_registered_domains() {
        let same = |a: &str, b: &str| is_same_site(&Url::parse(a).unwrap(), &Url::parse(b).unwrap());
        assert!(same("https://a.konex.co.uk", "http://www.konex.co.uk/x"));
        assert!(!same("https://konex.co.uk", "https://other.co.uk"));
        assert!(!same("https://a.github.io", "https://b.github.io"));
    }
}
