//! What scores rest on, read for many accounts in five statements.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::accounts::Segment;
use crate::enrichment::Fact;
use crate::error::AppError;
use crate::scoring::LeadKey;
use crate::scoring::evidence::{AccountEvidence, Contacted, KnownFact, LeadEvent, LeadEvidence, OwnFields, Standing, Touch};
use crate::scoring::icp::Icp;
use crate::server::db::TenantTx;

/// The accounts that are not in the bin, each with its newest 20 contacts.
const ACCOUNTS: &str =
    "SELECT a.id, a.segment, a.extended_info AS info, a.last_enriched_at IS NOT NULL AS enriched, array(SELECT c.id FROM crm_contacts c
       WHERE c.startup_id = $1 AND c.account_id = a.id AND c.deleted_at IS NULL ORDER BY c.created_at DESC, c.id DESC LIMIT 20) AS leads
     FROM crm_accounts a WHERE a.startup_id = $1 AND a.id = ANY ($2) AND a.deleted_at IS NULL";

/// What is supported or said by a person, and no single person's to see.
const FACTS: &str = "SELECT f.account_id, f.id, jsonb_build_object('key', f.key, 'value', f.value)::text AS said, f.status, f.about, f.observed_at, f.created_at FROM account_facts f
     WHERE f.startup_id = $1 AND f.account_id = ANY ($2) AND f.status IN ('supported', 'person') AND f.only_for IS NULL
       AND f.key IN ('industry', 'employees', 'location', 'technology', 'hiring', 'funding', 'news', 'summary', 'keyword')";

/// The newest 40 of each account in half a year.
const TOUCHES: &str = "SELECT i.account_id, i.id, i.type AS kind, i.direction, i.contact_id, i.occurred_at FROM unnest($2::uuid[]) w(id) CROSS JOIN LATERAL
       (SELECT * FROM crm_interactions x WHERE x.startup_id = $1 AND x.account_id = w.id AND x.type <> 'Note' AND x.occurred_at > now() - interval '180 days' AND x.occurred_at <= now()
        ORDER BY x.occurred_at DESC, x.id DESC LIMIT 40) i";

/// The newest 100 of each account in half a year; who unsubscribed is remembered for two.
const EVENTS: &str = "SELECT e.account_id, e.id, e.lead_id, e.kind, e.occurred_at FROM unnest($2::uuid[]) w(id) CROSS JOIN LATERAL
       (SELECT * FROM crm_lead_events x WHERE x.startup_id = $1 AND x.account_id = w.id AND (x.occurred_at > now() - interval '180 days'
          OR x.kind = 'unsubscribe' AND x.occurred_at > now() - interval '2 years') AND x.occurred_at <= now() ORDER BY x.occurred_at DESC, x.id DESC LIMIT 100) e";

/// The statements of [`evidence`] that read many rows, for those who look at their plans. `$1` is the startup, `$2` accounts.
pub const EVIDENCE: [&str; 4] = [ACCOUNTS, FACTS, TOUCHES, EVENTS];

#[derive(FromRow)]
struct AccountOf {
    id: Uuid,
    segment: String,
    info: Json<serde_json::Value>,
    enriched: bool,
    leads: Vec<Uuid>,
}

