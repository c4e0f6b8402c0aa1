//! The company itself: what it does, since when, where, with how many people.

use chrono::Datelike;
use serde_json::Value;

use super::linked::{Node, text, texts, things};
use super::page::{Page, Today};
use crate::enrichment::fact::{Fact, Source, plain};

/// Sizes of what is kept.
const LONGEST_SUMMARY: usize = 1_000;
const MOST_KEYWORDS: usize = 15;
const MOST_PROFILES: usize = 12;

/// Keys below which an organisation is the page's own, not somebody it speaks of.
const OWN: [&str; 8] =
    ["publisher", "about", "mainEntity", "mainEntityOfPage", "isPartOf", "sourceOrganization", "copyrightHolder", "itemListElement"];

/// What a page's markup says of its company.
pub fn facts(page: &Page, today: Today) -> Vec<Fact> {
    let node = own(page);
    let mut facts = Vec::new();
    facts.extend(summary(page, node));
    if let Some(node) = node {
        facts.extend(founded(node, today));
        facts.extend(employees(node));
        facts.extend(location(node));
        facts.extend(industry(node));
        facts.extend(profiles(node));
    }
    facts.extend(keywords(page, node));
    facts
}

/// The node of the page's own company: at the top or as the page's publisher, and not at home on another site.
pub fn own(page: &Page) -> Option<&Node> {
    let is_own = |key: Option<&str>| key.is_none_or(|key| OWN.contains(&key));
    let mut nodes: Vec<_> = page.linked.of(is_organization).filter(|(key, node)| is_own(*key) && is_at_home(page, node)).collect();
    // the top before a publisher, and of two the one that says more
    nodes.sort_by_key(|(key, node)| (key.is_some(), std::cmp::Reverse(node.len())));
    nodes.first().map(|(_, node)| *node)
}

fn is_organization(kind: &str) -> bool {
    const OTHERS: [&str; 12] = [
        "Corporation",
        "LocalBusiness",
        "NGO",
        "Consortium",
        "Airline",
        "OnlineStore",
        "Store",
        "Restaurant",
        "Hotel",
        "FinancialService",
        "LegalService",
        "ProfessionalService",
    ];
    kind.ends_with("Organization") || kind.ends_with("Business") || OTHERS.contains(&kind)
}

fn is_at_home(page: &Page, node: &Node) -> bool {
    let home = text(node, "url").and_then(|url| page.url.join(&url).ok());
    home.is_none_or(|home| !matches!(home.scheme(), "http" | "https") || super::pages::is_same_site(&home, &page.url))
}

fn summary(page: &Page, node: Option<&Node>) -> Option<Fact> {
    let said = node.and_then(|node| text(node, "description"));
    let said = said.or_else(|| page.document.meta(&["description", "og:description", "twitter:description"]).map(str::to_string));
    let text = plain(&said?, LONGEST_SUMMARY);
    (text.chars().count() >= 10).then_some(Fact::Summary { text })
}

fn founded(node: &Node, today: Today) -> Option<Fact> {
    let said = text(node, "foundingDate")?;
    let year = said.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 4)?.parse().ok()?;
    (1_000..=today.0.year()).contains(&i32::from(year)).then_some(Fact::Founded { year })
}

/// Of a range, the lower end: so many there are at least.
fn employees(node: &Node) -> Option<Fact> {
    let said = match node.get("numberOfEmployees")? {
        Value::Object(amount) => text(amount, "value").or_else(|| text(amount, "minValue"))?,
        _ => text(node, "numberOfEmployees")?,
    };
    let digits: String =
        said.trim().chars().filter(|c| !matches!(c, ',' | '.' | '\'' | ' ' | '\u{a0}')).take_while(char::is_ascii_digit).collect();
    // 250.0 is no 2,500
    let count = said.trim().strip_suffix(".0").and_then(|whole| whole.parse().ok()).or_else(|| digits.parse().ok())?;
    (1..=5_000_000).contains(&count).then_some(Fact::Employees { count })
}

fn location(node: &Node) -> Option<Fact> {
    let address = things(node, "address").into_iter().next();
    let address = address.or_else(|| things(node, "location").into_iter().find_map(|place| things(place, "address").into_iter().next()))?;
    let part = |name| text(address, name).map(|text| plain(&text, 100)).filter(|text| !text.is_empty());
    let (city, country) = (part("addressLocality"), part("addressCountry"));
    (city.is_some() || country.is_some()).then_some(Fact::Location { city, country })
}

