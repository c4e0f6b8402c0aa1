//! The pipeline: a startup's deals by stage, and where the quarter stands.

pub mod api;
mod board;
pub mod calendar;
pub mod charts;
mod drawer;
#[cfg(feature = "ssr")]
pub mod export;
pub mod filter;
mod filters;
pub mod moving;
mod page;
pub mod query;
#[cfg(feature = "ssr")]
pub mod store;

pub use calendar::CalendarDrawer;
pub use drawer::{DealDrawer, NewDeal};
pub use page::PipelinePage;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::contacts::Contact;
use crate::deals::{Deal, Stage};
use crate::interactions::{Activity, StageMove};

/// Cards that a column shows at first, and that it adds while somebody scrolls.
pub const PAGE: usize = 50;
/// Cards of a column that are read at once: whoever scrolled further starts there.
pub const MOST: usize = 500;

/// A deal as it lies on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Card {
    pub id: Uuid,
    pub name: String,
    pub account_id: Uuid,
    pub account: String,
    #[cfg_attr(feature = "ssr", sqlx(try_from = "String"))]
    pub stage: Stage,
    /// None while it is not known.
    pub amount_cents: Option<i64>,
    /// Percent, 0 to 100.
    pub probability: i32,
    /// Whether a person set the probability; else it is the stage's.
    pub probability_by_hand: bool,
    pub expected_close: Option<NaiveDate>,
    /// The day it closed, on the startup's clock.
    pub closed_on: Option<NaiveDate>,
    pub lost_reason: Option<String>,
    pub owner: Option<String>,
    /// 0 to 100, where one was calculated.
    pub ai_score: Option<i32>,
    pub stage_since: DateTime<Utc>,
    /// Place in its column: the greatest on top.
    pub rank: f64,
    pub version: i32,
}

impl Card {
    /// Whole days in its stage.
    pub fn days(&self, now: DateTime<Utc>) -> i64 {
        (now - self.stage_since).num_days().max(0)
    }

    /// Whether it stands above a card of this rank and id.
    pub fn is_above(&self, rank: f64, id: Uuid) -> bool {
        (self.rank, self.id) > (rank, id)
    }
}

/// How long deals stay in a stage: a median over the last stays that ended, in seconds; none from fewer than
/// [`STAYS_NEEDED`].
pub type Median = Option<i64>;

/// So many stays have to have ended before a median says something.
pub const STAYS_NEEDED: i64 = 5;

/// A stage of the board: sums over all deals of the filter, and the cards read so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub stage: Stage,
    pub sums: Sums,
    pub median: Median,
    pub cards: Vec<Card>,
    /// Rank and id of the last one that was read, if there are cards below it.
    pub end: Option<(f64, Uuid)>,
}

/// The next cards of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoreCards {
    pub cards: Vec<Card>,
    /// As [`Column::end`].
    pub end: Option<(f64, Uuid)>,
    pub startup: Uuid,
}

/// Sums over the deals of a stage. A deal whose amount is not known counts, and adds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    pub deals: i64,
    pub cents: i64,
    /// Cents times percent: divided once, after adding up.
    pub weighted: i64,
}

impl Sums {
    /// With one deal more.
    pub fn with(self, card: &Card) -> Self {
        let cents = card.amount_cents.unwrap_or(0);
        Self { deals: self.deals + 1, cents: self.cents + cents, weighted: self.weighted + cents * i64::from(card.probability) }
    }

    /// With one deal less.
    pub fn without(self, card: &Card) -> Self {
        let cents = card.amount_cents.unwrap_or(0);
        Self { deals: self.deals - 1, cents: self.cents - cents, weighted: self.weighted - cents * i64::from(card.probability) }
    }

    /// What the deals are worth by their probabilities, in cents.
    pub const fn weighted_cents(self) -> i64 {
        (self.weighted + 50) / 100
    }
}

/// A deal that is longer in its stage than this many halves of the stage's median is stalled: one and a half times.
const STALLED_HALVES: i64 = 3;

/// Whether a deal that has been in an open stage since then is stalled.
pub fn is_stalled(stage: Stage, since: DateTime<Utc>, now: DateTime<Utc>, median: Median) -> bool {
    !stage.is_closed() && median.is_some_and(|median| (now - since).num_seconds() * 2 > median * STALLED_HALVES)
}

/// The board, read at `now`, which is `today` for the startup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// One for each stage, in order.
    pub columns: Vec<Column>,
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
    /// Whose it is: in another window the person may have gone to another.
    pub startup: Uuid,
}

/// A deal with all that hangs off it, for its drawer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DealDetail {
    pub deal: Deal,
    pub card: Card,
    pub opened_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub ai_reasoning: Option<String>,
    /// Of its stage.
    pub median: Median,
    /// Newest first.
    pub moves: Vec<StageMove>,
    /// Of its account.
    pub contacts: Vec<Contact>,
    /// What was logged about it, and what a new entry can be about.
    pub activity: Activity,
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
}

/// What became of some deals: those that the filter has, and every column's sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    pub cards: Vec<Card>,
    /// In the order of the stages.
    pub sums: Vec<Sums>,
    pub today: NaiveDate,
    pub startup: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn stalled_is_longer_than_one_and_a_half_medians() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let stalled = |stage, days, median: Option<i64>| is_stalled(stage, now - Duration::days(days), now, median.map(|d| d * 86_400));
        assert!(!stalled(Stage::Proposal, 15, Some(10)));
        assert!(stalled(Stage::Proposal, 16, Some(10)));
        assert!(!stalled(Stage::ClosedLost, 900, Some(10)), "closed is closed");
        assert!(!stalled(Stage::Proposal, 900, None), "nothing is known of the stage yet");
    }
}
