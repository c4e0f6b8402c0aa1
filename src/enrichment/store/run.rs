//! Research in the database, as the worker writes it: within the context of the member whose job it is.

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::fact_row::{FactRow, read_fact};
use crate::enrichment::GroundingChoice;
use crate::enrichment::fact::{Fact, Provider};
use crate::enrichment::merge::{Known, Plan, Written};
use crate::enrichment::provider::{Company, Research};
use crate::enrichment::snapshot::{known_of, snapshot};
use crate::error::AppError;
use crate::jobs::worker::Claimed;
use crate::server::db::TenantTx;

/// Google's links may be kept this long, in days, its texts for two years.
const LINKS: TimeDelta = TimeDelta::days(30);
const TEXTS: Months = Months::new(24);
/// Contacts of an account that get a row of a run, newest first.
const LEADS: i64 = 20;
/// Facts of an account that a run is compared with, latest first.
const KNOWN: i64 = 2_000;

/// What a job is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub account: Uuid,
    pub company: Company,
    pub choice: Option<GroundingChoice>,
}

/// The account of a job, by itself or by its contact.
///
/// # Errors
/// [`AppError::NotFound`] when it is in the bin by now.
pub async fn subject(tx: &mut TenantTx, job: &Claimed) -> Result<Subject, AppError> {
    let row: Option<(Uuid, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT a.id, a.name, a.domain, s.settings ->> 'grounding' FROM crm_accounts a JOIN startups s ON s.id = a.startup_id
         WHERE a.startup_id = $1 AND a.deleted_at IS NULL
           AND a.id = coalesce((SELECT c.account_id FROM crm_contacts c WHERE c.startup_id = $1 AND c.id = $2), $3, $2)",
    )
    .bind(tx.startup())
    .bind(job.subject_id)
    .bind(job.account_id)
    .fetch_optional(tx.conn())
    .await?;
    let (account, name, domain, choice) = row.ok_or(AppError::NotFound)?;
    Ok(Subject { account, company: Company { name, domain }, choice: choice.and_then(|c| c.parse().ok()) })
}

/// Whether a provider has researched an account since then, as far as the person sees.
///
/// # Errors
/// When the database cannot be reached.
pub async fn has_run(tx: &mut TenantTx, account: Uuid, provider: Provider, since: DateTime<Utc>) -> Result<bool, AppError> {
    let sql =
        "SELECT EXISTS (SELECT FROM crm_lead_enrichment WHERE startup_id = $1 AND account_id = $2 AND provider = $3 AND created_at >= $4)";
    let found = sqlx::query_scalar(sql).bind(tx.startup()).bind(account).bind(provider.as_str()).bind(since);
    Ok(found.fetch_one(tx.conn()).await?)
}

/// Gives contacts without a row of the account's newest runs one each: research is about the company.
///
/// # Errors
/// When the database refuses.
pub async fn share_runs(tx: &mut TenantTx, account: Uuid) -> Result<(), AppError> {
    sqlx::query(
        "INSERT INTO crm_lead_enrichment (startup_id, account_id, lead_id, run_id, ceo_name, recent_news, funding_history, hiring_trends, market_score, gemini_summary,
            provider, model, search_suggestions, search_queries, requested_by, only_for, grounded_at, links_expire_at, text_expires_at)
         SELECT DISTINCT ON (c.id, r.provider) r.startup_id, r.account_id, c.id, r.run_id, r.ceo_name, r.recent_news, r.funding_history, r.hiring_trends, r.market_score, r.gemini_summary,
            r.provider, r.model, r.search_suggestions, r.search_queries, r.requested_by, r.only_for, r.grounded_at, r.links_expire_at, r.text_expires_at
         FROM crm_lead_enrichment r JOIN crm_contacts c ON c.startup_id = r.startup_id AND c.account_id = r.account_id AND c.deleted_at IS NULL
         WHERE r.startup_id = $1 AND r.account_id = $2 AND r.created_at > now() - interval '1 day'
           AND NOT EXISTS (SELECT FROM crm_lead_enrichment o WHERE o.startup_id = $1 AND o.lead_id = c.id AND o.run_id = r.run_id)
         ORDER BY c.id, r.provider, r.created_at DESC",
    )
    .bind(tx.startup())
    .bind(account)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is known of an account for the same audience, whatever became of it. One run at a time lays itself over it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn known(tx: &mut TenantTx, account: Uuid, only_for: Option<Uuid>) -> Result<Vec<Known>, AppError> {
    let startup = tx.startup();
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(format!("facts {startup} {account}"))
        .execute(tx.conn())
        .await?;
    let rows: Vec<FactRow> = sqlx::query_as(
        "SELECT id, key, value, provider, status, about, observed_at, sources FROM account_facts
         WHERE startup_id = $1 AND account_id = $2 AND only_for IS NOT DISTINCT FROM $3 ORDER BY observed_at DESC, id LIMIT $4",
    )
    .bind(startup)
    .bind(account)
    .bind(only_for)
    .bind(KNOWN)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().filter_map(FactRow::known).collect())
}

