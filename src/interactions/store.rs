//! The log in the database. Writing to it touches its account's last contact and health, by trigger.

use uuid::Uuid;

use super::{Interaction, NewInteraction, SHOWN};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// An account's latest interactions.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_account(tx: &mut TenantTx, account: Uuid) -> Result<Vec<Interaction>, AppError> {
    Ok(sqlx::query_as(
        "SELECT i.id, i.type, i.direction, i.summary, i.occurred_at, u.name AS author
         FROM crm_interactions i LEFT JOIN auth.users u ON u.id = i.author_id
         WHERE i.startup_id = $1 AND i.account_id = $2 ORDER BY i.occurred_at DESC, i.id DESC LIMIT $3",
    )
    .bind(tx.startup())
    .bind(account)
    .bind(SHOWN)
    .fetch_all(tx.conn())
    .await?)
}

/// Writes an entry as the signed-in person, happening now.
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer; [`AppError::NotFound`] when the account is missing, binned, or another startup's.
pub async fn log(tx: &mut TenantTx, new: &NewInteraction) -> Result<(), AppError> {
    let (startup, author) = (tx.startup(), tx.viewer().user_id);
    let done = sqlx::query(
        "INSERT INTO crm_interactions (startup_id, id, account_id, author_id, type, direction, summary)
         SELECT $1, $2, a.id, $4, $5, $6, $7 FROM crm_accounts a WHERE a.startup_id = $1 AND a.id = $3 AND a.deleted_at IS NULL",
    )
    .bind(startup)
    .bind(Uuid::now_v7())
    .bind(new.account_id)
    .bind(author)
    .bind(new.kind.as_str())
    .bind(new.direction.map(super::Direction::as_str))
    .bind(&new.summary)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(()) }
}
