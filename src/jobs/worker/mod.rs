//! The workers: they claim due jobs, do them, and leave the rest for the next one, after a crash, too.

pub mod claim;
pub mod schedule;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

pub use claim::{Claim, Claimed, Failure, claim};

use crate::enrichment::provider::Retry;
use crate::enrichment::{self, Providers};
use crate::error::AppError;
use crate::jobs::JobKind;
use crate::server::db::Db;
use crate::{interactions, scoring};

/// Workers for what others are asked for, over all startups.
const RESEARCHERS: usize = 4;
/// Workers for what is done quickly, in the database alone.
const QUICK: usize = 2;
/// Jobs of the quick kinds that are done in one transaction.
const BATCH: i32 = 500;
/// With nothing to do a worker looks again after these: soon at first, then less often.
const IDLE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));
/// After an error of the database itself.
const TROUBLE: Duration = Duration::from_secs(5);
/// So often a job is tried; with [`wait`] that is well over an hour.
const ATTEMPTS: i32 = 9;
/// First and longest time until a failed job is tried again.
const WAIT: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(30 * 60));

/// What workers need.
#[derive(Clone)]
pub struct Worker {
    pub db: Db,
    pub providers: Arc<Providers>,
}

/// Running workers.
pub struct Workers {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Workers {
    /// Stops them: what is half done is given back.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Worker {
    /// Starts workers for all kinds of jobs, and what runs by schedule.
    pub fn start(self) -> Workers {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for _ in 0..QUICK {
            tasks.spawn(self.clone().work_off(&[JobKind::Score], stopped.clone()));
        }
        for _ in 0..RESEARCHERS {
            tasks.spawn(self.clone().work_off(&[JobKind::Sentiment, JobKind::Enrich, JobKind::Reason], stopped.clone()));
        }
        tasks.spawn(schedule::keep(self.db, stopped));
        Workers { tasks, stop }
    }

    async fn work_off(self, kinds: &'static [JobKind], mut stopped: watch::Receiver<bool>) {
        let mut idle = IDLE.0;
        while !*stopped.borrow() {
            let pause = match self.step(kinds, &mut stopped).await {
                Ok(true) => {
                    idle = IDLE.0;
                    continue;
                }
                Ok(false) => {
                    idle = (idle * 2).min(IDLE.1);
                    idle.mul_f64(0.75 + 0.5 * fastrand::f64())
                }
                Err(error) => {
                    tracing::warn!("no jobs can be claimed: {error}");
                    TROUBLE
                }
            };
            tokio::select! {
                _ = tokio::time::sleep(pause) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Claims what is due of these kinds and does it. False: there was nothing to do.
    ///
    /// # Errors
    /// When nothing could be claimed.
    pub async fn step(&self, kinds: &[JobKind], stopped: &mut watch::Receiver<bool>) -> Result<bool, AppError> {
        let Some(claim) = claim(&self.db, kinds, BATCH).await? else { return Ok(false) };
        self.clone().work(claim, stopped).await;
        Ok(true)
    }

    /// Does what was claimed. A panic is a failure like another; a stop gives the jobs back at once.
    async fn work(self, claim: Claim, stopped: &mut watch::Receiver<bool>) {
        let mut doing = tokio::spawn(self.clone().attempt(claim.clone()));
        let done = tokio::select! {
            done = &mut doing => done.unwrap_or_else(|panic| {
                tracing::error!("a job of kind {} panicked: {panic}", claim.kind);
                Err(Failure { reason: "Something went wrong on our side.".into(), retry: Retry::Later })
            }),
            _ = stopped.changed() => {
                doing.abort();
                // an effect that was being committed is committed, or its jobs are given back
                let _ = doing.await;
                return self.give_back(&claim, "The server was stopped.", Some(Duration::ZERO)).await;
            }
        };
        if let Err(failure) = done {
            let again = wait(claim.job().attempt, failure.retry);
            tracing::info!("a job of kind {} came to nothing (attempt {}, again {again:?})", claim.kind, claim.job().attempt);
            self.give_back(&claim, &failure.reason, again).await;
        }
    }

    async fn give_back(&self, claim: &Claim, reason: &str, again: Option<Duration>) {
        if let Err(error) = claim.give_back(&self.db, reason, again).await {
            tracing::warn!("a job cannot be given back: {error}; its lease will end");
        }
    }

    async fn attempt(self, claim: Claim) -> Result<(), Failure> {
        match claim.kind {
            JobKind::Enrich => enrichment::work::run(&self, &claim).await,
            JobKind::Score => scoring::work::run(&self, &claim).await,
            JobKind::Reason => scoring::work::reason(&self, &claim).await,
            JobKind::Sentiment => interactions::mood::run(&self, &claim).await,
        }
    }
}

/// When a job is tried again after its nth attempt: later each time, not all at once; none: never.
fn wait(attempt: i32, retry: Retry) -> Option<Duration> {
    let at_least = match retry {
        Retry::Never => return None,
        Retry::After(time) => time,
        Retry::Later => Duration::ZERO,
    };
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(20);
    let grown = WAIT.0.saturating_mul(1 << doublings).min(WAIT.1).mul_f64(0.8 + 0.4 * fastrand::f64());
    (attempt < ATTEMPTS).then(|| grown.max(at_least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_job_waits_longer_each_time_and_not_for_ever() {
        assert_eq!(wait(1, Retry::Never), None);
        assert_eq!(wait(ATTEMPTS, Retry::Later), None);
        assert!(wait(1, Retry::After(Duration::ZERO)).unwrap() >= Duration::from_secs(24), "whatever a site says");
        assert_eq!(wait(ATTEMPTS, Retry::After(Duration::ZERO)), None);
        let secs = |attempt| wait(attempt, Retry::Later).unwrap().as_secs_f64();
        assert!((24.0..=36.0).contains(&secs(1)) && (48.0..=72.0).contains(&secs(2)) && secs(8) <= 36.0 * 60.0);
        assert!(wait(1, Retry::After(Duration::from_secs(300))).unwrap() >= Duration::from_secs(300));
        let whole: f64 = (1..ATTEMPTS).map(secs).sum();
        assert!(whole > 3600.0, "an hour without the provider is outlasted: {whole}");
    }
}
