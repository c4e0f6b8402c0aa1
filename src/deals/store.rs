//! Deals in the database.

use uuid::Uuid;

use super::edit::{DealEdit, DealForm};
use super::{Deal, SHOWN};
use crate::accounts::store::{owner_name, owner_unknown};
use crate::edit::conflict;
use crate::error::AppError;
use crate::server::db::TenantTx;
use crate::team::Viewer;

const COLUMNS: &str = "d.id, d.name, d.stage, d.amount_cents, d.probability, d.probability_by_hand, d.expected_close, (d.closed_at AT TIME ZONE $3)::date AS closed_on, d.lost_reason, \
     d.source_channel, d.owner_id, u.name AS owner, d.version";

/// An account's deals: open ones first, then the latest closed.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_account(tx: &mut TenantTx, account: Uuid) -> Result<Vec<Deal>, AppError> {
    let zone = tx.viewer().time_zone.clone();
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM crm_deals d LEFT JOIN auth.users u ON u.id = d.owner_id
         WHERE d.startup_id = $1 AND d.account_id = $2 AND d.deleted_at IS NULL
         ORDER BY d.closed_at DESC NULLS FIRST, d.opened_at DESC, d.id LIMIT $4"
    )))
    .bind(tx.startup())
    .bind(account)
    .bind(zone)
    .bind(SHOWN)
    .fetch_all(tx.conn())
    .await?)
}

/// One deal.
///
/// # Errors
/// [`AppError::NotFound`] for an id that is missing, in the bin, or another startup's.
pub async fn get(tx: &mut TenantTx, id: Uuid) -> Result<Deal, AppError> {
    let zone = tx.viewer().time_zone.clone();
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM crm_deals d LEFT JOIN auth.users u ON u.id = d.owner_id WHERE d.startup_id = $1 AND d.id = $2 AND d.deleted_at IS NULL"
    )))
    .bind(tx.startup())
    .bind(id)
    .bind(zone)
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)
}

/// Adds a deal to an account; returns its id.
///
/// # Errors
/// [`AppError::Forbidden`] for a viewer; [`AppError::NotFound`] when the account is missing, binned, or another startup's.
pub async fn add(tx: &mut TenantTx, account: Uuid, new: &DealEdit) -> Result<Uuid, AppError> {
    let (startup, id) = (tx.startup(), Uuid::now_v7());
    let zone = tx.viewer().time_zone.clone();
    let done = sqlx::query(
        "INSERT INTO crm_deals (startup_id, id, account_id, name, amount, stage, probability, probability_by_hand, expected_close, owner_id, source_channel, lost_reason, closed_at)
         SELECT $1, $2, a.id, $4, $5::text::numeric, $6, coalesce($7, 0), $7 IS NOT NULL, $8, $9, $10, $11, CASE WHEN $12::date < (now() AT TIME ZONE $13)::date THEN ($12 + time '12:00') AT TIME ZONE $13 END
         FROM crm_accounts a WHERE a.startup_id = $1 AND a.id = $3 AND a.deleted_at IS NULL",
    )
    .bind(startup)
    .bind(id)
    .bind(account)
    .bind(&new.name)
    .bind(new.amount.map(|a| a.decimal()))
    .bind(new.stage.as_str())
    .bind(new.probability)
    .bind(new.expected_close)
    .bind(new.owner)
    .bind(&new.source_channel)
    .bind(&new.lost_reason)
    .bind(new.closed_on)
    .bind(zone)
    .execute(tx.conn())
    .await
    .map_err(owner_unknown)?;
    if done.rows_affected() == 0 { Err(AppError::NotFound) } else { Ok(id) }
}

/// Changes a deal, if it is still the `version` that the form was made from.
///
/// # Errors
/// [`AppError::Conflict`] when somebody else changed it meanwhile, [`AppError::NotFound`] when it is missing or binned,
/// [`AppError::Forbidden`] for a viewer.
pub async fn save(tx: &mut TenantTx, id: Uuid, version: i32, was: &str, form: &DealForm) -> Result<(), AppError> {
    let Viewer { today, time_zone, .. } = tx.viewer().clone();
    let edit = form.parse(today)?;
    // a day is as good as its noon; one that says what was there leaves the hour alone
    let done = sqlx::query(
        "UPDATE crm_deals SET name = $4, amount = $5::text::numeric, stage = $6, probability = coalesce($7, probability),
            probability_by_hand = $7 IS NOT NULL, expected_close = $8, owner_id = $9, source_channel = $10, lost_reason = $11,
            closed_at = CASE WHEN $12::date IS NULL OR (stage = $6 AND (closed_at AT TIME ZONE $13)::date = $12) THEN closed_at
              
              WHEN $12 = (now() AT TIME ZONE $13)::date THEN now() ELSE ($12 + time '12:00') AT TIME ZONE $13 END
         WHERE startup_id = $1 AND id = $2 AND version = $3 AND deleted_at IS NULL",
    )
    .bind(tx.startup())
    .bind(id)
    .bind(version)
    .bind(&edit.name)
    .bind(edit.amount.map(|a| a.decimal()))
    .bind(edit.stage.as_str())
    .bind(edit.probability)
    .bind(edit.expected_close)
    .bind(edit.owner)
    .bind(&edit.source_channel)
    .bind(&edit.lost_reason)
    .bind(edit.closed_on)
    .bind(time_zone)
    .execute(tx.conn())
    .await
    .map_err(owner_unknown)?;
    if done.rows_affected() > 0 { Ok(()) } else { Err(laid_beside(tx, id, was, form).await?) }
}

/// The refusal that shows the form beside what the deal says now.
async fn laid_beside(tx: &mut TenantTx, id: Uuid, was: &str, form: &DealForm) -> Result<AppError, AppError> {
    let now = get(tx, id).await?;
    let colleagues = crate::team::store::colleagues(tx).await?;
    Ok(conflict(was, &form.texts(), &now.texts(), now.version, |field, value| match field {
        "owner" => owner_name(&colleagues, value),
        _ => value.to_string(),
    }))
}
