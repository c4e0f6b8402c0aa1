//! What happens when a card was dropped: one request. The card stays where it lies; a refusal puts it back and says why.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use super::follow::Follow;
use super::keys::keep_focus;
use super::state::{BoardState, Spot};
use crate::deals::Stage;
use crate::error::AppError;
use crate::pipeline::Card;
use crate::pipeline::api::move_deal;
use crate::pipeline::moving::MoveForm;

/// A card that was lifted: as it was, and where it lay.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifted {
    pub card: Card,
    pub from: Spot,
}

/// A drop that cannot be sent before something was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    pub lifted: Lifted,
    pub form: MoveForm,
}

/// Moves cards and tells of it.
#[derive(Clone, Copy)]
pub struct Mover {
    pub state: BoardState,
    pub follow: Follow,
    pub asking: RwSignal<Option<Asking>>,
    /// Cards whose move has no answer yet.
    pub pending: RwSignal<BTreeSet<Uuid>>,
    /// For people who listen.
    pub said: RwSignal<String>,
    /// Why the last move came to nothing.
    pub trouble: RwSignal<Option<String>>,
}

impl Mover {
    pub fn new(state: BoardState, follow: Follow) -> Self {
        Self {
            state,
            follow,
            asking: RwSignal::new(None),
            pending: RwSignal::new(BTreeSet::new()),
            said: RwSignal::new(String::new()),
            trouble: RwSignal::new(None),
        }
    }

    /// Lifts a card, unless its last move is still under way.
    pub fn lift(self, id: Uuid) -> Option<Lifted> {
        if self.pending.with_untracked(|p| p.contains(&id)) || self.asking.with_untracked(Option::is_some) {
            return None;
        }
        self.trouble.set(None);
        let (from, card) = self.state.find(id)?;
        self.follow.hold(id);
        Some(Lifted { card, from })
    }

    /// A card was put where it lies now: sends its move, or asks first for what a closed deal needs.
    pub fn dropped(self, lifted: Lifted) {
        let to = self.state.find(lifted.card.id).map(|(to, _)| to).filter(|to| *to != lifted.from);
        let Some(to) = to else { return self.follow.release(lifted.card.id, None) };
        let (above, below) = self.state.neighbours(to);
        let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let form = MoveForm {
            stage: to.stage.to_string(),
            from: lifted.card.stage.to_string(),
            rank: lifted.card.rank.to_string(),
            above: text(above),
            below: text(below),
            ..MoveForm::default()
        };
        if asks(&lifted.card, to.stage) {
            self.asking.set(Some(Asking { lifted, form }));
        } else {
            self.send(lifted, form);
        }
    }

    fn send(self, lifted: Lifted, form: MoveForm) {
        let id = lifted.card.id;
        let filter = self.follow.filter();
        self.pending.update(|p| {
            p.insert(id);
        });
        spawn_local(async move {
            let answer = move_deal(id.to_string(), lifted.card.version, String::new(), form).await;
            // the board may have been left meanwhile
            if self.pending.try_update(|p| p.remove(&id)).is_none() {
                return;
            }
            if self.follow.filter() != filter {
                // the board is another one by now: how the card fits into it has to be read
                self.follow.release(id, None);
                return self.follow.read_soon([id]);
            }
            match answer {
                Ok(card) => self.moved(card),
                Err(error) => self.refused(lifted, &error),
            }
        });
    }

    /// The server has it.
    pub fn moved(self, card: Card) {
        self.follow.release(card.id, Some(card.version));
        self.follow.moves.happened(&[card.id]);
        self.said.set(format!("{} is in {}", card.name, card.stage));
        keep_focus(card.id);
        self.state.place(card);
    }

    /// Puts a card back, and reads how it stands: somebody else may have moved it, or an answer was lost on its way.
    fn refused(self, lifted: Lifted, error: &AppError) {
        let (id, name) = (lifted.card.id, lifted.card.name.clone());
        self.put_back(lifted);
        let why = match error {
            AppError::Unreachable => "The server could not be reached.".to_string(),
            other => other.to_string(),
        };
        self.trouble.set(Some(match error {
            AppError::Moved { .. } => format!("{name}: {why}"),
            _ => format!("{name} is back where it was. {why}"),
        }));
        self.follow.read_soon([id]);
    }

    /// Lays a card where it was before.
    pub fn put_back(self, lifted: Lifted) {
        let id = lifted.card.id;
        self.said.set(format!("{} is back in {}", lifted.card.name, lifted.card.stage));
        self.state.place(lifted.card);
        keep_focus(id);
        self.follow.release(id, None);
    }
}

/// Whether a deal that goes there lacks what a closed one needs: for how much and when it was won, or why it was lost.
fn asks(card: &Card, to: Stage) -> bool {
    match to {
        same if same == card.stage => false,
        Stage::ClosedWon => card.amount_cents.is_none() || card.expected_close.is_none(),
        Stage::ClosedLost => true,
        Stage::Qualified | Stage::Proposal | Stage::Negotiation => false,
    }
}
