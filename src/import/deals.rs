//! Rows of deals.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use super::columns::Field;
use super::file::Surveyed;
use super::report::{FileReport, Reason};
use super::work::{Seen, Work};
use super::{ImportError, LONGEST_ID, SOURCE, accounts};
use crate::deals::Stage;
use crate::money::Money;
use crate::server::db::TenantTx;

/// The columns of a batch, one array each.
#[derive(Default)]
struct Batch {
    external_ids: Vec<String>,
    hashes: Vec<Vec<u8>>,
    accounts: Vec<Uuid>,
    names: Vec<String>,
    stages: Vec<&'static str>,
    amounts: Vec<Option<String>>,
    opened: Vec<Option<NaiveDate>>,
    closed: Vec<Option<NaiveDate>>,
    expected: Vec<Option<NaiveDate>>,
    lost_reasons: Vec<Option<String>>,
    owners: Vec<Option<Uuid>>,
    infos: Vec<Value>,
}

/// Stages by the names that other systems have for them.
fn stage(text: &str) -> Option<Stage> {
    Some(match text.to_lowercase().as_str() {
        "prospecting" | "qualified" | "qualification" | "new" => Stage::Qualified,
        "engaging" | "proposal" | "proposal made" | "quote" => Stage::Proposal,
        "negotiation" | "negotiating" | "contract" => Stage::Negotiation,
        "won" | "closed won" | "closedwon" => Stage::ClosedWon,
        "lost" | "closed lost" | "closedlost" => Stage::ClosedLost,
        _ => return None,
    })
}

pub async fn import(
    work: &mut Work<'_>,
    file: &Surveyed,
    rows: Vec<(u64, csv::StringRecord)>,
    seen: &mut Seen,
    report: &mut FileReport,
) -> Result<(), ImportError> {
    let found = accounts_of(work, file, &rows, report).await?;
    let mut batch = Batch::default();
    for (line, row) in &rows {
        if let Err(reason) = read(&mut batch, work, file, row, &found, seen) {
            report.skip(*line, reason);
        }
    }
    let updated = update(work.tx, &batch).await?;
    let added = insert(work.tx, &batch).await?;
    report.updated += updated.len() as u64;
    report.added += added.len() as u64;
    report.unchanged += batch.names.len() as u64 - (updated.len() + added.len()) as u64;
    let won = updated.into_iter().chain(added).filter(|(_, stage)| stage == Stage::ClosedWon.as_str());
    work.won.extend(won.map(|(account, _)| account));
    Ok(())
}

/// The accounts that the batch's rows name, by the name as written; under "" the one for rows that name none.
async fn accounts_of(
    work: &mut Work<'_>,
    file: &Surveyed,
    rows: &[(u64, csv::StringRecord)],
    report: &mut FileReport,
) -> Result<HashMap<String, Uuid>, ImportError> {
    let mut names: Vec<&str> = rows.iter().filter_map(|(_, row)| file.columns.get(row, Field::Account)).collect();
    names.sort_unstable();
    names.dedup();
    let any_missing = rows.iter().any(|(_, row)| file.columns.get(row, Field::Account).is_none());
    // the oldest of several with one name: later ones are overwritten
    let found: Vec<(String, Uuid)> = sqlx::query_as(
        "SELECT t.name, a.id FROM unnest($2::text[]) t(name) JOIN crm_accounts a ON a.startup_id = $1 AND a.name_key = lower(t.name COLLATE \"und-x-icu\") AND a.deleted_at IS NULL
         ORDER BY a.created_at DESC, a.id DESC",
    )
    .bind(work.tx.startup())
    .bind(&names)
    .fetch_all(work.tx.conn())
    .await?;
    let mut found: HashMap<String, Uuid> = found.into_iter().collect();
    if let (true, Some(name)) = (any_missing, &work.options.account_for_missing) {
        let (id, made) = accounts::named(work.tx, name).await?;
        if made {
            report.notes.push(format!("the account “{name}” was made for deals that name none"));
        }
        found.insert(String::new(), id);
    }
    Ok(found)
}

