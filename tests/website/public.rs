//! Only public machines are asked, and only as they wish to be.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use prospector::enrichment::provider::{Company, ResearchProvider, Retry};
use prospector::enrichment::website::{Lookup, Website};

use crate::web::{LIMITS, Web, fine, gone, html, summary, to, today};

/// Says these numbers, one answer after the other, then the last one again.
struct Says {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Lookup for Says {
    async fn numbers(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let nth = self.asked.fetch_add(1, Ordering::SeqCst).min(self.answers.len() - 1);
        Ok(self.answers[nth].clone())
    }
}

fn says(website: Website, answers: &[&[&str]]) -> Website {
    let answers = answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
    website.with_lookup(Arc::new(Says { answers, asked: AtomicUsize::new(0) })).unwrap()
}

async fn refusal(website: &Website, domain: &str) -> (String, Retry) {
    let company = Company { name: "Konex".into(), domain: Some(domain.into()) };
    let refused = website.research(&company, today()).await.unwrap_err();
    (refused.reason, refused.retry)
}

#[tokio::test]
async fn names_that_lead_inside_are_refused() {
    let web = Web::of(&["konex.example"], |_| fine()).await;
    for numbers in [
        &[&["127.0.0.1"][..]][..],
        &[&["10.1.2.3"]],
        &[&["169.254.169.254"]],
        &[&["::1"]],
        &[&["::ffff:127.0.0.1"]],
        &[&["93.184.216.34", "127.0.0.1"]],
    ] {
        let refused = refusal(&says(web.website.clone(), numbers), "evil.example").await;
        assert_eq!(refused, ("evil.example is not on the public internet".into(), Retry::Never), "{numbers:?}");
    }
    assert_eq!(web.paths(), [""; 0]);
}

#[tokio::test]
async fn this_machines_own_names_and_numbers_are_no_companies() {
    let website = Website::new("test").unwrap().with_limits(LIMITS).unwrap();
    for (domain, reason) in [
        ("localhost", "localhost is not on the public internet"),
        ("127.0.0.1", "127.0.0.1 names a machine by its number"),
        ("0x7f000001", "127.0.0.1 names a machine by its number"),
        ("2130706433", "127.0.0.1 names a machine by its number"),
        ("[::1]", "[::1] names a machine by its number"),
        ("[::ffff:127.0.0.1]", "[::ffff:7f00:1] names a machine by its number"),
        ("169.254.169.254", "169.254.169.254 names a machine by its number"),
        ("me@konex.example", "konex.example carries a name or a password"),
        ("konex.example:8080", "konex.example:8080 is no domain name"),
        ("konex.example/inside", "konex.example/inside is no domain name"),
        ("konex.example?x", "konex.example?x is no domain name"),
        ("a b", "a b is no domain name"),
    ] {
        assert_eq!(refusal(&website, domain).await, (reason.into(), Retry::Never), "{domain}");
    }
    let nobody = Company { name: "Konex".into(), domain: None };
    assert_eq!(website.research(&nobody, today()).await.unwrap_err().reason, "no domain is known");
}

/// A name that is public when it is asked about and private when it is connected to gains nothing: both are one question.
#[tokio::test]
async fn a_name_that_changes_its_mind_is_refused() {
    let web = Web::of(&[], |_| fine()).await;
    // the numbers of a documentation network would be refused; this one is public and answers nobody here
    let (reason, _) = refusal(&says(web.website.clone(), &[&["127.0.0.1"], &["93.184.216.34"]]), "rebind.example").await;
    assert_eq!(reason, "rebind.example is not on the public internet");
    assert_eq!(web.paths(), [""; 0]);
}

#[tokio::test]
async fn redirects_inside_are_refused() {
    let web = Web::of(
        &["number.example", "name.example", "mapped.example", "port.example", "secret.example", "file.example", "lookup.example"],
        |asked| match (asked.path.as_str(), asked.host.as_str()) {
            ("/robots.txt", _) => gone(),
            (_, "number.example") => to("http://169.254.169.254/latest/meta-data/"),
            (_, "name.example") => to("http://localhost/"),
            (_, "mapped.example") => to("http://[::ffff:127.0.0.1]/"),
            (_, "port.example") => to("http://port.example:8080/"),
            (_, "secret.example") => to("http://a:b@secret.example/in"),
            (_, "lookup.example") => to("http://inside.example/"),
            _ => to("file:///etc/passwd"),
        },
    )
    .await;
    let website = says(web.website.clone(), &[&["192.168.0.7"]]);
    for (domain, reason) in [
        ("number.example", "number.example leads to 169.254.169.254, which names a machine by its number"),
        ("name.example", "name.example leads to localhost, which is not on the public internet"),
        ("mapped.example", "mapped.example leads to [::ffff:7f00:1], which names a machine by its number"),
        ("port.example", "port.example is at a port that is not the web's"),
        ("secret.example", "secret.example carries a name or a password"),
        ("file.example", "file.example leads to file:///etc/passwd, which is no web address"),
        ("lookup.example", "lookup.example leads to inside.example, which is not on the public internet"),
    ] {
        assert_eq!(refusal(&website, domain).await, (reason.into(), Retry::Never));
    }
}

#[tokio::test]
async fn a_public_site_that_another_leads_to_is_named_as_the_source() {
    let web = Web::of(&["old.example", "new.example"], |asked| match (asked.host.as_str(), asked.path.as_str()) {
        (_, "/robots.txt") => gone(),
        ("old.example", _) => to("http://new.example/start"),
        _ => fine(),
    })
    .await;
    let findings = web.findings("old.example").await;
    assert_eq!(summary(&findings), "Sensors for ports.");
    assert_eq!(findings[0].sources[0].url, "https://crm.example/samples/new.example/start");
    assert_eq!(web.paths(), ["old.example/robots.txt", "old.example/", "new.example/robots.txt", "new.example/start"]);
}

#[tokio::test]
async fn only_the_named_domains_are_served_here() {
    let web = Web::of(&["konex.example"], |_| fine()).await;
    for other in ["www.konex.example", "konex.example.evil.example", "xkonex.example"] {
        let (reason, _) = refusal(&says(web.website.clone(), &[&["127.0.0.1"]]), other).await;
        assert_eq!(reason, format!("{other} is not on the public internet"));
    }
    assert_eq!(web.paths(), [""; 0]);
}

#[tokio::test]
async fn robots_txt_is_kept_to() {
    let web = Web::of(&["closed.example", "broken.example", "none.example", "part.example", "onward.example"], |asked| {
        match (asked.host.as_str(), asked.path.as_str()) {
            ("closed.example", "/robots.txt") => "User-agent: *\nDisallow: /".into_response(),
            ("broken.example", "/robots.txt") => StatusCode::BAD_GATEWAY.into_response(),
            ("part.example", "/robots.txt") => "User-agent: prospector\nDisallow: /about\n\nUser-agent: *\nDisallow: /".into_response(),
            ("part.example", "/") => {
                html("<meta name=description content='Sensors for ports.'><a href=/about>About</a><a href=/careers>Jobs</a>")
            }
            ("onward.example", "/") => to("http://closed.example/"),
            (_, "/robots.txt") => gone(),
            _ => fine(),
        }
    })
    .await;
    assert_eq!(web.refusal("closed.example").await.reason, "robots.txt of closed.example asks not to be read");
    let broken = web.refusal("broken.example").await;
    assert_eq!(
        (broken.reason.as_str(), broken.retry),
        ("broken.example answered with 502 when it was asked for its robots.txt", Retry::Later)
    );
    assert_eq!(summary(&web.findings("none.example").await), "Sensors for ports.");
    web.findings("part.example").await;
    web.refusal("onward.example").await;
    let paths = web.paths();
    assert!(paths.contains(&"part.example/careers".to_string()));
    for unread in ["closed.example/", "broken.example/", "part.example/about"] {
        assert!(!paths.contains(&unread.to_string()), "{unread}: {paths:?}");
    }
}

#[tokio::test]
async fn we_say_who_we_are_and_nothing_else() {
    let web = Web::of(&["konex.example"], |asked| match asked.path.as_str() {
        "/robots.txt" => gone(),
        "/" => {
            let mut page = html("<a href=/about>About</a>");
            page.headers_mut().insert("set-cookie", "track=me; path=/".parse().unwrap());
            page
        }
        _ => fine(),
    })
    .await;
    web.findings("konex.example").await;
    let asked = web.asked();
    assert_eq!(asked.len(), 3);
    for request in asked {
        let agent = request.headers["user-agent"].to_str().unwrap();
        assert!(agent.starts_with("Prospector/") && agent.ends_with(" (+https://prospector.example/about)"), "{agent}");
        for private in ["cookie", "referer", "authorization", "origin"] {
            assert!(!request.headers.contains_key(private), "{private}");
        }
    }
}
