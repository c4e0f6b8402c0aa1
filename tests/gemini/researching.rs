//! Research that goes well, and every way in which the search's account of it can be wanting.

use std::time::Duration;

use prospector::enrichment::fact::{Fact, Finding, Provider, Trend};
use prospector::enrichment::provider::{Research, Retry};
use prospector::gemini::GeminiError;
use serde_json::{Value, json};

use crate::{Pair, today};

/// Each finding with the titles of its sources; the company's own domain as `own`.
fn told(research: &Research, domain: &str) -> Vec<(Value, Vec<String>)> {
    let title = |title: &str| if title == domain { "own".to_string() } else { title.to_string() };
    let titles = |finding: &Finding| finding.sources.iter().map(|source| title(&source.title)).collect();
    let fact = |finding: &Finding| json!({ "fact": finding.fact, "about": finding.about });
    research.findings.iter().map(|finding| (fact(finding), titles(finding))).collect()
}

async fn acme(domain: &str) -> (Pair, Vec<(Value, Vec<String>)>) {
    let pair = Pair::facing(domain).await;
    let research = pair.research("Acme", Some(domain)).await.unwrap();
    (pair, told(&research, domain))
}

#[tokio::test]
async fn any_company_is_researched() {
    for (name, domain) in [("Acme", Some("acme.example")), ("Søren & Co. \"Nord\"", None), ("株式会社テスト", Some("test.example"))]
    {
        let pair = Pair::new().await;
        let research = pair.research(name, domain).await.unwrap();
        let keys: Vec<Value> = research.findings.iter().map(|finding| json!(finding.fact)["key"].clone()).collect();
        let all = ["ceo", "summary", "industry", "employees", "location", "news", "news", "funding", "hiring", "market"];
        assert_eq!(keys, all, "{name}");
        let unsupported: Vec<&Fact> = research.findings.iter().filter(|it| it.sources.is_empty()).map(|it| &it.fact).collect();
        assert!(matches!(unsupported[..], [Fact::Market { .. }]), "{name}: {unsupported:?}");
        let dated: Vec<_> = research.findings.iter().filter_map(|finding| finding.about).collect();
        assert!(dated.len() == 3 && dated.iter().all(|day| (0..110).contains(&(today() - *day).num_days())), "{name}: {dated:?}");
        assert!(matches!(&research.findings[7].fact, Fact::Funding { amount: Some(_), investors, .. } if investors.len() == 2));
        assert_eq!((research.provider, research.model.as_deref()), (Provider::Gemini, Some("gemini-3.8-flash")));
    }
}

#[tokio::test]
async fn what_is_known_of_a_real_reply_is_found_in_it() {
    let pair = Pair::new().await;
    let research = pair.research("Nordhavn Systems", Some("scenario-research.example")).await.unwrap();
    let day = |text: &str| Some(text.parse().unwrap());
    let facts: Vec<_> = research.findings.iter().map(|it| (&it.fact, it.about, it.sources.len())).collect();
    let round = Fact::Funding {
        round: "Series B".into(),
        amount: Some(42_000_000),
        currency: Some("EUR".into()),
        investors: vec!["Fjord Ventures".into(), "Kestrel Capital".into()],
    };
    let roles = vec!["Rust engineers".into(), "account executives".into()];
    let hiring = Fact::Hiring { trend: Trend::Growing, openings: None, roles, departments: vec![] };
    assert_eq!(
        facts,
        [
            (&Fact::Ceo { name: "Søren Kjær".into() }, None, 1),
            (&Fact::News { title: "Nordhavn opens a Rotterdam engineering office".into() }, day("2026-09-03"), 1),
            (&round, day("2026-06-11"), 2),
            (&hiring, None, 0),
        ]
    );
    assert_eq!(research.findings[0].sources[0].title, "nordhavn.example");
    let grounding = research.grounding.unwrap();
    assert_eq!(
        grounding.queries,
        ["Nordhavn Systems CEO 2026", "Nordhavn Systems Series B funding", "Nordhavn Systems news September 2026"]
    );
    assert!(grounding.suggestions.starts_with("<style>\n.container") && grounding.suggestions.contains("<a class=\"chip\""));
    assert_eq!(grounding.at.date_naive(), today());
    // 412 tokens in, 118 and 773 out, three searches; then what the extraction costs
    assert!((45_651..50_000).contains(&research.cost), "{}", research.cost);
}