fn read(
    batch: &mut Batch,
    work: &Work<'_>,
    file: &Surveyed,
    row: &csv::StringRecord,
    found: &HashMap<String, Uuid>,
    seen: &mut Seen,
) -> Result<(), Reason> {
    let get = |field| file.columns.get(row, field);
    let account = match get(Field::Account) {
        Some(name) => *found.get(name).ok_or_else(|| Reason::about("there is no account of that name:", name))?,
        None => *found.get("").ok_or("no account is named (say --account-for-missing NAME to put them under one)")?,
    };
    let stated = get(Field::Stage).ok_or("no stage")?;
    let stage = stage(stated).ok_or_else(|| Reason::about("not a stage:", stated))?;
    let amount = get(Field::Amount).map(|t| Money::parse(t).ok_or_else(|| Reason::about("the amount is none:", t))).transpose()?;
    let owner = work.owner(file, row);
    let hash = file.row_hash(row, owner);
    let external_id = get(Field::ExternalId).map_or_else(|| hash.iter().map(|b| format!("{b:02x}")).collect(), str::to_string);
    if external_id.len() > LONGEST_ID {
        return Err(Reason::about("the id is too long:", &external_id));
    }
    if !seen.first(&external_id) {
        return Err("the same deal stands in an earlier line".into());
    }
    let name = get(Field::Name).or(get(Field::Product)).map_or_else(|| format!("Deal {external_id}"), str::to_string);
    let closing = file.date(row, Field::Closed);
    batch.external_ids.push(external_id);
    batch.hashes.push(hash);
    batch.accounts.push(account);
    batch.names.push(name.chars().take(200).collect());
    batch.stages.push(stage.as_str());
    // files write 0 for what is not known yet; only a won deal can really be worth nothing
    batch.amounts.push(amount.filter(|a| *a != Money::ZERO || stage == Stage::ClosedWon).map(Money::decimal));
    batch.opened.push(file.date(row, Field::Opened));
    batch.closed.push(closing.filter(|_| stage.is_closed()));
    batch.expected.push(file.date(row, Field::ExpectedClose).or(closing.filter(|_| !stage.is_closed())));
    batch.lost_reasons.push(get(Field::LostReason).map(|t| t.chars().take(500).collect()));
    batch.owners.push(owner);
    batch.infos.push(file.columns.others(row));
    Ok(())
}

/// Returns account and stage of each deal that says something else now.
async fn update(tx: &mut TenantTx, batch: &Batch) -> Result<Vec<(Uuid, String)>, ImportError> {
    let startup = tx.startup();
    let rows = bind(
        sqlx::query(
            "UPDATE crm_deals d SET account_id = n.account_id, name = n.name, stage = n.stage, stage_since = CASE WHEN d.stage = n.stage THEN d.stage_since ELSE coalesce(n.closed::timestamptz, now()) END,
                amount = coalesce(n.amount::numeric, d.amount), opened_at = coalesce(n.opened::timestamptz, d.opened_at), closed_at = coalesce(n.closed::timestamptz, d.closed_at),
                expected_close = coalesce(n.expected, d.expected_close), lost_reason = coalesce(n.lost_reason, d.lost_reason), owner_id = coalesce(n.owner_id, d.owner_id),
                extended_info = d.extended_info || n.info, import_hash = n.hash
             FROM unnest($3::text[], $4::bytea[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::date[], $10::date[], $11::date[], $12::text[], $13::uuid[], $14::jsonb[])
                n(external_id, hash, account_id, name, stage, amount, opened, closed, expected, lost_reason, owner_id, info)
             WHERE d.startup_id = $1 AND d.import_source = $2 AND d.external_id = n.external_id AND d.import_hash IS DISTINCT FROM n.hash RETURNING d.account_id, d.stage",
        ),
        startup,
        batch,
    )
    .fetch_all(tx.conn())
    .await?;
    accounts_and_stages(rows)
}

/// Returns account and stage of each deal that is new.
async fn insert(tx: &mut TenantTx, batch: &Batch) -> Result<Vec<(Uuid, String)>, ImportError> {
    let startup = tx.startup();
    let rows = bind(
        sqlx::query(
            "INSERT INTO crm_deals (startup_id, id, import_source, external_id, import_hash, account_id, name, stage, amount, opened_at, closed_at, expected_close, lost_reason, owner_id, extended_info)
             SELECT $1, app.uuid7(), $2, n.external_id, n.hash, n.account_id, n.name, n.stage, n.amount::numeric, n.opened::timestamptz, n.closed::timestamptz, n.expected, n.lost_reason, n.owner_id, n.info
             FROM unnest($3::text[], $4::bytea[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::date[], $10::date[], $11::date[], $12::text[], $13::uuid[], $14::jsonb[])
                n(external_id, hash, account_id, name, stage, amount, opened, closed, expected, lost_reason, owner_id, info)
             WHERE NOT EXISTS (SELECT FROM crm_deals d WHERE d.startup_id = $1 AND d.import_source = $2 AND d.external_id = n.external_id)
             ON CONFLICT DO NOTHING RETURNING account_id, stage",
        ),
        startup,
        batch,
    )
    .fetch_all(tx.conn())
    .await?;
    accounts_and_stages(rows)
}

fn accounts_and_stages(rows: Vec<sqlx::postgres::PgRow>) -> Result<Vec<(Uuid, String)>, ImportError> {
    rows.iter().map(|row| Ok((sqlx::Row::try_get(row, 0)?, sqlx::Row::try_get(row, 1)?))).collect()
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

fn bind<'q>(query: Query<'q>, startup: Uuid, batch: &'q Batch) -> Query<'q> {
    query
        .bind(startup)
        .bind(SOURCE)
        .bind(&batch.external_ids)
        .bind(&batch.hashes)
        .bind(&batch.accounts)
        .bind(&batch.names)
        .bind(&batch.stages)
        .bind(&batch.amounts)
        .bind(&batch.opened)
        .bind(&batch.closed)
        .bind(&batch.expected)
        .bind(&batch.lost_reasons)
        .bind(&batch.owners)
        .bind(&batch.infos)
}
