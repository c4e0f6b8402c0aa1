//! The deals of a filter, some thousands at a time.

use chrono::NaiveDate;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::filter::push_filter;
use crate::error::AppError;
use crate::pipeline::filter::DealFilter;
use crate::server::db::TenantTx;

/// Lines that are read at once.
const BATCH: i64 = 2_000;

/// A line of the file; days are the startup's.
#[derive(sqlx::FromRow)]
pub struct Line {
    pub id: Uuid,
    pub name: String,
    pub account: String,
    pub segment: String,
    pub stage: String,
    pub amount: Option<String>,
    pub probability: i32,
    pub expected_close: Option<NaiveDate>,
    pub opened: Option<NaiveDate>,
    pub closed: Option<NaiveDate>,
    pub lost_reason: Option<String>,
    pub owner: Option<String>,
    pub source_channel: Option<String>,
    pub ai_score: Option<i32>,
    pub since: Option<NaiveDate>,
    pub rank: f64,
}

/// The lines after `last`, by stage, rank and id: ranges of one index.
///
/// # Errors
/// When the database cannot be reached.
pub async fn next(tx: &mut TenantTx, filter: &DealFilter, last: Option<&Line>) -> Result<Vec<Line>, AppError> {
    let viewer = tx.viewer().clone();
    let zone = || viewer.time_zone.clone();
    let mut sql = QueryBuilder::new(
        "SELECT d.id, d.name, a.name AS account, a.segment, d.stage, d.amount::text AS amount, d.probability, d.expected_close, d.lost_reason, \
         u.name AS owner, d.source_channel, d.ai_score, d.rank",
    );
    for (column, name) in [("opened_at", "opened"), ("closed_at", "closed"), ("stage_since", "since")] {
        sql.push(format!(", (d.{column} AT TIME ZONE ")).push_bind(zone()).push(format!(")::date AS {name}"));
    }
    sql.push(
        " FROM crm_deals d JOIN crm_accounts a ON a.startup_id = d.startup_id AND a.id = d.account_id \
         LEFT JOIN auth.users u ON u.id = d.owner_id WHERE d.startup_id = ",
    );
    sql.push_bind(viewer.startup_id).push(" AND d.deleted_at IS NULL");
    if let Some(last) = last {
        sql.push(" AND (d.stage, d.rank, d.id) < (").push_bind(last.stage.clone()).push(", ").push_bind(last.rank).push(", ");
        sql.push_bind(last.id).push(")");
    }
    push_filter(&mut sql, filter, &viewer);
    sql.push(" ORDER BY d.stage DESC, d.rank DESC, d.id DESC LIMIT ").push_bind(BATCH);
    Ok(sql.build_query_as().persistent(filter.is_empty()).fetch_all(tx.conn()).await?)
}
