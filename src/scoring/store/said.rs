//! What a model said last, and asking it anew.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::error::AppError;
use crate::scoring::{Judge, LeadKey, Line, Score};
use crate::server::db::TenantTx;

/// A model's score, and when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub score: Score,
    pub at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Row {
    account_id: Uuid,
    lead_id: Option<Uuid>,
    coverage: i32,
    model: String,
    prompt_version: String,
    line_items: Json<Vec<Line>>,
    intent_signals: Json<Vec<String>>,
    risk_factors: Json<Vec<String>>,
    next_actions: Json<Vec<String>>,
    created_at: DateTime<Utc>,
}

/// The latest scores of the accounts' leads, where a model gave them. In one statement for any number.
///
/// # Errors
/// When the database cannot be reached.
pub async fn said_by_models(tx: &mut TenantTx, accounts: &[Uuid]) -> Result<HashMap<LeadKey, Said>, AppError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT l.* FROM (SELECT DISTINCT ON (s.account_id, s.lead_id) s.account_id, s.lead_id, s.coverage, s.model, s.prompt_version, s.line_items, s.intent_signals, s.risk_factors,
            s.next_actions, s.created_at
         FROM crm_lead_scores s WHERE s.startup_id = $1 AND s.account_id = ANY ($2) ORDER BY s.account_id, s.lead_id, s.created_at DESC, s.id DESC) l WHERE l.model IS NOT NULL",
    )
    .bind(tx.startup())
    .bind(accounts)
    .fetch_all(tx.conn())
    .await?;
    let said = |row: Row| {
        let key = LeadKey { account: row.account_id, lead: row.lead_id };
        let score = Score {
            lines: row.line_items.0,
            coverage: row.coverage,
            intent_signals: row.intent_signals.0,
            risk_factors: row.risk_factors.0,
            next_actions: row.next_actions.0,
            judge: Judge::Model { name: row.model, prompt: row.prompt_version, cost: 0 },
        };
        (key, Said { score, at: row.created_at })
    };
    Ok(rows.into_iter().map(said).collect())
}

/// Queues a model's look at the accounts.
///
/// # Errors
/// When the database refuses.
pub async fn ask_reasons(tx: &mut TenantTx, accounts: &[Uuid]) -> Result<(), AppError> {
    let sql = "INSERT INTO jobs (startup_id, kind, subject_id, account_id, requested_by) SELECT $1, 'reason', a, a, $3 FROM unnest($2::uuid[]) a ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(tx.startup()).bind(accounts).bind(tx.viewer().user_id).execute(tx.conn()).await?;
    Ok(())
}
