//! The queue as people see it, and what they may ask of it.

use uuid::Uuid;

use super::{Job, Queue};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// Failed jobs that are listed, latest first.
const LISTED: i64 = 50;

const COLUMNS: &str = "j.id, j.kind, j.state, j.account_id, a.name AS account, j.progress, j.error, j.attempt, j.urgency::int AS urgency, j.run_at, j.updated_at
     FROM jobs j LEFT JOIN crm_accounts a ON a.startup_id = j.startup_id AND a.id = j.account_id";

/// The statement of an account's newest research: startup, account.
pub fn research_sql() -> String {
    format!(
        "SELECT {COLUMNS} WHERE j.startup_id = $1 AND j.account_id = $2 AND j.kind = 'enrich' ORDER BY j.state IN ('queued', 'running') DESC, j.updated_at DESC, j.id DESC LIMIT 1"
    )
}

/// The newest job of research of an account, whatever became of it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn research_of(tx: &mut TenantTx, account: Uuid) -> Result<Option<Job>, AppError> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(research_sql())).bind(tx.startup()).bind(account).fetch_optional(tx.conn()).await?)
}

/// What waits, what runs, what is dead, and what today's budget still allows.
///
/// # Errors
/// When the database cannot be reached.
pub async fn queue(tx: &mut TenantTx) -> Result<Queue, AppError> {
    let startup = tx.startup();
    let counts: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT kind, state, count(*) FROM jobs WHERE startup_id = $1 AND kind IN ('enrich', 'score', 'reason', 'sentiment') AND state IN ('queued', 'running') GROUP BY 1, 2",
    )
    .bind(startup)
    .fetch_all(tx.conn())
    .await?;
    let counts = counts.into_iter().filter_map(|(kind, state, n)| Some((kind.parse().ok()?, state.parse().ok()?, n))).collect();
    let sql = format!("SELECT {COLUMNS} WHERE j.startup_id = $1 AND j.state = 'failed' ORDER BY j.updated_at DESC, j.id LIMIT $2");
    let failed = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(startup).bind(LISTED).fetch_all(tx.conn()).await?;
    let (runs_today, spent_today, budget, waiting_for_research) = sqlx::query_as(
        "SELECT coalesce(u.runs, 0), coalesce(u.cost_micros, 0), coalesce((s.settings ->> 'research_runs_a_day')::int, 200),
            (SELECT count(*) FROM (SELECT FROM crm_accounts a WHERE a.startup_id = $1 AND a.deleted_at IS NULL
               AND (a.last_enriched_at IS NULL OR a.last_enriched_at < now() - interval '30 days') LIMIT 50000) n)
         FROM startups s LEFT JOIN research_usage u ON u.startup_id = s.id AND u.day = (now() AT TIME ZONE 'UTC')::date WHERE s.id = $1",
    )
    .bind(startup)
    .fetch_one(tx.conn())
    .await?;
    Ok(Queue { counts, failed, runs_today, spent_today, budget, waiting_for_research })
}

/// Tries a dead job again, ahead of the queue.
///
/// # Errors
/// [`AppError::NotFound`] when there is none such, for this person.
pub async fn retry(tx: &mut TenantTx, job: Uuid) -> Result<(), AppError> {
    let found: bool = sqlx::query_scalar("SELECT app.retry_job($1)").bind(job).fetch_one(tx.conn()).await?;
    if found { Ok(()) } else { Err(AppError::NotFound) }
}

/// Takes a job out of the queue, or lets a running one come to nothing.
///
/// # Errors
/// [`AppError::NotFound`] when there is none such, for this person.
pub async fn cancel(tx: &mut TenantTx, job: Uuid) -> Result<(), AppError> {
    let cancelled: i32 = sqlx::query_scalar("SELECT app.cancel_jobs($1)").bind(job).fetch_one(tx.conn()).await?;
    if cancelled > 0 { Ok(()) } else { Err(AppError::NotFound) }
}

/// Takes all research out of the queue that nobody waits for. Returns how much it was.
///
/// # Errors
/// When the database cannot be reached.
pub async fn cancel_many(tx: &mut TenantTx) -> Result<i32, AppError> {
    Ok(sqlx::query_scalar("SELECT app.cancel_jobs(NULL, 'enrich')").fetch_one(tx.conn()).await?)
}

/// Queues research of so many accounts that have none or an old one, the most promising first. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
pub async fn research_many(tx: &mut TenantTx, most: i32) -> Result<i32, AppError> {
    Ok(sqlx::query_scalar("SELECT app.ask_research_of_all($1)").bind(most).fetch_one(tx.conn()).await?)
}
