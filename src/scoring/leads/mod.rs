//! The Leads view: accounts by priority, with what their score is made of.

pub mod api;
mod page;
mod row;

pub use page::LeadsPage;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::accounts::AccountPage;
use crate::accounts::query::{ListQuery, Sort};

/// What an account's line says of its best lead.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Lead {
    pub id: Uuid,
    /// 0 to 100; none: not scored yet.
    pub score: Option<i32>,
    /// Percent of what counts that is known.
    pub coverage: Option<i32>,
    /// Points of the score: of 40, 40 and 20.
    pub fit: Option<i32>,
    pub intent: Option<i32>,
    pub engagement: Option<i32>,
    pub scored_at: Option<DateTime<Utc>>,
    pub researched_at: Option<DateTime<Utc>>,
    /// Of its open deals, in cents.
    pub open_cents: i64,
}

impl Lead {
    /// An account of which nothing is known.
    #[cfg(feature = "ssr")]
    fn unknown(id: Uuid) -> Self {
        Self {
            id,
            score: None,
            coverage: None,
            fit: None,
            intent: None,
            engagement: None,
            scored_at: None,
            researched_at: None,
            open_cents: 0,
        }
    }
}

/// A page of leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadPage {
    pub page: AccountPage,
    /// One for each row, in their order.
    pub leads: Vec<Lead>,
}

/// The same question by priority, without a search: whatever an address says.
pub fn by_priority(query: &ListQuery) -> ListQuery {
    let place = if query.sort == Sort::Priority { query.place.clone() } else { crate::accounts::query::Place::First };
    ListQuery { sort: Sort::Priority, direction: Sort::Priority.natural(), search: String::new(), place, ..query.clone() }
}

/// Address of the view.
pub fn at_leads(query: &ListQuery) -> String {
    format!("/insights{}", query.to_query_string())
}