#[tokio::test]
async fn the_search_is_told_the_company_and_nothing_else() {
    let (pair, _) = acme("acme.example").await;
    let asked = pair.asked();
    let [search, extraction] = &asked[..] else { panic!("{} calls", asked.len()) };
    let (search, extraction) = (search.body.as_ref().unwrap(), extraction.body.as_ref().unwrap());
    assert_eq!(search["contents"][0]["parts"][0]["text"], "Research the company \"Acme\", whose website is acme.example.");
    assert!(search["systemInstruction"]["parts"][0]["text"].as_str().unwrap().starts_with("Today is 2026-10-12."));
    assert_eq!(search["tools"], json!([{ "googleSearch": {} }]));
    assert_eq!(search["generationConfig"], json!({ "maxOutputTokens": 16_384, "thinkingConfig": { "thinkingLevel": "MEDIUM" } }));
    assert!(extraction.get("tools").is_none());
    assert_eq!(extraction["generationConfig"]["responseMimeType"], "application/json");
    assert_eq!(extraction["generationConfig"]["thinkingConfig"]["thinkingLevel"], "LOW");
    assert!(extraction["contents"][0]["parts"][0]["text"].as_str().unwrap().contains("\n1: [CEO] "));
}

#[tokio::test]
async fn what_can_be_made_good_is() {
    let (_, good) = acme("acme.example").await;
    for scenario in ["bad-offsets", "non-ascii", "thought-first", "overloaded-twice", "slow-once"] {
        let (_, found) = acme(&format!("scenario-{scenario}")).await;
        assert_eq!(found, good, "{scenario}");
    }
}

#[tokio::test]
async fn sources_that_are_not_there_are_not_made_up() {
    let (_, good) = acme("acme.example").await;
    let (_, found) = acme("scenario-no-chunks").await;
    assert_eq!(found, good.iter().map(|(fact, _)| (fact.clone(), vec![])).collect::<Vec<_>>());

    let (_, found) = acme("scenario-no-title").await;
    let untitled = |title: &String| title.replace("techpress.example", "vertexaisearch.cloud.google.com");
    assert_eq!(found, good.iter().map(|(fact, titles)| (fact.clone(), titles.iter().map(untitled).collect())).collect::<Vec<_>>());

    let (_, found) = acme("scenario-bad-indices").await;
    assert_eq!((&found[0].1, &found[1..]), (&vec!["own".to_string()], &good[1..]));
}

#[tokio::test]
async fn without_a_search_there_are_no_facts() {
    for scenario in ["unsearched", "empty-queries"] {
        let pair = Pair::new().await;
        let failed = pair.research("Acme", Some(&format!("scenario-{scenario}"))).await.unwrap_err();
        assert_eq!((failed.reason, failed.retry), (GeminiError::NotGrounded.to_string(), Retry::Later), "{scenario}");
        assert!(failed.cost > 0 && pair.asked().len() == 1, "{scenario}");
    }
}

#[tokio::test]
async fn an_answer_without_a_marked_line_is_none_and_finding_nothing_is_one() {
    let pair = Pair::new().await;
    let failed = pair.research("Acme", Some("scenario-one-call")).await.unwrap_err();
    assert_eq!((failed.reason, pair.asked().len()), (GeminiError::BadReply.to_string(), 1));
    assert!(failed.cost > 14_000);

    let research = pair.research("Acme", Some("scenario-nothing")).await.unwrap();
    assert_eq!((research.findings, research.grounding.unwrap().queries.len(), pair.asked().len()), (vec![], 2, 2));
}

#[tokio::test]
async fn an_extraction_comes_in_many_shapes() {
    for scenario in ["split-json", "fenced-json", "broken-json-once", "thoughts-only-once"] {
        let pair = Pair::new().await;
        let research = pair.research(&format!("Acme scenario-json-{scenario}"), None).await.unwrap();
        assert_eq!(research.findings.len(), 10, "{scenario}");
    }
}

#[tokio::test]
async fn the_second_try_waits_twice_as_long() {
    let pair = Pair::facing("slow").await;
    let started = std::time::Instant::now();
    pair.research("Acme", Some("scenario-slow")).await.unwrap_err();
    assert!((Duration::from_secs(3)..Duration::from_secs(9)).contains(&started.elapsed()), "{:?}", started.elapsed());
}
