//! The list. Every order has an index led by the startup, so that a page is one index range; a filter that leaves little
//! has an index of its own.

use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::accounts::filter::{Filter, Owner};
use crate::accounts::query::{Cursor, Direction, ListQuery, Place, Sort};
use crate::accounts::totals::COUNTED;
use crate::accounts::{AccountPage, AccountRow, Totals};
use crate::error::AppError;
use crate::server::db::TenantTx;

/// Rows of a page.
pub const PAGE: usize = 50;
/// Rows that a search shows at most, best first.
const FOUND: i32 = 200;

/// What a line of the list reads, without its sort key.
const COLUMNS: &str = "a.id, a.name, a.domain, a.status, a.segment, a.mrr_cents AS mrr, a.health_score AS health, a.priority, a.owner_id, u.name AS owner, \
     a.last_interaction_at AS last_contact, a.created_at, a.version, coalesce(a.last_enriched_at < now() - interval '30 days', false) AS stale";

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
        Sort::Priority => ("priority", "int"),
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

fn strings<T: Copy>(words: &[T], text: fn(T) -> &'static str) -> Option<Vec<&'static str>> {
    (!words.is_empty()).then(|| words.iter().map(|w| text(*w)).collect())
}

/// Adds the filter's conditions, those only that are asked for.
fn push_filter(sql: &mut QueryBuilder<Postgres>, filter: &Filter) {
    let lists = [
        ("status", strings(&filter.statuses, |s| s.as_str())),
        ("segment", strings(&filter.segments, |s| s.as_str())),
        ("kind", strings(&filter.kinds, |s| s.as_str())),
    ];
    for (column, words) in lists {
        match words.as_deref() {
            None => {}
            // equality goes into an index's condition and keeps its order
            Some([word]) => drop(sql.push(" AND a.").push(column).push(" = ").push_bind(*word)),
            Some(words) => drop(sql.push(" AND a.").push(column).push(" = ANY (").push_bind(words.to_vec()).push(")")),
        }
    }
    match filter.owner {
        None => {}
        Some(Owner::Nobody) => drop(sql.push(" AND a.owner_id IS NULL")),
        Some(Owner::Member(id)) => drop(sql.push(" AND a.owner_id = ").push_bind(id)),
    }
    if filter.has_health() {
        let (least, most) = filter.health;
        sql.push(" AND a.health_score BETWEEN ").push_bind(i32::from(least)).push(" AND ").push_bind(i32::from(most));
    }
    if filter.stale {
        sql.push(" AND a.last_enriched_at < now() - interval '30 days'");
    }
}

/// The statement of a page, read forwards in `direction` from `cursor`.
pub fn list_sql(startup: Uuid, sort: Sort, direction: Direction, cursor: Option<&Cursor>, filter: &Filter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("");
    let ranges = ranges(sort, filter);
    if let [range] = ranges.as_slice() {
        push_page(&mut sql, startup, sort, direction, cursor, range);
        return sql;
    }
    for (n, range) in ranges.iter().enumerate() {
        sql.push(if n > 0 { ") UNION ALL (" } else { "SELECT * FROM ((" });
        push_page(&mut sql, startup, sort, direction, cursor, range);
    }
    let order = order(direction);
    sql.push(format!(")) p ORDER BY p.sort_key {order}, p.id {order} LIMIT ")).push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    sql
}

/// An order by what is filtered has its rows in one range of the index for each word: read word by word, so that what lies
/// between them is not read.
fn ranges(sort: Sort, filter: &Filter) -> Vec<Filter> {
    match sort {
        Sort::Status if filter.statuses.len() > 1 => {
            filter.statuses.iter().map(|word| Filter { statuses: vec![*word], ..filter.clone() }).collect()
        }
        Sort::Segment if filter.segments.len() > 1 => {
            filter.segments.iter().map(|word| Filter { segments: vec![*word], ..filter.clone() }).collect()
        }
        _ => vec![filter.clone()],
    }
}

const fn order(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    }
}

