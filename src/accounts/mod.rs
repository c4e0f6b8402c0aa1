//! Accounts: the companies that a startup sells to, works with, or is funded by.

pub mod api;
mod dashboard;
pub mod edit;
#[cfg(feature = "ssr")]
pub mod export;
pub mod filter;
mod health;
mod list;
mod new;
mod panel;
pub mod query;
#[cfg(feature = "ssr")]
pub mod store;
pub mod totals;

pub use dashboard::Dashboard;
pub use new::NewAccount;
pub use panel::{AccountPanel, PanelPlace};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice::choice;
use crate::contacts::Contact;
use crate::deals::Deal;
use crate::interactions::Activity;
use crate::money::Money;
use crate::ui::tag::Tone;
use query::Cursor;

choice! {
    /// What an account is to the startup.
    Kind { Customer = "Customer", Partner = "Partner", Investor = "Investor" }
}

choice! {
    /// How large a customer is.
    Segment { Enterprise = "Enterprise", MidMarket = "Mid-Market", Smb = "SMB" }
}

choice! {
    /// Where an account stands.
    Status { Lead = "Lead", Trial = "Trial", Active = "Active", Churned = "Churned" }
}

impl Status {
    pub const fn tone(self) -> Tone {
        match self {
            Self::Lead => Tone::Plain,
            Self::Trial => Tone::Accent,
            Self::Active => Tone::Good,
            Self::Churned => Tone::Bad,
        }
    }
}

impl Segment {
    /// Proposed from the number of employees where a file does not say: under 250 SMB, under 2,000 Mid-Market.
    pub const fn from_employees(employees: u32) -> Self {
        match employees {
            0..250 => Self::Smb,
            250..2_000 => Self::MidMarket,
            _ => Self::Enterprise,
        }
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct AccountRow {
    pub id: Uuid,
    pub name: String,
    pub domain: Option<String>,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub status: Status,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub segment: Segment,
    /// Monthly recurring revenue.
    #[cfg_attr(feature = "ssr", sqlx(try_from = "i64"))]
    pub mrr: Money,
    /// 0 to 100, as `app.health` calculates it.
    pub health: i32,
    /// 0 to 100, as `app.refresh_priority` calculates it: the lead's score, the value of open deals, how fresh research is.
    pub priority: i32,
    pub owner_id: Option<Uuid>,
    pub owner: Option<String>,
    pub last_contact: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// Counts the edits; a save says from which one it was made.
    pub version: i32,
    /// Whether the last research is older than 30 days.
    pub stale: bool,
    /// The sort key as text, for the cursor.
    pub sort_key: String,
}

/// A page of the list, read at `now`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountPage {
    pub rows: Vec<AccountRow>,
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
    /// Whether there are sample data that this person may remove.
    pub removable_sample: bool,
    pub now: DateTime<Utc>,
}

/// Sums over all accounts of a filter. Beyond [`totals::COUNTED`] only a least is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Totals {
    pub accounts: i64,
    pub mrr_cents: i64,
    /// None for no accounts.
    pub health: Option<i32>,
}

/// What makes up an account's health, as `app.health` calculates it; the four add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct HealthParts {
    /// Of 40: days since the last contact.
    pub recency: i32,
    /// Of 30: deals won, open and moving, lost.
    pub deals_part: i32,
    /// Of 15: mood of the last ten interactions that have one.
    pub sentiment: i32,
    /// Of 15: the account's status.
    pub status_part: i32,
}

impl HealthParts {
    pub const fn score(self) -> i32 {
        self.recency + self.deals_part + self.sentiment + self.status_part
    }
}

/// One account's fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Account {
    pub id: Uuid,
    pub name: String,
    pub domain: Option<String>,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub kind: Kind,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub status: Status,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub segment: Segment,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "i64"))]
    pub mrr: Money,
    #[cfg_attr(feature = "ssr", sqlx(flatten))]
    pub health: HealthParts,
    pub owner_id: Option<Uuid>,
    pub owner: Option<String>,
    pub last_contact: Option<DateTime<Utc>>,
    pub last_enriched: Option<DateTime<Utc>>,
    pub stale: bool,
    /// Further fields, as an import brought them: name and text, by name.
    #[cfg_attr(feature = "ssr", sqlx(json))]
    pub extended_info: Vec<(String, String)>,
    pub import_source: Option<String>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
    /// How many of each there are, up to [`MANY`].
    pub contacts: i64,
    pub deals: i64,
    pub interactions: i64,
}

/// Beyond this a tab says "99+".
pub const MANY: i64 = 100;

/// What a tab shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TabContent {
    Overview,
    /// The first [`crate::contacts::SHOWN`], by name.
    Contacts(Vec<Contact>),
    /// The newest [`crate::deals::SHOWN`], open ones first.
    Deals(Vec<Deal>),
    Activity(Activity),
    Intelligence(Box<crate::enrichment::Insight>),
}

/// An account with one of its tabs, read at `now`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountDetail {
    pub account: Account,
    pub content: TabContent,
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segment_by_employees() {
        for (employees, segment) in
            [(0, Segment::Smb), (249, Segment::Smb), (250, Segment::MidMarket), (1_999, Segment::MidMarket), (2_000, Segment::Enterprise)]
        {
            assert_eq!(Segment::from_employees(employees), segment, "{employees}");
        }
    }
}
