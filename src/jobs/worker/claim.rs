//! What a worker holds: jobs of one startup and kind under one lease, with a session of their own.

use std::time::Duration;

use sqlx::postgres::types::PgInterval;
use sqlx::{FromRow, Row};
use tower_sessions::session::Id;
use uuid::Uuid;

use crate::enrichment::provider::Retry;
use crate::error::AppError;
use crate::gemini::Failed;
use crate::jobs::JobKind;
use crate::server::db::{Db, TenantTx};
use crate::server::session::token_hash;

/// A job is somebody else's when its worker gave no sign of life for so long.
pub const LEASE: Duration = Duration::from_secs(30);
/// So often a worker gives one while it waits for somebody else.
const BEAT: Duration = Duration::from_secs(10);
/// Companies of one startup that are researched at a time.
const AT_ONCE: i32 = 2;

/// One of the jobs.
#[derive(Clone, Debug, FromRow)]
pub struct Claimed {
    pub job_id: Uuid,
    pub subject_id: Uuid,
    pub account_id: Option<Uuid>,
    pub requested_by: Uuid,
    /// 0: a person waits for it; 1: it happens by itself; 2: it is scheduled, or one of many.
    pub urgency: i32,
    pub attempt: i32,
}

/// Jobs under one lease. At least one.
#[derive(Clone, Debug)]
pub struct Claim {
    token: String,
    lease: Uuid,
    pub kind: JobKind,
    pub jobs: Vec<Claimed>,
}

/// Why a job came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// As people read it.
    pub reason: String,
    pub retry: Retry,
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let retry = match error {
            AppError::NotFound | AppError::Forbidden | AppError::Invalid { .. } => Retry::Never,
            _ => Retry::Later,
        };
        Self { reason: error.to_string(), retry }
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        Self { reason: failed.error.to_string(), retry: failed.error.retry() }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        AppError::from(error).into()
    }
}

/// Takes due jobs of one of the kinds, in that order, if there are any.
///
/// # Errors
/// When the database cannot be reached.
pub async fn claim(db: &Db, kinds: &[JobKind], most: i32) -> Result<Option<Claim>, AppError> {
    let token = Id::default().to_string();
    let mut tx = db.worker().await?;
    let rows = sqlx::query("SELECT * FROM app.claim_jobs($1, $2, $3, $4, $5)")
        .bind(token_hash(&token))
        .bind(interval(LEASE))
        .bind(kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>())
        .bind(most)
        .bind(AT_ONCE)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let kind = first.try_get::<String, _>("kind")?.try_into().map_err(crate::server::errors::internal)?;
    let lease = first.try_get("lease")?;
    let jobs = rows.iter().map(Claimed::from_row).collect::<Result<_, _>>()?;
    Ok(Some(Claim { token, lease, kind, jobs }))
}

impl Claim {
    /// The first of the jobs; research has only one.
    pub fn job(&self) -> &Claimed {
        &self.jobs[0]
    }

    /// A transaction in the context of the member and the startup that the jobs are for.
    ///
    /// # Errors
    /// When the lease has ended.
    pub async fn tenant(&self, db: &Db) -> Result<TenantTx, AppError> {
        db.job(&self.token).await
    }

    /// A sign of life for the first of the jobs, with what is being done. False: the job was cancelled, or is somebody else's by now.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn hold(&self, db: &Db, doing: Option<&str>) -> Result<bool, AppError> {
        let mut tx = self.tenant(db).await?;
        let job = self.job();
        let sql = "SELECT app.hold_job($1, $2, $3, $4)";
        let held = sqlx::query_scalar(sql).bind(job.job_id).bind(self.lease).bind(interval(LEASE)).bind(doing);
        let held = held.fetch_one(tx.conn()).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// Works with a sign of life now and then. None: the job was cancelled, or is somebody else's by now.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn while_held<T>(&self, db: &Db, work: impl Future<Output = T>) -> Result<Option<T>, AppError> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(Some(done)),
                _ = tokio::time::sleep(BEAT) => {
                    if !self.hold(db, None).await? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Ends the job in the transaction of its effect, so that a crash cannot part them. False: roll the effect back.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn finish(&self, tx: &mut TenantTx) -> Result<bool, AppError> {
        Ok(self.finish_all(tx).await?.contains(&self.job().job_id))
    }

    /// Ends the job with something to say of it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn finish_with(&self, tx: &mut TenantTx, remark: &str) -> Result<bool, AppError> {
        let held = "SELECT app.hold_job($1, $2, $3, $4) AND app.finish_job($1, $2)";
        let held = sqlx::query_scalar(held).bind(self.job().job_id).bind(self.lease).bind(interval(LEASE)).bind(remark);
        Ok(held.fetch_one(tx.conn()).await?)
    }

    /// Ends all of the jobs in the transaction of their effect; returns those that were still held.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn finish_all(&self, tx: &mut TenantTx) -> Result<Vec<Uuid>, AppError> {
        let ids: Vec<Uuid> = self.jobs.iter().map(|job| job.job_id).collect();
        Ok(sqlx::query_scalar("SELECT app.finish_jobs($1, $2)").bind(ids).bind(self.lease).fetch_all(tx.conn()).await?)
    }

    /// Gives the jobs back: to be tried again after a while, or dead, with the reason.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn give_back(&self, db: &Db, reason: &str, again: Option<Duration>) -> Result<(), AppError> {
        let mut tx = db.worker().await?;
        let sql = "SELECT app.give_back_jobs($1, $2, $3)";
        sqlx::query(sql).bind(self.lease).bind(reason).bind(again.map(interval)).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

fn interval(time: Duration) -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::try_from(time.as_micros()).unwrap_or(i64::MAX) }
}