fn push_page(sql: &mut QueryBuilder<Postgres>, startup: Uuid, sort: Sort, direction: Direction, cursor: Option<&Cursor>, filter: &Filter) {
    let (key, kind) = column(sort);
    let order = order(direction);
    sql.push(format!(
        "SELECT {COLUMNS}, a.{key}::text AS sort_key FROM crm_accounts a LEFT JOIN auth.users u ON u.id = a.owner_id WHERE a.startup_id = "
    ));
    sql.push_bind(startup).push(" AND a.deleted_at IS NULL");
    if let Some(cursor) = cursor {
        let beyond = if direction == Direction::Ascending { ">" } else { "<" };
        sql.push(format!(" AND (a.{key}, a.id) {beyond} (")).push_bind(cursor.key.clone()).push(format!("::text::{kind}, "));
        sql.push_bind(cursor.id).push(")");
    }
    push_filter(sql, filter);
    sql.push(format!(" ORDER BY a.{key} {order}, a.id {order} LIMIT ")).push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
}

/// Likeness of three letters and more: ids come from a function, rows are read under the caller's own policies.
pub fn search_sql(startup: Uuid, needle: &str, filter: &Filter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS}, '' AS sort_key FROM app.search_accounts("));
    let mut values = sql.separated(", ");
    values.push_bind(needle.to_string()).push_bind(FOUND);
    values.push_bind(strings(&filter.statuses, |s| s.as_str())).push_bind(strings(&filter.segments, |s| s.as_str()));
    values.push_bind(strings(&filter.kinds, |s| s.as_str()));
    values.push_bind(filter.owner.map(|owner| match owner {
        Owner::Nobody => Uuid::nil(),
        Owner::Member(id) => id,
    }));
    values.push_bind(i32::from(filter.health.0)).push_bind(i32::from(filter.health.1));
    sql.push(if filter.stale { ", now() - interval '30 days'" } else { ", NULL" });
    sql.push(") h JOIN crm_accounts a ON a.id = h.id LEFT JOIN auth.users u ON u.id = a.owner_id WHERE a.startup_id = ").push_bind(startup);
    sql.push(" AND a.deleted_at IS NULL ORDER BY h.score DESC, a.id");
    sql
}

/// Fewer than three letters: what a name, a domain or a contact's address begins with, each a range of an index whose order
/// is `~<~`. (`^@` finds such an index only in plans made for one value; a prepared statement's plan is for any.)
pub fn prefix_sql(startup: Uuid, needle: &str, filter: &Filter) -> QueryBuilder<Postgres> {
    let end = format!("{needle}{}", char::MAX);
    let mut sql = QueryBuilder::new(format!("SELECT {COLUMNS}, '' AS sort_key FROM ("));
    for (n, column) in ["a.name_key", "a.domain", "c.email"].into_iter().enumerate() {
        sql.push(if n > 0 { " UNION (" } else { "(" });
        let from = if column.starts_with("c.") {
            "crm_contacts c JOIN crm_accounts a ON a.startup_id = c.startup_id AND a.id = c.account_id"
        } else {
            "crm_accounts a"
        };
        sql.push(format!("SELECT a.id FROM {from} WHERE a.startup_id = ")).push_bind(startup).push(" AND a.deleted_at IS NULL");
        if column.starts_with("c.") {
            sql.push(" AND c.deleted_at IS NULL AND c.startup_id = ").push_bind(startup);
        }
        sql.push(format!(" AND {column} ~>=~ ")).push_bind(needle.to_string()).push(format!(" AND {column} ~<~ ")).push_bind(end.clone());
        push_filter(&mut sql, filter);
        sql.push(format!(" ORDER BY {column} USING ~<~ LIMIT {FOUND})"));
    }
    sql.push(") f JOIN crm_accounts a ON a.id = f.id LEFT JOIN auth.users u ON u.id = a.owner_id WHERE a.startup_id = ").push_bind(startup);
    sql.push(" ORDER BY a.name_key ~>=~ ").push_bind(needle.to_string()).push(" AND a.name_key ~<~ ").push_bind(end);
    sql.push(format!(" DESC, a.name_key USING ~<~, a.id LIMIT {FOUND}"));
    sql
}

