//! Nothing that a site does takes more than its share of time or memory.

use std::convert::Infallible;
use std::io::Write;
use std::sync::LazyLock;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures::stream;
use prospector::enrichment::provider::{Company, ResearchProvider, Retry};
use prospector::enrichment::website::Limits;

use crate::web::{LIMITS, Web, fine, gone, html, summary, timed, to, today};

const SOON: Duration = Duration::from_secs(8);

/// 64 MB of spaces in 64 kB or so, packed before anybody asks.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"<meta name=description content='Sensors for ports.'>").unwrap();
    let spaces = vec![b' '; 1 << 20];
    (0..64).for_each(|_| packed.write_all(&spaces).unwrap());
    packed.finish().unwrap()
});

#[tokio::test]
async fn a_bomb_is_unpacked_no_further_than_a_page() {
    assert!(BOMB.len() < 1 << 20);
    let web = Web::of(&["bomb.example"], |asked| match asked.path.as_str() {
        "/" => {
            let mut answer = html(BOMB.clone());
            answer.headers_mut().insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
            answer
        }
        _ => gone(),
    })
    .await;
    let (findings, time) = timed(web.findings("bomb.example")).await;
    assert_eq!(summary(&findings), "Sensors for ports.");
    assert!(time < SOON, "{time:?}");
}

#[tokio::test]
async fn an_endless_page_is_read_to_its_limit() {
    let web = Web::of(&["endless.example"], |asked| match asked.path.as_str() {
        "/" => html(Body::from_stream(endless())),
        _ => gone(),
    })
    .await;
    let (findings, time) = timed(web.findings("endless.example")).await;
    assert_eq!(summary(&findings), "Sensors for ports.");
    assert!(time < SOON, "{time:?}");
}

/// A page that never ends.
fn endless() -> impl futures::Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    stream::unfold("<meta name=description content='Sensors for ports.'>".to_string(), |text| async move {
        Some((Ok(Bytes::from(text)), "<p>and so on</p>".repeat(2_000)))
    })
}

#[tokio::test]
async fn what_is_beyond_the_limit_is_not_read() {
    let web = Web::of(&["large.example"], |asked| match asked.path.as_str() {
        "/" => html(format!("<title>x</title>{}<meta name=description content='Beyond the limit.'>", " ".repeat(LIMITS.bytes))),
        _ => gone(),
    })
    .await;
    assert_eq!(summary(&web.findings("large.example").await), "");
}

#[tokio::test]
async fn a_slow_page_is_given_up() {
    let web = Web::of(&["drip.example", "silent.example"], |asked| match (asked.host.as_str(), asked.path.as_str()) {
        (_, "/robots.txt") => gone(),
        ("drip.example", _) => html(Body::from_stream(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b"<")), ()))
        }))),
        _ => html(Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())),
    })
    .await;
    for domain in ["drip.example", "silent.example"] {
        let (refused, time) = timed(web.refusal(domain)).await;
        assert_eq!((refused.reason, refused.retry), (format!("{domain} took longer than 2 seconds"), Retry::Later));
        assert!(time < Duration::from_secs(4), "{time:?}");
    }
}

#[tokio::test]
async fn slow_pages_together_have_the_time_of_a_run() {
    let web = Web::of(&["konex.example"], |asked| match asked.path.as_str() {
        "/robots.txt" => "User-agent: *\nCrawl-delay: 3".into_response(),
        "/" => html("<meta name=description content='Sensors for ports.'><a href=/about>a</a><a href=/jobs>j</a><a href=/news>n</a><a href=/team>t</a>"),
        _ => fine(),
    })
    .await;
    let (findings, time) = timed(web.findings("konex.example")).await;
    assert_eq!(summary(&findings), "Sensors for ports.");
    assert!(time < Duration::from_secs(9), "{time:?}");
    // every three seconds, and the fourth would come too late
    assert_eq!(web.paths(), ["konex.example/robots.txt", "konex.example/", "konex.example/about", "konex.example/jobs"]);
}

#[tokio::test]
async fn redirects_end() {
    let web = Web::of(&["circle.example", "far.example"], |asked| match (asked.host.as_str(), asked.path.as_str()) {
        (_, "/robots.txt") => to("/robots.txt"),
        ("circle.example", _) => to("/"),
        (_, path) => to(&format!("{path}x")),
    })
    .await;
    for domain in ["circle.example", "far.example"] {
        let refused = web.refusal(domain).await;
        assert_eq!((refused.reason, refused.retry), (format!("{domain} redirects in circles"), Retry::Never));
    }
    assert_eq!(web.paths().iter().filter(|path| !path.ends_with("robots.txt")).count(), 2 * (LIMITS.redirects + 1));
}

#[tokio::test]
async fn a_run_reads_eight_pages_at_most() {
    let web = Web::of(&["konex.example"], |asked| match asked.path.as_str() {
        "/robots.txt" => gone(),
        _ => html(
            (0..50).map(|n| format!("<a href=/{n}/about>a</a><a href=/{n}/jobs>j</a><a href=/{n}/news>n</a><link rel=alternate type=application/rss+xml href=/{n}/feed>")).collect::<String>(),
        ),
    })
    .await;
    web.findings("konex.example").await;
    assert_eq!(web.paths().len(), 1 + LIMITS.pages, "{:?}", web.paths());
    let brief = web.website.clone().with_limits(Limits { pages: 3, ..LIMITS }).unwrap();
    let company = Company { name: "Konex".into(), domain: Some("konex.example".into()) };
    brief.research(&company, today()).await.unwrap();
    assert_eq!(web.paths().len(), 1 + LIMITS.pages + 1 + 3, "{:?}", web.paths());
}

#[tokio::test]
async fn refusals_have_reasons() {
    let web = Web::of(&["gone.example", "busy.example", "wait.example", "picture.example"], |asked| {
        match (asked.host.as_str(), asked.path.as_str()) {
            (_, "/robots.txt") | ("gone.example", _) => gone(),
            ("busy.example", _) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            ("wait.example", _) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "120")]).into_response(),
            _ => ([(header::CONTENT_TYPE, "image/png")], "x").into_response(),
        }
    })
    .await;
    for (domain, reason, retry) in [
        ("gone.example", "gone.example answered with 404", Retry::Never),
        ("busy.example", "busy.example answered with 503", Retry::Later),
        ("wait.example", "wait.example answered with 429", Retry::After(Duration::from_secs(120))),
        ("picture.example", "picture.example answered with something that is no page", Retry::Never),
    ] {
        let refused = web.refusal(domain).await;
        assert_eq!((refused.reason.as_str(), refused.retry, refused.cost), (reason, retry, 0));
    }
}