fn industry(node: &Node) -> Option<Fact> {
    let name = plain(&text(node, "industry")?, 100);
    (!name.is_empty() && !name.starts_with("http")).then_some(Fact::Industry { name })
}

/// Pages elsewhere, and only pages.
fn profiles(node: &Node) -> Vec<Fact> {
    let urls = texts(node, "sameAs").into_iter().filter_map(|url| {
        let url = reqwest::Url::parse(url.trim()).ok()?;
        super::address::check(&url).ok()?;
        Source::new(url.as_str(), "").map(|source| Fact::Profile { url: source.url })
    });
    urls.take(MOST_PROFILES).collect()
}

fn keywords(page: &Page, node: Option<&Node>) -> Vec<Fact> {
    let said = page.document.meta(&["keywords"]).map(str::to_string).into_iter();
    let said = said.chain(node.into_iter().flat_map(|node| texts(node, "keywords")));
    let words: Vec<String> = said.flat_map(|said| said.split([',', ';', '、']).map(|word| plain(word, 60)).collect::<Vec<_>>()).collect();
    let mut kept: Vec<Fact> = Vec::new();
    for text in words.into_iter().filter(|word| word.chars().count() > 1) {
        let is_known = kept.iter().any(|fact| matches!(fact, Fact::Keyword { text: known } if known.to_lowercase() == text.to_lowercase()));
        if kept.len() < MOST_KEYWORDS && !is_known {
            kept.push(Fact::Keyword { text });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrichment::website::page::tests::page;

    fn said(json: &str) -> Vec<Fact> {
        facts(&page(&format!("<script type=application/ld+json>{json}</script>")), Today::for_tests())
    }

    #[test]
    fn a_company_says_who_it_is() {
        let facts = said(
            r#"{"@type":"Corporation","url":"https://www.konex.example/","description":"Sensors for ports.","foundingDate":"1998-04-01",
            "numberOfEmployees":{"@type":"QuantitativeValue","minValue":51,"maxValue":200},"industry":"Marine electronics",
            "address":[{"@type":"PostalAddress","addressLocality":"Kiel","addressCountry":{"@type":"Country","name":"Germany"}}],
            "sameAs":["https://www.linkedin.com/company/konex","javascript:alert(1)","http://10.0.0.1/"],"keywords":"ports, Sensors,sensors"}"#,
        );
        assert_eq!(
            facts,
            [
                Fact::Summary { text: "Sensors for ports.".into() },
                Fact::Founded { year: 1998 },
                Fact::Employees { count: 51 },
                Fact::Location { city: Some("Kiel".into()), country: Some("Germany".into()) },
                Fact::Industry { name: "Marine electronics".into() },
                Fact::Profile { url: "https://www.linkedin.com/company/konex".into() },
                Fact::Keyword { text: "ports".into() },
                Fact::Keyword { text: "Sensors".into() },
            ]
        );
    }

    #[test]
    fn others_are_not_taken_for_the_company() {
        for other in [
            r#"{"@type":"Review","author":{"@type":"Organization","description":"Somebody else entirely."}}"#,
            r#"{"@type":"Organization","url":"https://other.example","description":"Somebody else entirely."}"#,
            r#"{"@type":"JobPosting","hiringOrganization":{"@type":"Organization","foundingDate":"1990"}}"#,
        ] {
            assert_eq!(said(other), [], "{other}");
        }
    }

    #[test]
    fn numbers_are_read_with_care() {
        for (said_so, count) in [
            ("250", Some(250)),
            ("\"1,200\"", Some(1_200)),
            ("\"51-200\"", Some(51)),
            ("250.0", Some(250)),
            ("0", None),
            ("-5", None),
            ("\"many\"", None),
            ("99999999999", None),
        ] {
            let counts: Vec<_> = said(&format!(r#"{{"@type":"Organization","numberOfEmployees":{said_so}}}"#));
            assert_eq!(counts, count.map(|count| Fact::Employees { count }).into_iter().collect::<Vec<_>>(), "{said_so}");
        }
        for (date, year) in [("2031", None), ("soon", None), ("0004", None), ("March 2011", Some(2011))] {
            let years = said(&format!(r#"{{"@type":"Organization","foundingDate":"{date}"}}"#));
            assert_eq!(years, year.map(|year| Fact::Founded { year }).into_iter().collect::<Vec<_>>(), "{date}");
        }
    }
}