/// A run as it is written: whom it is for, and until when what it brought may be kept.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: Uuid,
    pub account: Uuid,
    pub only_for: Option<Uuid>,
    pub links_expire_at: Option<DateTime<Utc>>,
    pub text_expires_at: Option<DateTime<Utc>>,
}

impl Run {
    pub fn new(account: Uuid, research: &Research, only_for: Option<Uuid>) -> Self {
        let at = research.grounding.as_ref().map(|g| g.at);
        Self {
            id: Uuid::now_v7(),
            account,
            only_for,
            links_expire_at: at.map(|at| at + LINKS),
            text_expires_at: at.and_then(|at| at.checked_add_months(TEXTS)),
        }
    }
}

/// Writes a plan's facts.
///
/// # Errors
/// When the database refuses.
pub async fn write_facts(tx: &mut TenantTx, run: &Run, provider: Provider, plan: &Plan) -> Result<(), AppError> {
    let (new, seen): (Vec<&Written>, Vec<&Written>) = plan.written.iter().partition(|w| w.is_new);
    let startup = tx.startup();
    sqlx::query(
        "INSERT INTO account_facts (startup_id, id, account_id, key, value, identity, about, observed_at, provider, run_id, status, sources, only_for, links_expire_at, text_expires_at)
         SELECT $1, x.id, $2, x.key, x.value, x.identity, x.about, now(), $3, $4, x.status, x.sources, $5, $6, $7
         FROM jsonb_to_recordset($8) x(id uuid, key text, value jsonb, identity text, about date, status text, sources jsonb)",
    )
    .bind(startup)
    .bind(run.account)
    .bind(provider.as_str())
    .bind(run.id)
    .bind(run.only_for)
    .bind(run.links_expire_at)
    .bind(run.text_expires_at)
    .bind(rows(&new))
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "UPDATE account_facts f SET value = x.value, about = coalesce(x.about, f.about), observed_at = now(), run_id = $3, status = x.status, sources = x.sources, links_expire_at = $4, text_expires_at = $5
         FROM jsonb_to_recordset($6) x(id uuid, value jsonb, about date, status text, sources jsonb) WHERE f.startup_id = $1 AND f.account_id = $2 AND f.id = x.id",
    )
    .bind(startup)
    .bind(run.account)
    .bind(run.id)
    .bind(run.links_expire_at)
    .bind(run.text_expires_at)
    .bind(rows(&seen))
    .execute(tx.conn())
    .await?;
    let (ids, statuses): (Vec<Uuid>, Vec<&str>) = plan.turned.iter().map(|(id, status)| (id, status.as_str())).unzip();
    sqlx::query("UPDATE account_facts f SET status = x.status FROM unnest($2::uuid[], $3::text[]) x(id, status) WHERE f.startup_id = $1 AND f.id = x.id")
        .bind(startup)
        .bind(ids)
        .bind(statuses)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn rows(written: &[&Written]) -> Value {
    let row = |w: &&Written| {
        let value = serde_json::to_value(&w.fact).ok().and_then(|mut fact| fact.get_mut("value").map(Value::take)).unwrap_or_default();
        json!({ "id": w.id, "key": w.fact.key(), "value": value, "identity": w.fact.identity(), "about": w.about, "status": w.status, "sources": w.sources })
    };
    written.iter().map(row).collect()
}

