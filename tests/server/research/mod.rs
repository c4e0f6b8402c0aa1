//! Research from the queue to the tab: real workers against a real database, companies' sites and Google served by this test.

mod google;
mod people;
mod queue;
mod website;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use prospector::demo::site::{Company, Manner, Sites};
use prospector::enrichment::Providers;
use prospector::enrichment::website::{Website, user_agent};
use prospector::gemini::fake::{Fake, KEY};
use prospector::gemini::{Gemini, GeminiConfig};
use prospector::jobs::JobKind;
use prospector::jobs::worker::Worker;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::watch;
use uuid::Uuid;

use crate::harness::{App, Person, Team};

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    gemini: GeminiConfig,
}

/// A startup with a worker, companies' sites, and Google where it is connected.
struct Rig {
    app: App,
    ours: Team,
    theirs: Team,
    worker: Worker,
    fake: Option<Fake>,
    admin: PgConnection,
}

fn company(name: &str, domain: &str, manner: Manner) -> Company {
    Company { name: name.into(), domain: domain.into(), country: "Denmark".into(), employees: 240, founded: 2014, manner }
}

impl Rig {
    /// Companies' own sites alone.
    async fn new() -> Self {
        Self::with(None).await
    }

    /// With Google, too; the owner has decided nothing yet.
    async fn with_google() -> Self {
        Self::with(Some(Fake::start().await.unwrap())).await
    }

    async fn with(fake: Option<Fake>) -> Self {
        let app = App::new().await;
        let (ours, theirs) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let sites = Sites::new(vec![
            company("Konex", "konex.example", Manner::Ordinary),
            company("Down", "down.example", Manner::Unavailable),
            company("Evil", "evil.example", Manner::Hostile),
        ]);
        let domains: BTreeSet<String> = sites.domains();
        let (server, _) = sites.listen().await.unwrap();
        let website = Website::new(&user_agent("https://crm.test")).unwrap();
        let website = website.with_local(domains, server, "https://crm.test/samples").unwrap();
        let gemini = fake.as_ref().and_then(|fake| {
            let base = fake.base_url();
            let cli = Cli::parse_from(["x", "--gemini-api-key", KEY, "--gemini-base-url", &base]);
            Gemini::new(&cli.gemini).unwrap().map(Arc::new)
        });
        let worker = Worker { db: app.test.db.clone(), providers: Arc::new(Providers { website: Arc::new(website), gemini }) };
        let admin = app.test.admin().await;
        Self { app, ours, theirs, worker, fake, admin }
    }

    /// Does all that is due of these kinds.
    async fn drain(&self, kinds: &[JobKind]) -> usize {
        let (_stop, mut stopped) = watch::channel(false);
        let mut done = 0;
        while self.worker.step(kinds, &mut stopped).await.unwrap() {
            done += 1;
            assert!(done < 1_000, "the queue never ends");
        }
        done
    }

    async fn drain_all(&self) -> usize {
        self.drain(JobKind::ALL).await
    }

    /// An account with a contact, added by a person: that queues its research.
    async fn add_lead(&self, by: &Person, name: &str, domain: &str) -> (Uuid, Uuid) {
        let account = self.add_account(by, name, domain).await;
        (account, self.add_contact(by, account, "Ingrid").await)
    }

    async fn add_account(&self, by: &Person, name: &str, domain: &str) -> Uuid {
        let mut tx = self.app.test.db.tenant(&by.token).await.unwrap();
        let startup = tx.startup();
        let sql = "INSERT INTO crm_accounts (startup_id, name, domain) VALUES ($1, $2, $3) RETURNING id";
        let account = sqlx::query_scalar(sql).bind(startup).bind(name).bind(domain).fetch_one(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        account
    }

    async fn add_contact(&self, by: &Person, account: Uuid, first: &str) -> Uuid {
        let mut tx = self.app.test.db.tenant(&by.token).await.unwrap();
        let startup = tx.startup();
        let sql = "INSERT INTO crm_contacts (startup_id, account_id, first_name) VALUES ($1, $2, $3) RETURNING id";
        let lead = sqlx::query_scalar(sql).bind(startup).bind(account).bind(first).fetch_one(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        lead
    }

    /// A person presses "Research now".
    async fn ask(&self, by: &Person, account: Uuid) -> axum::http::StatusCode {
        self.app.client(by).submit("/api/research/ask", &[("account", &account.to_string())]).await.status
    }

    /// As the owner decides in the settings.
    async fn decide(&self, choice: &str) {
        let owner = self.app.client(&self.ours.owner);
        let answer = { owner }.submit("/api/research/choose", &[("choice", choice), ("budget", "200")]).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{}", answer.body);
    }

    /// One value, read by the administrator.
    async fn one<T>(&mut self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        sqlx::query_scalar(AssertSqlSafe(sql.to_string())).fetch_one(&mut self.admin).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Lines, read by the administrator.
    async fn lines(&mut self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(sql.to_string())).fetch_all(&mut self.admin).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    async fn run(&mut self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_string())).execute(&mut self.admin).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// What a person sees of an account's facts: key, value, status.
    async fn facts(&self, person: &Person, account: Uuid) -> Vec<(String, serde_json::Value, String)> {
        let mut tx = self.app.test.db.tenant(&person.token).await.unwrap();
        let sql = "SELECT key, value, status FROM account_facts WHERE startup_id = $1 AND account_id = $2 AND status <> 'superseded' ORDER BY key, value::text";
        sqlx::query_as(sql).bind(self.ours.startup).bind(account).fetch_all(tx.conn()).await.unwrap()
    }
}

/// Waits for what happens soon.
async fn soon(mut is_so: impl AsyncFnMut() -> bool) -> bool {
    for _ in 0..100 {
        if is_so().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}
