//! All numbers of the charts in one statement, and so of one moment: the filter's deals are read once, each chart is a sum
//! over them.

use chrono::{Months, NaiveDate};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};

use super::filter::{needs_account, push_filter};
use crate::error::AppError;
use crate::pipeline::charts::numbers::{
    Charts, ClosedMonth, FORECAST, ForecastMonth, LOOKED_AT, Lately, OpenDates, Passage, StageSum, Won, first_of_forecast, month_of,
};
use crate::pipeline::filter::DealFilter;
use crate::server::db::TenantTx;
use crate::team::Viewer;

#[derive(sqlx::FromRow)]
struct Row {
    stages: Json<Vec<StageSum>>,
    forecast: Json<Vec<ForecastMonth>>,
    open: Json<OpenDates>,
    closed: Json<Vec<ClosedMonth>>,
    lately: Json<Lately>,
    log: Json<Log>,
    owners: Json<Vec<Won>>,
    segments: Json<Vec<Won>>,
}

/// What the log of moves says.
#[derive(serde::Deserialize)]
struct Log {
    moves: i64,
    passages: Vec<Passage>,
}

/// Everything that the charts show of the filter's deals.
///
/// # Errors
/// When the database cannot be reached.
pub async fn charts(tx: &mut TenantTx, filter: &DealFilter) -> Result<Charts, AppError> {
    let viewer = tx.viewer().clone();
    charts_of(tx, &viewer, filter).await
}

/// The same as `viewer` sees it, on that day and in that time zone.
///
/// # Errors
/// When the database cannot be reached.
pub async fn charts_of(tx: &mut TenantTx, viewer: &Viewer, filter: &DealFilter) -> Result<Charts, AppError> {
    let mut sql = charts_sql(viewer, filter);
    let row: Row = sql.build_query_as().persistent(filter.is_empty()).fetch_one(tx.conn()).await?;
    let log = row.log.0;
    Ok(Charts {
        today: viewer.today,
        stages: row.stages.0,
        forecast: row.forecast.0,
        open: row.open.0,
        closed: row.closed.0,
        lately: row.lately.0,
        moves: log.moves,
        passages: log.passages.into_iter().filter(|p| p.entered > 0).collect(),
        owners: row.owners.0,
        segments: row.segments.0,
    })
}

/// The statement of [`charts`]: one row, a column of JSON for each chart.
pub fn charts_sql(viewer: &Viewer, filter: &DealFilter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("");
    push_deals(&mut sql, viewer, filter);
    push_lately(&mut sql, viewer.today);
    push_passed(&mut sql, viewer, filter);
    sql.push(" SELECT ");
    sql.push(STAGES);
    push_forecast(&mut sql, viewer.today);
    sql.push(CLOSED);
    push_passages(&mut sql);
    sql.push(OWNERS);
    push_segments(&mut sql, viewer);
    sql
}

/// `deals`: those of the filter, with days as the startup counts them.
fn push_deals(sql: &mut QueryBuilder<Postgres>, viewer: &Viewer, filter: &DealFilter) {
    sql.push(
        "WITH deals AS MATERIALIZED (SELECT d.id, d.account_id, d.stage, d.amount_cents, d.amount_cents * d.probability AS weighted, \
         d.owner_id, d.expected_close, d.closed_at IS NULL AS is_open, (d.opened_at AT TIME ZONE ",
    );
    sql.push_bind(viewer.time_zone.clone()).push(")::date AS opened_on, (d.closed_at AT TIME ZONE ").push_bind(viewer.time_zone.clone());
    sql.push(")::date AS closed_on FROM crm_deals d");
    if needs_account(filter) {
        sql.push(" JOIN crm_accounts a ON a.id = d.account_id AND a.startup_id = ").push_bind(viewer.startup_id);
    }
    sql.push(" WHERE d.startup_id = ").push_bind(viewer.startup_id).push(" AND d.deleted_at IS NULL");
    push_filter(sql, filter, viewer);
    sql.push(")");
}

