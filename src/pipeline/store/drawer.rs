//! A deal with all that hangs off it, and the account that a new one goes to.

use sqlx::FromRow;
use uuid::Uuid;

use super::board::{card, medians};
use crate::accounts::query::ListQuery;
use crate::deals::Stage;
use crate::error::AppError;
use crate::interactions::Subject;
use crate::pipeline::DealDetail;
use crate::server::db::TenantTx;

/// Names that are offered while an account's is typed.
const OFFERED: usize = 8;

#[derive(FromRow)]
struct Rest {
    opened_at: Option<chrono::DateTime<chrono::Utc>>,
    created_at: chrono::DateTime<chrono::Utc>,
    ai_reasoning: Option<String>,
}

/// # Errors
/// [`AppError::NotFound`] for an id that is missing, in the bin, or another startup's.
pub async fn detail(tx: &mut TenantTx, id: Uuid) -> Result<DealDetail, AppError> {
    let deal = crate::deals::store::get(tx, id).await?;
    let card = card(tx, id).await?;
    let rest: Rest = sqlx::query_as("SELECT opened_at, created_at, ai_reasoning FROM crm_deals WHERE startup_id = $1 AND id = $2")
        .bind(tx.startup())
        .bind(id)
        .fetch_one(tx.conn())
        .await?;
    let about = Subject { id, name: deal.name.clone() };
    let (activity, moves) = crate::interactions::store::of_deal(tx, card.account_id, about).await?;
    let contacts = crate::contacts::store::of_account(tx, card.account_id).await?;
    let medians = medians(tx).await?;
    let median = Stage::ALL.iter().zip(medians).find_map(|(stage, median)| (*stage == card.stage).then_some(median)).flatten();
    Ok(DealDetail {
        median,
        opened_at: rest.opened_at,
        created_at: rest.created_at,
        ai_reasoning: rest.ai_reasoning,
        moves,
        contacts,
        activity,
        now: chrono::Utc::now(),
        today: tx.viewer().today,
        deal,
        card,
    })
}

/// Names of accounts that are like what was typed.
///
/// # Errors
/// When the database cannot be reached.
pub async fn name_accounts(tx: &mut TenantTx, typed: &str) -> Result<Vec<String>, AppError> {
    let query = ListQuery { search: typed.to_string(), ..ListQuery::default() }.normal();
    if query.search.is_empty() {
        return Ok(Vec::new());
    }
    let page = crate::accounts::store::list(tx, &query).await?;
    Ok(page.rows.into_iter().take(OFFERED).map(|row| row.name).collect())
}

/// The one account of this name, however it is capitalised.
///
/// # Errors
/// [`AppError::Invalid`] for the field `account` when there is none, or several.
pub async fn account_called(tx: &mut TenantTx, name: &str) -> Result<Uuid, AppError> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM crm_accounts WHERE startup_id = $1 AND name_key = lower(btrim($2) COLLATE \"und-x-icu\") AND deleted_at IS NULL LIMIT 2",
    )
    .bind(tx.startup())
    .bind(name.replace('\0', ""))
    .fetch_all(tx.conn())
    .await?;
    match found.as_slice() {
        [id] => Ok(*id),
        [] if name.trim().is_empty() => Err(AppError::invalid("account", "Say which account it is for.")),
        [] => Err(AppError::invalid("account", "No account is called so. Choose one that is offered, or add the account first.")),
        _ => Err(AppError::invalid("account", "Several accounts are called so. Add the deal on the right one’s own page.")),
    }
}
