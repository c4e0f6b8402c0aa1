//! What people see of research, and what they say themselves.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::fact_row::FactRow;
use crate::accounts::Account;
use crate::enrichment::fact::{Fact, Source};
use crate::enrichment::merge::Known;
use crate::enrichment::{Insight, Researched, Settings, ShownFact};
use crate::error::AppError;
use crate::server::context::ResearchMeans;
use crate::server::db::TenantTx;

/// Facts of an account that are shown, superseded ones left out.
const SHOWN: i64 = 500;

/// An account's facts as they are shown: startup, account, how many.
pub const FACTS: &str =
    "SELECT f.id, f.key, f.value, f.provider, f.status, f.about, f.observed_at, f.sources, f.links_expire_at, u.name AS set_by, f.only_for IS NOT NULL AS is_private
         FROM account_facts f LEFT JOIN auth.users u ON u.id = f.set_by
         WHERE f.startup_id = $1 AND f.account_id = $2 AND f.status <> 'superseded'
         ORDER BY f.status = 'person' DESC, coalesce(f.about, f.observed_at::date) DESC, f.observed_at DESC, f.id LIMIT $3";

/// The newest run of each provider: startup, account.
pub const RUNS: &str =
    "SELECT DISTINCT ON (r.provider) r.run_id AS id, r.provider, r.model, r.created_at, u.name AS asked_by, r.only_for IS NOT NULL AS is_private,
            r.search_suggestions IS NOT NULL AS has_suggestions, c.cost AS cost_micros
         FROM crm_lead_enrichment r LEFT JOIN auth.users u ON u.id = r.requested_by
         CROSS JOIN LATERAL (SELECT sum(o.cost_micros)::bigint AS cost FROM crm_lead_enrichment o WHERE o.startup_id = $1 AND o.account_id = $2 AND o.run_id = r.run_id) c
         WHERE r.startup_id = $1 AND r.account_id = $2 ORDER BY r.provider, r.created_at DESC, r.id DESC";

#[derive(sqlx::FromRow)]
struct ShownRow {
    #[sqlx(flatten)]
    row: FactRow,
    links_expire_at: Option<DateTime<Utc>>,
    set_by: Option<String>,
    is_private: bool,
}

/// What is known of an account, as far as the person may see it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_account(tx: &mut TenantTx, account: Uuid) -> Result<Researched, AppError> {
    let startup = tx.startup();
    let rows: Vec<ShownRow> = sqlx::query_as(FACTS).bind(startup).bind(account).bind(SHOWN).fetch_all(tx.conn()).await?;
    let runs = sqlx::query_as(RUNS).bind(startup).bind(account).fetch_all(tx.conn()).await?;
    let facts = rows.into_iter().filter_map(ShownRow::shown).collect();
    Ok(Researched { facts, runs })
}

impl ShownRow {
    fn shown(self) -> Option<ShownFact> {
        let Self { row, links_expire_at, set_by, is_private } = self;
        let Known { id, fact, provider, status, about, observed_at, sources } = row.known()?;
        // what Google led to may be followed for a while; after that only its name is left
        let is_expired = links_expire_at.is_some_and(|end| end < Utc::now());
        let sources = sources.into_iter().map(|s| Source { url: if is_expired { String::new() } else { s.url }, ..s }).collect();
        Some(ShownFact { id, fact, provider, status, about, observed_at, sources, set_by, is_private })
    }
}

/// The Intelligence tab of an account.
///
/// # Errors
/// When the database cannot be reached.
pub async fn insight(tx: &mut TenantTx, account: &Account, means: ResearchMeans) -> Result<Insight, AppError> {
    let researched = of_account(tx, account.id).await?;
    let job = crate::jobs::store::research_of(tx, account.id).await?;
    let choice = settings(tx).await?.choice;
    let is_sample = account.domain.as_ref().is_some_and(|domain| means.samples.contains(domain));
    let scores = crate::scoring::store::of_account(tx, account.id).await?;
    Ok(Insight { researched, scores, job, has_gemini: means.model.is_some(), choice, is_sample })
}

/// Google's Search Suggestions of a run, untouched.
///
/// # Errors
/// [`AppError::NotFound`] for a run that is missing, has none, or is not the person's to see.
pub async fn suggestions(tx: &mut TenantTx, account: Uuid, run: Uuid) -> Result<String, AppError> {
    let sql = "SELECT search_suggestions FROM crm_lead_enrichment WHERE startup_id = $1 AND account_id = $2 AND run_id = $3 AND search_suggestions IS NOT NULL LIMIT 1";
    let found = sqlx::query_scalar(sql).bind(tx.startup()).bind(account).bind(run).fetch_optional(tx.conn());
    found.await?.ok_or(AppError::NotFound)
}