/// Writes a run's snapshot, a row for each of the account's contacts; the first bears the cost.
///
/// # Errors
/// When the database refuses.
pub async fn write_run(tx: &mut TenantTx, run: &Run, research: &Research) -> Result<(), AppError> {
    let (startup, asked_by) = (tx.startup(), tx.viewer().user_id);
    let short = snapshot(&research.findings);
    let grounding = research.grounding.as_ref();
    sqlx::query(
        "INSERT INTO crm_lead_enrichment (startup_id, id, account_id, lead_id, run_id, ceo_name, recent_news, funding_history, hiring_trends, market_score, gemini_summary,
            provider, model, search_suggestions, search_queries, requested_by, only_for, grounded_at, links_expire_at, text_expires_at, cost_micros)
         SELECT $1, app.uuid7(), $2, l.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, CASE WHEN l.n = 1 THEN $19 ELSE 0 END
         FROM (SELECT c.id, row_number() OVER (ORDER BY c.created_at DESC, c.id) AS n FROM crm_contacts c WHERE c.startup_id = $1 AND c.account_id = $2 AND c.deleted_at IS NULL
               UNION ALL SELECT NULL, 1 WHERE NOT EXISTS (SELECT FROM crm_contacts c WHERE c.startup_id = $1 AND c.account_id = $2 AND c.deleted_at IS NULL)) l
         WHERE l.n <= $20",
    )
    .bind(startup)
    .bind(run.account)
    .bind(run.id)
    .bind(short.ceo_name)
    .bind(short.recent_news)
    .bind(short.funding_history)
    .bind(short.hiring_trends)
    .bind(short.market_score)
    .bind(short.summary)
    .bind(research.provider.as_str())
    .bind(&research.model)
    .bind(grounding.map(|g| g.suggestions.as_str()))
    .bind(Json(grounding.map(|g| g.queries.clone()).unwrap_or_default()))
    .bind(asked_by)
    .bind(run.only_for)
    .bind(grounding.map(|g| g.at))
    .bind(run.links_expire_at)
    .bind(run.text_expires_at)
    .bind(research.cost)
    .bind(LEADS)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Marks an account as researched now, and keeps in its own fields what is known for the whole team.
///
/// # Errors
/// When the database refuses.
pub async fn mark(tx: &mut TenantTx, account: Uuid) -> Result<(), AppError> {
    let startup = tx.startup();
    let rows: Vec<(String, Value)> = sqlx::query_as(
        "SELECT key, value FROM account_facts WHERE startup_id = $1 AND account_id = $2 AND only_for IS NULL AND status IN ('person', 'supported', 'contradicted')
         ORDER BY status = 'person' DESC, observed_at DESC, id LIMIT $3",
    )
    .bind(startup)
    .bind(account)
    .bind(KNOWN)
    .fetch_all(tx.conn())
    .await?;
    let facts: Vec<Fact> = rows.iter().filter_map(|(key, value)| read_fact(key, value)).collect();
    // a further field of that name that a person wrote is theirs
    sqlx::query(
        "UPDATE crm_accounts SET last_enriched_at = now(), extended_info = CASE WHEN coalesce(jsonb_typeof(extended_info -> 'research'), 'object') = 'object'
            THEN extended_info || jsonb_build_object('research', $3::jsonb) ELSE extended_info END
         WHERE startup_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(startup)
    .bind(account)
    .bind(Value::Object(known_of(&facts)))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A run that asked nobody counts for no budget.
///
/// # Errors
/// When the database refuses.
pub async fn unused_run(tx: &mut TenantTx) -> Result<(), AppError> {
    sqlx::query("SELECT app.unused_run()").execute(tx.conn()).await?;
    Ok(())
}

/// Counts what a run cost, whether it came to something or not.
///
/// # Errors
/// When the database refuses.
pub async fn spend(tx: &mut TenantTx, micros: i64) -> Result<(), AppError> {
    sqlx::query("SELECT app.spent($1)").bind(micros).execute(tx.conn()).await?;
    Ok(())
}
