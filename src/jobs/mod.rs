//! Work that happens by itself: queued by the change that caused it, done by workers inside the tenant's own context, seen
//! and stopped by people.

pub mod api;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod worker;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice::choice;

choice! {
    JobKind { Enrich = "enrich", Score = "score", Reason = "reason", Sentiment = "sentiment" }
}

choice! {
    JobState { Queued = "queued", Running = "running", Done = "done", Failed = "failed", Cancelled = "cancelled" }
}

impl JobKind {
    /// As people read it.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Enrich => "Research",
            Self::Score => "Scoring by rules",
            Self::Reason => "Scoring by Gemini",
            Self::Sentiment => "Moods of the log",
        }
    }
}

/// A piece of work as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Job {
    pub id: Uuid,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub kind: JobKind,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub state: JobState,
    pub account_id: Option<Uuid>,
    pub account: Option<String>,
    /// What is being done, or what there is to say of what was done.
    pub progress: Option<String>,
    /// Why it failed, or why it is tried again.
    pub error: Option<String>,
    pub attempt: i32,
    /// 0: somebody waits for it.
    pub urgency: i32,
    /// When it is due, or due again.
    pub run_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Job {
    /// Whether something is still to come of it.
    pub fn is_open(&self) -> bool {
        matches!(self.state, JobState::Queued | JobState::Running)
    }
}

/// A startup's queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// What waits and what runs, by kind.
    pub counts: Vec<(JobKind, JobState, i64)>,
    /// Dead ones, latest first.
    pub failed: Vec<Job>,
    /// Runs of research today (UTC), and what they cost in millionths of a US dollar.
    pub runs_today: i32,
    pub spent_today: i64,
    /// Runs that a day may have.
    pub budget: i32,
    /// Accounts without research, or with one older than 30 days; counted up to 50,000.
    pub waiting_for_research: i64,
}
