//! How often a call is tried again, and how long is waited in between.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::GeminiError;

/// Tries of one call, the first one included.
const ATTEMPTS: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// A longer wait is the queue's: the job is given back.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Time as the client sees it, so that tests need not wait for it.
#[async_trait]
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
    /// Up to a second more, so that many that were refused at once do not come back at once.
    fn jitter(&self) -> Duration;
    async fn sleep(&self, wait: Duration);
}

/// The clock on the wall.
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn jitter(&self) -> Duration {
        Duration::from_millis(fastrand::u64(0..=1_000))
    }

    async fn sleep(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }
}

/// What is left of the patience with one call.
#[derive(Default)]
pub struct Patience {
    failures: u32,
    /// Whether something that is tried once more, and no oftener, was.
    once_more: bool,
}

impl Patience {
    /// How long to wait before the next try; `None` to give up.
    pub fn after(&mut self, error: &GeminiError, jitter: Duration) -> Option<Duration> {
        self.failures += 1;
        if self.failures >= ATTEMPTS {
            return None;
        }
        let backoff = (FIRST_WAIT * 2_u32.pow(self.failures - 1)).min(LONGEST_WAIT) + jitter;
        match error {
            GeminiError::Overloaded | GeminiError::Unreachable => Some(backoff),
            GeminiError::RateLimited { daily: false, wait, .. } => {
                let asked = wait.unwrap_or_default();
                (asked <= LONGEST_WAIT).then(|| backoff.max(asked))
            }
            // another try costs as much again, and may already have been paid for
            GeminiError::Timeout | GeminiError::Truncated | GeminiError::BadReply if !self.once_more => {
                self.once_more = true;
                Some(backoff)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All the waits until giving up on the same failure again and again, in milliseconds.
    fn waits(error: &GeminiError) -> Vec<u128> {
        let mut patience = Patience::default();
        std::iter::from_fn(|| patience.after(error, Duration::from_millis(5))).map(|wait| wait.as_millis()).collect()
    }

    fn limited(wait: Option<f64>) -> GeminiError {
        GeminiError::RateLimited { wait: wait.map(Duration::from_secs_f64), daily: false, search: false }
    }

    #[test]
    fn waits_grow() {
        assert_eq!(waits(&GeminiError::Overloaded), [1_005, 2_005, 4_005, 8_005]);
        assert_eq!(waits(&limited(None)), [1_005, 2_005, 4_005, 8_005]);
    }

    #[test]
    fn google_may_ask_for_longer_and_too_long_is_the_queues() {
        assert_eq!(waits(&limited(Some(6.5))), [6_500, 6_500, 6_500, 8_005]);
        assert_eq!(waits(&limited(Some(61.0))), [0_u128; 0]);
        assert_eq!(waits(&GeminiError::RateLimited { wait: None, daily: true, search: false }), [0_u128; 0]);
    }

    #[test]
    fn what_costs_is_tried_once_more_and_what_cannot_help_not_at_all() {
        for error in [GeminiError::Timeout, GeminiError::Truncated, GeminiError::BadReply] {
            assert_eq!(waits(&error), [1_005], "{error:?}");
        }
        for error in
            [GeminiError::Auth, GeminiError::BadRequest, GeminiError::ModelGone, GeminiError::Blocked("x".into()), GeminiError::NotGrounded]
        {
            assert_eq!(waits(&error), [0_u128; 0], "{error:?}");
        }
    }
}
