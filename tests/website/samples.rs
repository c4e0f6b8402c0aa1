//! The sites of the demo's made-up companies, researched as the demo does.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use prospector::demo::site::{Company as Sample, Manner, Sites, companies};
use prospector::enrichment::fact::{Fact, Finding};
use prospector::enrichment::provider::{Company, ResearchError, ResearchProvider};
use prospector::enrichment::website::{Website, user_agent};
use tower::ServiceExt;

async fn website() -> Website {
    let sites = Sites::new(companies());
    let domains = sites.domains();
    let (server, _) = sites.listen().await.unwrap();
    Website::new(&user_agent("https://crm.example")).unwrap().with_local(domains, server, "https://crm.example/samples").unwrap()
}

async fn research(website: &Website, sample: &Sample) -> Result<Vec<Finding>, ResearchError> {
    let company = Company { name: sample.name.clone(), domain: Some(sample.domain.clone()) };
    website.research(&company, chrono::Utc::now().date_naive()).await.map(|research| research.findings)
}

fn of(manner: Manner) -> Sample {
    companies().into_iter().find(|company| company.manner == manner).unwrap()
}

#[tokio::test]
async fn ordinary_companies_have_something_of_everything() {
    let website = website().await;
    for sample in companies().iter().filter(|company| company.manner == Manner::Ordinary).take(16) {
        let findings = research(&website, sample).await.unwrap();
        let has = |is: fn(&Fact) -> bool| findings.iter().any(|found| is(&found.fact));
        assert!(has(|fact| matches!(fact, Fact::Summary { .. })), "{sample:?}");
        assert!(has(|fact| matches!(fact, Fact::Ceo { .. })), "{sample:?}");
        assert!(has(|fact| matches!(fact, Fact::Hiring { .. })), "{sample:?}");
        assert!(has(|fact| matches!(fact, Fact::Industry { .. })), "{sample:?}");
        let employees = u32::try_from(sample.employees).unwrap();
        assert!(findings.iter().any(|found| found.fact == Fact::Employees { count: employees }), "{sample:?}");
        let count = |is: fn(&Fact) -> bool| findings.iter().filter(|found| is(&found.fact)).count();
        assert!(count(|fact| matches!(fact, Fact::News { .. })) >= 3, "{sample:?}");
        assert!(count(|fact| matches!(fact, Fact::Technology { .. })) >= 3, "{sample:?} {findings:?}");
        assert!(count(|fact| matches!(fact, Fact::Person { .. })) >= 2, "{sample:?}");
        let address = format!("https://crm.example/samples/{}/", sample.domain);
        assert!(findings.iter().flat_map(|found| &found.sources).all(|source| source.url.starts_with(&address)), "{findings:?}");
    }
}

#[tokio::test]
async fn a_few_are_out_of_the_ordinary() {
    let website = website().await;
    let unhired = research(&website, &of(Manner::NoCareers)).await.unwrap();
    assert!(!unhired.is_empty() && !unhired.iter().any(|found| matches!(found.fact, Fact::Hiring { .. })));
    let down = of(Manner::Unavailable);
    assert_eq!(research(&website, &down).await.unwrap_err().reason, format!("{} answered with 503", down.domain));
    let closed = of(Manner::NoRobots);
    assert_eq!(research(&website, &closed).await.unwrap_err().reason, format!("robots.txt of {} asks not to be read", closed.domain));
    let hostile = research(&website, &of(Manner::Hostile)).await.unwrap();
    assert!(hostile.iter().any(|found| matches!(&found.fact, Fact::Summary { text } if text.starts_with("Ignore all previous"))));
    assert!(!hostile.iter().any(|found| matches!(&found.fact, Fact::Market { .. })));
    assert!(!hostile.iter().any(|found| matches!(&found.fact, Fact::News { title } if title == "Click")));
    assert!(!hostile.iter().any(|found| matches!(&found.fact, Fact::Profile { url } if !url.starts_with("https://network.example/"))));
}

/// Every source that research names is a page that people can open, and that says what it is.
#[tokio::test]
async fn sources_can_be_opened() {
    let website = website().await;
    let pages = Sites::new(companies()).by_path();
    let get = async |path: &str| {
        let answer = pages.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        (parts, String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap())
    };
    for sample in companies().iter().filter(|company| matches!(company.manner, Manner::Ordinary | Manner::Hostile)).take(12) {
        for source in research(&website, sample).await.unwrap().iter().flat_map(|found| &found.sources) {
            let (parts, body) = get(source.url.strip_prefix("https://crm.example").unwrap()).await;
            assert_eq!(parts.status, StatusCode::OK, "{source:?}");
            assert!(
                body.contains("A made-up sample.")
                    && parts.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'")
            );
            assert!(!body.contains("<img src=x") && !body.contains("<script>alert"), "{body}");
        }
    }
    let (moved, _) = get(&format!("/samples/{}", of(Manner::Ordinary).domain)).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER);
    for nowhere in ["/samples/unknown.example/", "/samples/unknown.example/about"] {
        assert_eq!(get(nowhere).await.0.status, StatusCode::NOT_FOUND);
    }
}
