//! Events of leads as a startup's own site tells them: keys, the page that makes them, and the door that takes events.

pub mod api;
#[cfg(feature = "ssr")]
pub mod door;
#[cfg(feature = "ssr")]
mod limit;
mod page;

pub use page::EventsPage;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A key in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct IngestKey {
    pub id: Uuid,
    /// None for somebody who is no member any more.
    pub made_by: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// The page of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRoom {
    pub startup: Uuid,
    /// Latest first.
    pub keys: Vec<IngestKey>,
    /// The address of a key that was just made. The database knows its hash only: it cannot be shown later.
    pub made: Option<String>,
}
