//! One run in the shape that `crm_lead_enrichment` keeps it in, and an account's own short form of what is known.

use serde_json::{Map, Value, json};

use super::fact::{Fact, Finding};

/// A run's columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    pub ceo_name: Option<String>,
    /// `[{title, url, date}]`, newest first.
    pub recent_news: Value,
    /// `[{round, amount, currency, investors, date}]`.
    pub funding_history: Value,
    /// `{trend, roles}`.
    pub hiring_trends: Value,
    pub market_score: Option<i32>,
    pub summary: Option<String>,
}

/// What a run found, at a glance.
pub fn snapshot(findings: &[Finding]) -> Snapshot {
    let mut news: Vec<&Finding> = findings.iter().filter(|f| matches!(f.fact, Fact::News { .. })).collect();
    news.sort_by_key(|f| std::cmp::Reverse(f.about));
    let news = news.iter().filter_map(|f| match &f.fact {
        Fact::News { title } => Some(json!({ "title": title, "url": f.sources.first().map(|s| &s.url), "date": f.about })),
        _ => None,
    });
    let funding = findings.iter().filter_map(|f| match &f.fact {
        Fact::Funding { round, amount, currency, investors } => {
            Some(json!({ "round": round, "amount": amount, "currency": currency, "investors": investors, "date": f.about }))
        }
        _ => None,
    });
    let hiring = findings.iter().find_map(|f| match &f.fact {
        Fact::Hiring { trend, roles, .. } => Some(json!({ "trend": trend, "roles": roles })),
        _ => None,
    });
    Snapshot {
        ceo_name: findings.iter().find_map(|f| if let Fact::Ceo { name } = &f.fact { Some(name.clone()) } else { None }),
        recent_news: news.collect(),
        funding_history: funding.collect(),
        hiring_trends: hiring.unwrap_or_else(|| json!({})),
        market_score: findings.iter().find_map(|f| if let Fact::Market { score } = f.fact { Some(i32::from(score)) } else { None }),
        summary: findings.iter().find_map(|f| if let Fact::Summary { text } = &f.fact { Some(text.clone()) } else { None }),
    }
}

/// What stands under `research` in an account's `extended_info`: one line for each thing that is known.
pub fn known_of(facts: &[Fact]) -> Map<String, Value> {
    let mut known = Map::new();
    for fact in facts {
        let (name, value) = match fact {
            Fact::Ceo { name } => ("ceo", json!(name)),
            Fact::Industry { name } => ("industry", json!(name)),
            Fact::Employees { count } => ("employees", json!(count)),
            Fact::Founded { year } => ("founded", json!(year)),
            Fact::Location { city, country } => {
                ("location", json!([city.as_deref(), country.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")))
            }
            Fact::Technology { name, .. } => {
                if let Value::Array(all) = known.entry("technologies").or_insert_with(|| json!([])) {
                    all.push(json!(name));
                }
                continue;
            }
            _ => continue,
        };
        known.entry(name).or_insert(value);
    }
    known
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::enrichment::fact::{Source, Trend};

    fn on(fact: Fact, day: u32) -> Finding {
        let sources = Source::new(&format!("https://konex.example/{day}"), "Konex").into_iter().collect();
        Finding { fact, about: NaiveDate::from_ymd_opt(2026, 9, day), sources }
    }

    #[test]
    fn a_run_at_a_glance() {
        let hiring =
            Fact::Hiring { trend: Trend::Growing, openings: Some(7), roles: vec!["Rust engineer".into()], departments: Vec::new() };
        let funding = Fact::Funding {
            round: "Series B".into(),
            amount: Some(42_000_000),
            currency: Some("EUR".into()),
            investors: vec!["Fjord".into()],
        };
        let findings = [
            on(Fact::News { title: "Old".into() }, 1),
            on(Fact::News { title: "New".into() }, 3),
            on(hiring, 4),
            on(funding, 5),
            on(Fact::Market { score: 71 }, 6),
        ];
        let run = snapshot(&findings);
        assert_eq!(run.recent_news[0], json!({ "title": "New", "url": "https://konex.example/3", "date": "2026-09-03" }));
        assert_eq!(run.hiring_trends, json!({ "trend": "growing", "roles": ["Rust engineer"] }));
        assert_eq!(run.funding_history[0]["amount"], json!(42_000_000));
        assert_eq!((run.market_score, run.ceo_name), (Some(71), None));
    }

    #[test]
    fn an_account_keeps_the_first_of_each_and_all_technologies() {
        let technology = |name: &str| Fact::Technology { name: name.into(), version: None, category: String::new() };
        let known = known_of(&[Fact::Ceo { name: "A".into() }, Fact::Ceo { name: "B".into() }, technology("nginx"), technology("Rust")]);
        assert_eq!(Value::Object(known), json!({ "ceo": "A", "technologies": ["nginx", "Rust"] }));
    }
}
