//! What the Leads view says of each account.

use uuid::Uuid;

use crate::error::AppError;
use crate::scoring::leads::Lead;
use crate::server::db::TenantTx;

/// The best of what was written together last, and the value of open deals.
pub const LEADS: &str = "SELECT a.id, a.lead_score AS score, a.score_coverage AS coverage, (s.fit_score * 0.4)::int AS fit, (s.intent_score * 0.4)::int AS intent,
       (s.engagement_score * 0.2)::int AS engagement, s.created_at AS scored_at, a.last_enriched_at AS researched_at,
       (SELECT coalesce(sum(d.amount_cents), 0)::bigint FROM crm_deals d WHERE d.startup_id = $1 AND d.account_id = a.id AND d.closed_at IS NULL AND d.deleted_at IS NULL) AS open_cents
     FROM unnest($2::uuid[]) WITH ORDINALITY w(id, n) JOIN crm_accounts a ON a.startup_id = $1 AND a.id = w.id
     LEFT JOIN LATERAL (SELECT x.fit_score, x.intent_score, x.engagement_score, x.created_at FROM crm_lead_scores x WHERE x.startup_id = $1 AND x.account_id = a.id
       ORDER BY x.created_at DESC, x.overall_score DESC LIMIT 1) s ON true ORDER BY w.n";

/// What there is to say of these accounts as leads, in their order.
///
/// # Errors
/// When the database cannot be reached.
pub async fn leads(tx: &mut TenantTx, accounts: &[Uuid]) -> Result<Vec<Lead>, AppError> {
    Ok(sqlx::query_as(LEADS).bind(tx.startup()).bind(accounts).fetch_all(tx.conn()).await?)
}
