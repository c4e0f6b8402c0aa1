//! What open boards are told: which deals changed, as far as this person sees them, with their versions.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::AppError;
use crate::server::db::TenantTx;

/// Those of `ids` that this person sees, binned ones, too: a board has to let go of them.
///
/// # Errors
/// When the database cannot be reached.
pub async fn seen(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<(Uuid, i32)>, AppError> {
    Ok(sqlx::query_as("SELECT id, version FROM crm_deals WHERE startup_id = $1 AND id = ANY ($2)")
        .bind(tx.startup())
        .bind(ids)
        .fetch_all(tx.conn())
        .await?)
}

/// What changed since then, so many at most.
///
/// # Errors
/// When the database cannot be reached.
pub async fn since(tx: &mut TenantTx, then: DateTime<Utc>, most: i64) -> Result<Vec<(Uuid, i32)>, AppError> {
    Ok(sqlx::query_as("SELECT id, version FROM crm_deals WHERE startup_id = $1 AND updated_at >= $2 LIMIT $3")
        .bind(tx.startup())
        .bind(then)
        .bind(most)
        .fetch_all(tx.conn())
        .await?)
}
