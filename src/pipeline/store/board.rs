//! The board: sums of each stage over all deals of the filter, and its cards a page at a time, each column one index range.

use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use super::filter::{needs_account, push_filter};
use crate::deals::Stage;
use crate::error::AppError;
use crate::pipeline::filter::DealFilter;
use crate::pipeline::{Board, Card, Changed, Column, MOST, Median, MoreCards, PAGE, STAYS_NEEDED, Sums};
use crate::server::db::TenantTx;
use crate::team::Viewer;

/// The last stays of a stage that its median looks at.
const STAYS: i64 = 500;
/// What a card reads; the day a deal closed is the startup's.
fn push_card(sql: &mut QueryBuilder<Postgres>, time_zone: &str) {
    sql.push(
        "d.id, d.name, d.account_id, a.name AS account, d.stage, d.amount_cents, d.probability, d.probability_by_hand, d.expected_close, \
         d.lost_reason, u.name AS owner, d.ai_score, d.stage_since, d.rank, d.version, (d.closed_at AT TIME ZONE ",
    );
    sql.push_bind(time_zone.to_string());
    sql.push(
        ")::date AS closed_on FROM crm_deals d JOIN crm_accounts a ON a.startup_id = d.startup_id AND a.id = d.account_id \
         LEFT JOIN auth.users u ON u.id = d.owner_id WHERE d.startup_id = ",
    );
}

/// The first cards of each stage, so many as `shown` says for it and one more.
pub fn cards_sql(viewer: &Viewer, filter: &DealFilter, shown: &[usize]) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("");
    for (n, stage) in Stage::ALL.iter().enumerate() {
        sql.push(if n > 0 { " UNION ALL (SELECT " } else { "(SELECT " });
        push_card(&mut sql, &viewer.time_zone);
        sql.push_bind(viewer.startup_id).push(" AND d.deleted_at IS NULL AND d.stage = ").push_bind(stage.as_str());
        push_filter(&mut sql, filter, viewer);
        let limit = shown.get(n).copied().unwrap_or(PAGE).clamp(PAGE, MOST) + 1;
        sql.push(" ORDER BY d.rank DESC, d.id DESC LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX)).push(")");
    }
    sql
}

/// Cards of `stage` below a place in it.
pub fn more_sql(viewer: &Viewer, filter: &DealFilter, stage: Stage, rank: f64, id: Uuid) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("SELECT ");
    push_card(&mut sql, &viewer.time_zone);
    sql.push_bind(viewer.startup_id).push(" AND d.deleted_at IS NULL AND d.stage = ").push_bind(stage.as_str());
    sql.push(" AND (d.rank, d.id) < (").push_bind(rank).push(", ").push_bind(id).push(")");
    push_filter(&mut sql, filter, viewer);
    sql.push(" ORDER BY d.rank DESC, d.id DESC LIMIT ").push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    sql
}

/// Sums of each stage over all deals of the filter; a sum beyond what can be shown stays at the greatest.
pub fn sums_sql(viewer: &Viewer, filter: &DealFilter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "SELECT d.stage, count(*) AS deals, least(coalesce(sum(d.amount_cents), 0), 9e18)::bigint AS cents, \
         least(coalesce(sum(d.amount_cents * d.probability), 0), 9e18)::bigint AS weighted FROM crm_deals d",
    );
    if needs_account(filter) {
        sql.push(" JOIN crm_accounts a ON a.startup_id = d.startup_id AND a.id = d.account_id");
    }
    sql.push(" WHERE d.startup_id = ").push_bind(viewer.startup_id).push(" AND d.deleted_at IS NULL");
    push_filter(&mut sql, filter, viewer);
    sql.push(" GROUP BY d.stage");
    sql
}

/// The board as its page shows it: so many cards of each column as were read before, at least a page.
///
/// # Errors
/// When the database cannot be reached.
pub async fn board(tx: &mut TenantTx, filter: &DealFilter, shown: &[usize]) -> Result<Board, AppError> {
    let viewer = tx.viewer().clone();
    let sums = sums(tx, filter).await?;
    let medians = medians(tx).await?;
    let mut cards: Vec<Card> =
        cards_sql(&viewer, filter, shown).build_query_as().persistent(filter.is_empty()).fetch_all(tx.conn()).await?;
    let mut columns = Vec::new();
    for (n, stage) in Stage::ALL.iter().copied().enumerate() {
        let (mut here, others): (Vec<_>, Vec<_>) = cards.into_iter().partition(|card| card.stage == stage);
        cards = others;
        let limit = shown.get(n).copied().unwrap_or(PAGE).clamp(PAGE, MOST);
        let end = cut(&mut here, limit);
        columns.push(Column { stage, sums: sums[n], median: medians[n], cards: here, end });
    }
    Ok(Board { columns, now: chrono::Utc::now(), today: viewer.today, startup: viewer.startup_id })
}

