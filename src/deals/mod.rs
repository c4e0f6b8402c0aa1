//! Deals: what might be sold to an account, for how much, and how far it has come.

pub mod api;
pub mod edit;
pub mod form;
#[cfg(feature = "ssr")]
pub mod store;
mod table;

pub use table::DealTable;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice::choice;
use crate::money::Money;
use crate::ui::tag::Tone;

choice! {
    /// How far a deal has come.
    Stage {
        Qualified = "Qualified", Proposal = "Proposal", Negotiation = "Negotiation",
        ClosedWon = "Closed Won", ClosedLost = "Closed Lost",
    }
}

impl Stage {
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::ClosedWon | Self::ClosedLost)
    }

    /// Percent that the stage stands for until a person sets another, as `app.stage_probability` has it.
    pub const fn probability(self) -> i32 {
        match self {
            Self::Qualified => 10,
            Self::Proposal => 40,
            Self::Negotiation => 70,
            Self::ClosedWon => 100,
            Self::ClosedLost => 0,
        }
    }

    pub const fn tone(self) -> Tone {
        match self {
            Self::ClosedWon => Tone::Good,
            Self::ClosedLost => Tone::Bad,
            Self::Negotiation => Tone::Accent,
            Self::Qualified | Self::Proposal => Tone::Plain,
        }
    }
}

/// An account's panel shows so many deals at most.
pub const SHOWN: i64 = 200;

/// A deal as its account lists it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Deal {
    pub id: Uuid,
    pub name: String,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub stage: Stage,
    /// In cents; none while it is not known.
    pub amount_cents: Option<i64>,
    /// Percent, 0 to 100.
    pub probability: i32,
    /// Whether a person set the probability; else it is the stage's.
    pub probability_by_hand: bool,
    pub expected_close: Option<NaiveDate>,
    /// The day it closed, on the startup's clock.
    pub closed_on: Option<NaiveDate>,
    pub lost_reason: Option<String>,
    pub source_channel: Option<String>,
    pub owner_id: Option<Uuid>,
    pub owner: Option<String>,
    /// Counts the edits; a save says from which one it was made.
    pub version: i32,
}

impl Deal {
    pub fn amount(&self) -> Option<Money> {
        self.amount_cents.and_then(Money::from_cents)
    }
}