/// The statement of the filter's totals, over one account more than are counted.
pub fn totals_sql(startup: Uuid, filter: &Filter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "SELECT count(*) AS accounts, coalesce(sum(t.mrr_cents), 0)::bigint AS mrr_cents, round(avg(t.health_score))::int AS health \
         FROM (SELECT a.mrr_cents, a.health_score FROM crm_accounts a WHERE a.startup_id = ",
    );
    sql.push_bind(startup).push(" AND a.deleted_at IS NULL");
    push_filter(&mut sql, filter);
    sql.push(format!(" LIMIT {}) t", COUNTED + 1));
    sql
}

/// A statement of a filter is planned for its values: how rare they are decides where it is best to begin.
fn planned<'q, T>(sql: &'q mut QueryBuilder<Postgres>, filter: &Filter) -> QueryAs<'q, Postgres, T, PgArguments>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    sql.build_query_as().persistent(filter.is_empty())
}

/// A page of the startup's accounts.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(tx: &mut TenantTx, query: &ListQuery) -> Result<AccountPage, AppError> {
    let (rows, previous, next) = if query.search.is_empty() { page(tx, query).await? } else { (find(tx, query).await?, None, None) };
    let removable_sample = tx.viewer().role.manages() && has_sample(tx).await?;
    Ok(AccountPage { rows, previous, next, removable_sample, now: chrono::Utc::now() })
}

async fn page(tx: &mut TenantTx, query: &ListQuery) -> Result<(Vec<AccountRow>, Option<Cursor>, Option<Cursor>), AppError> {
    let cursor = match &query.place {
        Place::After(cursor) | Place::Before(cursor) if sound(cursor, query.sort) => Some(cursor),
        _ => None,
    };
    // the page before a row is the page after it in the opposite order
    let backwards = cursor.is_some() && matches!(query.place, Place::Before(_));
    let direction = if backwards { query.direction.reversed() } else { query.direction };
    let mut sql = list_sql(tx.startup(), query.sort, direction, cursor, &query.filter);
    let mut rows: Vec<AccountRow> = planned(&mut sql, &query.filter).fetch_all(tx.conn()).await?;
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

async fn find(tx: &mut TenantTx, query: &ListQuery) -> Result<Vec<AccountRow>, AppError> {
    let needle = query.search.replace('\0', "").to_lowercase();
    let statement = if needle.chars().count() < 3 { prefix_sql } else { search_sql };
    let mut sql = statement(tx.startup(), &needle, &query.filter);
    Ok(planned(&mut sql, &query.filter).fetch_all(tx.conn()).await?)
}

/// Sums over all accounts of the query's filter. A search adds up what it found.
///
/// # Errors
/// When the database cannot be reached.
pub async fn totals(tx: &mut TenantTx, query: &ListQuery) -> Result<Totals, AppError> {
    if !query.search.is_empty() {
        return Ok(sum(&find(tx, query).await?));
    }
    let mut sql = totals_sql(tx.startup(), &query.filter);
    Ok(planned(&mut sql, &query.filter).fetch_one(tx.conn()).await?)
}

fn sum(rows: &[AccountRow]) -> Totals {
    let accounts = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let health: i64 = rows.iter().map(|row| i64::from(row.health)).sum();
    let mean = (accounts > 0).then(|| i32::try_from((health + accounts / 2) / accounts).unwrap_or_default());
    Totals { accounts, mrr_cents: rows.iter().map(|row| row.mrr.cents()).sum(), health: mean }
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
