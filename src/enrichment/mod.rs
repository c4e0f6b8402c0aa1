//! Research: what is known about a lead's company, where each fact came from, and who found it.

pub mod api;
pub mod fact;
#[cfg(feature = "ssr")]
pub mod merge;
mod panel;
#[cfg(feature = "ssr")]
pub mod provider;
mod settings;
#[cfg(feature = "ssr")]
mod snapshot;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod suggestions;
#[cfg(feature = "ssr")]
mod typed;
#[cfg(feature = "ssr")]
pub mod website;
mod word;
#[cfg(feature = "ssr")]
pub mod work;

pub use fact::{Fact, FactStatus, Provider, Source, Trend};
pub use panel::Intelligence;
pub use settings::ResearchPage;
#[cfg(feature = "ssr")]
pub use work::Providers;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice::choice;
use crate::jobs::{Job, Queue};
use crate::scoring::LeadScore;

choice! {
    /// What a startup's owner has decided about research with Google Search: its results may be shown to whoever asked, or,
    /// on the owner's own responsibility, to the whole team. Undecided, nothing is sent to Google.
    GroundingChoice { OnRequest = "request", Team = "team" }
}

/// A fact as people see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownFact {
    pub id: Uuid,
    pub fact: Fact,
    pub provider: Provider,
    pub status: FactStatus,
    /// The day that it is about, where a source says one.
    pub about: Option<NaiveDate>,
    pub observed_at: DateTime<Utc>,
    /// An expired link has lost its address and kept its title.
    pub sources: Vec<Source>,
    /// Who said it, where a person did.
    pub set_by: Option<String>,
    /// Seen by nobody but the reader.
    pub is_private: bool,
}

/// The newest run of a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct ShownRun {
    pub id: Uuid,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub provider: Provider,
    pub model: Option<String>,
    pub created_at: DateTime<Utc>,
    /// None for a person who is no longer a member.
    pub asked_by: Option<String>,
    pub is_private: bool,
    pub has_suggestions: bool,
    /// Millionths of a US dollar.
    pub cost_micros: i64,
}

/// What research brought for an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Researched {
    /// A person's word first, then the latest.
    pub facts: Vec<ShownFact>,
    pub runs: Vec<ShownRun>,
}

/// The Intelligence tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Insight {
    pub researched: Researched,
    /// The latest of each lead, the best first.
    pub scores: Vec<LeadScore>,
    /// The newest job of research, whatever became of it.
    pub job: Option<Job>,
    /// Whether the operator has connected Gemini.
    pub has_gemini: bool,
    pub choice: Option<GroundingChoice>,
    /// Whether the company is made up, and its site served by this server.
    pub is_sample: bool,
}

/// What a startup has decided about research.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub choice: Option<GroundingChoice>,
    /// Whether Gemini may read the log for its moods.
    pub reads_log: bool,
    /// Runs of research a day.
    pub budget: i32,
}

/// The page about research.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResearchRoom {
    pub startup: Uuid,
    pub settings: Settings,
    pub queue: Queue,
    /// Model of the Gemini that the operator has connected.
    pub model: Option<String>,
    /// What a run with Gemini has cost on average in the last 30 days, in millionths of a US dollar; before the first: what it
    /// is estimated to cost.
    pub cost_of_a_run: i64,
    pub now: DateTime<Utc>,
}
