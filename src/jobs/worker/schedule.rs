//! What runs by the clock, for all startups: old research is queued again, scores and health age, bins and old texts are
//! emptied. Each step is one short transaction; doing one twice does no harm.

use std::time::Duration;

use chrono::{Timelike, Utc};
use tokio::sync::watch;
use uuid::Uuid;

use crate::error::AppError;
use crate::server::db::Db;

const HOUR: Duration = Duration::from_secs(3600);
/// A server that has just been started has other things to do.
const FIRST: Duration = Duration::from_secs(30 * 60);
/// The hour (UTC) after which scores and health are calculated anew.
const NIGHT: u32 = 3;
/// Accounts that are looked at in one transaction.
const STEP: i32 = 500;

/// Keeps the schedule until it is stopped.
pub async fn keep(db: Db, mut stopped: watch::Receiver<bool>) {
    let mut pause = FIRST;
    while !*stopped.borrow() {
        tokio::select! {
            _ = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => return,
        }
        pause = HOUR;
        let kept = tokio::select! {
            kept = run(&db, Utc::now().hour() == NIGHT) => kept,
            _ = stopped.changed() => return,
        };
        if let Err(error) = kept {
            tracing::warn!("what runs by schedule did not: {error}");
        }
    }
}

async fn run(db: &Db, night: bool) -> Result<(), AppError> {
    hourly(db).await?;
    if night { sweep(db).await } else { Ok(()) }
}

/// Queues what is stale; empties what is over.
///
/// # Errors
/// When the database cannot be reached.
pub async fn hourly(db: &Db) -> Result<(), AppError> {
    let mut kept = Ok(());
    for sql in ["SELECT app.purge_research()", "SELECT app.purge_bin('30 days')", "SELECT app.queue_stale()"] {
        // one that fails leaves the others theirs
        kept = kept.and(step(db, sql).await);
    }
    kept
}

async fn step(db: &Db, sql: &'static str) -> Result<(), AppError> {
    let mut tx = db.worker().await?;
    sqlx::query(sql).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

/// Calculates health and priority of all accounts anew: both age.
///
/// # Errors
/// When the database cannot be reached.
pub async fn sweep(db: &Db) -> Result<(), AppError> {
    let mut last = (Uuid::nil(), Uuid::nil());
    loop {
        let mut tx = db.worker().await?;
        let sql = "SELECT startup, account FROM app.sweep_accounts($1, $2, $3)";
        let next = sqlx::query_as(sql).bind(last.0).bind(last.1).bind(STEP).fetch_optional(&mut *tx).await?;
        tx.commit().await?;
        match next {
            Some(next) => last = next,
            None => return Ok(()),
        }
    }
}
