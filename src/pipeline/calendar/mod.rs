//! Calendar feeds: the days on which deals are expected to close, for a calendar that reads a private address by itself.

pub mod api;
mod drawer;
#[cfg(feature = "ssr")]
pub mod file;
#[cfg(feature = "ssr")]
pub mod ics;
#[cfg(feature = "ssr")]
pub mod store;

pub use drawer::CalendarDrawer;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::choice::choice! {
    /// Whose deals a feed has.
    Whose { Mine = "mine", Everybodys = "all" }
}

/// A feed whose address somebody may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Feed {
    pub id: Uuid,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub whose: Whose,
    /// Whether the viewer made it.
    pub own: bool,
    pub made_by: String,
    pub created_at: DateTime<Utc>,
}

/// The calendar's drawer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarRoom {
    pub startup: Uuid,
    /// Latest first: the viewer's own, for owners and admins everybody's.
    pub feeds: Vec<Feed>,
    /// The address of a feed that was just made. The database knows its hash only: it cannot be shown later.
    pub made: Option<String>,
}
