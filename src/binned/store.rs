//! The bin in the database.

use uuid::Uuid;

use super::{Binned, SHOWN, Thing};
use crate::accounts;
use crate::error::AppError;
use crate::server::db::TenantTx;

/// What lies in the bin, latest first. What went with its account comes back with it and is left out.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<Binned>, AppError> {
    Ok(sqlx::query_as(
        "SELECT * FROM (
            (SELECT 'account' AS thing, a.id, a.name, NULL AS account, a.deleted_at FROM crm_accounts a
             WHERE a.startup_id = $1 AND a.deleted_at IS NOT NULL ORDER BY a.deleted_at DESC LIMIT $2)
            UNION ALL
            (SELECT 'contact', c.id, coalesce(nullif(btrim(c.first_name || ' ' || c.last_name), ''), c.email, 'Somebody'), a.name, c.deleted_at
             FROM crm_contacts c JOIN crm_accounts a ON a.startup_id = $1 AND a.id = c.account_id
             WHERE c.startup_id = $1 AND c.deleted_at IS NOT NULL AND a.deleted_at IS NULL ORDER BY c.deleted_at DESC LIMIT $2)
            UNION ALL
            (SELECT 'deal', d.id, d.name, a.name, d.deleted_at
             FROM crm_deals d JOIN crm_accounts a ON a.startup_id = $1 AND a.id = d.account_id
             WHERE d.startup_id = $1 AND d.deleted_at IS NOT NULL AND a.deleted_at IS NULL ORDER BY d.deleted_at DESC LIMIT $2)) b
         ORDER BY b.deleted_at DESC, b.name, b.id LIMIT $2",
    )
    .bind(tx.startup())
    .bind(SHOWN)
    .fetch_all(tx.conn())
    .await?)
}

/// Puts a thing into the bin; an account with its contacts and deals.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete, [`AppError::NotFound`] when it is missing or binned already.
pub async fn put_away(tx: &mut TenantTx, thing: Thing, id: Uuid) -> Result<(), AppError> {
    let sql = match thing {
        Thing::Account => return if accounts::store::bin(tx, &[id]).await? == 0 { Err(AppError::NotFound) } else { Ok(()) },
        Thing::Contact => "UPDATE crm_contacts SET deleted_at = now() WHERE startup_id = $1 AND id = $2 AND deleted_at IS NULL",
        Thing::Deal => "UPDATE crm_deals SET deleted_at = now() WHERE startup_id = $1 AND id = $2 AND deleted_at IS NULL",
    };
    let done = sqlx::query(sql).bind(tx.startup()).bind(id).execute(tx.conn()).await?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// Takes a thing out of the bin; an account with the contacts and deals that went in with it.
///
/// # Errors
/// [`AppError::NotFound`] when it is not in the bin, or its account is; editors find nothing there either.
pub async fn restore(tx: &mut TenantTx, thing: Thing, id: Uuid) -> Result<(), AppError> {
    let startup = tx.startup();
    if thing == Thing::Account {
        for children in [
            "UPDATE crm_contacts c SET deleted_at = NULL FROM crm_accounts a WHERE a.startup_id = $1 AND a.id = $2 AND c.startup_id = $1 AND c.account_id = a.id AND c.deleted_at = a.deleted_at",
            "UPDATE crm_deals d SET deleted_at = NULL FROM crm_accounts a WHERE a.startup_id = $1 AND a.id = $2 AND d.startup_id = $1 AND d.account_id = a.id AND d.deleted_at = a.deleted_at",
        ] {
            sqlx::query(children).bind(startup).bind(id).execute(tx.conn()).await?;
        }
    }
    let sql = match thing {
        Thing::Account => "UPDATE crm_accounts SET deleted_at = NULL WHERE startup_id = $1 AND id = $2 AND deleted_at IS NOT NULL",
        Thing::Contact => {
            "UPDATE crm_contacts c SET deleted_at = NULL FROM crm_accounts a WHERE c.startup_id = $1 AND c.id = $2 AND c.deleted_at IS NOT NULL AND a.startup_id = $1 AND a.id = c.account_id AND a.deleted_at IS NULL"
        }
        Thing::Deal => {
            "UPDATE crm_deals d SET deleted_at = NULL FROM crm_accounts a WHERE d.startup_id = $1 AND d.id = $2 AND d.deleted_at IS NOT NULL AND a.startup_id = $1 AND a.id = d.account_id AND a.deleted_at IS NULL"
        }
    };
    let done = sqlx::query(sql).bind(startup).bind(id).execute(tx.conn()).await?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(()) }
}
