//! The pipeline over HTTP and in the database.

mod closing;
mod leaving;
mod moving;
mod places;
mod reading;

use chrono::NaiveDate;
use prospector::deals::Stage;
use prospector::pipeline::filter::DealFilter;
use prospector::pipeline::{Board, Card};
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::harness::{Answer, App, Client, Team};

/// The application with a startup whose pipeline is filled, and another's that is empty.
struct Filled {
    app: App,
    team: Team,
    other: Team,
    admin: PgConnection,
    /// One of the startup's accounts.
    account: Uuid,
}

impl Filled {
    async fn new() -> Self {
        let app = App::new().await;
        let (team, other) = (Team::new(&app.test.db, "ours").await, Team::new(&app.test.db, "theirs").await);
        let mut admin = app.test.admin().await;
        let account = fill(&mut admin, &team).await;
        Self { app, team, other, admin, account }
    }
}

/// Deals of every stage, with and without amounts, dates and owners, in two accounts of different segments; returns
/// the first.
async fn fill(admin: &mut PgConnection, team: &Team) -> Uuid {
    let (konex, condax) = (Uuid::now_v7(), Uuid::now_v7());
    let (startup, owner, editor) = (team.startup, team.owner.id, team.editor.id);
    let script = format!(
        "INSERT INTO crm_accounts (startup_id, id, name, segment) VALUES ('{startup}', '{konex}', 'Konex', 'SMB'), ('{startup}', '{condax}', 'Condax', 'Enterprise');
         INSERT INTO crm_deals (startup_id, account_id, name, stage, amount, expected_close, opened_at, closed_at, owner_id, lost_reason, rank)
         SELECT '{startup}', CASE WHEN n % 3 = 0 THEN '{condax}'::uuid ELSE '{konex}' END, CASE WHEN n % 7 = 0 THEN 'Renewal ' ELSE 'Licence ' END || n,
           s.stage, CASE WHEN n % 5 > 0 THEN n * 100.25 END, CASE WHEN n % 4 > 0 THEN current_date + n - 20 END, now() - interval '300 days',
           CASE WHEN s.stage LIKE 'Closed%' THEN now() - make_interval(days => n) END,
           CASE n % 3 WHEN 0 THEN '{owner}'::uuid WHEN 1 THEN '{editor}' END, CASE WHEN s.stage = 'Closed Lost' THEN 'Price' END, 1.7e9 + n * 10
         FROM generate_series(1, 40) n CROSS JOIN LATERAL (SELECT (ARRAY['Qualified','Proposal','Negotiation','Closed Won','Closed Lost'])[1 + (n / 2) % 5] AS stage) s;
         UPDATE crm_deals SET probability = 55, probability_by_hand = true WHERE startup_id = '{startup}' AND stage = 'Proposal' AND amount > 1000;
         UPDATE crm_deals SET deleted_at = now() WHERE startup_id = '{startup}' AND name LIKE '% 13'"
    );
    sqlx::raw_sql(AssertSqlSafe(script)).execute(admin).await.unwrap();
    konex
}

async fn board(client: &mut Client, filter: &DealFilter) -> Board {
    client.call("/api/pipeline/board", json!({ "filter": filter, "shown": [] })).await.json()
}

fn column(board: &Board, stage: Stage) -> &[Card] {
    &board.columns.iter().find(|c| c.stage == stage).unwrap().cards
}

/// A move as the board sends it.
async fn drop_card(client: &mut Client, card: &Card, stage: Stage, more: &[(&str, &str)]) -> Answer {
    let (id, version, rank) = (card.id.to_string(), card.version.to_string(), card.rank.to_string());
    let fields = [("id", id.as_str()), ("version", &version), ("stage", stage.as_str()), ("from", card.stage.as_str()), ("rank", &rank)];
    client.submit("/api/pipeline/move", &[&fields, more].concat()).await
}

/// Every deal of a startup as one text each: what a move must leave alone.
async fn fingerprints(admin: &mut PgConnection, startup: Uuid) -> Vec<String> {
    sqlx::query_scalar("SELECT d::text FROM crm_deals d WHERE startup_id = $1 ORDER BY id").bind(startup).fetch_all(admin).await.unwrap()
}

/// What the test knows of a deal, read past all policies.
#[derive(sqlx::FromRow)]
struct Raw {
    id: Uuid,
    name: String,
    account: String,
    segment: String,
    stage: String,
    cents: Option<i64>,
    probability: i32,
    owner_id: Option<Uuid>,
    expected_close: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    rank: f64,
}

async fn raw(admin: &mut PgConnection, startup: Uuid) -> Vec<Raw> {
    sqlx::query_as(
        "SELECT d.id, d.name, a.name AS account, a.segment, d.stage, (d.amount * 100)::bigint AS cents, d.probability, d.owner_id, d.expected_close,
            (d.closed_at AT TIME ZONE 'UTC')::date AS closed_on, d.rank
         FROM crm_deals d JOIN crm_accounts a ON a.startup_id = d.startup_id AND a.id = d.account_id WHERE d.startup_id = $1 AND d.deleted_at IS NULL",
    )
    .bind(startup)
    .fetch_all(admin)
    .await
    .unwrap()
}
