//! Scores as they are shown.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::AppError;
use crate::scoring::{Judge, LeadScore, Line, Score};
use crate::server::db::TenantTx;

/// The latest score of each of an account's leads, the best first, with the lead's history. Contacts in the bin have none; the
/// account's own, from before it had contacts, counts as long as it has none.
const OF_ACCOUNT: &str = "SELECT s.id, l.id AS lead, l.name, s.line_items, s.coverage, s.intent_signals, s.risk_factors, s.next_actions, s.model, s.prompt_version, s.cost_micros, s.created_at, h.history
     FROM (SELECT c.id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email) AS name FROM crm_contacts c WHERE c.startup_id = $1 AND c.account_id = $2 AND c.deleted_at IS NULL
       UNION ALL SELECT NULL, NULL WHERE NOT EXISTS (SELECT FROM crm_contacts c WHERE c.startup_id = $1 AND c.account_id = $2 AND c.deleted_at IS NULL)) l
     CROSS JOIN LATERAL (SELECT * FROM crm_lead_scores x WHERE x.startup_id = $1 AND x.account_id = $2 AND x.lead_id IS NOT DISTINCT FROM l.id ORDER BY x.created_at DESC, x.id DESC LIMIT 1) s
     CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(y.created_at, y.overall_score) ORDER BY y.created_at, y.id) AS history FROM
       (SELECT * FROM crm_lead_scores x WHERE x.startup_id = $1 AND x.account_id = $2 AND x.lead_id IS NOT DISTINCT FROM l.id ORDER BY x.created_at DESC, x.id DESC LIMIT 30) y) h
     ORDER BY s.overall_score DESC, l.name, l.id LIMIT 20";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    lead: Option<Uuid>,
    name: Option<String>,
    line_items: Json<Vec<Line>>,
    coverage: i32,
    intent_signals: Json<Vec<String>>,
    risk_factors: Json<Vec<String>>,
    next_actions: Json<Vec<String>>,
    model: Option<String>,
    prompt_version: String,
    cost_micros: i64,
    created_at: DateTime<Utc>,
    history: Json<Vec<(DateTime<Utc>, i32)>>,
}

/// The latest score of each of an account's leads, the best first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_account(tx: &mut TenantTx, account: Uuid) -> Result<Vec<LeadScore>, AppError> {
    let rows: Vec<Row> = sqlx::query_as(OF_ACCOUNT).bind(tx.startup()).bind(account).fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(shown).collect())
}

fn shown(row: Row) -> LeadScore {
    let judge = match row.model {
        None => Judge::Rules,
        Some(name) => Judge::Model { name, prompt: row.prompt_version, cost: row.cost_micros },
    };
    LeadScore {
        id: row.id,
        lead: row.lead,
        name: row.name,
        score: Score {
            lines: row.line_items.0,
            coverage: row.coverage,
            intent_signals: row.intent_signals.0,
            risk_factors: row.risk_factors.0,
            next_actions: row.next_actions.0,
            judge,
        },
        at: row.created_at,
        history: row.history.0,
    }
}
