//! Keys by which a startup's own site tells of its visitors, and what it tells.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::AppError;
use crate::scoring::evidence::EventKind;
use crate::scoring::ingest::IngestKey;
use crate::scoring::ingest::door::Event;
use crate::server::db::TenantTx;

/// The startup's keys, latest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn keys(tx: &mut TenantTx) -> Result<Vec<IngestKey>, AppError> {
    Ok(sqlx::query_as(
        "SELECT k.id, u.name AS made_by, k.created_at FROM ingest_keys k LEFT JOIN auth.users u ON u.id = k.created_by WHERE k.startup_id = $1 ORDER BY k.created_at DESC, k.id DESC",
    )
    .bind(tx.startup())
    .fetch_all(tx.conn())
    .await?)
}

/// Whether the viewer made the key of this token.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_my_key(tx: &mut TenantTx, token_hash: &[u8]) -> Result<bool, AppError> {
    let (startup, me) = (tx.startup(), tx.viewer().user_id);
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM ingest_keys WHERE startup_id = $1 AND created_by = $2 AND token_hash = $3)")
        .bind(startup)
        .bind(me)
        .bind(token_hash)
        .fetch_one(tx.conn())
        .await?)
}

/// Writes a key of the viewer's.
///
/// # Errors
/// [`AppError::Forbidden`] for those who may not.
pub async fn add_key(tx: &mut TenantTx, token_hash: &[u8]) -> Result<(), AppError> {
    let (startup, me) = (tx.startup(), tx.viewer().user_id);
    sqlx::query("INSERT INTO ingest_keys (startup_id, id, token_hash, created_by) VALUES ($1, $2, $3, $4)")
        .bind(startup)
        .bind(Uuid::now_v7())
        .bind(token_hash)
        .bind(me)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes a key back.
///
/// # Errors
/// [`AppError::NotFound`] for one that is gone, or another startup's.
pub async fn revoke_key(tx: &mut TenantTx, key: Uuid) -> Result<(), AppError> {
    let done =
        sqlx::query("DELETE FROM ingest_keys WHERE startup_id = $1 AND id = $2").bind(tx.startup()).bind(key).execute(tx.conn()).await?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// Takes an event of whoever has the address `email`, if the startup of the key knows them. Returns whether the key is one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn take_event(stranger: &mut PgConnection, key: &str, event: &Event) -> Result<bool, sqlx::Error> {
    let kind: EventKind = event.kind;
    let at: DateTime<Utc> = event.at;
    sqlx::query_scalar("SELECT app.take_event($1, $2, $3, $4, $5, $6, $7)")
        .bind(key)
        .bind(&event.email)
        .bind(kind.as_str())
        .bind(&event.channel)
        .bind(at)
        .bind(event.url.as_ref().map_or_else(|| serde_json::json!({}), |url| serde_json::json!({ "url": url })))
        .bind(&event.id)
        .fetch_one(stranger)
        .await
}
