//! Deals in the database.

use uuid::Uuid;

use super::{Deal, SHOWN};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// An account's deals: open ones first, then the latest closed.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_account(tx: &mut TenantTx, account: Uuid) -> Result<Vec<Deal>, AppError> {
    Ok(sqlx::query_as(
        "SELECT d.id, d.name, d.stage, d.amount_cents, d.probability, d.expected_close, d.closed_at, u.name AS owner
         FROM crm_deals d LEFT JOIN auth.users u ON u.id = d.owner_id
         WHERE d.startup_id = $1 AND d.account_id = $2 AND d.deleted_at IS NULL
         ORDER BY d.closed_at DESC NULLS FIRST, d.opened_at DESC, d.id LIMIT $3",
    )
    .bind(tx.startup())
    .bind(account)
    .bind(SHOWN)
    .fetch_all(tx.conn())
    .await?)
}