/// Keeps the first `most`; returns where to go on, if there were more.
fn cut(cards: &mut Vec<Card>, most: usize) -> Option<(f64, Uuid)> {
    let more = cards.len() > most;
    cards.truncate(most);
    cards.last().filter(|_| more).map(|card| (card.rank, card.id))
}

/// The next cards of a column.
///
/// # Errors
/// When the database cannot be reached.
pub async fn more(tx: &mut TenantTx, filter: &DealFilter, stage: Stage, rank: f64, id: Uuid) -> Result<MoreCards, AppError> {
    let viewer = tx.viewer().clone();
    let mut sql = more_sql(&viewer, filter, stage, rank, id);
    let mut cards: Vec<Card> = sql.build_query_as().persistent(filter.is_empty()).fetch_all(tx.conn()).await?;
    let end = cut(&mut cards, PAGE);
    Ok(MoreCards { cards, end, startup: viewer.startup_id })
}

/// Those of `ids` that the filter has, as they are now, with everybody's sums.
///
/// # Errors
/// When the database cannot be reached.
pub async fn changed(tx: &mut TenantTx, filter: &DealFilter, ids: &[Uuid]) -> Result<Changed, AppError> {
    let viewer = tx.viewer().clone();
    let mut sql = QueryBuilder::new("SELECT ");
    push_card(&mut sql, &viewer.time_zone);
    sql.push_bind(viewer.startup_id).push(" AND d.deleted_at IS NULL AND d.id = ANY (").push_bind(ids.to_vec()).push(")");
    push_filter(&mut sql, filter, &viewer);
    let cards = sql.build_query_as().persistent(filter.is_empty()).fetch_all(tx.conn()).await?;
    Ok(Changed { cards, sums: sums(tx, filter).await?, today: viewer.today, startup: viewer.startup_id })
}

/// One card, whatever the filter.
///
/// # Errors
/// [`AppError::NotFound`] for an id that is missing, in the bin, or another startup's.
pub async fn card(tx: &mut TenantTx, id: Uuid) -> Result<Card, AppError> {
    let viewer = tx.viewer().clone();
    let mut sql = QueryBuilder::new("SELECT ");
    push_card(&mut sql, &viewer.time_zone);
    sql.push_bind(viewer.startup_id).push(" AND d.deleted_at IS NULL AND d.id = ").push_bind(id);
    sql.build_query_as().fetch_optional(tx.conn()).await?.ok_or(AppError::NotFound)
}

#[derive(FromRow)]
struct StageSums {
    #[sqlx(try_from = "String")]
    stage: Stage,
    deals: i64,
    cents: i64,
    weighted: i64,
}

async fn sums(tx: &mut TenantTx, filter: &DealFilter) -> Result<Vec<Sums>, AppError> {
    let viewer = tx.viewer().clone();
    let found: Vec<StageSums> = sums_sql(&viewer, filter).build_query_as().persistent(filter.is_empty()).fetch_all(tx.conn()).await?;
    let of = |stage: &Stage| {
        let sums = found.iter().find(|s| s.stage == *stage);
        sums.map(|s| Sums { deals: s.deals, cents: s.cents, weighted: s.weighted }).unwrap_or_default()
    };
    Ok(Stage::ALL.iter().map(of).collect())
}

/// How long deals stayed in each stage, in the order of the stages, by the last [`STAYS`] that left it.
pub fn medians_sql(viewer: &Viewer) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "SELECT (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY c.stayed)::bigint FROM \
         (SELECT c.stayed FROM crm_deal_stage_changes c WHERE c.startup_id = ",
    );
    sql.push_bind(viewer.startup_id);
    sql.push(" AND c.from_stage = s.stage ORDER BY c.changed_at DESC LIMIT ").push_bind(STAYS);
    sql.push(") c HAVING count(*) >= ").push_bind(STAYS_NEEDED);
    sql.push(") FROM unnest(").push_bind(Stage::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>());
    sql.push("::text[]) WITH ORDINALITY s(stage, n) ORDER BY s.n");
    sql
}

/// The medians of [`medians_sql`].
///
/// # Errors
/// When the database cannot be reached.
pub async fn medians(tx: &mut TenantTx) -> Result<Vec<Median>, AppError> {
    Ok(medians_sql(&tx.viewer().clone()).build_query_scalar().fetch_all(tx.conn()).await?)
}
