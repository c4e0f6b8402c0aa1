//! The Gemini client over HTTP against a stand-in for Google, in every way in which Google can answer.

// helpers outside of test functions, too
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod failures;
mod google;
mod injection;
mod judging;
mod researching;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use clap::Parser;
use prospector::enrichment::provider::{Company, Research, ResearchError, ResearchProvider};
use prospector::gemini::fake::{Fake, KEY, Logged};
use prospector::gemini::reason::StoredFact;
use prospector::gemini::{Clock, Gemini, GeminiConfig};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    gemini: GeminiConfig,
}

/// A clock that stands still, and keeps how long it was asked to wait.
#[derive(Default)]
struct Still {
    waits: Mutex<Vec<Duration>>,
}

#[async_trait]
impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        "2026-10-12T12:00:00Z".parse().unwrap()
    }

    fn jitter(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, wait: Duration) {
        self.waits.lock().unwrap().push(wait);
    }
}

/// A client and its Google.
struct Pair {
    fake: Fake,
    clock: Arc<Still>,
    gemini: Gemini,
}

impl Pair {
    async fn new() -> Self {
        Self::with(KEY, &[]).await
    }

    /// With little patience where an answer is slow: the others have time, however busy the machine is.
    async fn facing(scenario: &str) -> Self {
        let mut options = Vec::new();
        if scenario.contains("slow") {
            options.extend(["--gemini-timeout", "1", "--gemini-high-timeout", "1"]);
        }
        Self::with(KEY, &options).await
    }

    async fn with(key: &str, options: &[&str]) -> Self {
        let (fake, clock) = (Fake::start().await.unwrap(), Arc::new(Still::default()));
        let base = fake.base_url();
        let arguments = ["test", "--gemini-api-key", key, "--gemini-base-url", &base];
        let config = Cli::try_parse_from(arguments.iter().chain(options)).unwrap().gemini;
        let gemini = Gemini::with_clock(&config, clock.clone()).unwrap().unwrap();
        Self { fake, clock, gemini }
    }

    async fn research(&self, name: &str, domain: Option<&str>) -> Result<Research, ResearchError> {
        let company = Company { name: name.into(), domain: domain.map(str::to_string) };
        self.gemini.research(&company, today()).await
    }

    /// What was asked so far. None of it may have anything about sampling, or the key where logs would keep it.
    fn asked(&self) -> Vec<Logged> {
        let requests = self.fake.requests();
        for request in &requests {
            assert_eq!((request.sampling, request.key_in_address), (0, false), "{request:?}");
        }
        requests
    }

    /// Waits between tries, in milliseconds.
    fn waits(&self) -> Vec<u128> {
        self.clock.waits.lock().unwrap().iter().map(Duration::as_millis).collect()
    }
}

fn today() -> NaiveDate {
    "2026-10-12".parse().unwrap()
}

fn fact(number: u128, key: &str, value: Value) -> StoredFact {
    StoredFact { id: Uuid::from_u128(number), key: key.into(), value, about: None }
}

/// Facts whose last one asks the stand-in for a scenario.
fn facts(scenario: &str) -> Vec<StoredFact> {
    vec![
        fact(1, "industry", json!({ "name": "logistics" })),
        fact(2, "news", json!({ "title": "Opens an office" })),
        fact(3, "summary", json!({ "text": format!("scenario-{scenario}") })),
    ]
}
