//! Scoring as the worker does it: by rules at once, many accounts in a transaction; by Gemini after that, one account at a
//! time, where the owner has connected it and there is something new to think about.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::evidence::LeadEvidence;
use super::reasoning::Reasoning;
use super::store::{self, Said};
use super::{LeadKey, Part, Score, rules};
use crate::enrichment::GroundingChoice;
use crate::enrichment::store::spend;
use crate::error::AppError;
use crate::gemini::reason::StoredFact;
use crate::jobs::worker::{Claim, Failure, Worker};
use crate::server::db::TenantTx;

/// What is scored because the ideal customer changed, or by schedule, is not worth a model's time.
const MANY: i32 = 2;

/// Scores the accounts of the claimed jobs by rules. A model's word on fit and intent stays as long as no fact is newer.
///
/// # Errors
/// When the database cannot be reached.
pub async fn run(worker: &Worker, claim: &Claim) -> Result<(), Failure> {
    let mut tx = claim.tenant(&worker.db).await?;
    let held: HashSet<Uuid> = claim.finish_all(&mut tx).await?.into_iter().collect();
    let jobs = || claim.jobs.iter().filter(|job| held.contains(&job.job_id));
    let accounts: Vec<Uuid> = jobs().map(|job| job.subject_id).collect();
    let leads = store::evidence(&mut tx, &accounts).await?;
    let fresh: HashSet<Uuid> = jobs().filter(|job| job.urgency < MANY).map(|job| job.subject_id).collect();
    let said = store::said_by_models(&mut tx, &accounts).await?;
    let now = Utc::now();
    let scores: Vec<(LeadKey, Score)> =
        leads.iter().map(|lead| (lead.key, score(lead, said.get(&lead.key).filter(|_| fresh.contains(&lead.key.account)), now))).collect();
    store::save(&mut tx, &scores).await?;
    if worker.providers.gemini.is_some() && reasons_by_itself(&mut tx).await? {
        let new = leads.iter().filter(|lead| fresh.contains(&lead.key.account) && has_news(lead, said.get(&lead.key)));
        let new: HashSet<Uuid> = new.map(|lead| lead.key.account).collect();
        store::ask_reasons(&mut tx, &new.into_iter().collect::<Vec<_>>()).await?;
    }
    Ok(tx.commit().await?)
}

/// By the rules; fit and intent as a model said them where nothing is newer.
fn score(lead: &LeadEvidence, said: Option<&Said>, now: DateTime<Utc>) -> Score {
    let by_rules = rules::score(lead, now);
    match said {
        Some(said) if !has_news(lead, Some(said)) => said.score.clone().with_part(Part::Engagement, &by_rules),
        _ => by_rules,
    }
}

/// Whether there is a fact that the model has not seen.
fn has_news(lead: &LeadEvidence, said: Option<&Said>) -> bool {
    let newest = lead.account.facts.iter().map(|fact| fact.observed.max(fact.first_seen)).max();
    newest.is_some_and(|newest| said.is_none_or(|said| newest > said.at))
}

/// Whether the startup's owner lets Gemini weigh its leads.
async fn may_reason(tx: &mut TenantTx) -> Result<bool, AppError> {
    Ok(crate::enrichment::store::settings(tx).await?.choice.is_some())
}

/// Whether Gemini weighs leads by itself: for the whole team only. Else it does when somebody asks.
async fn reasons_by_itself(tx: &mut TenantTx) -> Result<bool, AppError> {
    Ok(crate::enrichment::store::settings(tx).await?.choice == Some(GroundingChoice::Team))
}

/// Has Gemini weigh the facts of a claimed job's account; code does the sums.
///
/// # Errors
/// When Gemini or the database cannot be reached.
pub async fn reason(worker: &Worker, claim: &Claim) -> Result<(), Failure> {
    let mut tx = claim.tenant(&worker.db).await?;
    let account = claim.job().subject_id;
    let leads = store::evidence(&mut tx, &[account]).await?;
    let ideal = store::icp(&mut tx).await?;
    let gemini = match worker.providers.gemini.as_ref() {
        Some(gemini) if may_reason(&mut tx).await? && !leads.is_empty() => gemini,
        _ => return end(claim, tx, &[], 0).await,
    };
    tx.commit().await?;
    let facts: Vec<StoredFact> = leads.first().map(stored).unwrap_or_default();
    let ideal = if ideal.is_empty() { serde_json::Value::Null } else { serde_json::to_value(&ideal).unwrap_or_default() };
    let asked = gemini.score(&ideal, &facts, Utc::now().date_naive());
    let Some(answer) = claim.while_held(&worker.db, asked).await? else { return Ok(()) };
    let mut tx = claim.tenant(&worker.db).await?;
    let reasoning = match answer {
        Ok(answered) => Reasoning::from(answered),
        Err(failed) => {
            spend(&mut tx, failed.cost).await?;
            tx.commit().await?;
            return Err(failed.into());
        }
    };
    let known = leads.first().map(LeadEvidence::fact_ids).unwrap_or_default();
    let now = Utc::now();
    let cost = reasoning.cost;
    // the first of the leads bears the cost
    let each = leads.iter().enumerate().map(|(n, lead)| {
        let cost = if n == 0 { cost } else { 0 };
        (lead.key, Score::reasoned(rules::score(lead, now), Reasoning { cost, ..reasoning.clone() }, &known))
    });
    end(claim, tx, &each.collect::<Vec<_>>(), cost).await
}

/// Writes the scores with the job's end; without it, if the job is somebody else's by now, only what was spent.
async fn end(claim: &Claim, mut tx: TenantTx, scores: &[(LeadKey, Score)], cost: i64) -> Result<(), Failure> {
    spend(&mut tx, cost).await?;
    // who was cancelled meanwhile finishes nothing, and what was paid is counted all the same
    if claim.finish(&mut tx).await? && !scores.is_empty() {
        store::save(&mut tx, scores).await?;
    }
    Ok(tx.commit().await?)
}

/// The facts as Gemini is shown them: nothing but the company's own.
fn stored(lead: &LeadEvidence) -> Vec<StoredFact> {
    let value =
        |fact| serde_json::to_value(fact).ok().and_then(|mut fact: serde_json::Value| fact.get_mut("value").map(serde_json::Value::take));
    let facts = lead.account.facts.iter();
    facts.map(|f| StoredFact { id: f.id, key: f.fact.key().into(), value: value(&f.fact).unwrap_or_default(), about: f.about }).collect()
}
