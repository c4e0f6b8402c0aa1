//! Why a page could not be read, in words for people, and whether another try may help.

use std::error::Error;
use std::time::Duration;

use super::address::Refused;
use super::resolve::Nowhere;
use crate::enrichment::provider::{ResearchError, Retry};

/// Nobody is made to wait longer than this for another try.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What went wrong at a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} {why}")]
pub struct Failure {
    pub host: String,
    pub why: Why,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("{0}")]
    Refused(Refused),
    #[error("{0}")]
    Nowhere(Nowhere),
    #[error("leads to {}, which {}", .0.host, .0.why)]
    Leads(Box<Failure>),
    #[error("asks robots not to read it (robots.txt)")]
    Robots,
    #[error("answered with {0} when it was asked for its robots.txt")]
    RobotsStatus(u16),
    #[error("answered with {status}")]
    Status { status: u16, wait: Option<Duration> },
    #[error("took longer than {} seconds", .0.as_secs().max(1))]
    Slow(Duration),
    #[error("could not be reached")]
    Unreachable,
    #[error("broke off its answer")]
    Broken,
    #[error("redirects in circles")]
    Circles,
    #[error("answered with something that is no page")]
    NoPage,
}

impl Failure {
    pub fn new(host: &str, why: Why) -> Self {
        Self { host: host.to_string(), why }
    }

    /// From the client's error, whose cause may be our own resolver.
    pub fn of(host: &str, error: &reqwest::Error, time: Duration) -> Self {
        let mut cause: Option<&dyn Error> = Some(error);
        while let Some(error) = cause {
            if let Some(nowhere) = error.downcast_ref::<Nowhere>() {
                return Self::new(host, Why::Nowhere(*nowhere));
            }
            cause = error.source();
        }
        let why = match error {
            slow if slow.is_timeout() && !slow.is_connect() => Why::Slow(time),
            unreachable if unreachable.is_connect() => Why::Unreachable,
            _ => Why::Broken,
        };
        Self::new(host, why)
    }

    /// Whether the site could not even be asked, so that another of its addresses may do.
    pub fn is_silence(&self) -> bool {
        matches!(self.why, Why::Nowhere(Nowhere::Unknown | Nowhere::Unsure) | Why::Unreachable | Why::Broken)
    }

    fn retry(&self) -> Retry {
        match &self.why {
            Why::Leads(further) => further.retry(),
            Why::Nowhere(Nowhere::Unsure) | Why::Slow(_) | Why::Unreachable | Why::Broken | Why::RobotsStatus(_) => Retry::Later,
            Why::Status { wait: Some(wait), .. } => Retry::After((*wait).min(LONGEST_WAIT)),
            Why::Status { status, .. } if *status >= 500 || matches!(status, 408 | 425 | 429) => Retry::Later,
            Why::Status { .. } | Why::Refused(_) | Why::Nowhere(_) | Why::Robots | Why::Circles | Why::NoPage => Retry::Never,
        }
    }
}

impl From<Failure> for ResearchError {
    fn from(failure: Failure) -> Self {
        let reason = match (&failure.why, failure.host.as_str()) {
            (Why::Robots, host) => format!("robots.txt of {host} asks not to be read"),
            _ => failure.to_string(),
        };
        Self { reason, retry: failure.retry(), cost: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_why_and_the_queue_when() {
        let hour = Duration::from_secs(3_600);
        let private = Box::new(Failure::new("localhost", Why::Refused(Refused::Private)));
        for (why, reason, retry) in [
            (Why::Robots, "robots.txt of konex.example asks not to be read", Retry::Never),
            (Why::Nowhere(Nowhere::Unknown), "konex.example has no address", Retry::Never),
            (Why::Nowhere(Nowhere::Unsure), "konex.example could not be looked up", Retry::Later),
            (Why::Status { status: 503, wait: None }, "konex.example answered with 503", Retry::Later),
            (Why::Status { status: 503, wait: Some(hour) }, "konex.example answered with 503", Retry::After(hour)),
            (Why::Status { status: 429, wait: Some(hour * 99) }, "konex.example answered with 429", Retry::After(hour * 24)),
            (Why::Status { status: 404, wait: None }, "konex.example answered with 404", Retry::Never),
            (Why::Slow(Duration::from_secs(10)), "konex.example took longer than 10 seconds", Retry::Later),
            (Why::Leads(private), "konex.example leads to localhost, which is not on the public internet", Retry::Never),
        ] {
            let error = ResearchError::from(Failure::new("konex.example", why));
            assert_eq!((error.reason.as_str(), error.retry), (reason, retry));
        }
    }
}
