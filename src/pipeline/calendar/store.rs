//! Calendar feeds in the database.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::{Feed, Whose};
use crate::deals::Stage;
use crate::error::AppError;
use crate::server::db::TenantTx;

/// The feeds that the viewer may revoke, latest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn feeds(tx: &mut TenantTx) -> Result<Vec<Feed>, AppError> {
    let (startup, me) = (tx.startup(), tx.viewer().user_id);
    Ok(sqlx::query_as(
        "SELECT f.id, CASE WHEN f.mine THEN 'mine' ELSE 'all' END AS whose, f.user_id = $2 AS own, u.name AS made_by, f.created_at
         FROM calendar_feeds f JOIN auth.users u ON u.id = f.user_id WHERE f.startup_id = $1 ORDER BY f.created_at DESC, f.id DESC",
    )
    .bind(startup)
    .bind(me)
    .fetch_all(tx.conn())
    .await?)
}

/// Whether the viewer made the feed of this token.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_mine(tx: &mut TenantTx, token_hash: &[u8]) -> Result<bool, AppError> {
    let (startup, me) = (tx.startup(), tx.viewer().user_id);
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM calendar_feeds WHERE startup_id = $1 AND user_id = $2 AND token_hash = $3)")
        .bind(startup)
        .bind(me)
        .bind(token_hash)
        .fetch_one(tx.conn())
        .await?)
}

/// Writes a feed of the viewer's.
///
/// # Errors
/// When the database cannot be reached.
pub async fn make(tx: &mut TenantTx, whose: Whose, token_hash: &[u8]) -> Result<(), AppError> {
    let (startup, me) = (tx.startup(), tx.viewer().user_id);
    sqlx::query("INSERT INTO calendar_feeds (startup_id, id, user_id, token_hash, mine) VALUES ($1, $2, $3, $4, $5)")
        .bind(startup)
        .bind(Uuid::now_v7())
        .bind(me)
        .bind(token_hash)
        .bind(whose == Whose::Mine)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes a feed back: its address leads nowhere from now on.
///
/// # Errors
/// [`AppError::NotFound`] for one that is gone, or not the viewer's to revoke.
pub async fn revoke(tx: &mut TenantTx, feed: Uuid) -> Result<(), AppError> {
    let done = sqlx::query("DELETE FROM calendar_feeds WHERE startup_id = $1 AND id = $2")
        .bind(tx.startup())
        .bind(feed)
        .execute(tx.conn())
        .await?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// What a feed's token opens.
#[derive(FromRow)]
pub struct Calendar {
    pub startup: String,
    pub slug: String,
    pub currency: String,
    pub time_zone: String,
    /// Whose deals they are, if only one person's.
    pub maker: Option<String>,
    /// By day.
    pub deals: Json<Vec<Expected>>,
}

/// An open deal with the day on which it is expected to close.
#[derive(Deserialize)]
pub struct Expected {
    pub id: Uuid,
    pub name: String,
    pub account: String,
    pub amount_cents: Option<i64>,
    pub stage: Stage,
    pub expected_close: NaiveDate,
    pub updated_at: DateTime<Utc>,
    pub version: i32,
}

/// The calendar that a token opens, for a transaction without a person.
///
/// # Errors
/// [`AppError::NotFound`] for a token that is unknown, revoked, or of somebody who is no member any more.
pub async fn calendar(stranger: &mut PgConnection, token: &str) -> Result<Calendar, AppError> {
    let found = sqlx::query_as("SELECT startup, slug, currency, time_zone, maker, deals FROM app.calendar($1)")
        .bind(token)
        .fetch_optional(stranger)
        .await?;
    found.ok_or(AppError::NotFound)
}