/// Asks for research now.
///
/// # Errors
/// [`AppError::NotFound`] for an account that is missing, in the bin, or another startup's.
pub async fn ask(tx: &mut TenantTx, account: Uuid) -> Result<(), AppError> {
    let found: bool = sqlx::query_scalar("SELECT app.ask_research($1)").bind(account).fetch_one(tx.conn()).await?;
    if found { Ok(()) } else { Err(AppError::NotFound) }
}

/// A person's own word, in place of what they or a colleague said before.
///
/// # Errors
/// [`AppError::NotFound`] for an account that is missing, in the bin, or another startup's.
pub async fn set_fact(tx: &mut TenantTx, account: Uuid, fact: &Fact) -> Result<(), AppError> {
    let (startup, user) = (tx.startup(), tx.viewer().user_id);
    let sql = "SELECT id FROM crm_accounts WHERE startup_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE";
    let found: Option<Uuid> = sqlx::query_scalar(sql).bind(startup).bind(account).fetch_optional(tx.conn()).await?;
    found.ok_or(AppError::NotFound)?;
    supersede(tx, account, fact.key()).await?;
    let value = serde_json::to_value(fact).ok().and_then(|mut fact| fact.get_mut("value").map(Value::take)).unwrap_or_default();
    sqlx::query(
        "INSERT INTO account_facts (startup_id, id, account_id, key, value, identity, provider, status, set_by) VALUES ($1, $2, $3, $4, $5, $6, 'person', 'person', $7)",
    )
    .bind(startup)
    .bind(Uuid::now_v7())
    .bind(account)
    .bind(fact.key())
    .bind(value)
    .bind(fact.identity())
    .bind(user)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes a person's word back: what research found stands again.
///
/// # Errors
/// [`AppError::NotFound`] when nobody has said anything of it.
pub async fn take_back(tx: &mut TenantTx, account: Uuid, key: &str) -> Result<(), AppError> {
    if supersede(tx, account, key).await? == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

async fn supersede(tx: &mut TenantTx, account: Uuid, key: &str) -> Result<u64, AppError> {
    let sql = "UPDATE account_facts SET status = 'superseded' WHERE startup_id = $1 AND account_id = $2 AND key = $3 AND status = 'person'";
    Ok(sqlx::query(sql).bind(tx.startup()).bind(account).bind(key).execute(tx.conn()).await?.rows_affected())
}

/// What the startup has decided about research.
///
/// # Errors
/// When the database cannot be reached.
pub async fn settings(tx: &mut TenantTx) -> Result<Settings, AppError> {
    let (choice, reads_log, budget): (Option<String>, bool, i32) = sqlx::query_as(
        "SELECT settings ->> 'grounding', coalesce((settings ->> 'gemini_reads_log')::boolean, false), coalesce((settings ->> 'research_runs_a_day')::int, 200) FROM startups WHERE id = $1",
    )
    .bind(tx.startup())
    .fetch_one(tx.conn())
    .await?;
    Ok(Settings { choice: choice.and_then(|c| c.parse().ok()), reads_log, budget })
}

/// Keeps what the owner has decided.
///
/// # Errors
/// [`AppError::Forbidden`] for anybody else.
pub async fn choose(tx: &mut TenantTx, settings: &Settings) -> Result<(), AppError> {
    sqlx::query(
        "UPDATE startups SET settings = jsonb_strip_nulls(settings || jsonb_build_object('grounding', $2::text, 'gemini_reads_log', $3::boolean, 'research_runs_a_day', $4::int)) WHERE id = $1",
    )
    .bind(tx.startup())
    .bind(settings.choice.map(|c| c.as_str()))
    .bind(settings.reads_log)
    .bind(settings.budget)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a run with Gemini cost on average in the last 30 days, its score included, in millionths of a US dollar; before the first, what one is
/// estimated to cost: four searches and some thousand tokens.
///
/// # Errors
/// When the database cannot be reached.
pub async fn cost_of_a_run(tx: &mut TenantTx) -> Result<i64, AppError> {
    const ESTIMATE: i64 = 90_000;
    let sql = "SELECT (sum(cost_micros) / nullif(sum(runs), 0))::bigint FROM research_usage WHERE startup_id = $1 AND cost_micros > 0 AND day > now() - interval '30 days'";
    let mean: Option<i64> = sqlx::query_scalar(sql).bind(tx.startup()).fetch_one(tx.conn()).await?;
    Ok(mean.unwrap_or(ESTIMATE))
}
