//! The profile in the database, and a look at what another one would come to.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Utc;
use sqlx::types::Json;
use uuid::Uuid;

use super::evidence;
use crate::error::AppError;
use crate::scoring::icp::Icp;
use crate::scoring::profile::{Bands, PREVIEWED, Spread, count};
use crate::scoring::rules;
use crate::server::db::TenantTx;

/// Writes the profile and queues new scores.
///
/// # Errors
/// [`AppError::Forbidden`] for those who may not.
pub async fn save_icp(tx: &mut TenantTx, icp: &Icp) -> Result<(), AppError> {
    let done = sqlx::query("UPDATE startups SET icp = $2 WHERE id = $1 AND icp IS DISTINCT FROM $2")
        .bind(tx.startup())
        .bind(Json(icp))
        .execute(tx.conn())
        .await?;
    if done.rows_affected() > 0 {
        sqlx::query("SELECT app.ask_scores()").execute(tx.conn()).await?;
    }
    Ok(())
}

/// How the accounts of the highest priority spread by the rules, with the profile as it is and with `wanted`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn spread(tx: &mut TenantTx, wanted: Icp) -> Result<Spread, AppError> {
    let accounts: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM crm_accounts WHERE startup_id = $1 AND deleted_at IS NULL ORDER BY priority DESC, id DESC LIMIT $2",
    )
    .bind(tx.startup())
    .bind(i64::try_from(PREVIEWED).unwrap_or(i64::MAX))
    .fetch_all(tx.conn())
    .await?;
    let (wanted, now) = (Arc::new(wanted), Utc::now());
    let leads = evidence(tx, &accounts).await?;
    // off the runtime's threads: thousands of leads take a while
    let counted = tokio::task::spawn_blocking(move || {
        let mut best: HashMap<Uuid, (i32, i32)> = HashMap::new();
        for mut lead in leads {
            let is = rules::score(&lead, now).overall();
            Arc::make_mut(&mut lead.account).icp = Arc::clone(&wanted);
            let would = rules::score(&lead, now).overall();
            let of = best.entry(lead.key.account).or_default();
            *of = (of.0.max(is), of.1.max(would));
        }
        let mut spread = Spread { now: Bands::default(), then: Bands::default(), accounts: u32::try_from(best.len()).unwrap_or(u32::MAX) };
        for (is, would) in best.into_values() {
            count(&mut spread.now, is);
            count(&mut spread.then, would);
        }
        spread
    });
    counted.await.map_err(crate::server::errors::internal)
}
