//! Accounts in the database. Every order has an index led by the startup, so that a page is one index range.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::query::{Cursor, Direction, ListQuery, Place, Sort};
use super::{Account, AccountPage, AccountRow};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// Rows of a page.
pub const PAGE: usize = 50;
/// Rows that a search shows at most, best first.
const FOUND: i32 = 200;

/// What a line of the list reads, without its sort key.
macro_rules! columns {
    () => {
        "a.id, a.name, a.domain, a.status, a.segment, a.mrr_cents AS mrr, a.health_score AS health, u.name AS owner, \
         a.last_interaction_at AS last_contact, coalesce(a.last_enriched_at < now() - interval '30 days', false) AS stale"
    };
}

/// Generated or not, a sort's column is never null and its type leakproof: it reaches its index under RLS.
const fn column(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Name => ("name_key", "text"),
        Sort::Status => ("status", "text"),
        Sort::Segment => ("segment", "text"),
        Sort::Mrr => ("mrr_cents", "bigint"),
        Sort::Health => ("health_score", "int"),
        Sort::LastContact => ("contact_sort", "timestamptz"),
        Sort::Created => ("created_at", "timestamptz"),
    }
}

/// A key that the column's type can be read from; a cursor from elsewhere starts at the beginning.
fn sound(cursor: &Cursor, sort: Sort) -> bool {
    match column(sort).1 {
        "bigint" => cursor.key.parse::<i64>().is_ok(),
        "int" => cursor.key.parse::<i32>().is_ok(),
        "timestamptz" => {
            let time = chrono::NaiveDateTime::parse_from_str(&cursor.key, "%Y-%m-%d %H:%M:%S%.f+00");
            cursor.key == "-infinity" || time.is_ok_and(|t| (1..=9999).contains(&chrono::Datelike::year(&t)))
        }
        _ => !cursor.key.contains('\0'),
    }
}

/// The statement of a page, without values: startup, key, id, limit.
pub fn list_sql(sort: Sort, direction: Direction, from_cursor: bool) -> String {
    let (key, kind) = column(sort);
    let (order, beyond) = match direction {
        Direction::Ascending => ("ASC", ">"),
        Direction::Descending => ("DESC", "<"),
    };
    let place = if from_cursor {
        format!("AND (a.{key}, a.id) {beyond} ($2::text::{kind}, $3::uuid)")
    } else {
        "AND $2::text IS NULL AND $3::uuid IS NULL".into()
    };
    format!(
        "SELECT {}, a.{key}::text AS sort_key FROM crm_accounts a LEFT JOIN auth.users u ON u.id = a.owner_id \
         WHERE a.startup_id = $1 AND a.deleted_at IS NULL {place} ORDER BY a.{key} {order}, a.id {order} LIMIT $4",
        columns!()
    )
}

/// Likeness of three letters and more: ids come from a function, rows are read under the caller's own policies.
pub const SEARCH_SQL: &str = concat!(
    "SELECT ",
    columns!(),
    ", '' AS sort_key FROM app.search_accounts($2, $3) h JOIN crm_accounts a ON a.id = h.id LEFT JOIN auth.users u ON u.id = a.owner_id \
     WHERE a.startup_id = $1 AND a.deleted_at IS NULL ORDER BY h.score DESC, a.id"
);

/// Fewer than three letters: names that begin so, as a range of the prefix index, whose order is `~<~`. (`^@` finds the
/// index only in plans made for one value; a prepared statement's plan is for any.)
pub const PREFIX_SQL: &str = concat!(
    "SELECT ",
    columns!(),
    ", '' AS sort_key FROM crm_accounts a LEFT JOIN auth.users u ON u.id = a.owner_id \
     WHERE a.startup_id = $1 AND a.deleted_at IS NULL AND a.name_key ~>=~ $2 AND a.name_key ~<~ ($2 || chr(1114111)) ORDER BY a.name_key USING ~<~ LIMIT $3"
);

/// A page of the startup's accounts.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(tx: &mut TenantTx, query: &ListQuery) -> Result<AccountPage, AppError> {
    let (rows, previous, next) =
        if query.search.is_empty() { page(tx, query).await? } else { (find(tx, &query.search).await?, None, None) };
    let removable_sample = tx.viewer().role.manages() && has_sample(tx).await?;
    let viewer = tx.viewer();
    Ok(AccountPage {
        rows,
        previous,
        next,
        removable_sample,
        startup: viewer.slug.clone(),
        currency: viewer.currency.clone(),
        now: chrono::Utc::now(),
    })
}

