//! Several accounts at once.

use uuid::Uuid;

use super::record::owner_unknown;
use crate::accounts::Status;
use crate::error::AppError;
use crate::server::db::TenantTx;

/// An account as a file has it.
#[derive(sqlx::FromRow)]
pub struct ExportRow {
    pub name: String,
    pub domain: Option<String>,
    pub kind: String,
    pub status: String,
    pub segment: String,
    pub mrr: String,
    pub health: i32,
    pub owner: Option<String>,
    pub last_contact: Option<chrono::DateTime<chrono::Utc>>,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

/// Takes hold of accounts in an order of their own: two people who change the same ones wait for each other in turn.
async fn hold(tx: &mut TenantTx, ids: &[Uuid]) -> Result<(), AppError> {
    sqlx::query("SELECT id FROM crm_accounts WHERE startup_id = $1 AND id = ANY ($2) AND deleted_at IS NULL ORDER BY id FOR UPDATE")
        .bind(tx.startup())
        .bind(ids)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Gives accounts to an owner, or to nobody. Returns how many.
///
/// # Errors
/// [`AppError::Invalid`] for somebody who is no member.
pub async fn set_owner(tx: &mut TenantTx, ids: &[Uuid], owner: Option<Uuid>) -> Result<u64, AppError> {
    hold(tx, ids).await?;
    let done = sqlx::query("UPDATE crm_accounts SET owner_id = $3 WHERE startup_id = $1 AND id = ANY ($2) AND deleted_at IS NULL")
        .bind(tx.startup())
        .bind(ids)
        .bind(owner)
        .execute(tx.conn())
        .await
        .map_err(owner_unknown)?;
    Ok(done.rows_affected())
}

/// Sets the status of accounts. Returns how many.
///
/// # Errors
/// When the database cannot be reached.
pub async fn set_status(tx: &mut TenantTx, ids: &[Uuid], status: Status) -> Result<u64, AppError> {
    hold(tx, ids).await?;
    let done = sqlx::query("UPDATE crm_accounts SET status = $3 WHERE startup_id = $1 AND id = ANY ($2) AND deleted_at IS NULL")
        .bind(tx.startup())
        .bind(ids)
        .bind(status.as_str())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected())
}

/// Puts accounts into the bin, and with them their contacts and deals: all at one time, by which they come back together.
/// Returns how many.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete.
pub async fn bin(tx: &mut TenantTx, ids: &[Uuid]) -> Result<u64, AppError> {
    let startup = tx.startup();
    hold(tx, ids).await?;
    for children in [
        "UPDATE crm_contacts SET deleted_at = now() WHERE startup_id = $1 AND account_id = ANY ($2) AND deleted_at IS NULL",
        "UPDATE crm_deals SET deleted_at = now() WHERE startup_id = $1 AND account_id = ANY ($2) AND deleted_at IS NULL",
    ] {
        sqlx::query(children).bind(startup).bind(ids).execute(tx.conn()).await?;
    }
    let done = sqlx::query("UPDATE crm_accounts SET deleted_at = now() WHERE startup_id = $1 AND id = ANY ($2) AND deleted_at IS NULL")
        .bind(startup)
        .bind(ids)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected())
}

/// Puts every account that came as sample data into the bin. Returns how many.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete.
pub async fn bin_sample(tx: &mut TenantTx) -> Result<u64, AppError> {
    let ids: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM crm_accounts WHERE startup_id = $1 AND import_source = 'sample' AND deleted_at IS NULL")
            .bind(tx.startup())
            .fetch_all(tx.conn())
            .await?;
    bin(tx, &ids).await
}

/// Accounts as a file has them, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn export(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<ExportRow>, AppError> {
    Ok(sqlx::query_as(
        "SELECT a.name, a.domain, a.kind, a.status, a.segment, a.mrr::text AS mrr, a.health_score AS health, u.name AS owner,
            a.last_interaction_at AS last_contact, a.created_at
         FROM crm_accounts a LEFT JOIN auth.users u ON u.id = a.owner_id
         WHERE a.startup_id = $1 AND a.id = ANY ($2) AND a.deleted_at IS NULL ORDER BY a.name_key, a.id",
    )
    .bind(tx.startup())
    .bind(ids)
    .fetch_all(tx.conn())
    .await?)
}
