//! The bin: accounts, contacts and deals that were put away, to be restored within 30 days.

pub mod api;
mod button;
mod page;
#[cfg(feature = "ssr")]
pub mod store;

pub use button::BinButton;
pub use page::BinPage;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

crate::choice::choice! {
    /// What lies in the bin.
    Thing { Account = "account", Contact = "contact", Deal = "deal" }
}

/// The bin shows so many things at most.
pub const SHOWN: i64 = 200;
/// Days that a thing stays before it may be purged.
pub const KEPT: i64 = 30;

/// A thing in the bin. A contact or deal that went with its account comes back with it, and is not listed by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Binned {
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub thing: Thing,
    pub id: Uuid,
    pub name: String,
    /// Of the account that a contact or deal belongs to.
    pub account: Option<String>,
    pub deleted_at: DateTime<Utc>,
}

/// What the bin shows, read at `now`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    pub things: Vec<Binned>,
    pub now: DateTime<Utc>,
}
