//! Rows of accounts.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use super::columns::Field;
use super::file::Surveyed;
use super::report::{FileReport, Reason};
use super::work::{Seen, Work};
use super::{BATCH, ImportError, LONGEST_ID, SOURCE};
use crate::accounts::{Kind, Segment, Status};
use crate::money::Money;
use crate::server::db::TenantTx;

/// The columns of a batch, one array each. `None`: the file does not say, what is there stays.
#[derive(Default)]
struct Batch {
    external_ids: Vec<String>,
    hashes: Vec<Vec<u8>>,
    names: Vec<String>,
    domains: Vec<Option<String>>,
    kinds: Vec<Option<&'static str>>,
    segments: Vec<Option<&'static str>>,
    statuses: Vec<Option<&'static str>>,
    mrrs: Vec<Option<String>>,
    owners: Vec<Option<Uuid>>,
    infos: Vec<Value>,
    /// Rows whose segment is proposed from their employees.
    proposed: u64,
}

pub async fn import(
    work: &mut Work<'_>,
    file: &Surveyed,
    rows: Vec<(u64, csv::StringRecord)>,
    seen: &mut Seen,
    report: &mut FileReport,
) -> Result<(), ImportError> {
    let mut batch = Batch::default();
    for (line, row) in &rows {
        if let Err(reason) = read(&mut batch, work, file, row, seen) {
            report.skip(*line, reason);
        }
    }
    let (updated, added) = (update(work.tx, &batch).await?, insert(work.tx, &batch).await?);
    report.updated += updated;
    report.added += added;
    report.unchanged += batch.names.len() as u64 - updated - added;
    report.proposed += batch.proposed;
    Ok(())
}

fn read(batch: &mut Batch, work: &mut Work<'_>, file: &Surveyed, row: &csv::StringRecord, seen: &mut Seen) -> Result<(), Reason> {
    let get = |field| file.columns.get(row, field);
    let name = get(Field::Name).ok_or("no name")?;
    if name.chars().count() > 200 {
        return Err(Reason::about("the name is longer than 200 characters:", name));
    }
    let kind = get(Field::Kind).map(|t| title(t).parse::<Kind>().map_err(|()| Reason::about("not a kind:", t))).transpose()?;
    let status = get(Field::Status).map(|t| title(t).parse::<Status>().map_err(|()| Reason::about("not a status:", t))).transpose()?;
    let stated = get(Field::Segment).map(|t| segment(t).ok_or_else(|| Reason::about("not a segment:", t))).transpose()?;
    let proposed = get(Field::Employees).and_then(|t| t.replace(',', "").parse().ok()).map(Segment::from_employees);
    let mrr = get(Field::Mrr).map(|t| Money::parse(t).ok_or_else(|| Reason::about("the MRR is no amount:", t))).transpose()?;
    let external_id = get(Field::ExternalId).unwrap_or(name).to_string();
    if external_id.len() > LONGEST_ID {
        return Err(Reason::about("the id is too long:", &external_id));
    }
    if !seen.first(&external_id) {
        return Err("the same account stands in an earlier line".into());
    }
    let owner = work.owner(file, row);
    if status.is_some() {
        work.stated.push(external_id.clone());
    }
    batch.proposed += u64::from(stated.is_none() && proposed.is_some());
    batch.external_ids.push(external_id);
    batch.hashes.push(file.row_hash(row, owner));
    batch.names.push(name.to_string());
    batch.domains.push(get(Field::Domain).and_then(host));
    batch.kinds.push(kind.map(Kind::as_str));
    batch.segments.push(stated.or(proposed).map(Segment::as_str));
    batch.statuses.push(status.map(Status::as_str));
    batch.mrrs.push(mrr.map(Money::decimal));
    batch.owners.push(owner);
    batch.infos.push(file.columns.others(row));
    Ok(())
}

/// A segment by its name, whatever its case.
fn segment(text: &str) -> Option<Segment> {
    Segment::ALL.iter().copied().find(|s| s.as_str().eq_ignore_ascii_case(text))
}

/// `ACTIVE` and `active` are `Active`.
fn title(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect()).unwrap_or_default()
}

/// The host of an address or a domain, lower-case, without `www.`.
fn host(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let bare = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let host = bare.split(['/', '?', '#', ':']).next()?.trim_start_matches("www.");
    let sound = host.contains('.')
        && host.len() <= 253
        && host.split('.').all(|p| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || c == '-'));
    sound.then(|| host.to_string())
}

