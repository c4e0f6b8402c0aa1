//! The queue under load: scorings by rules drained by the workers as the server runs them, and what a researched lead costs
//! with the stand-in for Google. `make bench` runs it after the pipeline's; docs/PERFORMANCE.md has what it printed.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use prospector::enrichment::Providers;
use prospector::enrichment::website::{Website, user_agent};
use prospector::gemini::fake::{Fake, KEY};
use prospector::gemini::{Gemini, GeminiConfig};
use prospector::jobs::worker::Worker;
use prospector::server::config::Config;
use prospector::server::start::Database;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// The queue under load
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    config: Config,
    /// Accounts whose leads are scored
    #[arg(long, default_value_t = 50_000)]
    accounts: u32,
    /// Accounts that are researched with the stand-in for Google
    #[arg(long, default_value_t = 100)]
    researched: u32,
    /// Said by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Parser)]
struct Google {
    #[command(flatten)]
    gemini: GeminiConfig,
}

#[tokio::main]
async fn main() {
    let mut options = Options::parse();
    let folder = std::env::temp_dir().join(format!("prospector-queue-{}", std::process::id()));
    options.config.database_url = None;
    options.config.public_url = None;
    options.config.data_dir = folder.clone();
    let database = Database::open(&options.config).await.unwrap();
    let mut admin = database.administrator().await.unwrap();
    let fake = Fake::start().await.unwrap();
    let cli = Google::parse_from(["x", "--gemini-api-key", KEY, "--gemini-base-url", &fake.base_url()]);
    let gemini = Gemini::new(&cli.gemini).unwrap().map(Arc::new);
    let website = Arc::new(Website::new(&user_agent("https://crm.test")).unwrap());
    let worker = |gemini| Worker { db: database.db.clone(), providers: Arc::new(Providers { website: website.clone(), gemini }) };

    println!("load before measuring {}", load());
    let startup = seed(&mut admin, options.accounts).await;
    for what in ["first scores, each written", "again, nothing new"] {
        let sql =
            "SELECT app.enqueue($1, 'score', array_agg(id), array_agg(id), app.acting($1), 2) FROM crm_accounts WHERE startup_id = $1";
        sqlx::query(sql).bind(startup).execute(&mut admin).await.unwrap();
        let took = drain(worker(None), &mut admin, "score").await;
        println!(
            "{} scorings by rules, two contacts each ({what}): {:.1} s, {:.0} accounts a second",
            options.accounts,
            took.as_secs_f64(),
            f64::from(options.accounts) / took.as_secs_f64()
        );
    }
    let sql = "SELECT app.enqueue($1, 'enrich', array_agg(id), array_agg(id), app.acting($1), 2) FROM (SELECT id FROM crm_accounts WHERE startup_id = $1 LIMIT $2) a";
    sqlx::query("UPDATE startups SET settings = settings || '{\"grounding\": \"team\", \"research_runs_a_day\": 100000}' WHERE id = $1")
        .bind(startup)
        .execute(&mut admin)
        .await
        .unwrap();
    sqlx::query(sql).bind(startup).bind(i64::from(options.researched)).execute(&mut admin).await.unwrap();
    let took = drain(worker(gemini), &mut admin, "enrich").await;
    let (runs, cost): (i64, i64) =
        sqlx::query_as("SELECT count(DISTINCT run_id), sum(cost_micros)::bigint FROM crm_lead_enrichment WHERE provider = 'gemini'")
            .fetch_one(&mut admin)
            .await
            .unwrap();
    let all: i64 = sqlx::query_scalar("SELECT sum(cost_micros)::bigint FROM research_usage").fetch_one(&mut admin).await.unwrap();
    println!(
        "{runs} companies researched with the stand-in for Google: {:.1} s; by the tokens and searches that it states and the prices of the table a lead costs {:.4} US dollars, {:.4} of them research",
        took.as_secs_f64(),
        all as f64 / 1e6 / runs as f64,
        cost as f64 / 1e6 / runs as f64
    );
    println!("load after measuring {}", load());
    database.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}

/// A startup whose accounts have facts, contacts, a log and events, as the tests of scoring have it.
async fn seed(admin: &mut PgConnection, accounts: u32) -> Uuid {
    let (startup, owner) = (Uuid::now_v7(), Uuid::now_v7());
    let people = format!(
        "INSERT INTO auth.users (id, email, name) VALUES ('{owner}', 'owner@bench.test', 'Owner');
         INSERT INTO startups (id, name, slug) VALUES ('{startup}', 'Bench', 'bench');
         INSERT INTO team_members (startup_id, user_id, role) VALUES ('{startup}', '{owner}', 'owner');"
    );
    sqlx::raw_sql(AssertSqlSafe(people)).execute(&mut *admin).await.unwrap();
    let fill = include_str!("../../tests/server/scoring/speed.sql")
        .replace("$startup", &startup.to_string())
        .replace("$owner", &owner.to_string());
    let fill = fill.replace("generate_series(1, 20000)", &format!("generate_series(1, {accounts})"));
    sqlx::raw_sql(AssertSqlSafe(fill)).execute(&mut *admin).await.unwrap();
    startup
}

/// Runs the workers until no job of a kind, nor what follows from it, is left.
async fn drain(worker: Worker, admin: &mut PgConnection, kind: &str) -> Duration {
    let begun = Instant::now();
    let workers = worker.start();
    let sql = "SELECT EXISTS (SELECT FROM jobs WHERE state IN ('queued', 'running') AND kind IN ($1, 'reason'))";
    while sqlx::query_scalar::<_, bool>(sql).bind(kind).fetch_one(&mut *admin).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let took = begun.elapsed();
    workers.stop().await;
    took
}

/// Processes that ran or waited lately: more than a few say that the machine was shared.
fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").map_or_else(|_| "unknown".into(), |load| load.split(' ').take(3).collect::<Vec<_>>().join(" "))
}
