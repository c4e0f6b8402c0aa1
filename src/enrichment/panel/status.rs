//! What is being done to know more, and what may be asked for.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::Tab;
use crate::accounts::PanelPlace;
use crate::enrichment::Insight;
use crate::enrichment::api::ResearchAccount;
use crate::jobs::api::ActOnJob;
use crate::jobs::{Job, JobState};
use crate::ui::form::Step;
use crate::ui::frame::notified;
use crate::ui::tag::{Tag, Tone};
use crate::ui::time::ago;

#[component]
pub(super) fn Status(insight: Signal<Insight>) -> impl IntoView {
    let Tab { edits, now, .. } = expect_context();
    let job = Memo::new(move |_| insight.with(|i| i.job.clone()));
    let open = Memo::new(move |_| job.with(|j| j.as_ref().is_some_and(Job::is_open)));
    // in the queue, and nobody waits for it: it may be asked for
    let waits =
        Memo::new(move |_| job.with(|j| j.as_ref().is_some_and(|j| j.state == JobState::Queued && j.urgency > 0 && j.attempt == 0)));
    let failed = Memo::new(move |_| job.with(|j| j.as_ref().is_some_and(|j| j.state == JobState::Failed)));
    let found = Memo::new(move |_| insight.with(|i| !i.researched.runs.is_empty()));
    let said = move || {
        let told = job.with(|j| j.as_ref().map(|j| says(j, now.get())));
        told.unwrap_or_else(|| if found.get() { String::new() } else { "Nobody has looked yet.".into() })
    };
    // not followed: what follows a signal inside is run once more while it is being taken down
    let label = move || if found.get_untracked() { "Research again" } else { "Research now" };
    view! {
        <div class="line research" aria-busy=move || open.get().to_string()>
            {move || failed.get().then(|| view! { <Tag tone=Tone::Bad text="failed"/> })}
            <p role="status" class="doing">{said}</p>
            {edits.then(|| view! {
                <div class="line acts">
                    {move || match (open.get(), failed.get()) {
                        (true, _) => view! {
                            {waits.get().then(|| view! { <Ask label="Research now"/> })}
                            <Act job=job act="cancel" text="Cancel"/>
                        }
                        .into_any(),
                        (_, true) => view! { <Act job=job act="retry" text="Try again"/> }.into_any(),
                        _ => view! { <Ask label=label()/> }.into_any(),
                    }}
                </div>
            })}
        </div>
    }
}

/// What a job is at, in a sentence.
fn says(job: &Job, now: DateTime<Utc>) -> String {
    let reason = job.error.clone().unwrap_or_default();
    match job.state {
        JobState::Running => format!("Researching: {}…", job.progress.as_deref().unwrap_or("beginning")),
        JobState::Queued if job.attempt > 0 && job.run_at > now => {
            format!("{reason} Trying again in {}.", soon((job.run_at - now).num_seconds()))
        }
        JobState::Queued => "Waiting for its turn.".into(),
        JobState::Failed => reason,
        JobState::Cancelled => "The last research was cancelled.".into(),
        JobState::Done => job.progress.clone().unwrap_or_else(|| format!("Researched {}.", ago(job.updated_at, now))),
    }
}

fn soon(seconds: i64) -> String {
    match seconds {
        ..90 => "about a minute".into(),
        _ => format!("{} minutes", (seconds + 30) / 60),
    }
}

#[component]
fn Ask(label: &'static str) -> impl IntoView {
    let Tab { account, .. } = expect_context();
    let action = ServerAction::<ResearchAccount>::new();
    let place = expect_context::<PanelPlace>();
    let back = untrack(|| place.here());
    view! {
        <Step action label back done=notified()>
            <input type="hidden" name="account" value=account.to_string()/>
            <button class="btn" type="submit">{label}</button>
        </Step>
    }
}

#[component]
fn Act(job: Memo<Option<Job>>, act: &'static str, text: &'static str) -> impl IntoView {
    let action = ServerAction::<ActOnJob>::new();
    let place = expect_context::<PanelPlace>();
    let back = untrack(|| place.here());
    let id = move || job.with(|j| j.as_ref().map(|j| j.id.to_string()).unwrap_or_default());
    view! {
        <Step action label=Signal::derive(move || format!("{text}: research")) back done=notified()>
            <input type="hidden" name="job" value=id/>
            <input type="hidden" name="act" value=act/>
            <button class="btn" type="submit">{text}</button>
        </Step>
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::jobs::JobKind;

    #[test]
    fn a_job_says_what_it_is_at() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let job = |state, progress: Option<&str>, error: Option<&str>, attempt, wait| Job {
            id: Uuid::nil(),
            kind: JobKind::Enrich,
            state,
            account_id: None,
            account: None,
            progress: progress.map(Into::into),
            error: error.map(Into::into),
            attempt,
            urgency: 1,
            run_at: now + chrono::TimeDelta::seconds(wait),
            updated_at: now,
        };
        for (job, said) in [
            (job(JobState::Queued, None, None, 0, 0), "Waiting for its turn."),
            (job(JobState::Running, Some("konex.example"), None, 1, 30), "Researching: konex.example…"),
            (job(JobState::Queued, None, Some("It is busy."), 1, 61), "It is busy. Trying again in about a minute."),
            (job(JobState::Queued, None, Some("It is busy."), 4, 240), "It is busy. Trying again in 4 minutes."),
            (job(JobState::Failed, None, Some("No domain is known."), 1, 0), "No domain is known."),
        ] {
            assert_eq!(says(&job, now), said);
        }
    }
}