#[derive(FromRow)]
struct FactOf {
    account_id: Uuid,
    id: Uuid,
    /// Key and value, as JSON.
    said: String,
    status: String,
    about: Option<NaiveDate>,
    observed_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct TouchOf {
    account_id: Uuid,
    id: Uuid,
    kind: String,
    direction: Option<String>,
    contact_id: Option<Uuid>,
    occurred_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct EventOf {
    account_id: Uuid,
    id: Uuid,
    lead_id: Uuid,
    kind: String,
    occurred_at: DateTime<Utc>,
}

/// The startup's profile of whom it sells to.
///
/// # Errors
/// When the database cannot be reached.
pub async fn icp(tx: &mut TenantTx) -> Result<Icp, AppError> {
    let stored: Json<serde_json::Value> =
        sqlx::query_scalar("SELECT icp FROM startups WHERE id = $1").bind(tx.startup()).fetch_one(tx.conn()).await?;
    Ok(Icp::read(&stored))
}

/// What the scores of these accounts' leads rest on: one for each of an account's newest 20 contacts, or for the account
/// itself if it has none. Accounts that are missing or in the bin have none. Five statements for any number.
///
/// # Errors
/// When the database cannot be reached.
pub async fn evidence(tx: &mut TenantTx, accounts: &[Uuid]) -> Result<Vec<LeadEvidence>, AppError> {
    let icp = Arc::new(icp(tx).await?);
    let startup = tx.startup();
    let found: Vec<AccountOf> = sqlx::query_as(ACCOUNTS).bind(startup).bind(accounts).fetch_all(tx.conn()).await?;
    let facts: Vec<FactOf> = sqlx::query_as(FACTS).bind(startup).bind(accounts).fetch_all(tx.conn()).await?;
    let touches: Vec<TouchOf> = sqlx::query_as(TOUCHES).bind(startup).bind(accounts).fetch_all(tx.conn()).await?;
    let events: Vec<EventOf> = sqlx::query_as(EVENTS).bind(startup).bind(accounts).fetch_all(tx.conn()).await?;

    let mut facts = grouped(facts.into_iter().filter_map(|row| Some((row.account_id, row.known()?))));
    let mut touches = grouped(touches.into_iter().filter_map(|row| Some((row.account_id, row.contacted()?))));
    let mut events = grouped(events.into_iter().filter_map(|row| {
        Some((row.account_id, LeadEvent { id: row.id, lead: row.lead_id, kind: row.kind.parse().ok()?, at: row.occurred_at }))
    }));
    let mut leads = Vec::with_capacity(found.len());
    for row in found {
        let facts = facts.remove(&row.id).unwrap_or_default();
        let account = Arc::new(AccountEvidence {
            id: row.id,
            icp: Arc::clone(&icp),
            own: own(&row),
            researched: row.enriched || facts.iter().any(|fact| fact.standing != Standing::Person),
            facts,
            leads: row.leads.len(),
            touches: touches.remove(&row.id).unwrap_or_default(),
            events: events.remove(&row.id).unwrap_or_default(),
        });
        let of = |lead| LeadEvidence { key: LeadKey { account: row.id, lead }, account: Arc::clone(&account) };
        if row.leads.is_empty() {
            leads.push(of(None));
        }
        leads.extend(row.leads.iter().map(|lead| of(Some(*lead))));
    }
    Ok(leads)
}

/// By account, each in the order in which it came.
fn grouped<T>(rows: impl Iterator<Item = (Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for (account, row) in rows {
        groups.entry(account).or_default().push(row);
    }
    groups
}

impl FactOf {
    /// A value that is not of its key's shape is no evidence.
    fn known(self) -> Option<KnownFact> {
        let fact: Fact = serde_json::from_str(&self.said).ok()?;
        let standing = if self.status == "person" { Standing::Person } else { Standing::Supported };
        Some(KnownFact { id: self.id, fact, standing, about: self.about, observed: self.observed_at, first_seen: self.created_at })
    }
}

impl TouchOf {
    fn contacted(self) -> Option<Contacted> {
        let inwards = self.direction.as_deref() == Some("in");
        let touch = match (self.kind.as_str(), inwards) {
            ("Meeting", _) => Touch::Meeting,
            ("Call", true) => Touch::CallIn,
            ("Call", false) => Touch::CallOut,
            ("Email", true) => Touch::EmailIn,
            ("Email", false) => Touch::EmailOut,
            _ => return None,
        };
        Some(Contacted { id: self.id, touch, with: self.contact_id, at: self.occurred_at })
    }
}

/// What the team's own fields say, under the names that imports bring them. An account begins as `SMB`: that says nothing.
fn own(row: &AccountOf) -> OwnFields {
    let text = |names: &[&str]| {
        let fields = row.info.as_object()?;
        let value = names.iter().find_map(|name| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
        (!value.is_null() && !text.trim().is_empty() && text.len() <= 200).then_some(text)
    };
    let segment = match row.segment.parse() {
        Ok(Segment::MidMarket) => Some((250, Some(1_999))),
        Ok(Segment::Enterprise) => Some((2_000, None)),
        Ok(Segment::Smb) | Err(()) => None,
    };
    OwnFields {
        industry: text(&["industry", "sector"]),
        employees: text(&["employees", "headcount"]).and_then(|text| text.replace([',', ' '], "").parse().ok()),
        segment,
        place: text(&["country", "office_location", "location", "region"]),
    }
}
