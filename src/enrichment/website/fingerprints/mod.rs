//! Technologies by the marks that they leave in a page: headers, cookies, meta tags, addresses of scripts, markup.
//!
//! The tables are our own, written down from what servers and scripts say of themselves. The well-known collections of such
//! marks are under the GPL, and so are those that are offered under other terms but were made from them.

mod content;
mod scripts;
mod servers;
mod services;

use std::sync::LazyLock;

use regex::{Regex, RegexSet, RegexSetBuilder};
use reqwest::header::{HeaderMap, SET_COOKIE};

use super::html::Document;
use super::page::Page;
use crate::enrichment::fact::{Fact, plain};

/// So many scripts of a page are looked at, and so much of each address.
const MOST_SCRIPTS: usize = 300;
const LONGEST_ADDRESS: usize = 500;

/// A technology and what it is known by; one mark is enough.
struct Technology {
    name: &'static str,
    category: &'static str,
    marks: &'static [Mark],
}

const fn t(name: &'static str, category: &'static str, marks: &'static [Mark]) -> Technology {
    Technology { name, category, marks }
}

/// Patterns are regular expressions without regard to case; their group is a version.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// A header of this name, in lower case, whose value the pattern fits.
    Header(&'static str, &'static str),
    /// A cookie of this name; one that ends in `*` begins with it.
    Cookie(&'static str),
    /// A meta tag of this name, in lower case, whose content the pattern fits.
    Meta(&'static str, &'static str),
    /// The address of a script.
    Script(&'static str),
    /// A text in the markup, letter by letter.
    Html(&'static str),
}

/// The tables, compiled once.
struct Known {
    /// Of headers and meta tags, with their technology.
    values: Vec<(Mark, Regex, &'static Technology)>,
    cookies: Vec<(&'static str, &'static Technology)>,
    scripts: Patterns,
    html: Patterns,
}

/// Patterns that are looked for all at once, which takes time in proportion to the text alone.
struct Patterns {
    set: RegexSet,
    each: Vec<(Regex, &'static Technology)>,
}

static KNOWN: LazyLock<Option<Known>> = LazyLock::new(|| match Known::compile() {
    Ok(known) => Some(known),
    Err(error) => {
        tracing::error!(%error, "the marks of technologies cannot be compiled");
        None
    }
});

fn technologies() -> impl Iterator<Item = &'static Technology> {
    servers::TECHNOLOGIES.iter().chain(content::TECHNOLOGIES).chain(scripts::TECHNOLOGIES).chain(services::TECHNOLOGIES)
}

impl Known {
    fn compile() -> Result<Self, regex::Error> {
        let marks: Vec<_> = technologies().flat_map(|technology| technology.marks.iter().map(move |mark| (*mark, technology))).collect();
        let mut values = Vec::new();
        let (mut cookies, mut scripts, mut html) = (Vec::new(), Vec::new(), Vec::new());
        for (mark, technology) in marks {
            match mark {
                Mark::Header(_, pattern) | Mark::Meta(_, pattern) => values.push((mark, regex(pattern)?, technology)),
                Mark::Cookie(name) => cookies.push((name, technology)),
                Mark::Script(pattern) => scripts.push((pattern.to_string(), technology)),
                Mark::Html(text) => html.push((regex::escape(text), technology)),
            }
        }
        Ok(Self { values, cookies, scripts: Patterns::compile(scripts)?, html: Patterns::compile(html)? })
    }
}

impl Patterns {
    fn compile(patterns: Vec<(String, &'static Technology)>) -> Result<Self, regex::Error> {
        let set = RegexSetBuilder::new(patterns.iter().map(|(pattern, _)| pattern)).case_insensitive(true).build()?;
        let each = patterns.iter().map(|(pattern, technology)| Ok((regex(pattern)?, *technology))).collect::<Result<_, regex::Error>>()?;
        Ok(Self { set, each })
    }

    fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (&'static Technology, Option<String>)> + 'a {
        self.set.matches(text).into_iter().filter_map(move |at| {
            let (pattern, technology) = self.each.get(at)?;
            Some((*technology, version(pattern, text)))
        })
    }
}

fn regex(pattern: &str) -> Result<Regex, regex::Error> {
    Regex::new(&format!("(?i){pattern}"))
}

/// What stands in a pattern's group, if it looks like a version.
fn version(pattern: &Regex, text: &str) -> Option<String> {
    if pattern.captures_len() < 2 {
        return None;
    }
    let version = pattern.captures(text)?.iter().skip(1).flatten().next()?.as_str().trim_matches('.').to_string();
    let is_version = version.len() <= 20 && version.starts_with(|c: char| c.is_ascii_digit());
    is_version.then_some(version)
}

/// The technologies of a page.
pub fn facts(page: &Page) -> Vec<Fact> {
    let Some(known) = KNOWN.as_ref() else { return Vec::new() };
    let mut found = Found::default();
    headers(known, &page.headers, &mut found);
    metas(known, &page.document, &mut found);
    for script in page.document.scripts.iter().take(MOST_SCRIPTS) {
        let address = &script[..script.floor_char_boundary(LONGEST_ADDRESS)];
        known.scripts.find(address).for_each(|(technology, version)| found.add(technology, version));
    }
    known.html.find(&page.html).for_each(|(technology, _)| found.add(technology, None));
    found.0.into_iter().map(|(technology, version)| fact(technology, version)).collect()
}

#[derive(Default)]
struct Found(Vec<(&'static Technology, Option<String>)>);

impl Found {
    fn add(&mut self, technology: &'static Technology, version: Option<String>) {
        match self.0.iter_mut().find(|(known, _)| known.name == technology.name) {
            Some((_, known)) => *known = known.take().or(version),
            None => self.0.push((technology, version)),
        }
    }
}

fn fact(technology: &Technology, version: Option<String>) -> Fact {
    let version = version.map(|version| plain(&version, 20));
    Fact::Technology { name: technology.name.into(), version, category: technology.category.into() }
}

fn headers(known: &Known, headers: &HeaderMap, found: &mut Found) {
    for (mark, pattern, technology) in &known.values {
        let Mark::Header(name, _) = mark else { continue };
        let value = headers.get_all(*name).iter().filter_map(|value| value.to_str().ok()).find(|value| pattern.is_match(value));
        if let Some(value) = value {
            found.add(technology, version(pattern, value));
        }
    }
    let cookies = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()?.split('=').next().map(str::trim));
    for cookie in cookies.take(50) {
        let is = |name: &str| name.strip_suffix('*').map_or(cookie.eq_ignore_ascii_case(name), |beginning| cookie.starts_with(beginning));
        known.cookies.iter().filter(|(name, _)| is(name)).for_each(|(_, technology)| found.add(technology, None));
    }
}

fn metas(known: &Known, document: &Document, found: &mut Found) {
    for (mark, pattern, technology) in &known.values {
        let Mark::Meta(name, _) = mark else { continue };
        let with = document.metas.iter().take(100).find(|(n, content)| n == name && pattern.is_match(content));
        if let Some((_, content)) = with {
            found.add(technology, version(pattern, content));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::enrichment::website::fetch::{Kind, Text};
    use crate::enrichment::website::page::tests::page;

    fn names(facts: &[Fact]) -> Vec<String> {
        let names = facts.iter().map(|fact| match fact {
            Fact::Technology { name, version, .. } => format!("{name} {}", version.as_deref().unwrap_or_default()).trim().to_string(),
            _ => unreachable!(),
        });
        names.collect()
    }

    fn with_headers(headers: &[(&'static str, &str)]) -> Vec<String> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let url = reqwest::Url::parse("https://konex.example/").unwrap();
        names(&facts(&Page::read(&Text { url, headers, kind: Kind::Html, body: Vec::new() })))
    }

    #[test]
    fn every_pattern_can_be_used() {
        let known = Known::compile().unwrap();
        let usable: BTreeSet<_> = known
            .values
            .iter()
            .map(|(_, _, technology)| technology.name)
            .chain(known.cookies.iter().map(|(_, technology)| technology.name))
            .chain(known.scripts.each.iter().chain(&known.html.each).map(|(_, technology)| technology.name))
            .collect();
        assert!(usable.len() >= 150, "{}", usable.len());
        assert_eq!(usable.len(), technologies().count(), "each has a mark, and no two have one name");
    }

    #[test]
    fn headers_and_cookies_tell_what_serves() {
        assert_eq!(
            with_headers(&[("server", "nginx/1.25.3"), ("x-powered-by", "PHP/8.2.1"), ("set-cookie", "laravel_session=x; path=/")]),
            ["nginx 1.25.3", "PHP 8.2.1", "Laravel"]
        );
        assert_eq!(with_headers(&[("server", "cloudflare"), ("x-powered-by", "Next.js 14.1.0")]), ["Cloudflare", "Next.js 14.1.0"]);
        assert_eq!(with_headers(&[("server", "nothing/1")]), [""; 0]);
    }

    #[test]
    fn markup_tells_what_made_it() {
        let page = page(
            r#"<meta name="generator" content="WordPress 6.4.2"><link rel=stylesheet href="/wp-content/themes/x.css">
            <script src="https://code.jquery.com/jquery-3.7.1.min.js"></script><script async src="https://www.googletagmanager.com/gtm.js?id=GTM-X"></script>
            <script src="//js.hs-scripts.com/123.js"></script><script src="https://js.stripe.com/v3/"></script>"#,
        );
        let found = names(&facts(&page));
        for name in ["WordPress 6.4.2", "jQuery 3.7.1", "Google Tag Manager", "HubSpot", "Stripe 3"] {
            assert!(found.iter().any(|found| found == name), "{name}: {found:?}");
        }
    }

    #[test]
    fn scripts_tell_their_versions() {
        for (address, found) in [
            ("https://ajax.googleapis.com/ajax/libs/jquery/3.6.0/jquery.min.js", "jQuery 3.6.0"),
            ("https://cdn.jsdelivr.net/npm/jquery@3.7.1/dist/jquery.min.js", "jQuery 3.7.1"),
            ("/js/jquery.js", "jQuery"),
            ("https://cdn.jsdelivr.net/npm/bootstrap@5.3.2/dist/js/bootstrap.bundle.min.js", "Bootstrap 5.3.2"),
            ("https://maxcdn.bootstrapcdn.com/bootstrap/4.5.0/js/bootstrap.min.js", "Bootstrap 4.5.0"),
            ("https://unpkg.com/vue@3", "Vue.js 3"),
            ("https://unpkg.com/react@18.2.0/umd/react.production.min.js", "React 18.2.0"),
            ("https://cdn.jsdelivr.net/npm/swiper@11/swiper-bundle.min.js", "Swiper 11"),
            ("https://unpkg.com/htmx.org@1.9.10", "htmx 1.9.10"),
            ("https://cdnjs.cloudflare.com/ajax/libs/gsap/3.12.2/gsap.min.js", "GSAP 3.12.2"),
            ("https://unpkg.com/leaflet@1.9.4/dist/leaflet.js", "Leaflet 1.9.4"),
            ("https://cdnjs.cloudflare.com/ajax/libs/moment.js/2.29.4/moment.min.js", "Moment.js"),
            ("https://cdn.jsdelivr.net/npm/alpinejs@3.13.3/dist/cdn.min.js", "Alpine.js 3.13.3"),
            ("https://browser.sentry-cdn.com/7.91.0/bundle.min.js", "Sentry 7.91.0"),
            ("https://d3js.org/d3.v7.min.js", "D3 7"),
            ("https://code.highcharts.com/11.2.0/highcharts.js", "Highcharts 11.2.0"),
            ("https://cdn.jsdelivr.net/npm/chart.js@4.4.1/dist/chart.umd.js", "Chart.js 4.4.1"),
            ("https://www.googletagmanager.com/gtag/js?id=G-ABC", "Google Analytics"),
            ("https://www.googletagmanager.com/gtag/js?id=AW-1", "Google Ads"),
            ("/_next/static/chunks/main-abc.js", "Next.js"),
            ("/wp-includes/js/jquery/jquery.min.js?ver=3.7.1", "jQuery 3.7.1"),
        ] {
            let found_here = names(&facts(&page(&format!("<script src=\"{address}\"></script>"))));
            assert!(found_here.iter().any(|name| name == found), "{address}: {found_here:?}");
        }
        for other in
            ["/js/app.js", "/theme/reactive.js", "/assets/three-columns.js", "/bookings/stripes.js", "https://evil.example/?x=intercom"]
        {
            assert_eq!(names(&facts(&page(&format!("<script src=\"{other}\"></script>")))), [""; 0], "{other}");
        }
    }

    #[test]
    fn a_large_page_is_quick() {
        let page = page(&"<p>lorem wp-conten ipsum js.stripe dolor</p><script src=/a/jquer.js></script>".repeat(26_000));
        let _ = KNOWN.is_some();
        let began = Instant::now();
        assert_eq!(facts(&page), []);
        // without optimisation; with it a few milliseconds
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    }
}
