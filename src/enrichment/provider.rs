//! The one door to research on the web: a company goes in, findings with their sources come out.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::fact::{Finding, Provider};

/// What a provider may know: the company, and nothing of the CRM's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    pub name: String,
    /// Lower-case host without scheme, `www.` or path.
    pub domain: Option<String>,
}

/// What one run brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Research {
    pub findings: Vec<Finding>,
    pub provider: Provider,
    /// Name of the model that wrote it; the website's provider has none.
    pub model: Option<String>,
    /// What it cost, in millionths of a US dollar.
    pub cost: i64,
    /// For research with Google Search: when it was made, and the suggestions that must be shown with it.
    pub grounding: Option<Grounding>,
}

/// What comes with results of Google Search and stands beside them, untouched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounding {
    pub at: DateTime<Utc>,
    /// `renderedContent` of the reply: shown only in a sandboxed frame of its own.
    pub suggestions: String,
    /// Unique searches that were made.
    pub queries: Vec<String>,
}

/// Why a run brought nothing, as a person may read it, and whether trying again helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ResearchError {
    pub reason: String,
    pub retry: Retry,
    /// What it cost all the same, in millionths of a US dollar.
    pub cost: i64,
}

/// Whether a run may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// With the queue's own back-off.
    Later,
    /// Not before so long.
    After(Duration),
}

/// Researches a company.
#[async_trait]
pub trait ResearchProvider: Send + Sync {
    fn provider(&self) -> Provider;

    /// # Errors
    /// With a reason that people can read; the cause is logged by the provider.
    async fn research(&self, company: &Company, today: NaiveDate) -> Result<Research, ResearchError>;
}
