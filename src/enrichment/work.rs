//! A job's research: the providers that may be asked are asked, and what they found is laid over what is known, in one
//! transaction with the job's end.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};

use super::GroundingChoice;
use super::fact::{Finding, Provider};
use super::merge::plan;
use super::provider::{Research, ResearchError, ResearchProvider, Retry};
use super::store::{self, Run, Subject};
use crate::error::AppError;
use crate::gemini::Gemini;
use crate::jobs::worker::{Claim, Failure, Worker};
use crate::server::db::TenantTx;

/// A fact of more bytes than this is none.
const LARGEST: usize = 12_000;
/// Sources of one fact that are kept.
const SOURCES: usize = 10;

/// Who can be asked.
#[derive(Clone)]
pub struct Providers {
    pub website: Arc<dyn ResearchProvider>,
    /// With the operator's key only.
    pub gemini: Option<Arc<Gemini>>,
}

impl Providers {
    /// Who may be asked for an account: the company's own site always; Google for the whole team where its owner has decided
    /// so, else only when a person waits for it.
    fn allowed(&self, choice: Option<GroundingChoice>, urgency: i32) -> Vec<&dyn ResearchProvider> {
        let google = match choice {
            Some(GroundingChoice::Team) => self.gemini.as_deref(),
            Some(GroundingChoice::OnRequest) if urgency == 0 => self.gemini.as_deref(),
            _ => None,
        };
        google.map(|gemini| gemini as &dyn ResearchProvider).into_iter().chain([self.website.as_ref()]).collect()
    }
}

/// Researches the account of a claimed job.
///
/// # Errors
/// When a provider came to nothing; what the others found is written all the same.
pub async fn run(worker: &Worker, claim: &Claim) -> Result<(), Failure> {
    let mut tx = claim.tenant(&worker.db).await?;
    let subject = store::subject(&mut tx, claim.job()).await?;
    let asked = to_ask(worker, claim, &mut tx, &subject).await?;
    if asked.is_empty() {
        store::unused_run(&mut tx).await?;
        // another of its contacts was the reason for a run today, or there is nobody to ask
        store::share_runs(&mut tx, subject.account).await?;
        let remark = subject.company.domain.is_none().then_some("No domain is known: with one, the company’s own site is read.");
        return end(claim, tx, remark).await;
    }
    tx.commit().await?;
    let mut found = Vec::new();
    let mut failed: Vec<ResearchError> = Vec::new();
    for provider in asked {
        if !claim.hold(&worker.db, Some(doing(provider.provider(), &subject))).await? {
            return Ok(());
        }
        match claim.while_held(&worker.db, provider.research(&subject.company, Utc::now().date_naive())).await? {
            None => return Ok(()),
            Some(Ok(research)) => found.push(research),
            Some(Err(error)) => failed.push(error),
        }
    }
    write(worker, claim, &subject, found, &failed).await
}

/// Those who may be asked and have not been: today, or for a second attempt within the hour. Who asks by hand asks anew.
async fn to_ask<'w>(
    worker: &'w Worker,
    claim: &Claim,
    tx: &mut TenantTx,
    subject: &Subject,
) -> Result<Vec<&'w dyn ResearchProvider>, AppError> {
    let job = claim.job();
    let since = match (job.urgency, job.attempt) {
        (0, 1) => None,
        (0, _) => Some(Utc::now() - TimeDelta::hours(1)),
        _ => Some(Utc::now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc()),
    };
    let mut asked = Vec::new();
    for provider in worker.providers.allowed(subject.choice, job.urgency) {
        if provider.provider() == Provider::Website && subject.company.domain.is_none() {
            continue;
        }
        let done = match since {
            Some(since) => store::has_run(tx, subject.account, provider.provider(), since).await?,
            None => false,
        };
        if !done {
            asked.push(provider);
        }
    }
    Ok(asked)
}

fn doing(provider: Provider, subject: &Subject) -> &str {
    match (provider, &subject.company.domain) {
        (Provider::Gemini, _) => "Searching the web",
        (_, Some(domain)) => domain,
        (_, None) => "Looking for the company’s site",
    }
}