async fn page(tx: &mut TenantTx, query: &ListQuery) -> Result<(Vec<AccountRow>, Option<Cursor>, Option<Cursor>), AppError> {
    let cursor = match &query.place {
        Place::After(cursor) | Place::Before(cursor) if sound(cursor, query.sort) => Some(cursor),
        _ => None,
    };
    // the page before a row is the page after it in the opposite order
    let backwards = cursor.is_some() && matches!(query.place, Place::Before(_));
    let direction = if backwards { query.direction.reversed() } else { query.direction };
    let mut rows: Vec<AccountRow> = sqlx::query_as(AssertSqlSafe(list_sql(query.sort, direction, cursor.is_some())))
        .bind(tx.startup())
        .bind(cursor.map(|c| c.key.as_str()))
        .bind(cursor.map(|c| c.id))
        .bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
        .fetch_all(tx.conn())
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    if backwards {
        rows.reverse();
    }
    let (more_before, more_after) = if backwards { (more, true) } else { (cursor.is_some(), more) };
    let place = |row: Option<&AccountRow>| row.map(|r| Cursor { id: r.id, key: r.sort_key.clone() });
    let previous = more_before.then(|| place(rows.first())).flatten();
    let next = more_after.then(|| place(rows.last())).flatten();
    Ok((rows, previous, next))
}

async fn find(tx: &mut TenantTx, search: &str) -> Result<Vec<AccountRow>, AppError> {
    let needle = search.replace('\0', "").to_lowercase();
    let sql = if needle.chars().count() < 3 { PREFIX_SQL } else { SEARCH_SQL };
    let query = sqlx::query_as(sql).bind(tx.startup()).bind(needle);
    let query = if sql == PREFIX_SQL { query.bind(i64::from(FOUND)) } else { query.bind(FOUND) };
    Ok(query.fetch_all(tx.conn()).await?)
}

/// One account.
///
/// # Errors
/// [`AppError::NotFound`] for an id that is missing, in the bin, or another startup's.
pub async fn get(tx: &mut TenantTx, id: Uuid) -> Result<Account, AppError> {
    sqlx::query_as(
        "SELECT a.id, a.name, a.domain, a.kind, a.status, a.segment, a.mrr_cents AS mrr, a.health_score AS health, u.name AS owner,
            a.last_interaction_at AS last_contact, a.last_enriched_at AS last_enriched,
            coalesce(a.last_enriched_at < now() - interval '30 days', false) AS stale, a.import_source, a.created_at,
            coalesce((SELECT jsonb_agg(jsonb_build_array(e.key, e.value) ORDER BY e.key) FROM jsonb_each_text(a.extended_info) e WHERE e.value IS NOT NULL), '[]') AS extended_info
         FROM crm_accounts a LEFT JOIN auth.users u ON u.id = a.owner_id
         WHERE a.startup_id = $1 AND a.id = $2 AND a.deleted_at IS NULL",
    )
    .bind(tx.startup())
    .bind(id)
    .fetch_optional(tx.conn())
    .await?
    .ok_or(AppError::NotFound)
}

/// Puts every account that came as sample data into the bin, with its contacts and deals. Returns how many.
///
/// # Errors
/// [`AppError::Forbidden`] for a role that may not delete.
pub async fn bin_sample(tx: &mut TenantTx) -> Result<u64, AppError> {
    let startup = tx.startup();
    for children in [
        "UPDATE crm_contacts c SET deleted_at = now() FROM crm_accounts a WHERE c.startup_id = $1 AND a.startup_id = $1 AND a.id = c.account_id AND a.import_source = 'sample' AND a.deleted_at IS NULL AND c.deleted_at IS NULL",
        "UPDATE crm_deals d SET deleted_at = now() FROM crm_accounts a WHERE d.startup_id = $1 AND a.startup_id = $1 AND a.id = d.account_id AND a.import_source = 'sample' AND a.deleted_at IS NULL AND d.deleted_at IS NULL",
    ] {
        sqlx::query(children).bind(startup).execute(tx.conn()).await?;
    }
    let done =
        sqlx::query("UPDATE crm_accounts SET deleted_at = now() WHERE startup_id = $1 AND import_source = 'sample' AND deleted_at IS NULL")
            .bind(startup)
            .execute(tx.conn())
            .await?;
    Ok(done.rows_affected())
}

/// Whether the startup still has sample data.
async fn has_sample(tx: &mut TenantTx) -> Result<bool, AppError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM crm_accounts WHERE startup_id = $1 AND import_source = 'sample' AND deleted_at IS NULL)",
    )
    .bind(tx.startup())
    .fetch_one(tx.conn())
    .await?)
}
