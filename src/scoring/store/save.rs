//! Scores written down. A row is a change: an account whose leads all score as before, line for line, gets none, so that the
//! history shows what happened rather than how often somebody looked. If one lead's score changed, all of the account's are
//! written: the account's own is the best of what is written together.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::AppError;
use crate::scoring::{Judge, LeadKey, Part, RULES, Score, State, Topic};
use crate::server::db::TenantTx;

/// What the latest scores of the leads say, and what the accounts do.
const LATEST: &str = "SELECT w.account, w.lead, a.lead_score, s.fingerprint FROM unnest($2::uuid[], $3::uuid[]) w(account, lead)
     JOIN crm_accounts a ON a.startup_id = $1 AND a.id = w.account
     CROSS JOIN LATERAL (SELECT x.fingerprint FROM crm_lead_scores x WHERE x.startup_id = $1 AND x.account_id = w.account AND x.lead_id IS NOT DISTINCT FROM w.lead
       ORDER BY x.created_at DESC, x.id DESC LIMIT 1) s";

const INSERT: &str = "INSERT INTO crm_lead_scores (startup_id, account_id, lead_id, overall_score, fit_score, intent_score, engagement_score, coverage, fit_breakdown,
       intent_signals, risk_factors, next_actions, line_items, model, prompt_version, cost_micros, fingerprint)
     SELECT $1, n.account, n.lead, n.overall, n.fit / 10.0, n.intent / 10.0, n.engagement / 10.0, n.coverage, n.breakdown::jsonb, n.signals::jsonb, n.risks::jsonb, n.actions::jsonb, n.lines::jsonb, n.model, n.version, n.cost, n.fingerprint
     FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::bigint[])
       n(account, lead, overall, fit, intent, engagement, coverage, breakdown, signals, risks, actions, lines, model, version, cost, fingerprint)";

#[derive(sqlx::FromRow)]
struct Latest {
    account: Uuid,
    lead: Option<Uuid>,
    lead_score: Option<i32>,
    fingerprint: Option<i64>,
}

/// Stands for all that a score says, the ages of its lines aside: two that say the same have the same.
fn fingerprint(score: &Score) -> i64 {
    let lines: Vec<_> =
        score.lines.iter().map(|line| (line.topic, line.points, line.weight, line.state, line.at, &line.label, &line.evidence)).collect();
    let (model, version, _) = judged(score);
    let said = text(&(lines, score.coverage, model, version));
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(said));
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Writes the scores of whole accounts: all leads of an account come together. Two statements for any number. Returns how
/// many were written.
///
/// # Errors
/// [`AppError::Forbidden`] outside a job of the worker's, else when the database cannot be reached.
pub async fn save(tx: &mut TenantTx, scores: &[(LeadKey, Score)]) -> Result<u64, AppError> {
    let fingerprints: Vec<i64> = scores.iter().map(|(_, score)| fingerprint(score)).collect();
    let changed = changed(tx, scores, &fingerprints).await?;
    let all = scores.iter().zip(fingerprints);
    let (written, fingerprints): (Vec<&(LeadKey, Score)>, Vec<i64>) = all.filter(|((key, _), _)| changed.contains(&key.account)).unzip();
    if written.is_empty() {
        return Ok(0);
    }
    // JSON as text: no tree is built that would be written out at once
    let column = |of: fn(&Score) -> String| written.iter().map(|(_, score)| of(score)).collect::<Vec<_>>();
    let number = |of: fn(&Score) -> i32| written.iter().map(|(_, score)| of(score)).collect::<Vec<_>>();
    let done = sqlx::query(INSERT)
        .bind(tx.startup())
        .bind(written.iter().map(|(key, _)| key.account).collect::<Vec<_>>())
        .bind(written.iter().map(|(key, _)| key.lead).collect::<Vec<_>>())
        .bind(number(Score::overall))
        .bind(number(|score| tenths(score, Part::Fit)))
        .bind(number(|score| tenths(score, Part::Intent)))
        .bind(number(|score| tenths(score, Part::Engagement)))
        .bind(number(|score| score.coverage))
        .bind(column(breakdown))
        .bind(column(|score| text(&score.intent_signals)))
        .bind(column(|score| text(&score.risk_factors)))
        .bind(column(|score| text(&score.next_actions)))
        .bind(column(|score| text(&score.lines)))
        .bind(written.iter().map(|(_, score)| judged(score).0).collect::<Vec<_>>())
        .bind(written.iter().map(|(_, score)| judged(score).1).collect::<Vec<_>>())
        .bind(written.iter().map(|(_, score)| judged(score).2).collect::<Vec<_>>())
        .bind(fingerprints)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected())
}

fn tenths(score: &Score, part: Part) -> i32 {
    crate::scoring::tenths(part, score.points(part))
}

/// Model, version and cost.
fn judged(score: &Score) -> (Option<&str>, &str, i64) {
    match &score.judge {
        Judge::Rules => (None, RULES, 0),
        Judge::Model { name, prompt, cost } => (Some(name), prompt, *cost),
    }
}

/// Fit's four topics, each 0 to 100 of its own points; `unknown` names those that nobody knows.
fn breakdown(score: &Score) -> String {
    let fit = || Topic::ALL.iter().filter(|topic| topic.part() == Part::Fit);
    let mut values: serde_json::Map<_, _> =
        fit().map(|topic| (topic.to_string(), json!(100 * score.of_topic(*topic) / topic.most()))).collect();
    let unknown = |topic: &&&Topic| score.lines.iter().any(|line| line.topic == ***topic && line.state == State::Unknown);
    values.insert("unknown".into(), json!(fit().filter(|topic| unknown(&topic)).map(|topic| topic.as_str()).collect::<Vec<_>>()));
    text(&values)
}

/// As JSON; of lists of plain values, which cannot fail.
fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "[]".into())
}

/// The accounts with a lead whose score is another than its latest, or whose own score is not the best of theirs.
async fn changed(tx: &mut TenantTx, scores: &[(LeadKey, Score)], fingerprints: &[i64]) -> Result<HashSet<Uuid>, AppError> {
    let latest: Vec<Latest> = sqlx::query_as(LATEST)
        .bind(tx.startup())
        .bind(scores.iter().map(|(key, _)| key.account).collect::<Vec<_>>())
        .bind(scores.iter().map(|(key, _)| key.lead).collect::<Vec<_>>())
        .fetch_all(tx.conn())
        .await?;
    let latest: HashMap<LeadKey, Latest> = latest.into_iter().map(|row| (LeadKey { account: row.account, lead: row.lead }, row)).collect();
    let mut best: HashMap<Uuid, i32> = HashMap::new();
    for (key, score) in scores {
        let best = best.entry(key.account).or_default();
        *best = score.overall().max(*best);
    }
    // that a model has looked is news by itself: it need not look again
    let is_paid = |score: &Score| matches!(score.judge, Judge::Model { cost, .. } if cost > 0);
    let differs = |((key, score), fingerprint): &(&(LeadKey, Score), &i64)| {
        is_paid(score)
            || latest.get(key).is_none_or(|row| row.fingerprint != Some(**fingerprint) || row.lead_score != best.get(&key.account).copied())
    };
    Ok(scores.iter().zip(fingerprints).filter(differs).map(|((key, _), _)| key.account).collect())
}