/// Writes what was found. With a provider that may be asked again the job goes on; else it ends here.
async fn write(worker: &Worker, claim: &Claim, subject: &Subject, found: Vec<Research>, failed: &[ResearchError]) -> Result<(), Failure> {
    let cost = found.iter().map(|r| r.cost).chain(failed.iter().map(|e| e.cost)).sum();
    // by itself: what was paid is paid, whatever becomes of the job
    let mut tx = claim.tenant(&worker.db).await?;
    store::spend(&mut tx, cost).await?;
    tx.commit().await?;
    if found.is_empty() {
        return Err(failure(failed));
    }
    let mut tx = claim.tenant(&worker.db).await?;
    let goes_on = failed.iter().any(|e| e.retry != Retry::Never);
    for research in found {
        write_one(&mut tx, claim, subject, research).await?;
    }
    if goes_on {
        tx.commit().await?;
        return Err(failure(failed));
    }
    // who asks by hand has the lead weighed, too
    if claim.job().urgency == 0 && subject.choice.is_some() && worker.providers.gemini.is_some() {
        crate::scoring::store::ask_reasons(&mut tx, &[subject.account]).await?;
    }
    end(claim, tx, None).await
}

async fn write_one(tx: &mut TenantTx, claim: &Claim, subject: &Subject, research: Research) -> Result<(), AppError> {
    let findings = fit(&research.findings);
    // what Google found for one who asked is theirs alone, unless the owner has decided otherwise
    let only_for = (research.provider == Provider::Gemini && subject.choice != Some(GroundingChoice::Team)).then(|| tx.viewer().user_id);
    let run = Run::new(subject.account, &research, only_for);
    let known = store::known(tx, subject.account, only_for).await?;
    store::write_facts(tx, &run, research.provider, &plan(&known, &findings, research.provider)).await?;
    store::write_run(tx, &run, &Research { findings, ..research }).await?;
    if only_for.is_none() {
        store::mark(tx, subject.account).await?;
    }
    tracing::debug!("job {} wrote a run", claim.job().job_id);
    Ok(())
}

/// Findings as they may be stored: none too large, none from the future, few sources each.
fn fit(findings: &[Finding]) -> Vec<Finding> {
    let today = Utc::now().date_naive();
    let small = findings.iter().filter(|f| serde_json::to_string(&f.fact).is_ok_and(|text| text.len() <= LARGEST));
    small
        .map(|f| Finding {
            about: f.about.filter(|day| *day <= today),
            sources: f.sources.iter().take(SOURCES).cloned().collect(),
            ..f.clone()
        })
        .collect()
}

/// Ends the job with its effect; without it, if the job is somebody else's by now.
async fn end(claim: &Claim, mut tx: TenantTx, remark: Option<&str>) -> Result<(), Failure> {
    let is_held = match remark {
        Some(remark) => claim.finish_with(&mut tx, remark).await?,
        None => claim.finish(&mut tx).await?,
    };
    if is_held {
        tx.commit().await?;
    }
    Ok(())
}

/// Why there is nothing, and when it is worth trying again.
fn failure(failed: &[ResearchError]) -> Failure {
    let reasons: Vec<&str> = failed.iter().map(|e| e.reason.as_str()).collect();
    let retry = failed.iter().map(|e| e.retry).reduce(|a, b| match (a, b) {
        (Retry::Never, other) | (other, Retry::Never) => other,
        (Retry::After(a), Retry::After(b)) => Retry::After(a.max(b)),
        (Retry::After(a), _) | (_, Retry::After(a)) => Retry::After(a),
        _ => Retry::Later,
    });
    Failure { reason: reasons.join(" "), retry: retry.unwrap_or(Retry::Never) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_reasons_of_all_are_told_and_the_longest_wait_is_kept() {
        let error = |reason: &str, retry| ResearchError { reason: reason.into(), retry, cost: 0 };
        let both = failure(&[error("No domain is known.", Retry::Never), error("Google is busy.", Retry::After(Duration::from_secs(9)))]);
        assert_eq!(both, Failure { reason: "No domain is known. Google is busy.".into(), retry: Retry::After(Duration::from_secs(9)) });
        assert_eq!(failure(&[error("a", Retry::Never)]).retry, Retry::Never);
        assert_eq!(failure(&[error("a", Retry::Later), error("b", Retry::Never)]).retry, Retry::Later);
    }
}
