//! Intent, 40 points: signs that the account is about to buy. Hiring 12, funding 10, news 8, keywords of the profile 6,
//! new technologies 4.
//!
//! Half-lives: hiring 30 days, funding 180, news 45, keywords 90, new technologies 60. What happened (news, a round, a new
//! technology) ages from the day that it is about, else from when it was first seen; what goes on (hiring, what a company says
//! of itself) from when it was seen last. Nothing found and never looked for both bring nothing, but only the latter lowers
//! coverage.

use chrono::NaiveDate;

use super::words::{within, words};
use super::{Signal, plain_line, within_most};
use crate::enrichment::fact::plain;
use crate::enrichment::{Fact, Trend};
use crate::money::show_cents;
use crate::scoring::evidence::{AccountEvidence, KnownFact, Standing};
use crate::scoring::{Line, State, Topic};

/// Points of a piece of news, a keyword, a new technology.
const NEWS: i32 = 3;
const KEYWORD: i32 = 3;
const TECHNOLOGY: i32 = 2;

pub(super) fn lines(account: &AccountEvidence, today: NaiveDate) -> Vec<Line> {
    let topics = [
        (Topic::Hiring, hiring(account)),
        (Topic::Funding, funding(account)),
        (Topic::News, news(account)),
        (Topic::Keywords, keywords(account)),
        (Topic::TechChange, new_technologies(account)),
    ];
    let mut lines = Vec::new();
    for (topic, signals) in topics {
        if signals.is_empty() {
            lines.push(none(account, topic));
        } else {
            lines.extend(within_most(topic, signals, today));
        }
    }
    lines
}

fn none(account: &AccountEvidence, topic: Topic) -> Line {
    let (state, label) = match (topic, account.researched) {
        (Topic::Keywords, _) if account.icp.keywords.is_empty() => (State::Nothing, "The profile has no keywords to look for"),
        (_, true) => (State::Nothing, "Looked for, nothing found"),
        (_, false) => (State::Unknown, "Not known: nobody has looked yet"),
    };
    plain_line(topic, state, 0, label)
}

fn happened(fact: &KnownFact) -> NaiveDate {
    fact.about.unwrap_or(fact.first_seen.date_naive())
}

fn signal(topic: Topic, fact: &KnownFact, day: NaiveDate, full: i32, label: String) -> Signal {
    Signal { label, full, evidence: fact.evidence(), day, half_life: topic.half_life().unwrap_or(i32::MAX) }
}

/// The newest word on hiring: growing 12, open posts without a trend 6, steady 4, shrinking none.
fn hiring(account: &AccountEvidence) -> Vec<Signal> {
    let says = account.facts.iter().filter_map(|fact| match &fact.fact {
        Fact::Hiring { trend: Trend::Unknown, openings: None, .. } => None,
        Fact::Hiring { trend, openings, .. } => Some((fact, *trend, *openings)),
        _ => None,
    });
    let newest = says.max_by_key(|(fact, ..)| (fact.standing, fact.day(), fact.id));
    newest
        .map(|(fact, trend, openings)| {
            let (full, word) = match (trend, openings) {
                (Trend::Growing, _) => (12, "Hiring more"),
                (Trend::Unknown, Some(1..)) => (6, "Hiring"),
                (Trend::Steady, _) => (4, "Hiring as before"),
                (Trend::Shrinking, _) => (0, "Hiring less"),
                (Trend::Unknown, _) => (0, "Not hiring"),
            };
            let posts = match openings {
                Some(1) => ": 1 open post".into(),
                Some(n @ 2..) => format!(": {n} open posts"),
                _ => String::new(),
            };
            signal(Topic::Hiring, fact, fact.day(), full, format!("{word}{posts}"))
        })
        .into_iter()
        .collect()
}

fn funding(account: &AccountEvidence) -> Vec<Signal> {
    let rounds = account.facts.iter().filter_map(|fact| match &fact.fact {
        Fact::Funding { round, amount, currency, .. } => Some((fact, round, amount, currency)),
        _ => None,
    });
    rounds
        .map(|(fact, round, amount, currency)| {
            let amount = match (amount, currency) {
                (Some(amount), Some(currency)) => format!(", {}", show_cents(amount.saturating_mul(100), &plain(currency, 3))),
                _ => String::new(),
            };
            signal(Topic::Funding, fact, happened(fact), Topic::Funding.most(), format!("Raised money: {}{amount}", plain(round, 40)))
        })
        .collect()
}

fn news(account: &AccountEvidence) -> Vec<Signal> {
    let titles = account.facts.iter().filter_map(|fact| if let Fact::News { title } = &fact.fact { Some((fact, title)) } else { None });
    titles.map(|(fact, title)| signal(Topic::News, fact, happened(fact), NEWS, format!("In the news: {}", plain(title, 100)))).collect()
}

/// Each keyword of the profile, where the account said it last.
fn keywords(account: &AccountEvidence) -> Vec<Signal> {
    if account.icp.keywords.is_empty() {
        return Vec::new();
    }
    let texts = account.facts.iter().filter_map(|fact| match &fact.fact {
        Fact::Summary { text } | Fact::Keyword { text } => Some((fact, fact.day(), words(text))),
        Fact::News { title } => Some((fact, happened(fact), words(title))),
        _ => None,
    });
    let texts: Vec<_> = texts.collect();
    let found = account.icp.keywords.iter().filter_map(|keyword| {
        let newest = texts.iter().filter(|(.., text)| within(keyword, text)).max_by_key(|(fact, day, _)| (*day, fact.id))?;
        Some((keyword, newest))
    });
    found
        .map(|(keyword, (fact, day, _))| signal(Topic::Keywords, fact, *day, KEYWORD, format!("Speaks of “{}”", plain(keyword, 60))))
        .collect()
}

/// Technologies that were not there when the account was first looked at.
fn new_technologies(account: &AccountEvidence) -> Vec<Signal> {
    let seen = account.facts.iter().filter(|fact| fact.standing != Standing::Person);
    let seen = seen.filter_map(|fact| if let Fact::Technology { name, .. } = &fact.fact { Some((fact, name)) } else { None });
    let seen: Vec<_> = seen.collect();
    let Some(first) = seen.iter().map(|(fact, _)| fact.first_seen).min() else { return Vec::new() };
    let later = seen.into_iter().filter(|(fact, _)| fact.first_seen - first > chrono::TimeDelta::days(1));
    later.map(|(fact, name)| signal(Topic::TechChange, fact, happened(fact), TECHNOLOGY, format!("Took up {}", plain(name, 60)))).collect()
}
