//! Scores in the database: what they rest on, and what became of it.

mod evidence;
mod ingest;
mod leads;
mod profile;
mod read;
mod said;
mod save;

pub use evidence::{EVIDENCE, evidence, icp};
pub use ingest::{add_key, is_my_key, keys, revoke_key, take_event};
pub use leads::{LEADS, leads};
pub use profile::{save_icp, spread};
pub use read::of_account;
pub use said::{Said, ask_reasons, said_by_models};
pub use save::save;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rules;
use crate::error::AppError;
use crate::server::db::TenantTx;

/// Scores the leads of `accounts` by the rules: the worker's whole job, in a fixed number of statements however many there
/// are. What says the same as before is left alone. Returns how many scores were written.
///
/// # Errors
/// [`AppError::Forbidden`] outside a job of the worker's, else when the database cannot be reached.
pub async fn score_by_rules(tx: &mut TenantTx, accounts: &[Uuid], now: DateTime<Utc>) -> Result<u64, AppError> {
    let leads = evidence(tx, accounts).await?;
    let scores: Vec<_> = leads.iter().map(|lead| (lead.key, rules::score(lead, now))).collect();
    save(tx, &scores).await
}
