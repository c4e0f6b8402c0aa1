//! What a company tells: the items of its feed, and articles that its pages mark as such.

use chrono::{NaiveDate, Utc};
use reqwest::Url;

use super::address;
use super::fetch::Text;
use super::linked::text;
use super::page::{Page, Today};
use crate::enrichment::fact::{Fact, Finding, Source, plain};

/// So many items are kept.
pub const MOST: usize = 10;

/// Recent items of a feed, the newest first, each with its own address. Its parser knows no entities but XML's own.
pub fn feed(feed: &Text, today: Today) -> Vec<Finding> {
    let parsed = match feed_rs::parser::Builder::new().base_uri(Some(feed.url.as_str())).build().parse(feed.body.as_slice()) {
        Ok(parsed) => parsed,
        Err(error) => {
            tracing::debug!(url = %feed.url, %error, "this feed cannot be read");
            return Vec::new();
        }
    };
    let items = parsed.entries.into_iter().filter_map(|entry| {
        let day = entry.published.or(entry.updated)?.with_timezone(&Utc).date_naive();
        let link = entry.links.iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))?;
        item(&feed.url, &entry.title?.content, &link.href, day, today)
    });
    newest(items.collect())
}

/// Recent articles that a page's JSON-LD has.
pub fn articles(page: &Page, today: Today) -> Vec<Finding> {
    let nodes = page.linked.of(|kind| matches!(kind, "NewsArticle" | "BlogPosting" | "Article" | "PressRelease"));
    let items = nodes.filter_map(|(_, node)| {
        let day = NaiveDate::parse_from_str(text(node, "datePublished")?.get(..10)?, "%Y-%m-%d").ok()?;
        let address = text(node, "url").or_else(|| text(node, "mainEntityOfPage"))?;
        item(&page.url, &text(node, "headline").or_else(|| text(node, "name"))?, &address, day, today)
    });
    newest(items.collect())
}

fn item(base: &Url, title: &str, link: &str, day: NaiveDate, today: Today) -> Option<Finding> {
    let title = plain(&html_escape::decode_html_entities(title), 200);
    let url = base.join(link.trim()).ok()?;
    address::check(&url).ok()?;
    // an address elsewhere is not what the company says: then the page that told of it is the source
    let cited = if super::pages::is_same_site(&url, base) { &url } else { base };
    let source = Source::new(cited.as_str(), &title)?;
    let is_news = !title.is_empty() && today.is_recent(day);
    is_news.then(|| Finding { fact: Fact::News { title }, about: Some(day), sources: vec![source] })
}

fn newest(mut items: Vec<Finding>) -> Vec<Finding> {
    items.sort_by_key(|item| std::cmp::Reverse(item.about));
    items.truncate(MOST);
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrichment::website::fetch::Kind;
    use crate::enrichment::website::page::tests::page;

    fn read(body: &str) -> Vec<(String, String, String)> {
        let text = Text {
            url: Url::parse("https://konex.example/feed").unwrap(),
            headers: reqwest::header::HeaderMap::new(),
            kind: Kind::Xml,
            body: body.as_bytes().to_vec(),
        };
        said(feed(&text, Today::for_tests()))
    }

    fn said(news: Vec<Finding>) -> Vec<(String, String, String)> {
        let parts = news.into_iter().map(|found| {
            let Fact::News { title } = found.fact else { unreachable!() };
            (title, found.sources[0].url.clone(), found.about.unwrap().to_string())
        });
        parts.collect()
    }

    fn rss(items: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Konex</title><link>https://konex.example/</link>{items}</channel></rss>"
        )
    }

    fn one(title: &str, link: &str, date: &str) -> String {
        format!("<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>")
    }

    const DAY: &str = "Mon, 02 Nov 2026 10:00:00 GMT";

    #[test]
    fn recent_items_are_news() {
        let items = [
            one("Older", "/a", "Sun, 01 Mar 2026 10:00:00 GMT"),
            one("Konex &amp;amp; ports\u{202e}", "https://konex.example/b", DAY),
            one("Ancient", "/c", "Mon, 02 Nov 2020 10:00:00 GMT"),
            one("Yet to come", "/d", "Mon, 02 Nov 2027 10:00:00 GMT"),
            one("No date", "/e", ""),
        ];
        assert_eq!(
            read(&rss(&items.concat())),
            [
                ("Konex & ports".into(), "https://konex.example/b".into(), "2026-11-02".into()),
                ("Older".into(), "https://konex.example/a".into(), "2026-03-01".into())
            ]
        );
        let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>K</title><id>k</id><updated>2026-11-01T00:00:00Z</updated><entry><id>1</id><title>A</title>
            <link rel="alternate" href="/a"/><published>2026-11-01T00:00:00Z</published></entry></feed>"#;
        assert_eq!(read(atom), [("A".into(), "https://konex.example/a".into(), "2026-11-01".into())]);
    }

    #[test]
    fn links_that_are_no_pages_stay_out() {
        for link in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://x.example/",
            "http://127.0.0.1/",
            "https://a:b@x.example/",
            "mailto:x@y.example",
        ] {
            assert_eq!(read(&rss(&one("Bad", link, DAY))), [], "{link}");
        }
    }

    #[test]
    fn hostile_feeds_do_no_harm() {
        let bomb = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \
                    \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
        let items = one("&c;&x;", "/a", DAY);
        let began = std::time::Instant::now();
        let bombed = read(&format!("{bomb}{}", rss(&items).replace("<?xml version=\"1.0\"?>", "")));
        assert!(bombed.iter().all(|(title, ..)| title.len() < 50 && !title.contains("root:")), "{bombed:?}");
        for hostile in [
            rss(&"<item>".repeat(100_000)),
            "<a>".repeat(300_000),
            rss(&one("x", "/a", DAY).repeat(10_000)),
            format!("{}1{}", "{\"version\":".repeat(50_000), "}".repeat(50_000)),
            "\u{0}".repeat(10_000),
        ] {
            assert!(read(&hostile).len() <= MOST);
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    }

    #[test]
    fn articles_are_news_too() {
        let page = page(
            r#"<script type="application/ld+json">[{"@type":"NewsArticle","headline":"Opened","datePublished":"2026-10-01T08:00:00+02:00","url":"/news/opened"},
            {"@type":"BlogPosting","headline":"No link","datePublished":"2026-10-01"}]</script>"#,
        );
        assert_eq!(
            said(articles(&page, Today::for_tests())),
            [("Opened".into(), "https://www.konex.example/news/opened".into(), "2026-10-01".into())]
        );
    }
}
