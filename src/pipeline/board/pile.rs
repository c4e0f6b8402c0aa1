//! A column's cards as they lie, and what they add up to.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::deals::Stage;
use crate::pipeline::{Card, Column};

impl Column {
    pub(super) fn position(&self, id: Uuid) -> Option<usize> {
        self.cards.iter().position(|card| card.id == id)
    }

    /// Takes a card out; it no longer counts.
    pub(super) fn take(&mut self, id: Uuid) -> Option<Card> {
        let card = self.cards.remove(self.position(id)?);
        self.sums = self.sums.without(&card);
        Some(card)
    }

    /// Lays a card down; it counts.
    pub(super) fn lay(&mut self, card: Card, index: usize) {
        self.sums = self.sums.with(&card);
        self.cards.insert(index.min(self.cards.len()), card);
    }

    /// Whether a card of this rank lies in order at `index`.
    pub(super) fn is_in_order(&self, index: usize, card: &Card) -> bool {
        let above = index.checked_sub(1).and_then(|i| self.cards.get(i)).is_none_or(|other| !card.is_above(other.rank, other.id));
        above && self.cards.get(index + 1).is_none_or(|other| card.is_above(other.rank, other.id))
    }

    /// Changes what a card says; it counts as it is now.
    pub(super) fn change(&mut self, index: usize, card: Card) {
        self.sums = self.sums.without(&self.cards[index]).with(&card);
        self.cards[index] = card;
    }

    /// Where a card of this rank goes; none below the last that was read.
    pub(super) fn place_for(&self, card: &Card) -> Option<usize> {
        let index = self.cards.iter().position(|other| card.is_above(other.rank, other.id)).unwrap_or(self.cards.len());
        (index < self.cards.len() || self.end.is_none()).then_some(index)
    }
}

impl Card {
    /// As it will be in another stage, by the rules that the server goes by.
    pub(super) fn moved_to(self, stage: Stage, now: DateTime<Utc>, today: NaiveDate) -> Self {
        if self.stage == stage {
            return self;
        }
        let by_hand = self.probability_by_hand && !stage.is_closed();
        Self {
            stage,
            probability: if by_hand { self.probability } else { stage.probability() },
            probability_by_hand: by_hand,
            stage_since: now,
            closed_on: stage.is_closed().then_some(today),
            lost_reason: if stage == Stage::ClosedLost { self.lost_reason } else { None },
            ..self
        }
    }
}