/// `lately`: what closed in the twelve months that end with the latest in which something did. A day to come is none yet.
fn push_lately(sql: &mut QueryBuilder<Postgres>, today: NaiveDate) {
    sql.push(", latest AS (SELECT date_trunc('month', max(closed_on)::timestamp)::date AS month FROM deals WHERE closed_on < ");
    sql.push_bind(after(month_of(today), 1));
    sql.push(format!(
        "), lately AS MATERIALIZED (SELECT date_trunc('month', d.closed_on::timestamp)::date AS month, d.stage, d.amount_cents, \
         greatest(0, d.closed_on - d.opened_on) AS days FROM deals d, latest l \
         WHERE d.closed_on >= l.month - interval '{} months' AND d.closed_on < l.month + interval '1 month')",
        LOOKED_AT - 1
    ));
}

/// `passed`: for each deal when it first entered a stage, and when it last entered one beyond. Without a filter all moves
/// are read along their index, else those of the filter's deals.
fn push_passed(sql: &mut QueryBuilder<Postgres>, viewer: &Viewer, filter: &DealFilter) {
    sql.push(
        ", passed AS MATERIALIZED (SELECT d.stage, p.* FROM (SELECT c.deal_id, count(c.from_stage) AS moves, \
         min(c.changed_at) FILTER (WHERE c.to_stage = 'Qualified') AS qualified, \
         min(c.changed_at) FILTER (WHERE c.to_stage = 'Proposal') AS proposal, \
         min(c.changed_at) FILTER (WHERE c.to_stage = 'Negotiation') AS negotiation, \
         max(c.changed_at) FILTER (WHERE c.to_stage IN ('Proposal', 'Negotiation', 'Closed Won')) AS beyond_qualified, \
         max(c.changed_at) FILTER (WHERE c.to_stage IN ('Negotiation', 'Closed Won')) AS beyond_proposal, \
         max(c.changed_at) FILTER (WHERE c.to_stage = 'Closed Won') AS beyond_negotiation \
         FROM crm_deal_stage_changes c WHERE c.startup_id = ",
    );
    sql.push_bind(viewer.startup_id);
    if !filter.is_empty() {
        sql.push(" AND c.deal_id IN (SELECT id FROM deals)");
    }
    sql.push(" GROUP BY c.deal_id) p JOIN deals d ON d.id = p.deal_id)");
}

/// Rows as an array of objects; an empty one of no rows.
const STAGES: &str = "(SELECT coalesce(jsonb_agg(t), '[]') FROM (SELECT stage, count(*) AS deals, coalesce(sum(amount_cents), 0) AS cents, \
     coalesce(round(sum(weighted) / 100), 0) AS weighted, count(*) FILTER (WHERE amount_cents IS NULL) AS unknown FROM deals GROUP BY stage) t) AS stages";

fn push_forecast(sql: &mut QueryBuilder<Postgres>, today: NaiveDate) {
    let first = first_of_forecast(today);
    let end = after(first, FORECAST);
    sql.push(
        ", (SELECT coalesce(jsonb_agg(t ORDER BY t.month), '[]') FROM (SELECT date_trunc('month', m.day::timestamp)::date AS month, \
         count(*) FILTER (WHERE NOT m.is_open) AS won, coalesce(sum(m.amount_cents) FILTER (WHERE NOT m.is_open), 0) AS won_cents, \
         count(*) FILTER (WHERE m.is_open) AS open, coalesce(round(sum(m.weighted) FILTER (WHERE m.is_open) / 100), 0) AS weighted, \
         coalesce(sum(m.amount_cents) FILTER (WHERE m.is_open), 0) AS open_cents, count(*) FILTER (WHERE m.amount_cents IS NULL) AS unknown \
         FROM (SELECT d.is_open, d.amount_cents, d.weighted, CASE WHEN d.is_open THEN greatest(d.expected_close, ",
    );
    // an expected day that is over counts in the current month
    sql.push_bind(month_of(today)).push(") ELSE d.closed_on END AS day FROM deals d WHERE (d.is_open AND d.expected_close IS NOT NULL) OR d.stage = 'Closed Won') m WHERE m.day >= ");
    sql.push_bind(first).push(" AND m.day < ").push_bind(end).push(" GROUP BY 1) t) AS forecast, ");
    sql.push("(SELECT to_jsonb(t) FROM (SELECT count(*) FILTER (WHERE expected_close < ").push_bind(today);
    sql.push(") AS overdue, count(*) FILTER (WHERE expected_close IS NULL) AS undated, count(*) FILTER (WHERE expected_close >= ");
    sql.push_bind(end).push(") AS later FROM deals WHERE is_open) t) AS open");
}