/// Rows known from an earlier import that say something else now.
async fn update(tx: &mut TenantTx, batch: &Batch) -> Result<u64, ImportError> {
    let done = bind(
        sqlx::query(
            "UPDATE crm_accounts a SET name = n.name, domain = coalesce(n.domain, a.domain), kind = coalesce(n.kind, a.kind), segment = coalesce(n.segment, a.segment),
                status = coalesce(n.status, a.status), mrr = coalesce(n.mrr::numeric, a.mrr), owner_id = coalesce(n.owner_id, a.owner_id),
                extended_info = a.extended_info || n.info, import_hash = n.hash
             FROM unnest($3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::jsonb[])
                n(external_id, hash, name, domain, kind, segment, status, mrr, owner_id, info)
             WHERE a.startup_id = $1 AND a.import_source = $2 AND a.external_id = n.external_id AND a.import_hash IS DISTINCT FROM n.hash",
        ),
        tx.startup(),
        batch,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

async fn insert(tx: &mut TenantTx, batch: &Batch) -> Result<u64, ImportError> {
    let done = bind(
        sqlx::query(
            "INSERT INTO crm_accounts (startup_id, id, import_source, external_id, import_hash, name, domain, kind, segment, status, mrr, owner_id, extended_info)
             SELECT $1, app.uuid7(), $2, n.external_id, n.hash, n.name, n.domain, coalesce(n.kind, 'Customer'), coalesce(n.segment, 'SMB'), coalesce(n.status, 'Lead'),
                coalesce(n.mrr::numeric, 0), n.owner_id, n.info
             FROM unnest($3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::jsonb[])
                n(external_id, hash, name, domain, kind, segment, status, mrr, owner_id, info)
             WHERE NOT EXISTS (SELECT FROM crm_accounts a WHERE a.startup_id = $1 AND a.import_source = $2 AND a.external_id = n.external_id)
             ON CONFLICT DO NOTHING",
        ),
        tx.startup(),
        batch,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

fn bind<'q>(query: Query<'q>, startup: Uuid, batch: &'q Batch) -> Query<'q> {
    query
        .bind(startup)
        .bind(SOURCE)
        .bind(&batch.external_ids)
        .bind(&batch.hashes)
        .bind(&batch.names)
        .bind(&batch.domains)
        .bind(&batch.kinds)
        .bind(&batch.segments)
        .bind(&batch.statuses)
        .bind(&batch.mrrs)
        .bind(&batch.owners)
        .bind(&batch.infos)
}

/// The account of that name, made where there is none; with whether it was made.
pub async fn named(tx: &mut TenantTx, name: &str) -> Result<(Uuid, bool), ImportError> {
    let found: Option<Uuid> = sqlx::query_scalar("SELECT id FROM crm_accounts WHERE startup_id = $1 AND deleted_at IS NULL AND name_key = lower($2 COLLATE \"und-x-icu\") ORDER BY created_at, id LIMIT 1")
        .bind(tx.startup())
        .bind(name)
        .fetch_optional(tx.conn())
        .await?;
    if let Some(id) = found {
        return Ok((id, false));
    }
    let id = Uuid::now_v7();
    sqlx::query("INSERT INTO crm_accounts (startup_id, id, name, import_source) VALUES ($1, $2, $3, $4)")
        .bind(tx.startup())
        .bind(id)
        .bind(name)
        .bind(SOURCE)
        .execute(tx.conn())
        .await?;
    Ok((id, true))
}

/// Accounts with a won deal are customers: a Lead becomes Active, unless its file said that it is one. Returns how many did.
pub async fn activate(tx: &mut TenantTx, won: &HashSet<Uuid>, stated: &[String]) -> Result<u64, ImportError> {
    let ids: Vec<Uuid> = won.iter().copied().collect();
    let mut activated = 0;
    // in batches: each row's health is calculated anew, and a statement has its time limit
    for ids in ids.chunks(BATCH) {
        let done = sqlx::query(
            "UPDATE crm_accounts SET status = 'Active' WHERE startup_id = $1 AND id = ANY ($2) AND status = 'Lead'
               AND NOT (import_source IS NOT DISTINCT FROM $3 AND external_id = ANY ($4))",
        )
        .bind(tx.startup())
        .bind(ids)
        .bind(SOURCE)
        .bind(stated)
        .execute(tx.conn())
        .await?;
        activated += done.rows_affected();
    }
    Ok(activated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_come_out_of_addresses() {
        assert_eq!(host("https://www.Acme.example/about?x=1").as_deref(), Some("acme.example"));
        assert_eq!(host("acme.example:8080").as_deref(), Some("acme.example"));
        for text in ["acme", "http://", "a..b", "what is this?"] {
            assert_eq!(host(text), None, "{text}");
        }
    }
}