const CLOSED: &str = ", (SELECT coalesce(jsonb_agg(t ORDER BY t.month), '[]') FROM (SELECT month, count(*) FILTER (WHERE stage = 'Closed Won') AS won, \
     count(*) FILTER (WHERE stage = 'Closed Lost') AS lost, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE stage = 'Closed Won') AS days \
     FROM lately GROUP BY month) t) AS closed, \
     (SELECT to_jsonb(t) FROM (SELECT (SELECT month FROM latest) AS last, count(*) FILTER (WHERE stage = 'Closed Won') AS won, \
     count(*) FILTER (WHERE stage = 'Closed Lost') AS lost, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE stage = 'Closed Won') AS days, \
     round(avg(amount_cents) FILTER (WHERE stage = 'Closed Won')) AS mean_cents FROM lately) t) AS lately";

/// What became of those that entered a stage, by the names that `passed` has for it.
fn push_passages(sql: &mut QueryBuilder<Postgres>) {
    sql.push(", (SELECT jsonb_build_object('moves', coalesce(sum(moves), 0), 'passages', jsonb_build_array(");
    for (n, (stage, name)) in [("Qualified", "qualified"), ("Proposal", "proposal"), ("Negotiation", "negotiation")].into_iter().enumerate()
    {
        let comma = if n > 0 { ", " } else { "" };
        sql.push(format!(
            "{comma}jsonb_build_object('stage', '{stage}', 'entered', count({name}), 'moved_on', count(*) FILTER (WHERE beyond_{name} >= {name}), \
             'lost', count({name}) FILTER (WHERE stage = 'Closed Lost' AND (beyond_{name} >= {name}) IS NOT TRUE), \
             'won', count({name}) FILTER (WHERE stage = 'Closed Won'))"
        ));
    }
    sql.push(")) FROM passed) AS log");
}

const OWNERS: &str = ", (SELECT coalesce(jsonb_agg(t ORDER BY t.cents DESC, t.name), '[]') FROM (SELECT u.name, w.deals, w.cents, w.unknown FROM \
     (SELECT owner_id, count(*) AS deals, coalesce(sum(amount_cents), 0) AS cents, count(*) FILTER (WHERE amount_cents IS NULL) AS unknown \
     FROM deals WHERE stage = 'Closed Won' GROUP BY owner_id) w LEFT JOIN auth.users u ON u.id = w.owner_id) t) AS owners";

fn push_segments(sql: &mut QueryBuilder<Postgres>, viewer: &Viewer) {
    sql.push(
        ", (SELECT coalesce(jsonb_agg(t ORDER BY t.cents DESC, t.name), '[]') FROM (SELECT a.segment AS name, count(*) AS deals, \
         coalesce(sum(d.amount_cents), 0) AS cents, count(*) FILTER (WHERE d.amount_cents IS NULL) AS unknown \
         FROM deals d JOIN crm_accounts a ON a.id = d.account_id AND a.startup_id = ",
    );
    sql.push_bind(viewer.startup_id).push(" WHERE d.stage = 'Closed Won' GROUP BY a.segment) t) AS segments");
}

/// The first day of a month so many months later.
fn after(month: NaiveDate, months: u32) -> NaiveDate {
    month.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}
